"""A voice that may fail or be late, with this computer's voice as its fallback."""

from collections.abc import Iterable

from voice_coach.actions import Earcon, Line
from voice_coach.audio.pcm import Clip, silence
from voice_coach.errors import Problem
from voice_coach.speak.clip_library import ClipLibrary
from voice_coach.speak.voice import Words


class FallbackVoice:
    """A `Voice`: the first one says a line if its clip is there in time, otherwise the spare one.

    Both render all lines beforehand and cache them on disk, each under its own name: if the first one fails, the other
    can take over within the same count.
    """

    def __init__(self, first: ClipLibrary, spare: ClipLibrary) -> None:
        """Take over both; `close` ends them."""
        self._first = first
        self._spare = spare

    @property
    def problems(self) -> list[Problem]:
        """Problems, each once."""
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
