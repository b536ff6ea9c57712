"""The echo benchmark's own arithmetic: what is tried, how clocks drift, and what counts as heard."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.echo.__main__ import caught, elsewhere, mistaken
from benchmarks.echo.air import DRIFTS, ECHOES, JUMP, ROOMS, SPEAKERS, Air, Condition, conditions
from benchmarks.echo.material import Said
from tests.hear.room import Room
from voice_coach.audio.pcm import silence
from voice_coach.events import Intent
from voice_coach.timebase import BLOCK, RATE, Samples, samples


def test_each_room_loudspeaker_and_level_is_tried_and_each_under_its_own_name() -> None:
    usual, full = list(conditions(full=False)), list(conditions(full=True))
    plain = len(ROOMS) * len(SPEAKERS) * len(ECHOES)
    assert len(full) == plain * len(DRIFTS) * 2
    assert sum(not (one.drift or one.jump) for one in usual) == plain
    assert {one.drift for one in usual} == set(DRIFTS)
    assert {one.jump for one in usual} == {0, JUMP}
    assert len({one.name for one in full}) == len(full)


def heard_at(condition: Condition, after: Samples) -> Samples:
    """Return how much later than it was played a click is heard, so long after the beginning."""
    air = Air(condition, 2 * after)
    heard = []
    click = silence(BLOCK)
    click[0] = 20_000
    for at in range(0, after + RATE, BLOCK):
        heard.append(air.hear(BLOCK))
        air.play(click if at == after else silence(BLOCK))
    return int(np.abs(np.concatenate(heard)).argmax()) - after


@pytest.mark.parametrize(
    ("drift", "jump", "later"), [(0, 0, 0), (100, 0, 192), (0, JUMP, JUMP), (100, JUMP, 192 + JUMP)]
)
def test_a_slower_clock_and_a_jump_make_the_echo_later(drift: int, jump: Samples, later: Samples) -> None:
    """Of two minutes a ten-thousandth is 12 ms; half-way through the jump has been."""
    still = Condition("still", Room(fades_in=0.15, delay=samples(0.1), noise=-120))
    after = samples(120)
    usual = heard_at(still, after)
    assert heard_at(replace(still, drift=drift, jump=jump), after) - usual == pytest.approx(later, abs=4)


def intent(name: str, end: Samples) -> Intent:
    return Intent(end, name, name, start=end - 4000, end=end)


def test_a_word_counts_that_is_heard_soon_and_as_itself() -> None:
    said = [Said(RATE, "stop"), Said(5 * RATE, "left"), Said(9 * RATE, "no")]
    found = [intent("stop", 2 * RATE), intent("side_right", 6 * RATE), intent("no", 12 * RATE)]
    assert caught(found, said) == Counter({"stop": 1})
    assert mistaken(found, said) == 1
    assert elsewhere(found, said) == 1
