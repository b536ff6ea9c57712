"""The coach's own voice in the microphone of an open speaker: taken out, and where that fails, not believed (V13)."""

from collections.abc import Iterable, Sequence

from voice_coach.audio.pcm import Clip
from voice_coach.hear.asr import Word
from voice_coach.hear.echo import EchoCanceller
from voice_coach.hear.own_words import OwnWords, Spoken
from voice_coach.timebase import Samples


class OwnVoice:
    """What the coach sounds like to itself, and what it knows of its own words."""

    def __init__(self, multiple: Samples) -> None:
        """Know nothing of the room; the lengths of all blocks will be multiples of this."""
        self._echo = EchoCanceller(multiple=multiple)
        self._words = OwnWords()

    def note(self, saying: Iterable[Spoken], now: Samples) -> None:
        """Take the sentences that sound now."""
        self._words.note(saying, now)

    def take_out(self, mic: Clip, played: Clip) -> Clip:
        """Return what was heard without the coach; see `EchoCanceller.process`."""
        return self._echo.process(mic, played)

    def torn(self) -> None:
        """Know that sound was lost or came late just now: the echo may come otherwise than it did."""
        self._echo.torn()

    def restart(self, at: Samples) -> None:
        """The stream goes on at `at`, perhaps elsewhere."""
        self._echo.restart(at)

    def lets_through(self, start: Samples, end: Samples) -> bool:
        """Tell whether a voice from `start` to `end` was the user's, as far as that can be known so soon."""
        return self._echo.controlled and not self._echo.gate.blames_echo(start, end)

    def blames(self, start: Samples, end: Samples, meant: Sequence[Word]) -> bool:
        """Tell whether it was the coach itself, of whom the words that are `meant` were heard from `start` to `end`."""
        if self._echo.gate.blames_echo(start, end):
            return True
        return self._says(meant) and self._echo.may_leave_words(start, end)

    def waits(self, start: Samples, end: Samples, meant: Sequence[Word], *, red: bool) -> bool:
        """Tell whether an early result is left until the utterance ends: by then it is known if the echo had changed.

        So it is with a word that the coach is itself saying, and over the coach's voice with all that is not red.
        """
        return self._says(meant) or (not red and self._echo.gate.audible(start, end))

    def _says(self, meant: Sequence[Word]) -> bool:
        """Tell whether the coach is saying most of these words itself, as far as its echo is known."""
        delay = self._echo.delay
        if delay is None:
            return False
        own = [self._words.says(word.text, word.start - delay, word.end - delay) for word in meant]
        return 2 * sum(own) > len(own)
