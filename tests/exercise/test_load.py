"""Mistakes in exercise files: each found, with its line, its key and what to do."""

from pathlib import Path

import pytest

from voice_coach.errors import DataError, Problem
from voice_coach.exercise.load import load_exercise, read_exercise
from voice_coach.files.resources import folders

SHIPPED = next(iter(folders("exercises"))) / "en" / "flexion_rotation.toml"
TEXT = SHIPPED.read_text(encoding="utf-8")


def problems_of(tmp_path: Path, text: str | bytes) -> list[Problem]:
    """Return the problems of a file with this content, warnings left out."""
    path = tmp_path / "exercise.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    exercise, problems = read_exercise(path)
    fatal = [problem for problem in problems if problem.fatal]
    assert (exercise is None) == bool(fatal)
    return fatal


def line_with(text: str, part: str) -> int:
    """Return the first line that holds this."""
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_the_shipped_exercises_have_no_mistakes() -> None:
    files = [path for folder in folders("exercises") for path in folder.glob("*/*.toml")]
    assert SHIPPED in files
    for path in files:
        exercise, problems = read_exercise(path)
        assert exercise is not None, problems
        assert exercise.id == path.stem
        assert exercise.language == path.parent.name


def test_an_exercise_is_loaded_by_its_id_or_its_path() -> None:
    assert load_exercise("flexion_rotation") == load_exercise(SHIPPED) == load_exercise(str(SHIPPED))


def test_a_wrong_id_leads_to_the_right_one() -> None:
    with pytest.raises(DataError, match='did you mean "flexion_rotation"'):
        load_exercise("flexion_rotatoin")
    with pytest.raises(DataError, match=r"known are .*flexion_rotation"):
        load_exercise("zzz")


