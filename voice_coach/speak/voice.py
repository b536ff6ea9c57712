"""The protocol through which the player gets clips: from a recording, the cache, or a synthesiser, in this order."""

from collections.abc import Iterable
from typing import Protocol

from voice_coach.actions import Earcon, Line
from voice_coach.audio.pcm import Clip
from voice_coach.timebase import Samples

Words = tuple[tuple[str, Samples, Samples], ...]
"""The words of a clip, each with its beginning and end in samples from the start of the clip."""


class Voice(Protocol):
    """Returns the clips of lines and earcons. Leading silence is cut off."""

    def prepare(self, lines: Iterable[Line]) -> None:
        """Get lines ready that will be needed in about this order; never blocks. Without lines: take what is ready."""

    def clip(self, line: Line) -> Clip | None:
        """Return the line's clip.

        None: not ready yet, ask again in the next block. An empty clip: it is not available.
        """

    def words(self, line: Line) -> Words:
        """Return where the words of the line's clip are; empty if that is not known."""

    def earcon(self, earcon: Earcon) -> Clip:
        """Return the earcon's clip."""

    def close(self) -> None:
        """Free the engine."""
