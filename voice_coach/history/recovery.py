"""Check the history before a session, and rebuild it from its second log if it is damaged.

Afterwards the history has everything that the second log has. Files that can't be read are set aside and reported.
Nothing here stops a session: write errors are reported when the session itself writes.
"""

from collections.abc import Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, assert_never

from voice_coach.clinical.eligibility import day_of, past_of
from voice_coach.clinical.past import Past
from voice_coach.errors import HistoryError
from voice_coach.files.atomic import replacing_user_file
from voice_coach.history import clock, journal
from voice_coach.history.backups import checked
from voice_coach.history.database import copy_whole, default_path, reading
from voice_coach.history.errors import DamagedError, RefusedError, explained, put_aside
from voice_coach.history.resume import with_break
from voice_coach.history.store import Store
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

NEW_COPY_FROM: Final = 64 * 1024
"""Bytes of lines, some seven sessions, after which a new full copy of a short history is made."""
COPY_SHARE: Final = 16
"""A long history, of more than 1 MiB, is copied once the lines have this fraction of its size.

So copying never writes more than this many times the lines' bytes, however long the history: SD cards wear out.
"""


@dataclass(frozen=True, slots=True)
class Found:
    """Result of the check before a session."""

    sessions: list[Session] | None
    """All sessions; None: they can't be read."""
    lines: list[journal.Entry]
    """The lines of the second log, in order of time."""
    told: str = ""
    """What happened to the history, as one sentence; empty: nothing."""
    lost: bool = False
    """It was damaged, and there was nothing to rebuild it from."""


def mend(path: Path | None = None) -> Found:
    """Check and repair the history at this path (None: the default). Never raises."""
    path = path or default_path()
    lines = journal.entries(path)
    try:
        told, sessions = _mended(path, lines)
    except (HistoryError, OSError):  # read-only, locked, full, of a newer version: it is as it was
        return Found(_as_it_is(path, lines), lines)
    with suppress(HistoryError, OSError):  # the history is complete without its second log
        _keep_copy(path)
    return Found(sessions, lines, told, lost=bool(told) and not sessions)


def is_there(path: Path, number: int, start: SessionStart) -> bool:
    """Tell whether the history has this session under this number."""
    with suppress(HistoryError):
        session = _same(_read(path), number, start)
        return session is not None and session.id == number
    return False


def _mended(path: Path, lines: list[journal.Entry]) -> tuple[str, list[Session]]:
    """Return the sentence about what was done (empty if all was well) and all sessions.

    Raises:
        HistoryError: it can't be read or written now.
    """
    try:
        sessions = _read(path)
        gone = not sessions and bool(lines or journal.spare(path).exists())  # cut to nothing, or deleted
    except DamagedError:
        sessions, gone = [], True
    if gone:
        return _rebuilt(path, lines), _read(path)
    count = _replayed(path, lines, sessions)
    if not count:
        return "", sessions
    lost = _many(count, "record")
    return f"The history {path} had lost {lost}; it was restored from its second log.", _read(path)


def _as_it_is(path: Path, lines: list[journal.Entry]) -> list[Session] | None:
    """Return all sessions; None where they can't be read, or the second log has some and the history none."""
    with suppress(HistoryError, OSError):
        sessions = _read(path)
        return sessions if sessions or not (lines or journal.spare(path).exists()) else None
    return None


def _read(path: Path) -> list[Session]:
    """Return all sessions, each of them readable.

    Raises:
        DamagedError: one can't be read.
        HistoryError: it can't be read now.
    """
    if not path.exists():
        return []
    try:
        store = Store.look(path)
        if store is None:
            return []
        with store:
            sessions = store.sessions()
        for session in sessions:
            day_of(session)
    except (RefusedError, ValueError, TypeError) as error:
        raise DamagedError(f"The history {path} is damaged ({error}).") from error
    return sessions


def _rebuilt(path: Path, lines: list[journal.Entry]) -> str:
    """Set the file aside, replace it with the full copy and add what was written since; return the sentence.

    Raises:
        HistoryError: it can't be written.
    """
    what = "was gone"
    if path.exists():
        with explained(path):
            what = f"was damaged and is kept as {put_aside(path).name}"
    copy = _sound_copy(path)
    if copy:
        with replacing_user_file(path) as new:
            checked(copy, new)
    _replayed(path, lines, _read(path))
    there = len(_read(path))
    if not there:
        return f"The history {path} {what}; there was no second log of it, and a new one begins."
    return f"The history {path} {what}; it was rebuilt from its second log: {_many(there, 'session')}."


