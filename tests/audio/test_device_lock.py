"""Two sessions at once on one sound device: the second one says so and ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from voice_coach.audio.device_lock import DeviceLock
from voice_coach.errors import DeviceInUseError

HOLDER = """
import sys
from voice_coach.audio.device_lock import DeviceLock
lock = DeviceLock(*sys.argv[1:])
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder for what runs now."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


@contextmanager
def another(*devices: str) -> Iterator[subprocess.Popen[str]]:
    """Give a process that holds these devices."""
    command = [sys.executable, "-c", HOLDER, *devices]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_device_that_another_process_has_is_named_with_the_process() -> None:
    with another("USB Audio, ALSA", "Speakers, ALSA") as process:
        with pytest.raises(DeviceInUseError, match=rf"Speakers, ALSA is in use .* \(process {process.pid}\)"):
            DeviceLock("Headset, ALSA", "Speakers, ALSA")
        DeviceLock("Headset, ALSA").release()  # that was let go of again


def test_a_killed_session_leaves_no_block() -> None:
    with another("USB Audio, ALSA") as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
        DeviceLock("USB Audio, ALSA").release()


def test_the_same_process_may_open_a_device_again_before_it_has_closed_it(runtime: Path) -> None:
    """A sound server that hangs closes nothing; the block lasts until the last stream is closed."""
    first, second = DeviceLock("default"), DeviceLock("default", "default")
    first.release()
    first.release()
    (file,) = (runtime / "voice_coach").iterdir()
    assert file.read_text() == str(os.getpid())
    with pytest.raises(subprocess.CalledProcessError):
        subprocess.run([sys.executable, "-c", HOLDER, "default"], stderr=subprocess.DEVNULL, check=True)
    second.release()
    with another("default"):
        pass


def test_where_no_file_can_be_made_the_session_is_held_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "file"))
    DeviceLock("default").release()
