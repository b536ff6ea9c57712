"""A whole conversation without sound: the real dialogue and the real grammar, a person in words, a made-up clock.

>>> from voice_coach.testing import Conversation
>>> session = Conversation().says("left side")
>>> session.question
'side_sure'
>>> session.said
'Pain on the left. Yes or no?'

`goes_on_until` lets the person answer everything as someone with whom all goes well:

>>> session.goes_on_until("check").says("it's worse").goes_on_until("settle_check").question
'settle_check'
>>> from voice_coach.session.states import Done
>>> session.answers("better").goes_on_until(Done).outcome
'stopped'

What the person says is understood by the grammar, with the intents that the coach accepts at that moment. Each word of
the coach takes 0.35 s; a record is on disk 0.02 s after it was handed over. Nothing waits: a session of ten minutes
takes a few milliseconds.
"""

from collections.abc import Callable, Iterable
from copy import copy
from functools import cache
from typing import Final, Self

from voice_coach.actions import (
    DEFAULT_PACE,
    DEFAULT_VOLUME,
    Action,
    Earcon,
    Finish,
    Forget,
    Hush,
    Line,
    Listen,
    Play,
    Record,
    Say,
)
from voice_coach.clinical.past import NO_PAST, Past
from voice_coach.clinical.screening_questions import SCREENED
from voice_coach.config.engines import session_grammar
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
from voice_coach.exercise.model import Exercise
from voice_coach.exercise.prompts import load_prompts
from voice_coach.hear.grammar.grammar import Grammar
from voice_coach.hear.grammar.match import understand
from voice_coach.records import Answered, SessionRecord
from voice_coach.session import machine
from voice_coach.session.states import Asking, Instructing, Performing, State
from voice_coach.timebase import Samples, samples

WORD: Final = samples(0.35)
"""Length of a spoken word, in samples."""
WRITING: Final = samples(0.02)
"""From handing over a record until it is on disk, in samples."""

Where = type[State] | str | Callable[[State], bool]
"""A place in the dialogue: a class of states, the name of a question, or a condition on the state."""

ANSWERS: Final = {
    **dict.fromkeys(SCREENED, "no"),
    "screen_12": "yes",
    "screen_new": "no",
    "screen_recent": "no",
    "screen_told": "yes",
    "screen_anyway": "yes",
    "screen_daily": "no",
    "own": "no",
    "cleared": "yes",
    "cleared_sure": "yes",
    "two_weeks": "yes",
    "broken_off": "yes",
    "taught": "yes",
    "acknowledge": "yes",
    "practice_stop": "stop",
    "practice_repeat": "repeat",
    "practice_help": "help",
    "practice_worse": "worse",
    "side": "left side",
    "side_sure": "yes",
    "side_again": "yes",
    "side_other": "yes",
    "pain_before": "six",
    "furthest_before": "thigh",
    "sound_check": "yes",
    "check": "better",
    "moved_lower": "no",
    "heard_worse": "yes",
    "still_there": "no",
    "easier": "yes",
    "try_again": "yes",
    "onward": "yes",
    "settle_check": "better",
    "since_began": "better",
    "since_much": "a little",
    "pain_after": "three",
    "furthest_after": "back",
}
"""By question: what is said by a person with whom all goes well."""


def counting(number: int) -> Callable[[State], bool]:
    """Return the condition that repetition `number` (from 1) is under way."""
    return lambda state: isinstance(state, Performing) and state.number == number


def at_step(identifier: str) -> Callable[[State], bool]:
    """Return the condition that the set-up has come to the step with this id, such as `lie`."""
    return lambda state: (
        isinstance(state, Instructing) and state.facts.plan.exercise.steps[state.index].id == identifier
    )


def _is_at(state: State, where: Where) -> bool:
    if isinstance(where, str):
        return isinstance(state, Asking) and state.question.name == where
    if isinstance(where, type):
        return isinstance(state, where)
    return where(state)


@cache
def _grammar(language: str) -> Grammar:
    return session_grammar(language)


@cache
def _usual_exercise() -> Exercise:
    return load_exercise("flexion_rotation")


