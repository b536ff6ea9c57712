"""A whole conversation without sound: the player, the writer and the person, in audio time, around the real `step`.

    talk = Talk()
    talk.says("left side")
    talk.until("side_sure")
    assert talk.heard("Pain on the left.")

What is said goes through the real grammar, with what the coach listens for at that moment. Each line takes a made-up
time to say; a record is on disk a moment after it was given to the writer.
"""

from collections.abc import Callable, Iterable
from copy import copy
from functools import cache
from typing import Self

import msgspec

from voice_coach.actions import Action, Earcon, Finish, Forget, Hush, Line, Listen, Play, Record, Say
from voice_coach.clinical.past import NO_PAST, BrokenOff, Lock, Past
from voice_coach.clinical.screening_questions import SCREENED
from voice_coach.config.engines import session_grammar
from voice_coach.events import (
    AudioBack,
    AudioLost,
    Event,
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
from voice_coach.exercise.model import Exercise, Follow, OwnQuestion
from voice_coach.exercise.prompts import load_prompts
from voice_coach.hear.grammar.match import understand
from voice_coach.records import Answered, SessionRecord
from voice_coach.session import machine
from voice_coach.session.states import Asking, Between, Ending, Instructing, Performing, Settling, State
from voice_coach.timebase import Samples, samples

EXERCISE = load_exercise("flexion_rotation")
TAUGHT = msgspec.structs.replace(EXERCISE, taught=True)
"""The same, if it were only for those who were taught it."""
FOLLOWED = msgspec.structs.replace(
    EXERCISE, follows={"better": Follow(step="last", exercise="knee_rolls", name="rolling your knees", asked=True)}
)
"""The same in a programme, in which another one comes behind it when it went well, if the person wants to."""
ASKING = msgspec.structs.replace(
    EXERCISE,
    questions=(
        OwnQuestion(
            id="wrist", ask=("Is a wrist broken?",), help="A bone of the hand, not healed yet.", verdict="professional"
        ),
        OwnQuestion(
            id="faint", ask=("Did you faint today?",), help="You fell, and know nothing of it.", verdict="emergency"
        ),
    ),
)
"""The same with two questions of its own."""
PROMPTS = load_prompts("en")
GRAMMAR = session_grammar("en")

WORD = samples(0.35)
"""How long a word takes to say."""
WRITING = samples(0.02)
"""How long a record takes to be on disk."""

Where = type[State] | str | Callable[[State], bool]

ANSWERS = {
    **dict.fromkeys(SCREENED, "no"),
    "screen_12": "yes",
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
    "side": "left side",
    "side_sure": "yes",
    "side_other": "yes",
    "pain_before": "six",
    "furthest_before": "thigh",
    "sound_check": "yes",
    "check": "better",
    "moved_lower": "no",
    "easier": "yes",
    "try_again": "yes",
    "onward": "yes",
    "settle_check": "better",
    "since_began": "better",
    "since_much": "a little",
    "pain_after": "three",
    "furthest_after": "back",
}
"""What a person says with whom all goes well."""


def is_at(state: State, where: Where) -> bool:
    """Return whether the state is of this class, is this question, or fulfils this condition."""
    if isinstance(where, str):
        return isinstance(state, Asking) and state.question == where
    if isinstance(where, type):
        return isinstance(state, where)
    return where(state)


def counting(number: int) -> Callable[[State], bool]:
    """Return the condition that this repetition is under way."""
    return lambda state: isinstance(state, Performing) and state.number == number


def at_step(identifier: str) -> Callable[[State], bool]:
    """Return the condition that this step of the set-up stands."""
    steps = [step.id for step in EXERCISE.steps]
    return lambda state: isinstance(state, Instructing) and state.index == steps.index(identifier)


class Talk:
    """A session in progress."""

    def __init__(
        self,
        *,
        first_run: bool = False,
        volume: int = 4,
        writing: Samples | None = WRITING,
        past: Past = NO_PAST,
        exercise: Exercise = EXERCISE,
        back_to: str = "",
    ) -> None:
        """Begin it; `writing` None: the writer never answers."""
        self.now: Samples = 0
        self.writing = writing
        self.write_error = ""
        self.log: list[tuple[Samples, Action]] = []
        self.records: list[SessionRecord] = []
        self.events: list[Event] = []
        self._speech: list[tuple[Samples, int]] = []
        self._disk: list[tuple[Samples, int]] = []
        self._active: frozenset[str] = frozenset()
        self._mark = 0
        self.state, self.turn = machine.start(
            exercise, PROMPTS, first_run=first_run, volume=volume, past=past, back_to=back_to
        )
        self._perform()

    # the person

    def says(self, text: str) -> Self:
        """Say something that the grammar is to understand, or not."""
        meaning = understand(GRAMMAR, text, self._active)
        if meaning.intent is None:
            return self.event(NotRecognized(self.now, text))
        return self.event(
            Intent(self.now, meaning.intent, text.lower(), meaning.slots, ask=meaning.ask, also=meaning.also)
        )

    def means(self, name: str, *, ask: bool = False, text: str = "", **slots: str | float) -> Self:
        """Be taken for this intent, whatever was said."""
        return self.event(Intent(self.now, name, text or name, slots, ask=ask))

    def answers(self, text: str) -> Self:
        """Wait until it is one's turn, and say it."""
        self.until(lambda state: isinstance(state, Asking | Instructing) and not state.token)
        return self.says(text)

    def speaks_for(self, seconds: float) -> Self:
        """Speak, without any of it being taken yet."""
        self.event(VoiceStarted(self.now)).wait(seconds)
        return self.event(VoiceStopped(self.now))

    # the world around

    def loses_sound(self) -> Self:
        """Unplug the microphone."""
        return self.event(AudioLost(self.now, "unplugged"))

    def has_sound_again(self) -> Self:
        """Plug it in."""
        return self.event(AudioBack(self.now))

    def is_interrupted(self) -> Self:
        """Press Ctrl-C."""
        return self.event(Interrupted(self.now))

    # time

    def wait(self, seconds: float) -> Self:
        """Let time pass."""
        end = self.now + samples(seconds)
        while (due := self._due()) is not None and due.at <= end:
            self._take(due)
        self.now = max(self.now, end)
        return self

    def until(self, where: Where, *, minutes: float = 30) -> Self:
        """Let time pass until the state is this one."""
        limit = self.now + samples(60 * minutes)
        while not is_at(self.state, where):
            due = self._due()
            assert due is not None, f"the session ended before it came to {where}"
            assert due.at <= limit, f"{where} did not come within {minutes} minutes: {self.state}"
            self._take(due)
        return self

    def goes_on_until(self, where: Where, **other: str) -> Self:
        """Answer everything as one with whom all goes well, until the state is this one."""
        replies = {**ANSWERS, **other}
        while not is_at(self.state, where):
            if isinstance(self.state, Asking) and not self.state.token:
                self.says(replies[self.state.question])
            elif isinstance(self.state, Instructing) and not self.state.token:
                self.wait(2).says("ready")
            else:
                due = self._due()
                assert due is not None, f"the session ended before it came to {where}"
                self._take(due)
        return self

    def due(self) -> Event:
        """Return what happens next if the person does nothing."""
        due = self._due()
        assert due is not None, "the session is over"
        return due

    def until_next(self) -> Self:
        """Let time pass until something happens."""
        self._take(self.due())
        return self

    def event(self, event: Event) -> Self:
        """Take an event; what was heard is counted from here on."""
        self._mark = len(self.log)
        self._take(event)
        return self

    # what was heard

    def lines(self, *, since: int | None = None) -> list[Line]:
        """Return all lines given to the player since an entry of the log; None: since the person last did something."""
        found: list[Line] = []
        for _, action in self.log[self._mark if since is None else since :]:
            if isinstance(action, Say):
                found += action.lines
            elif isinstance(action, Play) and isinstance(action.sound, Line):
                found.append(action.sound)
        return found

    @property
    def said(self) -> str:
        """What the coach has said since the person last did something."""
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
        """Return the answer that stands in the log."""
        (*_, value) = [r.value for r in self.records if isinstance(r, Answered) and r.question == question]
        return value

    @property
    def question(self) -> str:
        """The question that is open; empty: none."""
        return self.state.question if isinstance(self.state, Asking) else ""

    @property
    def outcome(self) -> str:
        """How the session ended."""
        (finish,) = [action for _, action in self.log if isinstance(action, Finish)]
        return finish.outcome

    # inside

    def copy(self) -> "Talk":
        """Return one that goes its own way from here on."""
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
        assert event.at >= self.now
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


# How each state is come to, in words. The keys name them in the tests.

LOCKED = Past(lock=Lock("peripheralised", 7, 1, 3))
"""On Tuesday it moved down the leg."""
BROKEN = Past(broken_off=BrokenOff(session=7, repetitions=5, offered=True, checked=True, side="left", pain_before=6))
"""A few minutes ago it broke off behind number five."""
WEEKLY = Past(impression_due=True)
"""It is time for the question how it is since the beginning."""
SCREENING = Past(screening="full")
"""Nobody has asked about red flags yet."""


def screened(last: str, **answers: str) -> Talk:
    """Return a first session that has come to this question of the screening."""
    return Talk(first_run=True, past=SCREENING).goes_on_until(last, **answers)


_WAYS: dict[str, Callable[[], Talk]] = {
    "cleared": lambda: Talk(past=LOCKED),
    "cleared_sure": lambda: Talk(past=LOCKED).answers("yes"),
    **{name: lambda name=name: screened(name) for name in SCREENED},  # type: ignore[misc]
    "screen_recent": lambda: screened("screen_recent", screen_4="yes"),
    "screen_told": lambda: screened("screen_told", screen_7="yes"),
    "screen_anyway": lambda: screened("screen_anyway", screen_12="no"),
    "screen_daily": lambda: Talk(past=Past(screening="daily")),
    "own": lambda: Talk(exercise=ASKING),
    "two_weeks": lambda: Talk(past=Past(two_weeks=True)),
    "broken_off": lambda: Talk(past=BROKEN),
    "taught": lambda: Talk(exercise=TAUGHT),
    "acknowledge": lambda: Talk(first_run=True),
    "side": Talk,
    "side_told": lambda: Talk().answers("both"),
    "side_sure": lambda: Talk().answers("left side"),
    "side_other": lambda: Talk().answers("left side").answers("my physio said the other side"),
    "pain_before": lambda: Talk().goes_on_until("pain_before"),
    "furthest_before": lambda: Talk().goes_on_until("furthest_before"),
    "sound_check": lambda: Talk().goes_on_until("sound_check"),
    "check": lambda: Talk().goes_on_until("check"),
    "after_cry": lambda: Talk().goes_on_until(counting(4)).says("ow"),
    "pain_after": lambda: Talk().goes_on_until("pain_after"),
    "furthest_after": lambda: Talk().goes_on_until("furthest_after"),
    "go_on": lambda: Talk().goes_on_until(counting(4)).says("stop"),
    "moved_lower": lambda: Talk().goes_on_until("moved_lower", furthest_after="calf"),
    "unsure_place": lambda: Talk().goes_on_until("check").answers("I don't know"),
    "unsure_pain": lambda: Talk().goes_on_until("check").answers("I don't know").answers("back"),
    "settle_check": lambda: Talk().goes_on_until(counting(4)).says("worse").goes_on_until("settle_check"),
    "since_began": lambda: Talk(past=WEEKLY).goes_on_until("since_began"),
    "since_much": lambda: Talk(past=WEEKLY).goes_on_until("since_much"),
    "delete_log": lambda: Talk().goes_on_until(Ending).says("delete my log"),
    "delete_sure": lambda: Talk().goes_on_until(Ending).says("delete my log").answers("yes"),
    "easier": lambda: Talk().goes_on_until(at_step("lie")).says("I can't lie on my side"),
    "onward": lambda: Talk(exercise=FOLLOWED).goes_on_until("onward"),
    "try_again": lambda: Talk(exercise=load_exercise("pelvic_tilt"), back_to=EXERCISE.id).goes_on_until("try_again"),
    "doubt_emergency": lambda: Talk().goes_on_until(counting(4)).means("emergency", ask=True),
    "doubt_more": lambda: Talk().goes_on_until("check").answers("I don't know").answers("back").answers("eight"),
    "doubt_worse": lambda: Talk().goes_on_until(counting(4)).means("worse", ask=True),
    "doubt_down": lambda: Talk().goes_on_until(counting(4)).means("peripheralised", ask=True),
    "doubt_numb": lambda: Talk().goes_on_until(counting(4)).means("numb_weak", ask=True),
    "doubt_new": lambda: Talk().goes_on_until("furthest_before").answers("down my leg"),
    "doubt_less": lambda: Talk().goes_on_until("check").answers("it's going down"),
    "doubt_same": lambda: Talk().goes_on_until("check").answers("no better"),
    "doubt_gone": lambda: Talk().goes_on_until("check").answers("gone"),
    "doubt_zero": lambda: Talk().goes_on_until("pain_before").answers("none"),
    "doubt_ten": lambda: Talk().goes_on_until("pain_before").answers("worst ever"),
    "doubt_leg": lambda: Talk().goes_on_until("furthest_before").answers("in my leg"),
    "doubt_done": lambda: Talk().goes_on_until(at_step("bend")).answers("I'm done"),
    "first instruction": lambda: Talk().goes_on_until(at_step("lie")),
    "last instruction": lambda: Talk().goes_on_until(at_step("how")),
    "before the first": lambda: Talk().goes_on_until(Between),
    "number four": lambda: Talk().goes_on_until(counting(4)),
    "hold of number four": lambda: Talk().goes_on_until(counting(4)).wait(5.5),
    "paused": lambda: Talk().goes_on_until(counting(4)).says("pause"),
    "paused while asked": lambda: Talk().goes_on_until("check").says("pause"),
    "no sound": lambda: Talk().goes_on_until(counting(4)).loses_sound(),
    "red": lambda: Talk().goes_on_until(counting(4)).says("worse"),
    "settling": lambda: Talk().goes_on_until(counting(4)).says("worse").goes_on_until(Settling),
    "ending": lambda: Talk().goes_on_until(Ending),
    "finished early": lambda: Talk().goes_on_until(at_step("bend")).says("finish").until(_last_words_said),
}


def _last_words_said(state: State) -> bool:
    return isinstance(state, Ending) and not state.token


@cache
def _arrived(name: str) -> Talk:
    return _WAYS[name]()


def _copy_of(name: str) -> Callable[[], Talk]:
    return lambda: _arrived(name).copy()


ARRIVE = {name: _copy_of(name) for name in _WAYS}
"""By name: a talk that has come to this state. The way there is gone once."""

IN_COUNTING = ("number four", "hold of number four")
RED_WORDS = {
    "emergency": "I have chest pain",
    "worse": "it's worse",
    "peripheralised": "down my leg",
    "numb_weak": "my leg is numb",
    "pain_cry": "ow",
}
