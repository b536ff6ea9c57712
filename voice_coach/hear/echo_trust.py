"""Has the canceller learnt the room, and does what it learnt still hold?"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_coach.audio.pcm import Signal
from voice_coach.hear.echo_filter import HOP
from voice_coach.timebase import RATE, Samples, samples

LEARNS: Final[Samples] = samples(6)
"""How long the coach may have been heard before an echo that was found, but is not under control, is given up."""

SEEKS: Final[Samples] = samples(2)
"""How long the coach may have been heard before a room in which no echo was found is taken to have none: headphones."""


PROVES: Final[Samples] = samples(0.25)
"""How long the coach must have been heard before what the filter does can be judged: longer than a single sound."""

SETTLES: Final[Samples] = samples(0.6)
"""The same where sound was torn just now: the tear may still be on its way through the buffers."""


class Trust:
    """Follows how much of the echo the filter takes away, in the time in which the coach is to be heard."""

    _MEMORY: Final = 1 - HOP / (0.4 * RATE)
    """Smoothing a hop: 0.4 s."""
    _GOOD: Final = 0.1
    """What the filter leaves of the echo once it has learnt the room: -10 dB; the suppressor makes it -20."""
    _WRONG: Final = 0.4
    """How much of the echo that was taken away was there at least; 1 when all was, 0 when none was."""
    _WEIGHTY: Final = 0.25
    """How much of what is heard the echo must be for a judgement: under a loud user it can't be seen."""

    def __init__(self) -> None:
        """Trust nothing yet."""
        self._coach_heard: Samples = 0
        self._proves = PROVES
        self.learnt = False
        """Whether the echo is under control."""
        self._powers: NDArray[np.float64] = np.zeros(4)  # heard, left, taken away, common to the first and the third

    def note(self, mic: Signal, left: Signal, echo: Signal) -> bool:
        """Take a hop in which the coach was to be heard; tell whether what the filter had learnt just turned out wrong.

        What the user says is no part of the echo that was taken away, so it changes their likeness hardly at all.
        """
        self._coach_heard += HOP
        new = np.array([mic @ mic, left @ left, echo @ echo, mic @ echo], np.float64)
        self._powers = self._MEMORY * self._powers + (1 - self._MEMORY) * new
        heard, rest, removed, common = self._powers
        if rest < self._GOOD * heard and self._coach_heard >= self._proves:
            self.learnt = True
        elif self.learnt and removed > self._WEIGHTY * heard and common < self._WRONG * removed:
            self.restart()
            return True
        return False

    def blind(self, *, found: bool) -> bool:
        """Tell whether user and echo can't be told apart yet, but may soon be; `found`: there is an echo."""
        return not self.learnt and self._coach_heard < (LEARNS if found else SEEKS)

    def restart(self, *, torn: bool = False) -> None:
        """Trust nothing any more: the echo's way has changed.

        Time to learn it is given anew where something had been learnt, and where it is known that the sound was torn;
        else once only, or a user might be blamed for ever.
        """
        if self.learnt or torn:
            self._coach_heard = 0
        self._proves = SETTLES if torn else PROVES
        self.learnt = False
        self._powers = np.zeros(4)
