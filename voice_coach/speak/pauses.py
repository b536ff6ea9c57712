"""Find the phrases of a clip by its pauses, so that a disturbed sentence can be resumed at one."""

from typing import Final

import numpy as np

from voice_coach.audio.pcm import Clip, speech_rms, to_signal
from voice_coach.timebase import Samples, samples

FRAME: Final[Samples] = samples(0.01)

MIN_PAUSE_FRAMES: Final = 12
"""Frames of quiet that separate two phrases: longer than the stop before a "p" or a "t"."""

MAX_PAUSE_LOUDNESS: Final = 10 ** (-30 / 20)
"""Fraction of the speech's loudness below which a frame is a pause."""


def phrase_at(clip: Clip, position: Samples) -> Samples:
    """Return where the phrase at `position` begins, in samples from the clip's start; in a pause, the one before."""
    return max(start for start in phrases(clip) if start <= max(position, 0))


def phrases(clip: Clip) -> list[Samples]:
    """Return where each phrase begins, in order; the first at 0, each other at a frame within the pause before it."""
    frames = to_signal(clip[: clip.size // FRAME * FRAME]).reshape(-1, FRAME)
    quiet = np.square(frames, dtype=np.float64).mean(axis=1) < (MAX_PAUSE_LOUDNESS * speech_rms(clip)) ** 2
    starts, quiet_frames = [0], 0
    for number, is_quiet in enumerate(quiet):
        if not is_quiet and quiet_frames >= MIN_PAUSE_FRAMES:
            starts.append((number - 1) * FRAME)
        quiet_frames = quiet_frames + 1 if is_quiet else 0
    return starts
