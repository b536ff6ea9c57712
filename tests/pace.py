"""A session that is held faster than life waits for a recogniser in another process, as life would."""

import time
from collections.abc import Callable

from voice_coach.audio.pcm import Clip
from voice_coach.coach import Coach
from voice_coach.timebase import samples, seconds

MAX_LAG = samples(0.1)


def in_step(coach: Coach, advance: Callable[[Clip], Clip]) -> Callable[[Clip], Clip]:
    """Return an `advance` that is no faster than life while the recogniser's answers lag."""

    def paced(mic: Clip) -> Clip:
        played = advance(mic)
        if coach._hearing.lag > MAX_LAG:
            time.sleep(seconds(len(mic)))
        return played

    return paced
