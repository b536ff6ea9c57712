"""How the database's file is made, opened, looked over and, when it is damaged, kept aside."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from voice_coach.history.faults import DamagedError, damaged, explained, put_aside
from voice_coach.resources import APP

BUSY = 2.0
"""Seconds to wait for another program's lock: short enough for a person who waits for the next repetition."""


def default_path() -> Path:
    """Return where the history is, whether or not there is one."""
    return APP.user_data_path / "history.db"


def make_private(path: Path) -> None:
    """Make the folder and the file for the user alone; what is ours already is made so."""
    if path.parent == default_path().parent or not path.parent.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.chmod(0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)


def connect(path: Path, how: str = "") -> sqlite3.Connection:
    """Return a connection without transactions of its own; `how` is the query of an SQLite URI.

    Raises:
        HistoryError: there is no connecting.
    """
    with explained(path):
        db = sqlite3.connect(path.absolute().as_uri() + how, uri=True, timeout=BUSY, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        return db


def check(db: sqlite3.Connection, path: Path) -> None:
    """Look for damage; a few milliseconds for years of sessions.

    Raises:
        DamagedError: some was found.
    """
    (finding,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if finding != "ok":
        raise DamagedError(damaged(path, str(finding).splitlines()[-1]))


@contextmanager
def repaired(path: Path, db: sqlite3.Connection) -> Iterator[None]:
    """Put a damaged file aside.

    Raises:
        HistoryError: as `explained`.
    """
    try:
        with explained(path):
            yield
    except DamagedError as error:
        db.close()
        with explained(path):
            aside = put_aside(path)
        message = f"The history {path} is damaged; it is kept as {aside.name}, and a new one begins."
        raise DamagedError(message) from error
