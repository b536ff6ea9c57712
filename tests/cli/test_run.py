"""`voice-coach run`: typed sessions, interruptions, files that can't be written, and a machine without sound."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from voice_coach.app.run_session import start_of
from voice_coach.cli.main import main
from voice_coach.config.settings import Settings
from voice_coach.exercise.load import load_exercise
from voice_coach.history.store import Store
from voice_coach.records import Stopped

SHORT = Path(__file__).parents[1] / "virtual_card" / "short.toml"
FIRST = ["yes", "skip", *["no"] * 11, "yes"]
"""Before the first session: understood, no practice, and the questions about red flags."""
ANSWERS = ["left side", "yes", "six", "back", "ready", "yes", "ready", "", "", "better", "three", "back"]
"""From the first question to goodbye of the short exercise; an empty line is silence, once in each hold."""


class Typed:
    """A `run --text` in a process of its own, whose user reads and types."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process

    def reads(self, text: str) -> None:
        """Read on until a line holds this."""
        assert self.process.stdout is not None
        while line := self.process.stdout.readline():
            if text in line:
                return
        pytest.fail(f"the coach did not say {text!r}")

    def types(self, *lines: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("".join(f"{line}\n" for line in lines))
        self.process.stdin.flush()

    def ends(self) -> tuple[int, str, str]:
        """Type no more, and return exit code, the rest of the output, and what is on standard error."""
        output, errors = self.process.communicate(timeout=60)
        return self.process.returncode, output, errors


@contextmanager
def typed(*arguments: str | Path) -> Iterator[Typed]:
    command = [sys.executable, "-u", "-m", "voice_coach", "run", "--text", "--exercise", SHORT, *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(list(map(str, command)), stdin=pipe, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield Typed(process)
        finally:
            process.kill()


def history(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert main(["history", "--json"]) == 0
    sessions: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return sessions


def test_a_typed_session_reads_as_a_conversation(capsys: pytest.CaptureFixture[str]) -> None:
    with typed() as session:
        session.types(*FIRST, *ANSWERS)
        code, transcript, errors = session.ends()
    assert (code, errors) == (0, "")
    lines = transcript.splitlines()
    assert lines[0].startswith("Type what you would say and press Enter")
    assert follows(
        lines,
        "Hello.",
        "If anything gets worse, or the pain moves down your leg, say worse, and we stop.",
        "> yes",
        "Which side hurts, left or right?",
        "> left side",
        "Pain on the left.",
        "> yes",
        "> six",
        "Six.",
        "Lie on your left side.",
        "> ready",
        "Hook your right foot behind your left knee.",
        "> ready",
        "Number one.",
        "Hold,",
        "one,",
        ">",
        "two.",
        "And come back.",
        "Number two.",
        "Better, same, or worse?",
        "> better",
        *("That's two done.", "The pain was six before we started.", "It's three now."),
        "Goodbye.",
        "Session over: completed, 2 of 2 repetitions.",
    )
    (session_row,) = history(capsys)
    assert (session_row["outcome"], session_row["painful_side"], session_row["reps_coached"]) == (
        "completed",
        "left",
        2,
    )


def follows(lines: list[str], *wanted: str) -> bool:
    """Return whether these lines are there, in this order; show the first that is not."""
    rest = iter(lines)
    missing = [line for line in wanted if line not in rest]
    assert missing[:1] == []
    return True


def test_the_second_session_greets_shorter(capsys: pytest.CaptureFixture[str]) -> None:
    with typed() as first:
        first.types(*FIRST, *ANSWERS)
        assert first.ends()[0] == 0
    with typed() as second:
        second.types(*ANSWERS)
        _, transcript, _ = second.ends()
    assert "I'm not a doctor, and I can't check your back." not in transcript
    assert len(history(capsys)) == 2


def test_who_cannot_lie_on_the_side_does_an_easier_one_and_is_offered_the_first_again(
    capsys: pytest.CaptureFixture[str],
) -> None:
    command = [sys.executable, "-u", "-m", "voice_coach", "run", "--text"]
    asked = [*FIRST, "left side", "yes", "six", "back", "I can't lie on my side", "no", "yes"]
    easier = ["six", "back", "ready", "yes", "ready", "ready", "", "better", *[""] * 4, "better", *[""] * 5, "better"]
    lines = [*asked, *easier, "three", "back", "yes", "finish"]
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert follows(
        done.stdout.splitlines(),
        "I have some easier ones.",
        "Lying on your front.",
        "Or there's this one.",
        "Tilting your hips on your back.",
        "Good, let's try that.",
        "Session over: cannot_start, 0 of 10 repetitions.",
        "Lie on your back.",
        *("That's ten done.", "The pain was six before we started.", "It's three now."),
        "Shall we try the first one again?",
        "Session over: completed, 10 of 10 repetitions.",
        "Which side hurts, left or right?",
        "Session over: finished_early, 0 of 10 repetitions.",
    )
    rows = history(capsys)
    assert [row["exercise_id"] for row in rows] == ["flexion_rotation", "pelvic_tilt", "flexion_rotation"]
    assert (rows[-1]["alternative_used"], rows[-1]["alternative_reason"]) == ("pelvic_tilt", "cant_side")


def test_worse_in_the_hold_ends_the_exercise(capsys: pytest.CaptureFixture[str]) -> None:
    with typed() as session:
        session.types(*FIRST, *ANSWERS[:7], "it's worse", "back", "finish")
        code, transcript, _ = session.ends()
    assert code == 0
    assert follows(transcript.splitlines(), "one,", "> it's worse", "Stop.", "Let go of your knee.", "Goodbye.")
    assert "two." not in transcript.splitlines()
    (row,) = history(capsys)
    assert (row["outcome"], row["reps_coached"]) == ("stopped", 0)


def test_after_worse_the_next_runs_begin_with_the_lock_until_it_is_cleared(capsys: pytest.CaptureFixture[str]) -> None:
    with typed() as session:
        session.types(*FIRST, *ANSWERS[:7], "it's worse", "back", "finish")
        session.ends()
    for answers, last in ((["no"], "cannot_start"), (["yes", "", "", ""], "no_answer")):
        with typed() as locked:
            locked.types(*answers)
            _, transcript, _ = locked.ends()
        assert follows(
            transcript.splitlines(),
            "Earlier today it got worse.",
            "I can't do this one with you yet.",
            "Has a doctor or physio checked you since, and said it's fine?",
            "Then let's wait with this one.",
            f"Session over: {last}, 0 of 2 repetitions.",
        )
    with typed() as cleared:
        cleared.types("yes", "yes", *ANSWERS)
        _, transcript, _ = cleared.ends()
    assert follows(transcript.splitlines(), "I've noted that it's been checked.", "Which side hurts, left or right?")
    assert [row["outcome"] for row in history(capsys)] == ["completed", "no_answer", "cannot_start", "stopped"]
    with typed() as after:
        after.types(*ANSWERS)
        assert "locked" not in after.ends()[1]


def test_finish_can_be_taken_back(capsys: pytest.CaptureFixture[str]) -> None:
    with typed() as session:
        session.types(*FIRST, *ANSWERS[:4], "finish", "resume", *ANSWERS[4:])
        _, transcript, _ = session.ends()
    assert follows(
        transcript.splitlines(), "> finish", "We'll leave it there.", "> resume", "Lie on your left side.", "Goodbye."
    )
    assert history(capsys)[0]["outcome"] == "completed"


def test_the_end_of_the_input_ends_the_session_and_keeps_it(capsys: pytest.CaptureFixture[str]) -> None:
    with typed() as session:
        session.types(*FIRST, "left side", "yes")
        code, transcript, errors = session.ends()
    assert (code, errors) == (0, "")
    assert transcript.endswith("Session over: interrupted, 0 of 2 repetitions.\n")
    (row,) = history(capsys)
    assert (row["outcome"], row["painful_side"]) == ("interrupted", "left")


@pytest.mark.skipif(sys.platform == "win32", reason="no signals can be sent to a child there")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_session_in_order(number: signal.Signals, capsys: pytest.CaptureFixture[str]) -> None:
    with typed() as session:
        session.types(*FIRST, *ANSWERS[:8])
        session.reads("Number two.")
        session.reads("one,")
        session.process.send_signal(number)
        code, transcript, errors = session.ends()
    assert (code, errors) == (128 + number, "")
    assert transcript.endswith("Session over: interrupted, 1 of 2 repetitions.\n")
    (row,) = history(capsys)
    assert (row["outcome"], row["reps_coached"]) == ("interrupted", 1)


def test_the_log_holds_every_event_and_action(tmp_path: Path) -> None:
    log = tmp_path / "log.json"
    with typed("--log", log) as session:
        session.types(*FIRST, *ANSWERS)
        assert session.ends()[0] == 0
    rows = json.loads(log.read_text(encoding="utf-8"))
    assert {"Say", "Listen", "Intent", "Played", "Record", "Saved", "Finish"} <= {row["type"] for row in rows}
    assert [row["t"] for row in rows] == sorted(row["t"] for row in rows)


def test_a_log_that_cannot_be_written_is_told_before_the_session(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "no folder" / "log.json"
    with typed("--log", log) as session:
        code, output, errors = session.ends()
    assert code == 1
    assert "Hello." not in output
    assert errors.startswith(f"voice-coach: The log {log} can't be written (No such file or directory): choose ")
    assert history(capsys) == []


def test_a_log_that_fails_at_the_end_does_not_lose_the_session(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log.json"
    with typed("--log", log) as session:
        session.reads("Hello.")
        log.unlink()
        log.mkdir()
        session.types(*FIRST, *ANSWERS)
        code, transcript, errors = session.ends()
    assert code == 1
    assert transcript.endswith("Session over: completed, 2 of 2 repetitions.\n")
    assert errors.startswith(f"voice-coach: The log {log} can't be written")
    assert history(capsys)[0]["outcome"] == "completed"


def test_a_history_that_cannot_be_written_is_told_and_the_session_goes_on(own_folders: Path) -> None:
    own_folders.mkdir(parents=True)
    (own_folders / "data").write_text("not a folder", encoding="utf-8")
    with typed() as session:
        session.types(*FIRST, *ANSWERS)
        code, transcript, errors = session.ends()
    assert code == 1
    assert "I can't save my notes today." in transcript
    assert transcript.endswith("Session over: completed, 2 of 2 repetitions.\n")
    assert errors.startswith("voice-coach: ")
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--text", "--record", "x.wav"], "With --text there is no sound to record: leave out --record."),
        (["--text", "--exercise", "flexion"], "there is no such exercise"),
        (["--volume", "9"], "9 is not in the range 1<=x<=7"),
        (["--log", "."], "File '.' is a directory"),
    ],
)
def test_a_wrong_command_line_is_one_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", *arguments]) in {1, 2}
    errors = capsys.readouterr().err
    assert sentence in errors
    assert "Traceback" not in errors


def without_sound(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run where PortAudio finds no device."""
    nothing = {"PULSE_SERVER": "unix:/nonexistent", "ALSA_CONFIG_PATH": str(SHORT.with_name("asound.conf"))}
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PULSE_")} | nothing
    command = [sys.executable, "-m", "voice_coach", "run", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the devices can't be hidden")
def test_without_devices_a_rehearsal_is_held_and_the_recording_named(own_folders: Path, tmp_path: Path) -> None:
    with Store.open(own_folders / "data" / "voice_coach" / "history.db") as store:  # nor is a rehearsal locked by it
        start = start_of(load_exercise(str(SHORT), "en"), Settings())
        store.save(store.begin(start), Stopped(1, 1, "hold", "worse", "worse", "user", red=True))
        written_before = store.sessions()
    done = without_sound("--exercise", SHORT, "--record", tmp_path / "x.wav")
    assert done.returncode == 0
    with Store.open(own_folders / "data" / "voice_coach" / "history.db") as store:
        assert store.sessions() == written_before
    no_device, instead, asked_for = done.stderr.splitlines()
    assert no_device.startswith("voice-coach: No ")
    assert instead == "A scripted patient does the session instead; you can listen to the recording."
    assert asked_for.startswith("--record and --log are for sessions with microphone and speaker")
    summary, recording, *_ = done.stdout.splitlines()
    assert summary.startswith("goes-well (left side): completed, 2 repetitions")
    written = Path(recording.removeprefix("recording").strip())
    assert written == own_folders / "data" / "voice_coach" / "rehearsals" / "goes-well-short_rotation-left.wav"
    assert written.stat().st_size > 1_000_000
    assert not (tmp_path / "x.wav").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the devices can't be hidden")
def test_a_device_that_was_asked_for_and_is_not_there_is_an_error() -> None:
    done = without_sound("--microphone", "headset")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "voice-coach: " in done.stderr


@pytest.mark.parametrize("name", ["settings.toml", "model.toml", "calibration.json"])
def test_settings_that_are_damaged_are_told_and_said_and_the_session_is_held(
    name: str, own_folders: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It used to be one line on the screen and silence, which nobody on the floor can see or hear."""
    file = own_folders / "config" / "voice_coach" / name
    file.parent.mkdir(parents=True)
    file.write_text("volume = [")
    monkeypatch.setattr("sys.stdin", StringIO(""))
    assert main(["run", "--text"]) == 0
    out, err = capsys.readouterr()
    assert "I can't read your settings, so I'll use the usual ones." in out
    assert err.startswith(f"voice-coach: {file}: can't be understood")
    assert file.read_text() == "volume = ["
