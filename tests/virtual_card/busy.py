"""Is this machine too busy for sound in real time? Measured while a live test runs.

Two things tear sound without any fault of the program under test: a thread that is woken late (another machine has
taken the processor), and a program that waits in line for it (others run here too). The first is measured by a process
that wants to run every 10 ms, the second by the kernel's own account. A test that fails in such a time is skipped, and
the skip says why.
"""

import json
import select
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Final, Self

TICK: Final = 0.010
"""Seconds between two wake-ups."""
TOLERATED: Final = 0.040
"""Seconds that a wake-up may be late: half of what the coach keeps in hand (audio/playout.py)."""
MAX_LOST: Final = 0.100
"""Seconds by which all wake-ups of a test together may be later than tolerated."""
MAX_QUEUED: Final = 0.6
"""Share of the time in which some program may wait for a processor. With two low-priority loads on two cores and three
live tests at a time, 0.12 to 0.95 was seen, and all of them passed."""
_PRESSURE: Final = Path("/proc/pressure/cpu")


class Watch:
    """Measures for as long as the context lasts."""

    def __init__(self) -> None:
        """Nothing is measured yet."""
        self.lost = 0.0
        """Seconds by which wake-ups came later than is tolerated, in all; known when the context is over."""
        self.queued = 0.0
        """Share of the time, 0 to 1, in which some program waited for a processor; 0 where the kernel doesn't tell."""

    def __enter__(self) -> Self:
        """Start measuring."""
        self._began, self._waited = time.monotonic(), waited()
        self._process = subprocess.Popen(
            [sys.executable, "-I", __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stop measuring."""
        self.queued = (waited() - self._waited) / (time.monotonic() - self._began)
        output, _ = self._process.communicate("\n")
        self.lost = float(json.loads(output))

    @property
    def too_busy(self) -> bool:
        """Whether the machine was too busy for a live test to judge."""
        return self.lost > MAX_LOST or self.queued > MAX_QUEUED


def waited() -> float:
    """Return the seconds since the start of the machine in which some program waited for a processor."""
    try:
        some, *_ = _PRESSURE.read_text(encoding="ascii").splitlines()
    except OSError:  # an older kernel, or one without pressure stall information
        return 0.0
    return int(some.rpartition("total=")[2]) / 1e6


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
