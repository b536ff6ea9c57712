"""The second log: a copy of each record in plain files next to the history, independent of SQLite.

It has everything written since the last full copy (`.spare`), one line for each record, with a checksum. Together they
restore a damaged history. A line is on disk when `append` returns.
"""

import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final, get_args

import msgspec

from voice_coach.history import clock
from voice_coach.history.clock import Moment
from voice_coach.records import SessionRecord, SessionStart

SPARE: Final = ".spare"
"""Ending of the whole copy."""
_SINCE: Final = ".since"
_FORMER: Final = ".since-former"
"""Ending of the lines that the next full copy will contain, while it is made."""
_KINDS: Final = {kind.__name__: kind for kind in get_args(SessionRecord)}
_SUM: Final = 8
"""Characters of a line's checksum."""


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line: the beginning of a session, or a record of it."""

    session: int
    start: SessionStart
    at: Moment
    """When it was written down."""
    kind: str = ""
    """The record's class; empty: the session begins."""
    fields: msgspec.Raw = msgspec.Raw(b"")

    @property
    def record(self) -> SessionRecord | None:
        """The record; None: the session begins, or a later version has written a kind that is not known here."""
        kind = _KINDS.get(self.kind)
        if kind is None:
            return None
        record: SessionRecord = msgspec.json.decode(self.fields, type=kind)
        return record


def files(history: Path) -> list[Path]:
    """Return all files of the second log, whether or not they are there, the older lines first."""
    return [history.with_name(history.name + ending) for ending in (SPARE, _FORMER, _SINCE)]


def spare(history: Path) -> Path:
    """Return where the whole copy is."""
    return files(history)[0]


def append(history: Path, entry: Entry) -> None:
    """Append a line.

    Raises:
        OSError: it can't be written.
    """
    text = msgspec.json.encode(entry)
    line = b"\n%08x %b\n" % (zlib.crc32(text), text)  # before it too: the previous line may be torn
    handle = os.open(files(history)[-1], os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    try:
        os.write(handle, line)
        os.fsync(handle)
    finally:
        os.close(handle)


def entry(session: int, start: SessionStart, at: Moment, record: SessionRecord | None = None) -> Entry:
    """Return the line of a record; None: that of the session's beginning."""
    named = replace(start, timezone=start.timezone or start.started.tzname() or "")
    if record is None:
        return Entry(session, named, at)
    return Entry(session, named, at, type(record).__name__, msgspec.Raw(msgspec.json.encode(record)))


def entries(history: Path) -> list[Entry]:
    """Return all lines since the last full copy, and perhaps some from before it; torn lines are left out."""
    found: list[Entry] = []
    for path in files(history)[1:]:
        with suppress(OSError):
            found += _sound(path.read_bytes())
    return found


def size(history: Path) -> int:
    """Return how many bytes the lines have."""
    return sum(path.stat().st_size for path in files(history)[1:] if path.exists())


def set_apart(history: Path) -> Path:
    """Start a new file of lines and return the path of the old one, before a full copy is made.

    Raises:
        OSError: it can't be done.
    """
    _, former, since = files(history)
    if since.exists() and not former.exists():
        since.rename(former)
    return former


def note(history: Path, session: int, start: SessionStart, record: SessionRecord | None = None) -> str:
    """Append what the history has just stored; return why that failed, or an empty text."""
    try:
        append(history, entry(session, start, clock.now(), record))
    except OSError as error:
        return (
            f"The second log of the history, {files(history)[-1]}, can't be written ({error.strerror or error}): this "
            "session is kept once only. See that the file may be written and the disk has space."
        )
    return ""


def holds_anything(history: Path) -> bool:
    """Return whether there is a second log of this history."""
    return spare(history).exists() or bool(entries(history))


def drop(history: Path) -> None:
    """Delete the second log, because the history has been replaced.

    Raises:
        OSError: it can't be deleted.
    """
    for path in files(history):
        path.unlink(missing_ok=True)


def _sound(content: bytes) -> Iterator[Entry]:
    for line in content.split(b"\n"):
        text = line[_SUM + 1 :]
        if line[:_SUM] == b"%08x" % zlib.crc32(text):
            with suppress(ValueError, RecursionError):  # msgspec's errors are ValueErrors, those about UTF-8 too
                found = msgspec.json.decode(text, type=Entry)
                _ = found.record  # a line counts only if its record can be read
                yield found
