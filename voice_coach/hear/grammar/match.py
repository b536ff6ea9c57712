"""From a text to what is meant by it: the longest phrases, then negation, then severity (clinical.md 5b and 5d).

Nothing here is fuzzy: "not a bit better" must never come out as "a bit better". What is doubtful is asked
about, and a red sign is never passed over: negated or in another order it still comes out, with `ask`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from voice_coach.events import SlotValue
from voice_coach.hear.grammar.grammar import UNKNOWN, Grammar, Negation, Phrase
from voice_coach.hear.grammar.templates import normal

_TRANSPARENT: Final = 10
"""Rank below which a finding (yes, no) may itself negate what follows: "not really better"."""

_WEAK: Final = 26
"""Rank up to which a finding (an answer) does not keep us from looking for a red sign in another order."""

_CORRECTABLE: Final = 25
"""Rank from which a finding after "no, sorry" replaces the one before it."""

_ASK: Final = "ask"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a text was taken for."""

    intent: str | None = None
    """None: no phrase of an active intent stands in the text."""
    slots: Mapping[str, SlotValue] = field(default_factory=dict, hash=False)
    ask: bool = False
    also: tuple[str, ...] = ()
    """The other intents in the same text, each once."""
    rank: int = 0
    red: bool = False
    careful: bool = False
    first: int = 0
    """Index of the phrase's first word in the text."""
    last: int = 0
    """Index behind its last word; `first` where the words stand apart."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A phrase that stands in the text."""

    start: int
    end: int
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class _Row:
    """What one found phrase means here."""

    rank: int
    start: int
    end: int
    intent: str
    slots: Mapping[str, SlotValue]
    ask: bool
    phrase: Phrase


def understand(grammar: Grammar, text: str, active: frozenset[str] | None = None) -> Meaning:
    """Return what the text means while these intents (None: all) and the grammar's `always` are active.

    The intent is never one that is not active. `[unk]` counts as a word that nobody understood.
    """
    words = grammar.spelled(normal(text).split())
    allowed = grammar.intents if active is None else (active & grammar.intents) | grammar.always
    asked = active or frozenset[str]()
    rows = _rows(grammar, words, allowed, asked)
    if UNKNOWN in words and not any(row.phrase.red for row in rows):
        bridged = _bridged(grammar, words, allowed, asked)
        if not rows or any(row.phrase.red for row in bridged):  # "better but that [unk] hurts"
            rows = bridged
    if all(row.rank <= _WEAK for row in rows) and (doubtful := _jumbled(grammar, words, allowed, asked)):
        return doubtful
    if not rows:
        return Meaning()
    return _weigh(rows, words, grammar.negation)


def _rows(grammar: Grammar, words: list[str], allowed: frozenset[str], asked: frozenset[str]) -> list[_Row]:
    found = _longest(grammar, words, allowed, asked)
    rows = [_row(found, i, words, grammar, allowed, asked) for i in range(len(found))]
    return [row for row in rows if row is not None]


def _bridged(grammar: Grammar, words: list[str], allowed: frozenset[str], asked: frozenset[str]) -> list[_Row]:
    """Return what stands in the text if unknown words are passed over; what is red is then to be asked about."""
    places = [i for i, word in enumerate(words) if word != UNKNOWN]
    return [
        replace(row, start=places[row.start], end=places[row.end - 1] + 1, ask=row.ask or row.phrase.red)
        for row in _rows(grammar, [words[i] for i in places], allowed, asked)
    ]


def _longest(grammar: Grammar, words: list[str], allowed: frozenset[str], asked: frozenset[str]) -> list[_Found]:
    """Return phrases that do not overlap, in order: longer ones first, then graver ones, then later ones.

    A phrase of an inactive intent takes its place too ("it left my leg" is no answer to "which side?"),
    but never that of a red one.
    """
    spans = [_Found(start, end, phrase) for start in range(len(words)) for end, phrase in grammar.at(words, start)]
    spans.sort(key=lambda f: (f.end - f.start, f.phrase.rank, f.start), reverse=True)
    taken: set[int] = set()
    chosen: list[_Found] = []
    for only_red in (False, True):
        for span in spans:
            active = _taken_for(span.phrase, allowed, asked) is not None
            if only_red and not (active and span.phrase.red):
                continue
            place = set(range(span.start, span.end))
            if not place & taken:
                taken |= place
                chosen.append(span)
        chosen = [span for span in chosen if _taken_for(span.phrase, allowed, asked) is not None]
        taken = {i for span in chosen for i in range(span.start, span.end)}
    return sorted(chosen, key=lambda f: f.start)


def _taken_for(phrase: Phrase, allowed: frozenset[str], asked: frozenset[str]) -> str | None:
    """Return the intent that a phrase stands for while these are allowed and those were asked for; None for nothing."""
    answered = next((intent for intent in phrase.answers if intent in asked), None)
    return answered or (phrase.intent if phrase.intent in allowed else None)


