"""Sound files as people have them: damaged, of other kinds, with headers that promise too much."""

import os
import shutil
import struct
import subprocess
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from voice_coach.audio import sound_file
from voice_coach.audio.pcm import load
from voice_coach.errors import DataError


def wav(*, channels: int = 1, rate: int = 16_000, bits: int = 16, code: int = 1, data: bytes = bytes(3200)) -> bytes:
    """Return a WAV file with this header."""
    form = struct.pack(
        "<HHIIHH", code, channels, rate, rate * channels * bits // 8 & 0xFFFFFFFF, channels * bits // 8 & 0xFFFF, bits
    )
    body = b"WAVEfmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


@pytest.mark.parametrize(
    "content",
    [
        wav(channels=0), wav(channels=65_535), wav(channels=100), wav(rate=0), wav(rate=1), wav(rate=2**32 - 1),
        wav(bits=0), wav(bits=7_000), wav(code=999), wav()[:30], b"", b"hello",
        b"FORM\0\0\0\0AIFFCOMM\0\0\0\x12\0\1",  # libsndfile seeks a place before its beginning
        wav(code=3, bits=32, data=b"\xff" * 400), wav(code=3, bits=32, data=struct.pack("<f", float("inf")) * 100),
    ],
)  # fmt: skip
def test_a_damaged_file_is_told_in_one_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def test_a_file_that_was_cut_off_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    """With half a sample at its end."""
    path = tmp_path / "x.wav"
    path.write_bytes(wav(data=b"\x00\x10" * 1600)[:-1])
    assert load(path).size == 1599


def test_levels_far_beyond_full_scale_saturate(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    path.write_bytes(wav(channels=2, code=3, bits=32, data=struct.pack("<f", 3e38) * 400))
    assert (load(path) == 32_767).all()


def test_what_is_no_file_is_told_and_nobody_waits(tmp_path: Path) -> None:
    """A pipe that nobody writes to, a device without end, a folder, a link that leads to itself."""
    os.mkfifo(tmp_path / "pipe.wav")
    (tmp_path / "endless.wav").symlink_to("/dev/zero")
    (tmp_path / "folder.wav").mkdir()
    (tmp_path / "loop.wav").symlink_to("loop.wav")
    for name, reason in {"pipe": "a pipe", "endless": "a device", "folder": "a folder", "loop": "levels"}.items():
        with pytest.raises(DataError, match=rf"{name}\.wav: can't be read \(.*{reason}"):
            load(tmp_path / f"{name}.wav")


def test_a_file_longer_than_is_wanted_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    soundfile.write(path, np.zeros(48_000, np.int16), 16_000)
    assert len(sound_file.read(path, 3)[0]) == 48_000
    with pytest.raises(DataError, match="is longer than 2 seconds"):
        sound_file.read(path, 2)


@pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize("kind", ["m4a", "webm", "wma", "aac", "opus", "mp4"])
def test_what_telephones_write_is_read_with_ffmpeg(tmp_path: Path, kind: str) -> None:
    """Within a tenth of a second of its length: these formats pad; whatever the ending says."""
    tone = 0.3 * np.sin(2 * np.pi * 300 * np.arange(32_000) / 16_000)
    soundfile.write(tmp_path / "x.wav", tone, 16_000)
    path = tmp_path / f"-memo.{kind}"
    subprocess.run(["ffmpeg", "-v", "error", "-i", "x.wav", "-ac", "1", path.absolute()], cwd=tmp_path, check=True)
    clip = load(path)
    assert clip.size == pytest.approx(32_000, abs=2_500)
    assert np.abs(np.fft.rfft(clip[8_000:24_000])).argmax() == 300
    renamed = path.rename(tmp_path / "memo.wav")
    assert np.array_equal(load(renamed), clip)
    renamed.write_bytes(renamed.read_bytes()[:40])
    with pytest.raises(DataError, match="damaged"):
        load(renamed)


_GOOD = [wav(data=bytes(range(256)) * 8), wav(channels=2, bits=24, data=bytes(range(250)) * 6)]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(_GOOD), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 255)), max_size=6))
def test_whatever_a_header_holds_a_file_is_read_or_refused(
    tmp_path: Path, good: bytes, changes: list[tuple[int, int]]
) -> None:
    """No other error, and no warning."""
    content = bytearray(good)
    for at, value in changes:
        content[at] = value
    path = tmp_path / "x.wav"
    path.write_bytes(content)
    with suppress(DataError):
        load(path)
