"""What a physiotherapist would want to know of a session, as it becomes known: the rows of the log.

Below them is what earlier rows tell a session that begins.

The fields follow clinical.md section 6. `at` is audio time; the wall clock is stamped once, at the start.
Coached is not performed: a repetition is logged when it was counted to its end.
"""

from dataclasses import dataclass
from typing import Literal

from voice_coach.timebase import Samples

PLACES = ("none", "back", "one_side_back", "buttock", "thigh", "calf", "foot")
"""The furthest place in which pain is felt, from nowhere (0) outward to the foot (6) (clinical.md section 6)."""

By = Literal["user", "coach", "timeout", "outside"]


def rank(place: object) -> int | None:
    """Return the rank of a place, 0 to 6; None for what is none of them, such as an answer that was not given."""
    return PLACES.index(place) if isinstance(place, str) and place in PLACES else None


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to a question, or that there was none."""

    at: Samples
    question: str
    """Such as `side`, `pain_before`, `furthest_before`, `check_1`, `pain_after`."""
    value: str | float | None
    """None: not answered. Never to be read as "fine" or as zero."""
    words: str = ""
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class RepetitionDone:
    """A repetition was coached from its announcement to its rest."""

    at: Samples
    number: int
    """From 1."""
    started: Samples
    tempo: float
    """Factor on the roll, return and rest times; the hold is never scaled."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """Counting was ended, or a red word was said (`red` says which)."""

    at: Samples
    repetition: int
    """The repetition that was under way or came last; 0 before the first."""
    phase: str
    """`roll`, `hold`, `return`, `rest` or the name of the dialogue state."""
    intent: str
    words: str
    by: By
    red: bool


@dataclass(frozen=True, slots=True)
class Paused:
    """Counting paused; the interrupted repetition will be done again."""

    at: Samples
    reason: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """Counting goes on."""

    at: Samples
    length: Samples
    """How long the pause was."""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A setting was changed by voice: `tempo`, `volume`, or the exercise's `variant`."""

    at: Samples
    what: Literal["tempo", "volume", "variant"]
    value: str | float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over."""

    at: Samples
    outcome: str
    """`completed`, `finished_early`, `stopped`, `no_answer`, `cannot_start` or `interrupted`."""
    repetitions: int
    noinput: int
    nomatch: int


SessionRecord = Answered | RepetitionDone | Stopped | Paused | Resumed | Adjusted | Ended


@dataclass(frozen=True, slots=True)
class Lock:
    """An exercise is not to be done until a professional has checked it (R10, R31)."""

    reason: str
    """The gravest sign since the last clearance.

    `emergency`, `numb_weak`, `peripheralised`, `worse`, or `pain_cry` (unanswered).
    """
    session: int
    """The last session with such a sign: a clearance holds for this one and those before it."""
    weekday: int
    """When the gravest was said, from 0 (Monday)."""
    days_ago: int
    """Calendar days since then; below 0 where the clock was changed."""


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier sessions of the exercise mean for the one that begins. The default: there are none."""

    readable: bool = True
    """Whether the history could be read; nothing else is known where it could not."""
    screening: Literal["", "daily", "full"] = ""
    """Which questions about red flags are due before anything else (clinical.md 2c); empty: none."""
    lock: Lock | None = None
    completed_today: int = 0
    """Sessions of today that came to their end (R33)."""
    week: bool = False
    """It is to be said that it is a week or more since the person began (R36)."""
    two_weeks: bool = False
    """It is two weeks or more, and nobody has acknowledged yet that it must be looked at (R36)."""
    no_better: bool = False
    """It is to be said that nothing got better on the last two days (D6)."""
