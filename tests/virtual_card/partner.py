"""The user of a session on a virtual card: reads the captions as they come, and answers aloud."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from tests.virtual_card.card import VirtualCard
from tests.virtual_card.program import Ended, Program
from voice_coach.audio import pcm
from voice_coach.audio.pcm import silence
from voice_coach.speak.tts import VoiceSpec
from voice_coach.speak.tts_pyttsx3 import Pyttsx3Synthesizer
from voice_coach.timebase import samples

PATIENCE = 60.0
"""Seconds that the coach may take to come to its next sentence."""


class Partner:
    """Talks to a program that talks; answers as soon as the caption is there, over the coach's voice (barge-in)."""

    def __init__(self, card: VirtualCard, program: Program, *, polite: bool = False) -> None:
        """Take the card that the program sees; `polite`: let the coach finish its sentence."""
        self._before = silence(samples(3.0 if polite else 0.0))
        self._card = card
        self._program = program
        self._voice = Pyttsx3Synthesizer(VoiceSpec("en-gb", 150))

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """End its voice."""
        self._voice.close()

    def converse(self, answers: Mapping[str, Sequence[str]], until: str) -> None:
        """Answer each caption that holds one of the keys, in turn (the last answer again and again), `until` one comes.

        A question that is asked again, because the machine was too busy to hear the answer, is answered again.
        """
        given: Counter[str] = Counter()
        while until not in (line := self._program.line(PATIENCE)):
            for prompt in (prompt for prompt in answers if prompt in line):
                choice = answers[prompt]
                self._card.play_to_mic(self._spoken(choice[min(given[prompt], len(choice) - 1)]))
                given[prompt] += 1

    def ends(self) -> Ended:
        """Wait for the program's end."""
        return self._program.finish(PATIENCE)

    def _spoken(self, text: str) -> Path:
        path = self._card.folder / f"{text.replace(' ', '_')}.wav"
        if not path.exists():
            self._voice.request(text, urgent=True)
            ((_, clip),) = self._voice.poll(PATIENCE)
            pcm.save(path, np.concatenate((self._before, clip)))
        return path
