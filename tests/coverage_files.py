"""Coverage data of child processes that were killed while they wrote it.

coverage writes without a journal, so such a file may be damaged. Where its beginning is, `combine` warns and leaves it
out; where only a later page is, `combine` raises, and the whole run is red.
"""

import sqlite3
from contextlib import closing
from pathlib import Path


def drop_damaged(folder: Path) -> list[str]:
    """Delete the data files in a folder that are damaged, and return their names."""
    damaged = [path for path in sorted(folder.glob(".coverage.*")) if not is_whole(path)]
    for path in damaged:
        path.unlink(missing_ok=True)
    return [path.name for path in damaged]


def is_whole(path: Path) -> bool:
    """Tell whether SQLite can read all of a data file, and coverage has put its tables in."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            (found,) = db.execute("PRAGMA quick_check(1)").fetchone()
            db.execute("SELECT version FROM coverage_schema").fetchone()
    except sqlite3.Error:
        return False
    return bool(found == "ok")
