"""From a text to what is meant by it: the longest phrases, then negation, then severity (clinical.md 5b and 5d).

Nothing here is fuzzy: "not a bit better" must never come out as "a bit better". What is doubtful is asked
about, and a red sign is never passed over: negated or in another order it still comes out, with `ask`.

Phrases and patterns (`composition.py`) are found first. An answer that lets something go on then counts only where
nothing of the utterance is left over (`doubts.settled`); where nothing was understood, words that hint at a red sign
are asked about (`doubts.hinted`).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from voice_coach.events import SlotValue
from voice_coach.hear.grammar import doubts
from voice_coach.hear.grammar.grammar import UNKNOWN, Grammar, Negation, Phrase
from voice_coach.hear.grammar.templates import normal, with_numbers

_TRANSPARENT: Final = 10
"""Rank below which a finding (yes, no) may itself negate what follows: "not really better"."""

_WEAK: Final = 26
"""Rank up to which a finding (an answer) does not keep us from looking for a red sign in another order."""

_CORRECTABLE: Final = 25
"""Rank from which a finding after "no, sorry" replaces the one before it."""

_ASK: Final = "ask"

_DROP: Final = "drop"

_NO: Final = "no"
"""The intent that a negated sign is where only yes or no was asked: "no chest pain"."""

STOP_RANK: Final = 90
"""Rank of a bare "stop"; what is graver tells how it feels."""

_REACH: Final = 4
"""Words before a sign in which somebody else may be named."""

_PLACE: Final = "place"
"""The intent and slot of which the furthest counts where several are named (R10)."""


MAX_REMEMBERED: Final = 1000
"""Texts whose meaning is remembered: partial results come again and again."""


MAX_WORDS: Final = 200
"""Words that are looked at together; the time that it takes grows with the square of their number."""

_OVERLAP: Final = 20
"""Words that two parts of a longer text share, so that a sign on the border is in one of them."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """The meaning of a text."""

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
    """Index of the phrase's first word in the text, its numbers written as words."""
    last: int = 0
    """Index behind its last word; `first` where the words stand apart."""
    besides: bool = False
    """The only reason for `ask` is that more was said, none of it a sign, a denial or another answer."""
    hint: bool = False
    """No phrase was understood: words that belong to a red sign stand somewhere in the text (`doubts.hinted`)."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A phrase that stands in the text."""

    start: int
    end: int
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class _Row:
    """The meaning of one phrase found."""

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
    """What was said of it is that it is not so: only its words count, as understood."""

    @property
    def taken(self) -> range:
        """The words that it was understood from."""
        return range(self.start if self.negated_at < 0 else self.negated_at, self.end)


def understand(grammar: Grammar, text: str, active: frozenset[str] | None = None) -> Meaning:
    """Return what the text means while these intents (None: all) and the grammar's `always` are active.

    The intent is never one that is not active. `[unk]` counts as a word that nobody understood. Of a text of more than
    `MAX_WORDS` words the gravest part counts, and is doubtful.
    """
    known = grammar.understood
    key = (text, active)
    meaning: Meaning | None = known.get(key)
    if meaning is None:
        if len(known) >= MAX_REMEMBERED:
            known.clear()
        meaning = known[key] = _understood_in_parts(grammar, text.split(), active)
    return meaning


def _understood_in_parts(grammar: Grammar, words: list[str], active: frozenset[str] | None) -> Meaning:
    if len(words) <= MAX_WORDS:
        return _understood(grammar, " ".join(words), active)
    starts = range(0, len(words) - _OVERLAP, MAX_WORDS - _OVERLAP)
    parts = [(at, _understood(grammar, " ".join(words[at : at + MAX_WORDS]), active)) for at in starts]
    at, gravest = max(parts, key=lambda part: (part[1].red, part[1].rank))
    if gravest.intent is None:
        return gravest
    return replace(gravest, ask=True, first=at + gravest.first, last=at + gravest.last)


def _understood(grammar: Grammar, text: str, active: frozenset[str] | None) -> Meaning:
    words = grammar.spelled(normal(with_numbers(text)).split())
    for end, before in grammar.composition.echoed(words, active or frozenset()):
        meaning = _said(grammar, words[end:], active)
        if meaning.intent and (not before or (meaning.intent in before and (meaning.besides or not meaning.ask))):
            return replace(meaning, first=end + meaning.first, last=end + meaning.last)
    return _said(grammar, words, active)


