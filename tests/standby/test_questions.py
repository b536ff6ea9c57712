"""What is said to it, and what it does then: the words that wake it, the button, its questions, lost sound."""

from datetime import timedelta

import pytest

from tests.standby.waiting import Waiting
from voice_coach.actions import Hush, Listen
from voice_coach.dialogue.emergency import SIGNS, Staying
from voice_coach.dialogue.turn import MAX_QUESTION_OPEN
from voice_coach.events import AudioBack, AudioLost, Interrupted, Played, Saved, VoiceStarted, VoiceStopped
from voice_coach.hear.grammar.match import understand
from voice_coach.standby.build import grammar_of
from voice_coach.standby.events import Begin, Break, Looked, SessionOver
from voice_coach.standby.questions import ANSWER_TIMEOUT, ANSWERS, WAITING
from voice_coach.standby.states import Asking, Coaching, Day, Done, Telling
from voice_coach.standby.states import Waiting as Quiet
from voice_coach.timebase import samples


def awake() -> Waiting:
    """Return a standby that has asked whether to start, and waits for the answer."""
    return Waiting().hears("wake", "start my session").finishes()


def reminding() -> Waiting:
    """Return a standby that has reminded, and waits for the answer."""
    return Waiting("08:59").until("09:01").finishes()


def test_it_starts_when_it_is_told_to_and_that_was_meant() -> None:
    standby = awake()
    assert standby.said == ["Shall we start?", "Yes or no?"]
    standby.hears("yes").finishes()
    assert standby.said[-1] == "Let's begin."
    assert isinstance(standby.state, Coaching)
    assert standby.actions[-1] == Begin()


@pytest.mark.parametrize("answer", ["no", "later", "skip"])
def test_it_leaves_it_when_it_was_not_meant(answer: str) -> None:
    standby = awake().hears(answer).finishes()
    assert standby.said[-1] == "No problem, another time."
    assert isinstance(standby.state, Quiet)


def test_who_does_not_answer_hears_nothing_more() -> None:
    standby = awake()
    assert standby.state.wake_at == standby.now + ANSWER_TIMEOUT
    standby.until("08:01")
    assert isinstance(standby.state, Quiet)
    assert len(standby.said) == 2


@pytest.mark.parametrize("heard", ["[unk] start my session", "start my session [unk]"])
def test_words_in_the_middle_of_talk_are_not_meant_for_it(heard: str) -> None:
    assert Waiting().hears("wake", heard).said == []


def test_a_doubtful_wording_starts_nothing() -> None:
    assert Waiting().hears("wake", ask=True).said == []
    assert isinstance(awake().hears("yes", ask=True).state, Asking)


def test_yes_and_no_in_one_breath_is_no_answer() -> None:
    assert isinstance(awake().hears("yes", "no yes", also=["no"]).state, Asking)


def test_unasked_it_takes_nothing_but_the_words_that_wake_it() -> None:
    assert [action for action in Waiting().actions if isinstance(action, Listen)] == [Listen("nothing", WAITING)]
    assert isinstance(Waiting().hears("yes").hears("start").state, Quiet)


def test_what_is_not_understood_is_asked_once_more_in_other_words() -> None:
    standby = awake().mumbles().finishes()
    assert standby.said[-1] == "Please say yes or no."
    count = len(standby.said)
    assert len(standby.mumbles().finishes().said) == count
    assert reminding().mumbles().said[-1] == "You can say start, later, or skip."
    assert Waiting().mumbles().said == []


def test_who_speaks_is_heard_out_but_a_television_does_not_keep_the_question_open() -> None:
    standby = awake()
    asked = standby.now
    standby.now += samples(9)
    assert standby.take(VoiceStarted(0)).state.wake_at == standby.now + samples(12)
    assert standby.take(VoiceStopped(0)).state.wake_at == standby.now + ANSWER_TIMEOUT
    standby.now += samples(15)
    assert standby.take(VoiceStarted(0)).state.wake_at == asked + MAX_QUESTION_OPEN


def test_a_voice_while_nothing_is_asked_changes_nothing() -> None:
    quiet = Waiting()
    before = quiet.state
    assert quiet.take(VoiceStarted(0)).take(VoiceStopped(0)).take(Saved(0, 1)).state == before


@pytest.mark.parametrize("word", ["start", "yes", "wake"])
def test_a_reminder_is_answered_with_start(word: str) -> None:
    assert isinstance(reminding().hears(word).finishes().state, Coaching)


def test_an_answer_over_the_question_cuts_it_off() -> None:
    standby = Waiting("08:59").until("09:00")
    while not isinstance(standby.state, Asking):
        standby.until("09:01")
    standby.hears("start")
    assert Hush() in standby.actions
    assert standby.said[-1] == "Let's begin."


