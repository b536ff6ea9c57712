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
    elsewhere: str = ""
    """The id of the other exercise that it was in; empty: it was in this one."""


@dataclass(frozen=True, slots=True)
class Course:
    """What a stretch of days comes to, whatever exercise was done, for who asks how it goes. None: never answered."""

    days: int = 0
    """Days on which a number for the pain was told before an exercise."""
    first_pain: float | None = None
    last_pain: float | None = None
    """Of another session than the first one; None: there is no other."""
    first_place: str | None = None
    """One of `PLACES`, before the exercise."""
    last_place: str | None = None
    sign: Lock | None = None
    """The last session with a red sign, whether or not a professional has checked it since."""
    signs: int = 0
    """Sessions with a red sign; none of them is ever part of a mean."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person may do, and why not more, as far as that is told aloud."""

    names: tuple[str, ...] = ()
    """Of exercises that are offered, the one at hand first; a few at most."""
    taught: bool = False
    """There are some of the same family for those only whom a professional has taught them."""
    others: bool = False
    """There are some of other families."""
    locked: tuple[str, ...] = ()
    """Names of exercises that are locked."""
    broken: bool = False
    """A file has mistakes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenOff:
    """The last session of the exercise was cut off between its first repetition and its last."""

    session: int
    """Its number."""
    repetitions: int
    """Coached to the end, also in sessions that it went on with itself."""
    offered: bool
    """It is short enough ago, and nothing speaks against going on."""
    checked: bool
    """Whether it was told, since the last repetition, that it is no worse."""
    side: str | None
    """`left` or `right`; None: the exercise has none, or it was not told."""
    variant: str = ""
    tempo: float = 1.0
    pain_before: float | None = None
    furthest_before: str | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What earlier sessions of the exercise mean for the one that begins. The default: there are none."""

    readable: bool = True
    """Whether the history could be read; nothing else is known where it could not."""
    mended: bool = False
    """It was damaged, and has been put together again."""
    screening: Literal["", "daily", "full"] = ""
    """Which questions about red flags are due before anything else (clinical.md 2c); empty: none."""
    settled: frozenset[str] = frozenset()
    """The exercise's own questions of which nothing keeps it back."""
    lock: Lock | None = None
    completed_today: int = 0
    """Sessions of today that came to their end (R33)."""
    week: bool = False
    """It is to be said that it is a week or more since the person began (R36)."""
    two_weeks: bool = False
    """It is two weeks or more, and nobody has acknowledged yet that it must be looked at (R36)."""
    no_better: bool = False
    """It is to be said that nothing got better on the last two days (D6)."""
    locks: tuple[tuple[str, str], ...] = ()
    """Each exercise that is locked, whichever it is, with its reason."""
    course: Course = Course()
    choice: Choice = Choice()
    impression_due: bool = False
    """It is time to ask how it is since the person began, as it is once a week (clinical.md section 6)."""
    broken_off: BrokenOff | None = None
    """The last session was cut off while counting."""


NO_PAST = Past()
"""Of who was never here, and of who rehearses: that is nobody's history."""
