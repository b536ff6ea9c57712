"""What systemd is asked to do; in its place a program that writes down what it was called with."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from voice_coach.cli.main import main
from voice_coach.service import manager
from voice_coach.service.unit import NAME

Answers = dict[str, tuple[int, str, str]]


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Answers], Path]:
    """Return what puts a `systemctl` and a `loginctl` on PATH: by their last word but one, code, output and errors."""
    folder = tmp_path / "bin"
    folder.mkdir()
    log = tmp_path / "called.txt"

    def put(answers: Answers) -> Path:
        text = f"""#!{sys.executable}
import json, sys
answers = json.loads({json.dumps(json.dumps(answers))})
open({str(log)!r}, "a").write(" ".join(sys.argv[1:]) + "\\n")
for word, (code, out, err) in answers.items():
    if word in sys.argv:
        print(out); print(err, file=sys.stderr); sys.exit(code)
print("systemd 252 (252.1)" if "--version" in sys.argv else "")
"""
        for name in ("systemctl", "loginctl"):
            (folder / name).write_text(text, encoding="utf-8")
            (folder / name).chmod(0o755)
        monkeypatch.setenv("PATH", str(folder))
        log.touch()
        return log

    return put


def test_install_writes_the_unit_makes_its_folders_and_starts_it(
    systemd: Callable[[Answers], Path], own_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = systemd({})
    assert main(["service", "install", "--", "--volume", "6"]) == 0
    called = log.read_text(encoding="utf-8").splitlines()
    assert called == [
        "--user --version", "--user daemon-reload", f"--user enable {NAME}", f"--user restart {NAME}",
    ]  # fmt: skip
    path = manager.unit_file()
    assert path.is_relative_to(own_folders / "config")
    unit = path.read_text(encoding="utf-8")
    assert f"ExecStart={sys.executable} -m voice_coach standby --volume 6\n" in unit
    for kind in ("data", "state"):
        assert (own_folders / kind / "voice_coach").is_dir()
        assert str(own_folders / kind / "voice_coach") in unit
        assert f"Environment=XDG_{kind.upper()}_HOME={own_folders / kind}\n" in unit
    assert "journalctl --user" in capsys.readouterr().out


def test_from_the_start_of_the_computer_on_it_needs_no_login(systemd: Callable[[Answers], Path]) -> None:
    log = systemd({})
    assert main(["service", "install", "--boot"]) == 0
    assert "enable-linger" in log.read_text(encoding="utf-8").splitlines()


def test_remove_stops_it_and_takes_the_unit_away(
    systemd: Callable[[Answers], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    log = systemd({})
    assert main(["service", "remove"]) == 0
    assert capsys.readouterr().out == "There was no service.\n"
    main(["service", "install"])
    assert main(["service", "remove"]) == 0
    assert not manager.unit_file().exists()
    assert log.read_text(encoding="utf-8").splitlines()[-2:] == [
        f"--user disable --now {NAME}", "--user daemon-reload",
    ]  # fmt: skip


RUNS = "LoadState=loaded\nActiveState=active\nSubState=running\nStatusText=Waiting.\nNRestarts=0"
FAILED = "LoadState=loaded\nActiveState=failed\nSubState=failed\nStatusText=\nNRestarts=7"


@pytest.mark.parametrize(
    ("shown", "code", "told"),
    [
        (RUNS, 0, "Standby: active (running), restarted 0 times: Waiting.\n"),
        (FAILED, 1, "Standby: failed (failed), restarted 7 times\n"),
        ("LoadState=not-found", 1, "Standby: not installed\n"),
    ],
)
def test_status_tells_how_it_does(
    systemd: Callable[[Answers], Path], capsys: pytest.CaptureFixture[str], shown: str, code: int, told: str
) -> None:
    systemd({"show": (0, shown, "")})
    assert main(["service"]) == code
    assert capsys.readouterr().out == told


def test_without_systemd_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert main(["service", "install"]) == 1
    assert capsys.readouterr().err.startswith("voice-coach: systemctl was not found, and a service needs systemd;")


def test_what_systemd_refuses_is_told_in_its_own_words(
    systemd: Callable[[Answers], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    systemd({"daemon-reload": (1, "", "Failed to connect to bus:\nNo medium found")})
    assert main(["service", "install"]) == 1
    error = capsys.readouterr().err
    assert "systemctl --user daemon-reload failed (Failed to connect to bus: No medium found)" in error
    systemd({"show": (4, "", "")})
    assert main(["service", "status"]) == 1
    assert "exit code 4" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_named(
    systemd: Callable[[Answers], Path], own_folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    systemd({})
    own_folders.mkdir()
    (own_folders / "config").touch()
    assert main(["service", "install"]) == 1
    assert f"{own_folders / 'config'}" in capsys.readouterr().err
