"""What the coach is saying itself, and when."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.hear.echo.prompt_words import OwnWords, Spoken
from voice_coach.timebase import RATE, Samples, samples

QUESTION = "Better, same, or worse?"
LENGTH = samples(1.88)
"""As long as the coach takes for it."""


def saying(text: str = QUESTION, length: Samples = LENGTH) -> OwnWords:
    own = OwnWords()
    own.note([Spoken(text, 0, length, length)], 0)
    return own


@pytest.mark.parametrize(("word", "begins"), [("better", 0.0), ("same", 0.62), ("or", 1.28), ("worse", 1.4)])
def test_a_word_is_known_where_a_recogniser_hears_it(word: str, begins: float) -> None:
    own = saying()
    start = samples(begins)
    assert own.says(word, start, start + samples(0.4))


def test_a_word_is_not_known_elsewhere() -> None:
    own = saying()
    assert not own.says("better", samples(1.4), samples(1.8))
    assert not own.says("worse", 0, samples(0.5))
    assert not own.says("yes", 0, LENGTH)


def test_a_quick_yes_behind_yes_or_no_is_not_the_coachs() -> None:
    own = saying("Yes or no?", length=samples(0.85))
    assert own.says("yes", 0, samples(0.4))
    assert not own.says("yes", samples(0.7), samples(1.1))


@pytest.mark.parametrize(("said", "heard"), [("number", "numb"), ("step", "stop"), ("top", "stop"), ("I'm", "i'm")])
def test_a_word_that_sounds_alike_is_as_suspect(said: str, heard: str) -> None:
    assert saying(f"{said}.", length=RATE // 2).says(heard, 0, RATE // 2)


@pytest.mark.parametrize(("said", "heard"), [("no", "now"), ("better", "worse"), ("less", "yes"), ("back", "buttock")])
def test_another_word_is_not(said: str, heard: str) -> None:
    assert not saying(f"{said}.", length=RATE // 2).says(heard, 0, RATE // 2)


def test_words_whose_places_are_known_are_not_estimated() -> None:
    """A voice pack tells where they are: here long after their share of the letters."""
    places = (("twenty-one", samples(1.0), samples(1.4)), ("Worse", samples(3.0), samples(3.4)))
    own = OwnWords()
    own.note([Spoken("Twenty-one, worse?", 1000, 1000 + samples(3.5), 1000 + samples(3.5), words=places)], 0)
    for word, begins in (("twenty", 1.0), ("one", 1.0), ("worse", 3.0)):
        start = 1000 + samples(begins)
        assert own.says(word, start, start + samples(0.4))
    assert not own.says("twenty", 0, samples(0.5))
    assert not own.says("worse", samples(1.9), samples(2.3))


def test_what_was_cut_off_was_not_said() -> None:
    own = saying()
    own.note([Spoken(QUESTION, 0, LENGTH, samples(0.5))], samples(0.5))
    assert own.says("better", 0, samples(0.4))
    assert not own.says("worse", samples(1.4), samples(1.8))


def test_it_is_forgotten_after_half_a_minute() -> None:
    own = saying()
    own.note([], LENGTH + 29 * RATE)
    assert own.says("better", 0, samples(0.4))
    own.note([], LENGTH + 31 * RATE)
    assert not own.says("better", 0, samples(0.4))


@given(st.text(max_size=60), st.integers(0, 5 * RATE), st.text(max_size=8))
def test_no_sentence_breaks_it(text: str, length: Samples, word: str) -> None:
    own = saying(text, length=length)
    assert own.says(word, 0, RATE) in {True, False}
