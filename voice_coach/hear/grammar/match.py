"""Understand a text: which intent is meant, and whether to ask before acting on it (clinical.md 5b and 5d).

Nothing here is fuzzy: "not a bit better" must never come out as "a bit better". What is doubtful is asked about, and a
red sign is never lost: negated, or with its words in another order, it still comes out with `ask`.

The steps, for the words of a text (`_understand_words`):

1. Find phrases and patterns (`composition.py`) that don't overlap; the longest win (`_choose_spans`).
2. Find what each means where it is: negated, somebody else's, the answer to a question (`_finding`).
3. If only weak answers were found, look for a sign with its words in another order (`_sign_in_other_order`).
4. Choose the gravest, after corrections such as "no, sorry" (`_choose`).
5. An answer that lets something go on counts only if no other words are left over (`doubts.settled`). If there are, or
   nothing was understood, words that hint at a red sign are asked about (`doubts.hinted`).
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from voice_coach.events import SlotValue
from voice_coach.hear.grammar import doubts
from voice_coach.hear.grammar.grammar import UNKNOWN, Grammar, Negation, Phrase
from voice_coach.hear.grammar.templates import normal, with_numbers

_MIN_RANK_BLOCKING_NEGATION: Final = 10
"""From this rank on, a finding stops a negation before it; one below (yes, no) may hold it: "not really better"."""

_MAX_WEAK_RANK: Final = 26
"""Up to this rank (answers), findings do not rule out a red sign whose words are in another order."""

_MIN_CORRECTABLE_RANK: Final = 25
"""From this rank on, a finding after "no, sorry" replaces the one before it."""

_ASK: Final = "ask"

_DROP: Final = "drop"

_NO: Final = "no"
"""The intent of a denied sign after a yes-or-no question: "no chest pain"."""

STOP_RANK: Final = 90
"""Rank of a bare "stop". Signs, which tell how it feels, have a higher one."""

_SOMEBODY_WINDOW: Final = 4
"""How many words before a sign may name somebody else."""

_PLACE: Final = "place"
"""The intent and slot of a place; where several places are named, the furthest from the spine counts (R10)."""


MAX_REMEMBERED: Final = 1000
"""How many texts are cached: partial results repeat."""


MAX_WORDS: Final = 200
"""Longer texts are understood in parts: the time grows with the square of the number of words."""

_OVERLAP: Final = 20
"""Words that two parts of a longer text share, so that a sign on the border is in one of them."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """The meaning of a text."""

    intent: str | None = None
    """None: the text holds no phrase of an active intent."""
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
    """Index after its last word; the same as `first` if the words are not together."""
    besides: bool = False
    """`ask` is set only because more was said, none of it a sign, a denial or another answer."""
    hint: bool = False
    """No phrase was understood, but words of a red sign are in the text (`doubts.hinted`)."""


@dataclass(frozen=True, slots=True)
class _Span:
    """A phrase and where it is in the text."""

    start: int
    end: int
    phrase: Phrase


@dataclass(frozen=True, slots=True)
class _Finding:
    """What a phrase means where it is in the text."""

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


def understand(grammar: Grammar, text: str, active: frozenset[str] | None = None) -> Meaning:
    """Return what a text means while these intents (None: all) and the grammar's `always` are active.

    The intent is always an active one. `[unk]` is a word that was not understood. Of a text longer than `MAX_WORDS` the
    gravest part counts, and is doubtful.
    """
    cache = grammar.understood
    key = (text, active)
    meaning: Meaning | None = cache.get(key)
    if meaning is None:
        if len(cache) >= MAX_REMEMBERED:
            cache.clear()
        meaning = cache[key] = _understand_in_parts(grammar, text.split(), active)
    return meaning


def _understand_in_parts(grammar: Grammar, words: list[str], active: frozenset[str] | None) -> Meaning:
    if len(words) <= MAX_WORDS:
        return _understand_text(grammar, " ".join(words), active)
    starts = range(0, len(words) - _OVERLAP, MAX_WORDS - _OVERLAP)
    parts = [(at, _understand_text(grammar, " ".join(words[at : at + MAX_WORDS]), active)) for at in starts]
    at, gravest = max(parts, key=lambda part: (part[1].red, part[1].rank))
    if gravest.intent is None:
        return gravest
    return replace(gravest, ask=True, first=at + gravest.first, last=at + gravest.last)


def _understand_text(grammar: Grammar, text: str, active: frozenset[str] | None) -> Meaning:
    words = grammar.spelled(normal(with_numbers(text)).split())
    for end, before in grammar.composition.echoed(words, active or frozenset()):
        meaning = _understand_words(grammar, words[end:], active)
        if meaning.intent and (not before or (meaning.intent in before and (meaning.besides or not meaning.ask))):
            return replace(meaning, first=end + meaning.first, last=end + meaning.last)
    return _understand_words(grammar, words, active)


def _understand_words(grammar: Grammar, words: list[str], active: frozenset[str] | None) -> Meaning:
    allowed = grammar.intents if active is None else (active & grammar.intents) | grammar.always
    asked = active or frozenset[str]()
    with_dropped = _findings(grammar, words, allowed, asked)
    findings = [finding for finding in with_dropped if not finding.dropped]
    if UNKNOWN in words and not any(finding.phrase.red for finding in findings):
        bridged = _without_unknown_words(grammar, words, allowed, asked)
        if not findings or any(finding.phrase.red for finding in bridged):  # "better but that [unk] hurts"
            findings = with_dropped = bridged
    if all(finding.rank <= _MAX_WEAK_RANK for finding in findings):
        # Words of longer findings are not the sign's: "into my upper leg".
        explained = {
            i for finding in findings if finding.intent == _NO or len(finding.taken) > 1 for i in finding.taken
        }
        unexplained = [word for i, word in enumerate(words) if i not in explained]
        if sign := _sign_in_other_order(grammar, unexplained, allowed, asked):
            return sign
    meaning = _choose(_without_past(findings, words, grammar), words, grammar) if findings else Meaning()
    if grammar.composition.only_takes_up(words, meaning.intent):
        meaning = replace(meaning, slots={**meaning.slots, "taken_up": True})
    if not grammar.composition or meaning.red:
        return meaning
    taken = {i for finding in with_dropped for i in finding.taken}
    left = doubts.left_over(grammar, words, taken, meaning.intent)
    if left or meaning.intent is None:
        hint = doubts.hinted(grammar, words, meaning.intent, allowed, asked)
        if hint is not None:
            return Meaning(hint.intent, hint.slots, ask=True, rank=hint.rank, red=hint.red, hint=True)
    doubt = doubts.settled(grammar, words, meaning, left)
    if doubt == "nothing":
        return Meaning()
    return replace(meaning, ask=True, besides=doubt == "besides" and not meaning.ask) if doubt else meaning


def _findings(grammar: Grammar, words: list[str], allowed: frozenset[str], asked: frozenset[str]) -> list[_Finding]:
    spans = _choose_spans(grammar, words, allowed, asked)
    return [_finding(spans, i, words, grammar, allowed, asked) for i in range(len(spans))]


def _without_unknown_words(
    grammar: Grammar, words: list[str], allowed: frozenset[str], asked: frozenset[str]
) -> list[_Finding]:
    """Return the findings if unknown words are skipped; red ones are then asked about."""
    places = [i for i, word in enumerate(words) if word != UNKNOWN]
    return [
        replace(
            finding,
            start=places[finding.start],
            end=places[finding.end - 1] + 1,
            ask=finding.ask or finding.phrase.red,
            negated_at=-1,
        )
        for finding in _findings(grammar, [words[i] for i in places], allowed, asked)
        if not finding.dropped
    ]


def _choose_spans(grammar: Grammar, words: list[str], allowed: frozenset[str], asked: frozenset[str]) -> list[_Span]:
    """Return phrases that do not overlap, in order: longer ones first, then graver ones, then later ones.

    A phrase of an inactive intent also takes up its words ("it left my leg" is no answer to "which side?"), but never
    those of a red one. An "um" amid its words makes none longer: "more pain, um, better" has more pain.
    """
    spans = [_Span(start, end, phrase) for start in range(len(words)) for end, phrase in grammar.at(words, start)]
    spans += [_Span(*span) for span in grammar.composition.spans(words)]
    spans = [span for span in spans if span.phrase.may_be_said(asked)]
    hesitations = grammar.composition.hesitations(words)

    def precedence(span: _Span) -> tuple[int, int, int]:
        amid = hesitations.intersection(range(span.start + 1, span.end - 1))
        return span.end - span.start - len(amid), span.phrase.rank, span.start

    spans.sort(key=precedence, reverse=True)
    taken: set[int] = set()
    chosen: list[_Span] = []
    for only_red in (False, True):
        for span in spans:
            active = _intent_of(grammar, span.phrase, allowed, asked) is not None
            if only_red and not (active and span.phrase.red):
                continue
            place = set(range(span.start, span.end))
            if not place & taken:
                taken |= place
                chosen.append(span)
        chosen = [span for span in chosen if _intent_of(grammar, span.phrase, allowed, asked) is not None]
        taken = {i for span in chosen for i in range(span.start, span.end)}
    return sorted(_prefer_graver(spans, chosen, grammar, allowed, asked), key=lambda f: f.start)


def _prefer_graver(
    spans: list[_Span], chosen: list[_Span], grammar: Grammar, allowed: frozenset[str], asked: frozenset[str]
) -> list[_Span]:
    """Return the chosen spans, with a graver sign for a longer one it overlaps: "it's going down both legs"."""
    for span in spans:
        phrase = span.phrase
        if not phrase.red or phrase.ask or _intent_of(grammar, phrase, allowed, asked) != phrase.intent:
            continue
        crossed = [one for one in chosen if one.start < span.end and span.start < one.end]
        if crossed and all(one.phrase.red and one.phrase.rank < phrase.rank for one in crossed):
            chosen = [*(one for one in chosen if one not in crossed), span]
    return chosen


def _intent_of(grammar: Grammar, phrase: Phrase, allowed: frozenset[str], asked: frozenset[str]) -> str | None:
    """Return the intent of a phrase, given the intents that are allowed and those that were asked for; None: none."""
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


def _finding(
    spans: list[_Span], i: int, words: list[str], grammar: Grammar, allowed: frozenset[str], asked: frozenset[str]
) -> _Finding:
    """Return what one of the phrases in the text means there, next to the others."""
    span, phrase, negation = spans[i], spans[i].phrase, grammar.negation
    intent = _intent_of(grammar, phrase, allowed, asked) or phrase.intent
    if intent != phrase.intent:
        return _answer(intent, spans, i, words, grammar)
    finding = _Finding(phrase.rank, span.start, span.end, intent, phrase.slots, phrase.ask, phrase)
    if _has_two_clauses(grammar, phrase):  # "not better but it's numb": the sign comes after the "but"
        return finding
    negated_at = _negation_of(spans, i, words, negation) if phrase.negated else -1
    if phrase.negated in {_DROP, _NO} and not phrase.red and words[negated_at] in negation.next_word:
        negated_at = -1  # "calf, no, thigh"
    if negated_at < 0:
        return replace(finding, ask=phrase.ask or _is_unclear(grammar, phrase, words, span.start))
    return _negate(replace(finding, negated_at=negated_at), spans[:i], words, grammar, allowed, asked)


def _answer(intent: str, spans: list[_Span], i: int, words: list[str], grammar: Grammar) -> _Finding:
    """Return a phrase of another intent as the answer to a question: with the answer's own slot, and its rank."""
    span, phrase, negation = spans[i], spans[i].phrase, grammar.negation
    slots = {name: value for name, value in phrase.slots.items() if name == intent}
    negated_at = -1
    if intent == _PLACE:
        place = _place_named(grammar, phrase)
        slots = {_PLACE: place} if place else slots
        negated_at = _negation_of(spans, i, words, negation)
        if words[negated_at] in negation.next_word:
            negated_at = -1
    return _Finding(
        _MIN_CORRECTABLE_RANK, span.start, span.end, intent, slots, phrase.ask, phrase, negated_at, negated_at >= 0
    )


