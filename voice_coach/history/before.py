"""A copy of the history from before each migration, beside it: the way back if the new form is no good."""

import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Final

from voice_coach.files.atomic import numbered, replacing_user_file
from voice_coach.history.connect import copy_whole
from voice_coach.history.migrations import MIGRATIONS, version_of

KEPT: Final = 3
"""So many copies are kept, those of the latest versions."""

_NAME: Final = ".version-"


def keep_before(db: sqlite3.Connection, path: Path, newest: int = len(MIGRATIONS)) -> None:
    """Copy a history that migrations up to the newest will change; the copy's ending is `.version-` and its number.

    Raises:
        HistoryError: it can't be copied; then nothing is to be changed either.
    """
    version = version_of(db)
    if not 0 < version < newest:
        return
    copy = path.with_name(f"{path.name}{_NAME}{version}")
    with replacing_user_file(copy) as new:
        copy_whole(db, new, copy)
    for old in copies(path)[:-KEPT]:
        with suppress(OSError):
            old.unlink()


def copies(path: Path) -> list[Path]:
    """Return the copies, that of the oldest version first."""
    return list(numbered(path, _NAME).values())
