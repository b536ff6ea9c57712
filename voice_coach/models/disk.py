"""File system errors as sentences; and a lock that ends with its process."""

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from voice_coach.errors import RecognitionError

_FULL: Final = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
_CLOSED: Final = {errno.EACCES, errno.EPERM, errno.EROFS}


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what the system says when this is read or written into a sentence.

    Raises:
        RecognitionError: the sentence.
    """
    try:
        yield
    except OSError as error:
        raise trouble(path, error) from error


def trouble(path: Path, error: OSError) -> RecognitionError:
    """Return the error for the user."""
    reason = error.strerror or str(error)
    if error.errno in _FULL:
        return RecognitionError(f"There is no room left for {path} ({reason}): free some space, then try again.")
    if error.errno in _CLOSED:
        return RecognitionError(f"{path} is not writable ({reason}): make it and its folder writable.")
    return RecognitionError(f"{path} can't be used ({reason}): check that it exists and that its disk works.")


@contextmanager
def locked(path: Path, what: str) -> Iterator[None]:
    """Hold a lock while the block runs; the system gives it back when the process ends, however it ends.

    Args:
        path: A file that is made for it; it is left behind, empty.
        what: What another process is doing if it has the lock, such as `installing x`.

    Raises:
        RecognitionError: another process has it, or the file can't be made.
    """
    with explained(path):
        file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _take(file):
            raise RecognitionError(f"Another voice-coach is {what}: wait until it is done.")
        yield
    finally:
        os.close(file)


def _take(file: int) -> bool:
    """Lock an open file; return whether that was possible."""
    try:
        if sys.platform == "win32":  # pragma: no cover - tests run on Linux
            import msvcrt  # noqa: PLC0415 - Windows alone has it

            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl  # noqa: PLC0415 - Windows has none

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
