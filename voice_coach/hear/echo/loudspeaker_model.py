"""How a small loudspeaker flattens the peaks of what it is given: what was heard, compared with what was played.

What a loudspeaker adds of its own can't be learnt by a linear filter, however long: over one that distorts hard, the
filter removes 10 dB of the echo. The reference is flattened in the same way before it reaches the filter, which
then takes away 25.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.pcm import Signal
from voice_coach.hear.echo.adaptive_filter import HOP, PARTITIONS, Spectrum, signal_into, spectrum_into
from voice_coach.timebase import Samples

STRETCH: Final[Samples] = 4096
"""Length of input compared at a time: 0.26 s."""

REACH: Final[Samples] = HOP * PARTITIONS
"""How much of what was played before may still be heard: the filter's length."""

DRIVES: Final = (0.0, *(2 ** (step / 2) for step in range(1, 10)))
"""Candidates: by how much a full-scale sound exceeds the loudspeaker's own maximum; 0: not at all."""


def flattened(sound: Signal, drive: float) -> Signal:
    """Return what a loudspeaker makes of it whose sound can't be louder than 1 / `drive`."""
    if drive == 0:
        return sound
    flat: Signal = np.tanh(np.float32(drive) * sound) / np.float32(drive)
    return flat


class DriveFinder:
    """Compares what each drive would let be heard with what was heard, while the coach sounds."""

    _KEEPS: Final = 0.8
    """Decay of older evidence from one stretch to the next: 1.1 s."""
    _BETTER: Final = 0.9
    """How much less must be left over for another drive to be taken: a user who speaks leaves the same over in each."""
    _LOUD: Final = 1e-5
    """Mean power (-50 dB) that what was played must have."""
    _BRIGHTER: Final = np.float32(0.9)
    """Weight of the sample before, which is taken away: the deep parts of a voice are all its power and tell little."""

    def __init__(self) -> None:
        """Take the loudspeaker for a perfect one."""
        self._at = 0
        self._heard = 0.0
        self._common: NDArray[np.float64] = np.zeros(len(DRIVES))
        self._echoes: NDArray[np.float64] = np.zeros(len(DRIVES))
        length = STRETCH + REACH  # circular: what wraps around falls into the part that is left out
        self._given: NDArray[np.float32] = np.empty((len(DRIVES), length), np.float32)
        self._spectra: Spectrum = np.empty((len(DRIVES), length // 2 + 1), np.complex64)

    @property
    def drive(self) -> float:
        """The current estimate."""
        return DRIVES[self._at]

    def look(self, mic: Signal, far: Signal, response: Signal) -> float | None:
        """Take the last `STRETCH` samples that were heard, and the last `STRETCH + REACH` that were played.

        Args:
            mic: what was heard.
            far: what was played, and reached the filter, by the same instant.
            response: the room's, as the filter has learnt it with `drive`; of `REACH` samples.

        Returns:
            By what the response is to be multiplied, as `drive` is another now; None: it is not.
        """
        if float(np.mean(np.square(far[REACH:]))) < self._LOUD:
            return None
        heard = self._bright(mic)
        for given, drive in zip(self._given, DRIVES, strict=True):
            given[:] = flattened(far, drive)
        spectrum_into(self._spectra, self._given)
        self._spectra *= np.fft.rfft(response, STRETCH + REACH)
        signal_into(self._given, self._spectra)
        echoes = self._bright(self._given[:, REACH:])
        self._heard = self._KEEPS * self._heard + float(heard @ heard)
        self._common = self._KEEPS * self._common + echoes @ heard
        self._echoes = self._KEEPS * self._echoes + np.square(echoes).sum(axis=1)
        scales = self._common / (self._echoes + 1e-9)
        over = self._heard - scales * self._common
        best = int(over.argmin())
        upright = min(scales[best], scales[self._at]) > 0
        if best == self._at or not upright or over[best] > self._BETTER * over[self._at]:
            return None
        scale = float(scales[best] / scales[self._at])
        self._at = best
        return scale

    def _bright(self, sound: NDArray[np.float32] | NDArray[np.float64]) -> NDArray[np.float64]:
        bright: NDArray[np.float64] = (sound[..., 1:] - self._BRIGHTER * sound[..., :-1]).astype(np.float64)
        return bright
