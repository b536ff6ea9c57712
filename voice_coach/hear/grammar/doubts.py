"""What must not be taken for an answer, and what must not be passed over.

An answer that lets something go on counts only if nothing of the utterance is left over but filler and the topic of the
question: "of course" is a yes, "of course not" is none. And where nothing was understood, words that together hint at a
red sign are asked about. Both follow the key `meaning` of the grammar.
"""

from typing import Final, Literal

from voice_coach.hear.grammar.composition import UNHEARD
from voice_coach.hear.grammar.grammar import UNKNOWN, Grammar
from voice_coach.hear.grammar.phrase import Phrase

MIN_WORDS: Final = 3
"""Words that an utterance needs where a single class is a sign: "knee" alone is a misheard "no"."""

MIN_RANK_BESIDE_COMMAND: Final = 99
"""Rank from which a sign is looked for next to a command too: "slower, there's a tight band round my chest".

Only signs of every situation are: those of some situations are vague ("head", "room", "water").
"""

Doubt = Literal["", "ask", "nothing"]


def left_over(grammar: Grammar, words: list[str], taken: set[int], intent: str | None) -> list[str]:
    """Return the words that no phrase has taken, without filler and, for a strict intent, the topic of its question."""
    strict = grammar.composition.strict.get(intent or "")
    return grammar.composition.left_over(words, taken, strict.about if strict else frozenset())


def settled(
    grammar: Grammar, words: list[str], taken: range, intent: str | None, also: tuple[str, ...], left: list[str]
) -> Doubt:
    """Return what is doubtful about an answer: nothing, so that it counts; to be asked about; or it is no answer.

    A single unknown word may be a noise, and does not count as left over.

    Args:
        grammar: which intents are strict.
        words: what was said.
        taken: the words that the answer was understood from.
        intent: the answer; None: there is none.
        also: the other intents in the same words.
        left: what is left over of them.
    """
    composition = grammar.composition
    if intent is None:
        return ""
    if any(intent in pair and pair.intersection(also) for pair in composition.opposites):
        return "ask"
    strict = composition.strict.get(intent)
    if strict is None:
        return ""
    if (not left or left == [UNKNOWN]) and not composition.names_any(words, strict.hedges, taken):
        return ""
    return "nothing" if strict.doubtful == "nothing" else "ask"


def hinted(
    grammar: Grammar, words: list[str], intent: str | None, allowed: frozenset[str], asked: frozenset[str]
) -> Phrase | None:
    """Return the gravest red sign that the words hint at, to be asked about; None where they hint at none.

    Args:
        grammar: where the signs are described.
        words: what was said.
        intent: what a part of them was taken for; None: nothing.
        allowed: the intents that are understood now.
        asked: the intents that were asked for.
    """
    composition = grammar.composition
    commanded = intent is not None and intent not in composition.weak and intent not in composition.strict
    bare = {word.removesuffix("'s") for word in words}
    others = bool(composition.others & bare) and not composition.first_persons & bare
    named = composition.named(words)
    if any(grammar.in_vocabulary(word) == UNKNOWN for word in words):
        named |= {UNHEARD}
    denying = composition.named(_asserted(grammar, words))
    for sign in composition.signs:
        if others and not sign.call:
            continue
        if commanded and (sign.phrase.rank < MIN_RANK_BESIDE_COMMAND or sign.phrase.only):
            continue
        if sign.phrase.intent not in allowed or not sign.phrase.may_be_said(asked) or sign.without & denying:
            continue
        if len(sign.classes) == 1 and len(words) < MIN_WORDS:
            continue
        if all(named.intersection(group) for group in sign.classes):
            return sign.phrase
    return None


def _asserted(grammar: Grammar, words: list[str]) -> list[str]:
    """Return the words without what only leads in: "I don't know, ...", or a "no" before a clause of its own."""
    rest = grammar.composition.without_lead_ins(words)
    negation = grammar.negation
    if len(rest) > 1 and rest[0] in negation.next_word and rest[1] in negation.clause_starts:
        return rest[1:]
    return rest
