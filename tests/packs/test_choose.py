"""The way to say a text that is kept is understood and not too fast; what is too fast is said more slowly."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from packs.choose import MAX_RATE, MAX_TRIES, MIN_WORDS, choose, rate

LONG = "Hold your right knee with your left hand."
SHORT = "Hold your right knee, please."
WORDS = 8


class Said(NamedTuple):
    """A text that was said in `voiced` seconds."""

    speed: float
    voiced: float
    passed: bool
    score: float = -0.5


class Speaker:
    """Says a text in `seconds` at speed 1, and proportionally faster; `understood` tells which tries are."""

    def __init__(self, seconds: float, understood: Callable[[int], bool] = lambda _: True) -> None:
        self._seconds = seconds
        self._understood = understood
        self.said: list[Said] = []

    def __call__(self, speed: float, lead: int) -> Said:
        assert lead > 0
        number = len(self.said)
        self.said.append(Said(speed, self._seconds / speed, self._understood(number), -0.5 - number / 10))
        return self.said[-1]


def seconds_at(words_a_minute: float) -> float:
    return 60 * WORDS / words_a_minute


def test_a_rate_is_that_of_texts_of_some_words() -> None:
    assert len(LONG.split()) == WORDS >= MIN_WORDS > len(SHORT.split())
    assert rate(LONG, 2.0) == pytest.approx(240)
    assert rate(SHORT, 0.1) == 0


@pytest.mark.parametrize("words_a_minute", [120, 150, MAX_RATE])
def test_the_first_that_is_understood_and_not_too_fast_is_kept(words_a_minute: float) -> None:
    speaker = Speaker(seconds_at(words_a_minute))
    assert choose(LONG, 1.0, speaker) is speaker.said[0]
    assert len(speaker.said) == 1


@pytest.mark.parametrize("words_a_minute", [181, 200, 300, 400])
def test_a_text_that_comes_out_too_fast_is_said_more_slowly(words_a_minute: float) -> None:
    """The next try is slow enough, whatever the voice's own speed."""
    speaker = Speaker(seconds_at(words_a_minute) * 0.9)
    kept = choose(LONG, 0.9, speaker)
    assert [rate(LONG, one.voiced) > MAX_RATE for one in speaker.said] == [True, False]
    assert kept is speaker.said[1]
    assert rate(LONG, kept.voiced) == pytest.approx(0.95 * MAX_RATE, rel=0.01)


def test_a_short_text_is_said_as_fast_as_it_is() -> None:
    speaker = Speaker(0.5)
    assert choose(SHORT, 1.0, speaker) is speaker.said[0]


def test_one_that_was_not_understood_is_said_in_other_ways() -> None:
    """Up to five times; then the one that was understood best is kept."""
    speaker = Speaker(seconds_at(150), lambda number: number == 2)
    assert choose(LONG, 1.0, speaker) is speaker.said[2]
    never = Speaker(seconds_at(150), lambda _: False)
    assert choose(LONG, 1.0, never) is never.said[0]
    assert len(never.said) == MAX_TRIES
    assert len({one.speed for one in never.said}) > 2


def test_slow_enough_counts_for_more_than_understood_well() -> None:
    """The first was understood best, but too fast."""
    speaker = Speaker(seconds_at(200), lambda number: number == 0)
    kept = choose(LONG, 1.0, speaker)
    assert kept is max(speaker.said[1:], key=lambda one: one.score)
    assert rate(LONG, kept.voiced) <= MAX_RATE < rate(LONG, speaker.said[0].voiced)
