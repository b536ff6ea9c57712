"""Is there speech in it? The protocol, and the two detectors that implement it."""

from typing import Protocol

from voice_coach.audio.pcm import Clip


class VoiceDetector(Protocol):
    """Says of each stretch of the stream how likely speech is in it."""

    def probability(self, block: Clip) -> float:
        """Return the probability of speech, 0 to 1, at the end of this block (any length; blocks follow one another)."""

    def reset(self) -> None:
        """Forget the stream heard so far."""
