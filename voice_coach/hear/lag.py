"""Watch whether the recogniser keeps up, so that "stop" is understood in time. Pure; times are in samples."""

from typing import Final

from voice_coach.timebase import Samples, samples

MAX_LAG: Final = samples(1)
"""With a longer lag, "stop" would be understood too late."""

MAX_RECOVERED_LAG: Final = samples(0.3)
"""With at most this lag, the user is understood in time again."""

MIN_RECOVERY: Final = samples(2)
"""How long the lag must stay short before hearing counts as restored; twice as long after each loss.

Otherwise a computer that only just keeps up would have the same repetition done again and again."""

MAX_RECOVERY: Final = samples(16)
"""The longest that the user is kept waiting."""


class LagWatch:
    """Watches the lag of one recogniser."""

    def __init__(self) -> None:
        """Start with a recogniser that keeps up."""
        self.lost = False
        """True if the user is understood too late."""
        self._recovery: Samples = MIN_RECOVERY
        self._in_time_since: Samples | None = None

    def look(self, lag: Samples, now: Samples) -> bool:
        """Take how long the oldest unanswered input has waited; return whether `lost` has changed."""
        if not self.lost:
            self.lost = lag > MAX_LAG
            self._in_time_since = None
            return self.lost
        if lag > MAX_RECOVERED_LAG:
            self._in_time_since = None
            return False
        if self._in_time_since is None:
            self._in_time_since = now
        if now - self._in_time_since < self._recovery:
            return False
        self.lost = False
        self._recovery = min(2 * self._recovery, MAX_RECOVERY)
        return True
