"""The player: exact to the sample, whatever the blocks, and never silent without a sign."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.actions import DEFAULT_PACE, PACES, Earcon, Line
from voice_coach.audio.pcm import FADE, Clip, onset, silence
from voice_coach.events import Played
from voice_coach.speak.mixer import RAMP
from voice_coach.speak.player import Caption, Player
from voice_coach.speak.speech_queue import MAX_RENDERING_WAIT, PAUSES_BETWEEN_LINES
from voice_coach.speak.voice import Words
from voice_coach.timebase import Samples

PAUSE_BETWEEN_LINES = PAUSES_BETWEEN_LINES[DEFAULT_PACE - 1]

ONE, TWO, LONG, LATE, LOST = (Line(name, name) for name in ("one", "two", "long", "late", "lost"))
LENGTHS = {ONE: 3000, TWO: 2500, LONG: 30_000}


def noise(length: int, seed: int, amplitude: int = 5000) -> Clip:
    """Return noise whose first sample is loud."""
    clip = np.random.default_rng(seed).integers(-amplitude, amplitude, length).astype(np.int16)
    clip[:1] = amplitude
    return clip


@dataclass
class Sounds:
    """A voice that has its clips; `late` is asked for in vain until it is put in, `lost` can't be had."""

    clips: dict[Line, Clip | None] = field(
        default_factory=lambda: {
            **{line: noise(length, number) for number, (line, length) in enumerate(LENGTHS.items())},
            LATE: None,
            LOST: silence(0),
        }
    )

    def prepare(self, lines: Iterable[Line]) -> None:
        """Nothing is to be prepared."""

    def clip(self, line: Line) -> Clip | None:
        """Return what it has."""
        return self.clips[line]

    def words(self, line: Line) -> Words:  # noqa: ARG002 -- all alike
        """Return nothing: noise has no words."""
        return ()

    def earcon(self, earcon: Earcon) -> Clip:
        """Return a noise of the earcon's own."""
        return noise(2000 + 100 * list(Earcon).index(earcon), 50 + list(Earcon).index(earcon), 2000)

    def close(self) -> None:
        """Nothing is to be closed."""


Deed = tuple[Samples, Callable[[Player], None]]


def perform(deeds: list[Deed], end: Samples, cuts: Iterable[Samples] = ()) -> tuple[Clip, list[Played], list[Caption]]:
    """Play until `end`, in blocks that begin wherever a deed or a cut is."""
    player, played, captions, blocks = Player(Sounds()), list[Played](), list[Caption](), list[Clip]()
    for at, until in pairwise(sorted({0, end, *(at for at, _ in deeds), *cuts})):
        for when, deed in deeds:
            if when == at:
                deed(player)
        blocks.append(player.next_block(at, until - at))
        played += player.take_played()
        captions += player.take_captions()
    return np.concatenate(blocks), played, captions


END = 60_000
instants = st.integers(0, END - 1)
deeds = st.one_of(
    st.builds(
        lambda lines, token: lambda player: player.say(tuple(lines), token),
        st.lists(st.sampled_from([ONE, TWO, LONG, LATE, LOST]), max_size=3),
        st.integers(0, 9),
    ),
    st.builds(
        lambda sound, at: lambda player: player.play(sound, at),
        st.sampled_from([ONE, TWO, LATE, LOST, *Earcon]),
        instants,
    ),
    st.builds(lambda level: lambda player: player.set_volume(level), st.integers(0, 9)),
    st.builds(lambda pace: lambda player: player.set_pace(pace), st.integers(*PACES)),
    st.builds(lambda on: lambda player: player.duck(on=on), st.booleans()),
    st.builds(lambda since: lambda player: player.say_again(since), instants),
    st.just(lambda player: player.hush()),
)


@given(st.lists(st.tuples(instants, deeds), max_size=6), st.sets(instants, max_size=40))
def test_where_blocks_begin_changes_nothing(done: list[Deed], cuts: set[Samples]) -> None:
    """Samples, reports and captions are the same for any partition of time."""
    sound, played, captions = perform(done, END)
    cut_sound, cut_played, cut_captions = perform(done, END, cuts)
    assert np.array_equal(sound, cut_sound)
    assert played == cut_played
    assert captions == cut_captions


@given(instants, st.sets(instants, max_size=20), st.integers(*PACES))
def test_a_scheduled_sound_begins_at_its_very_sample(at: Samples, cuts: set[Samples], pace: int) -> None:
    """Not one sample early or late, and unchanged."""
    clip = Sounds().clips[ONE]
    assert clip is not None
    deeds = [(0, lambda player: player.set_pace(pace)), (0, lambda player: player.play(ONE, at))]
    sound, _, captions = perform(deeds, END + 3000, cuts)
    assert onset(sound) == at
    assert np.array_equal(sound[at : at + clip.size], clip)
    assert not sound[at + clip.size :].any()
    assert captions == [Caption(at, at + clip.size, ONE)]


