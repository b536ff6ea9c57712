"""The listener's knowledge of the coach's own voice: where it begins, and whose voice is heard over it."""

import numpy as np
import pytest

from tests.hear.echo.test_canceller import ROOMS, coach, lines, with_user
from tests.hear.room import Room
from voice_coach.audio.pcm import Clip
from voice_coach.hear.echo.self_speech import OwnVoice
from voice_coach.timebase import RATE, Samples, samples


def take_out(own: OwnVoice, mic: Clip) -> tuple[Clip, Clip]:
    starts = range(0, len(mic) - 511, 512)
    pairs = [own.take_out(mic[i : i + 512], lines()[i : i + 512]) for i in starts]
    clean, words = (np.concatenate(parts) for parts in zip(*pairs, strict=True))
    return clean, words


def trusted_at(own: OwnVoice, mic: Clip) -> Samples:
    """Return from when on a user's voice would be told from the coach's."""
    for i in range(0, len(mic) - 511, 512):
        own.take_out(mic[i : i + 512], lines()[i : i + 512])
        if own.controlled:
            return i + 512
    raise AssertionError("it never is")


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: f"{room.delay / RATE} s")
def test_who_remembers_the_delay_begins_no_later_and_who_remembers_a_wrong_one_hardly(room: Room) -> None:
    mic = room.microphone(coach(room))
    anew = trusted_at(OwnVoice(multiple=512), mic)
    right, nearly, wrong = (
        trusted_at(OwnVoice(multiple=512, delay=room.delay + by), mic) for by in (0, samples(0.02), samples(0.2))
    )
    assert max(right, nearly) <= anew
    assert wrong <= anew + samples(0.3)


def test_a_remembered_delay_is_what_a_stream_begins_with_again() -> None:
    room = ROOMS[1]
    mic = room.microphone(coach(room))
    own = OwnVoice(multiple=512, delay=room.delay)
    once = take_out(own, mic)
    own.restart(0)
    assert np.array_equal(take_out(own, mic), once)


def test_a_faint_voice_counts_where_what_is_heard_is_hardly_any_echo() -> None:
    room, at = Room(echo=0), samples(8)
    own = OwnVoice(multiple=512)
    take_out(own, with_user(room, coach(room), at, "stop"))
    word, coach_alone = at + samples(0.2), at - samples(1)
    assert own.likelier(0.15, word, word + 1024) == own.likelier(0.3, word, word + 1024) == 0.3
    assert own.likelier(0.05, word, word + 1024) == 0.05
    assert own.likelier(0.8, word, word + 1024) == 0.8
    assert own.likelier(0.15, coach_alone, coach_alone + 1024) == 0.15


@pytest.mark.parametrize("by", [-0.1, -0.02, 0.05, 0.3])
def test_where_the_devices_were_opened_anew_the_coach_is_not_let_through_at_once(by: float) -> None:
    """What was learnt of the stream before tells nothing of this one's delay, and the coach says "I'm back" first."""
    room, opened = ROOMS[1], samples(9)
    wave = coach(room)
    mic = room.microphone(np.concatenate((wave[:opened], np.roll(wave, samples(by))[opened:])))

    def let_through(*, told: bool) -> int:
        own, found = OwnVoice(multiple=512), 0
        for i in range(0, opened + RATE, 512):
            if told and i <= opened < i + 512:
                own.restart(i)
            own.take_out(mic[i : i + 512], lines()[i : i + 512])
            found += int(i > opened and own.lets_through(i - samples(0.1), i + 512))
        return found

    assert let_through(told=False) > 0
    assert let_through(told=True) == 0
