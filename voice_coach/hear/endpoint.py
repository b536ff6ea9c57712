"""Find where each utterance begins and ends (clinical.md V6). Times are in samples."""

from collections import deque
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

import numpy as np

from voice_coach.audio.pcm import Clip
from voice_coach.hear.grammar.grammar import UNKNOWN, Grammar
from voice_coach.timebase import RATE, Samples, samples


class Shape(Enum):
    """What a partial result looks like, which decides how long a silence ends the utterance."""

    COMPLETE = auto()
    """A complete phrase: little more will follow."""
    PREFIX = auto()
    """The beginning of a phrase, or a negation with nothing after it: the person is searching for words."""
    OTHER = auto()
    """Neither, or nothing yet."""


def shape_of(grammar: Grammar, text: str) -> Shape:
    """Return what the last words of a partial result look like."""
    words = [word for word in text.split() if word != UNKNOWN]
    if not words:
        return Shape.OTHER
    negation = grammar.negation
    if words[-1] in negation.words | negation.next_word or (negation.suffix and words[-1].endswith(negation.suffix)):
        return Shape.PREFIX
    for start in range(len(words)):
        if node := grammar.node(words[start:]):
            return Shape.COMPLETE if node.phrases else Shape.PREFIX
    return Shape.OTHER


@dataclass(frozen=True, slots=True)
class Endpointing:
    """Thresholds and lengths that decide when an utterance begins and ends."""

    begins: float = 0.3
    """The probability of speech at which an utterance begins.

    With 0.3, 734 of 740 short words are found, and 13 of 56 noises are decoded too; with 0.5, 727 and 8. The policy
    rejects noises.
    """
    goes_on: float = 0.3
    """The least probability of speech that counts as voice within an utterance."""
    before: Samples = RATE * 3 // 10
    """How much sound from before the detected beginning belongs to the utterance."""
    silence_after: tuple[tuple[Shape, Samples], ...] = (
        (Shape.COMPLETE, samples(0.3)),
        (Shape.OTHER, samples(0.5)),
        (Shape.PREFIX, samples(0.8)),
    )
    """How much silence ends an utterance of each shape."""
    longest: Samples = 10 * RATE
    """The longest utterance; it then ends without a silence."""


@dataclass(frozen=True, slots=True)
class Begin:
    """An utterance begins; `audio` starts a little before the voice was detected."""

    at: Samples
    """The first sample of `audio`."""
    audio: Clip


@dataclass(frozen=True, slots=True)
class Feed:
    """The utterance's next samples."""

    audio: Clip


@dataclass(frozen=True, slots=True)
class End:
    """The utterance is over."""

    at: Samples


Cue = Begin | Feed | End


class Endpointer:
    """Cuts the stream into utterances that don't overlap and cut off no word."""

    _KEEP: Final = 1024
    """How many blocks are kept at most; `before` needs far fewer at any block size."""

    def __init__(self, settings: Endpointing = Endpointing()) -> None:
        """Take the thresholds and lengths."""
        self._settings = settings
        self._silences = dict(settings.silence_after)
        self._before: deque[Clip] = deque(maxlen=self._KEEP)
        self._began: Samples | None = None
        self._voice_end: Samples = 0
        self._heard_until: Samples = 0

    @property
    def speaking(self) -> bool:
        """True while an utterance is in progress."""
        return self._began is not None

    @property
    def quiet(self) -> Samples:
        """How long the voice of the utterance under way has been silent; 0 if there is no utterance."""
        return self._heard_until - self._voice_end if self.speaking else 0

    def feed(self, block: Clip, at: Samples, probability: float, shape: Shape) -> list[Cue]:
        """Take the block that starts at `at`, its probability of speech, and the shape of the partial result."""
        self._heard_until = end = at + len(block)
        if self._began is None:
            return self._wait_for_voice(block, at, probability)
        if probability >= self._settings.goes_on:
            self._voice_end = end
        too_long = end - self._began >= self._settings.longest
        if not too_long and end - self._voice_end < self._silences[shape]:
            return [Feed(block)]
        self._began = None
        return [Feed(block), End(end)]

    def stop(self, at: Samples) -> list[Cue]:
        """End the utterance under way, if any, and forget the sound so far: the stream breaks off here."""
        self._before.clear()
        was_speaking, self._began = self.speaking, None
        return [End(at)] if was_speaking else []

    def _wait_for_voice(self, block: Clip, at: Samples, probability: float) -> list[Cue]:
        self._before.append(block)
        if probability < self._settings.begins:
            self._drop_old_blocks()
            return []
        audio = np.concatenate(self._before)
        self._before.clear()
        self._began = at + len(block) - len(audio)
        self._voice_end = at + len(block)
        return [Begin(self._began, audio)]

    def _drop_old_blocks(self) -> None:
        while sum(map(len, self._before)) - len(self._before[0]) >= self._settings.before:
            self._before.popleft()
