"""Rates, channels and lengths of blocks between a device and the coach."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.audio.pcm import Clip
from voice_coach.audio.resample import Fifo, FromDevice, Resampler, ToDevice, mono
from voice_coach.timebase import BLOCK, RATE, samples


def sine(rate: int, length: int, amplitude: int = 8_000) -> Clip:
    clip: Clip = np.rint(amplitude * np.sin(2 * np.pi * 440 * np.arange(length) / rate)).astype(np.int16)
    return clip


@given(st.lists(st.integers(0, 50)), st.lists(st.integers(0, 50)))
def test_a_fifo_keeps_the_order_whatever_the_lengths(puts: list[int], takes: list[int]) -> None:
    sound = np.arange(sum(puts), dtype=np.int16)
    fifo, cuts = Fifo(), np.cumsum(puts)
    for part in np.split(sound, cuts[:-1]) if puts else []:
        fifo.put(part)
    taken = [fifo.take(length) for length in takes]
    assert len(fifo) == max(0, len(sound) - sum(takes))
    assert np.array_equal(np.concatenate([sound[:0], *taken]), sound[: sum(takes)])


def test_only_the_first_two_channels_are_heard() -> None:
    frames = np.array([[100, 300, -9], [-32768, -32768, 9]], np.int16)
    assert mono(frames.reshape(-1), 3).tolist() == [200, -32768]


def test_our_own_form_passes_unchanged() -> None:
    sound = sine(RATE, BLOCK)
    (block,) = FromDevice(RATE, 1).feed(sound.tobytes())
    to_device = ToDevice(RATE, 1, BLOCK)
    to_device.feed(block)
    assert to_device.take() == sound.tobytes()
    assert to_device.delay == 0


@pytest.mark.parametrize("rate", [8_000, 22_050, 44_100, 48_000])
@pytest.mark.parametrize("cut", [160, 441, 16_000])
def test_resampling_does_not_depend_on_how_the_sound_is_cut(rate: int, cut: int) -> None:
    sound, resampler = sine(rate, 2 * rate), Resampler(rate, RATE)
    pieces = [resampler.feed(sound[start : start + cut]) for start in range(0, len(sound), cut)]
    whole = np.concatenate([*pieces, resampler.feed(sound[:0], last=True)])
    assert abs(len(whole) - samples(2)) <= 1
    middle = slice(samples(0.5), samples(1.5))
    assert np.abs(whole[middle].astype(int) - sine(RATE, samples(2))[middle]).max() <= 40


@pytest.mark.parametrize("rate", [8_000, 11_025, 44_100, 48_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_there_and_back_through_a_device_only_delays(rate: int, channels: int) -> None:
    frames = round(rate * BLOCK / RATE)
    from_device, to_device = FromDevice(rate, channels), ToDevice(rate, channels, frames)
    sound, heard, delays = sine(rate, 6 * rate), [], []
    for start in range(0, 5 * rate, frames):
        for block in from_device.feed(np.repeat(sound[start : start + frames], channels).tobytes()):
            assert block.shape == (BLOCK,)
            to_device.feed(block)
        heard.append(np.frombuffer(to_device.take(), np.int16)[::channels])
        delays.append(to_device.delay)
    assert {len(block) for block in heard} == {frames}
    settled = RATE // BLOCK
    assert set(delays[settled:]) == {delays[-1]}, "silence was put into the middle of the sound"
    delay = round(delays[-1] * rate / RATE)
    played = np.concatenate(heard)[2 * rate : 4 * rate].astype(int)
    nearest = min(
        np.abs(played - sound[2 * rate - late : 4 * rate - late]).max() for late in range(delay - 2, delay + 3)
    )
    assert nearest <= 400
