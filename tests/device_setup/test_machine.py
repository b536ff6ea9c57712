"""Setting up by voice: every place that it can come to, and what is said and kept on the way."""

from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Self

import pytest

from voice_coach.actions import CallForHelp, Earcon, Hush, Listen, Play, Say, SetVolume
from voice_coach.config.engines import session_grammar
from voice_coach.device_setup import machine
from voice_coach.device_setup.build import prompts_of
from voice_coach.device_setup.events import (
    Action,
    Event,
    Found,
    Keep,
    Open,
    Opened,
    Pair,
    Tried,
    Try,
    Unusable,
    Written,
)
from voice_coach.device_setup.questions import ANSWERS_TAKEN, EXPECTS
from voice_coach.device_setup.runner import all_lines
from voice_coach.device_setup.states import Asking, Calling, Done, Keeping, Opening, State, Telling, Trying
from voice_coach.dialogue import emergency
from voice_coach.dialogue.emergency import Staying
from voice_coach.events import (
    AudioBack,
    AudioLost,
    HelpCalled,
    Intent,
    Interrupted,
    NotRecognized,
    Played,
    Saved,
    VoiceStarted,
    VoiceStopped,
    Woke,
)
from voice_coach.exercise.lint import lint_length, lint_text
from voice_coach.hear.grammar.match import understand
from voice_coach.session.disruptions import FAULTS
from voice_coach.timebase import Samples, samples

PROMPTS = prompts_of("en")
GRAMMAR = session_grammar("en")
PAIRS = (Pair("a", "one"), Pair("a", "two"), Pair("b", "one"), Pair("b", "two"))
GOOD = Tried(0, (), 120.0, 30.0)


class Talk:
    """A set-up in progress; the sound system and the measurement answer when they are told to."""

    def __init__(
        self, pairs: tuple[Pair, ...] = PAIRS, *, offered: bool = False, volume: int = 4, ways: int = 0
    ) -> None:
        self.now: Samples = 0
        self.did: list[Action] = []
        self.state, actions = machine.start(PROMPTS, pairs, offered=offered, volume=volume, help_ways=ways)
        self.did += actions

    def take(self, event: Event) -> Self:
        """Let this happen."""
        self.state, actions = machine.step(self.state, event)
        self.did += actions
        return self

    def opens(self) -> Self:
        """Let the devices be opened, and what is said then be said to its end."""
        return self.take(Opened(self.now)).listens()

    def listens(self) -> Self:
        """Let all that is being said be said to its end."""
        self.now += samples(3)
        return self.take(Played(self.now, self.state.facts.token))

    def says(self, text: str) -> Self:
        """Say something that is asked for."""
        listening = [action for action in self.did if isinstance(action, Listen)][-1]
        meaning = understand(GRAMMAR, text, listening.intents)
        self.now += samples(1)
        if meaning.intent is None:
            return self.take(NotRecognized(self.now, text))
        heard = Intent(
            self.now, meaning.intent, text, ask=meaning.ask, also=meaning.also, besides=meaning.besides
        )  # fmt: skip
        return self.take(heard)

    def is_silent(self) -> Self:
        """Say nothing until the machine moves on."""
        assert self.state.wake_at is not None
        self.now = max(self.now, self.state.wake_at)
        return self.take(Woke(self.state.wake_at))

    def is_measured(self, *advice: str, delay: float | None = 120.0) -> Self:
        """Let the measurement come to its end."""
        self.now += samples(25)
        return self.take(Tried(self.now, advice, delay, None if delay is None else 30.0))

    @property
    def said(self) -> str:
        """All that was said."""
        return " ".join(line.text for action in self.did if isinstance(action, Say) for line in action.lines)

    def those(self, kind: type[Action]) -> list[Action]:
        """Return the actions of a kind."""
        return [action for action in self.did if isinstance(action, kind)]


def hearing() -> Talk:
    return Talk().opens()


def choosing() -> Talk:
    return hearing().says("yes")


def trying() -> Talk:
    return choosing().listens().says("good").listens()


def test_all_goes_well() -> None:
    talk = trying().is_measured().take(Written(0)).listens()
    assert isinstance(talk.state, Done)
    assert talk.state.facts.outcome == "kept"
    assert talk.those(Keep) == [Keep(Found(PAIRS[0], 4, headphones=False, delay_ms=120.0, loss_db=30.0))]
    assert talk.those(Open) == [Open(PAIRS[0])]
    assert talk.said.endswith("I can hear you well. Good, that works. I'll remember it for next time.")


