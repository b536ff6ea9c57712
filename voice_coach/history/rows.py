"""Rows of the history as frozen values."""

import sqlite3
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from voice_coach.records import Adjusted, Answered, HelpCall, Misheard, PauseRow, RepetitionDone, Session, Stopped

_TABLES = {
    "answers": Answered,
    "repetitions": RepetitionDone,
    "stops": Stopped,
    "pauses": PauseRow,
    "adjustments": Adjusted,
    "help_calls": HelpCall,
    "misheard": Misheard,
}
_FLAGS = ("red", "taken_back")
"""Columns that hold 0 or 1."""


def read_sessions(db: sqlite3.Connection, rows: Sequence[sqlite3.Row]) -> list[Session]:
    """Return the sessions of these rows with all their parts, by one query for each table.

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
    flags = [names.index(flag) for flag in _FLAGS if flag in names]
    found: dict[int, list[Any]] = {}
    for session, *values in db.execute(statement, span):
        for flag in flags:
            values[flag] = bool(values[flag])
        found.setdefault(session, []).append(kind(*values))
    return found