def test_a_reminder_is_listened_to_for_start_later_and_skip() -> None:
    assert Listen("reminder", ANSWERS | SIGNS) in reminding().actions


@pytest.mark.parametrize("make", [Waiting, awake, reminding])
def test_the_button_starts_at_once(make: type[Waiting]) -> None:
    standby = make().press()
    assert standby.said[-1] == "Let's begin."
    assert isinstance(standby.press().finishes().state, Coaching)


def test_the_button_ends_a_session() -> None:
    standby = Waiting().press().finishes().press()
    assert standby.actions[-1] == Break()
    assert isinstance(standby.comes_back().state, Quiet)


def test_a_session_that_could_not_be_held_is_told() -> None:
    standby = Waiting().press().finishes().comes_back(held=False)
    assert standby.said[-2:] == ["Sorry, I couldn't start.", "Please have a look at what's wrong."]
    assert standby.state.facts.trouble
    assert not standby.finishes().press().finishes().state.facts.trouble


def test_news_of_a_session_that_nobody_holds_is_no_news() -> None:
    quiet = Waiting()
    assert quiet.take(SessionOver(0, held=False)).said == []
    asking = awake()
    before = asking.state
    assert asking.take(Looked(0, Day(locked="worse"))).state == before


def test_words_that_never_end_are_not_waited_for() -> None:
    """The player tells of each end; if it did not, the question would still be open, and the session begin."""
    asking = Waiting().hears("wake").until("08:02")
    assert isinstance(asking.state, Quiet)
    assert isinstance(Waiting().press().until("08:02").state, Coaching)


def test_the_end_of_other_words_is_not_that_of_the_question() -> None:
    standby = Waiting().hears("wake")
    before = standby.state
    assert standby.take(Played(0, 99)).state == before
    telling = Waiting().press()
    assert isinstance(telling.take(Played(0, 99)).state, Telling)


@pytest.mark.parametrize("make", [awake, reminding, Waiting])
def test_without_sound_nothing_is_asked(make: type[Waiting]) -> None:
    standby = make().take(AudioLost(0, "gone"))
    assert isinstance(standby.state, Quiet)
    assert standby.state.facts.trouble
    assert not standby.take(AudioBack(0)).state.facts.trouble


def test_a_reminder_that_nobody_can_have_heard_comes_again() -> None:
    standby = reminding().take(AudioLost(0, "gone")).take(AudioBack(0)).until("09:33")
    assert sum("time for" in text for text in standby.said) == 2


def test_a_session_that_was_about_to_begin_does_not_without_sound() -> None:
    assert isinstance(Waiting().press().take(AudioLost(0, "gone")).state, Quiet)


def test_it_ends_when_it_is_interrupted_and_so_does_its_session() -> None:
    standby = awake().take(Interrupted(0))
    assert standby.actions[-1] == Hush()
    assert isinstance(standby.hears("yes").state, Done)
    held = Waiting().press().finishes().take(Interrupted(0))
    assert held.actions[-1] == Break()
    assert isinstance(held.state, Done)


SIGNS_SAID = ("call an ambulance", "my chest hurts", "oh god I can't breathe", "I've wet myself", "I've collapsed")


@pytest.mark.parametrize("text", SIGNS_SAID)
def test_call_an_ambulance_at_a_question_says_the_number_and_again(text: str) -> None:
    for standby in (awake(), reminding()):
        heard = understand(grammar_of("en"), text, ANSWERS | SIGNS)
        assert heard.intent == "emergency"
        standby.hears(heard.intent, text, ask=heard.ask).finishes()
        assert standby.said[-2:] == [
            "This needs a doctor at once.",
            "Call the emergency number now, or get someone to call.",
        ]
        assert isinstance(standby.state, Staying)
        before = len(standby.said)
        standby.lasts(timedelta(seconds=60))
        assert "The number is the emergency number." in standby.said[before:]
        assert isinstance(standby.hears("stop").state, Quiet)


def test_it_leaves_the_number_at_last_and_waits_again() -> None:
    standby = awake().hears("emergency", "my chest hurts").finishes().lasts(timedelta(minutes=12))
    assert isinstance(standby.state, Quiet)


def test_chest_pain_on_television_is_not_heard_asleep() -> None:
    assert understand(grammar_of("en"), "I have chest pain", WAITING).intent is None
    assert isinstance(Waiting().hears("emergency", "my chest hurts").state, Quiet)


def test_no_chest_pain_is_asked_again() -> None:
    heard = understand(grammar_of("en"), "no chest pain", ANSWERS | SIGNS)
    assert heard.ask
    standby = awake().hears("emergency", "no chest pain", ask=True)
    assert standby.said[-1] == "Please say yes or no."
