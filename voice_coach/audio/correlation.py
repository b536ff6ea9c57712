"""Compare the microphone with the loudspeaker: find a copy, its delay, and what a wire can't explain."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.pcm import Clip, to_signal
from voice_coach.timebase import Samples, samples

MIN_LIKENESS: Final = 0.7
"""The least correlation that is checked more closely; a copy through a wire has 0.77 or more."""

MAX_WIRE_RESIDUAL: Final = -25.0
"""The greatest residual, in decibels, of a copy through a wire: wires leave at most -29.5, the driest room at least
-20.9."""

MAX_DELAY: Final = samples(1.0)
"""The longest delay from speaker to microphone that is searched; Bluetooth takes 0.3 s."""

MIN_PEAK: Final = 30
"""Peak, of 32768, below which a sound is too soft to be compared."""

_ROUND: Final = 1024
"""The length of a transform is a multiple of this, because its speed depends on its factors."""

_TAPS: Final = 33
"""Length of a filter that models two resamplers, but not a room."""


def copied(mic: Clip, played: Clip) -> Samples | None:
    """Return the delay of a copy of the played sound through a wire; None: the sound is not just such a copy.

    Args:
        mic: what was heard; at least 0.2 s.
        played: what was played until the same instant, longer by the longest delay to search.
    """
    if min(_peak(mic), _peak(played)) == 0 or max(_peak(mic), _peak(played)) < MIN_PEAK:
        return None
    place, likeness = find(mic, played, len(played) - len(mic))
    if likeness < MIN_LIKENESS or remainder(played[place : place + len(mic)], mic, 0) >= MAX_WIRE_RESIDUAL:
        return None
    return len(played) - len(mic) - place


def find(played: Clip, mic: Clip, longest: Samples) -> tuple[Samples, float]:
    """Return the delay at which the microphone resembles the played sound most, up to `longest`, and how much, 0 to 1.

    Both clips begin at the same instant. Noise has a likeness of 0.1 at most, an echo in a room 0.3 and more.
    """
    sound, heard = to_signal(played).astype(np.float64), to_signal(mic).astype(np.float64)
    longest = min(longest, len(sound) + len(heard) - 1)
    # Long enough that no delay up to the longest wraps around.
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
    """Return the residual, in decibels, once the played sound is removed as a wire would have carried it.

    A monitor of the speaker acts as a wire; a room does not.
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
