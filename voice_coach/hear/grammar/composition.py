"""Understand sentences from classes of words: "the ache crept down into my calf" needs no phrase of its own.

The key `meaning` of a grammar file describes it. A class holds words, or groups of words, with the same meaning. A
pattern is a sequence of classes; light words ("my", "all", "really") may come between them. Places are classes too:
their ranks tell which way the pain moved. A sign is a set of classes in any order. It is used where nothing else was
understood, and is always asked about, never acted on.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

from voice_coach.hear.grammar.phrase import UNKNOWN, Phrase, Situation, holds

MAX_REMEMBERED: Final = 256
"""How many texts' marks are cached: understanding a text uses them up to ten times."""

MAX_LIGHT_WORDS: Final = 5
"""How many light words may come between two classes of a pattern."""

UNHEARD: Final = "unheard"
"""A class in a sign: any word that is in no phrase and no class."""

_CLITIC: Final = "'s"

LITERAL: Final = "="
"""Starts the name of a class that holds one text, which a pattern gives literally."""

Talk = Literal["none", "harmless", "denials", "any"]

Marks = list[list[tuple[str, int]]]
"""For each word, the classes with a member that begins there, and the index after the member's last word."""

_Member = tuple[int, int, tuple[str, ...], str]
"""A member of a class: its length (negative: the longest first), its place in the file, its words, the class's name."""


@dataclass(frozen=True, slots=True)
class Place:
    """A part of the body."""

    name: str
    """Value for the slot `place`."""
    rank: int
    """How far from the spine, as in `clinical.body_regions`."""
    vague: bool = False
    """Too vague, such as "leg": the coach asks which part."""


@dataclass(frozen=True, slots=True)
class Item:
    """One position of a pattern."""

    classes: tuple[str, ...]
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Pattern:
    """A sequence of classes, and what it means."""

    items: tuple[Item, ...]
    phrase: Phrase
    """The intent, rank and marks; its words are those that were said."""
    loose: int = 0
    """How many words other than light ones may come between two classes."""
    alone: bool = False
    """Counts only if nothing else is said but filler; it may be repeated: "please, please", "help me"."""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Sign:
    """Classes that together hint at an intent, in any order and with anything between them."""

    classes: tuple[tuple[str, ...], ...]
    """Of each group, one class must be there."""
    phrase: Phrase
    without: frozenset[str] = frozenset()
    """A word of one of these classes means that it is not a sign."""
    call: bool = False
    """A call to others, so that naming them does not make it another person's sign: "somebody fetch a nurse"."""


@dataclass(frozen=True, slots=True)
class Strictness:
    """The conditions on an answer that lets something go on."""

    doubtful: str
    """Result if words are left over: `ask`, or `nothing`."""
    about: frozenset[str] = frozenset()
    """Classes that may be left over: the topic of the question."""
    hedges: frozenset[str] = frozenset()
    """Classes that make it doubtful even where nothing is left over: "no, a little", "I'm not sure it's better"."""
    talk: Talk = "none"
    """What else may be said without making it doubtful where a wrong answer is soon noticed: nothing; whatever tells
    nothing, after the answer: "yes, perfectly"; the same or a denial: "no, I don't take any", "I haven't, no"; or
    anything but a denial before it: "left, down by my hip"."""


@dataclass(frozen=True, slots=True)
class Echo:
    """When words only repeat the question."""

    before: frozenset[str] = frozenset()
    """One of these intents must follow; empty: any intent."""
    only: tuple[Situation, ...] = ()
    """Only in one of these situations; empty: always."""