def _negate(
    finding: _Finding,
    before: list[_Span],
    words: list[str],
    grammar: Grammar,
    allowed: frozenset[str],
    asked: frozenset[str],
) -> _Finding:
    """Return what a negated phrase means: what the grammar says, a "no", a doubtful sign, or nothing."""
    phrase, negation = finding.phrase, grammar.negation
    bare_no = words[finding.negated_at] in negation.next_word
    if phrase.negated in allowed:
        return replace(
            finding,
            intent=phrase.negated,
            rank=_rank_of(grammar, phrase.negated),
            slots={"denied": phrase.intent} if phrase.red else {},
            ask=phrase.ask or bare_no,  # "no worse", or "no, worse"?
        )
    is_sign = phrase.negated == _ASK and phrase.red and phrase.rank > STOP_RANK
    if is_sign and _NO in asked and _denies(negation, words, finding, before):
        between = words[finding.negated_at + 1 : finding.start]  # "no new pain", or "no, new pain"?
        doubtful = bool(between) and negation.attributes.issuperset(between)
        return replace(finding, intent=_NO, rank=_rank_of(grammar, _NO), slots={}, ask=doubtful)
    if phrase.negated != _DROP and (phrase.negated == _ASK or phrase.red):
        return replace(finding, ask=True)
    return replace(finding, dropped=True)


