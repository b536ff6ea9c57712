"""When a device counts as lost; the times are made up, so nothing is waited for."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.audio.watchdog import Signs, Tears, Watchdog


def healthy(now: float) -> Signs:
    return Signs(now=now, captured=now, last=now, running=True, waiting=0)


def test_a_healthy_device_is_left_alone() -> None:
    dog = Watchdog(0)
    assert [dog.check(healthy(tick / 50)) for tick in range(1, 1_000)] == [""] * 999
    assert dog.pace == pytest.approx(1)


def test_a_stream_that_portaudio_gave_up_is_lost_at_once() -> None:
    assert Watchdog(0).check(Signs(0.1, 0.1, 0.1, running=False, waiting=0)) == "the sound device has stopped"


def test_silence_of_almost_a_second_is_a_loss() -> None:
    dog = Watchdog(0)
    assert dog.check(Signs(2.8, 2, 2, running=True, waiting=0)) == ""
    assert dog.check(Signs(2.9, 2, 2, running=True, waiting=0)) == "the sound device delivers nothing any more"


def test_the_first_block_may_take_longer() -> None:
    dog = Watchdog(10)
    assert dog.check(Signs(12.9, 0, None, running=True, waiting=0)) == ""
    assert (
        dog.check(Signs(13.1, 0, None, running=True, waiting=0)) == "the sound device was opened and delivers nothing"
    )


def delivering(share: float, since: float, until: float = 10.0, block: float = 0.02) -> list[tuple[float, str]]:
    """Return what is said at each block of a stream that from an instant on delivers only a share of them."""
    dog, captured, told, owed = Watchdog(0), 0.0, [], 0.0
    for tick in range(1, round(until / block)):
        now = tick * block
        owed += block * (share if now > since else 1)
        if owed >= block * 0.999:
            owed -= block
            captured += block
            told.append((now, dog.check(Signs(now, captured, now, running=True, waiting=0, block=block))))
    return told


@given(st.floats(0.3, 5), st.floats(0.25, 0.6))
def test_half_the_sound_missing_is_noticed_within_a_second(since: float, share: float) -> None:
    told = [now for now, trouble in delivering(share, since) if trouble]
    assert since < told[0] <= since + 1


@given(st.floats(0.3, 5), st.floats(0.9, 1))
def test_a_block_that_is_missing_now_and_then_is_no_loss(since: float, share: float) -> None:
    assert {trouble for _, trouble in delivering(share, since)} == {""}


@given(st.floats(1, 2), st.floats(0, 0.84))
def test_one_gap_however_long_is_no_half_lost_sound(begins: float, length: float) -> None:
    dog, captured, said = Watchdog(0), 0.0, set()
    for tick in range(1, 200):
        if not begins < tick / 50 < begins + length:
            captured += 0.02
            said.add(dog.check(Signs(tick / 50, captured, tick / 50, running=True, waiting=0)))
    assert said == {""}


def test_a_microphone_that_delivers_too_little_on_the_whole_is_deaf() -> None:
    dog = Watchdog(0)
    gaps = [tick for tick in range(1, 400) if tick % 40 < 28]
    said = [dog.check(Signs(t / 50, n / 50, t / 50, running=True, waiting=0)) for n, t in enumerate(gaps, 1)]
    assert "the microphone delivers only 70% of its sound" in said
    assert said[:130] == [""] * 130


def test_a_short_gap_is_forgiven() -> None:
    dog = Watchdog(0)
    gap = 0.9
    said = [dog.check(Signs(t / 50, t / 50 - gap * (t > 100), t / 50, running=True, waiting=0)) for t in range(1, 500)]
    assert set(said) == {""}


def test_a_coach_that_lags_behind_is_a_loss() -> None:
    assert Watchdog(0).check(Signs(5, 5, 5, running=True, waiting=1.9)) == ""
    assert Watchdog(0).check(Signs(5, 5, 5, running=True, waiting=3)) == (
        "the computer is 3 seconds behind with listening"
    )


def test_a_speaker_that_lags_more_and_more_is_a_loss() -> None:
    dog = Watchdog(0)
    said = [dog.check(replace(healthy(tick / 50), lag=0.06 + tick / 1_000)) for tick in range(1, 520)]
    assert said[:495] == [""] * 495
    assert "the speaker lags 0.6 seconds behind" in said


def test_a_headset_that_is_slow_from_the_start_is_none() -> None:
    dog = Watchdog(0)
    assert {dog.check(replace(healthy(tick / 50), lag=0.9)) for tick in range(1, 1_000)} == {""}


def test_a_lag_that_passes_is_none() -> None:
    dog = Watchdog(0)
    said = {dog.check(replace(healthy(tick / 50), lag=0.9 if tick % 90 else 0.06)) for tick in range(1, 1_000)}
    assert said == {""}


def test_a_gap_or_another_lag_is_a_tear_once() -> None:
    tears = Tears()
    said = [tears.check(0, 0.08) for _ in range(20)]
    said += [tears.check(0, lag) for lag in (0.096, 0.079, 0.15, 0.08, 0.095) * 10]
    assert not any(said)
    assert tears.check(1, 0.08)
    assert not any(tears.check(1, 0.08) for _ in range(20))
    assert [tears.check(1, 0.14) for _ in range(20)].count(True) == 1
    assert [tears.check(1, 0.08) for _ in range(20)].count(True) == 1


def test_a_gap_counts_from_the_first_block_on() -> None:
    tears = Tears()
    assert not tears.check(0, 0.08)
    assert tears.check(1, 0.08)
