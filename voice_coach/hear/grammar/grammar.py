"""What can be said: intents, the phrases that stand for each, and the rules of negation and correction.

A grammar is a YAML file in hassil's template language (see `templates.py`); `load.py` reads it.
On a block of sentences, `metadata` may hold (all optional):

    always: true      understood in every state, asked or not
    red: true         a reason to stop: always understood, acted on early, never dropped
    rank: 94          severity; the highest wins when one utterance holds several intents
    ask: true         this wording is doubtful: ask before acting on it
    careful: true     needs high confidence, and an unknown word just before it makes it doubtful
    negated: same     what the negated phrase means: another intent, `ask`, or `drop` for nothing at all
    answers: [place]  while one of these intents is asked for, the phrase is its answer: the slot of that name
    half: true        adds a half to the slot of the intent's own name
    mean: true        makes the slot of the intent's own name from the slots `low` and `high`
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, pairwise
from pathlib import Path
from typing import Any, Final

from voice_coach.errors import Problem
from voice_coach.events import SlotValue
from voice_coach.hear.grammar.composition import NO_COMPOSITION, Composition
from voice_coach.hear.grammar.phrase import UNKNOWN, Phrase

__all__ = ["UNKNOWN", "Grammar", "Negation", "Phrase", "vocabulary_gaps"]

NUMBER: Final = "number"
"""The intent whose phrases go to the recogniser only when a number was asked for.

In noise "please stop" became "please four".
"""

NEGATION_WINDOW: Final = 3
"""How far a negation reaches, in words; 2 is too few for "it isn't getting any better"."""

KNOWN_GAPS: Final = "known_gaps.txt"
"""A file in a model's folder: the red words that the model may lack, one a line."""


