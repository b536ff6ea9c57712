"""Does the user seem to be speaking over the coach? A hint, by which the coach lowers its voice; never a decision."""

from typing import Final

from voice_coach.timebase import Samples, samples

MIN_PROBABILITY: Final = 0.5
"""Probability of speech from which on it counts: each of 80 recordings of "stop" reaches it, no noise of 80 does."""

MAX_GAP: Final[Samples] = samples(0.7)
"""How long a voice may be silent and still be at it: longer than most utterances take to end (endpoint.py)."""

MAX_VOICE_LENGTH: Final[Samples] = samples(3)
"""A voice that goes on for longer gives no command: somebody talks on the telephone, or a radio is on."""

MAX_IN_VAIN: Final = 3
"""So many voices in a row of which nothing is understood are no reason for another try, until something is."""


class Hint:
    """Follows the voice that is heard while the coach sounds."""

    def __init__(self) -> None:
        """Begin with silence."""
        self._now: Samples = 0
        self._since: Samples | None = None
        self._last: Samples = 0
        self._understood = False
        self._in_vain = 0

    @property
    def speaking(self) -> bool:
        """True if the user seems to be speaking over the coach, and to it."""
        if self._since is None or self._understood or self._in_vain >= MAX_IN_VAIN:
            return False
        return self._now - self._since < MAX_VOICE_LENGTH

    def hear(self, end: Samples, *, voice: bool) -> None:
        """Take whether the user's voice is heard over the coach's in what ends at `end`."""
        self._now = end
        if voice:
            self._since = end if self._since is None else self._since
            self._last = end
        elif end - self._last >= MAX_GAP:
            self.over()

    def understood(self) -> None:
        """Note that something was taken: there is nothing more to wait for."""
        self._understood = True
        self._in_vain = 0

    def over(self) -> None:
        """Note that the user has said what there was to say."""
        if self._since is not None and not self._understood:
            self._in_vain += 1
        self._since = None
        self._understood = False
