"""A synthesiser for tests: tones instead of words, at once and always the same."""

from collections.abc import Collection
from typing import Final
from zlib import crc32

import numpy as np

from voice_coach.audio.pcm import Clip, silence, to_clip
from voice_coach.speak.loudness import shape
from voice_coach.speak.tts.synthesizer import VoiceSpec, Waiting
from voice_coach.timebase import RATE, samples

LETTER: Final = samples(0.06)
"""Samples that a letter or blank lasts; about what they last in speech."""


class ToneSynthesizer:
    """Says each word as a tone whose pitch is the word's own and whose length is that of the word.

    It passes the contract of the real synthesisers, needs no engine, and keeps in `requested` what it was asked for.
    """

    def __init__(self, spec: VoiceSpec | None = None, *, broken: Collection[str] = (), delay: int = 0) -> None:
        """Take a voice of any name.

        Args:
            spec: only makes the identity another.
            broken: texts that it can't say.
            delay: calls of `poll` without a clip before the one that brings it; each text is done after the former.
        """
        self._spec = spec or VoiceSpec()
        self._broken = frozenset(broken)
        self._delay = delay
        self._left = delay
        self._waiting = Waiting()
        self._closed = False
        self.requested: list[tuple[str, bool]] = []
        """Text and urgency of each request, in order."""

    @property
    def identity(self) -> str:
        """The voice's name and rate."""
        return f"tones {self._spec.name} {self._spec.rate}"

    def request(self, text: str, *, urgent: bool = False) -> None:
        """Ask for this text; an urgent one goes before those that are waiting."""
        self.requested.append((text, urgent))
        self._waiting.put(text, urgent=urgent)

    def poll(self, timeout: float = 0.0) -> list[tuple[str, Clip]]:
        """Return the clips that have become ready. Waiting (`timeout` above 0) brings the next at once."""
        if not self._waiting:
            return []
        if self._left and not timeout:
            self._left -= 1
            return []
        self._left = self._delay
        count = 1 if self._delay else len(self._waiting)
        texts = [self._waiting.popleft() for _ in range(count)]
        return [(text, self._render(text)) for text in texts]

    def close(self) -> None:
        """Say nothing any more; may be called twice."""
        self._closed = True

    def _render(self, text: str) -> Clip:
        if self._closed or text in self._broken or not any(character.isalnum() for character in text):
            return silence(0)
        words = text.split()
        return shape(np.concatenate([part for word in words for part in (_tone(word), silence(LETTER))][:-1]))


def _tone(word: str) -> Clip:
    """Return the word's tone: a frequency of its own between 300 and 1299 Hz, beginning loud, fading out."""
    frequency = 300 + crc32(word.encode()) % 1000
    time = np.arange(LETTER * len(word))
    tone = np.cos(2 * np.pi * frequency * time / RATE) * np.linspace(0.5, 0.1, time.size)
    return to_clip(tone.astype(np.float32))
