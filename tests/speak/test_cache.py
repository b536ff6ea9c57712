"""Clips on disk: kept, checked, bounded, and never in the way."""

import os
from pathlib import Path

import numpy as np
import pytest

from voice_coach.audio.pcm import Clip
from voice_coach.speak.cache import DiskCache

CLIP: Clip = np.arange(-500, 500, dtype=np.int16)


def test_what_is_kept_is_there_for_the_next_session(tmp_path: Path) -> None:
    """Under its own key only."""
    DiskCache(tmp_path / "speech").put("one", CLIP)
    cache = DiskCache(tmp_path / "speech")
    kept = cache.get("one")
    assert kept is not None
    assert np.array_equal(kept, CLIP)
    assert cache.get("two") is None
    assert not cache.trouble


@pytest.mark.parametrize(
    "damage",
    [lambda data: data[:-7], lambda data: data[:20], lambda _: b"", lambda data: data[:-1] + b"x", lambda d: d[:16]],
    ids=["cut", "cut short", "empty", "changed", "digest only"],
)
def test_a_damaged_file_counts_as_missing(tmp_path: Path, damage: object) -> None:
    """And is written anew."""
    assert callable(damage)
    cache = DiskCache(tmp_path)
    cache.put("one", CLIP)
    [path] = tmp_path.iterdir()
    path.write_bytes(damage(path.read_bytes()))
    assert cache.get("one") is None
    cache.put("one", CLIP)
    assert cache.get("one") is not None


def test_a_place_that_cant_be_written_is_told_once(tmp_path: Path) -> None:
    """Here: a file stands where the folder should be."""
    (tmp_path / "speech").touch()
    cache = DiskCache(tmp_path / "speech")
    cache.put("one", CLIP)
    assert cache.trouble.startswith(f"{tmp_path / 'speech'}: speech can't be kept for the next time (")
    (tmp_path / "speech").unlink()
    cache.put("one", CLIP)
    assert cache.get("one") is None
    cache.prune()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    """A file of limited size stands for a full disk: writing fails in the middle."""
    import resource  # noqa: PLC0415 - not on Windows
    import signal  # noqa: PLC0415 - as above

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    cache = DiskCache(tmp_path / "speech")
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
        cache.put("one", CLIP)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert "File too large" in cache.trouble
    assert list((tmp_path / "speech").iterdir()) == []


def test_what_was_not_used_for_the_longest_time_goes_first(tmp_path: Path) -> None:
    """Reading counts as use; remains of interrupted writing go too."""
    size = 16 + CLIP.nbytes
    cache = DiskCache(tmp_path, limit=2 * size)
    for age, key in enumerate(["c", "b", "a"]):
        cache.put(key, CLIP)
        newest = max(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        os.utime(newest, (1000 - age, 1000 - age))
    remains = tmp_path / "remains.tmp"
    remains.touch()
    os.utime(remains, (1, 1))
    assert cache.get("a") is not None
    cache.prune()
    assert cache.get("a") is not None
    assert cache.get("c") is not None
    assert cache.get("b") is None
