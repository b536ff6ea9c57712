"""The sessions for other programs: CSV, one row for each session; JSON, everything stored."""

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Final

from voice_coach.clinical.body_regions import moved, place_of
from voice_coach.history.database import connect
from voice_coach.history.errors import explained
from voice_coach.records import Session
from voice_coach.report.words import exercise_name

PARTS: Final = ("answers", "repetitions", "stops", "pauses", "adjustments", "help_calls", "misheard")
"""Fields of a session that are lists; they have no place in a row."""

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_object(session: Session) -> dict[str, Any]:
    """Return a session ready for JSON: all that is stored, and what follows from it."""
    return {
        **asdict(session),
        "furthest_before": place_of(session.furthest_before),
        "furthest_after": place_of(session.furthest_after),
        "change": moved(session.furthest_before, session.furthest_after),
        "pgic": session.pgic,
        "red": asdict(session.red) if session.red else None,
    }


def as_csv(sessions: Sequence[Session], names: Mapping[str, str] | None = None) -> str:
    """Return a header and a row for each session; an empty cell means not asked or not answered.

    `names` has the exercises' names by id. `session_no_today` counts the sessions of all exercises, and
    `exercise_no_today` those of this one. A text that a spreadsheet would treat as a formula gets an apostrophe in
    front.
    """
    columns = [field.name for field in fields(Session) if field.name not in PARTS]
    text = io.StringIO()
    derived = ["exercise", "exercise_no_today", "change", "pgic", "red_intent", "red_words"]
    table = csv.DictWriter(text, [*columns, *derived], extrasaction="ignore")
    table.writeheader()
    counts = _counts(sessions)
    for session in sessions:
        red = session.red
        row = {
            **as_object(session),
            "exercise": exercise_name(session.exercise_id, names or {}),
            "exercise_no_today": counts[session.id],
            "red_intent": red and red.intent,
            "red_words": red and red.words,
        }
        table.writerow({name: _harmless(value) for name, value in row.items()})
    return text.getvalue()


def as_json(sessions: Iterable[Session], other: dict[str, list[dict[str, Any]]], version: str) -> str:
    """Return everything; `other` are the tables that belong to no single session, `version` is the program's."""
    content = {"voice_coach": version, "sessions": [as_object(session) for session in sessions], **other}
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def other_tables(path: Path) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of the tables that belong to no session, by the table's name.

    Raises:
        HistoryError: they can't be read.
    """
    with explained(path):
        db = connect(path, "?mode=ro")
        try:
            asked = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            names = [str(name) for (name,) in db.execute(asked) if name not in {"sessions", *PARTS}]
            rows = {name: db.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}  # noqa: S608 - the file's own
            return {name: [dict(row) for row in found] for name, found in rows.items()}
        finally:
            db.close()


def _counts(sessions: Iterable[Session]) -> dict[int, int]:
    """Return, by session number, its position among the day's sessions of its exercise, from 1."""
    done: Counter[tuple[str, str]] = Counter()
    found = {}
    for session in sorted(sessions, key=lambda one: one.id):
        of_day = (session.exercise_id, session.started[:10])
        done[of_day] += 1
        found[session.id] = done[of_day]
    return found


def _harmless(value: object) -> object:
    """Return a cell's value."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