def test_one_speaker_after_another_is_tried_until_a_yes_is_heard() -> None:
    talk = hearing().is_silent().opens().is_silent().opens().is_silent().opens().says("yes")
    assert talk.those(Open) == [Open(pair) for pair in PAIRS]
    assert talk.state.facts.pair == PAIRS[3]
    assert isinstance(talk.state, Asking)
    assert talk.state.question == "volume"


def test_where_no_yes_is_heard_all_stays_as_it_was() -> None:
    talk = hearing()
    for _ in PAIRS[1:]:
        talk.is_silent().opens()
    talk.is_silent().listens()
    assert isinstance(talk.state, Done)
    assert (talk.state.facts.outcome, talk.those(Keep)) == ("nobody", [])


def test_who_hears_it_and_wants_another_says_no() -> None:
    assert hearing().says("no").those(Open) == [Open(PAIRS[0]), Open(PAIRS[1])]


@pytest.mark.parametrize("said", ["yes, that's coming through fine", "yep, got you", "loud and clear", "exactly"])
def test_a_yes_may_have_more_words(said: str) -> None:
    talk = hearing().says(said)
    assert isinstance(talk.state, Asking)
    assert talk.state.question == "volume"


def test_a_call_for_help_needs_a_plain_yes() -> None:
    talk = asked_to_try().says("yes, that's coming through fine")
    assert talk.those(CallForHelp) == []
    assert len(talk.says("yes").those(CallForHelp)) == 1


def test_a_pair_that_can_not_be_opened_is_passed_over() -> None:
    talk = Talk().take(Unusable(0)).take(Unusable(0)).opens()
    assert talk.those(Open) == [Open(pair) for pair in PAIRS[:3]]


def test_a_muted_microphone_is_passed_over_and_so_is_the_speakers_monitor() -> None:
    for fault in ("muted", "monitor"):
        talk = hearing().take(AudioLost(0, "", fault))
        assert talk.those(Open) == [Open(PAIRS[0]), Open(PAIRS[2])]


@pytest.mark.parametrize("fault", FAULTS)
def test_the_only_microphone_is_waited_for_and_it_is_said_what_to_do(fault: str) -> None:
    talk = Talk(PAIRS[:1]).opens().take(AudioLost(0, "", fault)).listens()
    assert all(line.text in talk.said for line in PROMPTS.lines(FAULTS[fault]))
    assert talk.state.wake_at == talk.now + samples(30)
    talk.take(AudioBack(talk.now)).listens().says("yes")
    assert isinstance(talk.state, Asking)
    assert talk.state.question == "volume"


def test_a_lost_device_is_waited_for_and_the_question_asked_again() -> None:
    talk = choosing().listens()
    before = talk.state
    assert talk.take(AudioLost(0, "gone")).state == before
    assert talk.take(AudioBack(talk.now)).said.count("How loud would you like me?") == 2


def test_what_was_measured_while_the_sound_was_gone_is_measured_again() -> None:
    talk = trying().take(AudioLost(0, "gone")).take(AudioBack(0)).listens()
    assert len(talk.those(Try)) == 2


def test_a_pair_whose_sound_does_not_stay_is_given_up() -> None:
    """As with a weak Bluetooth link, or a computer that is too busy: it asked the same again without end."""
    talk = choosing().listens()
    for _ in range(machine.MAX_RETURNS):
        talk.take(AudioLost(0, "gone")).take(AudioBack(talk.now)).listens()
    assert talk.those(Open) == [Open(PAIRS[0])]
    talk.take(AudioLost(0, "gone")).take(AudioBack(talk.now))
    assert talk.those(Open) == [Open(PAIRS[0]), Open(PAIRS[1])]
    talk.opens().listens().take(AudioBack(talk.now))
    assert isinstance(talk.state, Asking)  # the next pair has all its chances


def test_the_only_pair_whose_sound_does_not_stay_ends_it() -> None:
    talk = Talk(PAIRS[:1]).opens().listens()
    for _ in range(machine.MAX_RETURNS + 1):
        talk.take(AudioLost(0, "gone")).take(AudioBack(talk.now)).listens()
    assert talk.state.facts.outcome == "nobody"


