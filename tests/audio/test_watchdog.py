"""When a device counts as lost; the times are made up, so nothing is waited for."""

from dataclasses import replace

import pytest

from voice_coach.audio.watchdog import Signs, Tears, Watchdog


def healthy(now: float) -> Signs:
    return Signs(now=now, captured=now, last=now, running=True, waiting=0)


def test_a_healthy_device_is_left_alone() -> None:
    dog = Watchdog(0)
    assert [dog.check(healthy(tick / 50)) for tick in range(1, 1_000)] == [""] * 999
    assert dog.pace == pytest.approx(1)


def test_a_stream_that_portaudio_gave_up_is_lost_at_once() -> None:
    assert Watchdog(0).check(Signs(0.1, 0.1, 0.1, running=False, waiting=0)) == "the sound device has stopped"


def test_silence_of_a_second_is_a_loss() -> None:
    dog = Watchdog(0)
    assert dog.check(Signs(2.9, 2, 2, running=True, waiting=0)) == ""
    assert dog.check(Signs(3.1, 2, 2, running=True, waiting=0)) == "the sound device delivers nothing any more"


def test_the_first_block_may_take_longer() -> None:
    dog = Watchdog(10)
    assert dog.check(Signs(12.9, 0, None, running=True, waiting=0)) == ""
    assert (
        dog.check(Signs(13.1, 0, None, running=True, waiting=0)) == "the sound device was opened and delivers nothing"
    )


def test_a_microphone_that_delivers_half_is_deaf() -> None:
    dog = Watchdog(0)
    said = [dog.check(Signs(tick / 50, tick / 100, tick / 50, running=True, waiting=0)) for tick in range(1, 300)]
    assert "the microphone delivers only 50% of its sound" in said
    assert said[:150] == [""] * 150


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
