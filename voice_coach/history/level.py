"""How loud the coach was at the end of the last session (V18)."""

from pathlib import Path

from voice_coach.errors import HistoryError
from voice_coach.history.store import Store


def last_volume(path: Path) -> int | None:
    """Return the level, 1 to 7; None where there was no session, or the history at this path can't be read."""
    try:
        store = Store.look(path)
        if store is None:
            return None
        with store:
            return next((one.volume for one in store.sessions(1)), None)
    except HistoryError:
        return None
