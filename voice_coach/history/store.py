"""One SQLite file with all sessions. Written by one connection, durable when a method returns."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import fields
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self, assert_never

from voice_coach.clinical import trends
from voice_coach.clinical.body_regions import pain_score, rank
from voice_coach.errors import HistoryError
from voice_coach.history import continuation, journal
from voice_coach.history.database import check, connect, default_path, make_private, reading, repaired
from voice_coach.history.errors import DamagedError, damaged, explained
from voice_coach.history.migrations import (
    MIGRATIONS,
    PER_DAY_OF_0_1_0,
    keep_before,
    migrate,
    refuse_newer,
    transaction,
    version_of,
)
from voice_coach.history.rows import read_sessions
from voice_coach.records import (
    Adjusted,
    Answered,
    Ended,
    HelpCall,
    Misheard,
    Paused,
    RepetitionDone,
    Resumed,
    Session,
    SessionRecord,
    SessionStart,
    Stopped,
)
from voice_coach.timebase import seconds

_MAX_INTEGER = 2**63 - 1
"""The largest number that SQLite takes."""
_LIGHTS = {
    "better": ("green", "R30"), "gone": ("green", "R30"), "centralised": ("green", "R9"),
    "same": ("amber", "D6"), "unsure": ("amber", "2b"),
}  # fmt: skip
_LIGHT = "UPDATE sessions SET derived_light = ?, derived_rule = ? WHERE id = ? AND derived_light IS NOT 'red'"
_RULES = {"worse": "R31", "peripheralised": "R10"}  # by red intent; the others are in clinical.md 2b
_STAMPED = {"started", "timezone", "per_day"}  # written in a form of our own
_WEEK = "INSERT INTO weeks (pgic, date) SELECT ?, substr(started, 1, 10) FROM sessions WHERE id = ?"
_BEFORE = "painful_side, lying_side, lying_side_reason, nprs_before, furthest_before"
_GOES_ON = f"UPDATE sessions SET ({_BEFORE}) = (SELECT {_BEFORE} FROM sessions WHERE id = ?) WHERE id = ?"  # noqa: S608
_ELSEWHERE = {trends.QUESTION: _WEEK, continuation.QUESTION: _GOES_ON}
"""SQL for answers that need more than a column; the first `?` is the answer's number, the second the session's."""
_SIDE = """
UPDATE sessions SET lying_side = ?,
    painful_side = CASE WHEN lying_side_reason = 'told by clinician' THEN NULL ELSE ? END,
    lying_side_reason = coalesce(lying_side_reason, 'default')
