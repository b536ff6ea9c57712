"""What can be told from sound that was played and heard: levels, the way between the two, and whether it is a copy."""

import math
from typing import Final

import numpy as np

from voice_coach.audio.pcm import FADE, Clip, fade, rms, to_clip, to_signal
from voice_coach.hear.echo_delay import LONGEST
from voice_coach.timebase import RATE, Samples, samples

SILENT: Final = -96.0
"""Decibels of digital silence: below what 16 bits can say."""

CHIRP: Final[Samples] = samples(0.5)
"""Long enough to stand out of noise as loud as itself."""

_FROM, _TO = 300.0, 4000.0
"""Hertz: what small loudspeakers and telephones' microphones have in common."""

_AMPLITUDE: Final = 0.15
"""Full scale is 1.0; about as loud as speech."""

_TAPS: Final = 33
"""Of a filter that makes up for two resamplers, and for no room."""


def decibels(clip: Clip) -> float:
    """Return the level of a clip, full scale 0."""
    level = rms(clip)
    return max(SILENT, 20 * math.log10(level)) if level else SILENT


def chirp() -> Clip:
    """Return a tone that rises from 300 to 4000 Hz within half a second."""
    time = np.arange(CHIRP) / RATE
    rate = (_TO - _FROM) / (CHIRP / RATE)
    tone = _AMPLITUDE * np.sin(2 * np.pi * (_FROM * time + rate / 2 * time**2))
    return fade(to_clip(tone.astype(np.float32)), head=FADE, tail=FADE)


def find(played: Clip, mic: Clip) -> tuple[Samples, float]:
    """Return how much later than it was played a sound was heard, up to 1.02 s, and how like it is, 0 to 1.

    Both clips begin at the same instant. Noise has a likeness of 0.1 at most, an echo in a room 0.3 and more.
    """
    sound, heard = to_signal(played).astype(np.float64), to_signal(mic).astype(np.float64)
    size = len(sound) + len(heard)
    cross = np.fft.irfft(np.fft.rfft(heard, size) * np.fft.rfft(sound, size).conj(), size)[: LONGEST + 1]
    energy = np.concatenate(([0.0], np.cumsum(np.square(np.concatenate((heard, np.zeros(size)))))))
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
    sound = np.concatenate((np.zeros(delay + half, np.float32), to_signal(played), np.zeros(half, np.float32)))
    windows = np.lib.stride_tricks.sliding_window_view(sound, _TAPS)[: len(mic)]
    heard = to_signal(mic[: len(windows)])
    taps, *_ = np.linalg.lstsq(windows, heard, rcond=None)
    left = heard - windows @ taps
    return 10 * math.log10((float(left @ left) + 1e-12) / (float(heard @ heard) + 1e-12))
