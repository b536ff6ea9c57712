"""The protocol by which the player gets its sound: recorded cue, cached clip, or synthesiser, in this order."""

from collections.abc import Iterable
from typing import Protocol

from voice_coach.actions import Earcon, Line
from voice_coach.audio.pcm import Clip
from voice_coach.timebase import Samples

Words = tuple[tuple[str, Samples, Samples], ...]
"""The words of a clip, with where each begins and ends in samples from the clip's first."""


class Voice(Protocol):
    """Gives each line and earcon its clip. A clip begins with its onset: the leading silence is cut off."""

    def prepare(self, lines: Iterable[Line]) -> None:
        """These will be needed, in about this order; never blocks. Without lines: take what has become ready."""

    def clip(self, line: Line) -> Clip | None:
        """Return the line's clip.

        None: not ready yet, ask again in the next block. An empty clip: it is not available.
        """

    def words(self, line: Line) -> Words:
        """Return where the words of the line's clip are; empty where that is not known."""

    def earcon(self, earcon: Earcon) -> Clip:
        """Return the earcon's clip."""

    def close(self) -> None:
        """Free its engine."""