def _said(grammar: Grammar, words: list[str], active: frozenset[str] | None) -> Meaning:
    allowed = grammar.intents if active is None else (active & grammar.intents) | grammar.always
    asked = active or frozenset[str]()
    everything = _rows(grammar, words, allowed, asked)
    rows = [row for row in everything if not row.dropped]
    if UNKNOWN in words and not any(row.phrase.red for row in rows):
        bridged = _bridged(grammar, words, allowed, asked)
        if not rows or any(row.phrase.red for row in bridged):  # "better but that [unk] hurts"
            rows = everything = bridged
    told = {i for row in rows if row.intent == _NO or len(row.taken) > 1 for i in row.taken}  # "into my upper leg"
    untold = [word for i, word in enumerate(words) if i not in told]
    if all(row.rank <= _WEAK for row in rows) and (doubtful := _jumbled(grammar, untold, allowed, asked)):
        return doubtful
    meaning = _weigh(_told_now(rows, words, grammar), words, grammar) if rows else Meaning()
    if grammar.composition.only_takes_up(words, meaning.intent):
        meaning = replace(meaning, slots={**meaning.slots, "taken_up": True})
    if not grammar.composition or meaning.red:
        return meaning
    taken = {i for row in everything for i in row.taken}
    left = doubts.left_over(grammar, words, taken, meaning.intent)
    if left or meaning.intent is None:
        hint = doubts.hinted(grammar, words, meaning.intent, allowed, asked)
        if hint is not None:
            return Meaning(hint.intent, hint.slots, ask=True, rank=hint.rank, red=hint.red, hint=True)
    doubt = doubts.settled(grammar, words, meaning, left)
    if doubt == "nothing":
        return Meaning()
    return replace(meaning, ask=True, besides=doubt == "besides" and not meaning.ask) if doubt else meaning


def _rows(grammar: Grammar, words: list[str], allowed: frozenset[str], asked: frozenset[str]) -> list[_Row]:
    found = _longest(grammar, words, allowed, asked)
    return [_row(found, i, words, grammar, allowed, asked) for i in range(len(found))]


def _bridged(grammar: Grammar, words: list[str], allowed: frozenset[str], asked: frozenset[str]) -> list[_Row]:
    """Return what stands in the text if unknown words are passed over; what is red is then to be asked about."""
    places = [i for i, word in enumerate(words) if word != UNKNOWN]
    return [
        replace(row, start=places[row.start], end=places[row.end - 1] + 1, ask=row.ask or row.phrase.red, negated_at=-1)
        for row in _rows(grammar, [words[i] for i in places], allowed, asked)
        if not row.dropped
    ]


def _longest(grammar: Grammar, words: list[str], allowed: frozenset[str], asked: frozenset[str]) -> list[_Found]:
    """Return phrases that do not overlap, in order: longer ones first, then graver ones, then later ones.

    A phrase of an inactive intent takes its place too ("it left my leg" is no answer to "which side?"),
    but never that of a red one. An "um" amid its words makes none longer: "more pain, um, better" has more pain.
    """
    spans = [_Found(start, end, phrase) for start in range(len(words)) for end, phrase in grammar.at(words, start)]
    spans += [_Found(*span) for span in grammar.composition.spans(words)]
    spans = [span for span in spans if span.phrase.may_be_said(asked)]
    hesitations = grammar.composition.hesitations(words)

    def precedence(span: _Found) -> tuple[int, int, int]:
        amid = hesitations.intersection(range(span.start + 1, span.end - 1))
        return span.end - span.start - len(amid), span.phrase.rank, span.start

    spans.sort(key=precedence, reverse=True)
    taken: set[int] = set()
    chosen: list[_Found] = []
    for only_red in (False, True):
        for span in spans:
            active = _taken_for(grammar, span.phrase, allowed, asked) is not None
            if only_red and not (active and span.phrase.red):
                continue
            place = set(range(span.start, span.end))
            if not place & taken:
                taken |= place
                chosen.append(span)
        chosen = [span for span in chosen if _taken_for(grammar, span.phrase, allowed, asked) is not None]
        taken = {i for span in chosen for i in range(span.start, span.end)}
    return sorted(_graver(spans, chosen, grammar, allowed, asked), key=lambda f: f.start)


def _graver(
    spans: list[_Found], chosen: list[_Found], grammar: Grammar, allowed: frozenset[str], asked: frozenset[str]
) -> list[_Found]:
    """Return what was chosen, but where a graver sign stands within a longer one: "it's going down both legs"."""
    for span in spans:
        phrase = span.phrase
        if not phrase.red or phrase.ask or _taken_for(grammar, phrase, allowed, asked) != phrase.intent:
            continue
        crossed = [one for one in chosen if one.start < span.end and span.start < one.end]
        if crossed and all(one.phrase.red and one.phrase.rank < phrase.rank for one in crossed):
            chosen = [*(one for one in chosen if one not in crossed), span]
    return chosen


