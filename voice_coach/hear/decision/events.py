"""Turn a decision on an utterance into an event, and find the words that it is based on."""

from collections.abc import Sequence
from typing import Final

from voice_coach.events import Event, Intent, NotRecognized
from voice_coach.hear.asr.recognizer import Word
from voice_coach.hear.decision.policy import Decision, Verdict
from voice_coach.timebase import RATE, Samples

SHORT_WORD: Final[Samples] = round(0.6 * RATE)
"""Length of an early result that is judged, back from its end: a short word; the utterance may have begun with the
coach."""


def event_of(decision: Decision, now: Samples) -> list[Event]:
    """Return what the dialogue is told of it: one event, or none where it is passed over."""
    match decision.verdict:
        case Verdict.ACCEPT:
            return [intent_of(decision, now)]
        case Verdict.NOT_RECOGNIZED:
            hypothesis = decision.hypothesis
            return [NotRecognized(now, hypothesis.text, hypothesis.start, hypothesis.end)]
        case Verdict.IGNORE:
            return []


def span_of(decision: Decision) -> tuple[Samples, Samples]:
    """Return where what it was accepted for lies; else all the words, or all of the utterance where there are none.

    What lies before may be the coach, whose echo came otherwise than it did, and the user answered right behind it.
    """
    words = meant_by(decision) or decision.hypothesis.words
    return (words[0].start, words[-1].end) if words else (decision.hypothesis.start, decision.hypothesis.end)


def meant_by(decision: Decision) -> Sequence[Word]:
    """Return the words that it was accepted for; of a partial result their places are not known but for the end.

    What is to be asked about stands in another reading, in which a word more or less may lie before it: of the best one
    those that stand there, and their neighbours.
    """
    hypothesis, meaning = decision.hypothesis, decision.meaning
    if decision.verdict != Verdict.ACCEPT:
        return ()
    if hypothesis.words and meaning.ask:
        return hypothesis.words[max(meaning.first - 1, 0) : meaning.last + 1] or hypothesis.words
    if hypothesis.words:
        return hypothesis.words[meaning.first : meaning.last]
    texts = hypothesis.text.split()[meaning.first : meaning.last]
    return [Word(text, hypothesis.end - SHORT_WORD, hypothesis.end, 1.0) for text in texts]


def intent_of(decision: Decision, now: Samples) -> Intent:
    """Return what was understood, known at `now`."""
    hypothesis, meaning = decision.hypothesis, decision.meaning
    words = hypothesis.words
    return Intent(
        at=now,
        name=meaning.intent or "",
        text=hypothesis.text,
        slots=meaning.slots,
        confidence=decision.confidence,
        start=words[0].start if words else hypothesis.start,
        end=words[-1].end if words else hypothesis.end,
        ask=meaning.ask,
        also=meaning.also,
        final=hypothesis.final,
        besides=meaning.besides,
    )
