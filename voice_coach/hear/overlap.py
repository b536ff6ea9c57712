"""Notice that the user seems to speak over the coach. The coach then lowers its voice; nothing else depends on it."""

from typing import Final

from voice_coach.timebase import Samples, samples

MIN_PROBABILITY: Final = 0.5
"""The least probability of speech that counts as a voice. Each of 80 recordings of "stop" reaches it, and none of 80
noises."""

MAX_GAP: Final[Samples] = samples(0.7)
"""A pause shorter than this does not end a voice: longer than most utterances take to end (endpoint.py)."""

MAX_VOICE_LENGTH: Final[Samples] = samples(3)
"""A voice that goes on for longer gives no command: it is a telephone call or a radio."""

MAX_IN_VAIN: Final = 3
"""After this many voices in a row without a word understood, the coach no longer lowers its voice until one is."""


class Hint:
    """Follows the voice that is heard while the coach speaks."""

    def __init__(self) -> None:
        """Start with silence."""
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
        """Take whether the user's voice was heard over the coach's in the sound that ends at `end`."""
        self._now = end
        if voice:
            self._since = end if self._since is None else self._since
            self._last = end
        elif end - self._last >= MAX_GAP:
            self.over()

    def understood(self) -> None:
        """Note that the user was understood: there is nothing more to wait for."""
        self._understood = True
        self._in_vain = 0

    def over(self) -> None:
        """Note that the user has finished."""
        if self._since is not None and not self._understood:
            self._in_vain += 1
        self._since = None
        self._understood = False