def _taken_for(grammar: Grammar, phrase: Phrase, allowed: frozenset[str], asked: frozenset[str]) -> str | None:
    """Return the intent that a phrase stands for while these are allowed and those were asked for; None for nothing."""
    answered = next((intent for intent in phrase.answers if intent in asked), None)
    if answered is None and _PLACE in asked and phrase.intent in grammar.composition.tells_where:
        named = _place_named(grammar, phrase)
        answered = _PLACE if named is not None and named not in grammar.composition.vague else None
    return answered or (phrase.intent if phrase.intent in allowed else None)


def _place_named(grammar: Grammar, phrase: Phrase) -> SlotValue | None:
    """Return the place that a phrase names, in its slot or only in its words: "into my buttock"."""
    if _PLACE in phrase.slots:
        return phrase.slots[_PLACE]
    place = grammar.composition.furthest(phrase.words)
    return place.name if place else None


def _row(
    found: list[_Found], i: int, words: list[str], grammar: Grammar, allowed: frozenset[str], asked: frozenset[str]
) -> _Row:
    this = found[i]
    phrase = this.phrase
    intent = _taken_for(grammar, phrase, allowed, asked) or phrase.intent
    rank, ask, slots = phrase.rank, phrase.ask, phrase.slots
    if intent != phrase.intent:  # the answer to a question: only its own slot, and of the rank of an answer
        slots = {_PLACE: place} if intent == _PLACE and (place := _place_named(grammar, phrase)) else slots
        slots = {name: value for name, value in slots.items() if name == intent}
        negated_at = _negated(found, i, words, grammar.negation) if intent == _PLACE else -1
        negated_at = -1 if words[negated_at] in grammar.negation.next_word else negated_at
        return _Row(_CORRECTABLE, this.start, this.end, intent, slots, ask, phrase, negated_at, negated_at >= 0)
    if _two_clauses(grammar, phrase):  # "not better but it's numb": what is red stands behind the "but"
        return _Row(rank, this.start, this.end, intent, slots, ask, phrase)
    negated_at = _negated(found, i, words, grammar.negation) if phrase.negated else -1
    if phrase.negated in {_DROP, _NO} and not phrase.red and words[negated_at] in grammar.negation.next_word:
        negated_at = -1  # "calf, no, thigh"
    dropped = False
    if negated_at >= 0:
        if phrase.negated in allowed:
            intent, rank = phrase.negated, _rank_of(grammar, phrase.negated)
            slots = {"denied": phrase.intent} if phrase.red else {}
            ask = ask or words[negated_at] in grammar.negation.next_word  # "no worse", or "no, worse"?
        elif (
            phrase.negated == _ASK
            and phrase.red
            and phrase.rank > STOP_RANK
            and _NO in asked
            and _denies(grammar.negation, words, negated_at, this, found[:i])
        ):
            intent, rank, slots = _NO, _rank_of(grammar, _NO), {}
            between = words[negated_at + 1 : this.start]  # "no new pain", or "no, new pain"?
            ask = bool(between) and grammar.negation.attributes.issuperset(between)
        elif phrase.negated != _DROP and (phrase.negated == _ASK or phrase.red):
            ask = True
        else:
            dropped = True
    else:
        ask = ask or _is_unclear(grammar, phrase, words, this.start)
    return _Row(rank, this.start, this.end, intent, slots, ask, phrase, negated_at, dropped)


def _denies(negation: Negation, words: list[str], at: int, sign: _Found, before: list[_Found]) -> bool:
    """Tell whether the word at `at` can only deny the sign: "no numbness", but not "no, numb in my foot".

    An answer that is whole, such as "I don't think so", denies no more than "no" does, and nothing denies "can't".
    """
    whole = any(one.start <= at < one.end and words[one.end - 1] in negation.closers for one in before)
    if not negation.nouns or not (whole or words[at] in negation.next_word or negation.negates(words[sign.start])):
        return True
    first, *rest = words[sign.start : sign.end]
    noun = first in negation.nouns or (first in negation.modifiers and rest[:1] and rest[0] in negation.nouns)
    return bool(noun) and not negation.predicates.intersection(rest)


def _is_unclear(grammar: Grammar, phrase: Phrase, words: list[str], start: int) -> bool:
    """Tell whether other words make a phrase doubtful: an unknown one before it, somebody else, or the television."""
    if (phrase.careful or phrase.red) and phrase.negated and _unknown_before(start, words, grammar):
        return True
    if not phrase.red or phrase.rank <= STOP_RANK:
        return False
    before = words[max(0, start - grammar.negation.window) : start]
    over = grammar.negation.past.intersection(before) and grammar.negation.boundaries.intersection(words[start:])
    if over or _of_somebody_else(grammar, words, start):  # "it was worse, but now ..."
        return True
    return grammar.composition.names_any(words, grammar.composition.asides)


