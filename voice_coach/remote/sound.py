"""Sound as other machines send it -> clips of ours."""

from typing import Any, Final

import numpy as np

from voice_coach.audio.pcm import Clip, resample, to_clip

RATES: Final = range(4_000, 192_001)
"""Hertz that somebody may mean."""

CHANNELS: Final = range(1, 9)

_WIDTHS: Final[dict[int, tuple[np.dtype[Any], int, int]]] = {
    1: (np.dtype("u1"), 128, 128),
    2: (np.dtype("<i2"), 0, 32_768),
    4: (np.dtype("<i4"), 0, 2**31),
}
"""Bytes of a sample -> its type, its zero and its full scale."""


def to_sound(data: bytes, rate: object, width: object, channels: object) -> Clip:
    """Return interleaved samples as a clip, the channels averaged; a sample that is cut short is dropped.

    Raises:
        ValueError: no such sound is known.
    """
    if not (isinstance(rate, int) and isinstance(width, int) and isinstance(channels, int)):
        raise ValueError("rate, width and channels are no whole numbers")  # noqa: TRY004 - what was sent is at fault
    if rate not in RATES or width not in _WIDTHS or channels not in CHANNELS:
        raise ValueError(f"{rate} Hz, {8 * width} bits, {channels} channels")
    kind, zero, full = _WIDTHS[width]
    whole = len(data) // (width * channels) * width * channels
    frames = np.frombuffer(data[:whole], kind).reshape(-1, channels).astype(np.float32)
    return to_clip(resample((frames.mean(axis=1, dtype=np.float32) - zero) / np.float32(full), rate))
