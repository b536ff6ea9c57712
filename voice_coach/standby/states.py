"""The states of standby: frozen values, one class a state, each with its only timer `wake_at`."""

from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum, auto
from typing import Literal, assert_never

import msgspec

from voice_coach.actions import DEFAULT_PACE
from voice_coach.clinical.past import NO_PAST, Past
from voice_coach.dialogue.emergency import Staying
from voice_coach.exercise.prompts import Prompts
from voice_coach.standby.settings import Reminders
from voice_coach.timebase import Samples


class Memory(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """State that must survive a restart, so that nothing is said twice."""

    day: date | None = None
    """The calendar day that all but `told` is about."""
    slot: time | None = None
    """The last of the day's times that was handled, as were those before it."""
    again: datetime | None = None
    """When that one is looked at again; None: it is over."""
    since: datetime | None = None
    """When `again` was set; if the clock shows an earlier time, it was changed."""
    silent: int = 0
    """How often nobody answered the reminder."""
    told: date | None = None
    """When it was last told that the exercise is locked."""


NOTHING = Memory()
"""The memory of a new user."""


@dataclass(frozen=True, slots=True)
class Day:
    """Facts about today from the history."""

    completed: int = 0
    """Sessions that came to their end."""
    last: datetime | None = None
    """When the last session of all ended, however it did; None: there is none."""
    locked: str = ""
    """Why the exercise is locked: a reason of `clinical.past.Lock`; empty: it is not."""
    readable: bool = True
    """False if the history could not be read; nothing else is known then."""
    past: Past = NO_PAST
    """The same for who asks, with what can be chosen."""
    enough: int = 0
    """Sessions of the exercise at which a plan lets it be for the day; 0: it names no number, or there is no plan."""
    goal: int = 0
    """How often a day the exercise is meant to be done; 0: there is no number."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts shared by all states."""

    reminders: Reminders
    prompts: Prompts
    memory: Memory = NOTHING
    wall: datetime | None = None
    """The last time by the wall clock."""
    asked_at: Samples | None = None
    """When it last reminded, in samples: the one clock that nobody can set."""
    number: int = 0
    """Of the session that was last reminded of, from 1."""
    token: int = 0
    """The last `Say`'s."""
    wish: str = ""
    """The request that waits for the history; empty: none."""
    locked: bool = False
    """There was a lock, or may have been, when it was asked whether all is to be deleted."""
    trouble: bool = False
    """There is no sound, or the last session could not be held."""
    pace: int = DEFAULT_PACE
    voices: tuple[str, ...] = ()
    """As in a session: those that can be asked for, in turn; the first one speaks."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Quietly, for the words, the button or the time."""

    facts: Facts
    wake_at: None = None


Question = Literal["start", "reminder", "delete_log", "delete_sure"]


@dataclass(frozen=True, slots=True)
class Asking:
    """A question is open: whether to start now, what to do about a reminder, or whether to delete all."""

    facts: Facts
    question: Question
    token: int
    """Of the question being said; 0: it was said, and the answer is waited for."""
    wake_at: Samples
    until: Samples = 0
    """Nothing makes it wait for longer: neither talk nor noise."""
    retried: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """Something is being said to which there is no answer."""

    facts: Facts
    token: int
    wake_at: Samples
    starts: bool = False
    """True if a session begins after it."""


@dataclass(frozen=True, slots=True)
class Coaching:
    """A session has microphone and speaker."""

    facts: Facts
    wake_at: None = None


@dataclass(frozen=True, slots=True)
class Done:
    """Over."""

    facts: Facts
    wake_at: None = None


State = Waiting | Asking | Telling | Staying[Facts] | Coaching | Done


class Light(Enum):
    """The signal of a light; the coach never signals by light alone."""

    DARK = auto()
    """It is not running."""
    WAITING = auto()
    LISTENING = auto()
    """An answer is waited for."""
    COACHING = auto()
    TROUBLE = auto()
    """There is no sound, or the last session could not be held."""


def light(state: State) -> Light:
    """Return what is to be shown."""
    match state:
        case Done():
            return Light.DARK
        case Coaching():
            return Light.COACHING
        case _ if state.facts.trouble:
            return Light.TROUBLE
        case Asking() | Staying():
            return Light.LISTENING
        case Waiting() | Telling():
            return Light.WAITING
        case _:
            assert_never(state)
