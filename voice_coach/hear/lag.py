"""Is what the user says understood in time? Pure: told how far the recogniser's answers lag, in samples."""

from typing import Final

from voice_coach.timebase import Samples, samples

MAX_LAG: Final = samples(1)
"""An answer that is later than this comes too late for "stop"."""

MAX_RECOVERED_LAG: Final = samples(0.3)
"""Answers at most so late are in time again."""

MIN_RECOVERY: Final = samples(2)
"""For so long answers must be in time before hearing counts as back; twice as long after each loss, so that a computer
that only just keeps up does not have the same repetition done again and again."""

MAX_RECOVERY: Final = samples(16)
"""Longer than this nobody is kept waiting."""


class LagWatch:
    """Watches how far the answers of one recogniser lag."""

    def __init__(self) -> None:
        """Begin with a recogniser that keeps up."""
        self.lost = False
        """True if the user is understood too late."""
        self._recovery: Samples = MIN_RECOVERY
        self._fine_since: Samples | None = None

    def look(self, lag: Samples, now: Samples) -> bool:
        """Take for how long the oldest unanswered input has waited by now; return whether `lost` has changed."""
        if not self.lost:
            self.lost = lag > MAX_LAG
            self._fine_since = None
            return self.lost
        if lag > MAX_RECOVERED_LAG:
            self._fine_since = None
            return False
        if self._fine_since is None:
            self._fine_since = now
        if now - self._fine_since < self._recovery:
            return False
        self.lost = False
        self._recovery = min(2 * self._recovery, MAX_RECOVERY)
        return True
