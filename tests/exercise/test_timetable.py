"""What is said on which side, and when: the mirror table of clinical.md 1c and the timetable of a repetition."""

import re
from dataclasses import replace
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.actions import Line
from voice_coach.exercise import timetable as timetables
from voice_coach.exercise.language import number_word
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.model import OTHER, Exercise, Side
from voice_coach.timebase import RATE, samples

FLEXION = load_exercise("flexion_rotation")
TEMPOS = st.floats(0.5, 2.0)
SIDES: tuple[Side, Side] = ("left", "right")

# clinical.md 1c: (part, words of the instruction, which side they name), for a person with pain on the right.
MIRROR_RIGHT = [
    ("lie", "on your {} side", "right"),
    ("straight", "your {} leg, the lower one, straight", "right"),
    ("bend", "bend your {} knee, the upper one", "left"),
    ("hook", "your {} foot behind", "left"),
    ("hook", "behind your {} knee", "right"),
    ("grasp", "hold your {} knee", "left"),
    ("grasp", "with your {} hand", "right"),
    ("reach", "reach your {} arm up", "left"),
    ("reach", "to your {} shoulder blade", "left"),
    ("hand_on_head", "your {} hand on the side of your head", "left"),
    ("how", "roll your chest back, toward the {} side", "left"),
]


def said(part: str, side: Side) -> str:
    """Return what is said in a part of the set-up, in small letters."""
    exercise = FLEXION
    for step in exercise.steps:
        if part == step.id:
            return " ".join(line.text for line in timetables.step_lines(exercise, step, side)).lower()
        if step.variant and part == step.variant.id:
            return " ".join(line.text for line in timetables.variant_lines(exercise, step, side)).lower()
    raise LookupError(part)


def mirrored(text: str) -> str:
    """Return the text with left and right exchanged."""
    return re.sub(r"\b(left|right)\b", lambda word: {"left": "right", "right": "left"}[word[0]], text)


def lines_of(side: Side) -> list[Line]:
    """Return all that is said on a side, in order."""
    exercise = FLEXION
    found = [*timetables.intro_lines(exercise, side), *timetables.rest_lines(exercise, side)]
    for step in exercise.steps:
        found += timetables.step_lines(exercise, step, side)
        found += timetables.help_lines(exercise, step, side)
        found += timetables.variant_lines(exercise, step, side)
    for number in range(1, exercise.repetition.count + 1):
        found += [line for line in [timetables.remark_line(exercise, number, side)] if line]
        found += [call.line for call in timetables.timetable(exercise, number, side, 1.0).calls]
    return found


@pytest.mark.parametrize("lain_on", SIDES)
@pytest.mark.parametrize(("part", "words", "named"), MIRROR_RIGHT)
def test_each_instruction_names_the_side_of_the_mirror_table(part: str, words: str, named: Side, lain_on: Side) -> None:
    expected = named if lain_on == "right" else OTHER[named]
    assert words.format(expected) in said(part, lain_on)
    assert words.format(OTHER[expected]) not in said(part, lain_on)


def test_every_line_on_one_side_is_the_mirror_image_of_that_on_the_other() -> None:
    left, right = lines_of("left"), lines_of("right")
    assert [mirrored(line.text) for line in left] == [line.text for line in right]
    assert [line.text for line in left] != [line.text for line in right]


def test_no_left_or_right_is_said_that_the_template_did_not_put_there() -> None:
    sided = re.compile(r"\b(left|right)\b")
    for left, right in zip(lines_of("left"), lines_of("right"), strict=True):
        assert len(sided.findall(left.text)) == len(sided.findall(right.text))
        assert bool(sided.search(left.text)) == (left.cue != right.cue)


def test_every_line_that_is_said_is_among_the_lines_of_the_exercise() -> None:
    everything = set(timetables.exercise_lines(FLEXION))
    assert set(lines_of("left")) | set(lines_of("right")) <= everything
    assert len({line.cue for line in everything}) == len(everything)


def test_a_cue_has_a_side_only_where_its_text_has_one() -> None:
    first, second, _ = timetables.step_lines(FLEXION, FLEXION.steps[-1], "right")
    assert first == Line("flexion_rotation.how.right.1", "Slowly roll your chest back, toward the left side.")
    assert second == Line("flexion_rotation.how.2", "Go only to a mild stretch in your low back.")
    assert timetables.remark_line(FLEXION, 2, "left") == Line(
        "flexion_rotation.remark.left.2", "Let your right arm move with your shoulder."
    )
    assert timetables.remark_line(FLEXION, 4, "left") is None


def test_help_is_said_sentence_by_sentence() -> None:
    assert [line.text for line in timetables.help_lines(FLEXION, FLEXION.steps[1], "left")] == [
        "The leg on the floor is your left leg.",
        "Make it straight.",
        "Then say ready.",
    ]


