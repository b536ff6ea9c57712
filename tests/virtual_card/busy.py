"""Is this machine too busy for sound in real time? Measured while a live test runs, by a process of its own.

A process that wants to run every 10 ms is what a sound card's thread is. Where it is woken late, sound is torn, and a
test that then fails says nothing about the program under test: it is skipped, and the skip says why.
"""

import json
import select
import subprocess
import sys
import time
from types import TracebackType
from typing import Final, Self

TICK: Final = 0.010
"""Seconds between two wake-ups."""
TOLERATED: Final = 0.040
"""Seconds that a wake-up may be late: half of what the coach keeps in hand (audio/playout.py)."""
MAX_LOST: Final = 0.100
"""Seconds by which all wake-ups of a test together may be later than tolerated."""


class Watch:
    """Measures for as long as the context lasts."""

    def __init__(self) -> None:
        """Nothing is measured yet."""
        self.lost = 0.0
        """Seconds by which wake-ups came later than is tolerated, in all; known when the context is over."""

    def __enter__(self) -> Self:
        """Start the process."""
        self._process = subprocess.Popen(
            [sys.executable, "-I", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End it."""
        output, _ = self._process.communicate("\n")
        self.lost = float(json.loads(output))

    @property
    def too_busy(self) -> bool:
        """Whether the machine was too busy for a live test to judge."""
        return self.lost > MAX_LOST


def measure() -> float:
    """Return the seconds lost until a line comes on standard input."""
    lost, before = 0.0, time.monotonic()
    while not select.select([sys.stdin], [], [], TICK)[0]:
        now = time.monotonic()
        lost += max(now - before - TICK - TOLERATED, 0.0)
        before = now
    return lost


if __name__ == "__main__":
    print(json.dumps(measure()))  # noqa: T201 - to the test
