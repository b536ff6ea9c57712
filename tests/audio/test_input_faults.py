"""What is noticed of a microphone that delivers, but not the sound of a room; in audio time, and in simulated rooms."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import soxr
from hypothesis import given
from hypothesis import strategies as st

from tests.hear.room import Room, Wave, at_level, in_turn, spoken
from voice_coach.actions import Earcon
from voice_coach.audio.input_faults import MAX_RINGING, MIN_MUTED, MIN_RECOVERY, REASONS, REOPEN_AFTER, Fault, Soundness
from voice_coach.audio.pcm import FULL_SCALE, Clip, load, silence, to_clip, to_signal
from voice_coach.exercise.prompts import load_prompts
from voice_coach.session.disruptions import FAULTS
from voice_coach.speak.cues import find_earcon, load_earcon
from voice_coach.timebase import BLOCK, RATE, Samples, samples

SECOND = RATE
SENTENCES = (
    "Lie on your left side.",
    "Hook your right foot behind your left knee.",
    "One.",
    "Two.",
    "Better, same, or worse?",
)
STOP = sorted((Path(__file__).parents[1] / "wav").glob("*.wav"))


def noise(length: Samples, level: float = -80.0) -> Clip:
    """Return the noise of a very quiet microphone."""
    return to_clip((np.random.default_rng(2).standard_normal(length) * 10 ** (level / 20)).astype(np.float32))


@cache
def coach() -> Clip:
    """Return what the coach says, in some sentences and all its earcons."""
    tones = [load_earcon(path) for earcon in Earcon if (path := find_earcon(earcon))]
    return in_turn([*spoken(SENTENCES), *tones], 0.7)


def faults(mic: Clip, played: Clip | None = None, watch: Soundness | None = None) -> list[Fault | None]:
    """Return what is wrong behind each block."""
    watch, other = watch or Soundness(), silence(len(mic)) if played is None else played
    return [watch.feed(mic[at : at + BLOCK], other[at : at + BLOCK]) for at in range(0, len(mic) - BLOCK + 1, BLOCK)]


def first(found: list[Fault | None], fault: Fault) -> Samples:
    """Return when a fault is noticed."""
    return (found.index(fault) + 1) * BLOCK


@given(st.integers(0, 3 * SECOND), st.integers(1, 20_000))
def test_zeros_are_noticed_within_a_second_of_their_first(before: Samples, loud: int) -> None:
    sound = np.random.default_rng(before).integers(-loud, loud + 1, before, np.int16)
    found = faults(np.concatenate((sound, silence(2 * SECOND))))
    assert before < first(found, Fault.MUTED) <= before + SECOND
    assert set(found) == {None, Fault.MUTED}


@given(st.integers(1, 2_000), st.integers(0, 2**20))
def test_a_quiet_microphone_is_never_taken_for_dead(apart: int, seed: int) -> None:
    """Of ten seconds but one sample in `apart` is not zero, and that by the smallest step."""
    mic = silence(10 * SECOND)
    mic[:: min(apart, MIN_MUTED - BLOCK)] = np.random.default_rng(seed).choice([-1, 1])
    assert set(faults(mic)) == {None}


def test_a_muted_microphone_is_well_again_when_it_brings_sound_for_half_a_second() -> None:
    mic = np.concatenate((silence(3 * SECOND), noise(2 * SECOND)))
    found = faults(mic)
    healed = (found.index(None, found.index(Fault.MUTED)) + 1) * BLOCK
    assert 0 <= healed - 3 * SECOND - MIN_RECOVERY <= BLOCK


def test_a_single_click_of_a_muted_microphone_heals_nothing() -> None:
    mic = silence(6 * SECOND)
    mic[4 * SECOND] = 900
    assert None not in faults(mic)[SECOND // BLOCK :]


def test_a_headset_that_cuts_its_pauses_to_zeros_is_believed_in_the_end() -> None:
    word = np.concatenate((noise(SECOND), silence(2 * SECOND)))
    found = faults(np.tile(word, 8))
    assert found.count(Fault.MUTED)
    assert set(found[4 * len(word) // BLOCK :]) == {None}


def wire(clip: Clip, delay: Samples, third: int = 0) -> Clip:
    """Return what a sound server's monitor gives: half as loud, resampled, and thirds of a sample later."""
    fast = np.concatenate((np.zeros(3 * delay + third, np.float32), soxr.resample(0.5 * to_signal(clip), RATE, 48_000)))
    return to_clip(soxr.resample(fast, 48_000, RATE))[: len(clip)]