class Conversation:
    """A session in progress, and the person in it.

    What happens returns the conversation itself, so that calls can be chained. An `AssertionError` says where it did
    not go as the test expected.
    """

    def __init__(  # noqa: PLR0913 -- what a session is begun with
        self,
        *,
        exercise: Exercise | None = None,
        first_run: bool = False,
        past: Past = NO_PAST,
        volume: int = DEFAULT_VOLUME,
        pace: int = DEFAULT_PACE,
        voices: tuple[str, ...] = (),
        back_to: str = "",
        help_ways: tuple[str, ...] = (),
        help_at_once: bool = False,
        writing: Samples | None = WRITING,
    ) -> None:
        """Begin a session; the coach starts with the welcome.

        Args:
            exercise: None: the side-lying flexion rotation, `flexion_rotation`.
            first_run: whether the person has never used the coach.
            past: what earlier sessions mean for this one, such as a lock or a screening that is due.
            volume: 1 to 7.
            pace: 1 to 5.
            voices: names of those that can be asked for, in turn, the one that speaks first.
            back_to: the id of the exercise that this one takes the place of; empty: none.
            help_ways: in which ways help can be called, other than aloud, such as `("mqtt",)`.
            help_at_once: whether help is called at a sign of an emergency without being asked for.
            writing: how long a record takes to be on disk, in samples; None: it never gets there.
        """
        exercise = exercise or _usual_exercise()
        self.now: Samples = 0
        """Samples since the session began."""
        self.writing = writing
        self.write_error = ""
        """Why each record from now on can't be written; empty: it can."""
        self.log: list[tuple[Samples, Action]] = []
        """Each action, with the instant at which it was decided."""
        self.records: list[SessionRecord] = []
        self.events: list[Event] = []
        self._speech: list[tuple[Samples, int]] = []
        self._disk: list[tuple[Samples, int]] = []
        self._active: frozenset[str] = frozenset()
        self._mark = 0
        self._grammar = _grammar(exercise.language)
        self.state, self.turn = machine.start(
            exercise,
            load_prompts(exercise.language),
            first_run=first_run,
            volume=volume,
            pace=pace,
            voices=voices,
            past=past,
            back_to=back_to,
            help_ways=help_ways,
            help_at_once=help_at_once,
        )
        self._perform()

    # What the person does.

    def says(self, text: str) -> Self:
        """Say something now, even over the coach; it goes through the grammar, which may not understand it."""
        meaning = understand(self._grammar, text, self._active)
        if meaning.intent is None:
            return self.event(NotRecognized(self.now, text))
        return self.event(
            Intent(
                self.now,
                meaning.intent,
                text.lower(),
                meaning.slots,
                ask=meaning.ask,
                also=meaning.also,
                besides=meaning.besides,
            )
        )

    def means(self, name: str, *, ask: bool = False, text: str = "", **slots: str | float) -> Self:
        """Be understood as this intent, whatever the grammar would make of it; `ask`: the wording was doubtful."""
        return self.event(Intent(self.now, name, text or name, slots, ask=ask))

    def answers(self, text: str) -> Self:
        """Wait until the coach has asked or instructed, then say something."""
        self.until(lambda state: isinstance(state, Asking | Instructing) and not state.token)
        return self.says(text)

    def speaks_for(self, seconds: float) -> Self:
        """Make a sound like speech for so long, of which nothing is understood."""
        self.event(VoiceStarted(self.now)).wait(seconds)
        return self.event(VoiceStopped(self.now))

    # What happens around them.

    def call_comes_to(self, way: str, error: str = "", *, again: bool = False) -> Self:
        """Learn what came of an attempt to call for help; empty `error`: it got through."""
        return self.event(HelpCalled(self.now, way, error, again))

    def loses_sound(self) -> Self:
        """Unplug the microphone."""
        return self.event(AudioLost(self.now, "unplugged"))

    def has_sound_again(self) -> Self:
        """Plug it in."""
        return self.event(AudioBack(self.now))

    def is_heard_too_late(self) -> Self:
        """Speak to a computer that is too busy."""
        return self.event(HearingLost(self.now, "the computer is too busy"))

    def is_heard_no_more(self) -> Self:
        """Speak to a recogniser that was given up."""
        return self.event(HearingLost(self.now, "The speech recogniser can't be kept alive.", for_good=True))

    def is_heard_in_time(self) -> Self:
        """Speak to a computer that keeps up again."""
        return self.event(HearingBack(self.now))

    def is_interrupted(self) -> Self:
        """Press Ctrl-C."""
        return self.event(Interrupted(self.now))

    # How time passes.

    def wait(self, seconds: float) -> Self:
        """Let time pass; what is due meanwhile happens."""
        end = self.now + samples(seconds)
        while (due := self._due()) is not None and due.at <= end:
            self._take(due)
        self.now = max(self.now, end)
        return self

    def until(self, where: Where, *, minutes: float = 75) -> Self:
        """Let time pass, the person silent, until the state is this one."""
        limit = self.now + samples(60 * minutes)
        while not _is_at(self.state, where):
            due = self._due()
            if due is None:
                raise AssertionError(f"the session ended before it came to {where}")
            if due.at > limit:
                raise AssertionError(f"{where} did not come within {minutes} minutes: {self.state}")
            self._take(due)
        return self

    def goes_on_until(self, where: Where, **other: str) -> Self:
        """Answer everything as someone with whom all goes well, until the state is this one.

        `other` has answers that are different, by question: `goes_on_until("moved_lower", furthest_after="calf")`.
        """
        replies = {**ANSWERS, **other}
        while not _is_at(self.state, where):
            if isinstance(self.state, Asking) and not self.state.token:
                self.says(replies[self.state.question.name])
            elif isinstance(self.state, Instructing) and not self.state.token:
                self.wait(2).says("ready")
            else:
                due = self._due()
                if due is None:
                    raise AssertionError(f"the session ended before it came to {where}")
                self._take(due)
        return self

    def due(self) -> Event:
        """Return what happens next if the person does nothing."""
        due = self._due()
        if due is None:
            raise AssertionError("the session is over")
        return due

    def until_next(self) -> Self:
        """Let time pass until something happens."""
        self._take(self.due())
        return self

    def event(self, event: Event) -> Self:
        """Let this happen now; `said`, `lines` and `earcons` start again from here."""
        self._mark = len(self.log)
        self._take(event)
        return self

    # What the person has heard, and the history has kept.

    def lines(self, *, since: int | None = None) -> list[Line]:
        """Return the lines said since entry number `since` of the log; None: since the person last did something."""
        found: list[Line] = []
        for _, action in self.log[self._mark if since is None else since :]:
            if isinstance(action, Say):
                found += action.lines
            elif isinstance(action, Play) and isinstance(action.sound, Line):
                found.append(action.sound)
        return found

    @property
    def said(self) -> str:
        """Lines the coach has said since the person last did something."""
        return " ".join(line.text for line in self.lines())

    def heard(self, text: str) -> bool:
        """Return whether the coach has said this since the person last did something."""
        return text in self.said

    def earcons(self) -> list[Earcon]:
        """Return the earcons since the person last did something."""
        plays = [action for _, action in self.log[self._mark :] if isinstance(action, Play)]
        return [play.sound for play in plays if isinstance(play.sound, Earcon)]

    def counts(self) -> list[Line]:
        """Return the lines of counting given to the player since the person last did something."""
        plays = [action for _, action in self.log[self._mark :] if isinstance(action, Play)]
        return [play.sound for play in plays if isinstance(play.sound, Line)]

    def answer_to(self, question: str) -> str | float | None:
        """Return the value recorded last as the answer to this question."""
        (*_, value) = [one.value for one in self.records if isinstance(one, Answered) and one.question == question]
        return value

    @property
    def question(self) -> str:
        """The name of the open question; empty: there is none."""
        return self.state.question.name if isinstance(self.state, Asking) else ""

    @property
    def outcome(self) -> str:
        """How the session ended, such as `completed`; raises ValueError if it has not."""
        (finish,) = [action for _, action in self.log if isinstance(action, Finish)]
        return finish.outcome

    def copy(self) -> "Conversation":
        """Return an independent copy: what happens in one does not happen in the other."""
        other = copy(self)
        for name, value in vars(self).items():
            if isinstance(value, list):
                setattr(other, name, list(value))
        return other

    def _due(self) -> Event | None:
        due: list[tuple[Samples, int, Event]] = []
        due += [(at, 0, Saved(at, number, self.write_error)) for at, number in self._disk[:1]]
        due += [(at, 1, Played(at, token)) for at, token in self._speech[:1]]
        if self.state.wake_at is not None:
            due.append((self.state.wake_at, 2, Woke(self.state.wake_at)))
        return min(due, key=lambda row: row[:2])[2] if due and self.state.wake_at is not None else None

    def _take(self, event: Event) -> None:
        if isinstance(event, Saved):
            self._disk.pop(0)
        if isinstance(event, Played):
            self._speech.pop(0)
        if event.at < self.now:
            raise AssertionError(f"{event} is in the past: it is {self.now} now")
        self.now = event.at
        self.events.append(event)
        self.state, self.turn = machine.step(self.state, event)
        self._perform()

    def _perform(self) -> None:
        for action in self.turn:
            self.log.append((self.now, action))
            match action:
                case Say(lines, token):
                    before = self._speech[-1][0] if self._speech else self.now
                    self._speech.append((before + _length(lines), token))
                case Hush():
                    self._speech.clear()
                case Listen(_, intents):
                    self._active = intents
                case Forget(number) if self.writing is not None:
                    self._disk.append((self.now + self.writing, number))
                case Record(record, number):
                    self.records.append(record)
                    if self.writing is not None:
                        self._disk.append((self.now + self.writing, number))
                case _:
                    pass


def _length(lines: Iterable[Line]) -> Samples:
    return sum(WORD * len(line.text.split()) for line in lines)