def _denies(negation: Negation, words: list[str], sign: _Finding, before: list[_Span]) -> bool:
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


def _is_unclear(grammar: Grammar, phrase: Phrase, words: list[str], start: int) -> bool:
    """Tell whether other words make a phrase doubtful: an unknown one before it, another person, or the television."""
    if (phrase.careful or phrase.red) and phrase.negated and _follows_unknown_word(start, words, grammar):
        return True
    if not phrase.red or phrase.rank <= STOP_RANK:
        return False
    before = words[max(0, start - grammar.negation.window) : start]
    is_past = grammar.negation.past.intersection(before) and grammar.negation.boundaries.intersection(words[start:])
    if is_past or _is_about_somebody_else(grammar, words, start):  # "it was worse, but now ..."
        return True
    return grammar.composition.names_any(words, grammar.composition.asides)


def _is_about_somebody_else(grammar: Grammar, words: list[str], start: int) -> bool:
    """Tell whether a sign may be another person's, or only possible: "England were worse", "it could get worse"."""
    others = grammar.composition.others
    before = words[max(0, start - _SOMEBODY_WINDOW) : start]
    return bool(others) and any(word.removesuffix("'s") in others for word in before)


def _has_two_clauses(grammar: Grammar, phrase: Phrase) -> bool:
    """Tell whether a phrase is another phrase followed by "but" or "and" and more; "pins and needles" is not."""
    heads = (phrase.words[:i] for i, word in enumerate(phrase.words) if word in grammar.negation.boundaries)
    return any(node is not None and node.phrases for node in map(grammar.node, heads))