@pytest.mark.parametrize("third", [0, 1, 2])
@pytest.mark.parametrize("delay", [0.02, 0.1, 0.3, 0.6])
def test_the_speakers_own_monitor_is_noticed_within_a_second_of_what_it_brings(delay: float, third: int) -> None:
    played = np.concatenate((silence(SECOND // 4), coach()))
    heard = wire(played, samples(delay), third)
    found = faults(heard, played)
    begins = int(np.flatnonzero(np.abs(heard) > 100)[0])
    assert begins < first(found, Fault.MONITOR) <= begins + SECOND
    assert Fault.CLIPPED not in found


@pytest.mark.parametrize("fades_in", [0.15, 0.3, 0.5])
@pytest.mark.parametrize("drive", [0.1, 1.5])
def test_no_room_is_a_wire_not_even_a_very_quiet_and_dry_one(fades_in: float, drive: float) -> None:
    room = Room(fades_in=fades_in, noise=-80, drive=drive, echo=10)
    assert set(faults(room.microphone(room.coach(coach())), coach())) == {None}


def test_a_user_over_the_coach_is_no_copy_of_it() -> None:
    room = Room(echo=5)
    user = np.resize(np.concatenate([load(path) for path in STOP]) / 32768, len(coach()))
    assert set(faults(room.microphone(room.coach(coach()), room.user(user)), coach())) == {None}


def test_after_a_monitor_only_sound_while_the_coach_is_silent_shows_a_real_microphone() -> None:
    watch = Soundness(Fault.MONITOR)
    assert set(faults(silence(5 * SECOND), watch=watch)) == {Fault.MONITOR}
    assert set(faults(wire(coach(), 2_000), coach(), watch)) == {Fault.MONITOR}
    found = faults(noise(2 * SECOND), watch=watch)
    assert found[-1] is None
    assert found.index(None) * BLOCK >= MIN_RECOVERY


def words() -> Iterator[Wave]:
    """Yield what users say, each word by itself."""
    yield from (load(path) / 32768 for path in STOP)


@pytest.mark.parametrize("level", [-14, -8, -2, 4, 10])
def test_no_word_however_much_too_loud_stops_a_session(level: int) -> None:
    for word in words():
        shouted = to_clip(np.clip(at_level(word, level), -1, 1).astype(np.float32))
        assert set(faults(np.concatenate((noise(SECOND), shouted, noise(SECOND))))) == {None}


@given(st.integers(0, 2 * SECOND), st.floats(1, 8))
def test_a_microphone_that_is_cut_off_all_the_time_is_noticed_within_a_second(before: Samples, over: float) -> None:
    loud = np.random.default_rng(1).standard_normal(2 * SECOND) * over
    found = faults(np.concatenate((noise(before), to_clip(np.clip(loud, -1, 1).astype(np.float32)))))
    assert before < first(found, Fault.CLIPPED) <= before + SECOND + BLOCK


def test_what_is_cut_off_no_more_is_well_again_though_the_coach_speaks() -> None:
    loud = np.full(2 * SECOND, FULL_SCALE - 1, np.int16)
    mic = np.concatenate((loud, noise(SECOND)))
    assert faults(mic, np.resize(coach(), len(mic)))[-1] is None


@pytest.mark.parametrize("fault", [Fault.MUTED, Fault.MONITOR])
def test_the_devices_are_opened_anew_when_it_lasts_and_nothing_sounds(fault: Fault) -> None:
    watch = Soundness(fault)
    told = np.resize(coach(), REOPEN_AFTER + SECOND)
    faults(silence(len(told)), told, watch)
    assert not watch.stuck
    faults(silence(MAX_RINGING + SECOND), watch=watch)
    assert watch.stuck


def test_opening_anew_makes_nothing_quieter() -> None:
    watch = Soundness()
    faults(np.full(20 * SECOND, FULL_SCALE - 1, np.int16), watch=watch)
    assert watch.fault is Fault.CLIPPED
    assert not watch.stuck


@pytest.mark.parametrize("block", [100, BLOCK, 701])
def test_where_blocks_begin_and_end_moves_the_instant_by_less_than_two_of_them(block: Samples) -> None:
    mic, watch, at = np.concatenate((noise(SECOND), silence(2 * SECOND))), Soundness(), 0
    while watch.feed(mic[at : at + block], silence(block)) is None:
        at += block
    assert abs(at - SECOND - MIN_MUTED) < 2 * block


def test_each_fault_has_its_reason_and_its_sentence() -> None:
    assert set(FAULTS.values()) <= set(load_prompts("en").texts)
    assert set(FAULTS) == set(REASONS) == set(Fault)
