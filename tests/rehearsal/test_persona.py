"""Persona files: those that ship are good, and a mistake in one's own is told with file, line and remedy."""

from pathlib import Path

import pytest

from voice_coach.errors import CoachError, DataError
from voice_coach.exercise.load import load_exercise
from voice_coach.rehearsal.persona import check_fits, load_persona, personas, read_persona
from voice_coach.session.question_table import ACTIVE

GOOD = """\
persona = "short"
about = "Says one thing."
expect = { outcome = "no_answer", repetitions = 0 }
answers = [
  { to = "side", say = ["{side} side"] },
]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_three_personas_ship_and_fit_the_exercise() -> None:
    assert {"goes-well", "gets-worse", "mumbles"} <= set(personas())
    for name in personas():
        persona = load_persona(name)
        assert persona.persona == name
        assert persona.about
        assert {answer.to for answer in persona.answers} <= set(ACTIVE)
        check_fits(persona, load_exercise("flexion_rotation"))


def test_their_voices_are_not_the_coachs_own_and_not_each_others_pace() -> None:
    pace = {(load_persona(name).voice, load_persona(name).rate) for name in ("goes-well", "gets-worse", "mumbles")}
    assert len(pace) == 3
    assert ("en-us", 200) not in pace


def test_a_persona_can_be_a_file(tmp_path: Path) -> None:
    persona = load_persona(str(written(tmp_path, GOOD)))
    assert persona.answers[0].say == ("{side} side",)
    assert (persona.noise, persona.reverberation, persona.seed, persona.first_run) == (-66.0, 0.25, 1, True)


def test_the_users_own_persona_wins(own_folders: Path) -> None:
    folder = own_folders / "config" / "voice_coach" / "personas"
    folder.mkdir(parents=True)
    (folder / "goes-well.toml").write_text(GOOD.replace('"short"', '"goes-well"'), encoding="utf-8")
    assert load_persona("goes-well").about == "Says one thing."


def test_an_unknown_persona_is_a_sentence_that_lists_those_there_are() -> None:
    with pytest.raises(CoachError) as failure:
        load_persona("goes-wel")
    sentence = str(failure.value)
    assert sentence.startswith("There is no persona 'goes-wel': name one of ")
    assert all(name in sentence for name in ("gets-worse", "goes-well", "mumbles"))


def test_a_file_that_is_not_there_is_told_with_its_path(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"nobody\.toml: there is no such file"):
        load_persona(str(tmp_path / "nobody.toml"))


@pytest.mark.parametrize(
    ("good", "bad", "line", "key", "message"),
    [
        ('to = "side"', 'to = "sied"', 5, "answers[0].to", 'the coach never waits for "sied"; did you mean "side"?'),
        ('say = ["{side} side"]', 'says = ["x"]', 5, "answers[0].says", 'unknown key "says"; did you mean "say"?'),
        ('say = ["{side} side"]', "say = []", 5, "answers[0].say", "with at least one entry, but is empty"),
        ("{side} side", "{sight} side", 5, "answers[0].say[0]", "{sight} means nothing here; write {side} or {other}"),
        ("{side} side", "{side side", 5, "answers[0].say[0]", "a brace is not closed, or not opened"),
        ('"no_answer"', '"fine"', 3, "expect.outcome", 'must be one of "cannot_start", "completed"'),
        (
            "repetitions = 0",
            'repetitions = 3, red = "stop"',
            3,
            "expect.red",
            'must be one of "emergency", "numb_weak", "peripheralised", "worse"',
        ),
        ('"Says one thing."', '"x"\nnoise = 3', 3, "noise", "must be a number of at least -96 and of at most 0, not 3"),
        ('"Says one thing."', '"x"\nrate = "fast"', 3, "rate", "must be a whole number"),
        ('persona = "short"\n', "", 0, "", '"persona" is missing'),
        ('about = "Says one thing."', "about = Says", 2, "", "not valid TOML"),
        (
            '{ to = "side", say = ["{side} side"] },',
            '{ to = "side", say = ["a"] },\n  { to = "side", say = ["b"] },',
            6,
            "answers[1].to",
            '"side" is answered twice; write both texts into one list',
        ),
        (
            "\nanswers",
            '\ninterjections = [{ repetition = 1, call = "hold", say = "{number}" }]\nanswers',
            4,
            "interjections[0].say",
            "{number} means nothing here",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_the_remedy(
    tmp_path: Path, good: str, bad: str, line: int, key: str, message: str
) -> None:
    assert good in GOOD
    path = written(tmp_path, GOOD.replace(good, bad, 1))
    persona, problems = read_persona(path)
    assert persona is None
    (problem,) = [problem for problem in problems if message in problem.message]
    assert (problem.path, problem.line, problem.key) == (path, line, key)
    with pytest.raises(DataError, match=f"own.toml:{line}" if line else "own.toml: "):
        load_persona(str(path))


@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        (
            'repetition = 4, call = "hodl"',
            'says "ow" at "hodl", which flexion_rotation does not have: take one of number,',
        ),
        ('repetition = 11, call = "hold"', 'says "ow" in repetition 11: flexion_rotation has 10.'),
    ],
)
def test_an_interjection_that_would_never_come_is_told(tmp_path: Path, where: str, sentence: str) -> None:
    text = f'{GOOD}interjections = [{{ {where}, say = "ow" }}]\n'
    persona = load_persona(str(written(tmp_path, text)))
    with pytest.raises(CoachError) as failure:
        check_fits(persona, load_exercise("flexion_rotation"))
    assert sentence in str(failure.value)
