"""The coach's own voice in the microphone of an open speaker: remove it, and ignore what remains of it (V13)."""

from collections.abc import Iterable, Sequence
from typing import Final

from voice_coach.audio.pcm import Clip
from voice_coach.hear.asr.recognizer import Word
from voice_coach.hear.echo.canceller import EchoCanceller
from voice_coach.hear.echo.echo_gate import MIN_USER_RESIDUAL
from voice_coach.hear.echo.prompt_words import OwnWords, Spoken
from voice_coach.hear.endpoint import Endpointing
from voice_coach.timebase import Samples, samples

_VOICE: Final = Endpointing().begins
"""Probability of speech at which an utterance begins."""

_FAINT: Final = 0.1
"""The same when hardly any of the sound over the coach is echo."""

_EARLIER: Final[Samples] = samples(0.022)
"""How much less than it was the delay is taken for: so it may be 38 ms more or less than it was (`Duplex.delay`)."""


class OwnVoice:
    """Recognise the coach's own speech, by its sound and its words."""

    def __init__(self, multiple: Samples, delay: Samples | None = None) -> None:
        """Begin without knowledge of the room, except perhaps the echo's delay when it was last measured.

        The lengths of all blocks will be multiples of `multiple`.
        """
        self._echo = EchoCanceller(multiple=multiple, delay=None if delay is None else max(0, delay - _EARLIER))
        self._words = OwnWords()
        self._learnt = False

    def note(self, saying: Iterable[Spoken], now: Samples) -> None:
        """Take the sentences that sound now."""
        self._words.note(saying, now)

    def take_out(self, mic: Clip, played: Clip) -> tuple[Clip, Clip]:
        """Return what was heard without the coach; see `EchoCanceller.take_out`."""
        return self._echo.take_out(mic, played)

    def torn(self) -> None:
        """Note that sound was lost or came late just now: the echo's path may have changed."""
        self._echo.torn()

    def restart(self, at: Samples) -> None:
        """The stream goes on at `at`, perhaps elsewhere."""
        self._echo.restart(at)

    @property
    def controlled(self) -> bool:
        """True if it is known how the coach is heard; see `EchoCanceller.controlled`."""
        return self._echo.controlled

    def regained(self) -> bool:
        """Tell whether the echo has come under control since the last call."""
        before, self._learnt = self._learnt, self._echo.learnt
        return self._learnt and not before

    def lets_through(self, start: Samples, end: Samples) -> bool:
        """Tell whether a voice from `start` to `end` was the user's, as far as that can be known so soon."""
        return self.controlled and not self._echo.gate.blames_echo(start, end)

    def likelier(self, probability: float, start: Samples, end: Samples) -> float:
        """Return the probability of speech from `start` to `end`, raised where hardly any of what was heard is echo.

        For something of a voice is taken out with the echo, and the detector hears that.
        """
        if not _FAINT <= probability < _VOICE:
            return probability
        nearly_all = self.lets_through(start, end) and self._echo.gate.ratio(start, end) > MIN_USER_RESIDUAL
        return _VOICE if nearly_all else probability

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
        """Tell whether the coach is saying half of these words itself, as far as its echo is known."""
        delay = self._echo.delay
        if delay is None:
            return False
        own = [self._words.says(word.text, word.start - delay, word.end - delay) for word in meant]
        return bool(own) and 2 * sum(own) >= len(own)
