"""Doubt answers that come with other words, and look for hints of a red sign.

An answer that lets something go on counts only if the other words are filler or the topic of the question: "of course"
is a yes, "of course not" is not. Where nothing was understood, words that together hint at a red sign are asked about.
Both follow the key `meaning` of the grammar.
"""

from collections.abc import Sequence
from typing import Final, Literal, Protocol

from voice_coach.hear.grammar.composition import UNHEARD, Talk
from voice_coach.hear.grammar.grammar import UNKNOWN, Grammar
from voice_coach.hear.grammar.phrase import Phrase
from voice_coach.hear.grammar.spans import Utterance

MIN_WORDS: Final = 3
"""The least number of words where one class is enough for a sign: "knee" alone is a misheard "no"."""

MIN_RANK_BESIDE_COMMAND: Final = 99
"""From this rank on, signs are looked for even next to a command: "slower, there's a tight band round my chest".

Signs that hold only in some situations are not: their words are vague ("head", "room", "water").
"""

Doubt = Literal["", "besides", "ask", "nothing"]


class Answer(Protocol):
    """A `match.Meaning`."""

    @property
    def intent(self) -> str | None:
        """None: nothing was understood."""

    @property
    def also(self) -> Sequence[str]:
        """The other intents in the same words."""

    @property
    def first(self) -> int:
        """Index of the first word that was understood."""

    @property
    def last(self) -> int:
        """Index after the last one."""


def left_over(grammar: Grammar, words: list[str], taken: set[int], intent: str | None) -> list[int]:
    """Return the indexes of words that no phrase explains, without filler and the topic of the question."""
    strict = grammar.composition.strict.get(intent or "")
    return grammar.composition.left_over(words, taken, strict.about if strict else frozenset())


def settled(grammar: Grammar, words: list[str], meaning: Answer, left: list[int]) -> Doubt:
    """Tell whether words that are left over make an answer doubtful. A single unknown word may be noise and does not.

    Args:
        grammar: tells which intents are strict.
        words: what was said.
        meaning: what was understood.
        left: the indexes of the words that are left over.

    Returns:
        Empty: the answer counts. "besides": it is doubtful, only because of harmless talk. "ask": it is doubtful.
        "nothing": it is not an answer.
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
    """Tell whether the words that are left over are harmless talk, which includes noise and mumbling."""
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


def hinted(utterance: Utterance, intent: str | None) -> Phrase | None:
    """Return the gravest red sign that the words hint at, to be asked about; None if there is none.

    Args:
        utterance: what was said.
        intent: what was understood; None: nothing.
    """
    grammar, words, asked = utterance.grammar, utterance.words, utterance.asked
    composition = grammar.composition
    is_command = intent is not None and intent not in composition.weak and intent not in composition.strict
    bare = {word.removesuffix("'s") for word in words}
    about_others = bool(composition.others & bare) and not composition.first_persons & bare
    named = composition.named(words[1:] if _is_answered_first(grammar, words, asked) else words)
    if intent not in composition.sure and any(grammar.in_vocabulary(word) == UNKNOWN for word in words):
        named |= {UNHEARD}
    denying = composition.named(_asserted(grammar, words))
    for sign in composition.signs:
        if about_others and not sign.call:
            continue
        if is_command and (sign.phrase.rank < MIN_RANK_BESIDE_COMMAND or sign.phrase.only):
            continue
        if sign.phrase.intent not in utterance.allowed or not sign.phrase.may_be_said(asked) or sign.without & denying:
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
    """Return the words without a lead-in such as "I don't know, ...", or a "no" before a clause of its own."""
    rest = grammar.composition.without_lead_ins(words)
    negation = grammar.negation
    if len(rest) > 1 and rest[0] in negation.next_word and rest[1] in negation.clause_starts:
        return rest[1:]
    return rest
