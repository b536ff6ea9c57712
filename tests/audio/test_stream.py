"""A thread that waits busily is put to sleep by its callback, and no other is."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.audio.stream import BusyWait

BLOCK = 0.02
COPIES = 0.0002


def rests(share: float, intervals: list[float]) -> Iterator[float]:
    """Yield how long each callback sleeps of a thread that computes for `share` of the time in between."""
    busy, now, used = BusyWait(BLOCK), 10.0, 3.0
    for interval in intervals:
        rest = busy.rest(now, used)
        yield rest
        now += COPIES + rest
        used += COPIES
        busy.ended(now, used)
        waits = max(interval - COPIES - rest, 0.0)
        now += waits
        used += share * waits


def test_a_thread_that_waits_busily_sleeps_most_of_the_time_from_then_on() -> None:
    found = list(rests(1.0, [BLOCK] * 100))
    assert not any(found[:5])
    assert found[20:] == [pytest.approx(0.8 * BLOCK)] * 80


@given(st.floats(0, 0.3), st.lists(st.floats(0.001, 0.1), max_size=50))
def test_one_that_waits_calmly_never_sleeps(share: float, intervals: list[float]) -> None:
    assert not any(rests(share, intervals))


@given(st.lists(st.sampled_from([0.001, 0.004, BLOCK, 0.05]), min_size=2, max_size=80))
def test_nothing_sleeps_that_is_behind(intervals: list[float]) -> None:
    """Blocks that come in a burst were waited for too long already."""
    found = list(rests(1.0, intervals))
    for (_, interval), (rest, _) in pairwise(zip(found, intervals, strict=True)):
        assert not rest or interval >= BLOCK


def test_when_the_busy_waiting_is_over_so_is_the_sleeping() -> None:
    busy, now, used, rest = BusyWait(BLOCK), 0.0, 0.0, 0.0
    for number in range(100):
        rest = busy.rest(now, used)
        busy.ended(now + rest, used)
        now += BLOCK
        used += 0.0 if number >= 40 else BLOCK - rest
    assert rest == 0
