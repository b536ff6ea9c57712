"""A few of many texts, in which each word still stands beside every neighbour that it has in all of them.

A recogniser that counts pairs of words learns the same from these few.
"""

from collections.abc import Iterable
from itertools import pairwise


def cover_pairs(texts: Iterable[str]) -> tuple[str, ...]:
    """Return those texts, in their order, that hold a pair of words which none before them holds.

    The beginning and the end of a text count as words.
    """
    seen: set[tuple[str, str]] = set()
    kept: dict[str, None] = {}
    for text in texts:
        pairs = set(pairwise(["", *text.split(), ""]))
        if not pairs <= seen:
            seen |= pairs
            kept[text] = None
    return tuple(kept)
