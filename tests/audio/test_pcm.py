"""Sound as arrays: what begins where, how loud it is, and what files hold."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from voice_coach.audio import pcm
from voice_coach.audio.pcm import ONSET, Clip
from voice_coach.errors import DataError
from voice_coach.timebase import RATE

clips = arrays(np.int16, st.integers(0, 400))


def tone(seconds: float, amplitude: float = 0.5, frequency: float = 440, rate: int = RATE) -> pcm.Signal:
    """Return a sine."""
    time = np.arange(round(seconds * rate)) / rate
    return (amplitude * np.sin(2 * np.pi * frequency * time)).astype(np.float32)


def test_a_sound_begins_at_its_first_loud_sample() -> None:
    """One sample below the level is not yet the beginning."""
    clip = np.array([0, ONSET - 1, -ONSET, 0, 9000, 0], np.int16)
    assert pcm.onset(clip) == 2
    assert pcm.onset(pcm.silence(100)) is None
    assert pcm.onset(np.array([0, -32768], np.int16)) == 1


@given(clips)
def test_a_trimmed_clip_begins_at_its_onset_and_ends_at_its_last_loud_sample(clip: Clip) -> None:
    """Nothing loud is lost."""
    trimmed = pcm.trim(clip)
    if pcm.onset(clip) is None:
        assert not trimmed.size
    else:
        assert pcm.onset(trimmed) == 0
        assert pcm.onset(trimmed[::-1]) == 0
        assert np.abs(trimmed.astype(int)).sum() <= np.abs(clip.astype(int)).sum()
        assert pcm.peak(trimmed) == pcm.peak(clip)


@given(clips)
def test_a_signal_holds_every_clip_exactly(clip: Clip) -> None:
    """There and back changes nothing."""
    assert np.array_equal(pcm.to_clip(pcm.to_signal(clip)), clip)


def test_loudness_is_a_part_of_full_scale() -> None:
    """A sine's RMS is its amplitude over the root of two, and pauses don't make speech quieter."""
    clip = pcm.to_clip(tone(1.0))
    assert pcm.peak(clip) == pytest.approx(0.5, abs=1e-3)
    assert pcm.rms(clip) == pytest.approx(0.5 / np.sqrt(2), rel=1e-3)
    paused = np.concatenate([clip, pcm.silence(RATE), clip])
    assert pcm.rms(paused) < 0.9 * pcm.rms(clip)
    assert pcm.speech_rms(paused) == pytest.approx(pcm.rms(clip), rel=1e-2)
    assert pcm.rms(pcm.silence(0)) == pcm.peak(pcm.silence(0)) == pcm.speech_rms(pcm.silence(0)) == 0


def test_a_fade_touches_only_its_samples() -> None:
    """The head rises from zero, the tail falls to it, the middle stays."""
    clip = np.full(100, 1000, np.int16)
    faded = pcm.fade(clip, head=10, tail=20)
    assert faded[0] == faded[-1] == 0
    assert np.all(np.diff(faded[:10]) > 0)
    assert np.all(np.diff(faded[80:]) < 0)
    assert np.array_equal(faded[10:80], clip[10:80])
    assert pcm.fade(clip[:3], tail=20).size == 3


def test_a_mix_saturates_instead_of_wrapping() -> None:
    """Two loud sounds are loud, never their opposite."""
    loud = np.array([30000, -30000, 5], np.int16)
    assert pcm.mix([loud, loud[:2]]).tolist() == [32767, -32768, 5]
    assert pcm.mix([]).size == 0


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 48_000])
def test_resampling_keeps_pitch_and_length(rate: int) -> None:
    """A second stays a second, and 440 Hz stay 440 Hz."""
    signal = pcm.resample(tone(1.0, rate=rate), rate)
    assert abs(signal.size - RATE) <= 1
    assert np.abs(np.fft.rfft(signal)).argmax() == 440


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    """Sample for sample; two channels are averaged."""
    clip = pcm.to_clip(tone(0.1))
    pcm.save(tmp_path / "mono.wav", clip)
    pcm.save(tmp_path / "stereo.wav", np.stack([clip, clip], axis=1))
    assert soundfile.info(tmp_path / "stereo.wav").channels == 2
    assert np.array_equal(pcm.load(tmp_path / "mono.wav"), clip)
    assert np.array_equal(pcm.load(tmp_path / "stereo.wav"), clip)
    assert np.array_equal(pcm.decode((tmp_path / "mono.wav").read_bytes()), clip)


def test_a_clip_is_packed_without_loss() -> None:
    clip = pcm.to_clip(tone(0.5))
    data = pcm.packed(clip)
    assert len(data) < clip.nbytes
    assert np.array_equal(pcm.decode(data), clip)


def test_a_file_that_cant_be_used_is_named_with_the_remedy(tmp_path: Path) -> None:
    """Missing, no sound, not writable."""
    (tmp_path / "text.wav").write_text("hello")
    with pytest.raises(DataError, match=r"text\.wav: is damaged or no sound file .* convert it"):
        pcm.load(tmp_path / "text.wav")
    with pytest.raises(DataError, match=r"gone\.wav: can't be read \(No such file"):
        pcm.load(tmp_path / "gone.wav")
    with pytest.raises(DataError, match=r"can't be written: No such file"):
        pcm.save(tmp_path / "no folder" / "x.wav", pcm.silence(1))
    with pytest.raises(ValueError, match="recogni"):
        pcm.decode(b"hello")
