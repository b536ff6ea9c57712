"""What is run on every Python that we support: each module imports without a warning, each command does something."""

import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import voice_coach
from voice_coach.cli.main import COMMANDS

ROOT = Path(__file__).parents[1]
EXERCISE = str(ROOT / "exercises" / "en" / "flexion_rotation.toml")
STOP = str(ROOT / "tests" / "wav" / "stop.wav")

ALONE: dict[str, tuple[list[str], int, str]] = {
    "calibrate": ([STOP], 1, "voice-coach: "),
    "check": ([EXERCISE], 0, "flexion_rotation"),
    "cues": ([], 0, "welcome"),
    "devices": (["--help"], 0, "microphones"),
    "doctor": (["--help"], 0, "microphone"),
    "exercises": ([], 0, "flexion_rotation"),
    "models": ([], 0, "embedded"),
    "plan": ([], 0, "There is no plan"),
    "profiles": ([], 0, "first"),
    "recognize": (["--state", "check", STOP], 0, "stop"),
    "rehearse": (["--persona", "red-flag"], 0, "as the script says"),
    "service": (["--help"], 0, "install"),
    "setup": (["--help"], 0, "microphone"),
    "standby": (["--help"], 0, "start my session"),
    "voices": ([], 0, "en-us"),
    "wyoming": (["--help"], 0, "Wyoming"),
}
"""Commands that need nothing before them: arguments, exit code, a part of what is printed.

Those that need a sound card, a server or systemd only show their help: the tests of each go further, on one Python.
"""

STORY: list[tuple[list[str], str]] = [
    (["run", "--text"], "Session over"),
    (["history"], "stopped"),
    (["report", "--out", "page.html"], "page.html"),
    (["export", "sessions.csv"], "sessions.csv"),
    (["backup", "copy.db"], "copy.db"),
    (["forget", "--yes"], "deleted"),
    (["restore", "copy.db"], "holds 1 session"),
]
"""Commands that work on a history, in the order in which somebody may use them."""

pytestmark = pytest.mark.compat


def test_every_module_imports_without_a_warning() -> None:
    names = [found.name for found in pkgutil.walk_packages(voice_coach.__path__, "voice_coach.")]
    names = [name for name in names if not name.endswith("__main__")]
    filters = [part for text in ("'audioop' is deprecated", "invalid escape", '"') for part in ("-W", f"ignore:{text}")]
    script = f"import importlib\nfor name in {names!r}: importlib.import_module(name)"
    done = subprocess.run(
        [sys.executable, "-W", "error", *filters, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_each_command_is_tried_here() -> None:
    assert sorted([*ALONE, *(arguments[0] for arguments, _ in STORY)]) == sorted(COMMANDS)


@pytest.mark.parametrize("name", ALONE)
def test_a_command_does_what_it_is_for(name: str, tmp_path: Path) -> None:
    arguments, code, told = ALONE[name]
    done = call([name, *arguments], tmp_path)
    assert done.returncode == code, done.stdout + done.stderr
    assert told in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_a_history_is_made_shown_exported_deleted_and_put_back(tmp_path: Path) -> None:
    for arguments, told in STORY:
        done = call(arguments, tmp_path)
        assert (done.returncode, done.stderr) == (0, ""), arguments
        assert told in done.stdout, arguments


def call(arguments: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `voice-coach` in a folder; where it reads, "stop" and "finish" are typed."""
    return subprocess.run(
        [sys.executable, "-m", "voice_coach", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        input="stop\nfinish\n",
        capture_output=True,
        text=True,
        check=False,
    )
