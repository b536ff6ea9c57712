"""The hint that the user speaks over the coach: quick to come, soon over, and not to be had by a radio."""

from hypothesis import given
from hypothesis import strategies as st

from voice_coach.hear.overlap import MAX_GAP, MAX_IN_VAIN, MAX_VOICE_LENGTH, Hint
from voice_coach.hear.vad import CHUNK
from voice_coach.timebase import Samples


class Stretch:
    """A hint that is fed chunk by chunk."""

    def __init__(self) -> None:
        self.hint = Hint()
        self.now: Samples = 0

    def hear(self, length: Samples, *, voice: bool) -> list[bool]:
        """Feed so much, and return what the hint was after each chunk."""
        found = []
        for _ in range(length // CHUNK):
            self.now += CHUNK
            self.hint.hear(self.now, voice=voice)
            found.append(self.hint.speaking)
        return found


def test_it_comes_with_the_first_voice_and_lasts_over_a_breath() -> None:
    stretch = Stretch()
    assert not any(stretch.hear(MAX_GAP, voice=False))
    assert all(stretch.hear(2 * CHUNK, voice=True))
    assert all(stretch.hear(MAX_GAP - CHUNK, voice=False))
    assert stretch.hear(2 * CHUNK, voice=False)[-1] is False


def test_who_goes_on_and_on_gives_no_command() -> None:
    stretch = Stretch()
    found = stretch.hear(3 * MAX_VOICE_LENGTH, voice=True)
    assert sum(found) * CHUNK <= MAX_VOICE_LENGTH + CHUNK
    assert not any(found[MAX_VOICE_LENGTH // CHUNK + 1 :])


def test_what_was_understood_is_waited_for_no_longer_until_the_next_utterance() -> None:
    stretch = Stretch()
    stretch.hear(CHUNK, voice=True)
    stretch.hint.understood()
    assert not any(stretch.hear(5 * CHUNK, voice=True))
    stretch.hint.over()
    assert stretch.hear(CHUNK, voice=True) == [True]


def test_after_some_voices_in_vain_none_is_waited_for_until_something_is_understood() -> None:
    stretch = Stretch()
    tries = []
    for _ in range(MAX_IN_VAIN + 2):
        tries += stretch.hear(CHUNK, voice=True)
        stretch.hint.over()
    assert tries == [True] * MAX_IN_VAIN + [False] * 2
    stretch.hear(CHUNK, voice=True)
    stretch.hint.understood()
    stretch.hint.over()
    assert stretch.hear(CHUNK, voice=True) == [True]


def test_an_end_without_a_voice_is_no_try_in_vain() -> None:
    stretch = Stretch()
    for _ in range(MAX_IN_VAIN):
        stretch.hint.over()
    assert stretch.hear(CHUNK, voice=True) == [True]


@given(st.lists(st.booleans(), max_size=300))
def test_without_a_voice_within_the_time_that_it_holds_there_is_no_hint(voices: list[bool]) -> None:
    stretch = Stretch()
    for number, voice in enumerate(voices):
        (speaking,) = stretch.hear(CHUNK, voice=voice)
        assert not speaking or any(voices[max(0, number - MAX_GAP // CHUNK) : number + 1])
