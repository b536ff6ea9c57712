"""What the history tells standby of a day."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from voice_coach.errors import HistoryError
from voice_coach.history.past import past_of
from voice_coach.history.rows import Session
from voice_coach.history.store import Store
from voice_coach.records import Past
from voice_coach.standby.state import Day


def look(exercise_id: str, today: date, path: Path | None = None) -> Day:
    """Return what the history at this path (None: where it belongs) tells of today, for reminding of this exercise.

    It never raises: where the history can't be read, `readable` is false, and nobody is reminded.
    """
    try:
        store = Store.look(path)
        if store is None:
            return Day()
        with store:
            return day_of(store.sessions(), exercise_id, today)
    except HistoryError:
        return Day(readable=False, past=Past(readable=False))


def day_of(sessions: Sequence[Session], exercise_id: str, today: date) -> Day:
    """Return what these sessions, in any order, tell of today."""
    past = past_of(sessions, exercise_id, today)
    ends = [datetime.fromisoformat(one.ended or one.started) for one in sessions]
    return Day(past.completed_today, max(ends, default=None), past.lock.reason if past.lock else "", past=past)
