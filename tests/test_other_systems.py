"""On systems without POSIX every module can be imported, and the program starts and holds a typed session.

Never run on such a system: here the modules and names that it lacks are taken away.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.until import HANG

pytestmark = pytest.mark.compat

POSIX_ONLY = ["fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"]
"""Modules of the standard library that Windows has not."""
FOR_POSIX = {"voice_coach.screen.terminal"}
"""Modules of ours that are imported only where `sys.platform` is not `win32`."""

NAMES_FOR_POSIX = {
    "os": "O_CLOEXEC O_NOFOLLOW O_NONBLOCK WNOHANG chown fork geteuid getgid getpgid getpgrp getuid killpg nice setsid"
    " sysconf tcgetpgrp ttyname waitid",
    "signal": "SIGALRM SIGCHLD SIGCONT SIGHUP SIGKILL SIGPIPE SIGQUIT SIGSTOP SIGTSTP SIGTTIN SIGTTOU SIGUSR1 SIGUSR2"
    " SIGWINCH alarm pthread_sigmask setitimer siginterrupt",
}
"""Names that Windows lacks in modules that it has; not `os.uname`, which others call here."""

COMMANDS = """
import importlib, json, sys
import platformdirs, subprocess, tempfile  # made for Linux here, so imported before the names go

lacking, names, arguments = map(json.loads, sys.argv[1:])

class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name in lacking:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

for name in lacking:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Lacking())
for module, attributes in names.items():
    for attribute in attributes.split():
        vars(importlib.import_module(module)).pop(attribute, None)  # Windows has none of them

from voice_coach.cli.main import main

sys.exit(main(arguments))
"""

PROGRAM = """
import importlib, json, pkgutil, sys

class Lacking:
    def find_spec(self, name, path=None, target=None):
        if name in set(sys.argv[1:]):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

for name in sys.argv[1:]:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Lacking())

import voice_coach
from voice_coach.cli.main import main

failed = {}
for found in pkgutil.walk_packages(voice_coach.__path__, "voice_coach."):
    try:
        if found.name != "voice_coach.__main__":
            importlib.import_module(found.name)
    except ImportError as error:
        failed[found.name] = str(error)
status = main(["--version"])
print(json.dumps([failed, status]))
"""


def imported_without(*names: str) -> tuple[dict[str, str], int]:
    """Return which of our modules can't be imported without these of the standard library; and how `-V` then ends."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *names], check=True, capture_output=True, text=True, timeout=HANG
    )
    failed, status = json.loads(done.stdout.splitlines()[-1])
    return failed, status


def test_without_the_modules_of_posix_it_starts_and_every_module_is_imported() -> None:
    failed, status = imported_without(*POSIX_ONLY)
    assert set(failed) == FOR_POSIX
    assert status == 0


def test_a_module_that_is_lacking_is_noticed() -> None:
    failed, _ = imported_without("sqlite3")
    assert "voice_coach.history.store" in failed


Done = subprocess.CompletedProcess[str]


def run_without(lacking: list[str], names: dict[str, str], folder: Path, *arguments: str, typed: str = "") -> Done:
    """Run a command without these modules, and without these names of others."""
    folders = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("DATA", "CONFIG", "STATE", "CACHE")}
    return subprocess.run(
        [sys.executable, "-c", COMMANDS, *map(json.dumps, (lacking, names, arguments))],
        input=typed,
        env={**os.environ, **folders},
        capture_output=True,
        text=True,
        check=False,
        timeout=HANG,
    )


def run_without_posix(folder: Path, *arguments: str, typed: str = "") -> str:
    """Run a command without what Windows lacks, and return what it prints."""
    done = run_without(POSIX_ONLY, NAMES_FOR_POSIX, folder, *arguments, typed=typed)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_without_posix_the_help_is_shown(tmp_path: Path) -> None:
    assert run_without_posix(tmp_path, "--help").startswith("Usage: voice-coach")


def test_without_posix_files_are_checked(tmp_path: Path) -> None:
    exercise = Path(__file__).parents[1] / "exercises" / "en" / "flexion_rotation.toml"
    assert "flexion_rotation" in run_without_posix(tmp_path, "check", str(exercise))


def test_without_posix_a_typed_session_is_held_and_remembered(tmp_path: Path) -> None:
    assert "Session over" in run_without_posix(tmp_path, "run", "--text", typed="stop\nno\n")
    assert "stopped" in run_without_posix(tmp_path, "history")


def test_a_name_that_is_lacking_is_noticed(tmp_path: Path) -> None:
    done = run_without([], {"signal": "SIGTERM"}, tmp_path, "run", "--text", typed="stop\nno\n")
    assert done.returncode == 1
    assert "SIGTERM" in done.stderr
