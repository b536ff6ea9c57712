"""Tell what each phrase of an utterance means where it is: negated, somebody else's, or the answer to a question."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from voice_coach.events import SlotValue
from voice_coach.hear.grammar.grammar import UNKNOWN, Grammar, Negation, Phrase
from voice_coach.hear.grammar.phrase import STOP_RANK
from voice_coach.hear.grammar.spans import PLACE, Span, Utterance, choose_spans

MIN_CORRECTABLE_RANK: Final = 25
"""From this rank on, a finding after "no, sorry" replaces the one before it."""

NO: Final = "no"
"""The intent of a denied sign after a yes-or-no question: "no chest pain"."""

_MIN_RANK_BLOCKING_NEGATION: Final = 10
"""From this rank on, a finding stops a negation before it; one below (yes, no) may hold it: "not really better"."""

DENIED: Final = "denied"
"""The slot of what was denied: of a sign that comes out with `ask`, or of "the same" for "no worse"."""

_ASK: Final = "ask"

_DROP: Final = "drop"

_SOMEBODY_WINDOW: Final = 4
"""How many words before a sign may name somebody else."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A phrase found in the text, and its meaning there."""

    rank: int
    start: int
    end: int
    intent: str
    slots: Mapping[str, SlotValue]
    ask: bool
    phrase: Phrase
    negated_at: int = -1
    """Index of the word that negates it; -1: none does."""
    dropped: bool = False
    """It was negated and means nothing; its words still count as understood."""

    @property
    def taken(self) -> range:
        """Indexes of the words that it was understood from, with the negation."""
        return range(self.start if self.negated_at < 0 else self.negated_at, self.end)


def find(utterance: Utterance) -> list[Finding]:
    """Return what each phrase of an utterance means, in order; dropped ones too."""
    spans = choose_spans(utterance)
    return [_finding(utterance, spans, i) for i in range(len(spans))]


def find_across_unknown_words(utterance: Utterance) -> list[Finding]:
    """Return the findings if unknown words are skipped; red ones are then asked about."""
    words = utterance.words
    places = [i for i, word in enumerate(words) if word != UNKNOWN]
    return [
        replace(
            finding,
            start=places[finding.start],
            end=places[finding.end - 1] + 1,
            ask=finding.ask or finding.phrase.red,
            negated_at=-1,
        )
        for finding in find(utterance.of([words[i] for i in places]))
        if not finding.dropped
    ]


def _finding(utterance: Utterance, spans: list[Span], i: int) -> Finding:
    """Return what one of the phrases in the text means there, next to the others."""
    span, phrase = spans[i], spans[i].phrase
    intent = span.intent or phrase.intent
    if intent != phrase.intent:
        return _answer(utterance, spans, i, intent)
    finding = Finding(phrase.rank, span.start, span.end, intent, phrase.slots, phrase.ask, phrase)
    if _has_two_clauses(utterance.grammar, phrase):  # "not better but it's numb": the sign comes after the "but"
        return finding
    words, negation = utterance.words, utterance.grammar.negation
    negated_at = _negation_of(spans, i, words, negation) if phrase.negated else -1
    if phrase.negated in {_DROP, NO} and not phrase.red and words[negated_at] in negation.next_word:
        negated_at = -1  # "calf, no, thigh"
    if negated_at < 0:
        return replace(finding, ask=phrase.ask or _is_unclear(utterance, span))
    return _negate(utterance, replace(finding, negated_at=negated_at), spans[:i])


def _answer(utterance: Utterance, spans: list[Span], i: int, intent: str) -> Finding:
    """Return a phrase of another intent as the answer to a question: with the answer's own slot, and its rank."""
    span, phrase = spans[i], spans[i].phrase
    slots = {name: value for name, value in phrase.slots.items() if name == intent}
    negated_at = -1
    if intent == PLACE:
        place = utterance.place_named(phrase)
        slots = {PLACE: place} if place else slots
        words, negation = utterance.words, utterance.grammar.negation
        negated_at = _negation_of(spans, i, words, negation)
        if words[negated_at] in negation.next_word:
            negated_at = -1
    return Finding(
        MIN_CORRECTABLE_RANK, span.start, span.end, intent, slots, phrase.ask, phrase, negated_at, negated_at >= 0
    )


