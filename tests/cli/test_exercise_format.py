"""docs/exercise-format.md, done as a new user would: every file and every command in it."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from voice_coach.exercise.schema import schema

DOCUMENT = (Path(__file__).parents[2] / "docs" / "exercise-format.md").read_text(encoding="utf-8")
ID = "heel_slide"


def blocks(language: str) -> list[str]:
    """Return the code blocks in this language."""
    return re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL)


TEXT = "\n".join(blocks("toml"))
COMMANDS = "".join(blocks("sh")).splitlines()


@pytest.fixture
def file(tmp_path: Path, own_folders: Path) -> Path:
    """Return the exercise, where the reader has written it and where it is kept."""
    kept = own_folders / "config" / "voice_coach" / "exercises" / "en"
    kept.mkdir(parents=True)
    path = tmp_path / f"{ID}.toml"
    for place in (path, kept / path.name):
        place.write_text(TEXT, encoding="utf-8")
    return path


def run(command: str, folder: Path, typed: str = "") -> tuple[int, str]:
    """Run a command of the document as the reader does."""
    name, *arguments = shlex.split(command)
    assert name == "voice-coach"
    done = subprocess.run(
        [sys.executable, "-m", "voice_coach", *arguments],
        cwd=folder,
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


SAYS = {
    "check heel_slide.toml": "heel_slide.toml: a good exercise\n",
    "rehearse": "goes-well (left side): completed, 4 repetitions; as the script says.\nrecording",
    "run": "I guide you through exercises and count for you.",
    "exercises": f"{ID} ",
    "cues": "en/heel_slide.move.left",
    "check --schema": '"title": "voice_coach exercise"',
}


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_does_what_the_document_says(file: Path, command: str) -> None:
    code, output = run(command, file.parent)
    assert code == 0, output
    (says,) = [text for start, text in SAYS.items() if command.startswith(f"voice-coach {start}")]
    assert says in output
    assert "warning" not in output


def test_nothing_of_the_document_is_left_out() -> None:
    assert len(COMMANDS) == 7
    assert len(blocks("toml")) == 3
    assert [start for start in SAYS if not any(line.startswith(f"voice-coach {start}") for line in COMMANDS)] == []


def test_the_mistake_that_is_shown_is_told_so(file: Path) -> None:
    file.write_text(TEXT.replace("hold = 2", "hold = 7"), encoding="utf-8")
    code, output = run(COMMANDS[0], file.parent)
    (shown,) = blocks("text")
    assert (code, output) == (1, shown)


def test_the_folder_to_keep_it_in_is_named(file: Path, own_folders: Path) -> None:
    _, output = run("voice-coach exercises --help", file.parent)
    assert str(own_folders / "config" / "voice_coach" / "exercises" / "en") in "".join(
        line.strip() for line in output.splitlines()
    )


def test_every_key_is_told() -> None:
    keys = {key for definition in schema()["$defs"].values() for key in definition["properties"]}
    told = set(re.findall(r"`(\w+)`", DOCUMENT.partition("## All keys")[2]))
    assert sorted(keys - told) == []


def test_every_value_is_told() -> None:
    lists = [part["enum"] for definition in schema()["$defs"].values() for part in definition["properties"].values()
             if "enum" in part]  # fmt: skip
    assert len(lists) == 4
    assert [value for values in lists for value in values if f"`{value}`" not in DOCUMENT] == []