def _sound_copy(path: Path) -> Path | None:
    """Return the full copy; None: there is none, or it is damaged too and was set aside.

    Raises:
        HistoryError: it can't be read now.
    """
    copy = journal.spare(path)
    try:
        return copy if _read(copy) else None
    except DamagedError:  # the lines since then are better than nothing
        with explained(copy):
            put_aside(copy)
        return None


def _replayed(path: Path, lines: list[journal.Entry], sessions: list[Session]) -> int:
    """Add the records of these lines that the history lacks, and return their number.

    Raises:
        HistoryError: it can't be written.
    """
    count = 0
    for (number, _), group in _by_session(lines).items():
        start = group[0].start
        session = _same(sessions, number, start)
        lacking = [record for line in group if (record := line.record) and not (session and _has(session, record))]
        if session and not lacking:
            continue
        with Store.open(path) as store:
            taken = any(one.id == number for one in sessions)
            to = session.id if session else store.begin(start, None if taken else number)
            for record in lacking:
                store.save(to, record)
        count += len(lacking) or 1
    return count


def _by_session(lines: Iterable[journal.Entry]) -> dict[tuple[int, datetime], list[journal.Entry]]:
    """Return the lines of each session, in the order of the sessions' beginnings."""
    groups: dict[tuple[int, datetime], list[journal.Entry]] = {}
    for line in lines:
        groups.setdefault((line.session, line.start.started), []).append(line)
    return groups


def _same(sessions: Sequence[Session], number: int, start: SessionStart) -> Session | None:
    """Return the session that began so under this number; where another one has the number, that which began so."""
    began = (start.started.isoformat(timespec="seconds"), start.exercise_id)
    under = next((one for one in sessions if one.id == number), None)
    if under is None or (under.started, under.exercise_id) == began:
        return under
    return next((one for one in sessions if (one.started, one.exercise_id) == began), None)


def _has(session: Session, record: SessionRecord) -> bool:
    """Tell whether a record of a session is in the history."""
    match record:
        case Answered() | RepetitionDone() | Stopped() | Adjusted() | HelpCall() | Misheard():
            parts = (
                session.answers,
                session.repetitions,
                session.stops,
                session.adjustments,
                session.help_calls,
                session.misheard,
            )
            return any(record in part for part in parts)
        case Paused():
            return any((pause.at, pause.reason) == (record.at, record.reason) for pause in session.pauses)
        case Resumed():
            return any(pause.length == record.length for pause in session.pauses)
        case Ended():
            return session.outcome is not None
        case _:
            assert_never(record)


def _keep_copy(path: Path) -> None:
    """Make a new full copy if it is due, and start a new file of lines.

    Raises:
        HistoryError: it can't be made; the former one and the lines stay as they are.
        OSError: the same.
    """
    if not path.exists():
        return
    due = max(NEW_COPY_FROM, path.stat().st_size // COPY_SHARE)
    if journal.spare(path).exists() and journal.size(path) < due:
        return
    former = journal.set_apart(path)  # before the copy is made: what another process writes meanwhile stays in lines
    with closing(reading(path)) as source, replacing_user_file(journal.spare(path)) as new:
        copy_whole(source, new, journal.spare(path))
    former.unlink(missing_ok=True)


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def open_past(start: SessionStart, path: Path | None = None) -> tuple[Past, str]:
    """Repair the history at this path (None: the default) and return what it means for this session.

    Never raises: if the history can't be read, `readable` is false, and the person is told.

    Returns:
        What is known, and one sentence on what had happened to the history; empty: nothing.
    """
    now = clock.now()
    found = mend(path)
    if found.sessions is None:
        return Past(readable=False, screening="full"), found.told
    past = past_of(found.sessions, start.exercise_id, start.started.date(), start.exercise_version)
    past = replace(past, readable=not found.lost, mended=bool(found.told) and not found.lost)
    return with_break(past, found.sessions, start, found.lines, now), found.told