def _of_somebody_else(grammar: Grammar, words: list[str], start: int) -> bool:
    """Tell whether a sign may be another person's, or is not so yet: "England were worse", "it could get worse"."""
    others = grammar.composition.others
    before = words[max(0, start - _REACH) : start]
    return bool(others) and any(word.removesuffix("'s") in others for word in before)


def _two_clauses(grammar: Grammar, phrase: Phrase) -> bool:
    """Whether a phrase is another one, a "but" or "and", and more: no "pins and needles"."""
    heads = (phrase.words[:i] for i, word in enumerate(phrase.words) if word in grammar.negation.boundaries)
    return any(node is not None and node.phrases for node in map(grammar.node, heads))


def _rank_of(grammar: Grammar, intent: str) -> int:
    return max(phrase.rank for phrase in grammar.phrases if phrase.intent == intent)


def _negated(found: list[_Found], i: int, words: list[str], negation: Negation) -> int:
    """Return the index of the word that negates a phrase; -1: none does."""
    start = found[i].start
    before = start - 1
    if before >= 0 and words[before] in negation.joins and i and found[i - 1].end == before:
        inside = next((k for k in range(found[i - 1].start, before) if negation.negates(words[k])), -1)
        return inside if inside >= 0 else _negated(found, i - 1, words, negation)
    if before >= 0 and words[before] in negation.next_word:
        return before if words[start] not in negation.clause_starts else -1
    noun = start
    while noun and words[noun - 1] in negation.attributes:
        noun -= 1
    if 0 < noun < start and words[noun - 1] in negation.next_word:
        return noun - 1
    mute = {
        index for other in found[:i] if other.phrase.rank >= _TRANSPARENT for index in range(other.start, other.end)
    }
    said = {index for other in found[:i] for index in range(other.start, other.end)}
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


def _unknown_before(start: int, words: list[str], grammar: Grammar) -> bool:
    """Whether a word that was not understood, so perhaps a "not", stands where it would negate."""
    before = words[max(0, start - grammar.negation.window) : start]
    if not grammar.composition:
        return UNKNOWN in before
    return any(grammar.in_vocabulary(word) == UNKNOWN for word in before)


def _jumbled(grammar: Grammar, words: list[str], allowed: frozenset[str], asked: frozenset[str]) -> Meaning | None:
    """Return a red sign whose words are all there in another order: to be asked about, never taken."""
    present, bag = set(words), Counter(words)
    for different, needed, phrase in grammar.red_bags:
        if different <= present and needed <= bag and phrase.intent == _taken_for(grammar, phrase, allowed, asked):
            return Meaning(phrase.intent, phrase.slots, ask=True, rank=phrase.rank, red=True)
    return None


def _told_now(rows: list[_Row], words: list[str], grammar: Grammar) -> list[_Row]:
    """Return the rows without what was so before ("it was seven, now it's five") and without "wait" in a correction."""
    was, corrections = grammar.negation.past, grammar.negation.corrections
    kept = []
    for row in rows:
        later = any(other.start > row.start and other.rank >= _CORRECTABLE for other in rows)
        before = set(words[max(0, row.start - grammar.negation.window) : row.start])
        if was & before and later and not row.phrase.red:
            continue
        again = any(other.start < row.start and one.start > row.start and other.intent == one.intent
                    for other in rows for one in rows)  # fmt: skip
        if again and corrections.issuperset(words[row.start : row.end]):
            continue
        kept.append(row)
    return kept or rows


def _weigh(rows: list[_Row], words: list[str], grammar: Grammar) -> Meaning:
    negation = grammar.negation
    best = max(rows, key=lambda row: (row.rank, row.start))
    if not best.phrase.red:
        best = _corrected(rows, best, words, negation)
    if best.intent == _PLACE and not _is_corrected(rows, best, words, negation):
        best = max((row for row in rows if row.intent == _PLACE), key=lambda row: grammar.distance(row.slots))
    also = tuple(dict.fromkeys(row.intent for row in rows if row.intent != best.intent))
    phrase = best.phrase
    red = phrase.red and best.intent == phrase.intent
    return Meaning(best.intent, best.slots, best.ask, also, best.rank, red, phrase.careful, best.start, best.end)


def _is_corrected(rows: list[_Row], best: _Row, words: list[str], negation: Negation) -> bool:
    """Tell whether an earlier place was taken back: "calf, no, thigh"."""
    return any(
        negation.corrections.intersection(words[row.end : best.start])
        for row in rows
        if row.intent == best.intent and row.end <= best.start
    )


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
