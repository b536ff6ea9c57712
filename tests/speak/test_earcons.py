"""The earcons as V17 asks for them, and the files as the script writes them."""

import subprocess
import sys
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from voice_coach.actions import Earcon
from voice_coach.audio.pcm import load, peak, to_signal
from voice_coach.timebase import RATE, seconds

SOUNDS = Path(__file__).parents[2] / "audio_cues"


def spectrum(earcon: Earcon) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return frequencies and the share of the power that each has."""
    clip = to_signal(load(SOUNDS / f"{earcon}.wav")).astype(np.float64)
    power = np.abs(np.fft.rfft(clip * np.hanning(clip.size), RATE)) ** 2
    return np.fft.rfftfreq(RATE, 1 / RATE).astype(np.float64), (power / power.sum()).astype(np.float64)


def rhythm(earcon: Earcon) -> int:
    """Return how many beats it has: how often its loudness, over 10 ms, rises by half."""
    clip = to_signal(load(SOUNDS / f"{earcon}.wav")).astype(np.float64)
    frames = np.sqrt(np.square(np.pad(clip, (160, 160 - clip.size % 160)).reshape(-1, 160)).mean(axis=1))
    rising = np.diff(frames) > 0.3 * frames.max()
    return int(np.sum(rising & ~np.append(False, rising[:-1])))


def test_the_script_writes_the_files_that_are_there(tmp_path: Path) -> None:
    """To one unit of 32768, as sines differ in their last digit between processors."""
    subprocess.run([sys.executable, SOUNDS / "make_earcons.py", tmp_path], check=True)
    assert {path.name for path in tmp_path.iterdir()} == {f"{earcon}.wav" for earcon in Earcon}
    for earcon in Earcon:
        written, there = load(tmp_path / f"{earcon}.wav"), load(SOUNDS / f"{earcon}.wav")
        assert written.size == there.size
        assert np.abs(written.astype(int) - there).max() <= 1


@pytest.mark.parametrize("earcon", list(Earcon))
def test_an_earcon_is_short_and_lies_where_ageing_ears_hear_well(earcon: Earcon) -> None:
    """150 to 250 ms, the tick less; 500 to 2000 Hz; far from clipping."""
    clip = load(SOUNDS / f"{earcon}.wav")
    assert (0.03 if earcon is Earcon.TICK else 0.15) <= seconds(clip.size) <= 0.25
    frequencies, power = spectrum(earcon)
    assert power[(frequencies >= 450) & (frequencies <= 2050)].sum() > 0.99
    assert peak(clip) < 0.3


def test_no_two_earcons_are_alike() -> None:
    """Each pair differs in rhythm, or in most of its spectrum, or three times in length."""
    for one, other in combinations(Earcon, 2):
        overlap = np.sqrt(spectrum(one)[1] * spectrum(other)[1]).sum()
        lengths = sorted(load(SOUNDS / f"{earcon}.wav").size for earcon in (one, other))
        distinct = rhythm(one) != rhythm(other) or overlap < 0.5 or lengths[1] > 3 * lengths[0]
        assert distinct, f"{one} and {other}: overlap {overlap:.2f}, beats {rhythm(one)} and {rhythm(other)}"
