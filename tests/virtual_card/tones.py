"""A coach so small that its log is the same on every backend: it hears tones of known pitch, and answers each."""

from collections.abc import Callable
from typing import Final

import numpy as np

from voice_coach.audio.pcm import Clip, silence
from voice_coach.timebase import RATE, Samples, samples

PITCHES: Final = {"low": 500, "middle": 1_000, "high": 2_000}
"""Hertz."""

_LOUD: Final = 1_000
"""Amplitude; tones have 8 000, the virtual card's noise 0."""

_ANSWER: Final = samples(0.3)

_PAUSE: Final = samples(0.2)
"""Silence that ends a tone; a shorter one is a busy machine's stammer."""


def tone(name: str, length: Samples, amplitude: int = 8_000) -> Clip:
    """Return a tone with that name."""
    wave = np.sin(2 * np.pi * PITCHES[name] * np.arange(length) / RATE)
    return (amplitude * wave).astype(np.int16)


class ToneCoach:
    """Notes each tone when it ends, and says it back."""

    def __init__(self, on_answered: Callable[[str], None] = lambda _: None) -> None:
        """Begin with an empty log; `on_answered` is called when an answer has been given to its end."""
        self.log: list[str] = []
        self._on_answered = on_answered
        self._heard: list[Clip] = []
        self._quiet: Samples = 0
        self._answer = silence(0)

    def advance(self, mic: Clip) -> Clip:
        """Take a block and give one."""
        if np.abs(mic).max() > _LOUD:
            self._heard.append(mic)
            self._quiet = 0
        elif self._heard:
            self._quiet += len(mic)
            if self._quiet >= _PAUSE:
                self._note(np.concatenate(self._heard))
                self._heard = []
        speaker = silence(len(mic))
        head, self._answer = self._answer[: len(mic)], self._answer[len(mic) :]
        speaker[: len(head)] = head
        if len(head) and not len(self._answer):
            self._on_answered(self.log[-1].split()[1])
        return speaker

    def _note(self, sound: Clip) -> None:
        if len(sound) < samples(0.1):
            return
        middle = sound[len(sound) // 4 : -len(sound) // 4]
        crossings = np.count_nonzero(np.diff(np.signbit(middle)))
        pitch = crossings * RATE / 2 / len(middle)
        name = min(PITCHES, key=lambda name: abs(PITCHES[name] - pitch))
        self.log.append(f"{'long' if len(sound) > samples(0.7) else 'short'} {name}")
        self._answer = tone(name, _ANSWER)
