"""A voice that may fail or be late, and this computer's voice as its fallback."""

from collections.abc import Iterable

from voice_coach.actions import Earcon, Line
from voice_coach.audio.pcm import Clip, silence
from voice_coach.errors import Problem
from voice_coach.speak.clip_library import ClipLibrary
from voice_coach.speak.voice import Words


class FallbackVoice:
    """A `Voice` that takes a line from the first voice if it is ready in time, and otherwise from the spare one.

    Both render all lines beforehand and cache them separately, so that the spare one can take over within a count.
    """

    def __init__(self, first: ClipLibrary, spare: ClipLibrary) -> None:
        """Take over both; `close` ends them."""
        self._first = first
        self._spare = spare

    @property
    def problems(self) -> list[Problem]:
        """The problems of both voices, each once."""
        return list(dict.fromkeys((*self._first.problems, *self._spare.problems)))

    def prepare(self, lines: Iterable[Line]) -> None:
        """Begin to render what is missing, in this order; never blocks."""
        wanted = tuple(lines)
        self._spare.prepare(wanted)
        self._first.prepare(wanted)

    def clip(self, line: Line) -> Clip | None:
        """Return the line's clip; None: neither has it yet; an empty clip: neither can say it."""
        first = self._first.clip(line)
        if first is not None and first.size:
            return first
        spare = self._spare.clip(line)
        if spare is not None and spare.size:
            return spare
        return None if first is None or spare is None else silence(0)

    def words(self, line: Line) -> Words:
        """Return where the words of the line's clip are, if the spare voice says it."""
        first = self._first.clip(line)
        return () if first is not None and first.size else self._spare.words(line)

    def earcon(self, earcon: Earcon) -> Clip:
        """Return the earcon's clip."""
        return self._spare.earcon(earcon)

    def close(self) -> None:
        """End both."""
        self._first.close()
        self._spare.close()
