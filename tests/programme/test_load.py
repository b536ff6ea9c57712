"""A programme file: what is wrong with it is told with file, line, key and remedy."""

from pathlib import Path

import pytest

from tests.programme.conftest import HEAD, Write, step
from voice_coach.errors import DataError
from voice_coach.programme.load import load_programme, read_programme

FRONT = step("prone_lying")
ELBOWS = step("prone_on_elbows")


def told(path: Path) -> list[str]:
    """Return what is wrong, without the file's name."""
    return [str(problem).removeprefix(str(path)) for problem in read_programme(path)[1]]


def test_a_short_file_is_a_programme(write: Write) -> None:
    path = write(FRONT, ELBOWS)
    assert told(path) == []
    programme = load_programme("mine")
    assert [one.exercise for one in programme.written.steps] == ["prone_lying", "prone_on_elbows"]
    assert load_programme(path) == programme


MISTAKES = {
    "worse leads on": (
        [step("prone_lying", worse="next"), ELBOWS],
        (
            ":8: steps[0].worse: a red sign always ends a programme (R10, R31), so nothing follows it;"
            ' write "end" or leave it out'
        ),
    ),
    "worse is asked": (
        [step("prone_lying", worse="ask"), ELBOWS],
        (
            ":8: steps[0].worse: a red sign always ends a programme (R10, R31), so nothing follows it;"
            ' write "end" or leave it out'
        ),
    ),
    "silence leads on": (
        [step("prone_lying", no_answer="ask"), ELBOWS],
        (
            ":8: steps[0].no_answer: who gives no answer is not led on (V9), so nothing follows it;"
            ' write "end" or leave it out'
        ),
    ),
    "unsure leads on": (
        [step("prone_lying", unsure="prone_on_elbows"), ELBOWS],
        (
            ":8: steps[0].unsure: who was unsure or stopped is not led on without being asked;"
            ' write "ask prone_on_elbows" or "end"'
        ),
    ),
    "stopped leads on": (
        [step("prone_lying", stopped="next"), ELBOWS],
        ':8: steps[0].stopped: who was unsure or stopped is not led on without being asked; write "ask" or "end"',
    ),
    "no such step": (
        [step("prone_lying", better="prone_on_elbow"), ELBOWS],
        ':8: steps[0].better: there is no step "prone_on_elbow"; did you mean "prone_on_elbows"?',
    ),
    "asks about the end": (
        [step("prone_lying", better="ask end"), ELBOWS],
        ':8: steps[0].better: there is no step "end"; known are next, prone_lying, prone_on_elbows',
    ),
    "no such exercise": (
        [step("prone_lyin")],
        ':7: steps[0].exercise: there is no exercise "prone_lyin"; did you mean "prone_lying"?',
    ),
    "an exercise twice": (
        [FRONT, FRONT],
        ':9: steps[1]: "prone_lying" is taken; write id = "..." with another name',
    ),
    "a name with a meaning": (
        [step("prone_lying", id="end")],
        ':8: steps[0].id: "end" has a meaning in rules; choose another id',
    ),
    "a step to nowhere": (
        [step("prone_lying", better="prone_press_up", same="end", unsure="end"), ELBOWS, step("prone_press_up")],
        ':12: steps[1]: no rule leads to "prone_on_elbows"; name it in a rule, or leave it out',
    ),
    "round and round": (
        [FRONT, step("prone_on_elbows", better="prone_lying", same="end")],
        (
            ':11: steps[1].better: leads back to "prone_lying" with nobody asked, and might never end;'
            ' write "ask prone_lying" or "end"'
        ),
    ),
    "on the spot": (
        [step("prone_lying", same="prone_lying")],
        (
            ':8: steps[0].same: leads back to "prone_lying" with nobody asked, and might never end;'
            ' write "ask prone_lying" or "end"'
        ),
    ),
    "two families": (
        [FRONT, step("knee_rolls")],
        (
            ':6: steps[0].better: "prone_lying" (extension) and "knee_rolls" (rotation) are of two families, which are'
            ' not mixed without asking; write mixes = "asked" at the beginning, and the coach asks, or take others'
        ),
    ),
    "an unknown key": (
        [step("prone_lying", wrose="end")],
        ':8: steps[0].wrose: unknown key "wrose"; did you mean "worse"?',
    ),
    "no step": ([], ': "steps" is missing; add it, a list in [ ] with at least one entry'),
}


@pytest.mark.parametrize(("steps", "message"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_at_its_line_and_it_is_not_used(write: Write, steps: list[str], message: str) -> None:
    path = write(*steps)
    assert message in told(path)
    with pytest.raises(DataError) as error:
        load_programme("mine")
    assert message in str(error.value)


def test_families_are_mixed_where_that_is_asked_for_and_only_then_it_is_written(write: Write) -> None:
    head = HEAD + 'mixes = "asked"\n'
    assert told(write(FRONT, step("knee_rolls"), head=head)) == []
    path = write(FRONT, ELBOWS, head=head)
    assert told(path) == [":5: mixes: all that follow one another are of one family; leave it out"]
    assert load_programme(path).written.mixes == "asked"


def test_a_round_with_a_question_in_it_is_none(write: Write) -> None:
    assert told(write(FRONT, step("prone_on_elbows", better="ask prone_lying", same="end"))) == []


def test_an_exercise_with_mistakes_is_named_with_how_to_see_them(write: Write, own_folders: Path) -> None:
    own = own_folders / "config" / "voice_coach" / "exercises" / "en" / "prone_lying.toml"
    own.parent.mkdir(parents=True)
    own.write_text('id = "prone_lying"', encoding="utf-8")
    (only,) = told(write(FRONT))
    assert only.endswith(f'the exercise "prone_lying" has mistakes; `voice-coach check {own}` tells them')


def test_an_exercise_that_does_not_ask_at_its_end_is_of_no_use(
    write: Write, two_short: list[str], own_folders: Path
) -> None:
    own = own_folders / "config" / "voice_coach" / "exercises" / "en" / f"{two_short[0]}.toml"
    own.write_text(
        own.read_text(encoding="utf-8").replace("checks_after = [2]", "checks_after = [1]"), encoding="utf-8"
    )
    (only,) = told(write(step(two_short[0])))
    assert only.endswith(
        'exercise: "short_rotation" does not ask how it is after its last repetition, so no rule can go by it;'
        " write 2 into its checks_after"
    )


def test_a_name_that_is_almost_one_of_ours_is_answered_with_ours() -> None:
    with pytest.raises(DataError, match='there is no such programme; did you mean "toward_rotation"'):
        load_programme("towards_rotation")
