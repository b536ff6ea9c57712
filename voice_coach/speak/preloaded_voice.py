"""Clips compressed in memory, so that standby needs no engine for hours."""

from collections.abc import Iterable, Mapping, Sequence

from voice_coach.actions import Earcon, Line
from voice_coach.audio.pcm import Clip, decode, packed, silence
from voice_coach.speak.voice import Voice, Words


class PreloadedVoice:
    """A `Voice` for lines that are known beforehand."""

    def __init__(
        self, clips: Mapping[Line, Clip], earcons: Mapping[Earcon, Clip], words: Mapping[Line, Words] | None = None
    ) -> None:
        """Take all clips that will be needed, and the positions of their words if they are known."""
        self._words = dict(words or {})
        self._clips = {line: packed(clip) for line, clip in clips.items() if len(clip)}
        self._earcons = dict(earcons)

    @classmethod
    def taken_from(cls, voice: Voice, lines: Sequence[Line]) -> "PreloadedVoice":
        """Take these lines from a voice that waits for its clips, and close the voice."""
        try:
            return cls.of(voice, lines)
        finally:
            voice.close()

    @classmethod
    def of(cls, voice: Voice, lines: Sequence[Line]) -> "PreloadedVoice":
        """Take these lines from a voice that waits for its clips, and leave the voice open."""
        voice.prepare(lines)
        clips = {line: clip for line in lines if (clip := voice.clip(line)) is not None}
        earcons = {earcon: voice.earcon(earcon) for earcon in Earcon}
        words = {line: found for line in clips if (found := voice.words(line))}
        return cls(clips, earcons, words)

    def prepare(self, lines: Iterable[Line]) -> None:
        """Do nothing: all clips are there."""

    def clip(self, line: Line) -> Clip:
        """Return the line's clip; an empty one for a line that was not preloaded."""
        data = self._clips.get(line)
        return silence(0) if data is None else decode(data)

    def words(self, line: Line) -> Words:
        """Return where the words of the line's clip are; empty where that is not known."""
        return self._words.get(line, ())

    def earcon(self, earcon: Earcon) -> Clip:
        """Return the earcon's clip."""
        return self._earcons[earcon]

    def close(self) -> None:
        """Do nothing: there is no engine."""
