"""`scripts/setup`, which `make` calls first: what it says where it can't go on, and what it installs from its locks.

The packages of the locks here are made by hand and lie in a folder, so nothing is fetched.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from voice_coach.audio.sound_file import INSTALL_FFMPEG

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
    for name in ("sh", "env", "dirname", "id", "rm", "mkdir", "touch", "uname", "flock", "head"):
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
    assert first.endswith("install what is called here: libatomic1 libportaudio2 espeak-ng")
    assert "there is no '/nowhere/python3' here" in second


def test_ffmpeg_is_installed_for_the_tests_alone(checkout: Path, path_without_apt: str) -> None:
    """They convert recordings with it; a session needs it only for files that few people have."""
    named = {
        goal: setup(checkout, goal, PYTHON="/nowhere/python3", PATH=path_without_apt).stderr.splitlines()[0].split()
        for goal in ("run", "test")
    }
    assert "ffmpeg" in named["test"]
    assert "ffmpeg" not in named["run"]


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
    assert (done.returncode, done.stderr) == (2, "usage: scripts/setup run|test [REQUIREMENTS]\n")


def test_a_file_of_further_packages_that_is_missing_is_named(checkout: Path) -> None:
    done = setup(checkout, "run", "none.txt")
    assert (done.returncode, done.stderr) == (2, "voice-coach: there is no file none.txt with requirements here.\n")


# What is installed

NO_DEPS = "--no-deps --require-hashes"
"""As `scripts/setup` has it."""

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""

BACKEND = """
import shutil

def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    return shutil.copy("coach-1.0-py3-none-any.whl", wheel_directory).rpartition("/")[2]
"""
"""Builds the checkout's own package, whose wheel is there already."""


def wheel(folder: Path, name: str, version: str, *metadata: str) -> str:
    """Make a wheel and return its line in a lock."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    files = {
        f"{name}.py": f'VERSION = "{version}"\n',
        f"{info}/METADATA": "\n".join(["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", *metadata, ""]),
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    files[f"{info}/RECORD"] = "".join(f"{file},,\n" for file in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(path, "w") as archive:
        for file, content in files.items():
            archive.writestr(file, content)
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """Return the folder from which pip takes packages."""
    folder = tmp_path / "index"
    folder.mkdir()
    return folder


@pytest.fixture
def locked(checkout: Path, index: Path) -> Path:
    """Return a checkout with a lock of two packages, one of which was released again since then.

    As pytest-cov, which requires coverage[toml]: plugin requires tool[extra].
    """
    (checkout / "requirements-build.txt").write_text("")
    plugin = wheel(index, "plugin", "1.0", "Requires-Dist: tool[extra]>=1")
    tool = wheel(index, "tool", "1.0", "Provides-Extra: extra")
    (checkout / "requirements.txt").write_text(plugin + tool)
    wheel(index, "tool", "2.0", "Provides-Extra: extra")
    (checkout / "pyproject.toml").write_text(PYPROJECT)
    (checkout / "backend.py").write_text(BACKEND)
    wheel(checkout, "coach", "1.0")
    return checkout


Installed = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def installed(locked: Path, index: Path, path_without_apt: str) -> Installed:
    """Return what runs the script to its end, with packages from the folder alone."""
    environment = {
        "PATH": path_without_apt,
        "PYTHON": sys.executable,
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(index),
        "PIP_EXTRA_INDEX_URL": "",
    }
    return lambda *further: setup(locked, "run", *further, **environment)


@pytest.fixture(scope="module")
def empty_environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment that has only pip; the script takes a copy for one in which nothing is installed yet."""
    folder = tmp_path_factory.mktemp("environment") / ".venv"
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    return folder


@pytest.fixture
def prepared(locked: Path, empty_environment: Path) -> Path:
    """Return the checkout with an empty environment, which the script needn't make: that takes seconds."""
    shutil.copytree(empty_environment, locked / ".venv", symlinks=True)
    return locked


def versions(checkout: Path) -> dict[str, str]:
    """Return what an environment has of the packages here."""
    folder = next((checkout / ".venv/lib").glob("python*/site-packages"))
    found = (re.match(r"(coach|plugin|tool|extra)-([\d.]+)\.dist-info$", path.name) for path in folder.iterdir())
    return {match[1]: match[2] for match in found if match}


def test_the_locked_release_is_installed_although_there_is_a_newer_one(
    locked: Path, installed: Installed, subtests: pytest.Subtests
) -> None:
    done = installed()
    assert done.returncode == 0, done.stderr
    assert versions(locked) == {"coach": "1.0", "plugin": "1.0", "tool": "1.0"}
    assert (locked / ".venv/.run-ready").exists()
    with subtests.test("who has no ffmpeg is told once how to install it, not each time that a session is started"):
        assert done.stderr.splitlines()[-1] == (
            "voice-coach: recordings made with a telephone (M4A, AAC, WebM) need ffmpeg as well (up to 180 MB): "
            f"{INSTALL_FFMPEG.partition(': ')[2]}"
        )
        assert "ffmpeg" not in installed().stderr


def test_a_pip_that_resolves_the_lock_again_does_not_take_it(prepared: Path, installed: Installed) -> None:
    """Control for the test above: what pip before 23.3 (Debian 12 has 23.0.1) does without `--no-deps`."""
    (pip,) = (prepared / ".venv/lib").glob("python*/site-packages/pip-*.dist-info")
    version = tuple(map(int, re.findall(r"\d+", pip.name)[:2]))
    if version >= (23, 3):
        pytest.skip(f"{pip.stem} keeps to the pinned release by itself")
    script = prepared / "scripts/setup"
    text = script.read_text()
    assert text.count(NO_DEPS) == 1
    script.write_text(text.replace(NO_DEPS, "--require-hashes"))
    done = installed()
    assert done.returncode == 1
    assert "tool-2.0-py3-none-any.whl" in done.stderr
    assert not (prepared / ".venv/.run-ready").exists()


def test_a_lock_that_lacks_a_package_is_told_in_one_sentence(prepared: Path, installed: Installed) -> None:
    """By the check after the installation: with `--no-deps`, pip itself no longer minds."""
    lock = prepared / "requirements.txt"
    lock.write_text(lock.read_text().splitlines(keepends=True)[0])
    done = installed()
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "voice-coach: plugin 1.0 requires tool, which is not installed: call make again, which starts with an empty"
        " .venv, or correct requirements-build.txt requirements.txt."
    )
    assert (prepared / ".venv/.unfinished").exists()


@pytest.mark.lasts(20)
def test_further_packages_that_break_the_lock_are_told_in_one_sentence(
    prepared: Path, index: Path, installed: Installed
) -> None:
    """As torch could, which is not in the lock, and for which pip may replace what is."""
    (prepared / "further.txt").write_text("extra\n")
    wheel(index, "extra", "1.0", "Requires-Dist: tool>=1")
    assert installed("further.txt").returncode == 0
    assert versions(prepared) == {"coach": "1.0", "plugin": "1.0", "tool": "1.0", "extra": "1.0"}
    assert installed("further.txt").stderr.count("installing") == 0
    wheel(prepared, "coach", "1.0", "Requires-Dist: tool<2")
    wheel(index, "extra", "2.0", "Requires-Dist: tool>=2")
    (prepared / "further.txt").write_text("extra>=2\n")
    (prepared / ".venv/.run-ready").unlink()  # so that the checkout's own package is installed again
    done = installed("further.txt")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "voice-coach: coach 1.0 has requirement tool<2, but you have tool 2.0: call make again, which starts with an"
        " empty .venv, or correct further.txt."
    )
