"""Normalise clips, so that every voice has the same loudness and each clip begins with its first sound."""

from typing import Final

from voice_coach.audio.pcm import FADE, Clip, fade, peak, silence, speech_rms, to_clip, to_signal, trim, without_offset
from voice_coach.timebase import samples

NOMINAL_RMS: Final = 10 ** (-26 / 20)
"""RMS of speech at volume level 4, full scale 1.0: synthetic speech peaks up to 19 dB above it, and level 7 adds 12."""

SPEECH_LOUDNESS: Final = -27.0
"""The same level as loudness by ITU-R BS.1770, in LUFS: the median of 60 clips of espeak-ng of at least a second at
`NOMINAL_RMS`, all of them within 1.2 LU. Clips whose loudness is known are brought to it."""

MAX_AMPLITUDE: Final = 10 ** (-7 / 20)
"""Greatest amplitude of a clip: at level 4, two sounds at once do not reach the player's limiter."""

MIN_RMS: Final = 10 ** (-60 / 20)
"""A recording with a lower RMS is silent, and is not made louder."""

TAIL_LENGTH: Final = samples(0.03)
"""Samples kept after the last loud one: a final "s" or "f" fades below the onset's level."""

VERSION: Final = 2
"""Increase with each change in this module, so that clips on disk are rendered again."""


def shape(sound: Clip, *, boost: bool = True) -> Clip:
    """Return the sound at the common loudness, without an offset, from its first sound on, with a fade-out of 5 ms.

    Args:
        sound: a clip of any length and loudness.
        boost: False: never make it louder, for sounds that are meant to be soft.

    Returns:
        A clip whose first sample is at least `ONSET` loud; an empty one if there is nothing to be heard.
    """
    sound = without_offset(sound)
    loudness = speech_rms(sound)
    if loudness < MIN_RMS:
        return silence(0)
    gain = min(NOMINAL_RMS / loudness, MAX_AMPLITUDE / peak(sound))
    louder = to_clip(to_signal(sound) * (gain if boost else min(gain, 1.0)))
    return fade(trim(louder, tail=TAIL_LENGTH), tail=FADE)
