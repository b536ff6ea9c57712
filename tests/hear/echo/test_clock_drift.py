"""Two clocks: the drift between loudspeaker and microphone is found from the delays, and the echo still goes."""

import numpy as np
import pytest
import soxr

from tests.hear.echo.test_canceller import coach, lines
from tests.hear.room import Room, cancelled, level
from voice_coach.audio.pcm import silence
from voice_coach.hear.echo.canceller import EchoCanceller
from voice_coach.hear.echo.clock_drift import HALF_WINDOW, Drift, between
from voice_coach.timebase import RATE, samples


@pytest.mark.parametrize("drift", [-100, -20, 20, 100])
def test_an_echo_whose_clock_drifts_is_taken_out_as_well(drift: int) -> None:
    room = Room(delay=samples(0.15), echo=5)
    wave = soxr.resample(np.concatenate((coach(room), coach(room))), RATE, RATE * (1 + drift * 1e-6))
    played = np.concatenate((lines(), lines(), silence(RATE)))[: len(wave)]
    mic = room.microphone(wave[: len(played)])
    left = cancelled(EchoCanceller(multiple=512), mic, played)
    learnt = samples(10)
    assert level(left[learnt:]) < level(mic[learnt : len(left)]) - 22


def test_one_clock_is_no_drift_however_inexact_the_delays() -> None:
    drift, rng = Drift(), np.random.default_rng(1)
    for at in range(0, 60 * RATE, 4096):
        drift.note(at, 2400 + rng.uniform(-0.1, 0.1))
        assert drift.rate == 0


def test_a_drift_is_told_from_some_seconds_and_another_reflection_is_passed_over() -> None:
    drift = Drift()
    for number, at in enumerate(range(0, 10 * RATE, 4096)):
        drift.note(at, 2400 + at * 50e-6 + (7 if number % 9 == 5 else 0))
    assert drift.rate == pytest.approx(50e-6, rel=0.02)


def test_where_the_delay_jumps_the_clocks_run_as_they_did() -> None:
    drift = Drift()
    for at in range(0, 10 * RATE, 4096):
        drift.note(at, 2400 + at * 50e-6)
    drift.jumped()
    drift.note(10 * RATE, 3000)
    assert drift.rate == pytest.approx(50e-6, rel=0.02)


def test_delays_that_lie_on_no_line_tell_nothing() -> None:
    drift, rng = Drift(), np.random.default_rng(1)
    for at in range(0, 10 * RATE, 4096):
        drift.note(at, rng.uniform(0, 16000))
    assert drift.rate == 0


@pytest.mark.parametrize("part", [0.0, 0.25, 0.5, 0.9])
def test_what_lies_between_two_samples_is_read(part: float) -> None:
    hertz = 3000
    clip = np.round(8000 * np.sin(2 * np.pi * hertz * np.arange(400) / RATE)).astype(np.int16)
    read = between(clip, part)
    at = np.arange(HALF_WINDOW - 1, 400 - HALF_WINDOW) + part
    assert len(read) == len(at)
    assert np.allclose(read, 8000 / 32768 * np.sin(2 * np.pi * hertz * at / RATE), atol=0.003)
