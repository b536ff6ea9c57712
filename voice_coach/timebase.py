"""The one clock: time is counted in samples of audio, as integers, from the session's first sample.

Nothing in a session asks for the time of day. A duration in a data file is in seconds and is turned
into samples here, once; from then on only integers are added, so nothing drifts.
"""

from typing import Final

Samples = int
"""An instant since the session's first sample, or a length, at `RATE`."""

RATE: Final = 16_000
"""Hertz. What Vosk's models, Silero VAD and telephone-band speech all work at."""

BLOCK: Final = 320
"""Samples in a live block: 20 ms, the smallest that PortAudio on PulseAudio keeps up with unattended."""


def samples(seconds: float) -> Samples:
    """Return the length of `seconds` in samples, rounded to the nearest."""
    return round(seconds * RATE)


def seconds(length: Samples) -> float:
    """Return the length of `length` samples in seconds."""
    return length / RATE
