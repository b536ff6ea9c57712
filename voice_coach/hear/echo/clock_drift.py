"""Two clocks: by how much the loudspeaker's runs slower than the microphone's, and what was played by the other's time.

Where microphone and loudspeaker are two devices, the delay between them grows by some samples a second or shrinks. A
filter that is not told takes away 4 dB of the echo at 100 millionths, where one that is takes 24.
"""

from collections import deque
from typing import Final

import numpy as np

from voice_coach.audio.pcm import Clip, Signal, to_signal
from voice_coach.timebase import Samples, samples

HALF_WINDOW: Final[Samples] = 8
"""How many samples on each side tell what is between two samples."""

_MAX_DELAYS: Final = 120
"""How many delays are remembered: half a minute of the coach's speech."""

_MIN_DELAYS: Final = 6
_MIN_SPAN: Final[Samples] = samples(2.5)
"""How many delays, over how long, a drift is reported from."""

_MAX_RESIDUAL: Final = 1.0
"""How far a delay may be from the line through all delays, in samples; further away, it is another reflection."""

_MIN_CHANGE: Final = 0.6
"""Samples by which the delay must have grown or shrunk; less is within the error of a single delay."""


class Drift:
    """A line through the delays that were found."""

    def __init__(self) -> None:
        """Begin with both clocks equal."""
        self._found: deque[tuple[Samples, float]] = deque(maxlen=_MAX_DELAYS)
        self.rate = 0.0
        """Samples by which the echo comes later with each sample heard."""

    def note(self, at: Samples, delay: float) -> None:
        """Take a delay that was found in what was heard until `at`, in fractions of samples."""
        self._found.append((at, delay))
        times, delays = np.array(self._found).T
        if len(times) < _MIN_DELAYS or times[-1] - times[0] < _MIN_SPAN:
            return
        slope, offset = np.polyfit(times - at, delays, 1)
        near = np.abs(delays - offset - slope * (times - at)) < _MAX_RESIDUAL
        if near.sum() < _MIN_DELAYS:
            return
        slope, _ = np.polyfit(times[near] - at, delays[near], 1)
        span = times[near][-1] - times[near][0]
        self.rate = float(slope) if abs(slope) * span > _MIN_CHANGE else 0.0

    def jumped(self) -> None:
        """Note that the delay jumped; the clocks run as before."""
        self._found.clear()


def between(clip: Clip, part: float) -> Signal:
    """Return the samples that lie `part` of a sample behind those of the clip, but for `HALF_WINDOW` on each side."""
    taps = np.arange(-HALF_WINDOW + 1, HALF_WINDOW + 1) - part
    kernel = np.sinc(taps) * np.cos(np.pi * taps / (2 * HALF_WINDOW)) ** 2
    read: Signal = np.convolve(to_signal(clip), kernel[::-1].astype(np.float32), "valid")
    return read
