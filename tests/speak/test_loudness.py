"""One loudness and one beginning for all that is said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.audio.pcm import Clip, onset, peak, silence, speech_rms, to_clip
from voice_coach.speak.loudness import MAX_AMPLITUDE, NOMINAL_RMS, TAIL_LENGTH, shape
from voice_coach.timebase import RATE


def talk(amplitude: float, before: int = 800, after: int = 8000) -> Clip:
    """Return half a second of a swelling tone within silence."""
    time = np.arange(RATE // 2) / RATE
    tone = amplitude * np.sin(2 * np.pi * 300 * time) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time))
    return to_clip(np.pad(tone, (before, after)).astype(np.float32))


@given(st.floats(0.005, 1.0), st.integers(0, 20_000), st.integers(0, 20_000))
def test_every_recording_comes_out_alike(amplitude: float, before: int, after: int) -> None:
    """However loud it was and however long the silence around it."""
    clip = shape(talk(amplitude, before, after))
    assert onset(clip) == 0
    assert speech_rms(clip) == pytest.approx(NOMINAL_RMS, rel=0.05)
    assert peak(clip) <= MAX_AMPLITUDE
    assert clip.size == pytest.approx(RATE // 2, abs=2 * TAIL_LENGTH)
    assert clip[-1] == 0 or after == 0


def test_a_click_is_no_reason_for_a_loud_voice() -> None:
    """The ceiling holds for what is nearly all peak."""
    click = talk(0.01)
    click[5000] = 32_767
    assert peak(shape(click)) <= MAX_AMPLITUDE + 1e-4


def test_a_soft_sound_stays_soft_if_it_is_meant_to() -> None:
    """Louder ones come down all the same."""
    assert speech_rms(shape(talk(0.02), boost=False)) < NOMINAL_RMS / 2
    assert speech_rms(shape(talk(0.9), boost=False)) == pytest.approx(NOMINAL_RMS, rel=0.05)


@pytest.mark.parametrize("nothing", [silence(0), silence(5000), talk(0.0005)], ids=["empty", "silent", "noise"])
def test_nothing_is_not_made_something(nothing: Clip) -> None:
    """A room's noise is not made as loud as speech."""
    assert not shape(nothing).size
