"""Change a file as somebody who edits it might, and as a fuzzer would not get to by single bytes."""

import random
import re
from typing import Final

TOKEN: Final = re.compile(rb'"(?:[^"\\\n]|\\.)*"|[-\w.+]+|[^\s\w]')
"""A text in quotes, a word or number, or a mark."""

VALUES: Final = (
    b'"" " " "\\u0000" "\\ud800" "{side}" "{" "{0}" "/" "../x" "en" "none" "alternate" 0 -1 1 7 600 0.001 1e-300 1e300'
    b" -1e300 nan inf 9223372036854775807 99999999999999999999 0xffffffffffffffffffff true null ~ [] {} [[]] {a=1}"
    b" 1979-05-27 07:32:00 1979-05-27T07:32:00Z *a &a !!python/name:os.system <a> {a} [a] (a|b) \xff \xed\xa0\x80"
).split(b" ")
"""Values that break careless parsers."""


def mutated(text: bytes, rng: random.Random, limit: int) -> bytes:
    """Return the text with one to four changes of words or lines, at most `limit` bytes of it."""
    for _ in range(rng.randint(1, 4)):
        text = rng.choice((_replaced, _replaced, _spliced, _line_moved))(text, rng)
    return text[:limit]


def _replaced(text: bytes, rng: random.Random) -> bytes:
    """Put another word of the same file, or one of `VALUES`, in a word's place; or drop it."""
    found = list(TOKEN.finditer(text))
    if not found:
        return rng.choice(VALUES)
    at = rng.choice(found)
    new = rng.choice((rng.choice(VALUES), rng.choice(found)[0], b""))
    return text[: at.start()] + new + text[at.end() :]


def _spliced(text: bytes, rng: random.Random) -> bytes:
    """Repeat or leave out some words."""
    found = list(TOKEN.finditer(text))
    if not found:
        return text
    first = rng.randrange(len(found))
    last = min(len(found) - 1, first + rng.randint(0, 8))
    words = text[found[first].start() : found[last].end()] * rng.choice((0, 2, 2, 40))
    return text[: found[first].start()] + words + text[found[last].end() :]


def _line_moved(text: bytes, rng: random.Random) -> bytes:
    """Put a copy of a line somewhere else, or leave it out."""
    lines = text.splitlines(keepends=True) or [b""]
    line = rng.choice(lines)
    if rng.random() < 0.3:
        lines.remove(line)
    else:
        lines.insert(rng.randint(0, len(lines)), line)
    return b"".join(lines)
