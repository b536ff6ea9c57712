"""The words the coach itself is saying: such a word needs more evidence before it is taken for the user's."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from voice_coach.timebase import RATE, Samples, samples

_MAX_MISPLACED: Final[Samples] = samples(0.25)
"""How far a word may be from its estimated place: in nine sentences it was 0.2 s at most."""

_MAX_KEPT: Final[Samples] = 30 * RATE
"""How long what was said is remembered: the longest utterance, twice over, and the time that its recognition takes."""

_MIN_ALIKE_LETTERS: Final = 4
"""Least length, in letters, of words that sound alike if one letter differs, such as "step" and "stop"."""

_PAUSES: Final = dict.fromkeys(",:;", 4) | dict.fromkeys(".?!", 2)
"""The pause after such a mark, in letters; after the last word the clip ends."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence of the coach, as it is played."""

    text: str
    start: Samples
    end: Samples
    """Its natural end."""
    until: Samples
    """Its end if it is cut off."""
    since: Samples = 0
    """Where it starts to sound, if it resumes in the middle."""
    words: tuple[tuple[str, Samples, Samples], ...] = ()
    """Its words with where each begins and ends, in samples from `start`. Empty: that is not known, and estimated."""


@dataclass(frozen=True, slots=True)
class _OwnWord:
    text: str
    start: Samples
    end: Samples


class OwnWords:
    """The words of the last half a minute, with their places in time: known, or estimated from their letters."""

    def __init__(self) -> None:
        """Begin with nothing said."""
        self._said: dict[Samples, Spoken] = {}

    def note(self, saying: Iterable[Spoken], now: Samples) -> None:
        """Take the sentences that sound now, known ones too: one may have been cut off since."""
        for spoken in saying:
            self._said[spoken.start] = spoken
        self._said = {start: one for start, one in self._said.items() if one.until > now - _MAX_KEPT}

    def says(self, word: str, start: Samples, end: Samples) -> bool:
        """Tell whether the coach says this word, or one like it, at about this time."""
        near = (
            one
            for one in self._said.values()
            if one.start < end + _MAX_MISPLACED and one.until > start - _MAX_MISPLACED
        )
        return any(
            _alike(own.text, word)
            and own.start < end + _MAX_MISPLACED
            and min(own.end, spoken.until) > start - _MAX_MISPLACED
            for spoken in near
            for own in _words(spoken)
            if own.start < spoken.until and own.end > spoken.since
        )


def _words(spoken: Spoken) -> list[_OwnWord]:
    """Return the words, each where it is known to be, or else with its share of the sentence."""
    if spoken.words:
        return [
            _OwnWord(part, spoken.start + start, spoken.start + end)
            for word, start, end in spoken.words
            for part in re.findall(r"[\w']+", word.lower())
        ]
    found = re.findall(r"([\w']+)([^\w']*)", spoken.text.lower())
    lengths = [len(word) + 1 for word, _ in found]
    pauses = [sum(_PAUSES.get(mark, 0) for mark in behind) for _, behind in found]
    whole = sum(lengths) + sum(pauses[:-1])
    places, at = [], 0
    for length, pause in zip(lengths, pauses, strict=True):
        places += [at, at + length]
        at += length + pause
    times = [spoken.start + (spoken.end - spoken.start) * place // max(whole, 1) for place in places]
    spans = list(pairwise(times))[::2]
    return [_OwnWord(word, *span) for (word, _), span in zip(found, spans, strict=True)]


def _alike(one: str, other: str) -> bool:
    """Tell whether two words may be taken for one another: one begins with the other, or one letter differs."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(long) < _MIN_ALIKE_LETTERS:
        return False
    same = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    rest = len(long) - len(short)
    return (same == len(short) and same >= _MIN_ALIKE_LETTERS - 1) or (
        rest <= 1 and short[same + 1 - rest :] == long[same + 1 :]
    )
