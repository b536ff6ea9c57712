"""Sentences for each kind of red sign, and answers with their denials, made from `words.toml`.

The same sentences come out on every machine: which of a pattern's many fillings are taken goes by a hash of their
text, and each word of a list stands in one of them at least.
"""

import itertools
import string
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from operator import itemgetter
from pathlib import Path
from typing import Final, Literal

import msgspec

from voice_coach.hear.grammar.grammar import UNKNOWN, Grammar
from voice_coach.hear.grammar.templates import normal

WORDS: Final = Path(__file__).with_name("words.toml")
MAX_OF_A_PATTERN: Final = 30
"""Sentences made of one pattern, but for those it takes until each word has been used."""

_FIRST: Final = b"\x08"
"""Below this hash are three fillings in a hundred."""

Form = Literal["X", "X not", "not X", "no, X"]
FORMS: Final[tuple[Form, ...]] = ("X", "X not", "not X", "no, X")


class Kind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A kind of sentence."""

    name: str
    expect: str
    """The intent that is right; `none`: nothing should be locked."""
    patterns: tuple[str, ...]
    allowed: tuple[str, ...] = ()
    places: bool = False
    """It is a sign because the place is further from the spine: asked of a person whose pain began in the back."""


class _Wrappers(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    around: tuple[str, ...]


class Lists(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """All of `words.toml`."""

    words: dict[str, tuple[str, ...]]
    kind: tuple[Kind, ...]
    wrappers: _Wrappers
    answers: dict[str, tuple[str, ...]]


class Sentence(msgspec.Struct, frozen=True):
    """A sentence of a kind."""

    kind: Kind
    text: str
    wrapped: bool
    """Something stands around it that changes nothing, such as "um"."""


@cache
def lists() -> Lists:
    """Return the word lists.

    Raises:
        msgspec.ValidationError: the file is not as it should be.
    """
    return msgspec.convert(tomllib.loads(WORDS.read_text(encoding="utf-8")), Lists)


@cache
def sentences() -> tuple[Sentence, ...]:
    """Return each sentence bare, and once more with one of the wrappers around it; none comes twice in a kind."""
    found: dict[tuple[str, str], Sentence] = {}
    wrappers = itertools.cycle(lists().wrappers.around)
    for kind in lists().kind:
        for pattern in kind.patterns:
            for text in filled(pattern, lists().words):
                found.setdefault((kind.name, normal(text)), Sentence(kind, text, wrapped=False))
                around = next(wrappers).format(text)
                found.setdefault((kind.name, normal(around)), Sentence(kind, around, wrapped=True))
    return tuple(found.values())


def filled(pattern: str, words: Mapping[str, Sequence[str]], most: int = MAX_OF_A_PATTERN) -> list[str]:
    """Return fillings of a pattern that together use each word of its lists, and `most` of them if there are so many.

    Raises:
        KeyError: the pattern names a list that there is not.
    """
    names = [name for _, name, _, _ in string.Formatter().parse(pattern) if name]
    unused = {(place, word) for place, name in enumerate(names) for word in words[name]}
    chosen: list[tuple[str, ...]] = []
    others: list[tuple[str, ...]] = []
    for filling in _in_order([words[name] for name in names]):
        new = unused.intersection(enumerate(filling))
        unused -= new
        (chosen if new else others).append(filling)
        if not unused and len(chosen) + len(others) >= most:
            break
    chosen += others[: max(0, most - len(chosen))]
    return [" ".join(pattern.format(**dict(zip(names, filling, strict=True))).split()) for filling in chosen]


def _in_order(lists_of_words: Sequence[Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Yield every way to take a word of each list, in the order of their hashes.

    There are millions, of which the first few hundred are wanted: those with a small hash are sorted first.
    """
    first: list[tuple[bytes, tuple[str, ...]]] = []
    for filling in itertools.product(*lists_of_words):
        mixed = _mixed(filling)
        if mixed < _FIRST:
            first.append((mixed, filling))
    yield from (filling for _, filling in sorted(first, key=itemgetter(0)))
    rest = (filling for filling in itertools.product(*lists_of_words) if _mixed(filling) >= _FIRST)
    yield from sorted(rest, key=_mixed)


def _mixed(filling: Sequence[str]) -> bytes:
    return blake2b("|".join(filling).encode(), digest_size=8).digest()


def fours(answer: str) -> Iterator[tuple[Form, str]]:
    """Yield an answer as it is, denied in two ways, and after a "no"."""
    for form in FORMS:
        yield form, form.replace("X", answer)


def as_decoded(grammar: Grammar, text: str) -> str:
    """Return a text as the best decoder would give it: each word of no phrase and no class is `[unk]`."""
    return " ".join(map(grammar.in_vocabulary, normal(text).split()))


def new_words(grammar: Grammar) -> tuple[list[str], int]:
    """Return the entries of the lists that hold a word that the grammar lacks, and how many there are."""
    entries = sorted({entry for words in lists().words.values() for entry in words if entry})
    return [entry for entry in entries if UNKNOWN in as_decoded(grammar, entry).split()], len(entries)
