"""Database migrations: numbered functions, each run once, in one transaction.

`PRAGMA user_version` is the number of the last one that was run. A released function is never changed;
a new need gets a new function at the end.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from voice_coach.files.atomic import numbered, replacing_user_file
from voice_coach.history.database import copy_whole
from voice_coach.history.errors import NewerError

Migration = Callable[[sqlite3.Connection], None]

MAX_COPIES: Final = 3
"""How many copies are kept, those of the latest versions."""

_COPY_ENDING: Final = ".version-"


def m001_initial(db: sqlite3.Connection) -> None:
    """Make the tables for all fields of a session that a physiotherapist would want (clinical.md section 6).

    NULL means that it was not asked or not answered; it is never to be read as 0. `at`, `started` and
    `length` in the tables other than `sessions` are in samples, 16 000 a second, from the session's start.
    """
    for statement in _INITIAL.split(";"):
        db.execute(statement)


_INITIAL = """
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    schema_version INTEGER NOT NULL,
    app_version TEXT NOT NULL,
    exercise_id TEXT NOT NULL,
    exercise_version INTEGER NOT NULL,
    started TEXT NOT NULL,
    ended TEXT,
    timezone TEXT NOT NULL,
    session_no_today INTEGER NOT NULL,
    target_per_day INTEGER NOT NULL,
    outcome TEXT,
    painful_side TEXT CHECK (painful_side IN ('left', 'right')),
    lying_side TEXT CHECK (lying_side IN ('left', 'right')),
    lying_side_reason TEXT,
    nprs_before REAL CHECK (nprs_before BETWEEN 0 AND 10),
    nprs_after REAL CHECK (nprs_after BETWEEN 0 AND 10),
    furthest_before INTEGER CHECK (furthest_before BETWEEN 0 AND 6),
    furthest_after INTEGER CHECK (furthest_after BETWEEN 0 AND 6),
    said_change TEXT,
    said_change_words TEXT,
    said_change_confidence REAL,
    derived_light TEXT CHECK (derived_light IN ('green', 'amber', 'red')),
    derived_rule TEXT,
    variant TEXT,
    variant_reason TEXT,
    reps_target INTEGER NOT NULL,
    reps_coached INTEGER NOT NULL DEFAULT 0,
    reps_self_reported INTEGER,
    hold_s REAL,
    tempo REAL,
    settle_check_5min TEXT,
    alternative_used TEXT,
    alternative_reason TEXT,
    noinput INTEGER,
    nomatch INTEGER,
    volume INTEGER,
    speech_rate INTEGER,
    note TEXT
);
CREATE TABLE answers (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    question TEXT NOT NULL,
    value,
    words TEXT NOT NULL,
    confidence REAL NOT NULL
);
CREATE TABLE repetitions (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    number INTEGER NOT NULL,
    started INTEGER NOT NULL,
    tempo REAL NOT NULL
);
CREATE TABLE stops (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    repetition INTEGER NOT NULL,
    phase TEXT NOT NULL,
    intent TEXT NOT NULL,
    words TEXT NOT NULL,
    "by" TEXT NOT NULL,
    red INTEGER NOT NULL
);
CREATE TABLE pauses (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    length INTEGER
);
CREATE TABLE adjustments (
    id INTEGER PRIMARY KEY,
    session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
    at INTEGER NOT NULL,
    what TEXT NOT NULL,
    value,
    reason TEXT NOT NULL
);
CREATE TABLE screenings (
    id INTEGER PRIMARY KEY,
    session INTEGER REFERENCES sessions (id) ON DELETE CASCADE,
    date TEXT NOT NULL,
    result TEXT CHECK (result IN ('clear', 'clinician', 'emergency')),
    acknowledged TEXT
);
CREATE TABLE screening_answers (
    screening INTEGER NOT NULL REFERENCES screenings (id) ON DELETE CASCADE,
    question TEXT NOT NULL,
    answer TEXT,
    words TEXT NOT NULL DEFAULT ''
);
CREATE TABLE locks (
    id INTEGER PRIMARY KEY,
    session INTEGER REFERENCES sessions (id) ON DELETE SET NULL,
    locked_since TEXT NOT NULL,
    reason TEXT NOT NULL,
    unlocked TEXT,
    unlocked_by TEXT
);
CREATE TABLE weeks (
    id INTEGER PRIMARY KEY,
    date TEXT NOT NULL,
    pgic INTEGER CHECK (pgic BETWEEN 1 AND 7),
    days_with_symptoms INTEGER CHECK (days_with_symptoms BETWEEN 0 AND 7)
);
CREATE INDEX answers_of_session ON answers (session);
CREATE INDEX repetitions_of_session ON repetitions (session);
CREATE INDEX stops_of_session ON stops (session);
CREATE INDEX pauses_of_session ON pauses (session);
CREATE INDEX adjustments_of_session ON adjustments (session)
"""


PER_DAY_OF_0_1_0: Final = {
    "bird_dog": 1,
    "bridge": 1,
    "cat_cow": 1,
    "flexion_rotation": 3,
    "knee_rolls": 3,
    "knee_to_chest_double": 3,
    "knee_to_chest_single": 3,
    "pelvic_tilt": 3,
    "prone_lying": 0,
    "prone_on_elbows": 0,
    "prone_press_up": 3,
    "sciatic_nerve_glide": 0,
    "side_glide_wall": 3,
    "standing_extension": 0,
    "supine_rotation_sustained": 0,
}
"""How often a day the exercises of version 0.1.0 are meant to be done, by id; 0: they name no number."""


def m002_target_per_exercise(db: sqlite3.Connection) -> None:
    """Set `target_per_day` to the exercise's own number: version 0.1.0 wrote 3 for every exercise.

    0: the exercise names no number. NULL: not known, as for exercises that users wrote themselves.
    """
    db.execute("ALTER TABLE sessions ADD COLUMN asked_per_day INTEGER")
    db.executemany(
        "UPDATE sessions SET asked_per_day = ? WHERE exercise_id = ?", [(n, e) for e, n in PER_DAY_OF_0_1_0.items()]
    )
    db.execute("ALTER TABLE sessions DROP COLUMN target_per_day")
    db.execute("ALTER TABLE sessions RENAME COLUMN asked_per_day TO target_per_day")


def m003_help_calls(db: sqlite3.Connection) -> None:
    """Make the table for calls for help: requests, and the result of each attempt."""
    db.execute(
        "CREATE TABLE help_calls ("
        "id INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE, "
        "at INTEGER NOT NULL, what TEXT NOT NULL CHECK (what IN ('asked', 'done', 'failed')), way TEXT NOT NULL, "
        '"by" TEXT NOT NULL, words TEXT NOT NULL)'
    )
    db.execute("CREATE INDEX help_calls_of_session ON help_calls (session)")


def m004_misheard(db: sqlite3.Connection) -> None:
    """Make the table for what the person said was misheard: texts only."""
    db.execute(
        "CREATE TABLE misheard ("
        "id INTEGER PRIMARY KEY, session INTEGER NOT NULL REFERENCES sessions (id) ON DELETE CASCADE, "
        "at INTEGER NOT NULL, state TEXT NOT NULL, intent TEXT NOT NULL, text TEXT NOT NULL, words TEXT NOT NULL, "
        "taken_back INTEGER NOT NULL)"
    )
    db.execute("CREATE INDEX misheard_of_session ON misheard (session)")


MIGRATIONS: tuple[Migration, ...] = (m001_initial, m002_target_per_exercise, m003_help_calls, m004_misheard)
"""All migrations, in order."""


def version_of(db: sqlite3.Connection) -> int:
    """Return how many migrations the database has seen; 0 for an empty file."""
    return int(db.execute("PRAGMA user_version").fetchone()[0])


def migrate(db: sqlite3.Connection) -> None:
    """Migrate the database; two processes may do it at the same time.

    Raises:
        NewerError: a newer version of the program has written the file; it is left as it is.
        sqlite3.Error: it can't be written.
    """
    refuse_newer(db)
    for number, migration in enumerate(MIGRATIONS, 1):
        if version_of(db) < number:
            with transaction(db):
                if version_of(db) < number:  # again: another process may have migrated it before we had the lock
                    migration(db)
                    db.execute(f"PRAGMA user_version = {number}")


def refuse_newer(db: sqlite3.Connection) -> None:
    """Refuse a file written by a newer version.

    Raises:
        NewerError: a newer version of the program has written the file.
    """
    version = version_of(db)
    if version > len(MIGRATIONS):
        raise NewerError(
            f"The history was written by a newer voice-coach (version {version}, this one knows {len(MIGRATIONS)}); "
            "update voice-coach, the file is left as it is."
        )


@contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Run the block in one transaction, durable on exit."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:  # on a full disk SQLite has rolled back already
            db.execute("ROLLBACK")
        raise


def keep_before(db: sqlite3.Connection, path: Path, newest: int = len(MIGRATIONS)) -> None:
    """Copy a history that migrations up to the newest will change; the copy's ending is `.version-` and its number.

    Raises:
        HistoryError: it can't be copied; then nothing is to be changed either.
    """
    version = version_of(db)
    if not 0 < version < newest:
        return
    copy = path.with_name(f"{path.name}{_COPY_ENDING}{version}")
    with replacing_user_file(copy) as new:
        copy_whole(db, new, copy)
    for old in copies_before(path)[:-MAX_COPIES]:
        with suppress(OSError):
            old.unlink()


def copies_before(path: Path) -> list[Path]:
    """Return the copies, that of the oldest version first."""
    return list(numbered(path, _COPY_ENDING).values())
