"""Whatever happens, in whatever order: the dialogue stands, counts to ten at most, and comes to an end."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.session.arrivals import ARRIVE, ASKING, EXERCISE, FOLLOWED, GRAMMAR, PROMPTS
from voice_coach.actions import Action, Finish, Forget, Hush, Line, Play, Record, Say
from voice_coach.clinical.past import NO_PAST
from voice_coach.events import (
    AudioBack,
    AudioLost,
    Event,
    HearingBack,
    HearingLost,
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
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.prompts import all_lines
from voice_coach.records import Ended, RepetitionDone
from voice_coach.session import machine
from voice_coach.session.doubts import is_baseline
from voice_coach.session.false_alarms import asks_about_signs, has_begun
from voice_coach.session.impression import reports
from voice_coach.session.states import Done, Ending, Performing, State, Staying
from voice_coach.session.status_answers import every_line
from voice_coach.session.turn import Turn
from voice_coach.timebase import Samples, samples

BEHIND = load_exercise("pelvic_tilt")
"""Behind which the first one is tried again."""
OWN = {line for one in (EXERCISE, FOLLOWED, ASKING, BEHIND) for line in all_lines(one)}
LINES = OWN | set(every_line(PROMPTS, (), EXERCISE.per_day))
NAMES = sorted({*GRAMMAR.intents, "nonsense", ""})
SLOTS = st.dictionaries(
    st.sampled_from(["number", "place", "side", "nonsense"]),
    st.one_of(
        st.floats(),
        st.integers(-3, 12).map(float),
        st.sampled_from(["back", "leg", "calf", "foot", "none", "left", "elbow", ""]),
    ),
    max_size=2,
)
TEXTS = st.sampled_from(["", "none", "i'm done", "go back", "worst ever", "it's going down", "[unk]"])
RED = ("worse", "peripheralised", "numb_weak")


@st.composite
def intents(draw: st.DrawFn) -> Callable[[Samples], Intent]:
    """Draw what somebody may be taken to have said."""
    name, text = draw(st.sampled_from(NAMES)), draw(TEXTS)
    slots, ask = draw(SLOTS), draw(st.booleans())
    return lambda at: Intent(at, name, text or name, slots, ask=ask)


NAMES_OF_STATES = st.sampled_from(sorted(ARRIVE))
ALIVE = precondition(lambda self: not isinstance(self.state, Done))


class AnyOrder(RuleBasedStateMachine):
    """A session to which anything can happen; its states are those of `step`."""

    def __init__(self) -> None:
        super().__init__()
        self.now: Samples = 0
        self.first_run = False
        self.past = NO_PAST
        self.exercise = EXERCISE
        self.events: list[Event] = []
        self.actions: list[Action] = []
        self.state: State = machine.start(EXERCISE, PROMPTS)[0]

    @initialize(name=NAMES_OF_STATES)
    def somewhere(self, name: str) -> None:
        """Begin in any of the states."""
        talk = ARRIVE[name]()
        self.now, self.state, self.first_run = talk.now, talk.state, talk.state.facts.plan.first_run
        self.past, self.exercise = talk.state.facts.plan.past, talk.state.facts.plan.exercise
        self.events, self.actions = talk.events, [action for _, action in talk.log]

    @precondition(lambda self: isinstance(self.state, Done))
    @rule(name=NAMES_OF_STATES)
    def another_session_begins(self, name: str) -> None:
        """When one is over, what happened in it gives the same actions again."""
        self.teardown()
        self.somewhere(name)

    def take(self, event: Event) -> list[Action]:
        """Let this happen."""
        before, self.now = self.state, event.at
        self.events.append(event)
        self.state, actions = machine.step(self.state, event)
        assert machine.step(before, event) == (self.state, actions)
        self.check(actions)
        return actions

    def check(self, actions: list[Action]) -> None:
        """Hold that tokens and records are numbered through, and that each line is one that is rendered beforehand."""
        self.actions += actions
        assert not (self.state.facts.speech.deaf and (counted(actions) or isinstance(self.state, Performing)))
        for action in actions:
            lines = action.lines if isinstance(action, Say) else (action.sound,) if isinstance(action, Play) else ()
            for line in lines:
                assert not isinstance(line, Line) or line in LINES or line.cue.startswith("summary.")
            if isinstance(action, Play):
                assert action.at >= self.now

    @ALIVE
    @rule(said=intents(), after=st.integers(0, samples(20)))
    def somebody_says(self, said: Callable[[Samples], Intent], after: int) -> None:
        """Any intent, with any slots, at any time; what was due before comes first."""
        at = self.now + after
        while self.state.wake_at is not None and self.state.wake_at < at:
            self.take(Woke(self.state.wake_at))
        self.take(said(max(at, self.now)))

    @ALIVE
    @rule()
    def the_line_is_over(self) -> None:
        """The player tells that it has said the last thing."""
        self.take(Played(self.now, self.state.facts.speech.token))

    @ALIVE
    @rule(token=st.integers(-1, 99), number=st.integers(-1, 99), error=st.sampled_from(["", "disk full"]))
    def something_untrue_is_told(self, token: int, number: int, error: str) -> None:
        """The player and the writer tell nonsense."""
        self.take(Played(self.now, token))
        self.take(Saved(self.now, number, error))

    @ALIVE
    @rule(error=st.sampled_from(["", "", "", "disk full"]))
    def all_is_saved(self, error: str) -> None:
        """The writer tells of each record, the latest first."""
        for number in sorted(self.state.facts.log.unsaved, reverse=True):
            self.take(Saved(self.now, number, error))

    @ALIVE
    @rule(times=st.integers(1, 8))
    def time_passes(self, times: int) -> None:
        """Deadlines come due."""
        for _ in range(times):
            if self.state.wake_at is not None:
                self.take(Woke(max(self.state.wake_at, self.now)))

    @ALIVE
    @rule(
        answers=st.lists(
            st.sampled_from(["yes", "side_left", "ready_next", "better", "unsure"]), min_size=3, max_size=9
        )
    )
    def it_goes_well(self, answers: list[str]) -> None:
        """Some steps on the way that most sessions take, so that the later states are come to as well."""
        for name in answers:
            self.the_line_is_over()
            self.all_is_saved("")
            if isinstance(self.state, Performing):
                self.time_passes(1)
            self.take(Intent(self.now, name, name))

    @ALIVE
    @rule()
    def somebody_mumbles(self) -> None:
        """Speech that is not understood."""
        self.take(VoiceStarted(self.now))
        self.take(VoiceStopped(self.now))
        self.take(NotRecognized(self.now, "[unk]"))

    @ALIVE
    @rule()
    def the_sound_goes(self) -> None:
        """The microphone is unplugged."""
        self.take(AudioLost(self.now, "unplugged"))

    @ALIVE
    @rule()
    def the_sound_is_back(self) -> None:
        """It is plugged in, if it was out or not."""
        self.take(AudioBack(self.now))

    @ALIVE
    @rule()
    def it_is_too_busy_to_hear(self) -> None:
        """What is said is understood too late: nothing is counted before it is understood in time again."""
        self.take(HearingLost(self.now, "too busy"))
        assert not isinstance(self.state, Performing)

    @ALIVE
    @rule()
    def it_keeps_up_again(self) -> None:
        """If it did not or did."""
        self.take(HearingBack(self.now))

    @ALIVE
    @rule()
    def it_will_never_hear_again(self) -> None:
        """The recogniser was given up."""
        self.take(HearingLost(self.now, "Given up.", for_good=True))
        assert isinstance(self.state, Ending | Staying | Done)

    @ALIVE
    @rule(error=st.sampled_from(["", "gone"]), again=st.booleans())
    def a_call_for_help_comes_to_its_end(self, error: str, *, again: bool) -> None:
        """Whether or not there was one."""
        self.take(HelpCalled(self.now, "mqtt", error, again))

    @ALIVE
    @rule()
    def ctrl_c(self) -> None:
        """The program is asked to end."""
        self.take(Interrupted(self.now))
        assert isinstance(self.state, Done)

    def red_or_ending(self) -> bool:
        """Tell whether nothing is asked about a red sign any more."""
        return self.state.facts.findings.red is not None or isinstance(self.state, Ending)

    @ALIVE
    @rule(name=st.sampled_from(["stop", "pain_cry", *RED]))
    def counting_ends_on_a_reason_to_stop(self, name: str) -> None:
        """From whatever state this is: it is silent first, and unless one asks for it nothing is counted any more."""
        intent = Intent(self.now, name, name)
        early = name != "emergency" and not (
            has_begun(Turn(self.state.facts, 0), self.state) or asks_about_signs(self.state) or self.red_or_ending()
        )
        open_ = early or is_baseline(self.state, intent) or reports(self.state, intent)
        actions = self.take(intent)
        assert isinstance(actions[0], Hush)
        assert name not in RED or open_ or self.state.facts.findings.red is not None
        assert counted(actions) == []
        state = self.state
        while state.wake_at is not None:
            state, actions = machine.step(state, Woke(state.wake_at))
            assert counted(actions) == []

    @invariant()
    def it_cannot_hang(self) -> None:
        """Each state but the last one has a deadline that is not over, and silence leads to the end."""
        state, now = self.state, self.now
        turns = 0
        while state.wake_at is not None:
            assert state.wake_at >= now
            now, turns = state.wake_at, turns + 1
            state, _ = machine.step(state, Woke(now))
            assert turns < 200
        assert isinstance(state, Done)
        assert now - self.now < samples(75 * 60)

    @invariant()
    def what_is_known_stays_true(self) -> None:
        """Ten at most; red is stopped; one end; records and tokens numbered from one on."""
        facts = self.state.facts
        assert facts.progress.repetitions <= EXERCISE.repetition.count
        assert not facts.findings.red or facts.progress.outcome == "stopped"
        assert [a.token for a in self.actions if isinstance(a, Say)] == list(range(1, facts.speech.token + 1))
        numbered = [a for a in self.actions if isinstance(a, Record | Forget)]
        assert [a.number for a in numbered] == list(range(1, facts.log.record + 1))
        records = [a for a in numbered if isinstance(a, Record)]
        done = [a.record.number for a in records if isinstance(a.record, RepetitionDone)]
        before = facts.progress.repetitions - len(done)  # of a session that goes on with one that was broken off
        assert done == list(range(before + 1, facts.progress.repetitions + 1))
        ends = [
            a for a in self.actions if isinstance(a, Finish) or (isinstance(a, Record) and isinstance(a.record, Ended))
        ]
        assert len(ends) == (2 if isinstance(self.state, Done) else 0)

    def teardown(self) -> None:
        """Play the whole session again: the same events, the same actions."""
        state, actions = machine.start(
            self.exercise,
            self.state.facts.plan.prompts,
            first_run=self.first_run,
            past=self.past,
            back_to=self.state.facts.plan.back_to,
        )
        again = list(actions)
        for event in self.events:
            state, actions = machine.step(state, event)
            again += actions
        assert (state, again) == (self.state, self.actions)


def counted(actions: list[Action]) -> list[Line]:
    """Return the lines of counting among the actions."""
    return [action.sound for action in actions if isinstance(action, Play) and isinstance(action.sound, Line)]


TestAnyOrder = pytest.mark.enumerated(AnyOrder.TestCase)
TestAnyOrder.settings = settings(max_examples=60, stateful_step_count=40)


@settings(max_examples=60)
@given(st.sampled_from(sorted(ARRIVE)), st.lists(intents(), min_size=1, max_size=6))
def test_from_every_state_any_answers_lead_to_the_end(name: str, said: list[Callable[[Samples], Intent]]) -> None:
    talk = ARRIVE[name]()
    for intent in said:
        if not isinstance(talk.state, Done):
            talk.wait(3)
            talk.event(intent(talk.now))
    if not isinstance(talk.state, Done):
        talk.until(Done)  # after an emergency the coach stays for an hour
    assert talk.outcome


def test_the_side_never_changes_once_it_is_confirmed() -> None:
    for name in ("check", "number four", "paused", "go_on", "pain_after"):
        talk = ARRIVE[name]()
        for text in ("side_right", "side_both", "no", "start_over"):
            if not isinstance(talk.state, Done | Ending):
                talk.means(text)
        assert talk.state.facts.plan.side == "left"
