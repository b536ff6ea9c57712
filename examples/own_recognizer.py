"""A recogniser of one's own: one clap is "stop".

    python examples/own_recognizer.py

A recogniser gets one utterance at a time: `begin`, then its samples by `accept`, then `end`; what it makes of it is
fetched by `poll`. The listener decides what the text means and whether it is sure enough, as for any recogniser.
"""

from collections.abc import Iterator

import numpy as np

from voice_coach import (
    BLOCK,
    NOTHING_EXPECTED,
    RATE,
    Clip,
    Expected,
    Hypothesis,
    Intent,
    Listener,
    OperatingPoint,
    Samples,
    Word,
    session_grammar,
    silence,
)
from voice_coach.testing import EnergyDetector


class ClapRecognizer:
    """Takes an utterance with less than 0.3 s of loud sound for "stop", and all else for an unknown word."""

    point = OperatingPoint()
    """How sure is sure enough: the usual thresholds."""

    def __init__(self) -> None:
        """Begin with nothing heard."""
        self._start: Samples = 0
        self._clips: list[Clip] = []
        self._found: list[Hypothesis] = []

    def prepare(self, *, numbers: bool, expected: Expected) -> None:
        """Do nothing: there is nothing to get ready."""

    def begin(self, at: Samples, *, numbers: bool, expected: Expected = NOTHING_EXPECTED) -> None:
        """Start an utterance at sample `at`."""
        self._start, self._clips = at, []

    def accept(self, pcm: Clip) -> None:
        """Take the next samples: 16-bit integers, 16,000 a second."""
        self._clips.append(pcm)

    def weigh(self) -> None:
        """Do nothing: this recogniser has no alternatives to compare."""

    def end(self) -> None:
        """Say what the utterance was."""
        sound = np.concatenate([silence(0), *self._clips])
        loud = np.count_nonzero(np.abs(sound.astype(np.int32)) > 3000)
        text, end = ("stop" if 0 < loud < 0.3 * RATE else "[unk]"), self._start + len(sound)
        words = (Word(text, self._start, end, confidence=1.0),)
        self._found.append(Hypothesis(text, final=True, start=self._start, end=end, words=words))

    def poll(self) -> list[Hypothesis]:
        """Return what has become known since the last call."""
        found, self._found = self._found, []
        return found

    def lag(self, now: Samples) -> Samples:
        """Return 0: everything is answered at once. One that answers later keeps the coach from counting meanwhile."""
        return 0

    def close(self) -> None:
        """Do nothing: there is no engine."""


def heard(sound: Clip) -> Iterator[Intent]:
    """Yield what a session would understand of this sound while the coach counts."""
    listener = Listener(session_grammar("en"), EnergyDetector(), ClapRecognizer())  # this goes to a Coach as `hearing`
    listener.listen("counting", frozenset({"stop", "worse"}))
    for at in range(0, len(sound), BLOCK):
        block = sound[at : at + BLOCK]
        for event in listener.process(block, silence(len(block)), at):
            if isinstance(event, Intent):
                yield event


clap = (np.random.default_rng(1).normal(0, 9000, RATE // 10)).clip(-32000, 32000).astype(np.int16)
for intent in heard(np.concatenate((silence(RATE), clap, silence(2 * RATE)))):
    print(f"{intent.at / RATE:.1f} s: {intent.name}")
