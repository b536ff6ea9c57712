"""Phrases: told by the pauses of a clip, in made-up sound and in the coach's own voice."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hear.room import spoken
from voice_coach.audio.pcm import Clip, silence
from voice_coach.speak.speech_queue import FRAME, MIN_PAUSE_FRAMES, phrase_at, phrases
from voice_coach.timebase import Samples, samples


def noise(length: Samples) -> Clip:
    return np.random.default_rng(1).integers(-3000, 3000, length).astype(np.int16)


def clip(parts: Sequence[float]) -> Clip:
    """Return sound and silence in turn, for so many seconds each."""
    return np.concatenate([(silence if place % 2 else noise)(samples(part)) for place, part in enumerate(parts)])


def test_a_phrase_begins_at_the_end_of_a_pause_and_just_before_its_sound() -> None:
    sound = clip([0.5, 0.3, 0.7, 0.2, 0.4])
    assert phrases(sound) == [0, samples(0.8) - FRAME, samples(1.7) - FRAME]
    assert not sound[samples(0.8) - FRAME : samples(0.8)].any()


def test_the_stop_before_a_consonant_is_no_pause() -> None:
    assert phrases(clip([0.3, 0.08, 0.3, 0.1, 0.3])) == [0]


@pytest.mark.parametrize(
    ("position", "start"),
    [(-100, 0), (0, 0), (samples(0.6), 0), (samples(0.8), 0.8), (samples(1.4), 0.8), (samples(9), 0.8)],
)
def test_what_sounds_at_a_position_is_said_from_its_phrase_on(position: Samples, start: float) -> None:
    assert phrase_at(clip([0.5, 0.3, 0.7]), position) == max(0, samples(start) - FRAME)


@given(st.lists(st.floats(0.0, 0.6), max_size=8), st.integers(-1000, 60_000))
def test_a_phrase_is_never_behind_what_sounds(parts: list[float], position: Samples) -> None:
    sound = clip([0.2, *parts])
    starts = phrases(sound)
    assert starts[0] == 0
    assert all(later - earlier >= (MIN_PAUSE_FRAMES - 1) * FRAME for earlier, later in pairwise(starts))
    assert phrase_at(sound, position) in starts
    assert phrase_at(sound, position) <= max(position, 0)


def test_nothing_has_one_phrase() -> None:
    assert phrases(silence(0)) == phrases(silence(4000)) == [0]


def test_the_coachs_commas_are_found() -> None:
    one, two = spoken(("Hook your right foot behind your left knee.", "Better, same, or worse?"))
    assert phrases(one) == [0]
    assert len(phrases(two)) == 3
