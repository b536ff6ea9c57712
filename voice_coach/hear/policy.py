"""From hypotheses to a decision: accept, ask, or leave it (clinical.md V11 to V13). Pure; time is in samples.

Red intents are taken from a partial result that has stood for `STABLE`: a false one costs a short pause.
Everything else waits for the final result and its confidence. One utterance gives at most one acceptance,
but for a final result that is graver than what the partial was taken for, or whose phrase holds that one and more.
"""

from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from voice_coach.hear.asr import Hypothesis
from voice_coach.hear.grammar import UNKNOWN, Grammar
from voice_coach.hear.match import Meaning, understand
from voice_coach.timebase import Samples, samples

COUNTING: Final = "counting"
"""What is expected while the coach counts: groans and talk that match nothing are passed over (V12)."""

STABLE: Final[Samples] = samples(0.3)
"""How long a partial result must say the same red thing. In 43 minutes of other talk and noise: 22 false ones at 0.1 s,
6 at 0.2 s, 2 at 0.3 s; a "stop" is then taken about 0.1 s after its last sound."""

CAREFUL: Final = 0.8
"""Confidence that better, gone, a side and going on need."""

OTHERWISE: Final = 0.5
"""Confidence that all else needs, but red intents: they are taken at any."""

NOTHING: Final = Meaning()
"""What no known words mean."""


class Verdict(Enum):
    """What to do with an utterance."""

    ACCEPT = auto()
    NOT_RECOGNIZED = auto()
    IGNORE = auto()


@dataclass(frozen=True, slots=True)
class Decision:
    """What an utterance was taken for."""

    verdict: Verdict
    hypothesis: Hypothesis
    meaning: Meaning = NOTHING
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Situation:
    """What matters for a decision besides the words."""

    expecting: str
    active: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ear:
    """What is known of one utterance so far."""

    start: Samples
    partial: Hypothesis | None = None
    meaning: Meaning = NOTHING
    """What the last partial result means."""
    since: Samples = 0
    """From when on it has meant that."""
    taken: Meaning | None = None
    """What was already accepted."""
    taken_words: tuple[str, ...] = ()
    """The words that it was accepted for."""


def hear(ear: Ear, partial: Hypothesis, grammar: Grammar, situation: Situation) -> Ear:
    """Take a new partial result."""
    meaning = understand(grammar, partial.text, situation.active)
    since = ear.since if ear.partial and meaning.intent == ear.meaning.intent else partial.end
    return replace(ear, partial=partial, meaning=meaning, since=since)


def early(ear: Ear, heard_until: Samples) -> tuple[Ear, Decision | None]:
    """Decide on the partial result as it stands at `heard_until`: a red intent that stood long enough, or nothing."""
    graver = ear.taken is None or ear.meaning.rank > ear.taken.rank
    if ear.partial is None or not ear.meaning.red or not graver or heard_until - ear.since < STABLE:
        return ear, None
    words = _matched(ear.partial, ear.meaning)
    return replace(ear, taken=ear.meaning, taken_words=words), Decision(Verdict.ACCEPT, ear.partial, ear.meaning)


def late(ear: Ear, final: Hypothesis, grammar: Grammar, situation: Situation) -> Decision:
    """Decide on the final result."""
    meaning = understand(grammar, final.text, situation.active)
    confidence = _confidence(final, meaning)
    nothing = Decision(Verdict.IGNORE, final, meaning, confidence)
    if ear.taken:
        graver = meaning.red and meaning.rank > ear.taken.rank
        refined = _sure(meaning, confidence) and _refines(_matched(final, meaning), ear)
        return replace(nothing, verdict=Verdict.ACCEPT) if graver or refined else nothing
    if not final.text:
        return nothing
    if meaning.intent and not meaning.red:
        sure = _sure(meaning, confidence)
        heard = frozenset(_matched(final, meaning)) if sure and confidence >= CAREFUL else frozenset[str]()
        meaning = _red_alternative(final, heard, grammar, situation) or (meaning if sure else NOTHING)
    if meaning.intent is not None:
        return Decision(Verdict.ACCEPT, final, meaning, confidence)
    verdict = Verdict.IGNORE if situation.expecting == COUNTING else Verdict.NOT_RECOGNIZED
    return replace(nothing, verdict=verdict)


def _confidence(final: Hypothesis, meaning: Meaning) -> float:
    """Return the least confidence among the words that matter."""
    words = final.words[meaning.first : meaning.last] or [word for word in final.words if word.text != UNKNOWN]
    return min((word.confidence for word in words), default=1.0)


def _matched(hypothesis: Hypothesis, meaning: Meaning) -> tuple[str, ...]:
    return tuple(hypothesis.text.split()[meaning.first : meaning.last])


def _refines(words: tuple[str, ...], ear: Ear) -> bool:
    """Whether these words hold those that were taken early, and more: "it hurts" was "it hurts to lie on my side"."""
    length = len(ear.taken_words)
    inside = any(words[i : i + length] == ear.taken_words for i in range(len(words) - length + 1))
    return 0 < length < len(words) and inside


def _sure(meaning: Meaning, confidence: float) -> bool:
    return confidence >= (CAREFUL if meaning.careful else OTHERWISE)


def _red_alternative(
    final: Hypothesis, heard: frozenset[str], grammar: Grammar, situation: Situation
) -> Meaning | None:
    """Return the red sign that another reading of the utterance holds, to be asked about.

    Only where the first reading would be acted on: every cough has some reading or other. `heard` are words that
    were heard beyond doubt: a sign of these alone is none ("no worse" without its "no").
    """
    for text in final.alternatives:
        meaning = understand(grammar, text, situation.active)
        words = text.split()[meaning.first : meaning.last]
        if meaning.red and not (words and heard.issuperset(words)):
            return replace(meaning, ask=True)
    return None
