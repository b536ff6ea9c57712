"""`scripts/setup`, which `make` calls first: what it says where it can't go on; CI shows that it can."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Return a checkout that has no environment yet."""
    folder = tmp_path / "checkout"
    (folder / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/setup", folder / "scripts")
    for name in ("pyproject.toml", "requirements-build.txt", "requirements.txt"):
        shutil.copy(ROOT / name, folder)
    return folder


def program(path: Path, text: str) -> Path:
    """Write a program of the tests' own."""
    path.write_text(text)
    path.chmod(0o755)
    return path


def setup(checkout: Path, *goal: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run the script as make does, with nobody at the keyboard."""
    return subprocess.run(
        [checkout / "scripts/setup", *goal],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def path_without_apt(tmp_path: Path) -> str:
    """Return a PATH on which there are neither apt nor sudo, as on another system than Debian."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("sh", "env", "dirname", "id", "rm", "mkdir", "touch", "uname", "flock"):
        (folder / name).symlink_to(shutil.which(name) or name)
    return str(folder)


def test_a_python_too_old_is_named(checkout: Path, tmp_path: Path, path_without_apt: str) -> None:
    old = program(
        tmp_path / "python3", '#!/bin/sh\ncase "$2" in *version_info*) exit 1 ;; *platform*) echo 3.9.2 ;; esac\n'
    )
    done = setup(checkout, "run", PYTHON=str(old), PATH=path_without_apt)
    assert done.returncode == 1
    assert f"Python 3.11 or newer is needed, and '{old}' is 3.9.2." in done.stderr
    assert "make run PYTHON=" in done.stderr
    assert not (checkout / ".venv").exists()


def test_no_python_at_all_is_told(checkout: Path, path_without_apt: str) -> None:
    done = setup(checkout, "test", PYTHON="/nowhere/python3", PATH=path_without_apt)
    assert done.returncode == 1
    assert "there is no '/nowhere/python3' here" in done.stderr


def test_missing_system_packages_are_named_and_stop_nothing(checkout: Path, path_without_apt: str) -> None:
    """Without apt it says what to look for and goes on to Python."""
    done = setup(checkout, "run", PYTHON="/nowhere/python3", PATH=path_without_apt)
    first, second = done.stderr.splitlines()
    assert first.endswith("install what is called here: libportaudio2 espeak-ng ffmpeg")
    assert "there is no '/nowhere/python3' here" in second


def test_an_environment_that_is_complete_is_left_alone(checkout: Path, path_without_apt: str) -> None:
    """And one that was interrupted, or made elsewhere, is not taken for complete."""
    venv = checkout / ".venv"
    (venv / "bin").mkdir(parents=True)
    program(venv / "bin/python", "#!/bin/sh\nexit 1\n")
    (venv / ".made").write_text(f"{checkout}\n/nowhere/python3\n")
    (venv / ".run-ready").touch()
    future = (checkout / "pyproject.toml").stat().st_mtime + 10
    os.utime(venv / ".run-ready", (future, future))
    environment = {"PYTHON": "/nowhere/python3", "PATH": path_without_apt}
    assert setup(checkout, "run", **environment).returncode == 0
    assert setup(checkout, "test", **environment).returncode == 1
    (venv / ".unfinished").touch()
    assert setup(checkout, "run", **environment).returncode == 1
    (venv / ".unfinished").unlink()
    (venv / ".made").write_text(f"{checkout.parent}\n/nowhere/python3\n")
    assert setup(checkout, "run", **environment).returncode == 1


def test_it_says_how_it_is_called(checkout: Path) -> None:
    done = setup(checkout, "everything")
    assert (done.returncode, done.stderr) == (2, "usage: scripts/setup run|test\n")