def test_the_volume_goes_up_and_down_and_no_further() -> None:
    talk = choosing().listens()
    for _ in range(4):
        talk.says("louder").listens()
    talk.says("quieter").listens()
    assert talk.those(SetVolume) == [SetVolume(level) for level in (5, 6, 7, 6)]
    assert "That's as loud as I can go." in talk.said
    assert talk.says("good").state.facts.volume == 6
    low = Talk(volume=1).opens().says("yes").listens().says("quieter")
    assert "That's as quiet as I can go." in low.said


def test_who_says_nothing_of_the_volume_is_asked_once_more() -> None:
    talk = choosing().listens().is_silent().listens()
    assert "You can say louder, quieter, or good." in talk.said
    assert isinstance(talk.is_silent().state, Trying)


@pytest.mark.parametrize(
    ("advice", "told"),
    [
        ("soft", "Your voice is very quiet."),
        ("loud", "The microphone is too loud."),
        ("noisy", "It's noisy in here."),
        ("silent", "I didn't hear you."),
        ("echo", "The microphone hears too much of my voice."),
    ],
)
def test_what_can_be_mended_is_told_and_measured_again(advice: str, told: str) -> None:
    talk = trying().is_measured(advice)
    assert told in talk.said
    assert talk.those(Keep) == []
    talk.listens().says("yes").listens().is_measured()
    assert len(talk.those(Try)) == 2
    assert len(talk.those(Keep)) == 1


def test_who_does_not_want_to_hear_more_of_it_keeps_what_was_found() -> None:
    for answer in ("no", ""):
        talk = trying().is_measured("noisy").listens()
        talk = talk.says(answer) if answer else talk.is_silent()
        assert isinstance(talk.state, Keeping)


def test_it_is_measured_three_times_at_most() -> None:
    talk = trying()
    for _ in range(2):
        talk.is_measured("noisy").listens().says("yes").listens()
    assert isinstance(talk.is_measured("noisy").state, Keeping)


def test_a_microphone_that_does_not_hear_the_speaker_belongs_to_headphones() -> None:
    talk = trying().is_measured("headphones", delay=None)
    (kept,) = talk.those(Keep)
    assert kept == Keep(Found(PAIRS[0], 4, headphones=True, delay_ms=None, loss_db=None))
    assert "just like with headphones" in talk.take(Written(0)).said


def test_what_can_not_be_written_is_told() -> None:
    talk = trying().is_measured().take(Written(0, "the disk is full")).listens()
    assert talk.state.facts.outcome == "not kept"
    assert "I couldn't save it." in talk.said


# the call for help


def asked_to_try(ways: int = 2) -> Talk:
    """Return a set-up that has kept what it found and asks whether to try the call for help."""
    talk = Talk(ways=ways, volume=3).opens().says("yes").listens().says("good").listens()
    return talk.is_measured().take(Written(0)).listens()


def test_the_call_is_tried_once_it_is_set_up_and_said_to_be_a_test() -> None:
    talk = asked_to_try()
    assert talk.said.endswith("Shall I try calling for help? I'll say that it's a test. Yes or no?")
    assert talk.those(CallForHelp) == []
    talk.says("yes")
    assert talk.those(CallForHelp) == [CallForHelp("", "user", test=True)]
    assert talk.said.endswith("This is a test.")
    talk.take(HelpCalled(talk.now, "mqtt")).listens().take(HelpCalled(talk.now, "gpio"))
    assert talk.said.endswith("The call got through. Good, that works. I'll remember it for next time.")
    assert [action.level for action in talk.those(SetVolume) if isinstance(action, SetVolume)][:2] == [7, 3]
    assert talk.listens().state.facts.outcome == "kept"


def test_a_call_that_does_not_get_through_is_told() -> None:
    talk = asked_to_try().says("yes").listens()
    talk.take(HelpCalled(talk.now, "mqtt", "gone", again=True)).take(HelpCalled(talk.now, "mqtt", "gone"))
    assert "get through" not in talk.said
    assert "The call didn't get through." in talk.take(HelpCalled(talk.now, "gpio")).said
    assert talk.listens().state.facts.outcome == "kept"


def test_a_call_of_which_nothing_is_heard_is_not_waited_for_for_ever() -> None:
    talk = asked_to_try().says("yes").listens().is_silent()
    assert "The call didn't get through." in talk.said
    assert talk.listens().state.facts.outcome == "kept"


