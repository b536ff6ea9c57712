"""Sound as arrays: mono, 16-bit, `RATE` samples a second."""

import numpy as np
from numpy.typing import NDArray

from voice_coach.timebase import Samples

Clip = NDArray[np.int16]
"""Shape `(n,)`, mono, at `RATE`. A block is a clip as long as one turn of the coach."""


def silence(length: Samples) -> Clip:
    """Return `length` samples of digital silence."""
    return np.zeros(length, np.int16)
