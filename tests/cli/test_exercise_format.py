"""docs/exercise-format.md, done as a new user would: every file and every command in it."""

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from voice_coach.exercise.schema import schema
from voice_coach.programme.model import schema as programme_schema

DOCUMENT = (Path(__file__).parents[2] / "docs" / "exercise-format.md").read_text(encoding="utf-8")
ABOUT_EXERCISES, _, ABOUT_PROGRAMMES = DOCUMENT.partition("## A programme\n")
ID = "heel_slide"
PROGRAMME = "hips_and_bridge"


def blocks(language: str, text: str = ABOUT_EXERCISES) -> list[str]:
    """Return the code blocks in this language."""
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


TEXT = "\n".join(blocks("toml"))
(PROGRAMME_TEXT,) = blocks("toml", ABOUT_PROGRAMMES)
COMMANDS = "".join(blocks("sh")).splitlines()
PROGRAMME_COMMANDS = "".join(blocks("sh", ABOUT_PROGRAMMES)).splitlines()


@pytest.fixture
def file(tmp_path: Path, own_folders: Path) -> Path:
    """Return the exercise, where the reader has written it and where it is kept."""
    kept = own_folders / "config" / "voice_coach" / "exercises" / "en"
    kept.mkdir(parents=True)
    path = tmp_path / f"{ID}.toml"
    for place in (path, kept / path.name):
        place.write_text(TEXT, encoding="utf-8")
    (tmp_path / f"{PROGRAMME}.toml").write_text(PROGRAMME_TEXT, encoding="utf-8")
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
    "rehearse --exercise": "goes-well (left side): completed, 4 repetitions; as the script says.\nrecording",
    "run --text --exercise": "I'll guide you through exercises and count for you.",
    "exercises": f"{ID} ",
    "cues": "en/heel_slide.move.left",
    "check --schema": '"title": "voice_coach exercise"',
    "check hips_and_bridge.toml": "hips_and_bridge.toml: a good programme\n",
    "run --text --programme": "I'll guide you through exercises and count for you.",
    "rehearse --programme": "goes-well (left side): completed, 10 repetitions; as the script says.\nrecording",
    "check --programme-schema": '"title": "voice_coach programme"',
}


@pytest.mark.parametrize("command", [*COMMANDS, *PROGRAMME_COMMANDS])
def test_each_command_does_what_the_document_says(file: Path, command: str) -> None:
    code, output = run(command, file.parent)
    assert code == 0, output
    (says,) = [text for start, text in SAYS.items() if command.startswith(f"voice-coach {start}")]
    assert says in output
    assert "warning" not in output


def test_nothing_of_the_document_is_left_out() -> None:
    assert (len(COMMANDS), len(PROGRAMME_COMMANDS)) == (7, 4)
    assert len(blocks("toml")) == 3
    every = [*COMMANDS, *PROGRAMME_COMMANDS]
    assert [start for start in SAYS if not any(line.startswith(f"voice-coach {start}") for line in every)] == []


def test_the_mistake_that_is_shown_is_told_so(file: Path) -> None:
    file.write_text(TEXT.replace("hold = 2", "hold = 7"), encoding="utf-8")
    code, output = run(COMMANDS[0], file.parent)
    (shown,) = blocks("text")
    assert (code, output) == (1, shown)


def test_the_programme_that_leads_on_after_a_red_sign_is_told_so(file: Path) -> None:
    path = file.with_name(f"{PROGRAMME}.toml")
    path.write_text(PROGRAMME_TEXT.replace('same = "ask"\n', 'worse = "next"\n'), encoding="utf-8")
    code, output = run(PROGRAMME_COMMANDS[0], file.parent)
    (shown,) = blocks("text", ABOUT_PROGRAMMES)
    assert (code, output) == (1, shown)


def test_a_programme_that_was_kept_is_listed_and_called_by_its_id(file: Path, own_folders: Path) -> None:
    kept = own_folders / "config" / "voice_coach" / "programmes" / "en"
    kept.mkdir(parents=True)
    (kept / f"{PROGRAMME}.toml").write_text(PROGRAMME_TEXT, encoding="utf-8")
    assert f"{PROGRAMME}  " in run("voice-coach exercises", file.parent)[1]
    code, output = run(f"voice-coach run --text --programme {PROGRAMME}", own_folders)
    assert (code, "I'll guide you through exercises" in output) == (0, True)


@pytest.mark.parametrize("kind", ["exercises", "programmes"])
def test_the_folder_to_keep_it_in_is_named(file: Path, own_folders: Path, kind: str) -> None:
    _, output = run("voice-coach exercises --help", file.parent)
    assert str(own_folders / "config" / "voice_coach" / kind / "en") in "".join(
        line.strip() for line in output.splitlines()
    )


@pytest.mark.parametrize(
    ("made", "part"), [(schema(), ABOUT_EXERCISES.partition("## All keys")[2]), (programme_schema(), ABOUT_PROGRAMMES)],
    ids=["exercise", "programme"],
)  # fmt: skip
def test_every_key_is_told(made: dict[str, Any], part: str) -> None:
    keys = {key for definition in made["$defs"].values() for key in definition["properties"]}
    keys -= {"sources", "note"} if part == ABOUT_PROGRAMMES else set()  # as with exercises
    told = set(re.findall(r"`(\w+)`", part))
    assert sorted(keys - told) == []


def test_every_value_is_told() -> None:
    lists = [part["enum"] for definition in schema()["$defs"].values() for part in definition["properties"].values()
             if "enum" in part]  # fmt: skip
    assert len(lists) == 5
    assert [value for values in lists for value in values if f"`{value}`" not in DOCUMENT] == []
