"""What other systems lack is not needed to start: every module is imported as on a system without POSIX."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.compat

POSIX_ONLY = ["fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"]
"""Modules of the standard library that Windows has not."""
FOR_POSIX = {"voice_coach.screen.terminal"}
"""Modules of ours that are imported only where `sys.platform` is not `win32`."""

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
        [sys.executable, "-c", PROGRAM, *names], check=True, capture_output=True, text=True, timeout=120
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
