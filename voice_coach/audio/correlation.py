"""Compare the microphone with the loudspeaker: the delay of a copy, and the part that a wire does not explain."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.pcm import Clip, to_signal
from voice_coach.timebase import Samples, samples

MIN_LIKENESS: Final = 0.7
"""Correlation from which a closer check follows; a wire's copy has 0.77 or more."""

MAX_WIRE_RESIDUAL: Final = -25.0
"""Residual in decibels at or below which it is a wire's copy: wires leave at most -29.5, the driest room at least
-20.9."""

MAX_DELAY: Final = samples(1.0)
"""The longest delay from speaker to microphone that is searched for; Bluetooth takes 0.3 s."""

MIN_PEAK: Final = 30
"""Peak, of 32768, below which a sound is too soft to be compared."""

_ROUND: Final = 1024
"""Transforms have a multiple of this length: their time depends on its factors."""

_TAPS: Final = 33
"""Of a filter that makes up for two resamplers, and for no room."""


def copied(mic: Clip, played: Clip) -> Samples | None:
    """Return how much later than it was played a wire brought what was heard; None: a wire did not, or not that alone.

    Args:
        mic: what was heard; 0.2 s and more of it.
        played: what was played until the same instant, longer by the longest way that is looked for.
    """
    if min(_peak(mic), _peak(played)) == 0 or max(_peak(mic), _peak(played)) < MIN_PEAK:
        return None
    place, likeness = find(mic, played, len(played) - len(mic))
    if likeness < MIN_LIKENESS or remainder(played[place : place + len(mic)], mic, 0) >= MAX_WIRE_RESIDUAL:
        return None
    return len(played) - len(mic) - place


def find(played: Clip, mic: Clip, longest: Samples) -> tuple[Samples, float]:
    """Return how much later than it was played a sound was heard, up to `longest`, and how like it is, 0 to 1.

    Both clips begin at the same instant. Noise has a likeness of 0.1 at most, an echo in a room 0.3 and more.
    """
    sound, heard = to_signal(played).astype(np.float64), to_signal(mic).astype(np.float64)
    longest = min(longest, len(sound) + len(heard) - 1)
    # So long that no delay up to the longest wraps around.
    size = -(-max(len(heard), len(sound) + longest) // _ROUND) * _ROUND
    cross = np.fft.irfft(np.fft.rfft(heard, size) * np.fft.rfft(sound, size).conj(), size)[: longest + 1]
    after = np.zeros(max(0, len(sound) + longest - len(heard)))
    energy = np.cumsum(np.concatenate(([0.0], np.square(heard), after)))
    beside = energy[len(sound) : len(sound) + len(cross)] - energy[: len(cross)]
    strength = float(sound @ sound)
    likeness = np.abs(cross) / np.sqrt(beside * strength + 1e-9)
    best = int(likeness.argmax())
    return best, float(likeness[best])


def remainder(played: Clip, mic: Clip, delay: Samples) -> float:
    """Return what is left of what was heard if what was played is taken out as a wire would carry it, in decibels.

    A monitor of the speaker is a wire; a room with its walls is not.
    """
    half = _TAPS // 2
    sound = np.concatenate((np.zeros(delay + half), to_signal(played).astype(np.float64), np.zeros(half)))
    length = min(len(mic), len(sound) - _TAPS + 1)
    heard = to_signal(mic[:length]).astype(np.float64)
    shifted = [sound[tap : tap + length] for tap in range(_TAPS)]
    common = np.array([one @ heard for one in shifted])
    energies = _energies(sound, shifted, length)
    taps = np.linalg.solve(energies + np.eye(_TAPS) * (1e-9 * np.trace(energies) + 1e-12), common)
    left = float(heard @ heard - common @ taps)
    return 10 * math.log10((max(left, 0.0) + 1e-12) / (float(heard @ heard) + 1e-12))


def _energies(sound: NDArray[np.float64], shifted: list[NDArray[np.float64]], length: int) -> NDArray[np.float64]:
    """Return the products of a sound with itself, shifted by each two taps.

    Row by row from the first: one large product of matrices would wake a thread of BLAS on each core, and those spin.
    """
    rows = np.empty((_TAPS, _TAPS))
    rows[0] = rows[:, 0] = [shifted[0] @ one for one in shifted]
    for tap in range(_TAPS - 1):
        behind = sound[length + tap] * sound[length : length + _TAPS - 1]
        rows[tap + 1, 1:] = rows[tap, :-1] - sound[tap] * sound[: _TAPS - 1] + behind
    return rows


def _peak(clip: Clip) -> int:
    return int(np.abs(clip.astype(np.int32)).max(initial=0))
