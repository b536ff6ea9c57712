"""While a session is held the computer does not go to sleep; shown with a program in the place of systemd's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.virtual_card.program import wait_until
from voice_coach.app.keep_awake import INHIBIT, kept_awake

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="systemd is for Linux")
TAKES = """#!/bin/sh
echo "$@" >"$0.asked"
shift 4
"$@"
echo released >>"$0.asked"
"""


@pytest.fixture
def inhibit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the program that is found as systemd's; it writes what it was asked for to a file next to it."""
    program = tmp_path / "bin" / INHIBIT
    program.parent.mkdir()
    program.write_text(TAKES, encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    return program


def asked(inhibit: Path) -> list[str]:
    file = inhibit.with_name(f"{INHIBIT}.asked")
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def test_the_lock_is_held_during_a_session_and_not_afterwards(inhibit: Path) -> None:
    with kept_awake():
        wait_until(lambda: len(asked(inhibit)) == 1, "the lock is asked for", 60)
        (words,) = asked(inhibit)
        assert words.startswith("--what=idle:sleep --mode=block --who=voice_coach ")
        assert words.endswith(" cat")
    wait_until(lambda: asked(inhibit)[1:] == ["released"], "the lock is released", 60)


def test_a_session_that_is_killed_leaves_no_lock(inhibit: Path) -> None:
    script = "from voice_coach.app.keep_awake import kept_awake\nwith kept_awake(): print(flush=True); input()"
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", script], stdin=pipe, stdout=pipe) as session:
        assert session.stdout is not None
        session.stdout.readline()
        wait_until(lambda: len(asked(inhibit)) == 1, "the lock is asked for", 60)
        session.kill()
    wait_until(lambda: asked(inhibit)[1:] == ["released"], "the lock is released", 60)


@pytest.mark.parametrize("text", ["#!/bin/sh\necho 'Access denied' >&2; exit 1\n", "no program\n"])
def test_where_it_is_refused_the_session_is_held_all_the_same(
    text: str, inhibit: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    inhibit.write_text(text, encoding="utf-8")
    held = False
    with kept_awake():
        held = True
    assert held
    assert capfd.readouterr() == ("", "")


def test_without_systemd_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with kept_awake():
        pass


def test_an_error_of_the_session_comes_through(inhibit: Path) -> None:
    with pytest.raises(ZeroDivisionError), kept_awake():
        raise ZeroDivisionError
    wait_until(lambda: asked(inhibit)[1:] == ["released"] or not asked(inhibit), "the lock is released", 60)
