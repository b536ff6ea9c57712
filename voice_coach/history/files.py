"""Files for the user: whole or not at all, and for the user's eyes only."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from voice_coach.errors import HistoryError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a new file beside `path` to be filled, which takes its place when all went well.

    The old file stays as it is until then. The new one can be read by its owner alone, and is on the disk before it
    takes the place, so that a power cut leaves the one or the other. Nothing is left behind after a failure.

    Raises:
        HistoryError: it can't be written.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".new", dir=path.absolute().parent)
    except OSError as error:
        raise unwritable(path, error) from error
    os.close(handle)
    new = Path(name)
    try:
        yield new
        _to_disk(new)
        new.replace(path)
        _to_disk(path.absolute().parent)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        for ending in ("", "-journal", "-wal", "-shm"):  # the latter are SQLite's
            with suppress(OSError):
                Path(f"{new}{ending}").unlink(missing_ok=True)


def write(path: Path, text: str) -> None:
    """Write a text, whole or not at all.

    Raises:
        HistoryError: it can't be written; what was there is as it was.
    """
    with replacing(path) as new:
        new.write_text(text, encoding="utf-8", newline="")


def unwritable(path: Path, error: OSError) -> HistoryError:
    """Return the sentence about a file that can't be written."""
    return HistoryError(
        f"{path} can't be written ({error.strerror or error}); nothing was changed. "
        "See that its folder is there, may be written and has space."
    )


def _to_disk(path: Path) -> None:
    """Wait until a file or folder is on the disk; Windows has no such thing for folders."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
