"""The live backend in audio time: what it tells of a microphone that brings nothing, and what it does about it."""

from collections.abc import Iterator
from typing import cast

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.audio.devices import Chosen, Device, Setup
from voice_coach.audio.input_faults import MAX_RINGING, REOPEN_AFTER, Fault
from voice_coach.audio.live import (
    FIRST_PROBATION,
    MAX_PROBATION,
    SOON,
    Ailing,
    Back,
    DeviceNews,
    Healed,
    LiveAudio,
    Lost,
    Probation,
    Reopened,
)
from voice_coach.audio.pcm import Clip, silence
from voice_coach.audio.stream import Duplex
from voice_coach.timebase import BLOCK, RATE, Samples

DEVICE = Chosen(Device(0, "card", "API", 1, 1, RATE), "the first there is")


class Stream:
    """As much of a stream as the live backend needs; its microphone delivers as fast as it is read."""

    setup = Setup(DEVICE, DEVICE, RATE, 1, 1)
    frames = BLOCK
    callbacks = xruns = dropped = backlog = delay = 0
    pace = 1.0

    def __init__(self, sound: Iterator[Clip]) -> None:
        self._sound = sound
        self.closed = False
        self.played: list[bytes] = []

    def read(self, timeout: float) -> tuple[int, bytes] | None:
        """Return the next block."""
        assert timeout > 0
        self.callbacks += 1
        return self.callbacks, next(self._sound).tobytes()

    def write(self, number: int, block: bytes) -> None:
        """Keep it."""
        assert number == self.callbacks
        self.played.append(block)

    def take_torn(self) -> bool:
        """Return that all is in order."""
        return False

    def trouble(self) -> str:
        """Return that all is in order."""
        return ""

    def close(self) -> None:
        """Take note."""
        self.closed = True


def zeros() -> Iterator[Clip]:
    while True:
        yield silence(BLOCK)


def hiss() -> Iterator[Clip]:
    rng = np.random.default_rng(4)
    while True:
        yield rng.integers(-3, 4, BLOCK).astype(np.int16)


class Listening:
    """A coach that says nothing for so long, and what was told meanwhile."""

    def __init__(self, *sounds: Iterator[Clip] | Stream, judged: bool = True) -> None:
        self.streams = [sound if isinstance(sound, Stream) else Stream(sound) for sound in sounds]
        self._left = iter(self.streams)
        self.now: Samples = 0
        self.told: list[tuple[Samples, DeviceNews]] = []
        self.audio = LiveAudio(
            lambda: cast("Duplex", next(self._left)), lambda news: self.told.append((self.now, news)), judged=judged
        )

    def run(self, length: Samples) -> list[DeviceNews]:
        """Listen for so long; return what was told."""
        self.audio.run(self._advance, lambda: self.now >= length)
        return [news for _, news in self.told]

    def _advance(self, mic: Clip) -> Clip:
        self.now += len(mic)
        return silence(len(mic))


class Loose(Stream):
    """A device whose plug loses contact after so many blocks."""

    def __init__(self, sound: Iterator[Clip], blocks: int) -> None:
        super().__init__(sound)
        self._blocks = blocks

    def trouble(self) -> str:
        """Tell once the contact is lost."""
        return "the sound device has stopped" if self.callbacks >= self._blocks else ""


class Wired(Stream):
    """Its microphone is the speaker's own monitor, a tenth of a second behind."""

    def read(self, timeout: float) -> tuple[int, bytes] | None:
        """Return what was played."""
        number, _ = super().read(timeout) or (0, b"")
        return number, self.played[-5] if len(self.played) >= 5 else silence(BLOCK).tobytes()


def test_a_microphone_that_hisses_is_left_alone() -> None:
    assert Listening(hiss()).run(20 * RATE) == []


def test_a_muted_microphone_is_told_within_a_second() -> None:
    listening = Listening(zeros())
    assert listening.run(2 * RATE) == [Ailing(Fault.MUTED)]
    assert listening.told[0][0] <= RATE
    assert Ailing(Fault.MUTED).reason.startswith("the microphone is muted")


