"""Keep the computer awake during a session, while nobody touches keyboard or mouse.

`systemd-inhibit` holds the lock for as long as the program that it starts runs. Here that is `cat`, which ends when its
standard input does, so the lock goes with this process, however that ends. Closing the lid still suspends.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

INHIBIT: Final = "systemd-inhibit"
_LOCK: Final = (
    "--what=idle:sleep",
    "--mode=block",
    "--who=voice_coach",
    "--why=An exercise session is under way",
    "cat",
)


@contextmanager
def kept_awake() -> Iterator[None]:
    """Ask systemd not to suspend the computer; without systemd, or if it refuses, do nothing."""
    program = shutil.which(INHIBIT) if sys.platform == "linux" else None
    if program is None:
        yield
        return
    try:
        lock = subprocess.Popen(  # noqa: S603 -- a program of the system's, with arguments of our own
            [program, *_LOCK],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        yield
        return
    assert lock.stdin is not None
    try:
        yield
    finally:
        lock.stdin.close()
        try:
            lock.wait(1)
        except subprocess.TimeoutExpired:
            lock.kill()
            lock.wait()