def _row(
    found: list[_Found], i: int, words: list[str], grammar: Grammar, allowed: frozenset[str], asked: frozenset[str]
) -> _Row | None:
    this = found[i]
    phrase = this.phrase
    intent = _taken_for(phrase, allowed, asked) or phrase.intent
    rank, ask, slots = phrase.rank, phrase.ask, phrase.slots
    if intent != phrase.intent:  # the answer to a question: only its own slot, and of the rank of an answer
        slots = {name: value for name, value in slots.items() if name == intent}
        return _Row(_CORRECTABLE, this.start, this.end, intent, slots, ask, phrase)
    if _two_clauses(grammar, phrase):  # "not better but it's numb": what is red stands behind the "but"
        return _Row(rank, this.start, this.end, intent, slots, ask, phrase)
    if phrase.negated and _negated(found, i, words, grammar.negation):
        if phrase.negated in allowed:
            intent, rank, slots = phrase.negated, _rank_of(grammar, phrase.negated), {}
        elif phrase.negated == _ASK or phrase.red:
            ask = True
        else:
            return None
    elif (phrase.careful or phrase.red) and phrase.negated and _unknown_before(this.start, words, grammar.negation):
        ask = True
    return _Row(rank, this.start, this.end, intent, slots, ask, phrase)


def _two_clauses(grammar: Grammar, phrase: Phrase) -> bool:
    """Whether a phrase is another one, a "but" or "and", and more: no "pins and needles"."""
    heads = (phrase.words[:i] for i, word in enumerate(phrase.words) if word in grammar.negation.boundaries)
    return any(node is not None and node.phrases for node in map(grammar.node, heads))


def _rank_of(grammar: Grammar, intent: str) -> int:
    return max(phrase.rank for phrase in grammar.phrases if phrase.intent == intent)


def _negated(found: list[_Found], i: int, words: list[str], negation: Negation) -> bool:
    start = found[i].start
    before = start - 1
    if before >= 0 and words[before] in negation.joins and i and found[i - 1].end == before:
        within = any(_negates(word, negation) for word in found[i - 1].phrase.words)
        return within or _negated(found, i - 1, words, negation)
    if before >= 0 and words[before] in negation.next_word:
        return words[start] not in negation.clause_starts
    mute = {
        index for other in found[:i] if other.phrase.rank >= _TRANSPARENT for index in range(other.start, other.end)
    }
    said = {index for other in found[:i] for index in range(other.start, other.end)}
    for index in range(before, max(-1, before - negation.window), -1):
        if words[index] in negation.boundaries or index in mute:
            return False
        if _negates(words[index], negation):  # "not really better", but "not really, it's better"
            return index not in said or words[start] not in negation.clause_starts
    return False


def _negates(word: str, negation: Negation) -> bool:
    return word in negation.words or (negation.suffix != "" and word.endswith(negation.suffix))


def _unknown_before(start: int, words: list[str], negation: Negation) -> bool:
    """Whether a word that was not understood, so perhaps a "not", stands where it would negate."""
    return UNKNOWN in words[max(0, start - negation.window) : start]


def _jumbled(grammar: Grammar, words: list[str], allowed: frozenset[str], asked: frozenset[str]) -> Meaning | None:
    """Return a red sign whose words are all there in another order: to be asked about, never taken."""
    bag = Counter(words)
    for needed, phrase in grammar.red_bags:
        if needed <= bag and phrase.intent in allowed and not asked.intersection(phrase.answers):
            return Meaning(phrase.intent, phrase.slots, ask=True, rank=phrase.rank, red=True)
    return None


def _weigh(rows: list[_Row], words: list[str], negation: Negation) -> Meaning:
    best = max(rows, key=lambda row: (row.rank, row.start))
    if not best.phrase.red:
        best = _corrected(rows, best, words, negation)
    also = tuple(dict.fromkeys(row.intent for row in rows if row.intent != best.intent))
    phrase = best.phrase
    red = phrase.red and best.intent == phrase.intent
    return Meaning(best.intent, best.slots, best.ask, also, best.rank, red, phrase.careful, best.start, best.end)


def _corrected(rows: list[_Row], best: _Row, words: list[str], negation: Negation) -> _Row:
    """Let the last correction win; two answers of the same rank without one are asked about."""
    rivals = [row for row in rows if row.rank >= _CORRECTABLE and row is not best]
    first = min((row for row in (*rivals, best) if row.rank == best.rank), key=lambda row: row.start)
    later = [row for row in rivals if row.start > first.start] + ([best] if best is not first else [])
    if later:
        last = max(later, key=lambda row: row.start)
        if negation.corrections.intersection(words[first.end : last.start]):
            return last
    if any(row.rank == best.rank and (row.intent, row.slots) != (best.intent, best.slots) for row in rivals):
        return replace(best, ask=True)
    return best