WHERE id = ?
"""


def refuse_empty(db: sqlite3.Connection, path: Path) -> None:
    """Detect a file that was truncated to nothing.

    Raises:
        DamagedError: it is one, for the second log has something.
    """
    if not version_of(db) and journal.holds_anything(path):
        raise DamagedError(damaged(path, "it is empty"))


class Store:
    """A connection to the history; use it in the thread that opened it."""

    def __init__(self, db: sqlite3.Connection, path: Path) -> None:
        """Take an open connection; see `open` and `look`."""
        self.path = path
        self._db = db

    @classmethod
    def open(cls, path: Path | None = None) -> Self:
        """Open for writing, making the folder (0700) and the file (0600) where there are none.

        Raises:
            DamagedError: the file was no good; it has been put aside, so the next call begins a new one.
            HistoryError: it can't be written, or a newer version of the program has written it.
        """
        path = path or default_path()
        with explained(path):
            make_private(path)
        db = connect(path)
        try:
            with repaired(path, db):
                refuse_newer(db)
                check(db, path)
                keep_before(db, path)
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = FULL")  # a commit survives a power cut
                migrate(db)
        except BaseException:
            db.close()
            raise
        return cls(db, path)

    @classmethod
    def look(cls, path: Path | None = None) -> Self | None:
        """Open for reading only; None where there is no history. Creates nothing.

        Raises:
            DamagedError: it is gone or empty, but for its second log.
            HistoryError: it can't be read, is damaged, or a newer version of the program has written it.
        """
        path = path or default_path()
        with explained(path):
            if not path.exists():
                if journal.holds_anything(path):
                    raise DamagedError(damaged(path, "it is gone"))
                return None
        db = reading(path)
        try:
            with explained(path):
                refuse_newer(db)
                check(db, path)
                refuse_empty(db, path)
                outdated = version_of(db) < len(MIGRATIONS)
        except BaseException:
            db.close()
            raise
        if not outdated:
            return cls(db, path)
        db.close()
        try:
            return cls.open(path)
        except DamagedError:
            raise
        except HistoryError:  # on a read-only disk the file stays of the older version; reading goes on from a copy
            return cls(_up_to_date(path), path)

    def begin(self, start: SessionStart, number: int | None = None) -> int:
        """Write down that a session began, and return its id: `number`, or the next one.

        Raises:
            HistoryError: it could not be written; nothing was.
        """
        with self._writing():
            today = "SELECT count(*) + 1 FROM sessions WHERE substr(started, 1, 10) = ?"
            (of_day,) = self._db.execute(today, [start.started.date().isoformat()]).fetchone()
            return self._insert(
                "sessions",
                id=number,
                schema_version=len(MIGRATIONS),
                session_no_today=of_day,
                started=start.started.isoformat(timespec="seconds"),
                timezone=start.timezone or start.started.tzname() or "",
                target_per_day=PER_DAY_OF_0_1_0.get(start.exercise_id) if start.per_day is None else start.per_day,
                **{field.name: getattr(start, field.name) for field in fields(start) if field.name not in _STAMPED},
            )

    def save(self, session: int, record: SessionRecord) -> None:
        """Write a record atomically; it survives a power cut once this returns.

        Raises:
            RefusedError: it will never be accepted.
            DamagedError: the file is broken; it has been put aside, and this store is closed.
            HistoryError: it could not be written now.
        """
        with self._writing():
            match record:
                case Answered():
                    self._row("answers", session, record)
                    self._answered(session, record)
                case RepetitionDone():
                    self._row("repetitions", session, record)
                    self._db.execute("UPDATE sessions SET reps_coached = reps_coached + 1 WHERE id = ?", [session])
                case Stopped():
                    self._row("stops", session, record)
                    self._stopped(session, record)
                case Paused(at, reason):
                    self._insert("pauses", session=session, at=at, reason=reason)
                case Resumed():
                    self._resumed(session, record)
                case Adjusted():
                    self._row("adjustments", session, record)
                    self._adjusted(session, record)
                case HelpCall():
                    self._row("help_calls", session, record)
                case Misheard():
                    self._row("misheard", session, record)
                case Ended():
                    self._ended(session, record)
                case _:
                    assert_never(record)

    def finish(self, session: int, ended: Ended) -> None:
        """Write down that the session is over; the same as `save`."""
        self.save(session, ended)

    def sessions(self, limit: int | None = None) -> list[Session]:
        """Return the sessions, the newest first, `limit` at most.

        Raises:
            HistoryError: they can't be read.
        """
        with explained(self.path):
            most = -1 if limit is None else min(limit, _MAX_INTEGER)
            rows = self._db.execute("SELECT * FROM sessions ORDER BY id DESC LIMIT ?", [most])
            return read_sessions(self._db, rows.fetchall())

    def session(self, number: int) -> Session | None:
        """Return the session with this id, if there is one.

        Raises:
            HistoryError: it can't be read.
        """
        if abs(number) > _MAX_INTEGER:
            return None
        with explained(self.path):
            row = self._db.execute("SELECT * FROM sessions WHERE id = ?", [number]).fetchone()
            return read_sessions(self._db, [row])[0] if row else None

    def acknowledged(self) -> bool:
        """Tell whether the safety sentence of a first run was ever answered with yes (R6).

        Raises:
            HistoryError: it can't be read.
        """
        with explained(self.path):
            asked = "SELECT EXISTS (SELECT 1 FROM answers WHERE question = 'acknowledge' AND value = 'yes')"
            return bool(self._db.execute(asked).fetchone()[0])

    def close(self) -> None:
        """Close the file; may be called twice."""
        self._db.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Run the block in one transaction."""
        with repaired(self.path, self._db), transaction(self._db):
            yield

    def _insert(self, table: str, **values: object) -> int:
        """Add a row and return its id."""
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" * len(values))
        statement = f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - table and columns are ours
        return self._db.execute(statement, list(values.values())).lastrowid or 0

    def _row(self, table: str, session: int, record: Any) -> None:  # noqa: ANN401 - any of the records' dataclasses
        """Add a record whose fields are the table's columns."""
        self._insert(table, session=session, **{field.name: getattr(record, field.name) for field in fields(record)})

    def _update(self, session: int, **values: object) -> None:
        """Set columns of the session."""
        names = ", ".join(f"{name} = ?" for name in values)
        self._db.execute(f"UPDATE sessions SET {names} WHERE id = ?", [*values.values(), session])  # noqa: S608 - as above

    def _answered(self, session: int, record: Answered) -> None:
        """Keep what the answer says in the session's own columns; an answer that was not given stays NULL."""
        match record.question:
            case "pain_before" | "pain_after":
                self._update(session, **{record.question.replace("pain", "nprs"): pain_score(record.value)})
            case "furthest_before" | "furthest_after":
                self._update(session, **{record.question: rank(record.value)})
            case "side" | "side_sure" | "side_again" | "side_other":
                self._side(session, record)
            case "easier" if record.value not in {None, "no"}:
                self._update(session, alternative_used=record.value, alternative_reason="cant_side")
            case trends.QUESTION | continuation.QUESTION if isinstance(record.value, int | float):
                self._db.execute(_ELSEWHERE[record.question], [int(record.value), session])
            case "settle_check":
                self._update(session, settle_check_5min=record.value)
            case question if question.startswith("check_") or question == "after_cry":
                self._changed(session, record)
            case _:
                pass

    def _side(self, session: int, record: Answered) -> None:
        """Keep the side; an answer that was taken back, or not given, leaves none."""
        match record.question, record.value:
            case _, None:
                self._update(session, painful_side=None, lying_side=None, lying_side_reason=None)
            case "side", "both":  # a side that follows is one that a clinician told (D7)
                self._update(session, lying_side_reason="told by clinician")
            case (("side_sure" | "side_again"), ("left" | "right")):
                self._db.execute(_SIDE, [record.value, record.value, session])
            case "side_other", ("left" | "right"):
                self._update(session, lying_side=record.value, lying_side_reason="told by clinician")
            case _:
                pass

    def _changed(self, session: int, record: Answered) -> None:
        """Store how the pain changed, and what that means."""
        words, confidence = record.words, record.confidence
        self._update(session, said_change=record.value, said_change_words=words, said_change_confidence=confidence)
        if record.value is None:
            self._db.execute(_LIGHT, [None, None, session])
        elif light := _LIGHTS.get(str(record.value)):
            self._db.execute(_LIGHT, [*light, session])

    def _stopped(self, session: int, record: Stopped) -> None:
        """Mark the session as red (R10, R31)."""
        if record.red:
            self._update(session, derived_light="red", derived_rule=_RULES.get(record.intent, "2b"))
            self._update(session, said_change=record.intent, said_change_words=record.words)

    def _resumed(self, session: int, record: Resumed) -> None:
        """Tell the last pause how long it was."""
        last = "SELECT max(id) FROM pauses WHERE session = ?"
        self._db.execute(f"UPDATE pauses SET length = ? WHERE id = ({last})", [record.length, session])  # noqa: S608 - ours

    def _adjusted(self, session: int, record: Adjusted) -> None:
        """Store a setting's latest value."""
        self._update(session, **{record.what: record.value})
        if record.what == "variant":
            self._update(session, variant_reason=record.reason)

    def _ended(self, session: int, record: Ended) -> None:
        """Store how it ended; `ended` is the start plus the length of the audio since."""
        (started,) = self._db.execute("SELECT started FROM sessions WHERE id = ?", [session]).fetchone()
        ended = datetime.fromisoformat(started) + timedelta(seconds=seconds(record.at))
        self._update(
            session,
            ended=ended.isoformat(timespec="seconds"),
            outcome=record.outcome,
            reps_coached=record.repetitions,
            noinput=record.noinput,
            nomatch=record.nomatch,
        )


def _up_to_date(path: Path) -> sqlite3.Connection:
    """Return a copy in memory, with the migrations that the file lacks.

    Raises:
        HistoryError: it can't be read.
    """
    copy = sqlite3.connect(":memory:", isolation_level=None)
    copy.row_factory = sqlite3.Row
    with explained(path), closing(reading(path)) as db:
        db.backup(copy)
        migrate(copy)
    return copy


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
