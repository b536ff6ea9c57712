"""Files that are written whole or not at all, also when the power goes in between; for their owner's eyes only."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a new file beside `path` to be filled, which takes its place when all went well.

    The old file stays as it is until then. The new one can be read by its owner alone, and is on the disk before it
    takes the place, so that a power cut leaves the one or the other. Nothing is left behind after a failure.

    Raises:
        OSError: it can't be written.
    """
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
    """Wait until a file or folder is on the disk; Windows has no such thing for folders."""
    if os.name == "nt" and path.is_dir():
        return
    handle = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