@pytest.mark.parametrize("answer", ["no", "stop", ""])
def test_who_does_not_want_it_tried_keeps_what_was_found(answer: str) -> None:
    talk = asked_to_try()
    talk = talk.says(answer) if answer else talk.is_silent()
    assert talk.those(CallForHelp) == []
    assert talk.said.endswith("Good, that works. I'll remember it for next time.")
    assert talk.listens().state.facts.outcome == "kept"


def test_stop_in_the_middle_of_the_test_is_the_end_of_it_with_all_kept() -> None:
    talk = asked_to_try().says("yes").says("stop")
    assert "I haven't changed anything." not in talk.said
    assert talk.listens().state.facts.outcome == "kept"


def test_it_is_offered_in_one_question() -> None:
    talk = Talk(offered=True).opens()
    assert talk.said == "Shall we check your microphone and speaker first? Yes or no?"
    assert isinstance(talk.says("yes").state, Asking)


def test_no_answer_to_the_offer_is_as_good_as_no() -> None:
    talk = Talk(offered=True).opens().is_silent()
    assert isinstance(talk.state, Done)
    assert talk.state.facts.outcome == "declined"
    assert Talk(offered=True).opens().says("no").listens().state.facts.outcome == "declined"


def test_an_answer_that_is_none_is_asked_for_once_more() -> None:
    talk = choosing().listens().says("purple").listens()
    assert "You can say louder, quieter, or good." in talk.said
    before = talk.state
    assert talk.says("purple").state == before


def test_yes_and_no_in_one_breath_is_no_answer() -> None:
    talk = hearing().take(Intent(0, "yes", "yes no", also=("no",)))
    assert isinstance(talk.state, Asking)
    assert talk.state.question == "hear"


def test_who_speaks_is_heard_out_but_not_for_ever() -> None:
    talk = hearing()
    first = talk.state.wake_at
    for _ in range(9):
        talk.now += samples(5)
        talk.take(VoiceStarted(talk.now)).take(VoiceStopped(talk.now + samples(2)))
    assert first is not None
    assert talk.state.wake_at == samples(3) + samples(30)


def test_a_question_ends_in_a_sound() -> None:
    assert hearing().did[-1] == Play(Earcon.LISTENING, samples(3.1))


# every place


def place(state: State) -> object:
    """Return what tells one place from another; times do not."""
    match state:
        case Asking():
            more: object = (state.question, bool(state.token), state.retried, state.patient)
        case Opening():
            more = state.question
        case Trying():
            more = bool(state.token)
        case Keeping():
            more = bool(state.told)
        case Calling():
            more = (bool(state.token), state.waiting, state.failed)
        case _:
            more = state.facts.outcome
    return type(state), more, state.facts.help_ways, state.facts.place, min(state.facts.trials, 3), state.facts.volume


def happenings(state: State, at: Samples) -> Iterator[Event]:
    names = sorted({name for taken in ANSWERS_TAKEN.values() for name in taken} | {"worse", "pause"})
    yield from (Intent(at, name, name) for name in names)
    yield Intent(at, "yes", "yes", ask=True)
    yield Intent(at, "yes", "yes no", also=("no",))
    yield from (NotRecognized(at), VoiceStarted(at), VoiceStopped(at), Interrupted(at), Saved(at, 1), AudioBack(at))
    yield from (AudioLost(at, "gone"), *(AudioLost(at, "", fault) for fault in FAULTS))
    yield from (Opened(at), Unusable(at), Written(at), Written(at, "full"), Played(at, state.facts.token))
    yield from (replace(GOOD, at=at), Tried(at, ("noisy", "headphones"), None, None), Tried(at, ("late",), 700.0, 20.0))
    if isinstance(state, Calling):
        yield from (HelpCalled(at, "mqtt"), HelpCalled(at, "mqtt", "gone"), HelpCalled(at, "mqtt", "gone", again=True))
    if state.wake_at is not None:
        yield Woke(state.wake_at)


@cache
def every_place() -> dict[object, State]:
    """Return a state of each place that can be come to."""
    firsts = [
        machine.start(PROMPTS, PAIRS[:3:2], offered=offered, volume=6, help_ways=ways)[0]
        for offered, ways in ((False, 0), (True, 0), (False, 2))
    ]
    found = {place(state): state for state in firsts}
    left = deque(firsts)
    while left:
        state = left.popleft()
        for event in happenings(state, samples(1)):
            following, _ = machine.step(state, event)
            if place(following) not in found:
                found[place(following)] = following
                left.append(following)
    return found


def test_every_place_has_a_deadline_or_waits_for_the_computer() -> None:
    for state in every_place().values():
        assert (state.wake_at is None) == isinstance(state, Opening | Keeping | Done), state


