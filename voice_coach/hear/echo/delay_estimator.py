"""Estimate the delay from the coach's decision to play a sound to the microphone: buffers, converters and air.

By the generalised cross-correlation with phase transform: Charles Knapp and Clifford Carter, "The generalized
correlation method for estimation of time delay", IEEE Transactions on Acoustics, Speech and Signal Processing 24
(1976) 320-327.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.pcm import Signal
from voice_coach.hear.echo.adaptive_filter import Spectrum, signal_into, spectrum_into
from voice_coach.timebase import RATE, Samples

SPAN: Final[Samples] = 8192
"""Length of input compared at a time: 0.51 s."""

MAX_DELAY: Final[Samples] = 2 * SPAN
"""The longest delay that is found: 1.02 s. Bluetooth takes 0.3 s; on an overloaded machine the buffers on the way
to the loudspeaker grow, 0.8 s was seen."""

ESTIMATE_EVERY: Final[Samples] = 4096
"""The time between two estimates: 0.26 s."""


class DelayFinder:
    """Compares what was played with what was heard, while the coach sounds."""

    _KEEPS: Final = np.float32(0.5)
    """Decay of older evidence at each estimate, so that a new delay outweighs the old one in 0.5 s."""
    _CLEAR: Final = 0.2
    """How high the peak must be; 1 is an echo alone. Noise reaches 0.05, other words of the same voice 0.17."""
    _AGREE: Final[Samples] = 8
    """Maximum difference of two estimates that confirm each other."""
    _STAYS: Final = np.float32(0.5)
    """Share of the highest peak that the current one must keep: of two paths about as loud, the loudspeaker's and a
    wall's, now one is clearer and now the other, although nothing has changed."""
    _FIRST: Final = np.float32(0.7)
    """Share of it that the earliest peak must have to be chosen, first or instead of a later one: a filter set to
    the later one can't remove what comes before its delay."""
    _LOUD: Final = 1e-5
    """Least mean power (-50 dB) of the played sound."""
    _BAND: Final = slice(round(200 * 2 * SPAN / RATE), round(5000 * 2 * SPAN / RATE))
    """The band that small loudspeakers and voices share: 200 to 5000 Hz."""

    def __init__(self) -> None:
        """Begin without a delay."""
        self._cross: Spectrum = np.zeros(
            (MAX_DELAY // SPAN, SPAN + 1), np.complex64
        )  # for delays up to a span, two, ...
        self._frames: NDArray[np.float32] = np.zeros((1 + MAX_DELAY // SPAN, 2 * SPAN), np.float32)
        self._spectra: Spectrum = np.zeros((1 + MAX_DELAY // SPAN, SPAN + 1), np.complex64)
        self._phases: Spectrum = np.zeros_like(self._cross)
        self._last: Samples | None = None
        self.found: Samples | None = None
        """The delay in samples, on which two estimates agreed; None: there has been no echo yet."""
        self.exact = 0.0
        """The same in fractions of samples."""

    def look(self, mic: Signal, far: Signal) -> bool:
        """Take the last `SPAN` samples that were heard, and the last `SPAN + LONGEST` that were played.

        Returns whether `found` was made sure of just now.
        """
        if float(np.mean(np.square(far))) < self._LOUD:
            return False
        # What was played lies two spans beside each span of delays; the first sample heard belongs to its middle.
        self._frames[0, :SPAN], self._frames[0, SPAN:] = mic, 0
        for row, end in enumerate(range(len(far), SPAN, -SPAN), start=1):
            self._frames[row] = far[end - 2 * SPAN : end]
        spectrum_into(self._spectra, self._frames)
        common = np.conjugate(self._spectra[1:], out=self._spectra[1:])
        np.multiply(self._spectra[0], common, out=common)
        self._cross *= self._KEEPS
        self._cross += common
        band = self._cross[:, self._BAND]
        self._phases[:, self._BAND] = band / (np.abs(band) + np.float32(1e-20))
        signal_into(self._frames[1:], self._phases)
        match = self._frames[1:, SPAN:].ravel() * (self._phases.shape[1] / band.shape[1])
        best = self._chosen(match)
        if best is None:
            return False
        agreed = self._last is not None and abs(best - self._last) <= self._AGREE
        self._last = best
        if agreed:
            self.found = best
            self.exact = best + _summit(match[max(best - 1, 0) : best + 2])
        return agreed

    def _chosen(self, match: Signal) -> Samples | None:
        """Return the delay at which the two are alike; of several such delays, the current one."""
        highest = match.max()
        if highest < self._CLEAR:
            return None
        early = int(np.flatnonzero(match >= max(self._FIRST * highest, self._CLEAR))[0])
        if self._last is not None and self._last <= early + self._AGREE:
            first = max(self._last - self._AGREE, 0)
            stays = first + int(match[first : self._last + self._AGREE + 1].argmax())
            if match[stays] >= max(self._STAYS * highest, self._CLEAR):
                return stays
        return early + int(match[early : early + self._AGREE].argmax())


def _summit(three: Signal) -> float:
    """Return the distance from the middle one of three values to the peak of the parabola through them."""
    if len(three) < 3:  # noqa: PLR2004 - at an end
        return 0.0
    before, middle, behind = map(float, three)
    bend = before - 2 * middle + behind
    return 0.5 * (before - behind) / bend if bend < 0 else 0.0
