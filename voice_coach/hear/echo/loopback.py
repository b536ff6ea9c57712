"""With headphones, an exact copy of the coach's voice can only be an electrical loopback: ignore it.

A microphone that has become the speaker's monitor is noticed within a second (`audio.input_faults`). Until then what
the coach says, such as "Number one", would be the user's "numb".
"""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from voice_coach.audio.correlation import MAX_DELAY, copied
from voice_coach.audio.pcm import Clip
from voice_coach.hear.asr.recognizer import Word
from voice_coach.hear.echo.canceller import Tape
from voice_coach.hear.echo.prompt_words import Spoken
from voice_coach.timebase import Samples, samples

_MAX_KEPT: Final = samples(10)
"""Samples that are remembered: a phrase, and the time to recognise it. Anything older is taken for the user's."""

_MIN_JUDGED: Final = samples(0.15)
"""A filter can turn a shorter sound into anything; no word is so short."""


class OwnCopy:
    """The counterpart of `OwnVoice` for headphones: nothing is cancelled, and only a plain copy is the coach itself."""

    def __init__(self) -> None:
        """Begin with nothing played."""
        self.restart(0)

    def note(self, saying: Iterable[Spoken], now: Samples) -> None:
        """Take the sentences that sound now: what they are does not matter here."""

    def take_out(self, mic: Clip, played: Clip) -> tuple[Clip, Clip]:
        """Return what was heard, as the detector and the recogniser are to have it: as it is."""
        for tape, sound in ((self._mic, mic), (self._played, played)):
            tape.put(sound)
            tape.drop(tape.end - _MAX_KEPT)
        return mic, mic

    def torn(self) -> None:
        """Note that sound was lost or came late: a copy comes at another delay, and is searched for again anyway."""

    def restart(self, at: Samples) -> None:
        """The stream goes on at `at`, perhaps elsewhere."""
        self._mic, self._played = Tape(at), Tape(at)

    def regained(self) -> bool:
        """Tell that an echo has come under control: there is none."""
        return False

    def lets_through(self, _start: Samples, _end: Samples) -> bool:
        """Tell whether a voice was the user's, as far as that can be known so soon: nobody else is heard here."""
        return True

    def likelier(self, probability: float, _start: Samples, _end: Samples) -> float:
        """Return the probability of speech as it is."""
        return probability

    def blames(self, start: Samples, end: Samples, _meant: Sequence[Word]) -> bool:
        """Tell whether the loudest of what was heard from `start` to `end` is what was played, as a wire carries it.

        Only the loudest, because the copy may begin, end or jump in the middle of a word: there may be the room before
        the microphone became a monitor, lost samples, and zeros (a copy that was known for one is handed over as
        those, by `audio.live`). A user's voice is louder than what headphones leak.
        """
        heard = self._mic.read(start, end - start)
        sounds = np.flatnonzero(heard)
        if not sounds.size or sounds[-1] + 1 - sounds[0] < _MIN_JUDGED:
            return False
        energy = np.cumsum(np.square(np.concatenate(([0.0], heard.astype(np.float64)))))
        first = int(np.argmax(energy[_MIN_JUDGED:] - energy[:-_MIN_JUDGED]))
        return self._is_copy(start + first, _MIN_JUDGED)

    def _is_copy(self, start: Samples, length: Samples) -> bool:
        played = self._played.read(start - MAX_DELAY, MAX_DELAY + length)
        return copied(self._mic.read(start, length), played) is not None

    def waits(self, _start: Samples, _end: Samples, _meant: Sequence[Word], *, red: bool) -> bool:  # noqa: ARG002 - as there
        """Tell whether an early result is left until the utterance ends: never."""
        return False
