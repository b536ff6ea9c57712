"""`voice-coach cues`: what can be replaced by a recording, and what will be heard."""

import io
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voice_coach.actions import Earcon
from voice_coach.audio.pcm import load, onset
from voice_coach.cli.main import main
from voice_coach.files import resources


def test_every_line_and_earcon_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """With its text, and the folder for recordings."""
    assert main(["cues"]) == 0
    out, err = capsys.readouterr()
    assert any(
        line.split() == ["en/flexion_rotation.roll_back", "synthetic", "Roll", "back."] for line in out.split("\n")
    )
    assert all(any(line.startswith(f"{earcon} ") for line in out.split("\n")) for earcon in Earcon)
    assert str(resources.APP.user_config_path / "audio_cues") in err


def test_a_recording_is_shown_and_not_missing(capsys: pytest.CaptureFixture[str]) -> None:
    """As JSON, and left out of what is missing."""
    recording = resources.APP.user_config_path / "audio_cues" / "en" / "flexion_rotation.roll_back.wav"
    recording.parent.mkdir(parents=True)
    soundfile.write(recording, np.sin(np.arange(16_000) * 0.1) * 0.1, 16_000)
    assert main(["cues", "--json"]) == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["en/flexion_rotation.roll_back"] == {
        "id": "en/flexion_rotation.roll_back", "text": "Roll back.", "source": "recorded", "path": str(recording),
    }  # fmt: skip
    assert rows["tick"]["source"] == "earcon"
    assert main(["cues", "--missing", "--json"]) == 0
    missing = {row["id"] for row in json.loads(capsys.readouterr().out)}
    assert missing == {key for key, row in rows.items() if row["source"] == "synthetic"}


def test_all_clips_can_be_written_to_listen_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each begins at its onset."""
    assert main(["cues", "--render", str(tmp_path / "clips")]) == 0
    written = list((tmp_path / "clips").rglob("*.wav"))
    assert f"{len(written)} clips are in" in capsys.readouterr().out
    assert len(written) > 200
    assert onset(load(tmp_path / "clips" / "en" / "flexion_rotation.roll_back.wav")) == 0
    assert (tmp_path / "clips" / "tick.wav").exists()


def test_a_recording_that_cant_be_read_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The rest is written all the same; exit code 1."""
    recording = resources.APP.user_config_path / "audio_cues" / "en" / "flexion_rotation.roll_back.wav"
    recording.parent.mkdir(parents=True)
    recording.write_text("hello")
    assert main(["cues", "--render", str(tmp_path / "clips")]) == 1
    assert f"{recording}: is damaged or no sound file" in capsys.readouterr().err
    assert (tmp_path / "clips" / "en" / "flexion_rotation.roll_back.wav").exists()


def test_a_folder_that_cant_be_made_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a sentence."""
    (tmp_path / "file").touch()
    assert main(["cues", "--render", str(tmp_path / "file" / "clips")]) == 1
    assert "can't be created" in capsys.readouterr().err


def test_an_unknown_voice_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the list's name."""
    assert main(["cues", "--voice", "nobody", "--render", str(tmp_path)]) == 1
    assert 'There is no voice "nobody"' in capsys.readouterr().err


def test_a_folder_of_recordings_is_imported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What fits nothing is told; exit code 1."""
    for name in ("Roll back.wav", "nonsense.wav"):
        soundfile.write(tmp_path / name, np.sin(np.arange(16_000) * 0.1) * 0.1, 16_000)
    assert main(["cues", "--import", str(tmp_path)]) == 1
    out, err = capsys.readouterr()
    assert out.splitlines()[0] == "Roll back.wav: Roll back."
    assert out.splitlines()[1].startswith("1 of 2 files are in ")
    assert "nonsense.wav: fits no sentence or sound" in err
    (tmp_path / "nonsense.wav").unlink()
    assert main(["cues", "--json"]) == 0
    rows = {row["id"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["en/flexion_rotation.roll_back"]["source"] == "recorded"


def test_recordings_that_are_of_no_use_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Those that nothing uses, and those that can't be read."""
    folder = resources.APP.user_config_path / "audio_cues" / "en"
    folder.mkdir(parents=True)
    (folder / "flexion_rotation.holt.wav").touch()
    (folder / "flexion_rotation.roll_back.m4a").write_text("hello")
    assert main(["cues"]) == 0
    err = capsys.readouterr().err
    assert "flexion_rotation.holt.wav: is not used" in err
    assert "flexion_rotation.roll_back.m4a: is damaged or no sound file" in err


def test_only_one_thing_is_done_with_recordings_at_a_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["cues", "--record", "--import", str(tmp_path)]) == 2
    assert "one of --record, --import and --render" in capsys.readouterr().err


def test_nothing_is_recorded_without_anybody_who_types(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says how it goes and what is left, and touches no device before Enter."""
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["cues", "--record", "--exercise", "bridge"]) == 0
    out, err = capsys.readouterr()
    assert "Press Enter to begin" in err
    assert "Recorded: 0 of " in out
    assert "Still synthetic:" in out
