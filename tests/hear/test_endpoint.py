"""Where an utterance begins and ends."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hear.grammar.test_grammar import EN
from voice_coach.hear.endpoint import Begin, Cue, End, Endpointer, Feed, Shape, shape_of
from voice_coach.timebase import RATE, samples

BLOCK = samples(0.02)


def run(speech: list[float], shape: Shape = Shape.OTHER) -> list[Cue]:
    """Feed 20 ms blocks with these probabilities; each sample of a block holds the block's number."""
    endpointer = Endpointer()
    return [
        cue
        for i, probability in enumerate(speech)
        for cue in endpointer.feed(np.full(BLOCK, i, np.int16), i * BLOCK, probability, shape)
    ]


def test_an_utterance_begins_a_little_before_the_voice() -> None:
    first = run([0.0] * 50 + [0.9])[0]
    assert isinstance(first, Begin)
    assert first.at == 51 * BLOCK - len(first.audio)
    assert samples(0.3) <= len(first.audio) <= samples(0.3) + 2 * BLOCK
    assert first.audio[0] == first.at // BLOCK


@pytest.mark.parametrize(("shape", "seconds"), [(Shape.COMPLETE, 0.3), (Shape.OTHER, 0.5), (Shape.PREFIX, 0.8)])
def test_what_was_said_decides_how_long_silence_is_waited_for(shape: Shape, seconds: float) -> None:
    cues = run([0.9] * 10 + [0.1] * 100, shape)
    ends = [cue.at for cue in cues if isinstance(cue, End)]
    assert ends == [10 * BLOCK + samples(seconds)]


def test_a_fading_voice_is_still_one() -> None:
    assert not [cue for cue in run([0.9] * 5 + [0.4] * 100) if isinstance(cue, End)]


def test_no_utterance_is_longer_than_ten_seconds_and_no_sample_is_lost() -> None:
    cues = run([0.9] * 1200)
    ends = [cue.at for cue in cues if isinstance(cue, End)]
    begins = [cue.at for cue in cues if isinstance(cue, Begin)]
    assert ends == [10 * RATE, 20 * RATE]
    assert begins == [0, 10 * RATE, 20 * RATE]


def test_a_broken_stream_ends_what_was_under_way() -> None:
    endpointer = Endpointer()
    assert endpointer.stop(5) == []
    endpointer.feed(np.zeros(BLOCK, np.int16), 0, 0.9, Shape.OTHER)
    assert endpointer.speaking
    assert endpointer.stop(7) == [End(7)]
    assert not endpointer.speaking


@given(st.lists(st.sampled_from([0.0, 0.4, 0.9]), max_size=300), st.sampled_from(Shape))
def test_no_sample_is_in_two_utterances_and_none_of_a_voice_in_none(speech: list[float], shape: Shape) -> None:
    heard: list[int] = []
    for cue in run(speech, shape):
        if isinstance(cue, Begin | Feed):
            heard += cue.audio[::BLOCK].tolist()
    assert heard == sorted(set(heard))
    assert {i for i, probability in enumerate(speech) if probability >= 0.5} <= set(heard)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("", Shape.OTHER),
        ("[unk]", Shape.OTHER),
        ("stop", Shape.COMPLETE),
        ("um left side", Shape.COMPLETE),
        ("my leg", Shape.COMPLETE),
        ("it's going", Shape.PREFIX),
        ("um it's going down", Shape.COMPLETE),
        ("no", Shape.PREFIX),  # better? worse?
        ("it's not", Shape.PREFIX),
        ("i don't", Shape.PREFIX),
        ("um", Shape.OTHER),
    ],
)
def test_the_shape_of_a_partial_result(text: str, shape: Shape) -> None:
    assert shape_of(EN, text) is shape


def test_it_tells_how_long_the_voice_has_been_silent() -> None:
    endpointer = Endpointer()
    quiet = []
    for i, probability in enumerate([0.1, 0.9, 0.9, 0.2, 0.1, 0.9, 0.0]):
        endpointer.feed(np.zeros(BLOCK, np.int16), i * BLOCK, probability, Shape.OTHER)
        quiet.append(endpointer.quiet // BLOCK)
    assert quiet == [0, 0, 0, 1, 2, 0, 1]
    endpointer.stop(0)
    assert endpointer.quiet == 0
