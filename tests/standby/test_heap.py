"""What standby does not need any more goes back to the system."""

import platform
from pathlib import Path

import numpy as np
import pytest

from voice_coach.standby.heap import trim

MIB = 2**20


def held() -> int:
    """Return the bytes that this process has of its own."""
    words = Path("/proc/self/smaps_rollup").read_text(encoding="utf-8").split()
    return int(words[words.index("Anonymous:") + 1]) * 1024


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries can't be asked")
def test_what_lies_free_between_what_is_used_is_given_back() -> None:
    pairs = [(np.ones(32_000, np.int16), np.ones(1_000, np.int16)) for _ in range(1000)]
    used = [packed for _, packed in pairs]
    pairs.clear()
    before = held()
    trim()
    assert before - held() > 20 * MIB
    assert all(packed.all() for packed in used)


def test_it_may_be_asked_at_any_time() -> None:
    trim()
    trim()