def _negate(utterance: Utterance, finding: Finding, before: list[Span]) -> Finding:
    """Return what a negated phrase means: what the grammar says, a "no", a doubtful sign, or nothing."""
    grammar, words, phrase = utterance.grammar, utterance.words, finding.phrase
    negation = grammar.negation
    bare_no = words[finding.negated_at] in negation.next_word
    if phrase.negated in utterance.allowed:
        return replace(
            finding,
            intent=phrase.negated,
            rank=_rank_of(grammar, phrase.negated),
            slots={DENIED: phrase.intent} if phrase.red else {},
            ask=phrase.ask or bare_no,  # "no worse", or "no, worse"?
        )
    is_sign = phrase.negated == _ASK and phrase.red and phrase.rank > STOP_RANK
    is_sign = is_sign and words[finding.start] not in negation.goods
    if is_sign and NO in utterance.asked and _denies(negation, words, finding, before):
        between = words[finding.negated_at + 1 : finding.start]  # "no new pain", or "no, new pain"?
        doubtful = bool(between) and negation.attributes.issuperset(between)
        return replace(finding, intent=NO, rank=_rank_of(grammar, NO), slots={}, ask=doubtful)
    if is_sign and NO not in utterance.asked and _is_surely_denied(negation, words, finding):
        return replace(finding, ask=True, slots={**finding.slots, DENIED: phrase.intent})
    if phrase.negated != _DROP and (phrase.negated == _ASK or phrase.red):
        return replace(finding, ask=True)
    return replace(finding, dropped=True)


def _is_surely_denied(negation: Negation, words: list[str], sign: Finding) -> bool:
    """Tell whether a negation before a sign belongs to it beyond doubt: "there's no pain in my chest".

    "No chest pain" and "I can't, chest pain" may be an answer with a sign after it.
    """
    beside = words[max(0, sign.negated_at - 1) : sign.start]
    if negation.negates(words[sign.start]):  # "I haven't, can't feel my foot"
        return False
    return not negation.closers.intersection(beside) and not negation.claims.isdisjoint(beside)


def _denies(negation: Negation, words: list[str], sign: Finding, before: list[Span]) -> bool:
    """Tell whether the negation before a sign can only deny it: "no numbness", but not "no, numb in my foot".

    A complete answer, such as "I don't think so", denies no more than "no" does, and nothing denies "can't".
    """
    at = sign.negated_at
    is_complete = any(span.start <= at < span.end and words[span.end - 1] in negation.closers for span in before)
    may_be_answer = is_complete or words[at] in negation.next_word
    if not negation.nouns or not (may_be_answer or negation.negates(words[sign.start])):
        return True
    first, *rest = words[sign.start : sign.end]
    noun = first in negation.nouns or (first in negation.modifiers and rest[:1] and rest[0] in negation.nouns)
    return bool(noun) and not negation.predicates.intersection(rest)


def _is_unclear(utterance: Utterance, span: Span) -> bool:
    """Tell whether other words make a phrase doubtful: an unknown one before it, another person, or the television."""
    grammar, words, phrase, start = utterance.grammar, utterance.words, span.phrase, span.start
    before = words[max(0, start - grammar.negation.window) : start]
    if (phrase.careful or phrase.red) and phrase.negated and _has_unknown_word(grammar, before):
        return True
    if not phrase.red or phrase.rank <= STOP_RANK:
        return False
    is_past = grammar.negation.past.intersection(before) and grammar.negation.boundaries.intersection(words[start:])
    if is_past or _is_about_somebody_else(grammar, words, span):  # "it was worse, but now ..."
        return True
    return grammar.composition.names_any(words, grammar.composition.asides)


