"""Cutting and levelling of clips: one loudness for all that a pack says, and where the voice begins."""

from typing import Final, NamedTuple

import numpy as np
import pyloudnorm
from scipy.ndimage import minimum_filter1d, uniform_filter1d
from scipy.signal import resample_poly

from packs.write import MARGIN
from voice_coach.audio.pcm import Signal, speech_rms, to_clip
from voice_coach.timebase import RATE, samples

LOUDNESS: Final = -20.0
"""LUFS of a pack's clips, by ITU-R BS.1770."""

MAX_TRUE_PEAK: Final = 10 ** (-2.1 / 20)
"""Of the sound before Opus, between samples too. -1 dB is the limit after it: with -1.5 dB before it, 5 of the 1227
clips of the woman's pack came out above that, the loudest at -0.47 dB."""

SHORT: Final = samples(1.0)
"""Shorter clips hold too few of the blocks that loudness is measured in: they go by their RMS."""

RMS_TO_LOUDNESS: Final = -1.0
"""LU that the loudness of speech is above the RMS in dB of its frames that are less than 20 dB below the loudest."""

_TAIL: Final = samples(0.06)
_FLOOR: Final = 10 ** (-50 / 20)
"""Of the greatest amplitude: what is quieter at the ends is no voice."""
_OVERSAMPLING: Final = 4
_ATTACK: Final = samples(0.005)
_ROUNDS: Final = 3


class Levelled(NamedTuple):
    """A sound as it goes into a pack."""

    sound: Signal
    """At 16 kHz; the voice begins `MARGIN` after the first sample."""
    loudness: float
    """LUFS."""
    cut: float
    """Seconds cut off the beginning; below 0 where silence was added."""
    voiced: float
    """Seconds from the first to the last sample of the voice."""


def levelled(sound: Signal) -> Levelled:
    """Return a sound at 16 kHz, cut and at `LOUDNESS`, its peaks limited.

    Raises:
        ValueError: it is silent, or not all of its samples are numbers.
    """
    if not np.isfinite(sound).all() or not np.abs(sound).max(initial=0) > 0:
        raise ValueError("there is no sound")
    loud = np.flatnonzero(np.abs(sound) >= _FLOOR * np.abs(sound).max())
    begin, end = int(loud[0]) - samples(MARGIN), int(loud[-1]) + 1 + _TAIL
    padded = np.pad(sound, (max(0, -begin), max(0, end - sound.size)))
    kept = padded[max(0, begin) : max(0, begin) + end - begin].copy()
    ramp = samples(MARGIN) // 2
    kept[:ramp] *= np.linspace(0, 1, ramp, dtype=np.float32)
    kept[-_TAIL:] *= np.linspace(1, 0, _TAIL, dtype=np.float32)
    for _ in range(_ROUNDS):  # what the limiter takes from the loudness is given back
        kept = limited(kept * np.float32(10 ** ((LOUDNESS - loudness(kept)) / 20)))
    return Levelled(kept, loudness(kept), begin / RATE, float(loud[-1] - loud[0]) / RATE)


def limited(sound: Signal) -> Signal:
    """Return the sound with its peaks, also those between samples, brought down to `MAX_TRUE_PEAK` within 5 ms."""
    peaks = np.abs(resample_poly(sound, _OVERSAMPLING, 1)).reshape(-1, _OVERSAMPLING).max(axis=1)
    wanted = np.minimum(1.0, MAX_TRUE_PEAK / np.maximum(peaks, MAX_TRUE_PEAK))
    held = minimum_filter1d(wanted, 2 * _ATTACK + 1)
    quieter: Signal = sound * uniform_filter1d(held, _ATTACK).astype(np.float32)
    return quieter


def loudness(sound: Signal) -> float:
    """Return the loudness in LUFS; of a sound shorter than `SHORT` what its RMS amounts to."""
    if sound.size < SHORT:
        level = max(speech_rms(to_clip(sound)), 1e-9)
        return float(20 * np.log10(level)) + RMS_TO_LOUDNESS
    return float(pyloudnorm.Meter(RATE).integrated_loudness(sound.astype(np.float64)))


def true_peak(sound: Signal) -> float:
    """Return the greatest amplitude, also between samples."""
    return float(np.abs(resample_poly(sound, _OVERSAMPLING, 1)).max())
