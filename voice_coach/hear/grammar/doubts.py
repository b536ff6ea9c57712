"""What must not be taken for an answer, and what must not be passed over.

An answer that lets something go on counts only if nothing of the utterance is left over but filler and the topic of the
question: "of course" is a yes, "of course not" is none. And where nothing was understood, words that together hint at a
red sign are asked about. Both follow the key `meaning` of the grammar.
"""

from collections.abc import Sequence
from typing import Final, Literal, Protocol

from voice_coach.hear.grammar.composition import UNHEARD, Talk
from voice_coach.hear.grammar.grammar import UNKNOWN, Grammar
from voice_coach.hear.grammar.phrase import Phrase

MIN_WORDS: Final = 3
"""Words that an utterance needs where a single class is a sign: "knee" alone is a misheard "no"."""

MIN_RANK_BESIDE_COMMAND: Final = 99
"""Rank from which a sign is looked for next to a command too: "slower, there's a tight band round my chest".

Only signs of every situation are: those of some situations are vague ("head", "room", "water").
"""

Doubt = Literal["", "besides", "ask", "nothing"]


class Answer(Protocol):
    """A `match.Meaning`: what some of the words were taken for."""

    @property
    def intent(self) -> str | None:
        """None: nothing."""

    @property
    def also(self) -> Sequence[str]:
        """The other intents in the same words."""

    @property
    def first(self) -> int:
        """Where the words that were taken begin."""

    @property
    def last(self) -> int:
        """The index behind them."""


def left_over(grammar: Grammar, words: list[str], taken: set[int], intent: str | None) -> list[int]:
    """Return the places of the words that no phrase has taken, without filler.

    The topic of the question that a strict intent answers is no such word.
    """
    strict = grammar.composition.strict.get(intent or "")
    return grammar.composition.left_over(words, taken, strict.about if strict else frozenset())


def settled(grammar: Grammar, words: list[str], meaning: Answer, left: list[int]) -> Doubt:
    """Return what is doubtful about an answer: nothing, so that it counts; to be asked about; or it is no answer.

    A single unknown word may be a noise, and does not count as left over.

    Args:
        grammar: which intents are strict.
        words: what was said.
        meaning: what it was taken for.
        left: the places of the words that are left over.
    """
    composition = grammar.composition
    strict = composition.strict.get(meaning.intent or "")
    if any(meaning.intent in pair and pair.intersection(meaning.also) for pair in composition.opposites):
        return "ask"
    if strict is None:
        return ""
    taken = range(meaning.first, meaning.last)
    hedged = composition.names_any(words, strict.hedges, taken)
    if not hedged and (not left or [words[i] for i in left] == [UNKNOWN]):
        return ""
    if strict.doubtful == "nothing":
        return "nothing"
    return "besides" if not hedged and _is_talk(grammar, words, left, taken, strict.talk) else "ask"


def _is_talk(grammar: Grammar, words: list[str], left: list[int], taken: range, talk: Talk) -> bool:
    """Tell whether words besides an answer are of no account; unknown ones alone are, as noise and mumbling are."""
    composition = grammar.composition
    bare = {words[i].removesuffix("'s") for i in left}
    before = [words[i] for i in left if i < taken.start]
    if talk == "none" or composition.others & bare or composition.names_any(words, composition.asides):
        return False
    if talk == "any":
        return not any(map(grammar.negation.negates, before)) and grammar.negation.past.isdisjoint(words[: taken.start])
    if talk == "denials":
        if before and not any(map(grammar.negation.negates, before)):
            return False
        denied = any(map(grammar.negation.negates, (words[i] for i in left)))
        if not denied and composition.names_any(words, composition.admitted, taken):  # "no cancer, just steroids"
            return False
    elif before or any(map(grammar.negation.turns, (words[i] for i in left))):
        return False
    return not composition.names_any(words, composition.telling, set(range(len(words))) - set(left))


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
    named = composition.named(words[1:] if _is_answered_first(grammar, words, asked) else words)
    if intent not in composition.sure and any(grammar.in_vocabulary(word) == UNKNOWN for word in words):
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


def _is_answered_first(grammar: Grammar, words: list[str], asked: frozenset[str]) -> bool:
    """Tell whether a "no" at the beginning answers yes or no: "no ... calf" is not "no feeling in my calf"."""
    return "no" in asked and len(words) > 1 and words[0] in grammar.negation.next_word


def _asserted(grammar: Grammar, words: list[str]) -> list[str]:
    """Return the words without what only leads in: "I don't know, ...", or a "no" before a clause of its own."""
    rest = grammar.composition.without_lead_ins(words)
    negation = grammar.negation
    if len(rest) > 1 and rest[0] in negation.next_word and rest[1] in negation.clause_starts:
        return rest[1:]
    return rest
