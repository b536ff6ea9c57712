"""What a physiotherapist would want to know of a session, as it becomes known: the rows of the log.

The fields follow clinical.md section 6. `at` is audio time; the wall clock is stamped once, at the start.
Coached is not performed: a repetition is logged when it was counted to its end.
"""

from dataclasses import dataclass
from typing import Literal

from voice_coach.timebase import Samples

By = Literal["user", "coach", "timeout", "outside"]


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
