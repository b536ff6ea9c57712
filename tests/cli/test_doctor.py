"""`voice-coach doctor` where nothing is played, and in simulated rooms; see tests/virtual_card for real PortAudio."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.doctor.test_sound import hearing, in_room, silent_take, user
from tests.hear.room import Room
from voice_coach.audio.live import DeviceStats
from voice_coach.cli.main import main
from voice_coach.config.settings import Settings
from voice_coach.doctor.examine import judged
from voice_coach.doctor.measure import Sound
from voice_coach.doctor.trial import Take

REPORTED = [
    "disk",
    "history folder",
    "cache folder",
    "settings folder",
    "settings",
    "recordings",
    "grammars",
    "voice",
    "model",
]
"""What needs no sound device, in order."""


def report(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, list[dict[str, object]]]:
    """Return the exit code and the findings."""
    code = main(["doctor", "--silent", "--json", *options])
    found = json.loads(capsys.readouterr().out)
    findings: list[dict[str, object]] = found["findings"]
    return code, findings


def test_voice_model_disk_and_folders_are_looked_at_without_a_sound(capsys: pytest.CaptureFixture[str]) -> None:
    _, findings = report(capsys)
    assert [finding["check"] for finding in findings[: len(REPORTED)]] == REPORTED
    assert {finding["verdict"] for finding in findings[: len(REPORTED)]} == {"fine"}
    assert findings[len(REPORTED)]["check"] == "devices"  # here or not


def test_without_a_voice_what_needs_one_is_left_out_and_the_exit_code_tells(
    capsys: pytest.CaptureFixture[str],
) -> None:
    code, findings = report(capsys, "--voice", "elvish")
    by_check = {finding["check"]: finding for finding in findings}
    assert code == 1
    assert (by_check["voice"]["verdict"], by_check["model"]["verdict"]) == ("fault", "skipped")
    assert by_check["voice"]["remedy"]


@pytest.mark.parametrize("voice", ["en-us", "elvish"])
def test_a_missing_system_library_is_a_fault_and_the_rest_is_looked_at(without_libatomic: Path, voice: str) -> None:
    """Also where there is no voice to try the recogniser with."""
    command = [sys.executable, "-m", "voice_coach", "doctor", "--silent", "--voice", voice]
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, check=False, timeout=120)
    findings = json.loads(done.stdout)["findings"]
    assert (done.returncode, done.stderr) == (1, "")
    assert [finding["check"] for finding in findings[: len(REPORTED) + 1]] == [*REPORTED, "devices"]
    (model,) = (finding for finding in findings if finding["check"] == "model")
    assert (model["verdict"], model["measured"].rpartition(": ")[2]) == (
        "fault",
        "install the system package libatomic1.",
    )
    assert without_libatomic.read_text() == "vosk\n"


def test_each_finding_is_a_line_and_each_remedy_another(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code = main(["doctor", "--silent", "--model", str(tmp_path / "none"), "--speaker", "a horn"])
    lines = capsys.readouterr().out.splitlines()
    assert code == 1
    assert any(line.startswith("ok    voice: ") for line in lines)
    for check in ("model", "devices"):
        (place,) = (number for number, line in enumerate(lines) if line.startswith(f"FAULT {check}: "))
        assert lines[place + 1].startswith("      ")


def judgements(take: Take, settings: Settings, trouble: str = "") -> dict[str, str]:
    """Return the verdicts on a trial, by check, in order."""
    stats = DeviceStats(callbacks=1200, loop_delay=2400, captured=16_000)
    return {finding.check: finding.verdict for finding in judged(settings, Sound(take, stats, trouble))}


def test_a_trial_in_a_usual_room_is_judged_in_every_respect() -> None:
    assert judgements(in_room(Room(echo=5)), Settings(open_speaker=True)) == dict.fromkeys(
        ["stream", "microphone", "noise floor", "loop delay", "monitor", "echo loss", "own voice", "your voice"], "fine"
    )


def test_with_headphones_there_is_no_echo_to_be_judged() -> None:
    take = hearing(Room().microphone(user(Room())))
    assert {"monitor", "echo loss"}.isdisjoint(judgements(take, Settings()))


def test_what_can_not_be_heard_is_not_judged(tmp_path: Path) -> None:
    dead, lost = silent_take(), in_room(Room())
    assert judgements(dead, Settings()) == {"stream": "fine", "microphone": "fault", "echo": "skipped"}
    assert judgements(lost, Settings(), "the sound device has stopped") == {"stream": "fault"}
    assert "your voice" not in judgements(lost, Settings(model=tmp_path / "none"))
