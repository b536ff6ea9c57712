"""A process that hardly gets the CPU: stopped nine tenths of the time that it wants to run."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from math import inf

from voice_coach.workers.process import cpu_time

STOPPED, GOING = 0.09, 0.01
"""Seconds; it goes on until it has had `GOING` of CPU time, or wants none."""


class Stutter:
    """Stops and continues whatever process `pid` names at a time."""

    def __init__(self, pid: Callable[[], int | None]) -> None:
        """Nothing is stopped yet."""
        self._pid = pid
        self._over = threading.Event()
        self._rounds = 0

    @property
    def seconds(self) -> float:
        """How long it has lasted by its own count: a machine that stalls this thread does not lengthen it."""
        return self._rounds * (STOPPED + GOING)

    def stutter(self) -> None:
        """Stutter until it is ended."""
        while not self._over.is_set():
            now = self._pid()
            signalled(now, signal.SIGSTOP)
            self._over.wait(STOPPED)
            had = used(now)
            signalled(now, signal.SIGCONT)
            self._over.wait(GOING)
            while wants(now) and used(now) - had < GOING and not self._over.is_set():
                self._over.wait(GOING)
            self._rounds += 1

    def end(self) -> None:
        """Let it go on as it likes."""
        self._over.set()


def signalled(number: int | None, how: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        if number:
            os.kill(number, how)


def used(number: int | None) -> float:
    """Return the seconds of CPU time that a process has had, exactly; endless where there is no such process."""
    try:
        return time.clock_gettime(~number << 3 | 2) if number else inf  # Linux's clock of that process's CPU time
    except OSError:
        return inf


def wants(number: int | None) -> bool:
    """Tell whether a process runs or waits for its turn."""
    found = cpu_time(number) if number else None
    return bool(found and found[1])


@contextmanager
def stuttering(pid: Callable[[], int | None]) -> Iterator[Stutter]:
    """Let whatever process `pid` names at a time stutter, until this is left."""
    stutter = Stutter(pid)
    thread = threading.Thread(target=stutter.stutter)
    thread.start()
    try:
        yield stutter
    finally:
        stutter.end()
        thread.join()
