"""What is read back from the history, as frozen values."""

from dataclasses import dataclass
from datetime import datetime

from voice_coach.records import Adjusted, Answered, RepetitionDone, Stopped
from voice_coach.timebase import Samples


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStart:
    """What is known of a session when it begins."""

    started: datetime
    """Wall-clock time with its offset; the only look at the clock."""
    exercise_id: str
    exercise_version: int
    app_version: str
    hold_s: float | None
    """Seconds that each repetition is held; None: nothing is held."""
    reps_target: int
    target_per_day: int = 3
    timezone: str = ""
    """Empty: the name of the offset of `started`."""
    speech_rate: int | None = None
    """Words a minute."""
    volume: int | None = None


@dataclass(frozen=True, slots=True)
class PauseRow:
    """A pause in the counting."""

    at: Samples
    reason: str
    length: Samples | None
    """None: never ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """All that is known of a session. None: not asked or not answered, never to be read as 0 or as "fine"."""

    id: int
    schema_version: int
    app_version: str
    exercise_id: str
    exercise_version: int
    started: str
    """ISO 8601 with offset."""
    ended: str | None
    timezone: str
    session_no_today: int
    """From 1."""
    target_per_day: int
    outcome: str | None
    """None: it never came to its end (power cut, crash)."""
    painful_side: str | None
    lying_side: str | None
    lying_side_reason: str | None
    nprs_before: float | None
    nprs_after: float | None
    furthest_before: int | None
    """0 to 6, see `records.PLACES`."""
    furthest_after: int | None
    said_change: str | None
    said_change_words: str | None
    said_change_confidence: float | None
    derived_light: str | None
    derived_rule: str | None
    variant: str | None
    variant_reason: str | None
    reps_target: int
    reps_coached: int
    reps_self_reported: int | None
    hold_s: float | None
    tempo: float | None
    """The last one; None: never changed."""
    settle_check_5min: str | None
    alternative_used: str | None
    alternative_reason: str | None
    noinput: int | None
    nomatch: int | None
    volume: int | None
    speech_rate: int | None
    note: str | None
    answers: tuple[Answered, ...]
    repetitions: tuple[RepetitionDone, ...]
    stops: tuple[Stopped, ...]
    pauses: tuple[PauseRow, ...]
    adjustments: tuple[Adjusted, ...]

    @property
    def red(self) -> Stopped | None:
        """The first red word, if one was said."""
        return next((stop for stop in self.stops if stop.red), None)