@pytest.mark.parametrize("pace", range(PACES[0], PACES[1] + 1))
def test_a_slower_pace_has_longer_pauses(pace: int) -> None:
    """From the next pause on; the lines stay as they are."""
    actions = [(0, lambda player: player.say((ONE, TWO, ONE), 1)), (4000, lambda player: player.set_pace(pace))]
    _, _, captions = perform(actions, END)
    ends, starts = [one.end for one in captions], [one.start for one in captions]
    assert [start - end for start, end in zip(starts[1:], ends, strict=False)] == [
        PAUSE_BETWEEN_LINES,
        PAUSES_BETWEEN_LINES[pace - 1],
    ]
    assert list(PAUSES_BETWEEN_LINES) == sorted(PAUSES_BETWEEN_LINES)


def test_lines_follow_one_another_with_a_pause() -> None:
    """Also those of the next `say`; each is reported at its exact end."""
    first, second, third = (
        3000,
        3000 + PAUSE_BETWEEN_LINES + 2500,
        3000 + PAUSE_BETWEEN_LINES + 2500 + PAUSE_BETWEEN_LINES + 3000,
    )
    sound, played, captions = perform(
        [(0, lambda player: player.say((ONE, TWO), 7)), (0, lambda player: player.say((ONE,), 8))], END
    )
    assert not sound[first : first + PAUSE_BETWEEN_LINES].any()
    assert onset(sound[first:]) == PAUSE_BETWEEN_LINES
    assert played == [Played(second, 7), Played(third, 8)]
    assert [(caption.start, caption.end) for caption in captions] == [
        (0, first),
        (first + PAUSE_BETWEEN_LINES, second),
        (second + PAUSE_BETWEEN_LINES, third),
    ]


def test_nothing_to_say_is_said_at_once() -> None:
    """An empty `say` is reported where its turn comes."""
    _, played, _ = perform([(100, lambda player: player.say((), 1))], END)
    assert played == [Played(100, 1)]


def test_a_late_line_is_waited_for_and_then_said() -> None:
    """It begins in the block after it has become ready."""
    sounds = Sounds()
    player = Player(sounds)
    player.say((LATE,), 1)
    assert not player.next_block(0, 16_000).any()
    assert player.busy
    sounds.clips[LATE] = sounds.clips[ONE]
    assert onset(player.next_block(16_000, 320)) == 0
    assert player.saying == LATE


@pytest.mark.parametrize(("line", "start"), [(LATE, MAX_RENDERING_WAIT), (LOST, 0)])
def test_what_cant_be_said_is_heard_as_a_problem(line: Line, start: Samples) -> None:
    """After three seconds, or at once when it is known; then the next line has its turn."""
    problem = Sounds().earcon(Earcon.PROBLEM)
    sound, played, captions = perform([(0, lambda player: player.say((line, ONE), 3))], 100_000)
    end = start + problem.size
    assert np.array_equal(sound[start:end], problem)
    assert captions == [
        Caption(start, end, line, missing=True),
        Caption(end + PAUSE_BETWEEN_LINES, end + PAUSE_BETWEEN_LINES + 3000, ONE),
    ]
    assert played == [Played(end + PAUSE_BETWEEN_LINES + 3000, 3)]


@pytest.mark.parametrize("line", [LATE, LOST])
def test_a_scheduled_line_that_is_not_there_is_heard_as_a_problem_in_its_place(line: Line) -> None:
    """A count comes in time or not at all."""
    problem = Sounds().earcon(Earcon.PROBLEM)
    sound, _, captions = perform([(0, lambda player: player.play(line, 5000))], END)
    assert np.array_equal(sound[5000 : 5000 + problem.size], problem)
    assert captions == [Caption(5000, 5000 + problem.size, line, missing=True)]


def test_a_new_scheduled_line_cuts_the_older_one_and_is_not_delayed() -> None:
    """Five milliseconds of fading lie under its beginning; an earcon cuts nothing."""
    sounds = Sounds()
    one, two = sounds.clips[ONE], sounds.clips[TWO]
    assert one is not None
    assert two is not None
    sound, _, captions = perform(
        [(0, lambda player: player.play(ONE, 0)), (0, lambda player: player.play(TWO, 1000))], END
    )
    assert np.array_equal(sound[:1000], one[:1000])
    assert np.array_equal(sound[1000 + FADE : 3500], two[FADE:])
    assert sound[1000] == one[1000] + two[0]
    assert captions == [Caption(0, 1000 + FADE, ONE), Caption(1000, 3500, TWO)]
    tick = sounds.earcon(Earcon.TICK)
    both, _, _ = perform(
        [(0, lambda player: player.play(ONE, 0)), (0, lambda player: player.play(Earcon.TICK, 500))], END
    )
    assert np.array_equal(both[500:3000], one[500:] + tick[:2500])


