"""The command that installs an extra names the environment that the program runs in."""

import sys
from pathlib import Path

import pytest

from voice_coach.files.extras import install_command


@pytest.mark.parametrize(
    ("prefix", "command"),
    [
        ("/home/a/.local/share/pipx/venvs/voice-coach", "pipx install --force 'voice-coach[report]'"),
        ("/home/a/.local/share/uv/tools/voice-coach", "uv tool install 'voice-coach[report]'"),
        ("/usr", f"{sys.executable} -m pip install 'voice-coach[report]'"),
    ],
)
def test_pipx_uv_and_pip_have_a_command_each(prefix: str, command: str) -> None:
    assert install_command("report", Path(prefix)) == command


def test_an_environment_that_uv_made_has_no_pip(tmp_path: Path) -> None:
    (tmp_path / "pyvenv.cfg").write_text("home = /usr/bin\nuv = 0.9.1\n")
    assert install_command("pdf", tmp_path) == f"uv pip install --python {tmp_path} 'voice-coach[pdf]'"


def test_a_checkout_is_installed_as_it_is(tmp_path: Path) -> None:
    """As `make run` has done it."""
    (tmp_path / "pyproject.toml").touch()
    command = install_command("report", tmp_path / ".venv", tmp_path)
    assert command == f"{tmp_path}/.venv/bin/python -m pip install -e '{tmp_path}[report]'"
