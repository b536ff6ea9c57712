"""Counts with the 95 % interval of what they may stand for."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Z: Final = 1.959964
"""Standard deviations that hold 95 %."""
TAIL: Final = 0.025
"""Probability beyond either end of a 95 % interval."""


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    count: int
    of: int

    @property
    def value(self) -> float:
        """The share, 0 to 1; not a number where nothing was counted."""
        return self.count / self.of if self.of else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval, 0 to 1."""
        if not self.of:
            return 0.0, 1.0
        share, spread = self.value, Z * Z / self.of
        middle = share + spread / 2
        reach = math.sqrt(share * (1 - share) * spread + spread * spread / 4)
        return max(0.0, (middle - reach) / (1 + spread)), min(1.0, (middle + reach) / (1 + spread))

    def __str__(self) -> str:
        """Return the share and its interval in per cent."""
        low, high = self.interval
        return f"{100 * self.value:.1f} % [{100 * low:.1f}-{100 * high:.1f}]" if self.of else "-"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in so many hours."""

    count: int
    hours: float

    @property
    def value(self) -> float:
        """How many an hour; not a number in no time."""
        return self.count / self.hours if self.hours else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """The exact (Garwood's) 95 % interval of a Poisson rate, an hour."""
        if not self.hours:
            return 0.0, math.inf
        low = _mean_at(self.count - 1, 1 - TAIL) if self.count else 0.0
        return low / self.hours, _mean_at(self.count, TAIL) / self.hours

    def __str__(self) -> str:
        """Return the rate an hour and its interval."""
        low, high = self.interval
        return f"{self.value:.1f}/h [{low:.1f}-{high:.1f}]" if self.hours else "-"


def _mean_at(count: int, probability: float) -> float:
    """Return the mean of the Poisson distribution for which at most `count` come with this probability."""
    low, high = 0.0, 10.0 + 3 * count
    for _ in range(60):
        mean = (low + high) / 2
        at_most = sum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1))
        low, high = (mean, high) if at_most > probability else (low, mean)
    return (low + high) / 2


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value below which `share` (0 to 1) of them lie, between two in proportion; not a number for none."""
    if not values:
        return math.nan
    ordered = sorted(values)
    place = (len(ordered) - 1) * share
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)
