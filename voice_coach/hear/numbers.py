"""Whole numbers in English words, for the `range` lists of a grammar: a recogniser knows words, not digits."""

from typing import Final

_SMALL: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen"
    " eighteen nineteen"
).split()
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety".split()

LARGEST: Final = 999


def in_words(number: int) -> str:
    """Return a whole number from 0 to `LARGEST` in words, as in "forty two" and "one hundred seven".

    Raises:
        ValueError: outside that range.
    """
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{number} is not between 0 and {LARGEST}")
    hundreds, rest = divmod(number, 100)
    words = [_SMALL[hundreds], "hundred"] if hundreds else []
    if rest >= len(_SMALL):
        tens, rest = divmod(rest, 10)
        words.append(_TENS[tens - 2])
    if rest or not words:
        words.append(_SMALL[rest])
    return " ".join(words)
