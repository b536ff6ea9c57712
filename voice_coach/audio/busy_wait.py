"""PortAudio's busy-waiting, and how a callback ends most of it.

Behind an underflow PortAudio's thread asks ALSA's plug-in for PulseAudio again and again whether the next block is
there, at a whole core, until the stream is opened anew. It can't be told to wait, but while its callback sleeps it
does.
"""

from typing import Final

_BUSY: Final = 0.5
"""The share of the time between two callbacks that the thread computes, from which on it waits busily; else 0.01."""

_MEMORY: Final = 0.9
"""Smoothing a callback: what the thread does in one interval may be the unpacking of a burst."""

_RESTS: Final = 0.8
"""The part of a block for which the callback sleeps then; in the rest of it the next block is awaited as ever."""

_IN_TIME: Final = 0.9
"""The part of a block after which a callback comes at the earliest that nothing is behind: it may sleep. More than
`_RESTS`, or the next of a burst would seem to be in time because this one slept."""


class BusyWait:
    """Follows what PortAudio's thread does between two callbacks."""

    def __init__(self, block: float) -> None:
        """Take it for calm; `block`: seconds of sound a callback."""
        self._block: Final = block
        self._busy = 0.0
        self._began: float | None = None
        self._ended = (0.0, 0.0)

    def rest(self, now: float, used: float) -> float:
        """Return for how long the callback that has its work done may sleep: seconds, mostly 0.

        Args:
            now: The time.
            used: What the thread has computed in its life, in seconds.
        """
        before, self._began = self._began, now
        if before is None:
            return 0.0
        ended, used_then = self._ended
        share = (used - used_then) / max(now - ended, 1e-6)
        self._busy += (1 - _MEMORY) * (min(share, 1.0) - self._busy)
        hurried = now - before < _IN_TIME * self._block
        return 0.0 if hurried or self._busy < _BUSY else _RESTS * self._block

    def ended(self, now: float, used: float) -> None:
        """Know when the callback ended, and what the thread had computed by then."""
        self._ended = now, used
