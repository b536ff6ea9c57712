"""How long tests wait for what must come: until it is there, however busy the machine is."""

import time
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

from voice_coach.workers.process import slowness

T = TypeVar("T")

HANG: Final = 300.0 * slowness()
"""Seconds without something that must come after which it hangs. No test passes because of it: it only ends one."""


def until(true: Callable[[], object], what: str) -> None:
    """Return as soon as `true()` is.

    Raises:
        AssertionError: it is not within `HANG` seconds; the message holds `what`.
    """
    end = time.monotonic() + HANG
    while not true():
        assert time.monotonic() < end, f"waited {HANG:.0f} s in vain until {what}"
        time.sleep(0.001)  # let others have the processor


def gathered(poll: Callable[[], Iterable[T]], enough: Callable[[list[T]], object], what: str) -> list[T]:
    """Poll until all that came together is enough, and return it.

    Raises:
        AssertionError: as `until`.
    """
    found: list[T] = []

    def there() -> object:
        found.extend(poll())
        return enough(found)

    until(there, what)
    return found
