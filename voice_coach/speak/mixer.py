"""Mix sounds in session time, and set their loudness.

Each sample depends only on its time, so the sizes of the blocks make no difference.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.actions import Earcon, Line
from voice_coach.audio.pcm import FADE, Clip, Signal, to_signal
from voice_coach.speak.voice import Words
from voice_coach.timebase import Samples, samples

RAMP: Final = samples(0.02)
"""How long a change of loudness takes: too slow to click, too fast to notice."""

RISE: Final = samples(0.2)
"""How long a lowered voice takes to come back: it should not startle somebody who coughed."""

KNEE: Final = 0.75
"""Amplitude above which the limiter takes effect."""


@dataclass(slots=True)
class Sounding:
    """A clip that begins at `start` and ends by itself, or 5 ms after `cut`."""

    sound: Line | Earcon
    clip: Clip
    start: Samples
    missing: bool = False
    """The sound was not available, and `clip` is the earcon that says so."""
    cut: Samples | None = None
    left_out: Samples = 0
    """How much of the clip's beginning is skipped, because it has been said before."""
    again: bool = False
    """True if it resumes a disturbed sentence, which happens only once."""
    words: Words = ()
    """Where the words of `clip` are; empty if that is not known."""

    @property
    def begin(self) -> Samples:
        """The first sample that sounds; `start` is where the whole clip would begin."""
        return self.start + self.left_out

    @property
    def end(self) -> Samples:
        """The instant after the last sample."""
        uncut = self.start + self.clip.size
        if self.cut is None:
            return uncut
        return self.begin if self.cut < self.begin else min(uncut, self.cut + FADE)

    def stop(self, at: Samples) -> None:
        """Fade out from `at` on, unless it is fading already."""
        if self.cut is None:
            self.cut = at

    def add_to(self, block: Signal, at: Samples) -> None:
        """Add what sounds in the block that begins at `at`."""
        first, last = max(at, self.begin), min(at + block.size, self.end)
        if first >= last:
            return
        part = to_signal(self.clip[first - self.start : last - self.start])
        if self.cut is not None:
            faded = np.arange(first - self.cut, last - self.cut, dtype=np.float32) / np.float32(FADE)
            part *= 1 - np.clip(faded, 0, 1)
        block[first - at : last - at] += part


class Loudness:
    """A gain that glides to its new value."""

    def __init__(self, gain: float) -> None:
        """Start with this gain."""
        self._from = self._to = gain
        self._since: Samples = 0
        self._ramp: Samples = RAMP

    def change(self, gain: float, at: Samples, ramp: Samples = RAMP) -> None:
        """Glide to `gain` from `at` on, in `ramp` samples; a glide to the same gain goes on unless this ends sooner."""
        if gain != self._to or at + ramp < self._since + self._ramp:
            self._from = float(self._gains(at, 1)[0])
            self._to = gain
            self._since = at
            self._ramp = ramp

    def apply(self, block: Signal, at: Samples) -> Signal:
        """Return the block, which begins at `at`, with the gain applied and limited to full scale."""
        if at >= self._since + self._ramp:
            return limit(block * np.float32(self._to))
        return limit(block * self._gains(at, block.size).astype(np.float32))

    def _gains(self, at: Samples, length: int) -> NDArray[np.float64]:
        if at >= self._since + self._ramp:
            return np.full(length, self._to)
        glided = np.clip((np.arange(at, at + length) - self._since) / self._ramp, 0, 1)
        gains: NDArray[np.float64] = self._from * (1 - glided) + self._to * glided
        return gains


def limit(signal: Signal) -> Signal:
    """Return the signal with amplitudes above the knee compressed smoothly to below full scale.

    It uses only sums and quotients, whose result does not depend on where in a block a sample is.
    """
    size = np.abs(signal)
    if size.max(initial=0) <= np.float32(KNEE):
        return signal
    excess = np.maximum(size - np.float32(KNEE), 0) / np.float32(1 - KNEE)
    bent = np.float32(KNEE) + np.float32(1 - KNEE) * excess / (1 + excess)
    limited: Signal = np.where(excess > 0, np.copysign(bent, signal), signal)
    return limited
