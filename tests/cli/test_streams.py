"""Standard streams as they are handed over: full, closed, piped, without UTF-8. One line, and the right exit code."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from voice_coach.history.store import Store

PROGRAM = [sys.executable, "-m", "voice_coach"]
FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has /dev/full")
@pytest.mark.parametrize("command", [["exercises"], ["check", "--schema"], ["--help"], ["--version"]])
def test_output_that_cant_be_written_is_one_line(command: list[str]) -> None:
    """It was a traceback of twenty lines."""
    with FULL.open("wb") as full:
        done = subprocess.run([*PROGRAM, *command], stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
    assert done.returncode == 1
    assert done.stderr.decode() == (
        "voice-coach: the output can't be written (No space left on device): make room, or send it elsewhere.\n"
    )


def test_where_nothing_can_be_told_the_exit_code_still_tells() -> None:
    with FULL.open("wb") as full:
        done = subprocess.run([*PROGRAM, "nonsense"], stdout=full, stderr=full, check=False, timeout=60)
    assert done.returncode == 2


def test_a_reader_that_has_had_enough_is_no_error() -> None:
    """As in `voice-coach check --schema | head -1`."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        done = subprocess.run(
            [*PROGRAM, "check", "--schema"], stdout=pipe, stderr=subprocess.PIPE, check=False, timeout=60
        )
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_are_done_without(closed: str) -> None:
    """And no file of ours gets their numbers, to which the sound libraries write."""
    command = f'"{sys.executable}" -m voice_coach exercises {closed}'
    done = subprocess.run(command, shell=True, capture_output=True, check=False, timeout=60)  # noqa: S602 - our own
    assert (done.returncode, done.stderr) == (0, b"")
    assert bool(done.stdout) == (">&-" not in closed.replace("2>&-", ""))


def test_a_character_that_the_terminal_does_not_know_ends_nothing(own_folders: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "cp1251", "PYTHONUTF8": "0"}
    profile = own_folders / "data" / "voice_coach" / "profiles" / "Jürgen"
    profile.mkdir(parents=True)
    done = subprocess.run([*PROGRAM, "profiles"], env=environment, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"J?rgen" in done.stdout


def test_typed_bytes_that_are_no_text_are_answers_that_are_not_understood() -> None:
    done = subprocess.run(
        [*PROGRAM, "run", "--text"], input=b"\xff\xfe\n", capture_output=True, check=False, timeout=120
    )
    assert b"Session over: interrupted" in done.stdout
    assert b"Traceback" not in done.stderr


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has /dev/full")
def test_a_session_goes_on_when_the_screen_is_full(own_folders: Path) -> None:
    """It is kept in the history, and the program says at the end that it could not show it."""
    with FULL.open("wb") as full:
        done = subprocess.run(
            [*PROGRAM, "run", "--text"], input=b"yes\n", stdout=full, stderr=subprocess.PIPE, check=False, timeout=120
        )
    assert done.returncode == 1
    assert b"the output can't be written" in done.stderr
    assert b"Traceback" not in done.stderr
    with Store.open(own_folders / "data" / "voice_coach" / "history.db") as store:
        assert len(store.sessions()) == 1
