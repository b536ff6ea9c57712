"""`voice-coach rehearse`: its output for people and programs, on a terminal and not, and what can be wrong."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from voice_coach.cli.main import main
from voice_coach.cli.rehearse import report
from voice_coach.rehearsal.perform import Rehearsed

SHORT = str(Path(__file__).parents[1] / "virtual_card" / "short.toml")


def test_the_summary_for_a_program_is_one_line_of_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["rehearse", "--exercise", SHORT, "--side", "right", "--out", str(tmp_path / "new"), "--json"])
    output, errors = capsys.readouterr()
    assert errors == ""
    (line,) = output.splitlines()
    summary = json.loads(line)
    assert (summary["outcome"], summary["repetitions"], summary["side"], summary["red"]) == (
        "completed",
        2,
        "right",
        None,
    )
    assert summary["exercise"] == "short_rotation"
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "goes-well-short_rotation-right.json",
        "goes-well-short_rotation-right.vtt",
        "goes-well-short_rotation-right.wav",
    ]
    assert (code, summary["as_expected"]) == (0, True)  # the script speaks of all repetitions, not of ten


@pytest.mark.parametrize(("repetition", "when"), [(0, "before the first repetition"), (4, "at repetition 4")])
def test_the_summary_says_when_a_sign_came(repetition: int, when: str) -> None:
    red: dict[str, str | int] = {"intent": "emergency", "repetition": repetition}
    rehearsed = Rehearsed(
        "red-flag",
        "bridge",
        "left",
        "stopped",
        repetition,
        red,
        as_expected=True,
        seconds=60.0,
        recording="r",
        captions="c",
        log="l",
    )
    assert f"emergency {when}; as the script says" in report(rehearsed)


def with_repetitions(tmp_path: Path, number: int) -> Path:
    """Return the script of the persona with whom all goes well, with so many repetitions in it."""
    script = tmp_path / f"{number}.toml"
    shipped = Path(__file__).parents[2] / "voice_coach" / "personas" / "goes-well.toml"
    text = shipped.read_text(encoding="utf-8")
    script.write_text(text.replace('"completed"', f'"completed", repetitions = {number}'), encoding="utf-8")
    return script


def test_what_does_not_end_as_the_script_says_has_an_exit_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = with_repetitions(tmp_path, 3)
    assert main(["rehearse", "--exercise", SHORT, "--persona", str(script), "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().out.splitlines()[0].endswith("completed, 2 repetitions; NOT as the script says.")


def test_the_summary_for_a_person_names_what_was_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], own_folders: Path
) -> None:
    script = with_repetitions(tmp_path, 2)
    assert main(["rehearse", "--exercise", SHORT, "--persona", str(script)]) == 0
    summary, *files = capsys.readouterr().out.splitlines()
    assert summary == "goes-well (left side): completed, 2 repetitions; as the script says."
    folder = own_folders / "data" / "voice_coach" / "rehearsals"
    assert [line.split(maxsplit=1) for line in files] == [
        ["recording", str(folder / "goes-well-short_rotation-left.wav")],
        ["captions", str(folder / "goes-well-short_rotation-left.vtt")],
        ["log", str(folder / "goes-well-short_rotation-left.json")],
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals there")
def test_progress_is_shown_on_a_terminal_only(tmp_path: Path) -> None:
    import pty  # noqa: PLC0415 - not everywhere

    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "voice_coach", "rehearse", "--exercise", SHORT, "--out", str(tmp_path), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=theirs, text=True) as process:
        os.close(theirs)
        shown = b""
        while part := read(ours):
            shown += part
        output, _ = process.communicate(timeout=60)
    os.close(ours)
    assert len(output.splitlines()) == 1
    lines = shown.decode().rstrip().split("\r\033[K")
    assert any(line.startswith("rehearsing: pyttsx3") for line in lines)
    assert "rehearsing:   10 s, repetition 0 of 2" in lines
    assert lines[-1].endswith("repetition 2 of 2")


def read(terminal: int) -> bytes:
    """Return the next bytes; nothing when the other end is closed."""
    try:
        return os.read(terminal, 4096)
    except OSError:
        return b""


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (
            ["--persona", "goes-wel"],
            1,
            "There is no persona 'goes-wel': name one of first-time, gets-worse, goes-well, mumbles, red-flag, or",
        ),
        (["--persona", "nobody.toml"], 1, "nobody.toml: there is no such file; check the name"),
        (["--exercise", "flexion"], 1, "there is no such exercise"),
        (["--side", "top"], 2, "'top' is not one of 'left', 'right'"),
        (["--voice", "xx-nobody"], 1, "xx-nobody"),
        (["--model", "/nowhere"], 1, "There is no Vosk model at /nowhere"),
        (["--rate", "20"], 2, "20 is not in the range 120<=x<=200"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    arguments: list[str], code: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["rehearse", *arguments]) == code
    output, errors = capsys.readouterr()
    assert output == ""
    assert sentence in errors
    assert "Traceback" not in errors


def test_a_mistake_in_a_persona_file_is_told_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = tmp_path / "own.toml"
    own.write_text('persona = "own"\nabout = "x"\nvoice = 3\nanswers = []\n', encoding="utf-8")
    assert main(["rehearse", "--persona", str(own)]) == 1
    errors = capsys.readouterr().err
    assert f"{own}:3: voice: must be text in quotes, not 3" in errors
    assert f'{own}: "expect" is missing' in errors


def test_a_voice_of_the_persona_that_is_not_there_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "own.toml"
    own.write_text(
        'persona = "own"\nabout = "x"\nvoice = "xx-nobody"\nanswers = []\n'
        'expect = { outcome = "no_answer", repetitions = 0 }\n',
        encoding="utf-8",
    )
    assert main(["rehearse", "--exercise", SHORT, "--persona", str(own)]) == 1
    errors = capsys.readouterr().err
    assert "xx-nobody" in errors
    assert "Traceback" not in errors


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    out = tmp_path / "file" / "folder"
    assert main(["rehearse", "--exercise", SHORT, "--out", str(out)]) == 1
    assert capsys.readouterr().err == (
        f"voice-coach: The folder {out} can't be created (Not a directory): choose another one with --out.\n"
    )


def test_a_persona_of_ones_own_is_in_the_sentence_that_lists_them(
    own_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = own_folders / "config" / "voice_coach" / "personas"
    folder.mkdir(parents=True)
    (folder / "grandma.toml").write_text("", encoding="utf-8")
    assert main(["rehearse", "--persona", "xyz"]) == 1
    assert "goes-well, grandma, mumbles" in capsys.readouterr().err


def test_a_recording_that_cannot_be_used_is_named_and_the_session_goes_on_without_it(
    own_folders: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = own_folders / "config" / "voice_coach" / "audio_cues" / "en"
    folder.mkdir(parents=True)
    (folder / "say.goodbye.2.wav").write_bytes(b"no sound")
    assert main(["rehearse", "--exercise", SHORT, "--out", str(tmp_path)]) == 0
    told = capsys.readouterr()
    assert "say.goodbye.2.wav" in told.err
    assert "completed, 2 repetitions" in told.out
