"""How a loudspeaker flattens its peaks is found from what was played and heard, and nothing is made up."""

from collections.abc import Callable

import numpy as np
import pytest

from tests.hear.echo.test_canceller import lines, user
from tests.hear.room import COACH, Room, Wave, at_level, response, through
from voice_coach.hear.echo.loudspeaker_model import DRIVES, REACH, STRETCH, DriveFinder, flattened

SOUND = np.asarray(lines() / 32768)
TAPS = np.pad(response(COACH, 0.2), (0, REACH))[:REACH]


def found(heard: Wave, seconds: float = 8) -> DriveFinder:
    """Return what is found in so much of what was heard."""
    finder, taps = DriveFinder(), TAPS.astype(np.float32)
    far = SOUND.astype(np.float32)
    for end in range(REACH + STRETCH, int(seconds * 16000), STRETCH):
        scale = finder.look(heard[end - STRETCH : end].astype(np.float32), far[end - STRETCH - REACH : end], taps)
        taps = taps if scale is None else taps * np.float32(scale)
    return finder


def left_over(heard: Wave, drive: float) -> float:
    """Return what of the sound heard can't be explained by this drive, 0 to 1."""
    echo = through(np.asarray(flattened(SOUND.astype(np.float32), drive), np.float64), TAPS)
    return float(1 - np.corrcoef(heard, echo)[0, 1] ** 2)


@pytest.mark.parametrize("drive", [0.0, 3.0, 12.0, 20.0])
def test_the_drive_is_found(drive: float) -> None:
    heard = through(np.asarray(flattened(SOUND.astype(np.float32), drive), np.float64), TAPS)
    near = found(heard).drive
    assert near == min(DRIVES, key=lambda one: abs(one - drive)) or drive / 1.3 < near < drive * 1.3


def clipped(wave: Wave) -> Wave:
    return np.asarray(np.clip(wave, -0.12, 0.12))


def bent(wave: Wave) -> Wave:
    return np.asarray(wave / (1 + 8 * np.abs(wave)))


@pytest.mark.parametrize("distorted", [clipped, bent])
def test_a_loudspeaker_that_bends_otherwise_is_better_explained_than_by_none(
    distorted: Callable[[Wave], Wave],
) -> None:
    heard = through(distorted(SOUND), TAPS)
    assert left_over(heard, found(heard).drive) < left_over(heard, 0) / 2


def test_a_user_who_speaks_over_it_is_no_reason_to_change_it() -> None:
    voice = np.zeros(len(SOUND))
    word = at_level(user(Room(), "stop"), -20)
    for at in range(0, len(voice) - len(word), len(word)):
        voice[at : at + len(word)] += word
    heard = at_level(through(SOUND, TAPS), -25) + voice
    assert found(heard).drive == 0


def test_a_silent_coach_tells_nothing() -> None:
    finder = DriveFinder()
    noise = np.random.default_rng(1).standard_normal(STRETCH).astype(np.float32)
    assert finder.look(noise, np.zeros(STRETCH + REACH, np.float32), TAPS.astype(np.float32)) is None
    assert finder.drive == 0
