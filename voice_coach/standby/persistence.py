"""Standby's memory across restarts, for each person: `Profile.memory`."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import msgspec

from voice_coach.clinical.eligibility import past_of
from voice_coach.clinical.past import Past
from voice_coach.errors import HistoryError
from voice_coach.files import atomic
from voice_coach.files.read import read_bytes
from voice_coach.history.store import Store
from voice_coach.records import Session
from voice_coach.standby.states import NOTHING, Day, Memory


def recall(path: Path) -> Memory:
    """Return the stored memory; an empty one if it can't be read, as one reminder too many does no harm."""
    try:
        return msgspec.json.decode(read_bytes(path), type=Memory)
    except (OSError, ValueError, RecursionError):  # msgspec's errors are ValueErrors
        return NOTHING


def keep(memory: Memory, path: Path) -> str:
    """Store the memory atomically; return a sentence about what went wrong, or an empty string."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        atomic.write(path, msgspec.json.encode(memory))
    except OSError as error:
        return f"{path} can't be written ({error.strerror}): after a restart a reminder may come twice."
    return ""


def day_from_history(exercise_id: str, today: date, path: Path | None = None) -> Day:
    """Return what the history (None: the default path) says about today, for reminders of this exercise.

    It never raises: if the history can't be read, `readable` is false, and there is no reminder.
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
    """Return what these sessions, in any order, say about today."""
    past = past_of(sessions, exercise_id, today)
    ends = [datetime.fromisoformat(one.ended or one.started) for one in sessions]
    return Day(past.completed_today, max(ends, default=None), past.lock.reason if past.lock else "", past=past)