def test_a_repetition_is_said_as_the_product_promises() -> None:
    texts = [call.line.text for call in timetables.timetable(FLEXION, 4, "left", 1.0).calls]
    assert " ".join(texts) == "Number four. Roll back. Hold, one, two. And come back. Rest."


def test_a_repetition_lasts_ten_seconds_at_the_normal_tempo() -> None:
    timetable = timetables.timetable(FLEXION, 1, "right", 1.0)
    assert timetable.length == 10 * RATE
    assert timetable.phases[2] == ("hold", samples(4.3), samples(6.3))
    assert (timetable.phase(-5), timetable.phase(samples(4.3)), timetable.phase(11 * RATE)) == (
        "announce",
        "hold",
        "rest",
    )


@given(TEMPOS, st.integers(1, 10), st.sampled_from(SIDES))
def test_the_hold_is_two_seconds_at_every_tempo_and_its_counts_one_second_apart(
    tempo: float, number: int, side: Side
) -> None:
    timetable = timetables.timetable(FLEXION, number, side, tempo)
    hold = next(span for span in timetable.phases if span.name == "hold")
    at = {call.line.cue: call.at for call in timetable.calls}
    assert hold.end - hold.start == 2 * RATE
    assert at["flexion_rotation.count_one"] == hold.start
    assert at["flexion_rotation.count_two"] == hold.start + RATE
    assert at["flexion_rotation.hold"] == hold.start - samples(0.8)
    assert at["flexion_rotation.come_back"] == hold.end


@given(TEMPOS)
def test_phases_follow_one_another_without_a_gap_and_calls_are_in_order(tempo: float) -> None:
    timetable = timetables.timetable(FLEXION, 1, "left", tempo)
    assert timetable.phases[0].start == 0
    assert timetable.phases[-1].end == timetable.length
    assert all(one.end == two.start for one, two in pairwise(timetable.phases))
    assert all(one.at <= two.at for one, two in pairwise(timetable.calls))
    assert timetable.calls[-1].at < timetable.length


@given(TEMPOS)
def test_only_the_phases_that_scale_follow_the_tempo(tempo: float) -> None:
    normal, other = timetables.timetable(FLEXION, 1, "left", 1.0), timetables.timetable(FLEXION, 1, "left", tempo)
    for phase, before, after in zip(FLEXION.repetition.phases, normal.phases, other.phases, strict=True):
        factor = tempo if phase.scales else 1.0
        assert abs((after.end - after.start) - (before.end - before.start) * factor) <= 1


def test_a_call_that_would_fall_before_its_phase_is_said_at_its_start() -> None:
    phases = FLEXION.repetition.phases
    early = msgspec.structs.replace(phases[1].calls[1], at=-2.5)
    late = msgspec.structs.replace(phases[1].calls[0], at=2.5)
    roll = msgspec.structs.replace(phases[1], calls=(late, early))
    repetition = msgspec.structs.replace(FLEXION.repetition, phases=(phases[0], roll))
    timetable = timetables.timetable(msgspec.structs.replace(FLEXION, repetition=repetition), 1, "left", 0.5)
    roll_span = timetable.phases[1]
    assert [call.at for call in timetable.calls[1:]] == [roll_span.start, roll_span.end]


def test_numbers_are_said_in_words_up_to_ninety_nine() -> None:
    assert [number_word(number) for number in (0, 1, 10, 21, 30, 99, 100)] == [
        "zero",
        "one",
        "ten",
        "twenty-one",
        "thirty",
        "ninety-nine",
        "100",
    ]
    assert number_word(3, "xx") == "3"


def test_an_exercise_without_sides_says_everything_once() -> None:
    hold = {"name": "hold", "seconds": 2, "scales": False, "calls": [{"id": "n", "at": 0, "say": "{number}"}]}
    bare = msgspec.convert(
        {
            "id": "tilt",
            "version": 1,
            "language": "xx",
            "name": "tilt",
            "family": "stability",
            "position": "back",
            "sides": "none",
            "steps": [{"id": "lie", "say": ["Lie down."], "help": "Lie down."}],
            "rest": ["Rest."],
            "repetition": {"count": 2, "phases": [hold]},
        },
        Exercise,
    )
    cues = [line.cue for line in timetables.exercise_lines(bare)]
    assert cues == ["tilt.lie.1", "tilt.lie.help.1", "tilt.n.1", "tilt.n.2", "tilt.rest.1"]


def test_a_text_that_needs_a_side_is_not_said_without_one() -> None:
    with pytest.raises(ValueError, match="needs a value for bottom"):
        timetables.lines(("Lie on your {bottom} side.",), "x.lie", None)


def test_timetables_are_values() -> None:
    timetable = timetables.timetable(FLEXION, 1, "left", 1.0)
    assert timetable == timetables.timetable(FLEXION, 1, "left", 1.0)
    assert replace(timetable, length=1) != timetable
