"""The file backend: sound files in place of microphone and speaker."""

import stat
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.audio.offline import StereoRecorder, WavMic, WavSpeaker, from_clips, recorded, run_file
from voice_coach.audio.pcm import Clip, load
from voice_coach.errors import DataError, DeviceError
from voice_coach.timebase import BLOCK, RATE, samples


class Parrot:
    """Says what it hears, and keeps it."""

    def __init__(self) -> None:
        self.heard: list[Clip] = []

    def advance(self, mic: Clip) -> Clip:
        self.heard.append(mic)
        return mic

    @property
    def sound(self) -> Clip:
        return np.concatenate(self.heard)


def noise(length: int, seed: int = 1) -> Clip:
    return np.random.default_rng(seed).integers(-9_000, 9_000, length).astype(np.int16)


@given(st.lists(st.integers(0, 40), max_size=8), st.integers(1, 50), st.integers(0, 200))
def test_any_clips_reach_the_coach_in_blocks_of_any_length(lengths: list[int], block: int, limit: int) -> None:
    clips = [noise(length, seed) for seed, length in enumerate(lengths)]
    parrot = Parrot()
    fed = run_file(parrot.advance, lambda: False, clips, limit=limit, block=block)
    said = np.concatenate([np.zeros(0, np.int16), *clips])[:limit]
    heard = np.concatenate([np.zeros(0, np.int16), *parrot.heard])
    assert fed == limit == len(heard)
    assert all(len(turn) == block for turn in parrot.heard[:-1])
    assert np.array_equal(heard[: len(said)], said)
    assert not heard[len(said) :].any()


def test_a_coach_that_is_done_is_fed_no_more() -> None:
    parrot = Parrot()
    fed = run_file(parrot.advance, lambda: len(parrot.heard) == 3, from_clips([]), limit=samples(60))
    assert fed == 3 * BLOCK


def test_wav_in_and_wav_out_are_the_same_bits(tmp_path: Path) -> None:
    said, heard = tmp_path / "said.wav", tmp_path / "heard.wav"
    sound = noise(samples(2.5))
    soundfile.write(said, sound, RATE)
    mic = WavMic(said)
    with WavSpeaker(heard) as speaker:
        run_file(Parrot().advance, lambda: mic.ended, mic, speaker=speaker, limit=samples(60))
    assert np.array_equal(load(heard)[: len(sound)], sound)
    assert len(load(heard)) - len(sound) <= BLOCK


@pytest.mark.parametrize(("suffix", "rate", "channels"), [("flac", 44_100, 2), ("wav", 8_000, 1), ("ogg", 48_000, 2)])
def test_any_sound_file_is_heard_as_16_khz_mono(tmp_path: Path, suffix: str, rate: int, channels: int) -> None:
    path = tmp_path / f"said.{suffix}"
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(2 * rate) / rate)
    soundfile.write(path, np.repeat(tone[:, None], channels, axis=1), rate)
    sound = WavMic(path)(samples(3))
    assert abs(len(sound) - samples(2)) <= 1
    assert np.abs(sound[samples(0.5) : samples(1.5)].astype(int) - load(path)[samples(0.5) : samples(1.5)]).max() <= 40


def test_a_closed_microphone_hears_nothing_more(tmp_path: Path) -> None:
    path = tmp_path / "said.wav"
    soundfile.write(path, noise(samples(3)), RATE)
    mic = WavMic(path)
    assert len(mic(BLOCK)) == BLOCK
    mic.close()
    assert len(mic(samples(9))) == RATE - BLOCK
    assert mic.ended


@pytest.mark.parametrize(
    ("name", "text"), [("none.wav", "cannot be read"), ("x.wav", "is no sound"), ("x.raw", "is no")]
)
def test_what_is_no_sound_file_is_named(tmp_path: Path, name: str, text: str) -> None:
    if name.startswith("x"):
        (tmp_path / name).write_text("I am a poem.")
    with pytest.raises(DataError, match=f"{name}: {text}"):
        WavMic(tmp_path / name)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "said.flac"
    soundfile.write(path, noise(samples(4)), RATE)
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2 : len(whole) // 2 + 4_000] = bytes(4_000)
    path.write_bytes(whole)
    mic = WavMic(path)
    with pytest.raises(DataError, match=r"said\.flac: is damaged"):
        mic(samples(9))


def test_both_sides_are_recorded_coach_left_person_right(tmp_path: Path) -> None:
    path = tmp_path / "both.wav"
    said = noise(samples(1.5))
    with StereoRecorder(path) as recorder:
        coach = recorded(lambda mic: -mic, recorder)
        run_file(coach, lambda: False, [said], limit=len(said))
    frames, rate = soundfile.read(path, dtype="int16")
    assert rate == RATE
    assert np.array_equal(frames[:, 0], -said)
    assert np.array_equal(frames[:, 1], said)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 or sys.platform == "win32"


def test_a_recording_is_whole_even_if_it_is_never_closed(tmp_path: Path) -> None:
    path = tmp_path / "cut.wav"
    speaker = WavSpeaker(path)
    for _ in range(120):
        speaker(noise(BLOCK))
    with wave.open(str(path)) as sound:
        assert sound.getnframes() == samples(2)
    speaker.close()
    with wave.open(str(path)) as sound:
        assert sound.getnframes() == 120 * BLOCK


def test_a_recording_that_cannot_begin_says_why(tmp_path: Path) -> None:
    with pytest.raises(DeviceError, match=r"Can't record to .*no/folder\.wav \(No such file or directory\)"):
        WavSpeaker(tmp_path / "no" / "folder.wav")


@pytest.mark.skipif(sys.platform != "linux", reason="/dev/full is Linux's")
def test_a_full_disk_ends_the_recording_and_not_the_session() -> None:
    speaker = WavSpeaker(Path("/dev/full"))
    for _ in range(200):
        speaker(noise(BLOCK))
    with pytest.raises(DeviceError, match=r"/dev/full ends after 0 seconds \(No space left on device\): make room"):
        speaker.close()
    speaker.close()
