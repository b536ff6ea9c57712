"""`voice-coach exercises`: the list for people and programs, with locks from the history and files of the user's."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.history.course import Done, write
from voice_coach.cli.main import main
from voice_coach.files.resources import folders

SHIPPED = folders("exercises")[0] / "en"


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    """Return the lines that are written."""
    assert main(["exercises", *arguments]) == 0
    output, errors = capsys.readouterr()
    assert errors == ""
    return str(output).splitlines()


def objects(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, dict[str, Any]]:
    """Return what is written for programs, by id."""
    return {one["id"]: one for one in json.loads("\n".join(listed(capsys, "--json", *arguments)))}


def test_everything_is_listed_with_what_one_must_know(capsys: pytest.CaptureFixture[str]) -> None:
    lines = listed(capsys)
    assert lines.index("Programmes (run --programme ID):") == len(list(SHIPPED.glob("*.toml")))
    assert any(
        line.split() == "cat_cow mobility hands and knees moving your back on hands and knees".split() for line in lines
    )
    (taught,) = [line for line in lines if line.startswith("supine_rotation_sustained")]
    assert taught.endswith("; asks first whether a professional has taught it")


def test_what_does_not_suit_is_listed_below_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    lines = listed(capsys, "--position", "standing")
    assert [line.split()[0] for line in lines[:3]] == ["side_glide_wall", "standing_extension", "Not"]
    assert any(line.split() == "bridge its position is back".split() for line in lines[3:])


def test_after_a_red_sign_nothing_is_offered(capsys: pytest.CaptureFixture[str]) -> None:
    write(None, [Done(repetitions=4, red="down my leg", outcome="stopped")])
    first, *lines = listed(capsys)
    assert first == "Not offered:"
    lines.remove("Programmes (run --programme ID):")
    assert all("peripheralised" in line and "until a professional has checked" in line for line in lines)


def test_a_broken_file_is_named_and_the_rest_is_listed(capsys: pytest.CaptureFixture[str], own_folders: Path) -> None:
    own = own_folders / "config" / "voice_coach" / "exercises" / "en"
    own.mkdir(parents=True)
    text = (SHIPPED / "bridge.toml").read_text(encoding="utf-8")
    (own / "bridge.toml").write_text(text.replace("count = 5", "count = 50"), encoding="utf-8")
    (own / "mine.toml").write_text(text.replace('id = "bridge"', 'id = "mine"'), encoding="utf-8")
    found = objects(capsys)
    assert (found["bridge"]["offered"], found["bridge"]["exercise"]) == (False, None)
    assert found["bridge"]["overrides"] == str(SHIPPED / "bridge.toml")
    (problem,) = found["bridge"]["problems"]
    assert problem.startswith(f"{own / 'bridge.toml'}:")
    assert problem.endswith("repetition.count: must be a whole number of at least 1 and of at most 30, not 50")
    assert (found["mine"]["offered"], found["mine"]["own"]) == (True, True)
    assert any(line.startswith("mine") and line.endswith("(yours)") for line in listed(capsys))


def test_programs_get_all_that_a_list_needs(capsys: pytest.CaptureFixture[str]) -> None:
    found = objects(capsys)["knee_to_chest_single"]
    assert (found["offered"], found["why_not"], found["asked_first"], found["problems"]) == (True, None, None, [])
    assert found["exercise"] == {
        "name": "one knee to your chest",
        "version": 1,
        "family": "flexion",
        "position": "back",
        "sides": "each",
        "repetitions": 20,
        "per_day": 3,
        "taught": False,
        "contraindications": ["q10"],
        "questions": [],
        "alternatives": ["pelvic_tilt"],
    }


def test_a_history_that_cannot_be_read_is_told(capsys: pytest.CaptureFixture[str], own_folders: Path) -> None:
    """Nobody knows what is locked then, so nothing is offered."""
    data = own_folders / "data" / "voice_coach"
    (data / "history.db").mkdir(parents=True)
    assert main(["exercises"]) == 1
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors.startswith("voice-coach: ")
    assert len(errors.splitlines()) == 1
