"""Errors of a database file, each as one sentence that says what to do."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from voice_coach.errors import HistoryError
from voice_coach.files.atomic import numbered


class DamagedError(HistoryError):
    """The file is not a database, or is a broken one."""


class NewerError(HistoryError):
    """A newer version of the program has written the file."""


class RefusedError(HistoryError):
    """The database will never accept this record, so retrying is useless."""


MAX_PUT_ASIDE: Final = 5
"""How many damaged files are kept, the latest ones."""
_ASIDE: Final = ".damaged-"
_PARTS: Final = ("", "-wal", "-shm")

_REMEDIES = {
    sqlite3.SQLITE_FULL: "the disk is full; free some space",
    sqlite3.SQLITE_READONLY: "it may not be written; make the file and its folder writable",
    sqlite3.SQLITE_CANTOPEN: "it can't be opened; check that its folder is there and may be written",
    sqlite3.SQLITE_PERM: "it may not be opened; make the file and its folder writable",
    sqlite3.SQLITE_BUSY: "another program keeps it locked; close that program",
    sqlite3.SQLITE_LOCKED: "another program keeps it locked; close that program",
    sqlite3.SQLITE_IOERR: "the disk failed; check that it works and has space",
}
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_FOR_GOOD = (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn an error by SQLite or the system about this file into a sentence.

    Raises:
        DamagedError: the file is not a database, or is a broken one.
        RefusedError: it does not take such a value.
        HistoryError: anything else; it may work later.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _history_error(error, path) from error
    except OSError as error:
        what = f"The history {path} can't be written ({error.strerror}); make its folder writable."
        raise HistoryError(what) from error
    except OverflowError as error:  # a whole number beyond those of SQLite
        raise RefusedError(f"The history {path} does not accept this record ({error}); please report this.") from error
    except UnicodeDecodeError as error:  # names in a broken schema, or in what SQLite finds wrong
        raise DamagedError(damaged(path, "text in it is not UTF-8")) from error


def damaged(path: Path, finding: object) -> str:
    """Return the sentence about a damaged file that was only looked at."""
    return (
        f"The history {path} is damaged ({finding}); put a backup in its place, or start a session: "
        "that puts it together again from its second log."
    )


def put_aside(path: Path) -> Path:
    """Rename a damaged file and what belongs to it, so that a new one can begin.

    Only the oldest files set aside are deleted: a failing disk damages one file after another.

    Returns:
        The damaged file's new path.
    """
    former = numbered(path, _ASIDE)
    aside = path.with_name(f"{path.name}{_ASIDE}{max(former, default=0) + 1}")
    for ending in _PARTS:
        part = Path(f"{path}{ending}")
        if part.exists():
            os.rename(part, f"{aside}{ending}")  # noqa: PTH104 - both are plain strings here
    for old in list(former.values())[: -MAX_PUT_ASIDE + 1]:
        for ending in _PARTS:
            with suppress(OSError):
                Path(f"{old}{ending}").unlink(missing_ok=True)
    return aside


def _history_error(error: sqlite3.Error, path: Path) -> HistoryError:
    """Return the error as one of ours."""
    # Errors of Python's own, such as a value of a type that SQLite doesn't know, carry no code.
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_MISMATCH) & 0xFF
    if code in _DAMAGED:
        return DamagedError(damaged(path, error))
    if code in _FOR_GOOD:
        return RefusedError(f"The history {path} does not accept this record ({error}); please report this.")
    remedy = _REMEDIES.get(code, "check the disk")
    return HistoryError(f"The history {path} could not be used ({error}): {remedy}.")