def test_a_sound_that_comes_too_late_begins_at_once() -> None:
    """With the next block."""
    sound, _, captions = perform([(8000, lambda player: player.play(ONE, 10))], END)
    assert onset(sound) == 8000
    assert captions == [Caption(8000, 11_000, ONE)]


def test_hush_is_silent_after_five_milliseconds_and_forgets_everything() -> None:
    """No report follows; the next line begins without a pause."""
    long = Sounds().clips[LONG]
    assert long is not None
    sound, played, captions = perform(
        [
            (0, lambda player: player.say((LONG, TWO), 1)),
            (0, lambda player: player.say((ONE,), 2)),
            (0, lambda player: player.play(ONE, 20_000)),
            (5000, lambda player: player.hush()),
            (10_000, lambda player: player.say((ONE,), 3)),
        ],
        END,
    )
    assert np.array_equal(sound[:5000], long[:5000])
    assert sound[5000 : 5000 + FADE].any()
    assert not sound[5000 + FADE : 10_000].any()
    assert onset(sound[10_000:]) == 0
    assert not sound[13_000:].any()
    assert played == [Played(13_000, 3)]
    assert captions == [Caption(0, 5000 + FADE, LONG), Caption(10_000, 13_000, ONE)]


def test_a_second_hush_does_not_prolong_the_first() -> None:
    """The fade goes on where it was."""
    once, _, _ = perform([(0, lambda player: player.say((LONG,), 1)), (5000, lambda player: player.hush())], END)
    twice, _, _ = perform(
        [
            (0, lambda player: player.say((LONG,), 1)),
            (5000, lambda player: player.hush()),
            (5020, lambda player: player.hush()),
        ],
        END,
    )
    assert np.array_equal(once, twice)


def test_sounds_that_lie_behind_a_jump_in_time_are_over() -> None:
    """A device that was gone comes back later than it went: what should have sounded meanwhile does not come late."""
    player = Player(Sounds())
    player.play(ONE, 0)
    player.say((TWO,), 1)
    assert player.next_block(0, 100).any()
    assert not player.next_block(20_000, 100).any()
    assert player.take_played() == [Played(2500, 1)]
    assert [caption.end for caption in player.take_captions()] == [2500, 3000]


def test_it_knows_what_it_is_saying() -> None:
    """The line begun last; nothing between lines, after a hush, or while an earcon stands for a line."""
    player = Player(Sounds())
    assert player.saying is None
    player.say((LONG,), 1)
    player.play(ONE, 1000)
    player.next_block(0, 500)
    assert player.saying == LONG
    player.next_block(500, 1000)
    assert player.saying == ONE
    player.next_block(1500, 3000)
    assert player.saying == LONG
    player.hush()
    assert player.saying is None
    player.say((LOST,), 2)
    player.next_block(4500, 500)
    assert player.saying is None
    assert player.busy
    player.next_block(5000, 9000)  # a breath, and the earcon
    assert not player.busy


@pytest.mark.parametrize("level", range(1, 8))
def test_levels_are_four_decibels_apart_and_the_loudest_does_not_clip(level: int) -> None:
    """At speech's usual loudness; level 4 leaves the samples as they are."""
    sounds = Sounds()
    sounds.clips[ONE] = clip = noise(3000, 1, 4000)
    player = Player(sounds, volume=level)
    player.play(ONE, 0)
    block = player.next_block(0, 3000).astype(int)
    assert np.abs(block - clip * 10 ** ((level - 4) * 4 / 20)).max() <= 1
    sounds.clips[TWO] = noise(3000, 2, 32_767)
    player.play(TWO, 3000)
    assert np.abs(player.next_block(3000, 3000).astype(int)).max() < 32_767


@pytest.mark.parametrize(
    "change", [lambda player: player.set_volume(7), lambda player: player.duck(on=True)], ids=["louder", "ducked"]
)
def test_the_loudness_glides(change: Callable[[Player], None]) -> None:
    """Of a constant tone, no two neighbouring samples differ by a click."""
    sounds = Sounds()
    sounds.clips[ONE] = np.full(20_000, 5000, np.int16)
    player = Player(sounds)
    player.play(ONE, 0)
    before = player.next_block(0, 4000)
    change(player)
    block = np.concatenate([before, player.next_block(4000, 4000)]).astype(int)
    assert np.abs(np.diff(block)).max() <= 5000 * 4 / RAMP + 1
    assert block[4000 + RAMP] == block[-1] != 5000
    player.set_volume(4)
    player.duck(on=False)
    assert player.next_block(8000, 4000)[-1] == 5000
