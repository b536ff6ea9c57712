"""The order of tests that run in several processes: the longest ones first, so that no process is left with them."""

from collections.abc import Sequence

import pytest


def dealt(items: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """Return the tests so that each worker begins with its share of those marked `lasts`, the longest first.

    With `--dist worksteal`, xdist gives each worker one stretch of the list, and who is done takes from the end of
    another's. In the order of the files, the longest live tests are one worker's, one after the other.
    """
    long = sorted((item for item in items if lasts(item)), key=lasts, reverse=True)
    others = [item for item in items if not lasts(item)]
    ordered: list[pytest.Item] = []
    for worker in range(workers):
        stretch = (len(items) - len(ordered)) // (workers - worker)  # as xdist cuts the list
        own = long[worker::workers]
        short = max(0, stretch - len(own))
        ordered += own + others[:short]
        del others[:short]
    return ordered


def lasts(item: pytest.Item) -> float:
    """Return about how many seconds a test was marked to last; 0: it was not."""
    marker = item.get_closest_marker("lasts")
    return float(marker.args[0]) if marker else 0.0
