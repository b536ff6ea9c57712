"""The boundary to a recogniser, in audio time."""

from dataclasses import dataclass
from typing import Final, Protocol

from voice_coach.audio.pcm import Clip
from voice_coach.hear.decision.thresholds import OperatingPoint, decoder_gain
from voice_coach.timebase import Samples


@dataclass(frozen=True, slots=True)
class Word:
    """A recognised word and where it lies in the session."""

    text: str
    start: Samples
    end: Samples
    confidence: float
    """0 to 1; 1 where the engine gives none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read an utterance."""

    text: str
    margin: float
    """How much likelier this is than that nothing but unknown words was said, as the logarithm of the ratio."""
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """The recogniser's result for the utterance so far (`final` false) or as a whole."""

    text: str
    """Lower case, words apart by one blank; `[unk]` for what is outside the grammar; empty for nothing."""
    final: bool
    start: Samples
    """The first sample of the utterance that was fed."""
    end: Samples
    """How far it was heard."""
    words: tuple[Word, ...] = ()
    margin: float | None = None
    """`Reading.margin` of the text; None where nothing was weighed: most partial results, or an engine that can't."""
    alternatives: tuple[Reading, ...] = ()
    """Other readings, best first, without `text` itself."""

    @property
    def confidence(self) -> float:
        """The least of the words' confidences, 0 to 1; 1 where there are none."""
        return min((word.confidence for word in self.words), default=1.0)


@dataclass(frozen=True, slots=True)
class Expected:
    """The answers that an open question makes likely."""

    intents: frozenset[str] = frozenset()
    """Intents whose phrases weigh more."""
    repeats: int = 1
    """How often the decoder counts each of these phrases, against once for any other; 1 changes nothing."""

    @property
    def gain(self) -> float:
        """About how much one of these phrases, or a part of one, gains in the decoder (a log likelihood)."""
        return decoder_gain(self.repeats)


NOTHING_EXPECTED: Final = Expected()
"""No question is open: every phrase weighs the same."""


class Recognizer(Protocol):
    """Turns one utterance at a time into hypotheses. Results come by `poll`, so that an engine may work elsewhere."""

    @property
    def point(self) -> OperatingPoint:
        """How sure is sure enough: it belongs to the engine's model."""

    def prepare(self, *, numbers: bool, expected: Expected) -> None:
        """Get ready for utterances that `begin` will start with these arguments, so that it need not build anything.

        Only saves time: without it, or with other arguments, `begin` does the same work itself. The utterance under way
        goes on as it began.
        """

    def begin(self, at: Samples, *, numbers: bool, expected: Expected = NOTHING_EXPECTED) -> None:
        """Start an utterance whose first sample is `at`; one that was not ended is given up.

        Args:
            at: the utterance's first sample.
            numbers: whether a number is expected, so that the grammar with numbers is needed.
            expected: what answers the open question. An engine that can't weigh phrases ignores it.
        """

    def accept(self, pcm: Clip) -> None:
        """Take the utterance's next samples; never blocks for longer than decoding them takes."""

    def weigh(self) -> None:
        """Weigh what was fed so far as if it ended here: a hypothesis that is not final will follow, with a margin.

        Without a `begin` before it, or where the engine can't weigh, nothing happens.
        """

    def end(self) -> None:
        """The utterance is over: a final hypothesis will follow. Without a `begin` before it, nothing happens."""

    def poll(self) -> list[Hypothesis]:
        """Return what has become known since the last call, in order; a partial one only when its text changed.

        Raises:
            RecognitionError: the engine can't be kept alive.
        """

    def lag(self, now: Samples) -> Samples:
        """Return for how long the oldest input that is still to be answered has waited by `now`; 0: nothing is.

        To be called with each block, whether anybody speaks or not. For an engine in this process it is always 0.
        """

    def close(self) -> None:
        """Free the engine; may be called twice."""
