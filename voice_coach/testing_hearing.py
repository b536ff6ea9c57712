"""Public fakes of the hearing engines. They pass the engines' own contract tests."""

from collections.abc import Iterable
from typing import Final

import numpy as np

from voice_coach.audio.pcm import Clip
from voice_coach.hear.asr.recognizer import NOTHING_EXPECTED, Expected, Hypothesis, Word
from voice_coach.hear.decision.thresholds import DEFAULT
from voice_coach.timebase import Samples


class ScriptedRecognizer:
    """Recognises the next text of a script in each utterance, whatever it hears; partial results come word by word."""

    WORD: Final[Samples] = 3_200
    """A new word becomes known with each 0.2 s fed, so that partial results can be tested."""

    def __init__(self, script: Iterable[str] = (), confidence: float = 1.0) -> None:
        """Take what will be said, an utterance at a time; behind its end nothing but `[unk]` is heard."""
        self.point = DEFAULT
        self._script = list(script)
        self._confidence = confidence
        self._text: list[str] | None = None
        self._start: Samples = 0
        self._fed: Samples = 0
        self._partial = ""
        self._found: list[Hypothesis] = []
        self.numbers: list[bool] = []
        """For each `begin`: whether a number was expected."""
        self.expected: list[Expected] = []
        """For each `begin`: which answers were."""
        self.prepared: list[tuple[bool, Expected]] = []
        """What `prepare` was told: whether a number was expected, and which answers."""

    def prepare(self, *, numbers: bool, expected: Expected) -> None:
        """Note what is asked for: a script is heard the same whatever is expected."""
        self.prepared.append((numbers, expected))

    def begin(self, at: Samples, *, numbers: bool, expected: Expected = NOTHING_EXPECTED) -> None:
        """Start the script's next utterance; one that was not ended is heard again."""
        if self._text is None:
            self._text = (self._script.pop(0) if self._script else "[unk]").split()
        self._start, self._fed, self._partial = at, 0, ""
        self.numbers.append(numbers)
        self.expected.append(expected)

    def accept(self, pcm: Clip) -> None:
        """Take the utterance's next samples."""
        if self._text is None:
            return
        self._fed += len(pcm)
        text = " ".join(self._text[: self._fed // self.WORD])
        if text != self._partial:
            self._partial = text
            self._found.append(Hypothesis(text, final=False, start=self._start, end=self._start + self._fed))

    def weigh(self) -> None:
        """Do nothing: a script knows no margins."""

    def end(self) -> None:
        """Finish the utterance; its words lie next to one another."""
        if self._text is None:
            return
        length = self._fed // max(1, len(self._text))
        words = tuple(
            Word(text, self._start + i * length, self._start + (i + 1) * length, self._confidence)
            for i, text in enumerate(self._text)
        )
        end = self._start + self._fed
        self._found.append(Hypothesis(" ".join(self._text), final=True, start=self._start, end=end, words=words))
        self._text = None

    def poll(self) -> list[Hypothesis]:
        """Return what has become known since the last call."""
        found, self._found = self._found, []
        return found

    def close(self) -> None:
        """Forget the script."""
        self._script = []
        self._text = None


class EnergyDetector:
    """Takes every sound above a fixed level for speech: for tests with tones, where a network would hear none."""

    LEVEL: Final = 500
    """Root mean square, of 32768."""

    def probability(self, block: Clip) -> float:
        """Return 1 for a loud block and 0 for a quiet one."""
        return float(len(block) > 0 and np.sqrt(np.mean(block.astype(np.float64) ** 2)) > self.LEVEL)

    def reset(self) -> None:
        """Do nothing: nothing is remembered."""
