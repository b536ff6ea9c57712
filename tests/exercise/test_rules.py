"""What can be wrong with the meaning of an exercise in its short form, its sides, its words and its neighbours."""

from pathlib import Path

import pytest

from voice_coach.errors import Problem
from voice_coach.exercise.lint import lint_reading, lint_speakable, sound_of, syllables
from voice_coach.exercise.load import read_exercise
from voice_coach.files.resources import folders

SHIPPED = folders("exercises")[0] / "en"


def problems_of(tmp_path: Path, name: str, old: str, new: str) -> list[Problem]:
    """Return what is wrong with a shipped exercise in which this was replaced."""
    text = (SHIPPED / f"{name}.toml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / f"{name}.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return read_exercise(path)[1]


QUESTION = """[[questions]]
id = "wrist"
ask = ["Is your {side} wrist broken?"]
help = "A bone of the hand."
verdict = "professional"
"""


def test_what_ships_has_no_mistakes_and_nothing_to_warn_of(subtests: pytest.Subtests) -> None:
    for path in sorted(SHIPPED.glob("*.toml")):
        with subtests.test(path=path):
            exercise, problems = read_exercise(path)
            assert problems == []
            assert exercise is not None
            assert exercise.sources
            assert exercise.cautions or exercise.id == "flexion_rotation"


@pytest.mark.parametrize(
    ("name", "old", "new", "key", "message"),
    [
        ("bridge", "hold = 5", "hold = 7", "repetition.move.hold", "counted up to 5 s or down from 10 s"),
        ("bridge", 'say = "Lift your hips."', "", "repetition.move", "nothing moves and nothing is held"),
        ("bridge", "[repetition.move]", "[[repetition.phases]]\nname = 'rest'\nseconds = 1\n[repetition.move]",
         "repetition", "and not both"),
        ("bridge", 'sides = "none"', 'sides = "both"', "sides", '"alternate", "each", "none"'),
        ("bridge", 'position = "back"', 'position = "bakc"', "position", 'did you mean "back"?'),
        ("bridge", "count = 5", "count = 5\nsets = 9", "repetition.sets", "of at most 5, not 9"),
        ("bridge", "per_day = 1", "per_day = 99", "per_day", "of at most 12, not 99"),
        ("bridge", "per_day = 1", 'contraindications = ["q13"]', "contraindications[0]", 'one of "q1"'),
        ("bridge", "[repetition]", f"{QUESTION}[repetition]", "questions[0].ask[0]", "no side is known yet"),
        ("bridge", "[repetition]", 2 * QUESTION + "[repetition]", "questions[1].id", '"wrist" is taken'),
        ("bridge", '"Put your hips down."', '"Put your hips down @ once."', "rest[0]", '"@" is not read aloud'),
        ("bridge", '"Put your hips down."', '"Rest for 5 breaths."', "rest[0]", '"5" is not read aloud'),
        ("bridge", '"Put your hips down."', '"..."', "rest[0]", "there is nothing to say in it"),
        ("bridge", 'name = "lifting', 'name = "top lifting', "name", '"top" is reserved'),
        ("bridge", "checks_after = [1, 5]", "checks_after = [1, 6]", "repetition.checks_after[1]", "1 to 5, not 6"),
        ("knee_rolls", "Keep your shoulders on", "Keep your {side} shoulder on", "steps[2].say[0]",
         "only what is said in a repetition has a side"),
        ("knee_rolls", '"Both knees to the {side}."', '"Both knees to the left."', "repetition.move.say",
         "stays the same on both sides"),
        ("knee_to_chest_single", '"Keep your head down."', '"Keep your left leg down."', "repetition.remarks.2",
         "stays the same on both sides"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_key(tmp_path: Path, name: str, old: str, new: str, key: str, message: str) -> None:
    fatal = {problem.key: problem.message for problem in problems_of(tmp_path, name, old, new) if problem.fatal}
    assert message in fatal[key]


@pytest.mark.parametrize(
    ("name", "old", "new", "key", "message"),
    [
        ("bridge", "checks_after = [1, 5]", "checks_after = [1]", "repetition.checks_after", "add 5 to the list"),
        ("bridge", "Keep your neck loose.", "Keep your lumbar curve.", "cautions[1]", 'say "low back"'),
        ("bridge", "Keep your neck loose.", "Relax unconditionally.", "cautions[1]", "is a long word"),
        ("bridge", "Keep your neck loose.", "Look to the left.", "cautions[1]", "one side is named more often"),
        ("bridge", '"Bend both knees, with your feet flat."', '"Lie on your back."', "steps[1].say", "steps[0].say"),
        ("bridge", '"Put your feet on the floor, near your bottom. Then say ready."',
         '"Bend both knees with your feet flat"', "steps[1].help", "sounds like steps[1].say"),
        ("bridge", '"And slowly down."', '"Lift your hips!"', "repetition.move.back", "like repetition.move.say"),
        ("bridge", '["pelvic_tilt"]', '["pelvic_tlit"]', "alternatives[0]", 'there is no exercise "pelvic_tlit"'),
        ("bridge", "hold = 5", "hold = 5\nseconds = 1.5", "repetition", '"Lift your hips." takes about 1.2 s'),
        ("bird_dog", "hold = 3", "hold = 3\nback_seconds = 1", "repetition", '"And bring it in." takes about 1.5 s'),
        ("knee_rolls", "hold = 2", "hold = 5", "repetition.move.hold", "held 1 to 2 s (R28)"),
    ],
)  # fmt: skip
def test_what_works_but_could_be_better_is_a_warning(
    tmp_path: Path, name: str, old: str, new: str, key: str, message: str
) -> None:
    problems = problems_of(tmp_path, name, old, new)
    assert [problem for problem in problems if problem.fatal] == []
    assert message in {problem.key: problem.message for problem in problems}[key]


def test_a_position_of_a_rotation_that_is_kept_for_a_minute_is_no_hold() -> None:
    assert read_exercise(SHIPPED / "supine_rotation_sustained.toml")[1] == []


def test_the_short_form_needs_a_language_that_counts(tmp_path: Path) -> None:
    problems = problems_of(tmp_path, "bridge", 'language = "en"', 'language = "xx"')
    assert any("the words of a hold are not known" in problem.message for problem in problems)


def test_an_alternative_that_is_broken_is_not_named(tmp_path: Path, own_folders: Path) -> None:
    own = own_folders / "config" / "voice_coach" / "exercises" / "en"
    own.mkdir(parents=True)
    (own / "pelvic_tilt.toml").write_text("id = 3", encoding="utf-8")
    exercise, problems = read_exercise(SHIPPED / "bridge.toml")
    assert exercise is not None
    assert exercise.names == {}
    assert [(problem.key, problem.fatal) for problem in problems] == [("alternatives[0]", False)]
    assert not list(tmp_path.glob("*.toml"))


def test_alternatives_have_the_names_of_their_own_files() -> None:
    exercise, _ = read_exercise(SHIPPED / "flexion_rotation.toml")
    assert exercise is not None
    assert list(exercise.names) == list(exercise.alternatives) == ["prone_lying", "pelvic_tilt", "knee_rolls"]
    assert exercise.names["prone_lying"] == "lying on your front"


def test_what_is_not_read_aloud_is_found(subtests: pytest.Subtests) -> None:
    for text, found in [
        ("Lie on your back, and rest.", []),
        ("It's yours; isn't it?", []),
        ("Hold for 10 s.", ["10"]),
        ("Ask an MDT clinic.", ["MDT"]),
        ("Hips & knees (both).", ["&", "(", ")"]),
        ("Lift, 2-3 times.", ["2-3"]),
    ]:
        with subtests.test(text=text, found=found):
            assert [message.split('"')[1] for message in lint_speakable(text)] == found


@pytest.mark.parametrize(
    ("word", "count"), [("back", 1), ("shoulder", 2), ("comfortable", 4), ("middle", 2), ("the", 1)]
)
def test_syllables_are_about_those_that_are_heard(word: str, count: int) -> None:
    assert syllables(word) == count


def test_only_english_words_are_judged() -> None:
    assert lint_reading("Wirbelsäulenaufrichtung, lumbar.", "de") == []
    assert len(lint_reading("Flexion of the lumbar vertebra, lumbar.")) == 3


def test_words_that_sound_alike_are_one() -> None:
    assert sound_of("Two to go!") == sound_of("too, two go")
    assert sound_of("your {side} knee") != sound_of("your {other} knee")