def _has_unknown_word(grammar: Grammar, before: list[str]) -> bool:
    """Tell whether one of the words before a phrase was not understood: it may have been a "not"."""
    if not grammar.composition:
        return UNKNOWN in before
    return any(grammar.in_vocabulary(word) == UNKNOWN for word in before)


def _is_about_somebody_else(grammar: Grammar, words: list[str], span: Span) -> bool:
    """Tell whether a sign may be another person's, or only possible: "England were worse", "it could get worse"."""
    composition = grammar.composition
    before = range(max(0, span.start - _SOMEBODY_WINDOW), span.start)
    if any(words[i].removesuffix("'s") in composition.others and not _is_called(grammar, words, i) for i in before):
        return True
    after = words[span.end : span.end + 2]  # "it got worse, she said"
    return len(after) > 1 and after[0] in composition.others and after[1] in composition.reports


def _is_called(grammar: Grammar, words: list[str], i: int) -> bool:
    """Tell whether somebody is only called: "mum, my leg hurts", but not "my mum's leg hurts"."""
    if words[i] not in grammar.composition.called:
        return False
    owned = i > 0 and words[i - 1] in grammar.composition.first_persons | grammar.composition.others
    own = grammar.composition.first_persons | grammar.negation.clause_starts
    return not owned and words[i + 1] in own


def _has_two_clauses(grammar: Grammar, phrase: Phrase) -> bool:
    """Tell whether a phrase is another phrase followed by "but" or "and" and more; "pins and needles" is not."""
    heads = (phrase.words[:i] for i, word in enumerate(phrase.words) if word in grammar.negation.boundaries)
    return any(node is not None and node.phrases for node in map(grammar.node, heads))


def _rank_of(grammar: Grammar, intent: str) -> int:
    return max(phrase.rank for phrase in grammar.phrases if phrase.intent == intent)


def _negation_of(spans: list[Span], i: int, words: list[str], negation: Negation) -> int:
    """Return the index of the word that negates a phrase; -1: it is not negated."""
    start = spans[i].start
    before = start - 1
    if before >= 0 and words[before] in negation.joins and i and spans[i - 1].end == before:
        inside = next((k for k in range(spans[i - 1].start, before) if negation.negates(words[k])), -1)
        return inside if inside >= 0 else _negation_of(spans, i - 1, words, negation)
    if before >= 0 and words[before] in negation.next_word:
        return before if words[start] not in negation.clause_starts else -1
    noun = start
    while noun and words[noun - 1] in negation.attributes:
        noun -= 1
    if 0 < noun < start and words[noun - 1] in negation.next_word:
        return noun - 1
    mute = {
        index
        for other in spans[:i]
        if other.phrase.rank >= _MIN_RANK_BLOCKING_NEGATION
        for index in range(other.start, other.end)
    }
    said = {index for other in spans[:i] for index in range(other.start, other.end)}
    for index in range(before, max(-1, before - negation.window), -1):
        if words[index] in negation.boundaries or index in mute:
            return -1
        if negation.negates(words[index]):
            between = range(index + 1, start)
            outside = [words[k] for k in between if k not in said] if index in said else None
            return index if _reaches([words[k] for k in between], words[start], negation, outside) else -1
    return -1


def _reaches(between: list[str], first: str, negation: Negation, outside: list[str] | None) -> bool:
    """Tell whether a negation holds for a phrase with this first word.

    "Not really better" does, "not really, it's better" does not; "I don't think it's better" does, "I'm not happy, it's
    worse" and "not just numb" do not.

    Args:
        between: the words between them.
        first: the phrase's first word.
        negation: the language's words.
        outside: those of `between` that are outside of the answer that holds the negation; None: none holds it.
    """
    if negation.limits.intersection(between):
        return False
    if first not in negation.clause_starts:
        return True
    if outside is not None and not (negation.bridges and outside):
        return False
    return not negation.bridges or negation.bridges.issuperset(between)
