"""The unit, as systemd itself reads it and judges it."""

import subprocess
from pathlib import Path

import pytest

from voice_coach.service.unit import BACK_OFF, NAME, WATCHDOG, quoted, unit

EXPOSED = 45
"""Tenths of systemd's own measure (0 safe, 100 not at all). Of what is left, most are powers that root alone has."""

PYTHON = "/usr/bin/python3"


def written(tmp_path: Path, *options: str, version: int = 0) -> Path:
    """Return a unit's file as `install` writes it, for folders and options such as these."""
    folder = tmp_path / "a b" / '50% \\ "x"'
    path = tmp_path / NAME
    environment = {"XDG_DATA_HOME": str(folder)}
    command = [PYTHON, "-m", "voice_coach", "standby", *options]
    path.write_text(unit(command, [folder, tmp_path], environment, version), encoding="utf-8")
    return path


def analyze(tmp_path: Path, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Ask systemd; `make test` installs it."""
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    command = ["systemd-analyze", "--user", "--no-pager", *map(str, arguments)]
    return subprocess.run(
        command, env={"XDG_RUNTIME_DIR": str(runtime), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_systemd_finds_no_fault_with_it(tmp_path: Path) -> None:
    done = analyze(tmp_path, "verify", "--man=no", written(tmp_path, "--volume", "5"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("option", ["USB mic", 'a "b"', "100%", "$HOME", "back\\slash", "semi;colon", "é"])
def test_an_option_may_hold_what_it_likes(tmp_path: Path, option: str) -> None:
    done = analyze(tmp_path, "verify", "--man=no", written(tmp_path, "--microphone", option))
    assert (done.returncode, done.stderr) == (0, "")


def test_systemd_finds_it_well_shut_in(tmp_path: Path) -> None:
    done = analyze(tmp_path, "security", "--offline=true", f"--threshold={EXPOSED}", written(tmp_path))
    assert done.returncode == 0, done.stdout
    bare = tmp_path / "bare.service"
    bare.write_text(f"[Service]\nExecStart={PYTHON}\n", encoding="utf-8")
    assert analyze(tmp_path, "security", "--offline=true", f"--threshold={EXPOSED}", bare).returncode == 1


def test_it_has_no_network_and_its_journal_no_word_that_is_said(tmp_path: Path) -> None:
    lines = written(tmp_path).read_text(encoding="utf-8").splitlines()
    wanted = {
        "Type=notify", "PrivateNetwork=yes", "RestrictAddressFamilies=AF_UNIX", "ProtectSystem=strict",
        "NoNewPrivileges=yes", "StandardOutput=null", "StandardError=journal", "Restart=on-failure",
        f"WatchdogSec={WATCHDOG}",
    }  # fmt: skip
    assert wanted <= set(lines)


def test_the_delay_between_restarts_grows_where_systemd_can_do_that(tmp_path: Path) -> None:
    assert "RestartSteps=6" in written(tmp_path, version=BACK_OFF).read_text(encoding="utf-8")
    assert "RestartSteps" not in written(tmp_path, version=BACK_OFF - 1).read_text(encoding="utf-8")


def test_a_word_that_needs_no_quotes_has_none() -> None:
    assert quoted("--volume") == "--volume"
    assert quoted("50%") == "50%%"
    assert quoted("a b") == '"a b"'
    assert quoted('a"b\\c') == '"a\\"b\\\\c"'
