"""The room that a person speaks in: its echo, and how loud the voice is at the microphone."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.pcm import Clip, to_signal
from voice_coach.timebase import samples

Sound = NDArray[np.float64]

_LOUD: Final = 0.1
"""Part of the greatest amplitude from which on a sample counts for the level of speech."""


def in_room(clip: Clip, response: Sound, level: float) -> Sound:
    """Return the clip as the microphone hears it: with the echo of a room, its loud parts at a level in dBFS."""
    size = len(clip) + len(response) - 1
    wet = np.fft.irfft(np.fft.rfft(to_signal(clip), size) * np.fft.rfft(response, size), size)
    loud = wet[np.abs(wet) > _LOUD * np.abs(wet).max()]
    heard: Sound = wet * (10 ** (level / 20) / np.sqrt(np.mean(loud**2)))
    return heard


def impulse_response(rt60: float, rng: np.random.Generator) -> Sound:
    """Return a room: the direct sound and a diffuse tail that falls by 60 dB in `rt60` seconds."""
    length = max(samples(rt60), 1)
    tail: Sound = rng.normal(0.0, 0.02, length) * 10 ** (-3.0 * np.arange(length) / length)
    tail[: samples(0.004)] = 0.0  # the first reflection comes 1.4 m later
    tail[0] = 1.0
    return tail
