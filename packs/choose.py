"""Which of several ways to say a text is kept: the first that is understood and not too fast. Needs no model."""

from collections.abc import Callable
from typing import Final, Protocol, TypeVar

from voice_coach.speak.voice_pack import words_of

MAX_TRIES: Final = 5
"""Ways to say a text before the one that was understood best is kept, and listed."""

MAX_RATE: Final = 170.0
"""Words a minute of a single text. A pack as a whole is to have 140 to 150 (V4); with 180 here, one came to 151."""

MIN_WORDS: Final = 6
"""Words from which on a text has a rate: short ones are said as fast as they are."""

_MARGIN: Final = 0.95
"""Of the speed at which a text has `MAX_RATE`: its length does not scale exactly."""

_WAYS: Final = ((1.0, 14), (1.0, 17), (0.95, 12), (1.05, 15), (0.9, 14))
"""Factors on the recipe's speed, and steps of silence before the text (`kokoro.MAX_LEAD`), a try each."""


class Candidate(Protocol):
    """A text that was said in one way."""

    @property
    def voiced(self) -> float:
        """Seconds from the first to the last sample of the voice."""

    @property
    def passed(self) -> bool:
        """Whether it was understood."""

    @property
    def score(self) -> float:
        """How well it was understood; more is better."""


C = TypeVar("C", bound=Candidate)


def choose(text: str, speed: float, say: Callable[[float, int], C]) -> C:
    """Return the first way to say a text that is understood and not too fast, or else the best of `MAX_TRIES`.

    After one that was too fast the next are slower: so much that, but for their own factor, they are slow enough.
    After a short text that was not understood, or one that is hardly slow enough, they are a little slower too.

    Args:
        text: what is said.
        speed: of the voice.
        say: says the text at a speed, after some steps of silence.
    """
    tried: list[C] = []
    slower = 1.0
    for factor, lead in _WAYS[:MAX_TRIES]:
        one = say(round(speed * factor * slower, 3), lead)
        words_a_minute = rate(text, one.voiced)
        if one.passed and words_a_minute <= MAX_RATE:
            return one
        slower *= min(1.0, _MARGIN * MAX_RATE / (words_a_minute or MAX_RATE))
        tried.append(one)
    return max(tried, key=lambda one: (rate(text, one.voiced) <= MAX_RATE, one.score))


def rate(text: str, voiced: float) -> float:
    """Return how many words a minute a text has that is said in `voiced` seconds; 0 for a text of few words."""
    words = len(words_of(text))
    return 60 * words / voiced if words >= MIN_WORDS else 0.0
