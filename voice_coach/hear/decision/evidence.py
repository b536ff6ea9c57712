"""Weigh the readings of an utterance: which meaning is the likeliest, and by how much (clinical.md V11). Pure.

A recogniser gives several readings of an utterance, each with a margin: the log likelihood ratio of the reading to
unknown speech. `weighed` picks the likeliest meaning and compares it with unknown speech, with every other meaning, and
with the likeliest red sign in another reading. `policy.py` decides whether that is enough.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from voice_coach.events import SlotValue
from voice_coach.hear.asr.recognizer import Hypothesis, Reading
from voice_coach.hear.decision.situation import (
    Situation,
    answers_question,
    head_start,
    is_awaited,
    is_complete_answer,
    may_become_answer,
    moves_on,
)
from voice_coach.hear.grammar.grammar import UNKNOWN, Grammar
from voice_coach.hear.grammar.match import Meaning, understand
from voice_coach.hear.grammar.phrase import STOP_RANK
from voice_coach.timebase import seconds

MAX_MARGIN: Final = 20.0
"""The lead over a meaning that is in none of the recogniser's readings."""

NO_MEANING: Final = Meaning()
"""The meaning of a text that was not understood."""

PARTIAL_ANSWER_SHARE: Final = 0.5
"""Share of a question's bonus for a reading in which the answer is not everything: "yes but right"."""

