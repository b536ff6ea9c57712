"""Keeps the computer from going to sleep while a session is held: nobody on the floor touches keyboard or mouse.

systemd's own `systemd-inhibit` takes the lock, for as long as the program that it starts runs: one that waits for its
standard input to end. So the lock goes with this process, however that ends. Closing the lid still suspends.
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
    """Ask systemd not to suspend the computer; where there is none, or it refuses, the session is held all the same."""
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