def test_a_file_with_mistakes_is_refused_with_all_of_them(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(TEXT.replace("count = 10", "count = 99").replace("family =", "famly ="), encoding="utf-8")
    with pytest.raises(DataError) as raised:
        load_exercise(path)
    assert len(raised.value.problems) == 3
    assert f"{path}:" in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "key", "message"),
    [
        ("family =", "famly =", "famly", 'did you mean "family"?'),
        ('id = "straight"', 'idd = "straight"', "steps[1].idd", 'did you mean "id"?'),
        ('say = ["Slowly bend', 'zzz = 3\nsay = ["Slowly bend', "steps[2].zzz", "known are help, id, say, variant"),
        ("seconds = 2.0", 'seconds = "2"', "repetition.phases[2].seconds", 'a number above 0, not "2"'),
        ("seconds = 2.0", "seconds = nan", "repetition.phases[2].seconds", "a number above 0, not nan"),
        ("seconds = 2.0", "seconds = inf", "repetition.phases[2].seconds", "a number above 0, not inf"),
        ("seconds = 3.0", "seconds = 3000.0", "repetition.phases[1].seconds", "at most 600"),
        ("seconds = 1.3", "seconds = 0", "repetition.phases[0].seconds", "a number above 0, not 0"),
        ("seconds = 1.3", "seconds = true", "repetition.phases[0].seconds", "not true"),
        ('name = "hold"', 'name = "holt"', "repetition.phases[2].name", 'did you mean "hold"?'),
        ('name = "hold"', 'name = "zzz"', "repetition.phases[2].name", 'one of "announce"'),
        ('name = "hold"', "name = 3", "repetition.phases[2].name", "not 3"),
        ("count = 10", "count = 0", "repetition.count", "a whole number of at least 1 and of at most 30, not 0"),
        ("count = 10", "count = 1.5", "repetition.count", "a whole number"),
        ("scales = false", "scales = 0", "repetition.phases[0].scales", "true or false"),
        ('id = "lie"', 'id = "Lie down"', "steps[0].id", "small letters"),
        ('language = "en"', 'language = "english"', "language", "such as en"),
        ('rest = ["Let', 'rest = []\nintro2 = ["Let', "rest", "at least one entry, but is empty"),
        ('let_go_from = "grasp"', 'let_go_from = "grab"', "let_go_from", 'there is no step "grab"'),
        ('alternatives = ["', 'alternatives = ["On it", "', "alternatives[0]", "small letters"),
        ('alternatives = ["', 'alternatives = ["flexion_rotation", "', "alternatives[0]", "is this exercise itself"),
        ("[repetition.remarks]", "[repetition.remarks]\n11 = 'Ho.'", "repetition.remarks.11", "number, 1 to 10"),
        ("[repetition.remarks]", "[repetition.remarks]\n07 = 'Ho.'", "repetition.remarks.07", "number, 1 to 10"),
        ("[repetition.remarks]", "[repetition.remarks]\n7 = 4", "repetition.remarks.7", "text in quotes"),
        ("checks_after = [1, 5, 10]", "checks_after = [1, 0]", "repetition.checks_after[1]", "1 to 10, not 0"),
        ("at = -0.8", "at = -3.1", "repetition.phases[1].calls[1].at", "-3.1 lies outside"),
        ("at = 1.0", "at = 2.0", "repetition.phases[2].calls[1].at", "to below 2"),
        ('id = "hook"', 'id = "grasp"', "steps[3].id", '"grasp" is taken'),
        ('id = "hand_on_head"', 'id = "lie"', "steps[5].variant.id", '"lie" is taken'),
        ('id = "count_two"', 'id = "hold"', "repetition.phases[2].calls[1].id", '"hold" is taken'),
        ("A pillow under your", "A top pillow under your", "steps[0].help", '"top" is reserved'),
        ("Two to go", "Two left", "repetition.remarks.9", "to go"),
        ("on your {bottom} side", "on your {botom} side", "intro[0]", "only {bottom}, {upper}, {side}, "),
        ("on your {bottom} side", "on your {bottom:>9} side", "intro[0]", "only {bottom}"),
        ("on your {bottom} side", "on your {bottom!r} side", "intro[0]", "only {bottom}"),
        ("on your {bottom} side", "on your {{bottom}} side", "intro[0]", "only {bottom}"),
        ("on your {bottom} side", "on your {bottom side", "intro[0]", "only {bottom}"),
        ("on your {bottom} side", "on your {} side", "intro[0]", "only {bottom}"),
        ("ten times", "{number} times", "intro[0]", "only in calls and remarks"),
        ("on your {bottom} side", "on your left side", "intro[0]", '"left" stays the same on both sides'),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_line_and_key(tmp_path: Path, old: str, new: str, key: str, message: str) -> None:
    text = TEXT.replace(old, new, 1)
    assert text != TEXT
    found = [problem for problem in problems_of(tmp_path, text) if problem.key == key]
    assert found, problems_of(tmp_path, text)
    assert message in found[0].message
    first = TEXT[: TEXT.index(old)].count("\n") + 1
    assert first <= found[0].line <= first + new.count("\n")


def test_a_missing_key_is_told_at_its_table(tmp_path: Path) -> None:
    text = TEXT.replace('id = "bend"\n', "", 1)
    (problem,) = problems_of(tmp_path, text)
    assert problem.key == "steps[2]"
    assert '"id" is missing; add it, a name of small letters' in problem.message
    assert problem.line == line_with(text, "Slowly bend") - 1


def test_a_key_missing_from_the_file_has_no_line(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, TEXT.replace("version = 1\n", ""))
    assert (problem.line, problem.key) == (0, "")
    assert str(problem).endswith(
        'exercise.toml: "version" is missing; add it, a whole number of at least 1 and of at most 1000000'
    )


def test_a_table_in_the_place_of_a_list_is_told(tmp_path: Path) -> None:
    found = problems_of(tmp_path, "steps = 3\nrepetition = 'ten'\n")
    messages = {problem.key: problem.message for problem in found}
    assert "a list in [ ] with at least one entry, not 3" in messages["steps"]
    assert 'a table of key = value, not "ten"' in messages["repetition"]


def test_a_hold_is_never_scaled(tmp_path: Path) -> None:
    hold = 'name = "hold"\nseconds = 2.0\nscales = '
    (problem,) = problems_of(tmp_path, TEXT.replace(f"{hold}false", f"{hold}true"))
    assert problem.key == "repetition.phases[2].scales"
    assert "write scales = false" in problem.message


def test_a_longer_hold_of_a_rotation_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "long.toml"
    path.write_text(TEXT.replace("seconds = 2.0", "seconds = 5.0"), encoding="utf-8")
    exercise, problems = read_exercise(path)
    assert exercise is not None
    assert "1 to 2 s" in next(problem.message for problem in problems if problem.key == "repetition.phases[2].seconds")


def test_a_long_sentence_is_a_warning(tmp_path: Path) -> None:
    path = tmp_path / "long.toml"
    path.write_text(
        TEXT.replace("Keep breathing normally.", "Breathe " + "and breathe " * 6 + "out."), encoding="utf-8"
    )
    exercise, problems = read_exercise(path)
    assert exercise is not None
    assert any("14 words" in problem.message and not problem.fatal for problem in problems)


def test_an_exercise_without_sides_can_not_speak_of_them(tmp_path: Path) -> None:
    found = problems_of(tmp_path, TEXT.replace('sides = "painful"', 'sides = "none"'))
    assert {problem.key for problem in found} >= {"intro[0]", "steps[0].say[0]", "repetition.remarks.2"}
    assert all("sides" in problem.message for problem in found)


def test_a_language_whose_words_for_the_sides_are_unknown_can_not_speak_of_them(tmp_path: Path) -> None:
    found = problems_of(tmp_path, TEXT.replace('language = "en"', 'language = "xx"'))
    assert found
    assert all("left and right are not known" in problem.message for problem in found)


def test_a_cue_that_would_stand_for_two_texts_is_found(tmp_path: Path) -> None:
    text = TEXT.replace('id = "how"', 'id = "number"').replace('"Keep breathing normally."', '"Breathe.", "Do it."')
    problem = problems_of(tmp_path, text)[0]
    assert "flexion_rotation.number.2 has two texts" in problem.message


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("id = 'x'\nversion = = 1\n", 2, "not valid TOML: Invalid value"),
        ("id = 'x'\nid = 'y'\n", 2, "not valid TOML: Cannot overwrite a value"),
        ("id = 'x'\n\nname = \"x", 3, "at the end of the file"),
        (b"id = 'x'\nname = '\xff'\n", 2, "not UTF-8"),
    ],
)
def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path, text: str | bytes, line: int, message: str) -> None:
    (problem,) = problems_of(tmp_path, text)
    assert problem.line == line
    assert message in problem.message


def test_a_file_that_can_not_be_read_is_told(tmp_path: Path) -> None:
    assert "no such file" in str(read_exercise(tmp_path / "none.toml")[1][0])
    assert "can't be read" in str(read_exercise(tmp_path)[1][0])