_YES: Final = frozenset({"yes", "agrees", "confirms"})
_GO_ON: Final = frozenset({"ready_next", "resume", "yes", "agrees"})
_STYLE_SLOTS: Final = frozenset({"or_yes", "plainly"})
"""Slots that tell how an answer was put, not what it is."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the readings of an utterance say about its meaning."""

    heard: Hypothesis
    """The utterance, with the text, words and margin of the reading that the meaning comes from."""
    meaning: Meaning = NO_MEANING
    """The likeliest meaning."""
    unknown: float = -MAX_MARGIN
    """Its lead over unknown speech (log likelihood ratio)."""
    rival: float = -MAX_MARGIN
    """Its lead over the likeliest other meaning."""
    other_red: Meaning | None = None
    """The likeliest red sign in another reading, unless it is vague; always None where the meaning itself is red."""
    other_red_behind: float = MAX_MARGIN
    """How far `other_red` is behind, once the head start of the meaning as an answer is taken off."""
    first_understood: bool = False
    """True if the first reading means something. Every cough has a later reading that does."""
    awaited: bool = False
    """True if the coach waits for this meaning."""
    complete_answer: bool = False
    """True if it answers the open question and can't become a different answer."""
    may_become_answer: bool = False
    """True if it is a red sign, and an answer begins with the same words, or good news while the coach counts."""
    length: int = 0
    """How many words speak for the meaning."""
    stop_among_words: bool = False
    """True if it is a bare "stop" among other words while a question is open: "ready for the next stop"."""
    question_open: bool = False
    """True if the coach waits for an answer."""
    breaks: int = 0
    """How many words of the reading follow one that they never follow in a phrase (`Grammar.breaks`)."""
    stray: float = 0.0
    """How long the reading holds unknown words, in seconds; 0 where the engine tells no times."""

    @property
    def words(self) -> tuple[str, ...]:
        """The words that stand for the meaning."""
        return tuple(self.heard.text.split()[self.meaning.first : self.meaning.last])

    @property
    def confidence(self) -> float:
        """The smaller lead as a probability, 0 to 1; 0.5 where something else is as likely."""
        lead = max(-MAX_MARGIN, min(self.unknown, self.rival, MAX_MARGIN))
        return 1 / (1 + math.exp(-lead))


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A reading of the utterance and its meaning."""

    reading: Reading
    meaning: Meaning
    bonus: float = 0.0
    """What the policy adds because the reading answers the open question."""

    @property
    def text(self) -> str:
        return self.reading.text

    @property
    def margin(self) -> float:
        return self.reading.margin + self.bonus


def weighed(hypothesis: Hypothesis, grammar: Grammar, situation: Situation) -> Evidence:
    """Return what the readings of an utterance say about its meaning.

    Answers to the open question have a head start, but not against a reason to stop: where the likeliest meaning is
    red, other readings lose what they gained by being expected. So a question never makes it harder to stop.
    """
    candidates = _candidates(hypothesis, grammar, situation)
    best = next((candidate for candidate in candidates if candidate.meaning.intent is not None), None)
    if best is None:
        return Evidence(hypothesis)
    meaning = best.meaning
    if hypothesis.margin is None and meaning.red:  # the engine weighs nothing: a sign is believed
        return Evidence(hypothesis, meaning, unknown=MAX_MARGIN, rival=MAX_MARGIN, first_understood=True)
    others = [candidate for candidate in candidates if grammar.sound(candidate.text) != grammar.sound(best.text)]
    other_red, other_red_behind = (
        (None, MAX_MARGIN) if meaning.red else _other_red(best, candidates, grammar, situation)
    )
    return Evidence(
        heard=replace(hypothesis, text=best.text, words=best.reading.words, margin=best.margin),
        meaning=meaning,
        unknown=best.margin - _margin_of_unknown(best, others, situation),
        rival=best.margin - _margin_of_rivals(best, others, grammar, situation),
        other_red=other_red,
        other_red_behind=other_red_behind,
        first_understood=candidates[0].meaning.intent is not None,
        awaited=is_awaited(meaning.intent, grammar, situation),
        complete_answer=is_complete_answer(best.text, meaning, grammar, situation),
        may_become_answer=meaning.red and may_become_answer(best.text, meaning, grammar, situation),
        length=_count_words(best.text, meaning, grammar),
        stop_among_words=meaning.red and _is_stop_among_words(best.text, meaning, situation),
        question_open=situation.question_open,
        breaks=grammar.breaks(best.text),
        stray=seconds(sum(word.end - word.start for word in best.reading.words if word.text == UNKNOWN)),
    )


def _candidates(hypothesis: Hypothesis, grammar: Grammar, situation: Situation) -> list[_Candidate]:
    """Return each reading with its meaning, the likeliest first; those that answer the open question get its bonus."""
    candidates = [
        _Candidate(reading, understand(grammar, reading.text, situation.active)) for reading in _readings(hypothesis)
    ]
    candidates = [replace(candidate, bonus=_bonus(candidate, grammar, situation)) for candidate in candidates]
    if not any(candidate.bonus for candidate in candidates):
        return candidates  # in the recogniser's order
    return sorted(candidates, key=lambda candidate: candidate.margin, reverse=True)


def _bonus(candidate: _Candidate, grammar: Grammar, situation: Situation) -> float:
    meaning = candidate.meaning
    doubtful = meaning.ask and not meaning.besides
    if doubtful or not answers_question(meaning.intent, grammar, situation):
        return 0.0
    bonus = situation.point.prior_at(situation.expecting).bonus
    nothing_else = (meaning.first, meaning.last) == (0, len(candidate.text.split()))
    return bonus if nothing_else else PARTIAL_ANSWER_SHARE * bonus


def _readings(hypothesis: Hypothesis) -> Iterator[Reading]:
    margin = hypothesis.margin
    if margin is None:  # an engine that gives confidences only
        probability = min(max(hypothesis.confidence, 1e-6), 1 - 1e-6)
        margin = math.log(probability / (1 - probability))
    yield Reading(hypothesis.text, margin, hypothesis.words)
    yield from hypothesis.alternatives


def _margin_of_unknown(best: _Candidate, others: Sequence[_Candidate], situation: Situation) -> float:
    """Return the margin of unknown speech: 0, or more where a reading that means nothing has more.

    Against a reason to stop, a part of an answer ("up" of "it moved up") loses what it gained in the decoder.
    """
    gained = head_start(situation).decoder if best.meaning.red else 0.0
    return max([0.0, *(other.margin - gained for other in others if other.meaning.intent is None)])


def _margin_of_rivals(best: _Candidate, others: Sequence[_Candidate], grammar: Grammar, situation: Situation) -> float:
    """Return the margin of the likeliest other meaning; against a reason to stop, answers lose their head start."""
    margins = []
    for other in others:
        if other.meaning.intent is None or not _is_rival(best.meaning, other.meaning, situation):
            continue
        margin = other.margin
        if best.meaning.red:
            start = head_start(situation)
            if answers_question(other.meaning.intent, grammar, situation):
                margin -= start.bonus
            if _gains_in_decoder(other.meaning, grammar, situation):
                margin -= start.decoder
        margins.append(margin)
    return max(margins, default=best.margin - MAX_MARGIN)


def _other_red(
    best: _Candidate, candidates: Sequence[_Candidate], grammar: Grammar, situation: Situation
) -> tuple[Meaning | None, float]:
    """Return the likeliest red sign in another reading, if it is not vague, and how far it is behind the best reading.

    The head start of the best reading as an answer does not count: no question, however strongly it expects an answer,
    may hide a sign that would be taken without it.
    """
    decoder_margin = best.reading.margin
    signs = (sign for sign in candidates if sign.meaning.red and not _is_vague(sign, decoder_margin))
    likeliest = next(signs, None)
    if likeliest is None:
        return None, MAX_MARGIN
    if _gains_in_decoder(best.meaning, grammar, situation):
        decoder_margin -= head_start(situation).decoder
    return likeliest.meaning, decoder_margin - likeliest.margin


def _gains_in_decoder(meaning: Meaning, grammar: Grammar, situation: Situation) -> bool:
    """Tell whether the decoder expected a meaning, for this question or the one before."""
    expected_before = meaning.intent in situation.heard_with.intents
    return expected_before or answers_question(meaning.intent, grammar, situation)


def _is_vague(sign: _Candidate, best_margin: float) -> bool:
    """Tell whether a sign is doubtful, or one word among others such as "ow", and less likely than the best reading.

    Among so many readings there is nearly always one with such a word. `best_margin` is the best reading's in the
    decoder, with its head start: "yes" in "yes ow" gained as much.
    """
    meaning = sign.meaning
    one_of_many = meaning.last - meaning.first == 1 and len(sign.text.split()) > 1
    return (meaning.ask or meaning.hint or one_of_many) and sign.margin < best_margin


def _is_rival(meaning: Meaning, other: Meaning, situation: Situation) -> bool:
    """Tell whether the coach would react differently: not to "go on then" and "go on" after "Shall we go on?"."""
    synonyms = (_YES, _GO_ON) if moves_on(situation) else (_YES,)
    if any({meaning.intent, other.intent} <= same for same in synonyms):
        return False
    return (meaning.intent, _content(meaning)) != (other.intent, _content(other))


def _content(meaning: Meaning) -> dict[str, SlotValue]:
    return {name: value for name, value in meaning.slots.items() if name not in _STYLE_SLOTS}


def _count_words(text: str, meaning: Meaning, grammar: Grammar) -> int:
    """Return how many words speak for a meaning: those of its phrase, or all if they are one answer and nothing else.

    "Better, I think" is as unlikely to be unknown speech as a phrase of three words.
    """
    words = text.split()
    if meaning.intent in grammar.composition.strict and not meaning.ask and UNKNOWN not in words:
        return len(words)
    return meaning.last - meaning.first


def _is_stop_among_words(text: str, meaning: Meaning, situation: Situation) -> bool:
    """Tell whether a bare "stop" is among other words while a question is open: more often misheard than meant."""
    has_other_words = len(text.split()) > meaning.last - meaning.first
    return has_other_words and meaning.rank <= STOP_RANK and situation.question_open
