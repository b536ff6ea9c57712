"""Levels, and the chirp by which the way from speaker to microphone is measured."""

import math
from typing import Final

import numpy as np

from voice_coach.audio.pcm import FADE, Clip, fade, rms, to_clip
from voice_coach.timebase import RATE, Samples, samples

SILENT: Final = -96.0
"""Decibels of digital silence: below what 16 bits can say."""

CHIRP: Final[Samples] = samples(0.5)
"""Long enough to stand out of noise as loud as itself."""

_FROM, _TO = 300.0, 4000.0
"""Hertz: what small loudspeakers and telephones' microphones have in common."""

_AMPLITUDE: Final = 0.15
"""Full scale is 1.0; about as loud as speech."""


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
