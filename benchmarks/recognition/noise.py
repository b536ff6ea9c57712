"""Noise mixed in by the data's own rule, the same noise under the same clip in each run."""

import zlib
from typing import Final

import numpy as np

from voice_coach.audio.pcm import FULL_SCALE, Clip

FRAME: Final = 2048
"""Samples of the frames whose loudest are compared."""


def loudest(sound: Clip) -> float:
    """Return the greatest energy of a frame; that of the whole sound where it is shorter than one."""
    power = np.square(sound.astype(np.float64))
    whole = len(power) // FRAME * FRAME
    return float(power[:whole].reshape(-1, FRAME).sum(axis=1).max()) if whole else float(power.sum())


def mixed(speech: Clip, noise: Clip, decibels: float, name: str) -> Clip:
    """Return speech with noise under it, scaled to half of full scale.

    Args:
        speech: no longer than the noise.
        noise: a recording; where in it the piece begins follows from `name` and `decibels`.
        decibels: ratio of the loudest frames of speech and noise.
        name: what tells this clip from others.
    """
    room = len(noise) - len(speech)
    if room < 0:
        raise ValueError(f"{name} is longer than the noise")
    begin = zlib.crc32(f"{name}:{decibels:g}".encode()) % (room + 1)
    piece = noise[begin : begin + len(speech)]
    scale = np.sqrt(loudest(speech) / max(loudest(piece), 1e-9) * 10 ** (-decibels / 10))
    return halved(speech + scale * piece)


def halved(sound: np.ndarray[tuple[int], np.dtype[np.float64]] | Clip) -> Clip:
    """Return a sound scaled so that its peak is half of full scale; silence stays silence."""
    peak = float(np.abs(sound.astype(np.float64)).max(initial=0.0))
    scaled: Clip = np.rint(sound / (2 * max(peak, 1e-9)) * (FULL_SCALE - 1)).astype(np.int16)
    return scaled
