"""The first things that a newcomer types: help in groups, -V, `help COMMAND`, completion."""

import json
import os
import subprocess
import sys

import pytest

from voice_coach.cli.main import COMMANDS, GROUPS, main


def test_the_help_has_each_command_under_one_heading(capsys: pytest.CaptureFixture[str]) -> None:
    assert sum(map(len, GROUPS.values())) == len(COMMANDS)
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    places = [told.index(f"\n{heading}:\n") for heading in GROUPS]
    assert places == sorted(places)
    assert all(f"\n  {name} " in told for name in COMMANDS)


@pytest.mark.parametrize("words", [["export"], ["models", "install"]])
def test_help_of_a_command_is_that_command_with_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["help", *words]) == 0
    asked = capsys.readouterr().out
    assert main([*words, "--help"]) == 0
    assert asked == capsys.readouterr().out


def test_the_version_has_a_short_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["-V"]) == 0
    assert capsys.readouterr().out.startswith("voice-coach, version ")


def test_commands_are_completed() -> None:
    environment = {
        **os.environ, "COMP_WORDS": "voice-coach re", "COMP_CWORD": "1", "_VOICE_COACH_COMPLETE": "bash_complete",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", "from voice_coach.cli.main import main; main()"],
        env=environment, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    assert set(done.stdout.split()) == {f"plain,{name}" for name in COMMANDS if name.startswith("re")}


def test_states_are_listed_and_a_wrong_one_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["recognize", "--states", "--json"]) == 0
    states = json.loads(capsys.readouterr().out)
    assert "stop" in states["counting"]
    assert main(["recognize", "--help"]) == 0
    assert "counting" not in capsys.readouterr().out
    assert main(["recognize", "--state", "countin", "x.wav"]) == 2
    assert 'did you mean "counting"?' in capsys.readouterr().err


def test_profiles_are_told_to_programs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profiles", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == [{"number": 1, "name": "first"}]


def test_a_known_model_that_is_not_installed_is_told_with_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    name = "vosk-model-small-en-us-0.15"
    assert main(["run", "--text", "--model", name]) == 1
    assert capsys.readouterr().err == (
        f"voice-coach: The model {name} is not installed: `voice-coach models install {name}` downloads it.\n"
    )
