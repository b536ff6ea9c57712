"""Normalise clips: the same loudness, and a beginning at the onset, for every voice."""

from typing import Final

from voice_coach.audio.pcm import FADE, Clip, fade, peak, silence, speech_rms, to_clip, to_signal, trim, without_offset
from voice_coach.timebase import samples

NOMINAL_RMS: Final = 10 ** (-26 / 20)
"""RMS of speech at volume level 4, full scale 1.0: synthetic speech peaks up to 19 dB above it, and level 7 adds 12."""

SPEECH_LOUDNESS: Final = -27.0
"""The same as loudness by ITU-R BS.1770, in LUFS: the median of 60 clips of a second and more of espeak-ng at
`NOMINAL_RMS`, of which all lie within 1.2 LU. Clips whose loudness is known are brought to it."""

MAX_AMPLITUDE: Final = 10 ** (-7 / 20)
"""Greatest amplitude of a clip: so that two sounds at once do not reach the player's limiter at level 4."""

MIN_RMS: Final = 10 ** (-60 / 20)
"""RMS below which a recording holds nothing to be heard and is not made louder."""

TAIL_LENGTH: Final = samples(0.03)
"""Samples kept after the last loud one: a final "s" or "f" fades below the onset's level."""

VERSION: Final = 2
"""Increase with each change in here: clips on disk that were shaped differently are then rendered again."""


def shape(sound: Clip, *, boost: bool = True) -> Clip:
    """Return the sound at the common loudness, without an offset, from its very onset, fading out in 5 ms.

    Args:
        sound: a clip of any length and loudness.
        boost: False: only ever make it quieter, as fits a sound that is meant to be soft.

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
