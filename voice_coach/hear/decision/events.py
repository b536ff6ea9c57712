"""Turn a decision into the event that the dialogue gets, and find the words that the decision is based on."""

from collections.abc import Sequence
from typing import Final

from voice_coach.events import Event, Intent, NotRecognized
from voice_coach.hear.asr.recognizer import Word
from voice_coach.hear.decision.policy import Decision, Verdict
from voice_coach.timebase import RATE, Samples

SHORT_WORD: Final[Samples] = round(0.6 * RATE)
"""The length of a short word. Of a partial result only this much, up to its end, is compared with what the coach said:
the utterance may have begun with the coach."""


def event_of(decision: Decision, now: Samples) -> list[Event]:
    """Return the event for the dialogue, or nothing if the utterance is ignored."""
    match decision.verdict:
        case Verdict.ACCEPT:
            return [intent_of(decision, now)]
        case Verdict.NOT_RECOGNIZED:
            hypothesis = decision.hypothesis
            return [NotRecognized(now, hypothesis.text, hypothesis.start, hypothesis.end)]
        case Verdict.IGNORE:
            return []


def span_of(decision: Decision) -> tuple[Samples, Samples]:
    """Return from where to where the accepted words lie; of an utterance that was not accepted, all its words.

    Without any words it is the whole utterance. Words before the accepted ones may be the coach's own: after the echo
    path has changed, its voice can get through, and the user may answer right after it.
    """
    words = accepted_words(decision) or decision.hypothesis.words
    return (words[0].start, words[-1].end) if words else (decision.hypothesis.start, decision.hypothesis.end)


def accepted_words(decision: Decision) -> Sequence[Word]:
    """Return the words that an utterance was accepted for; none if it was not.

    A partial result has no times for its words, so each gets the last `SHORT_WORD` of it. A sign that is asked about is
    in another reading than the words are, and its position there may differ by one; so the neighbouring words are
    returned too.
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
    """Return the event for an accepted utterance."""
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
