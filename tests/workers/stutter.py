"""A process that hardly gets the CPU: stopped nine tenths of the time."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

STOPPED, GOING = 0.09, 0.01
"""Seconds."""


@contextmanager
def stuttering(pid: Callable[[], int | None]) -> Iterator[None]:
    """Stop and continue whatever process `pid` names at a time, until this is left."""
    over = threading.Event()

    def signalled(number: int | None, how: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            if number:
                os.kill(number, how)

    def stutter() -> None:
        while not over.is_set():
            now = pid()
            signalled(now, signal.SIGSTOP)
            over.wait(STOPPED)
            signalled(now, signal.SIGCONT)
            over.wait(GOING)

    thread = threading.Thread(target=stutter)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
