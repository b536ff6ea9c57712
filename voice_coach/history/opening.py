"""What a session that begins is told of the past: the one reading before it."""

from dataclasses import replace
from pathlib import Path

from voice_coach.history import moment
from voice_coach.history.broken_off import with_break
from voice_coach.history.mend import mend
from voice_coach.history.past import past_of
from voice_coach.history.rows import SessionStart
from voice_coach.records import Past


def open_past(start: SessionStart, path: Path | None = None) -> tuple[Past, str]:
    """Mend the history at this path (None: where it belongs) and return what it means for this session.

    It never raises: where the history can't be read, `readable` is false, and the person is told.

    Returns:
        What is known, and one sentence on what had happened to the history; empty: nothing.
    """
    now = moment.now()
    found = mend(path)
    if found.sessions is None:
        return Past(readable=False, screening="full"), found.told
    past = past_of(found.sessions, start.exercise_id, start.started.date())
    past = replace(past, readable=not found.lost, mended=bool(found.told) and not found.lost)
    return with_break(past, found.sessions, start, found.lines, now), found.told
