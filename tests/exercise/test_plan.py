"""The short form of a repetition: what is said when, for every length of hold (V14)."""

from itertools import pairwise

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.exercise import timetable
from voice_coach.exercise.language import WORDS
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.model import Exercise, Move, Phase
from voice_coach.exercise.plan import phases_of
from voice_coach.timebase import RATE, samples

FLEXION, BRIDGE = load_exercise("flexion_rotation"), load_exercise("bridge")


def moving(count: int = 3, **move: object) -> Exercise:
    """Return an exercise with this short form."""
    form = msgspec.convert({"say": "Up.", "back": "And down.", **move}, Move)
    repetition = msgspec.structs.replace(BRIDGE.repetition, count=count, move=form)
    return msgspec.structs.replace(BRIDGE, repetition=repetition)


def phase(exercise: Exercise, name: str) -> Phase:
    """Return the phase of this name."""
    (found,) = [one for one in phases_of(exercise) if one.name == name]
    return found


def said(phase: Phase) -> dict[float, str]:
    """Return what is said, by the second."""
    return {call.at: call.say for call in phase.calls}


def test_the_short_form_of_the_published_rotation_is_what_is_written_out_there() -> None:
    short = moving(10, say="Roll back.", hold=2, back="And come back.")
    (table, written) = (timetable.timetable(one, 4, None if one is short else "left", 1.0) for one in (short, FLEXION))
    assert [(at, line.text) for at, line in table.calls] == [(at, line.text) for at, line in written.calls]
    assert table.length == written.length == 10 * RATE


@pytest.mark.parametrize(
    ("hold", "calls"),
    [
        (1, {0: "one."}),
        (5, {0: "one,", 1: "two,", 2: "three,", 3: "four,", 4: "five."}),
        (10, {0: "Hold for ten seconds.", 5: "Halfway.", 7: "three,", 8: "two,", 9: "one."}),
        (25, {0: "Hold for twenty-five seconds.", 12.5: "Halfway.", 22: "three,", 23: "two,", 24: "one."}),
        (60, {0: "Stay like this for one minute.", 30: "Halfway.", 57: "three,", 58: "two,", 59: "one."}),
        (
            90,
            {
                0: "Stay like this for ninety seconds.",
                30: "One minute to go.",
                45: "Halfway.",
                60: "Thirty seconds to go.",
                87: "three,",
                88: "two,",
                89: "one.",
            },
        ),
        (
            120,
            {
                0: "Stay like this for two minutes.",
                30: "Ninety seconds to go.",
                60: "Halfway.",
                90: "Thirty seconds to go.",
                117: "three,",
                118: "two,",
                119: "one.",
            },
        ),
    ],
)
def test_a_hold_is_counted_up_to_five_and_down_from_ten(hold: int, calls: dict[float, str]) -> None:
    exercise = moving(hold=hold)
    assert said(phase(exercise, "hold")) == calls
    lead = said(phase(exercise, "move"))
    assert lead == ({0: "Up.", -0.8: "Hold,"} if hold <= 5 else {0: "Up."})


@given(st.integers(1, 5) | st.integers(10, 600), st.floats(0.5, 2.0))
def test_a_hold_is_of_its_length_at_every_tempo_with_each_call_at_its_second(hold: int, tempo: float) -> None:
    table = timetable.timetable(moving(hold=hold), 1, None, tempo)
    (span,) = [one for one in table.phases if one.name == "hold"]
    assert span.end - span.start == hold * RATE
    inside = [at - span.start for at, _ in table.calls if span.start <= at < span.end]
    assert inside == [samples(at) for at in sorted(said(phase(moving(hold=hold), "hold")))]


@given(st.integers(10, 600))
def test_what_is_said_in_a_long_hold_leaves_room_between(hold: int) -> None:
    calls = sorted(said(phase(moving(hold=hold), "hold")).items())
    assert len({call.id for call in phase(moving(hold=hold), "hold").calls}) == len(calls)
    gaps = [later - at for (at, _), (later, _) in pairwise(calls)]
    assert min(gaps) >= 1
    assert all(gap >= 2 for (_, text), gap in zip(calls, gaps, strict=False) if not text.endswith(","))


def test_without_a_hold_it_goes_on_at_once() -> None:
    assert [one.name for one in phases_of(moving())] == ["announce", "move", "return", "rest"]


def test_the_only_repetition_has_no_number_and_no_rest() -> None:
    assert [one.name for one in phases_of(moving(1, say=None, hold=60))] == ["hold", "return"]


def test_no_rest_between_repetitions_where_none_is_wanted() -> None:
    assert [one.name for one in phases_of(moving(rest_seconds=0))] == ["announce", "move", "return"]


def test_phases_that_are_written_out_stay_as_they_are() -> None:
    assert phases_of(FLEXION) == FLEXION.repetition.phases


def test_times_are_said_in_minutes_where_they_are_whole() -> None:
    words = WORDS["en"]
    assert [words.time(seconds) for seconds in (0, 30, 60, 90, 120, 300)] == [
        *("zero seconds", "thirty seconds", "one minute", "ninety seconds", "two minutes", "five minutes")
    ]