def _rank_of(grammar: Grammar, intent: str) -> int:
    return max(phrase.rank for phrase in grammar.phrases if phrase.intent == intent)


def _negation_of(found: list[_Span], i: int, words: list[str], negation: Negation) -> int:
    """Return the index of the word that negates a phrase; -1: it is not negated."""
    start = found[i].start
    before = start - 1
    if before >= 0 and words[before] in negation.joins and i and found[i - 1].end == before:
        inside = next((k for k in range(found[i - 1].start, before) if negation.negates(words[k])), -1)
        return inside if inside >= 0 else _negation_of(found, i - 1, words, negation)
    if before >= 0 and words[before] in negation.next_word:
        return before if words[start] not in negation.clause_starts else -1
    noun = start
    while noun and words[noun - 1] in negation.attributes:
        noun -= 1
    if 0 < noun < start and words[noun - 1] in negation.next_word:
        return noun - 1
    mute = {
        index
        for other in found[:i]
        if other.phrase.rank >= _MIN_RANK_BLOCKING_NEGATION
        for index in range(other.start, other.end)
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


def _follows_unknown_word(start: int, words: list[str], grammar: Grammar) -> bool:
    """Tell whether a word that was not understood, perhaps a "not", is where it would negate."""
    before = words[max(0, start - grammar.negation.window) : start]
    if not grammar.composition:
        return UNKNOWN in before
    return any(grammar.in_vocabulary(word) == UNKNOWN for word in before)


def _sign_in_other_order(
    grammar: Grammar, words: list[str], allowed: frozenset[str], asked: frozenset[str]
) -> Meaning | None:
    """Return a red sign whose words are all there in another order; it is always asked about."""
    present, bag = set(words), Counter(words)
    for different, needed, phrase in grammar.red_bags:
        if different <= present and needed <= bag and phrase.intent == _intent_of(grammar, phrase, allowed, asked):
            return Meaning(phrase.intent, phrase.slots, ask=True, rank=phrase.rank, red=True)
    return None


def _without_past(findings: list[_Finding], words: list[str], grammar: Grammar) -> list[_Finding]:
    """Return the findings without past ones ("it was seven, now it's five") and without "wait" in a correction."""
    was, corrections = grammar.negation.past, grammar.negation.corrections
    kept = []
    for finding in findings:
        later = any(other.start > finding.start and other.rank >= _MIN_CORRECTABLE_RANK for other in findings)
        before = set(words[max(0, finding.start - grammar.negation.window) : finding.start])
        if was & before and later and not finding.phrase.red:
            continue
        again = any(other.start < finding.start and one.start > finding.start and other.intent == one.intent
                    for other in findings for one in findings)  # fmt: skip
        if again and corrections.issuperset(words[finding.start : finding.end]):
            continue
        kept.append(finding)
    return kept or findings


def _choose(findings: list[_Finding], words: list[str], grammar: Grammar) -> Meaning:
    negation = grammar.negation
    best = max(findings, key=lambda finding: (finding.rank, finding.start))
    if not best.phrase.red:
        best = _apply_correction(findings, best, words, negation)
    if best.intent == _PLACE and not _is_corrected(findings, best, words, negation):
        best = max(
            (finding for finding in findings if finding.intent == _PLACE),
            key=lambda finding: grammar.distance(finding.slots),
        )
    also = tuple(dict.fromkeys(finding.intent for finding in findings if finding.intent != best.intent))
    phrase = best.phrase
    red = phrase.red and best.intent == phrase.intent
    return Meaning(best.intent, best.slots, best.ask, also, best.rank, red, phrase.careful, best.start, best.end)


def _is_corrected(findings: list[_Finding], best: _Finding, words: list[str], negation: Negation) -> bool:
    """Tell whether an earlier place was taken back: "calf, no, thigh"."""
    return any(
        negation.corrections.intersection(words[finding.end : best.start])
        for finding in findings
        if finding.intent == best.intent and finding.end <= best.start
    )


def _apply_correction(findings: list[_Finding], best: _Finding, words: list[str], negation: Negation) -> _Finding:
    """Return the last correction; two answers of the same rank without a correction are asked about."""
    rivals = [finding for finding in findings if finding.rank >= _MIN_CORRECTABLE_RANK and finding is not best]
    first = min(
        (finding for finding in (*rivals, best) if finding.rank == best.rank), key=lambda finding: finding.start
    )
    later = [finding for finding in rivals if finding.start > first.start] + ([best] if best is not first else [])
    if later:
        last = max(later, key=lambda finding: finding.start)
        if negation.corrections.intersection(words[first.end : last.start]):
            return last
    if any(
        finding.rank == best.rank and (finding.intent, finding.slots) != (best.intent, best.slots) for finding in rivals
    ):
        return replace(best, ask=True)
    return best
