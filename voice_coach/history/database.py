"""Create, open and check the database file, and set a damaged one aside."""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from voice_coach.files.profiles import FIRST
from voice_coach.history.errors import DamagedError, damaged, explained, put_aside

MAX_BUSY_WAIT = 2.0
"""Seconds to wait for another program's lock: short enough for a person who waits for the next repetition."""


def default_path() -> Path:
    """Return the path of the history without a profile, whether or not the file exists."""
    return FIRST.history


def make_private(path: Path) -> None:
    """Create the folder and the file with access for the user alone; existing ones get the same permissions."""
    if path.is_relative_to(default_path().parent) or not path.parent.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.parent.chmod(0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)


def connect(path: Path, how: str = "") -> sqlite3.Connection:
    """Return a connection without transactions of its own; `how` is the query of an SQLite URI.

    Raises:
        HistoryError: connecting failed.
    """
    with explained(path):
        db = sqlite3.connect(path.absolute().as_uri() + how, uri=True, timeout=MAX_BUSY_WAIT, isolation_level=None)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA foreign_keys = ON")
        return db


def check(db: sqlite3.Connection, path: Path) -> None:
    """Check for damage; takes a few milliseconds for years of sessions.

    Raises:
        DamagedError: some was found.
    """
    (finding,) = db.execute("PRAGMA quick_check(1)").fetchone()
    if finding != "ok":
        raise DamagedError(damaged(path, str(finding).splitlines()[-1]))


def reading(path: Path) -> sqlite3.Connection:
    """Return a read-only connection; to a copy in memory if SQLite may not write next to the file.

    Raises:
        HistoryError: it can't be read.
    """
    db = connect(path, "?mode=ro")
    try:
        db.execute("PRAGMA user_version").fetchone()  # SQLite opens the file at the first query
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}:
            return db  # the next query says what is wrong
        db.close()
        return _in_memory(path)
    except sqlite3.DatabaseError:
        pass  # as above
    return db


def _in_memory(path: Path) -> sqlite3.Connection:
    """Return a copy, read in a folder of ours."""
    with explained(path), tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        for ending in ("", "-wal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{path}{ending}", f"{copy}{ending}")
        with closing(connect(copy)) as source:
            db = sqlite3.connect(":memory:", isolation_level=None)
            db.row_factory = sqlite3.Row
            source.backup(db)
            return db


def copy_whole(source: sqlite3.Connection, new: Path, named: Path) -> None:
    """Write all of a database into one new file; `named` is what the user calls it.

    Raises:
        HistoryError: it can't be read or written.
    """
    with explained(named), closing(connect(new)) as db:
        source.backup(db)
        db.execute("PRAGMA journal_mode = DELETE").fetchone()  # no second file next to it


@contextmanager
def repaired(path: Path, db: sqlite3.Connection) -> Iterator[None]:
    """Set a damaged file aside.

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
