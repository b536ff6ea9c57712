"""One session on a sound device at a time: a second one would talk into the first, and be heard by it.

A lock is a file in the user's folder for what runs now (XDG_RUNTIME_DIR), named after the device. The system lets go
of it when the process ends, however it ends. Other devices are not affected; nor is a process by its own locks.
"""

import os
import re
import tempfile
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from threading import Lock  # noqa: TID251 - see `_changing`
from typing import Final

from voice_coach.errors import DeviceInUseError

_changing: Final = Lock()
"""Streams are opened and closed on threads of their own (`bounded_calls`)."""
_held: Final[dict[Path, tuple[int, int]]] = {}
"""File descriptor and number of holders in this process, by lock file."""


class DeviceLock:
    """Holds devices for as long as a stream is open."""

    def __init__(self, *devices: str) -> None:
        """Take the devices with these names.

        Raises:
            DeviceInUseError: another voice-coach has one of them.
        """
        self._paths: list[Path] = []
        for device in dict.fromkeys(devices):
            path = _path(device)
            with _changing:
                taken = _take(path)
            if not taken:
                self.release()
                raise DeviceInUseError(
                    f"{device} is in use by another voice-coach{_holder(path)}: end that one first, or name another "
                    "device (--microphone, --speaker; see `voice-coach devices`)."
                )
            self._paths.append(path)

    def release(self) -> None:
        """Let go of all of them; may be called twice."""
        while self._paths:
            path = self._paths.pop()
            with _changing:
                handle, holders = _held.pop(path, (-1, 0))
                if holders > 1:
                    _held[path] = handle, holders - 1
                elif holders:
                    os.close(handle)


def _take(path: Path) -> bool:
    """Return whether the lock is ours now; where files can't be locked, it is."""
    if path in _held:
        handle, holders = _held[path]
        _held[path] = handle, holders + 1
        return True
    try:
        import fcntl  # noqa: PLC0415 - Windows has none
    except ImportError:
        return True
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.parent.stat().st_uid != os.getuid():  # among temporary files somebody else may have made it
            return True
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:  # the folder can't be written: go without a lock
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        return not isinstance(error, BlockingIOError)
    with suppress(OSError):  # the number is for the other one's message only
        os.ftruncate(handle, 0)
        os.write(handle, str(os.getpid()).encode())
    _held[path] = handle, 1
    return True


def _holder(path: Path) -> str:
    try:
        number = path.read_text(encoding="ascii")
    except (OSError, ValueError):
        return ""
    return f" (process {number})" if number.isdecimal() else ""


def _path(device: str) -> Path:
    readable = re.sub(r"[^a-z0-9]+", "-", device.lower()).strip("-")[:40]
    digest = blake2b(device.encode(), digest_size=4).hexdigest()
    return _folder() / f"{readable}-{digest}.lock"


def _folder() -> Path:
    """Return the folder of the locks: the user's own for what runs now or, where there is none, one of temporary files.

    Not platformdirs': it warns where there is none.
    """
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    if runtime:
        return Path(runtime) / "voice_coach"
    user = os.getuid() if hasattr(os, "getuid") else "user"
    return Path(tempfile.gettempdir()) / f"voice_coach-{user}"
