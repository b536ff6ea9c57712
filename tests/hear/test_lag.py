"""When the user is understood too late, and when in time again."""

import pytest

from voice_coach.hear.lag import MAX_LAG, MAX_RECOVERED_LAG, MAX_RECOVERY, MIN_RECOVERY, LagWatch
from voice_coach.timebase import BLOCK, Samples


def recovers(watch: LagWatch, now: Samples, lag: Samples = 0) -> Samples:
    """Return how long it takes until hearing is back, block by block."""
    since = now
    while not watch.look(lag, now):
        now += BLOCK
    assert not watch.lost
    return now - since


def test_an_answer_of_a_second_is_in_time_and_a_later_one_is_not() -> None:
    watch = LagWatch()
    assert (watch.look(MAX_LAG, 0), watch.lost) == (False, False)
    assert (watch.look(MAX_LAG + 1, BLOCK), watch.lost) == (True, True)


def test_it_is_told_once() -> None:
    watch = LagWatch()
    assert [watch.look(2 * MAX_LAG, number * BLOCK) for number in range(100)] == [True, *[False] * 99]


@pytest.mark.parametrize("lag", [0, MAX_RECOVERED_LAG])
def test_it_is_back_when_answers_were_in_time_for_two_seconds(lag: Samples) -> None:
    watch = LagWatch()
    watch.look(2 * MAX_LAG, 0)
    assert recovers(watch, BLOCK, lag) == MIN_RECOVERY


def test_answers_that_are_only_less_late_are_no_recovery() -> None:
    watch = LagWatch()
    watch.look(2 * MAX_LAG, 0)
    assert not any(watch.look(MAX_RECOVERED_LAG + 1, number * BLOCK) for number in range(10 * MIN_RECOVERY // BLOCK))
    assert recovers(watch, 10 * MIN_RECOVERY) == MIN_RECOVERY


def test_one_late_answer_begins_the_recovery_again() -> None:
    watch = LagWatch()
    watch.look(2 * MAX_LAG, 0)
    assert not watch.look(0, BLOCK)
    assert not watch.look(MAX_LAG, MIN_RECOVERY)
    assert recovers(watch, MIN_RECOVERY + BLOCK) == MIN_RECOVERY


def test_each_loss_takes_twice_as_long_to_get_over_but_never_for_ever() -> None:
    watch, now, took = LagWatch(), 0, []
    for _ in range(5):
        assert watch.look(2 * MAX_LAG, now)
        took.append(recovers(watch, now + BLOCK))
        now += 2 * took[-1]
    assert took == [MIN_RECOVERY, 2 * MIN_RECOVERY, 4 * MIN_RECOVERY, 8 * MIN_RECOVERY, MAX_RECOVERY]
