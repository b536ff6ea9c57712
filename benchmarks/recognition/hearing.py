"""The input and output of a system under test."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Protocol

import numpy as np

from benchmarks.recognition.corpus import WORDS, Take
from benchmarks.recognition.jsgf import Jsgf, parse
from voice_coach.app.recognition import SILENCE_AFTER, usual_intents, words_grammar
from voice_coach.audio.pcm import Clip, silence
from voice_coach.config.engines import session_grammar
from voice_coach.hear.grammar.grammar import NUMBER, UNKNOWN, Grammar
from voice_coach.hear.grammar.match import Meaning, understand
from voice_coach.hear.vad import CHUNK, EnergyGate, SileroDetector

SEED: Final = 1
"""Of the coffee sentences that stand for their grammar."""
TASKS: Final = {
    "word": ("words",),
    "unknown": ("words",),
    "negative": ("words", "coach"),
    "command": ("coffee",),
    "phrase": ("coach",),
}
"""Which grammars each kind of take is heard with."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that was taken for a command."""

    intent: str
    text: str
    at: float
    """Seconds of audio from the file's start to the decision."""
    computing: float = 0.0
    """Seconds of CPU that the decision then took."""
    score: float = 1.0
    """The higher, the surer; comparable within one system and task."""
    taken: bool = True
    """False: the system's own threshold rejects it; it counts where thresholds are varied."""
    ask: bool = False
    red: bool = False
    slots: dict[str, str] = field(default_factory=dict)


class Sound:
    """The sound of one take, and where speech is in it: found once for all systems that hear it."""

    def __init__(self, take: Take, noise: Clip, detector: EnergyGate) -> None:
        """Take the detector that is asked; it is reset before."""
        self.take = take
        self.clip: Clip = take.sound(noise)
        self._detector = detector

    @cached_property
    def stream(self) -> Clip:
        """The sound with silence behind it, so that its last utterance ends."""
        return np.concatenate((self.clip, silence(SILENCE_AFTER)))

    @cached_property
    def probabilities(self) -> tuple[float, ...]:
        """How likely speech is in each whole chunk of the stream."""
        self._detector.reset()
        stream = self.stream
        whole = len(stream) // CHUNK * CHUNK
        return tuple(self._detector.probability(stream[i : i + CHUNK]) for i in range(0, whole, CHUNK))


class Told:
    """A voice detector that was told the probabilities of the chunks to come."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._rest: Iterator[float] = iter(())

    def tell(self, probabilities: tuple[float, ...]) -> None:
        """Take the next stream's."""
        self._rest = iter(probabilities)

    def probability(self, block: Clip) -> float:
        """Return the next chunk's."""
        assert len(block) == CHUNK
        return next(self._rest)

    def reset(self) -> None:
        """Do nothing: the listener asks for it only where the stream is broken."""


def new_detector() -> EnergyGate:
    """Return the product's voice detector."""
    return EnergyGate(SileroDetector())


@dataclass(frozen=True)
class Tasks:
    """The grammars, each made when it is first asked for."""

    coffee_text: str

    @cached_property
    def words(self) -> Grammar:
        """The ten words; those that the coach knows are as grave and as careful as there."""
        return words_grammar(WORDS)

    @cached_property
    def coach(self) -> Grammar:
        """The coach's own."""
        return session_grammar("en")

    @cached_property
    def coffee(self) -> Jsgf:
        """The coffee orders."""
        return parse(self.coffee_text)

    @cached_property
    def orders(self) -> tuple[str, ...]:
        """Sentences that stand for the coffee grammar, for a recogniser that takes phrases."""
        return tuple(self.coffee.sentences(SEED))

    def grammar(self, task: str) -> Grammar:
        """Return the grammar of `words` or `coach`."""
        return self.words if task == "words" else self.coach

    def active(self, task: str, take: Take) -> frozenset[str]:
        """Return the intents that are taken; where a phrase answers a question, it has been asked."""
        if task == "words":
            return self.words.intents
        return usual_intents(self.coach) | {take.truth} - {""}

    def numbers(self, task: str, take: Take) -> bool:
        """Whether a number was asked for."""
        return task == "coach" and take.truth == NUMBER

    def meaning(self, task: str, take: Take, text: str) -> Meaning:
        """Return what a text means in `words` or `coach`."""
        return understand(self.grammar(task), text, self.active(task, take))

    def order(self, text: str, at: float, computing: float) -> tuple[Heard, ...]:
        """Return a coffee order; nothing where the text is none."""
        slots = self.coffee.read(bare(text))
        return (Heard("order", text, at, computing, slots=dict(slots)),) if slots else ()


def bare(text: str) -> str:
    """Return a text without what was not understood."""
    return " ".join(word for word in text.split() if word != UNKNOWN)


class System(Protocol):
    """A recogniser with all around it."""

    name: str
    slow: bool
    """Hears only the takes that are marked for it."""

    def hear(self, sound: Sound, task: str) -> tuple[Heard, ...]:
        """Return what is taken for a command, in order."""
