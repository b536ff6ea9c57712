"""Somebody who is asked who they are, and answers aloud."""

from collections.abc import Sequence

import numpy as np

from voice_coach.audio.pcm import Clip, silence
from voice_coach.identify.build import Asked
from voice_coach.identify.machine import Asking
from voice_coach.timebase import BLOCK, RATE


def answered(asked: Asked, answers: Sequence[Clip]) -> Clip:
    """Answer each question half a second after it was asked, with the next of these; return what was heard of it."""
    left, saying, heard = list(answers), silence(0), [silence(0)]
    while not asked.done:
        if isinstance(asked.state, Asking) and not asked.state.token and not len(saying) and left:
            saying = np.concatenate((silence(RATE // 2), left.pop(0), silence(RATE)))
        block, saying = saying[:BLOCK], saying[BLOCK:]
        heard.append(asked.advance(np.concatenate((block, silence(BLOCK - len(block))))))
    return np.concatenate(heard)
