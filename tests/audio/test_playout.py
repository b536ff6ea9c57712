"""What is played when: each block so long after the microphone's, and longer where turns take longer."""

from hypothesis import given
from hypothesis import strategies as st

from voice_coach.audio.playout import FIRST_BLOCKS, GROW_EVERY, MAX_BLOCKS, Playout

FORM = "{:04}"


def played(turns: list[int]) -> tuple[list[str | None], Playout]:
    """Return what sounds in each callback; turn `n` begins with callback `n` and is done so many callbacks later."""
    playout, sounding, done = Playout(), list[str | None](), 0
    for number in range(len(turns)):
        block = playout.take(number)
        sounding.append(None if block is None else block.decode())
        while done <= number and done + turns[done] <= number:
            playout.put(done, FORM.format(done).encode())
            done += 1
    return sounding, playout


def test_each_block_sounds_at_the_same_time_behind_the_microphones() -> None:
    found, playout = played([0] * 100)
    assert found == [None] * FIRST_BLOCKS + [FORM.format(n) for n in range(100 - FIRST_BLOCKS)]
    assert (playout.late, playout.lead) == (0, FIRST_BLOCKS)


def test_a_turn_may_take_nearly_that_long() -> None:
    found, playout = played([0] * 20 + [FIRST_BLOCKS - 1] + [0] * 40)
    assert None not in found[FIRST_BLOCKS:]
    assert playout.late == 0


def test_a_single_hitch_makes_it_one_block_longer_and_the_rest_is_left_out() -> None:
    hitch = FIRST_BLOCKS + 3
    found, playout = played([0] * 20 + [hitch] + [0] * 100)
    assert playout.lead == FIRST_BLOCKS + 1
    missing = {FORM.format(n) for n in range(100)} - set(found)
    assert missing == {FORM.format(20 + n) for n in range(hitch - FIRST_BLOCKS)}
    assert playout.late == len(missing) + 1
    assert found[-1] == FORM.format(120 - FIRST_BLOCKS - 1)


def test_where_turns_always_take_longer_nothing_is_left_out_for_good() -> None:
    slow = FIRST_BLOCKS + 4
    found, playout = played([slow] * 20 * GROW_EVERY)
    assert slow < playout.lead <= slow + 1
    assert None not in found[10 * GROW_EVERY :]


@given(st.lists(st.integers(0, 2 * MAX_BLOCKS), min_size=1, max_size=400))
def test_blocks_sound_in_order_and_each_once_at_its_place(turns: list[int]) -> None:
    found, playout = played(turns)
    numbers = [None if block is None else int(block) for block in found]
    sounded = [number for number in numbers if number is not None]
    assert sounded == sorted(set(sounded))
    behind = [at - number for at, number in enumerate(numbers) if number is not None]
    assert behind == sorted(behind)
    assert all(FIRST_BLOCKS <= lead <= MAX_BLOCKS for lead in behind)
    assert playout.lead <= MAX_BLOCKS