def test_one_that_stays_muted_is_opened_anew_and_only_its_sound_is_told_of() -> None:
    listening = Listening(zeros(), zeros(), hiss())
    assert listening.run(4 * REOPEN_AFTER + 4 * MAX_RINGING) == [Ailing(Fault.MUTED), Reopened(), Reopened(), Healed()]
    assert [stream.closed for stream in listening.streams] == [True, True, True]
    assert listening.audio.stats().losses == 0
    first, second, _ = (len(stream.played) * BLOCK for stream in listening.streams)
    assert first < REOPEN_AFTER + 2 * RATE
    assert second >= 2 * REOPEN_AFTER - RATE


def test_who_judges_the_sound_otherwise_is_told_nothing() -> None:
    assert Listening(zeros(), judged=False).run(10 * RATE) == []


def test_who_hears_only_itself_hears_nothing_until_there_is_a_microphone_again() -> None:
    streams, rng = iter([Wired(hiss()), Stream(hiss())]), np.random.default_rng(1)
    told: list[DeviceNews] = []
    heard: list[tuple[int, bool]] = []

    def advance(mic: Clip) -> Clip:
        heard.append((len(told), bool(mic.any())))
        talks = len(heard) * BLOCK % (6 * RATE) < 2 * RATE
        return rng.integers(-6_000, 6_000, BLOCK).astype(np.int16) if talks else silence(BLOCK)

    audio = LiveAudio(lambda: cast("Duplex", next(streams)), told.append)
    audio.run(advance, lambda: len(heard) * BLOCK >= 12 * RATE)
    assert told == [Ailing(Fault.MONITOR), Reopened(), Healed()]
    assert {number: any(sound for at, sound in heard if at == number) for number in range(4)} == {
        0: True,
        1: False,
        2: False,
        3: True,
    }


LOST = Lost("the sound device has stopped")


def test_a_loose_contact_is_told_each_time_and_sound_counts_as_back_when_it_lasts() -> None:
    listening = Listening(Loose(hiss(), 700), Loose(hiss(), 25), Loose(hiss(), 25), Loose(hiss(), 90), hiss())
    assert listening.run(25 * RATE) == [
        *(LOST, Reopened(), Back()),
        *(LOST, Reopened()) * 3,
        Back(),
    ]
    last, back = [at for at, news in listening.told if news in (LOST, Back())][-2:]
    assert back - last >= MAX_PROBATION
    assert listening.audio.stats().losses == 4


def test_losses_that_are_far_apart_are_each_told_to_be_over_at_once() -> None:
    blocks = SOON // BLOCK + 50
    listening = Listening(*(Loose(hiss(), blocks) for _ in range(2)), hiss())
    assert listening.run(40 * RATE) == [LOST, Reopened(), Back()] * 2


def test_a_muted_microphone_that_is_unplugged_is_told_to_be_lost() -> None:
    listening = Listening(Loose(zeros(), 100), zeros())
    assert listening.run(4 * RATE) == [Ailing(Fault.MUTED), LOST, Reopened(), Ailing(Fault.MUTED)]


@given(st.lists(st.tuples(st.integers(1, 700), st.booleans()), max_size=12))
def test_however_it_flaps_sound_is_told_to_be_back_when_it_lasts(flaps: list[tuple[int, bool]]) -> None:
    """Each flap is so many blocks of sound, and whether the loss before was told as a fault of the microphone first."""
    probation = Probation()
    told: list[tuple[int, int]] = []
    for flap, (blocks, twice) in enumerate([*flaps, (MAX_PROBATION // BLOCK, False)]):
        for _ in range(1 + twice):
            probation.lost()
        probation.returned(Back())
        told += [(flap, block) for block in range(blocks + 1) if probation.feed(BLOCK if block else 0)]
    assert told[-1][0] == len(flaps)
    assert len({flap for flap, _ in told}) == len(told)
    soon = [block for (flap, block) in told if flap and flaps[flap - 1][0] * BLOCK < SOON]
    assert all(block * BLOCK >= FIRST_PROBATION for block in soon)
