"""Whole sessions that call for help: with the real parts, typed; and one whose process dies in the middle of a call."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.history.screened import screened_today
from voice_coach.files.profiles import FIRST
from voice_coach.history.store import Store

WRITES = "import os, sys; open(sys.argv[1], 'a').write(os.environ['VOICE_COACH_HELP_WORDS'] + '\\n')"
"""A command that writes down the person's words."""
DIES = (
    "import os, signal, sys; open(sys.argv[1], 'w').write('called'); os.kill(int(os.environ['COACH']), signal.SIGKILL)"
)
"""A command in the middle of which the coach dies."""
RUN = (
    "import os; os.environ['COACH'] = str(os.getpid()); from voice_coach.cli.main import main; raise SystemExit(main())"
)


def typed(*lines: str) -> "subprocess.CompletedProcess[str]":
    """Return a session of somebody who types these lines."""
    command = [sys.executable, "-c", RUN, "run", "--text"]
    text = "".join(f"{line}\n" for line in lines)
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=120, check=False)


def set_up(program: str, note: Path) -> None:
    """Let this Python program be what calls for help; it gets the file `note`."""
    FIRST.settings.parent.mkdir(parents=True, exist_ok=True)
    FIRST.settings.write_text(f"help_command = ['''{sys.executable}''', '-c', '''{program}''', '{note}']\n", "utf-8")


def kept() -> list[tuple[str, str, str]]:
    """Return what the history has of calls in the last session."""
    store = Store.look()
    assert store is not None
    with store:
        (last,) = store.sessions(1)
        return [(one.what, one.way, one.words) for one in last.help_calls]


@pytest.fixture(autouse=True)
def screened() -> None:
    screened_today()


def test_the_command_that_was_set_up_is_run_and_kept_in_the_history(tmp_path: Path) -> None:
    note = tmp_path / "note"
    set_up(WRITES, note)
    held = typed("call someone", "", "help is here", "finish")
    assert held.returncode == 0, held.stderr
    assert note.read_text(encoding="utf-8") == "call someone\n"
    assert "Help is needed in this room." in held.stdout
    assert kept()[0] == ("asked", "voice command", "call someone")


def test_without_a_call_nothing_is_run(tmp_path: Path) -> None:
    note = tmp_path / "note"
    set_up(WRITES, note)
    assert typed("left side", "finish").returncode == 0
    assert not note.exists()
    assert kept() == []


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_crash_in_the_middle_of_a_call_leaves_in_the_history_that_it_was_asked_for(tmp_path: Path) -> None:
    note = tmp_path / "note"
    set_up(DIES, note)
    assert typed("call someone", "", "", "").returncode == -signal.SIGKILL
    assert note.read_text(encoding="utf-8") == "called"
    assert kept() == [("asked", "voice command", "call someone")]
