"""Rooms between mouth and microphone, and background noise of several kinds."""

import itertools
from typing import Final

import numpy as np
import numpy.typing as npt
import scipy.signal

from voice_coach.timebase import RATE

Sound = npt.NDArray[np.float64]
_DECAY: Final = 6.9
"""60 dB in nepers."""


def impulse_response(rng: np.random.Generator, direct: tuple[float, float] = (0.0, 14.0)) -> Sound:
    """Return a room: the direct sound, a few reflections, and a tail that dies away in 0.12 to 0.7 s.

    `direct`: range of what the direct sound is louder than the tail, in dB.
    """
    length = int(rng.uniform(0.12, 0.7) * RATE)
    tail = rng.normal(size=length) * np.exp(-_DECAY * np.arange(length) / length)
    tail *= 10 ** (-rng.uniform(*direct) / 20) / np.sqrt((tail**2).sum())
    gap = int(rng.uniform(16, 400))
    response = np.concatenate(([1.0], np.zeros(gap), tail))[: length + gap + 1]
    for _ in range(rng.integers(0, 5)):
        response[rng.integers(20, 800)] += rng.uniform(-0.5, 0.5)
    return np.asarray(response)


def convolve(sound: Sound, response: Sound) -> Sound:
    """Return the sound in the room, as long as it was."""
    return np.asarray(scipy.signal.fftconvolve(sound, response)[: len(sound)])


def babble(rng: np.random.Generator, voices: list[npt.NDArray[np.int16]], length: int) -> Sound:
    """Return three to seven people who talk at once."""
    total = np.zeros(length)
    for _ in range(rng.integers(3, 8)):
        talk = np.concatenate([voices[rng.integers(len(voices))].astype(np.float64) for _ in range(5)])
        talk = np.resize(np.roll(talk, rng.integers(len(talk))), length)
        total += talk / (talk.std() + 1) * rng.uniform(0.3, 1)
    return convolve(total, impulse_response(rng)) if rng.random() < 0.6 else total  # noqa: PLR2004


def kitchen(rng: np.random.Generator, length: int) -> Sound:
    """Return dishes and cupboards (dying tones and bursts), at times water and the mains' hum, in a room at times."""
    total = hiss(rng, length)
    total *= rng.uniform(0.02, 0.3) / total.std()
    for _ in range(int(length / RATE * rng.uniform(1, 8))):
        blow = _blow(rng)[:length]
        at = rng.integers(0, length - len(blow) + 1)
        total[at : at + len(blow)] += blow * 10 ** (rng.uniform(-25, 0) / 20)
    if rng.random() < 0.4:  # noqa: PLR2004
        begin, end = sorted(rng.integers(0, length, 2))
        total[begin:end] += np.diff(rng.normal(size=end - begin + 1)) * rng.uniform(0.02, 0.3)
    if rng.random() < 0.4:  # noqa: PLR2004
        mains = rng.choice([50, 60, 100, 120]) * 2 * np.pi * np.arange(length) / RATE
        total += sum(np.sin(mains * k + k) * rng.uniform(0, 0.3) / k for k in range(1, 8))
    return convolve(total, impulse_response(rng)) if rng.random() < 0.5 else total  # noqa: PLR2004


def television(rng: np.random.Generator, voices: list[npt.NDArray[np.int16]], length: int) -> Sound:
    """Return one or two people who talk at a time over music, from a small loudspeaker in a room."""
    total = np.zeros(length)
    for _ in range(rng.integers(1, 3)):
        talk = np.concatenate([voices[rng.integers(len(voices))].astype(np.float64) for _ in range(6)])
        talk = np.resize(talk, length)
        total += talk / (talk.std() + 1)
    if rng.random() < 0.6:  # noqa: PLR2004  (the share that has music)
        tune = music(rng, length)
        total += tune / (tune.std() + 1e-9) * rng.uniform(0.1, 1.2)
    band = [rng.uniform(80, 300), rng.uniform(4000, 7500)]
    small = scipy.signal.sosfilt(scipy.signal.butter(2, band, "bandpass", fs=RATE, output="sos"), total)
    return convolve(np.asarray(small), impulse_response(rng))


def leak(rng: np.random.Generator, lines: list[npt.NDArray[np.int16]], length: int) -> Sound:
    """Return the residual of one talker after echo cancellation: sentences in a room whose bands come and go."""
    pauses = [np.zeros(int(rng.uniform(0.1, 1.2) * RATE)) for _ in lines]
    talk = np.concatenate([part for line, pause in zip(lines, pauses, strict=True) for part in (line, pause)])
    talk = convolve(np.resize(talk.astype(np.float64), length), impulse_response(rng))
    edges = np.array([80, 400, 1000, 2200, 4000, 7800])
    total = np.zeros(length)
    for low, high in itertools.pairwise(edges):
        band = scipy.signal.sosfilt(scipy.signal.butter(2, [low, high], "bandpass", fs=RATE, output="sos"), talk)
        knots = rng.uniform(-20, 0, length // (RATE // 4) + 2)  # dB, four a second
        total += band * 10 ** (np.interp(np.arange(length), np.arange(len(knots)) * (RATE // 4), knots) / 20)
    return total


def music(rng: np.random.Generator, length: int) -> Sound:
    """Return chords of plucked strings over a beat."""
    total = np.zeros(length)
    beat = int(rng.uniform(0.2, 0.7) * RATE)
    root = rng.uniform(110, 330)
    drum = rng.uniform(0, 1)
    for at in range(0, length, beat):
        time = np.arange(min(3 * beat, length - at)) / RATE
        chord = root * 2 ** (rng.integers(-5, 8) / 12)
        for step in (0, rng.choice([3, 4]), 7):
            tone = chord * 2 ** (step / 12)
            string = sum(np.sin(2 * np.pi * tone * k * time) / k for k in range(1, 6))
            total[at : at + len(time)] += string * np.exp(-time * rng.uniform(2, 8))
        strike = rng.normal(size=len(time)) * np.exp(-time * 40) * drum
        total[at : at + len(time)] += strike
    return total


def hiss(rng: np.random.Generator, length: int) -> Sound:
    """Return noise whose spectrum rises or falls."""
    return np.asarray(scipy.signal.lfilter([1], [1, -rng.uniform(-0.5, 0.99)], rng.normal(size=length)))


def _blow(rng: np.random.Generator) -> Sound:
    time = np.arange(int(rng.uniform(0.03, 0.5) * RATE)) / RATE
    tones = [
        rng.uniform(0.2, 1) * np.sin(2 * np.pi * rng.uniform(600, 7000) * time + rng.uniform(0, 6))
        * np.exp(-time * rng.uniform(10, 120))
        for _ in range(rng.integers(1, 6))
    ]  # fmt: skip
    burst = rng.normal(size=len(time)) * np.exp(-time * rng.uniform(30, 200)) * rng.uniform(0, 1.5)
    return np.asarray(np.sum(tones, axis=0) + burst)
