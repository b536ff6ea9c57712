"""When something was recorded, by two clocks: the wall clock, which can be set, and the machine's uptime."""

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import msgspec

MAX_CLOCK_DIFFERENCE: Final = timedelta(minutes=1)
"""Maximum difference of the two clocks over a quarter of an hour: one of them is adjusted now and then."""

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


class Moment(msgspec.Struct, frozen=True, omit_defaults=True):
    """An instant that can be compared with one of another process, or from before a power cut."""

    wall: datetime
    """With its offset."""
    running: float | None = None
    """Uptime in seconds, including sleep; None: not known."""
    boot: str = ""
    """Id of the current boot; empty: not known."""
    process: int = 0
    """Process id of the writer; 0: not known."""


def now(boot_id: Path = _BOOT) -> Moment:
    """Return the present instant; outside Linux by the wall clock alone."""
    wall = datetime.now(UTC)
    try:
        boot = boot_id.read_bytes().decode().strip()
        return Moment(wall, time.clock_gettime(time.CLOCK_BOOTTIME), boot, os.getpid())
    except (OSError, ValueError, AttributeError):
        return Moment(wall)


def between(then: Moment, later: Moment) -> timedelta | None:
    """Return the time between two instants; None if the clocks disagree.

    A clock that was set back must not make a long time short. Within one run of the machine both clocks must agree;
    after it was switched off, it can't run for longer than it is since then.
    """
    wall = later.wall - then.wall
    if wall < timedelta(0):
        return None
    if then.running is None or later.running is None:
        return wall
    if then.boot != later.boot:
        return wall if timedelta(seconds=later.running) <= wall + MAX_CLOCK_DIFFERENCE else None
    running = timedelta(seconds=later.running - then.running)
    return max(wall, running) if abs(wall - running) <= MAX_CLOCK_DIFFERENCE else None


def goes_on(then: Moment, later: Moment) -> bool:
    """Tell whether the process that wrote it is still there."""
    if not then.process or then.boot != later.boot or then.process == later.process:
        return False
    return Path(f"/proc/{then.process}").exists()