def test_stop_ends_it_everywhere_with_nothing_changed() -> None:
    for state in every_place().values():
        for name in ("stop", "finish"):
            after, did = machine.step(state, Intent(samples(1), name, name))
            assert not [action for action in did if isinstance(action, Keep)]
            if not isinstance(state, Keeping | Telling | Done):
                assert isinstance(after, Telling)
                is_kept = isinstance(state, Calling) or (isinstance(state, Asking) and state.question == "call")
                assert after.facts.outcome == ("kept" if is_kept else "stopped")  # the call is tried after all is kept
                assert did[0] == Hush()


def test_ctrl_c_ends_it_everywhere_at_once() -> None:
    for state in every_place().values():
        after, did = machine.step(state, Interrupted(samples(1)))
        assert isinstance(after, Done)
        assert not [action for action in did if isinstance(action, Keep)]


def test_silence_comes_to_an_end_from_everywhere() -> None:
    for state in every_place().values():
        now, steps = samples(1), 0
        while not isinstance(state, Done):
            steps += 1
            assert steps < 60
            match state:
                case Opening():
                    event: Event = Opened(now)
                case Keeping():
                    event = Written(now)
                case Asking(token=token) | Telling(token=token) if token:
                    event = Played(now, token)
                case _:
                    event = Woke(state.wake_at or now)
            now = max(now, event.at)
            state, _ = machine.step(state, event)  # noqa: PLW2901 - walks on from there


def test_nothing_is_kept_that_was_not_measured() -> None:
    for state in every_place().values():
        for event in happenings(state, samples(1)):
            _, did = machine.step(state, event)
            if any(isinstance(action, Keep) for action in did):
                assert isinstance(state, Trying) or (isinstance(state, Asking) and state.question == "again")


def test_what_is_listened_for_is_what_a_session_knows() -> None:
    assert EXPECTS == "sound_check"
    known = {phrase.intent for phrase in GRAMMAR.phrases}
    assert {name for taken in ANSWERS_TAKEN.values() for name in taken} <= known


# the words


def test_a_sentence_keeps_to_the_house_rules(subtests: pytest.Subtests) -> None:
    for line in all_lines(PROMPTS):
        with subtests.test(cue=line.cue):
            assert lint_text(line.text) == lint_length(line.text) == []


def test_each_sentence_is_said_somewhere() -> None:
    said = set[str]()
    for state in every_place().values():
        for event in happenings(state, samples(1)):
            said |= {
                line.text
                for action in machine.step(state, event)[1]
                if isinstance(action, Say)
                for line in action.lines
            }
    found = {f"found.{name}" for name in ("fine", *machine.MENDABLE, "late", "headphones")}
    assert {name for name in PROMPTS.texts if name.startswith("found.")} == found
    missing = {name for name in PROMPTS.texts for line in PROMPTS.lines(name) if line.text not in said} - found
    assert missing == {*emergency.PROMPTS}  # said below


@pytest.mark.parametrize(
    "text",
    ["call an ambulance", "my chest hurts", "I can't breathe", "I've wet myself", "I've collapsed", "I can't get up"],
)
def test_call_an_ambulance_at_a_question_says_the_number_and_again(text: str) -> None:
    for talk in (Talk().opens(), Talk(offered=True).opens(), Talk().opens().says("yes").listens()):
        talk.did.clear()
        talk.take(Intent(talk.now, *_meant(text)))
        assert talk.did[0] == Hush()
        assert [line.text for action in talk.did if isinstance(action, Say) for line in action.lines] == [
            "This needs a doctor at once.",
            "Call the emergency number now, or get someone to call.",
        ]
        assert isinstance(talk.state, Staying)
        talk.listens()
        assert talk.state.wake_at is not None
        talk.now = talk.state.wake_at
        talk.take(Woke(talk.now))
        again = talk.did[-1]
        assert isinstance(again, Say)
        assert [line.text for line in again.lines] == ["I'm still here.", "The number is the emergency number."]
        talk.take(Intent(talk.now, "stop", "stop"))
        assert isinstance(talk.state, Done)
        assert talk.state.facts.outcome == "stopped"


def _meant(text: str) -> tuple[str, str]:
    meaning = understand(GRAMMAR, text, ANSWERS_TAKEN["hear"])
    assert meaning.intent is not None
    assert not meaning.ask
    return meaning.intent, text
