"""What is read back from the history, as frozen values."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

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

    @property
    def pgic(self) -> int | None:
        """The step from 1 to 7 of the impression of change that was told; None: it was not asked or not answered."""
        told = [answer.value for answer in self.answers if answer.question == "pgic"]
        return next((int(value) for value in told if isinstance(value, int | float)), None)


_TABLES = {
    "answers": Answered,
    "repetitions": RepetitionDone,
    "stops": Stopped,
    "pauses": PauseRow,
    "adjustments": Adjusted,
}


def read_sessions(db: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> list[Session]:
    """Return the sessions of these rows, each with all that belongs to it: by one question a table, however many.

    Raises:
        sqlite3.Error: they can't be read.
    """
    numbers = [row["id"] for row in rows]
    span = (min(numbers, default=0), max(numbers, default=0))
    parts = {table: _parts(db, table, kind, span) for table, kind in _TABLES.items()}
    found = []
    for row in rows:
        values: dict[str, Any] = {table: tuple(of.get(row["id"], ())) for table, of in parts.items()}
        found.append(Session(**dict(row), **values))
    return found


def _parts(
    db: sqlite3.Connection,
    table: str,
    kind: Any,  # noqa: ANN401 - of _TABLES
    span: tuple[int, int],
) -> dict[int, list[Any]]:
    """Return the rows of a table as values of this dataclass, by their session, from the first to the last of these."""
    names = [field.name for field in fields(kind)]
    columns = ", ".join(f'"{name}"' for name in names)
    statement = f"SELECT session, {columns} FROM {table} WHERE session BETWEEN ? AND ? ORDER BY id"  # noqa: S608 - ours
    red = names.index("red") if "red" in names else None
    found: dict[int, list[Any]] = {}
    for session, *values in db.execute(statement, span):
        if red is not None:
            values[red] = bool(values[red])
        found.setdefault(session, []).append(kind(*values))
    return found
