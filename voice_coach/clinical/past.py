"""What earlier sessions mean for a session that begins: locks, screening that is due, the course of the pain."""

from dataclasses import dataclass
from typing import Literal


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
    """Calendar days since then; negative if the clock was changed."""
    elsewhere: str = ""
    """The id of the other exercise that it was in; empty: it was in this one."""


@dataclass(frozen=True, slots=True)
class Course:
    """Summary of a period, across all exercises, for "how am I doing". None: never answered."""

    days: int = 0
    """Days on which a number for the pain was told before an exercise."""
    first_pain: float | None = None
    last_pain: float | None = None
    """From a session after the first one; None: there is none."""
    first_place: str | None = None
    """One of `PLACES`, before the exercise."""
    last_place: str | None = None
    sign: Lock | None = None
    """The last session with a red sign, whether or not a professional has checked it since."""
    signs: int = 0
    """Sessions with a red sign; none of them is ever part of a mean."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the person may do, and why not more, as far as the coach says it aloud."""

    names: tuple[str, ...] = ()
    """Of exercises that are offered, the one at hand first; a few at most."""
    taught: bool = False
    """There are some of the same family only for people whom a professional has taught them."""
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
    """Repetitions coached to the end, including those of sessions that it resumed itself."""
    offered: bool
    """It is recent enough, and nothing speaks against resuming."""
    checked: bool
    """True if the person has said, since the last repetition, that it is no worse."""
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
    """False if the history could not be read; nothing else is known then."""
    mended: bool = False
    """It was damaged, and has been put together again."""
    settings_readable: bool = True
    """False if the person's settings could not be read; the defaults are used then."""
    screening: Literal["", "daily", "full"] = ""
    """Which questions about red flags are due before anything else (clinical.md 2c); empty: none."""
    settled: frozenset[str] = frozenset()
    """The exercise's own questions whose answers allow it."""
    lock: Lock | None = None
    completed_today: int = 0
    """Sessions completed today (R33)."""
    week: bool = False
    """The coach is to say that the person began a week or more ago (R36)."""
    two_weeks: bool = False
    """Two weeks or more have passed without the acknowledgement that it must be looked at (R36)."""
    review_due: bool = False
    """The coach is to say that the plan's review by the professional is due."""
    no_better: bool = False
    """The coach is to say that nothing got better on the last two days (D6)."""
    locks: tuple[tuple[str, str], ...] = ()
    """Each exercise that is locked, whichever it is, with its reason."""
    course: Course = Course()
    choice: Choice = Choice()
    impression_due: bool = False
    """The weekly question of how it is since the person began is due (clinical.md section 6)."""
    broken_off: BrokenOff | None = None
    """The last session was cut off while counting."""
    familiar: frozenset[str] = frozenset()
    """The sides, `left` or `right`, on which the person knows the instructions well enough for the short ones (V2). An
    exercise that doesn't go by the painful side has one entry, the empty string."""
    last_side: str = ""
    """The painful side of the last session; empty: none was told, or a clinician chose the side."""
    practice: bool = False
    """The words that stop the coach have not been practised yet; the first run does so after the safety sentence."""
    sound_checked: bool = False
    """The person has confirmed today that the coach can be heard clearly."""


NO_PAST = Past()
"""For a first-time user, and for a rehearsal, which is in nobody's history."""
