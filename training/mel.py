"""The features: Kaldi's log-mel energies, and the linear map from them to the MFCCs that libvosk computes.

With as many coefficients as bins, MFCCs are the log-mel energies times an invertible matrix. So the network learns on
log-mel energies, where noise, rooms and voices can be simulated, and the matrix is folded into its first layer at the
end.
"""

from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.fft

from voice_coach.timebase import RATE

Floats = npt.NDArray[np.float32]

BINS: Final = 40
LOW: Final = 20.0
HIGH: Final = 7600.0
"""Hz."""
WINDOW: Final = 400
SHIFT: Final = 160
"""Samples: 25 ms, 10 ms."""
CENTRE: Final = WINDOW / 2 / RATE
"""Seconds from a frame's begin to its middle."""
_FFT: Final = 512
_EMPHASIS: Final = 0.97
_LIFTER: Final = 22
FLOOR: Final = float(np.log(np.finfo(np.float32).eps))
"""The log-mel energy of digital silence."""

CONF: Final = (
    f"--sample-frequency={RATE}\n--use-energy=false\n--num-mel-bins={BINS}\n--num-ceps={BINS}\n"
    f"--low-freq={LOW:.0f}\n--high-freq={HIGH:.0f}\n--dither=0\n"
)
"""The same for Kaldi (`conf/mfcc.conf`). Without the last line it adds noise, and no two runs are alike."""


def mel(hertz: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return frequencies on Kaldi's mel scale."""
    return np.asarray(1127.0 * np.log(1.0 + np.asarray(hertz, np.float64) / 700.0))


def log_mel(wave: npt.ArrayLike) -> Floats:
    """Return the log-mel energies of a sound in the range of int16: frames of 10 ms times `BINS`."""
    sound = np.asarray(wave, np.float32)
    if len(sound) < WINDOW:
        return np.zeros((0, BINS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(sound, WINDOW)[::SHIFT]
    frames = frames - frames.mean(1, keepdims=True)
    emphasized = np.empty_like(frames)
    np.multiply(frames[:, :-1], -_EMPHASIS, out=emphasized[:, 1:])
    emphasized[:, 1:] += frames[:, 1:]
    emphasized[:, 0] = frames[:, 0] * (1 - _EMPHASIS)
    emphasized *= _povey()
    spectrum = scipy.fft.rfft(emphasized, _FFT)
    power = spectrum.real**2 + spectrum.imag**2
    return np.asarray(np.log(np.maximum(power @ _bank(), np.finfo(np.float32).eps)), np.float32)


@cache
def cepstrum() -> npt.NDArray[np.float64]:
    """Return the matrix M with MFCC = log-mel @ M: a cosine transform and Kaldi's lifter."""
    order, bins = np.arange(BINS)[:, None], np.arange(BINS)[None]
    cosines = np.sqrt(2.0 / BINS) * np.cos(np.pi / BINS * (bins + 0.5) * order)
    cosines[0] = np.sqrt(1.0 / BINS)
    lifter = 1.0 + 0.5 * _LIFTER * np.sin(np.pi * np.arange(BINS) / _LIFTER)
    return np.asarray((cosines * lifter[:, None]).T)


def warp(factor: float) -> Floats:
    """Return the matrix W with log-mel @ W as from a vocal tract that is `factor` times as short.

    Each bin takes what lies at its own frequency times the factor, between the two bins around it.
    """
    step = _step()
    centres = 700.0 * (np.exp((mel(LOW) + step * np.arange(1, BINS + 1)) / 1127.0) - 1.0)
    places = np.clip((mel(np.minimum(centres * factor, HIGH - 100)) - mel(LOW)) / step - 1, 0, BINS - 1)
    below = np.minimum(places.astype(int), BINS - 2)
    matrix = np.zeros((BINS, BINS), np.float32)
    matrix[below, np.arange(BINS)] = 1 - (places - below)
    matrix[below + 1, np.arange(BINS)] += places - below
    return matrix


def _step() -> float:
    return float((mel(HIGH) - mel(LOW)) / (BINS + 1))


@cache
def _povey() -> Floats:
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / (WINDOW - 1))
    return np.asarray(hann**0.85, np.float32)


@cache
def _bank() -> Floats:
    """Return triangles, linear in mel; as Kaldi does, the last bin of the spectrum is left out."""
    at = mel(np.arange(_FFT // 2) * RATE / _FFT)[:, None]
    left = mel(LOW) + _step() * np.arange(BINS)[None]
    rising, falling = (at - left) / _step(), (left + 2 * _step() - at) / _step()
    triangles = np.maximum(np.minimum(rising, falling), 0.0)
    return np.asarray(np.vstack([triangles, np.zeros((1, BINS))]), np.float32)
