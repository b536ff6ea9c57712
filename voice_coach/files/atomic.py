"""Atomic, durable file replacement, readable by the owner alone.

After a power cut a file has its old or its new content, never a part. `replacing` and `write` raise OSError; for the
user's own files `replacing_user_file` and `write_user_file` raise a HistoryError with a sentence instead. Previous
versions are kept under a numbered ending.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from voice_coach.errors import HistoryError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a new file next to `path` to fill; on success it replaces `path`.

    If `path` is a link, its target is replaced and the link stays. The old file stays unchanged until then. The new one
    is readable by its owner alone, and on disk before it replaces the old one, so that a power cut leaves one or the
    other. Nothing is left behind after a failure.

    Raises:
        OSError: it can't be written.
    """
    path = Path(os.path.realpath(path))
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.absolute().parent)
    os.close(handle)
    new = Path(name)
    try:
        yield new
        _to_disk(new)
        new.replace(path)
        _to_disk(path.absolute().parent)
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):  # the latter are SQLite's
            with suppress(OSError):
                Path(f"{new}{ending}").unlink(missing_ok=True)


def write(path: Path, content: str | bytes) -> None:
    """Write a text or bytes, whole or not at all.

    Raises:
        OSError: it can't be written; what was there is as it was.
    """
    with replacing(path) as new:
        new.write_bytes(content.encode() if isinstance(content, str) else content)


def _to_disk(path: Path) -> None:
    """Flush a file or folder to disk; not possible for folders on Windows."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def replacing_user_file(path: Path) -> Iterator[Path]:
    """Yield a new file next to `path` to fill, as `files.atomic.replacing`.

    Raises:
        HistoryError: it can't be written.
    """
    try:
        with replacing(path) as new:
            yield new
    except OSError as error:
        raise unwritable(path, error) from error


def write_user_file(path: Path, content: str | bytes) -> None:
    """Write a text or bytes, whole or not at all.

    Raises:
        HistoryError: it can't be written; what was there is as it was.
    """
    try:
        write(path, content)
    except OSError as error:
        raise unwritable(path, error) from error


def numbered(path: Path, ending: str) -> dict[int, Path]:
    """Return the files next to `path` with the same name plus this ending and a number, by number."""
    found = {other.name.removeprefix(path.name + ending): other for other in path.parent.glob(f"{path.name}{ending}*")}
    return dict(sorted((int(number), other) for number, other in found.items() if number.isdecimal()))


def unwritable(path: Path, error: OSError) -> HistoryError:
    """Return the sentence about a file that can't be written."""
    return HistoryError(
        f"{path} can't be written ({error.strerror or error}); nothing was changed. "
        "Make sure that its folder exists, is writable and has free space."
    )
