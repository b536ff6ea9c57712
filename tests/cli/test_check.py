"""`voice-coach check`: exercise, grammar and persona files, with all of their mistakes."""

import json
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import pytest

from voice_coach.cli.check import kind_of
from voice_coach.cli.main import main
from voice_coach.files.resources import find

EXERCISE = find("exercises", "en/flexion_rotation.toml") or Path()
GRAMMAR = """\
language: en
intents:
  stop:
    data:
      - sentences: [stop, halt]
        metadata: {red: true, always: true}
  ready_next:
    data:
      - sentences: [ready, I am ready]
"""
PERSONA = """\
persona = "short"
about = "Says one thing."

[[answers]]
to = "side"
say = ["left side"]

[expect]
outcome = "no_answer"
repetitions = 0
"""


@pytest.fixture
def grammar(tmp_path: Path) -> Path:
    """Return a small grammar."""
    path = tmp_path / "small.yaml"
    path.write_text(GRAMMAR, encoding="utf-8")
    return path


@pytest.fixture
def persona(tmp_path: Path) -> Path:
    """Return a small persona."""
    path = tmp_path / "short.toml"
    path.write_text(PERSONA, encoding="utf-8")
    return path


def model(tmp_path: Path, *words: str) -> Path:
    """Return a model folder that knows these words."""
    graph = tmp_path / "model" / "graph"
    graph.mkdir(parents=True)
    (graph / "words.txt").write_text(
        "".join(f"{word} {n}\n" for n, word in enumerate(["<eps>", *words])), encoding="utf-8"
    )
    return graph.parent


class Result(NamedTuple):
    """What a command line came to."""

    exit_code: int
    output: str


def run(*args: str | Path) -> Result:
    """Call the command as the user does."""
    output = StringIO()
    with redirect_stdout(output):
        exit_code = main(["check", *map(str, args)])
    return Result(exit_code, output.getvalue())


def test_good_files_have_a_line_each(tmp_path: Path, grammar: Path, persona: Path) -> None:
    result = run(EXERCISE, grammar, persona, "--model", model(tmp_path, "stop", "halt", "ready", "i", "am"))
    assert result.exit_code == 0
    lines = [line for line in result.output.splitlines() if not line.endswith("(warning)")]
    assert lines == [f"{EXERCISE}: a good exercise", f"{grammar}: a good grammar", f"{persona}: a good persona"]


def test_each_mistake_is_a_line_that_an_editor_can_jump_to(tmp_path: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text(EXERCISE.read_text(encoding="utf-8").replace("count = 10", "cuont = 10"), encoding="utf-8")
    result = run(path)
    line = path.read_text(encoding="utf-8").splitlines().index("cuont = 10") + 1
    assert result.exit_code == 1
    assert f'{path}:{line}: repetition.cuont: unknown key "cuont"; did you mean "count"?' in result.output.splitlines()
    assert "a good" not in result.output


def test_one_bad_file_does_not_hide_the_others(tmp_path: Path, persona: Path) -> None:
    result = run(tmp_path / "missing.toml", persona)
    assert result.exit_code == 1
    assert f"{tmp_path / 'missing.toml'}: there is no such file; check the name" in result.output.splitlines()
    assert f"{persona}: a good persona" in result.output


def test_a_mistake_in_a_persona_is_told_with_its_line(persona: Path) -> None:
    persona.write_text(PERSONA.replace("repetitions = 0", "repetitions = -1"), encoding="utf-8")
    result = run(persona)
    assert result.exit_code == 1
    assert f"{persona}:10: expect.repetitions: must be a whole number of at least 0, not -1" in result.output


def test_a_mistake_in_a_grammar_is_told_with_its_line(grammar: Path) -> None:
    grammar.write_text(GRAMMAR.replace("[ready,", "['(ready',"), encoding="utf-8")
    result = run(grammar)
    assert result.exit_code == 1
    assert f"{grammar}:9: " in result.output


def test_words_that_the_model_lacks_are_named_and_the_red_ones_again(tmp_path: Path, grammar: Path) -> None:
    result = run(grammar, "--model", model(tmp_path, "stop", "ready", "i"))
    assert result.exit_code == 0
    assert 'the model does not know "am", "halt", so 2 of 4 phrases are not recognised' in result.output
    assert 'RED words that the model does not know: "halt"' in result.output
    assert result.output.endswith(f"{grammar}: a good grammar\n")


def test_without_a_model_the_words_are_not_checked_and_that_is_said(tmp_path: Path, grammar: Path) -> None:
    result = run(grammar, "--model", tmp_path)
    assert result.exit_code == 0
    assert "no model was found, so its words were not checked (warning)" in result.output


def test_json_is_a_list_of_files_with_their_problems(tmp_path: Path, persona: Path) -> None:
    path = tmp_path / "bad.toml"
    path.write_text("id = 3 =", encoding="utf-8")
    result = run("--json", path, persona)
    assert result.exit_code == 1
    bad, good = json.loads(result.output)
    assert (bad["kind"], bad["good"], bad["problems"][0]["line"], bad["problems"][0]["fatal"]) == (
        "exercise",
        False,
        1,
        True,
    )
    assert good == {"path": str(persona), "kind": "persona", "good": True, "problems": []}


def test_the_kind_is_seen_from_the_ending_and_the_content(tmp_path: Path, grammar: Path, persona: Path) -> None:
    assert [kind_of(path) for path in (EXERCISE, grammar, persona, tmp_path / "x.YML", tmp_path / "x.toml")] == [
        "exercise",
        "grammar",
        "persona",
        "grammar",
        "exercise",
    ]


def test_every_file_that_ships_is_good() -> None:
    files = [path for kind in ("exercises", "programmes", "grammars", "personas") for path in shipped(kind)]
    assert EXERCISE in files
    result = run(*files)
    assert result.exit_code == 0, result.output


def shipped(kind: str) -> list[Path]:
    """Return our own data files of this kind."""
    checkout = EXERCISE.parents[2]
    folders = [checkout / kind, checkout / "voice_coach" / kind]
    return [path for folder in folders for path in folder.rglob("*") if path.suffix in {".toml", ".yaml"}]


def test_the_schema_is_printed_and_nothing_is_checked(tmp_path: Path) -> None:
    result = run("--schema", tmp_path / "missing.toml")
    assert result.exit_code == 0
    assert json.loads(result.output)["title"] == "voice_coach exercise"


def test_without_a_file_it_says_what_it_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert run().exit_code == 2
    assert "Name at least one file to check." in capsys.readouterr().err
