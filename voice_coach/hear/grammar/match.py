"""Understand a text: which intent is meant, and whether to ask before acting on it (clinical.md 5b and 5d).

Nothing here is fuzzy: "not a bit better" must never come out as "a bit better". What is doubtful is asked about, and a
red sign is never lost: negated, or with its words in another order, it still comes out with `ask`.

The steps, for the words of a text (`_understand_words`):

1. Find phrases and patterns (`composition.py`) that don't overlap; the longest win (`spans.py`).
2. Find what each means where it is: negated, somebody else's, the answer to a question (`findings.py`).
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
from voice_coach.hear.grammar.findings import MIN_CORRECTABLE_RANK, NO, Finding, find, find_across_unknown_words
from voice_coach.hear.grammar.grammar import UNKNOWN, Grammar, Negation
from voice_coach.hear.grammar.spans import PLACE, Utterance
from voice_coach.hear.grammar.templates import normal, with_numbers

_MAX_WEAK_RANK: Final = 26
"""Up to this rank (answers), findings do not rule out a red sign whose words are in another order."""

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
    allowed = grammar.intents if active is None else (active & grammar.intents) | grammar.always
    utterance = Utterance(grammar, words, allowed, asked=active or frozenset())
    for end, before in grammar.composition.echoed(words, utterance.asked):
        meaning = _understand_words(utterance.of(words[end:]))
        if meaning.intent and (not before or (meaning.intent in before and (meaning.besides or not meaning.ask))):
            return replace(meaning, first=end + meaning.first, last=end + meaning.last)
    return _understand_words(utterance)


def _understand_words(utterance: Utterance) -> Meaning:
    grammar, words = utterance.grammar, utterance.words
    with_dropped = find(utterance)
    findings = [finding for finding in with_dropped if not finding.dropped]
    if UNKNOWN in words and not any(finding.phrase.red for finding in findings):
        bridged = find_across_unknown_words(utterance)
        if not findings or any(finding.phrase.red for finding in bridged):  # "better but that [unk] hurts"
            findings = with_dropped = bridged
    if all(finding.rank <= _MAX_WEAK_RANK for finding in findings) and (
        sign := _sign_in_other_order(utterance, findings)
    ):
        return sign
    meaning = _choose(_without_past(findings, words, grammar), words, grammar) if findings else Meaning()
    if grammar.composition.only_takes_up(words, meaning.intent):
        meaning = replace(meaning, slots={**meaning.slots, "taken_up": True})
    if not grammar.composition or meaning.red:
        return meaning
    taken = {i for finding in with_dropped for i in finding.taken}
    left = doubts.left_over(grammar, words, taken, meaning.intent)
    if left or meaning.intent is None:
        hint = doubts.hinted(utterance, meaning.intent)
        if hint is not None:
            return Meaning(hint.intent, hint.slots, ask=True, rank=hint.rank, red=hint.red, hint=True)
    doubt = doubts.settled(grammar, words, meaning, left)
    if doubt == "nothing":
        return Meaning()
    return replace(meaning, ask=True, besides=doubt == "besides" and not meaning.ask) if doubt else meaning


def _sign_in_other_order(utterance: Utterance, findings: list[Finding]) -> Meaning | None:
    """Return a red sign whose words are all there in another order; it is always asked about."""
    # Words of longer findings are not the sign's: "into my upper leg".
    explained = {i for finding in findings if finding.intent == NO or len(finding.taken) > 1 for i in finding.taken}
    words = [word for i, word in enumerate(utterance.words) if i not in explained]
    present, bag = set(words), Counter(words)
    for different, needed, phrase in utterance.grammar.red_bags:
        if different <= present and needed <= bag and phrase.intent == utterance.intent_of(phrase):
            return Meaning(phrase.intent, phrase.slots, ask=True, rank=phrase.rank, red=True)
    return None


def _without_past(findings: list[Finding], words: list[str], grammar: Grammar) -> list[Finding]:
    """Return the findings without past ones ("it was seven, now it's five") and without "wait" in a correction."""
    was, corrections = grammar.negation.past, grammar.negation.corrections
    kept = []
    for finding in findings:
        later = any(other.start > finding.start and other.rank >= MIN_CORRECTABLE_RANK for other in findings)
        before = set(words[max(0, finding.start - grammar.negation.window) : finding.start])
        if was & before and later and not finding.phrase.red:
            continue
        again = any(other.start < finding.start and one.start > finding.start and other.intent == one.intent
                    for other in findings for one in findings)  # fmt: skip
        if again and corrections.issuperset(words[finding.start : finding.end]):
            continue
        kept.append(finding)
    return kept or findings


def _choose(findings: list[Finding], words: list[str], grammar: Grammar) -> Meaning:
    negation = grammar.negation
    best = max(findings, key=lambda finding: (finding.rank, finding.start))
    if not best.phrase.red:
        best = _apply_correction(findings, best, words, negation)
    if best.intent == PLACE and not _is_corrected(findings, best, words, negation):
        best = max(
            (finding for finding in findings if finding.intent == PLACE),
            key=lambda finding: grammar.distance(finding.slots),
        )
    also = tuple(dict.fromkeys(finding.intent for finding in findings if finding.intent != best.intent))
    phrase = best.phrase
    red = phrase.red and best.intent == phrase.intent
    return Meaning(best.intent, best.slots, best.ask, also, best.rank, red, phrase.careful, best.start, best.end)


def _is_corrected(findings: list[Finding], best: Finding, words: list[str], negation: Negation) -> bool:
    """Tell whether an earlier place was taken back: "calf, no, thigh"."""
    return any(
        negation.corrections.intersection(words[finding.end : best.start])
        for finding in findings
        if finding.intent == best.intent and finding.end <= best.start
    )


def _apply_correction(findings: list[Finding], best: Finding, words: list[str], negation: Negation) -> Finding:
    """Return the last correction; two answers of the same rank without a correction are asked about."""
    rivals = [finding for finding in findings if finding.rank >= MIN_CORRECTABLE_RANK and finding is not best]
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
