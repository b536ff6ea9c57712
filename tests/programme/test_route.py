"""What follows what: whatever steps and rules a file has, if it is taken, it comes to an end and is safe."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from voice_coach.exercise.load import load_exercise
from voice_coach.programme.model import ALWAYS_END, ASK_FIRST, OUTCOMES, Programme, ProgrammeFile, ProgrammeStep
from voice_coach.programme.route import edges, exercise_of, first, placed
from voice_coach.programme.rules import check_programme

EXERCISES = {
    name: load_exercise(name) for name in ("prone_lying", "prone_on_elbows", "prone_press_up", "knee_rolls", "bridge")
}
NAMES = ["a", "b", "c", "d"]
RULES = ["next", "end", "ask", *NAMES, *(f"ask {name}" for name in NAMES)]


@st.composite
def files(draw: st.DrawFn) -> ProgrammeFile:
    """Draw a file of good shape with any rules."""
    names = NAMES[: draw(st.integers(1, len(NAMES)))]
    rules: st.SearchStrategy[dict[Any, Any]] = st.dictionaries(st.sampled_from(OUTCOMES), st.sampled_from(RULES))
    steps = [ProgrammeStep(id=name, exercise=draw(st.sampled_from([*EXERCISES])), **draw(rules)) for name in names]
    mixes = draw(st.booleans())
    return ProgrammeFile(
        id="any", version=1, language="en", title="any", mixes="asked" if mixes else None, steps=tuple(steps)
    )


@given(files(), st.data())
def test_a_file_that_is_taken_ends_after_a_red_sign_and_without_a_yes(
    written: ProgrammeFile, data: st.DataObject
) -> None:
    if any(mistake.fatal for mistake in check_programme(written, EXERCISES)):
        return
    programme = Programme(written, EXERCISES)
    step, come_to = first(programme), 0
    while step:
        come_to += 1
        assert come_to <= len(written.steps), "it goes round without a question"
        exercise = placed(programme, step, exercise_of(programme, step), continues=come_to > 1)
        assert not set(exercise.follows) & set(ALWAYS_END)
        assert all(exercise.follows[outcome].asked for outcome in ASK_FIRST if outcome in exercise.follows)
        for follow in exercise.follows.values():
            assert follow.asked or EXERCISES[follow.exercise].family == exercise.family
        unasked = [""] + [follow.step for follow in exercise.follows.values() if not follow.asked]
        step = data.draw(st.sampled_from(unasked))


@given(files())
def test_every_step_of_a_file_that_is_taken_can_be_come_to(written: ProgrammeFile) -> None:
    if any(mistake.fatal for mistake in check_programme(written, EXERCISES)):
        return
    reached = {0}
    for _ in written.steps:
        reached |= {edge.target.step for edge in edges(written, EXERCISES) if edge.step in reached}
    assert reached == set(range(len(written.steps)))


def test_behind_the_last_step_there_is_only_the_end() -> None:
    steps = (ProgrammeStep(exercise="prone_lying"), ProgrammeStep(exercise="prone_on_elbows"))
    written = ProgrammeFile(id="two", version=1, language="en", title="two", steps=steps)
    programme = Programme(written, EXERCISES)
    begins, ends = (placed(programme, step.name, EXERCISES[step.exercise], continues=False) for step in steps)
    assert {outcome: (follow.step, follow.asked) for outcome, follow in begins.follows.items()} == {
        "better": ("prone_on_elbows", False),
        "same": ("prone_on_elbows", False),
        "unsure": ("prone_on_elbows", True),
    }
    assert ends.follows == {}
