"""Choose a few phrases with the words of many, so that the decoder stays small."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise


def cover(items: Sequence[Sequence[str]], said: set[str]) -> list[str]:
    """Return phrases, each with one text of each item, so that every text is in one of them.

    Texts in `said` are left out, and those that are returned are added to it. The first text of each item comes next to
    all texts of its neighbours, so it should be common: then a word that a recogniser lacks costs no other phrase.
    """
    if not items or not all(items):
        return []
    first = [item[0] for item in items]
    found = {" ".join(first): None}
    said.update(first)
    for k, item in enumerate(items):
        for text in item:
            if text not in said:
                said.add(text)
                found.setdefault(" ".join([*first[:k], text, *first[k + 1 :]]))
    return list(found)


def in_turn(items: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield phrases of one text of each item, as many as the longest item has texts; shorter items begin again."""
    if all(items):
        for i in range(max(map(len, items), default=0)):
            yield " ".join(item[i % len(item)] for item in items)


def cover_pairs(texts: Iterable[str]) -> tuple[str, ...]:
    """Return those texts, in order, that hold a pair of adjacent words that no text before them has.

    The beginning and the end of a text count as words. libvosk counts pairs of words, so it learns the same from these.
    """
    seen: set[tuple[str, str]] = set()
    kept: dict[str, None] = {}
    for text in texts:
        pairs = set(pairwise(["", *text.split(), ""]))
        if not pairs <= seen:
            seen |= pairs
            kept[text] = None
    return tuple(kept)