@dataclass(frozen=True)
class Composition:
    """The key `meaning` of a grammar: see the module."""

    classes: Mapping[str, tuple[tuple[str, ...], ...]] = field(default_factory=dict, hash=False)
    places: Mapping[tuple[str, ...], Place] = field(default_factory=dict, hash=False)
    patterns: tuple[Pattern, ...] = ()
    signs: tuple[Sign, ...] = ()
    weak: frozenset[str] = frozenset()
    """Intents next to which a sign is asked about all the same."""
    strict: Mapping[str, Strictness] = field(default_factory=dict, hash=False)
    opposites: tuple[frozenset[str], ...] = ()
    """Sets of intents; two of one set in one utterance are asked about."""
    tells_where: frozenset[str] = frozenset()
    """Intents that only name a place where a place is asked for: "into my calf" answers "how far does it go?"."""
    first_persons: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()
    """Words for another person, or for what is only possible: a sign after one of them is asked about."""
    called: frozenset[str] = frozenset()
    """People whom a user may call on while describing their own sign: "mum, my leg hurts"."""
    reports: frozenset[str] = frozenset()
    """Words behind one of `others` that make a sign before them another person's: "it got worse, she said"."""
    turned_by: frozenset[str] = frozenset()
    """Words that make good news of a sign before them: "it hurts less"."""
    sure: frozenset[str] = frozenset()
    """Answers next to which an unknown word hints at nothing: "I have [unk] down, I'm ready"."""
    taken_up: Mapping[str, str] = field(default_factory=dict, hash=False)
    """For a sign, the class of words that only take up a question: made of these alone it has the slot `taken_up`."""
    lead_ins: frozenset[str] = frozenset()
    """Classes of words before a sign whose "not" denies nothing: "I don't know, my leg ..."."""
    admitted: frozenset[str] = frozenset()
    """Classes of what the screening asks about: one that is named beside a no, and is not denied, may be a yes."""
    empty: frozenset[str] = frozenset()
    """Classes whose words are part of a sign but tell nothing by themselves: "in", "my", "want"."""
    asides: frozenset[str] = frozenset()
    """Classes of words, before or after a sign, of another day, of the television, or for a figure of speech."""
    echoes: Mapping[str, Echo] = field(default_factory=dict, hash=False)
    """For a class of words that repeat the question before the answer ("left or right? Well, left"), where they do."""
    said: tuple[str, ...] = ()
    """Phrases for the recogniser that contain each word of the patterns."""
    wordings: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    """For an intent, phrases for the recogniser while that answer is waited for."""

    @cached_property
    def vague(self) -> frozenset[str]:
        """The names of the vague places."""
        return frozenset(place.name for place in self.places.values() if place.vague)

    def __bool__(self) -> bool:
        """True if the grammar has any classes."""
        return bool(self.classes)

    @cached_property
    def words(self) -> frozenset[str]:
        """Every word of every class."""
        return frozenset(word for members in self.classes.values() for member in members for word in member)

    @cached_property
    def telling(self) -> frozenset[str]:
        """The classes whose words hint at a red sign."""
        patterns = {name for one in self.patterns if one.phrase.red for item in one.items for name in item.classes}
        signs = {name for one in self.signs for group in one.classes for name in group}
        return frozenset(name for name in patterns | signs if not name.startswith(LITERAL)) - self.empty

    @cached_property
    def _members(self) -> dict[tuple[str, ...], list[_Member]]:
        """The members by their first two words, or by their only word; the longest first."""
        found: dict[tuple[str, ...], list[_Member]] = {}
        of_classes = ((member, name) for name, members in self.classes.items() for member in members)
        for order, (member, name) in enumerate(of_classes):
            found.setdefault(member[:2], []).append((-len(member), order, member, name))
        return {words: sorted(members) for words, members in found.items()}

    @cached_property
    def _remembered(self) -> dict[tuple[str, ...], Marks]:
        """Cache of `marks`, by words."""
        return {}

    @cached_property
    def _beginning_with(self) -> dict[str, list[tuple[Pattern, tuple[frozenset[str], ...]]]]:
        """For each class, the patterns that may begin with it; each with the groups of which it needs a class later."""
        found: dict[str, list[tuple[Pattern, tuple[frozenset[str], ...]]]] = {}
        for pattern in self.patterns:
            needed = tuple(frozenset(item.classes) for item in pattern.items[1:] if not item.optional)
            for name in pattern.items[0].classes:
                found.setdefault(name, []).append((pattern, needed))
        return found

    @cached_property
    def _of_places(self) -> frozenset[str]:
        """The classes that hold places and nothing else."""
        return frozenset(
            name for name, members in self.classes.items() if all(member in self.places for member in members)
        )

    @cached_property
    def _longest_place(self) -> int:
        """Words in the longest name of a place."""
        return max(map(len, self.places), default=0)

    def furthest(self, words: Sequence[str]) -> Place | None:
        """Return the place furthest from the spine that the words name."""
        named = (self.places.get(_bare(words[i:end])) for i, here in enumerate(self.marks(words)) for _, end in here)
        return max(filter(None, named), key=lambda place: place.rank, default=None)

    def marks(self, words: Sequence[str]) -> Marks:
        """Return which classes have a member at each word; "leg's" is a "leg" too, and "upper leg" holds no "leg"."""
        key = tuple(words)
        marks = self._remembered.get(key)
        if marks is None:
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
            marks = self._remembered[key] = self._marked(key)
        return marks

    def _marked(self, words: tuple[str, ...]) -> Marks:
        forms = [tuple(dict.fromkeys((word, word.removesuffix(_CLITIC)))) for word in words]
        found: Marks = []
        for i, firsts in enumerate(forms):
            here: list[tuple[str, int]] = []
            for first in firsts:
                seconds = forms[i + 1] if i + 1 < len(words) else ()
                for length, _, member, name in sorted(
                    one for second in seconds for one in self._members.get((first, second), ())
                ):
                    end = i - length
                    if end <= len(words) and all(member[k - i] in forms[k] for k in range(i + 2, end)):
                        here.append((name, end))
                here += ((name, i + 1) for *_, name in self._members.get((first,), ()))
            found.append(here)
        return [[mark for mark in here if not self._is_part(i, mark, words, found)] for i, here in enumerate(found)]

    def _is_part(self, at: int, mark: tuple[str, int], words: Sequence[str], marks: Marks) -> bool:
        """Tell whether a place is only part of the name of one that is nearer to the spine."""
        name, end = mark
        if name not in self._of_places:
            return False
        rank = self.places[_bare(words[at:end])].rank
        longer = (
            self.places[_bare(words[i:last])]
            for i in range(max(0, end - self._longest_place), at + 1)
            for other, last in marks[i]
            if other in self._of_places and last >= end and last - i > end - at
        )
        return any(place.rank < rank for place in longer)

    def spans(self, words: Sequence[str]) -> Iterator[tuple[int, int, Phrase]]:
        """Yield each pattern found in the words: its first index, the index after it, and what it means."""
        marks = self.marks(words)
        named = self.named(words)
        for start, here in enumerate(marks):
            tried: set[int] = set()
            for name, _ in here:
                for pattern, needed in self._beginning_with.get(name, ()):
                    if id(pattern) in tried or any(named.isdisjoint(group) for group in needed):
                        continue
                    tried.add(id(pattern))
                    if pattern.alone and not self._stands_alone(pattern, marks):
                        continue
                    for end, place in self._ends(pattern, 0, start, words, marks):
                        slots = {**pattern.phrase.slots, **({"place": place.name} if place else {})}
                        yield start, end, pattern.phrase.with_words(tuple(words[start:end]), slots)

    def _ends(
        self, pattern: Pattern, index: int, at: int, words: Sequence[str], marks: Marks
    ) -> Iterator[tuple[int, Place | None]]:
        """Yield where a pattern may end whose item `index` is to stand at `at`, with the furthest place it names."""
        if index == len(pattern.items):
            yield at, None
            return
        item = pattern.items[index]
        if item.optional:
            yield from self._ends(pattern, index + 1, at, words, marks)
        for begin in [at] if index == 0 else self._reachable(pattern, at, words, marks):
            for name, end in marks[begin]:
                if name in item.classes:
                    here = self.places.get(_bare(words[begin:end]))
                    for last, place in self._ends(pattern, index + 1, end, words, marks):
                        yield last, max((one for one in (here, place) if one), key=lambda p: p.rank, default=None)

    def _reachable(self, pattern: Pattern, at: int, words: Sequence[str], marks: Marks) -> Iterator[int]:
        """Yield where the next class may begin: at `at`, or after words that may come between."""
        light, other = 0, 0
        while at < len(words) and light <= MAX_LIGHT_WORDS and other <= pattern.loose:
            yield at
            if self._is(at, "light", marks):
                light += 1
            elif words[at] == UNKNOWN or self._is(at, "barrier", marks):
                return
            else:
                other += 1
            at += 1

    @staticmethod
    def _stands_alone(pattern: Pattern, marks: Marks) -> bool:
        """Tell whether every word is filler or of one of the pattern's classes."""
        free = {"filler", *(name for item in pattern.items for name in item.classes)}
        covered = 0  # the words before this one
        for at, here in enumerate(marks):
            for name, end in here:
                if end > covered and name in free:
                    covered = end
            if covered <= at:
                return False
        return True

    @staticmethod
    def _is(at: int, name: str, marks: Marks) -> bool:
        return any(one == name for one, _ in marks[at])

    def hesitations(self, words: Sequence[str]) -> frozenset[int]:
        """Return the places of words that only fill a pause: "um"."""
        marks = self.marks(words)
        return frozenset(i for i in range(len(words)) if self._is(i, "hesitation", marks))

    def named(self, words: Sequence[str]) -> frozenset[str]:
        """Return the classes that have a member anywhere in the words."""
        return frozenset(name for here in self.marks(words) for name, _ in here)

    def names_any(self, words: Sequence[str], classes: frozenset[str], taken: Collection[int] = ()) -> bool:
        """Tell whether a member of one of the classes is among the words, and not all of it among those taken."""
        return bool(classes) and any(
            name in classes and not all(k in taken for k in range(i, end))
            for i, here in enumerate(self.marks(words))
            for name, end in here
        )

    def only_takes_up(self, words: Sequence[str], intent: str | None) -> bool:
        """Tell whether a sign only repeats the topic of a question: "it hurts on the left"."""
        name = self.taken_up.get(intent or "")
        marks = self.marks(words)
        return name is not None and all(self._is(i, name, marks) for i in range(len(words)))

    def without_lead_ins(self, words: Sequence[str]) -> list[str]:
        """Return the words without lead-ins."""
        covered = {
            i for at, here in enumerate(self.marks(words)) for name, end in here if name in self.lead_ins
            for i in range(at, end)
        }  # fmt: skip
        return [word for i, word in enumerate(words) if i not in covered]

    def echoed(self, words: Sequence[str], asked: frozenset[str]) -> Iterator[tuple[int, frozenset[str]]]:
        """Yield where words that may only repeat the question end, and which intents must follow; the longest first.

        Filler may stand before them; nothing is yielded where no word would be left.
        """
        marks = self.marks(words)
        at = 0
        while at < len(words):
            found = [(end, echo.before) for name, end in marks[at]
                     if (echo := self.echoes.get(name)) and end < len(words) and holds(echo.only, asked)]  # fmt: skip
            if found:
                yield from sorted(found, key=lambda one: -one[0])
                return
            at = max((end for name, end in marks[at] if name == "filler"), default=len(words))

    def left_over(self, words: Sequence[str], taken: set[int], about: frozenset[str]) -> list[int]:
        """Return the indexes of words that are neither taken, nor filler, nor of one of these classes."""
        free = {"filler", *about}
        covered = set(taken)
        for i, here in enumerate(self.marks(words)):
            for name, end in here:
                if name in free:
                    covered.update(range(i, end))
        return [i for i in range(len(words)) if i not in covered]


def _bare(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.removesuffix(_CLITIC) for word in words)


NO_COMPOSITION: Final = Composition()