@dataclass(frozen=True, slots=True)
class Negation:
    """How this language negates and corrects."""

    words: frozenset[str] = frozenset()
    """Such as "not": negate within `window` words."""
    suffix: str = ""
    """Such as "n't": a word with this ending negates too."""
    next_word: frozenset[str] = frozenset()
    """Such as "no": negate only the very next phrase."""
    clause_starts: frozenset[str] = frozenset()
    """Such as "it's": a `next_word` before one of these was an answer and negates nothing."""
    boundaries: frozenset[str] = frozenset()
    """Such as "but": a negation does not reach over them."""
    joins: frozenset[str] = frozenset()
    """Such as "or": what comes after it is negated if what comes before it is."""
    corrections: frozenset[str] = frozenset()
    """Such as "sorry": what is said after it replaces what was said before."""
    bridges: frozenset[str] = frozenset()
    """Such as "think": across them a negation reaches into the next clause: "I don't think it's better"."""
    limits: frozenset[str] = frozenset()
    """Such as "just": a negation before one of them negates nothing: "not just numb"."""
    attributes: frozenset[str] = frozenset()
    """Such as "new": a `next_word` before one may negate what follows: "no new pain", or "no, new pain"?"""
    nouns: frozenset[str] = frozenset()
    """Such as "tingling": only a sign that begins with one is denied by a `next_word`.

    "No tingling" is none, but "no, numb in my foot" is asked about. Empty: every sign is denied.
    """
    closers: frozenset[str] = frozenset()
    """Such as "so": an answer that ends with one is complete: "I don't think so"."""
    modifiers: frozenset[str] = frozenset()
    """Such as "chest": may stand before one of `nouns`."""
    predicates: frozenset[str] = frozenset()
    """Such as "moved": a sign with one says something of its own: "no, pain moved down"."""
    claims: frozenset[str] = frozenset()
    """Such as "have": next to one, a negation is not an answer by itself: "I don't have chest pain"."""
    goods: frozenset[str] = frozenset()
    """Such as "control": a sign that begins with one is not denied by a negation: "I haven't got control"."""
    past: frozenset[str] = frozenset()
    """Such as "was": what comes after it is over if something else follows."""
    window: int = NEGATION_WINDOW
    """How many words before a phrase a negation may stand."""

    def negates(self, word: str) -> bool:
        """Tell whether a word denies what follows it within the window."""
        return word in self.words or (self.suffix != "" and word.endswith(self.suffix))

    def turns(self, word: str) -> bool:
        """Tell whether a word can turn an answer around: "not", "no", "but"."""
        return self.negates(word) or word in self.next_word or word in self.boundaries


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the tree of all phrases, word by word."""

    following: dict[str, "Node"] = field(default_factory=dict)
    phrases: list[Phrase] = field(default_factory=list)
    """The phrase that ends here; empty if only longer ones pass through."""

    def beneath(self) -> Iterator[Phrase]:
        """Yield each longer phrase that begins with the words that lead here."""
        for node in self.following.values():
            yield from node.phrases
            yield from node.beneath()


@dataclass(frozen=True)
class Grammar:
    """All phrases of one language, checked and expanded."""

    path: Path
    language: str
    phrases: tuple[Phrase, ...]
    always: frozenset[str] = frozenset()
    """Intents that are understood in every state."""
    red: frozenset[str] = frozenset()
    """Intents that are a reason to stop."""
    negation: Negation = Negation()
    warnings: tuple[Problem, ...] = ()
    """Warnings about the file; none is fatal."""
    alike: Mapping[str, str] = field(default_factory=dict, hash=False)
    """For each word that sounds like others, the one that stands for all of them."""
    composition: Composition = NO_COMPOSITION
    """The meaning of words that are in no phrase: the key `meaning`."""
    wordings: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """For an intent, how else people say it: for the recogniser alone, while that answer is waited for."""

    @cached_property
    def understood(self) -> dict[tuple[str, frozenset[str] | None], Any]:
        """Cache of `match.understand`, by text and active intents."""
        return {}

    @cached_property
    def intents(self) -> frozenset[str]:
        """The names of all intents."""
        return frozenset(phrase.intent for phrase in self.phrases)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of every phrase."""
        return frozenset(word for phrase in self.phrases for word in phrase.words)

    def distance(self, slots: Mapping[str, SlotValue]) -> int:
        """Return how far from the spine the place in the slots is; -1: none is named, or none that has a rank."""
        return self._ranks.get(str(slots.get("place", "")), -1)

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {place.name: place.rank for place in self.composition.places.values()}

    def sound(self, text: str) -> tuple[str, ...]:
        """Return a text's words, the same for texts that sound the same, such as "no" and "know"."""
        return tuple(self.alike.get(word, word) for word in text.split())

    def spelled(self, words: list[str]) -> list[str]:
        """Return the words spelled as the phrase that sounds the same: "know" as "no", "it's a for" as "it's a four".

        They come back unchanged where they are themselves a phrase, or are not the whole of one, or hold a reason to
        stop that the other phrase is not: "know worse" may be "you know, worse", and never becomes "no worse".
        """
        if not any(word in self.alike for word in words):
            return words
        node = self.node(words)
        meant = None if node is not None and node.phrases else self._by_sound.get(self.sound(" ".join(words)))
        if meant is None or (not meant.red and self._holds_red(words)):
            return words
        return list(meant.words)

    def _holds_red(self, words: list[str]) -> bool:
        """Tell whether any part of the words is a reason to stop."""
        return any(phrase.red for i in range(len(words)) for _, phrase in self.at(words, i))

    def in_vocabulary(self, word: str) -> str:
        """Return a word, or the grammar's word that sounds like it ("right" for "write"); without either, `UNKNOWN`."""
        return word if word in self.words or word in self.composition.words else self._heard_as.get(word, UNKNOWN)

    @cached_property
    def _by_sound(self) -> dict[tuple[str, ...], Phrase]:
        """For each way that a phrase can sound, the first such phrase in the file."""
        by_sound: dict[tuple[str, ...], Phrase] = {}
        for phrase in self.phrases:
            by_sound.setdefault(self.sound(phrase.text), phrase)
        return by_sound

    @cached_property
    def _heard_as(self) -> dict[str, str]:
        """For each homophone of a word of the grammar that is not itself one, that word."""
        by_sound: dict[str, str] = {}
        for word, sound in self.alike.items():
            if word in self.words:
                by_sound.setdefault(sound, word)
        return {
            word: by_sound[sound] for word, sound in self.alike.items() if word not in self.words and sound in by_sound
        }

    @cached_property
    def tree(self) -> Node:
        """All phrases, word by word."""
        root = Node()
        for phrase in self.phrases:
            node = root
            for word in phrase.words:
                node = node.following.setdefault(word, Node())
            node.phrases.append(phrase)
        return root

    @cached_property
    def red_bags(self) -> tuple[tuple[frozenset[str], Counter[str], Phrase], ...]:
        """The red phrases of three words or more, in any order: their words, and how often each occurs."""
        shortest = 3
        return tuple(
            (frozenset(p.words), Counter(p.words), p) for p in self.phrases if p.red and len(p.words) >= shortest
        )

    def sample(self, *, numbers: bool = True, likely: frozenset[str] = frozenset(), repeats: int = 1) -> list[str]:
        """Return the phrases for a recogniser, in the file's order; without those of `NUMBER` unless `numbers`.

        A phrase that stands for one of the `likely` intents, or answers it, comes `repeats` times, any other once.
        The `wordings` of the likely intents come once, those of others not at all.
        """
        phrases = [
            text
            for phrase in self.phrases
            if numbers or phrase.intent != NUMBER
            for text in [phrase.text] * (repeats if likely.intersection((phrase.intent, *phrase.answers)) else 1)
        ]
        answers = [
            text
            for intent, texts in self.wordings.items()
            if intent in likely and (numbers or intent != NUMBER)
            for text in texts
        ]
        return [*phrases, *self.composition.said, *answers]

    def breaks(self, text: str) -> int:
        """Return how many neighbours in a text are never neighbours in what a recogniser is given; `UNKNOWN` has none.

        The beginning and the end count as neighbours of the first and the last word. A sentence that somebody said has
        few such breaks, a jumble that other talk was taken for has many: "please the can pain the bed".
        """
        words = ("", *self.sound(text), "")
        return sum(UNKNOWN not in pair and pair not in self._pairs for pair in pairwise(words))

    @cached_property
    def _pairs(self) -> frozenset[tuple[str, str]]:
        texts = (*self.sample(), *chain.from_iterable(self.wordings.values()))
        return frozenset(pair for text in texts for pair in pairwise(("", *self.sound(text), "")))

    def node(self, words: Iterable[str]) -> Node | None:
        """Return the place in the tree that these words lead to; None if no phrase begins with them."""
        node: Node | None = self.tree
        for word in words:
            node = node.following.get(word) if node else None
        return node

    def at(self, words: list[str], start: int) -> Iterator[tuple[int, Phrase]]:
        """Yield each phrase that begins at `words[start]`, with the index after its last word."""
        node: Node | None = self.tree
        for end in range(start, len(words)):
            node = node.following.get(words[end]) if node else None
            if node is None:
                return
            for phrase in node.phrases:
                yield end + 1, phrase


@dataclass(frozen=True, slots=True)
class Gaps:
    """The part of a grammar that a model can't recognise."""

    words: tuple[str, ...]
    """Words that the model lacks, in alphabetical order."""
    phrases: tuple[str, ...]
    """Phrases with one of these words; the recogniser does not get them."""
    red_words: tuple[str, ...]
    """Those of the words that are in a red phrase."""


def vocabulary_gaps(grammar: Grammar, has_word: Callable[[str], bool]) -> Gaps:
    """Compare a grammar with a model's vocabulary; `has_word` tells whether the model knows a word in lower case."""
    only_heard = tuple(chain(grammar.composition.said, *grammar.wordings.values()))
    words = grammar.words.union(*map(str.split, only_heard))
    unknown = {word for word in words if not has_word(word)}
    missing = unknown & grammar.words
    left_out = [phrase for phrase in grammar.phrases if missing.intersection(phrase.words)]
    red = {word for phrase in left_out if phrase.red for word in phrase.words if word in missing}
    unsaid = [text for text in only_heard if not unknown.isdisjoint(text.split())]
    return Gaps(tuple(sorted(missing)), (*(phrase.text for phrase in left_out), *unsaid), tuple(sorted(red)))
