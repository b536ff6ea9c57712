"""What systemd would be told: through a real socket, as it listens on one."""

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from voice_coach.audio.live import Back, Lost, Torn
from voice_coach.audio.pcm import Clip, silence
from voice_coach.service.notify import Notifier
from voice_coach.timebase import BLOCK, RATE


class Systemd:
    """Its end of the socket."""

    def __init__(self, path: str) -> None:
        """Listen."""
        self.address = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + path[1:] if path.startswith("@") else path)
        self._socket.settimeout(0)

    def told(self) -> list[str]:
        """Return what it was told since the last call."""
        found = []
        while True:
            try:
                found.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return found

    def close(self) -> None:
        """Listen no more."""
        self._socket.close()


@pytest.fixture(params=["file", "abstract"])
def systemd(request: pytest.FixtureRequest) -> Iterator[Systemd]:
    """Return a systemd that listens on a file, or on a name."""
    with tempfile.TemporaryDirectory() as folder:  # not pytest's: the path may not be longer than 107 bytes
        path = f"{folder}/notify"
        one = Systemd(path if request.param == "file" else f"@{path}")
        yield one
        one.close()


def environment(systemd: Systemd, seconds: float, **more: str) -> dict[str, str]:
    """Return what systemd tells its service."""
    return {"NOTIFY_SOCKET": systemd.address, "WATCHDOG_USEC": str(round(seconds * 1e6)), **more}


def echo(mic: Clip) -> Clip:
    """Return what was heard."""
    return mic


def flows(notifier: Notifier, seconds: float) -> None:
    """Let so many seconds of sound pass."""
    advance = notifier.fed(echo)
    for _ in range(round(seconds * RATE / BLOCK)):
        assert len(advance(silence(BLOCK))) == BLOCK


def test_it_is_ready_with_the_first_sound_and_not_before(systemd: Systemd) -> None:
    notifier = Notifier.from_environment(environment(systemd, 60))
    notifier.status("Waiting.")
    assert systemd.told() == ["STATUS=Waiting."]
    flows(notifier, 1)
    assert systemd.told() == ["READY=1"]
    notifier.stopping()
    assert systemd.told() == ["STOPPING=1"]


def test_the_watchdog_is_fed_four_times_within_its_limit(systemd: Systemd) -> None:
    flows(Notifier.from_environment(environment(systemd, 60)), 60)
    assert systemd.told() == ["READY=1", *["WATCHDOG=1"] * 4]


def test_without_sound_it_is_not_fed_whatever_else_goes_on(systemd: Systemd) -> None:
    """While a device is lost the coach gets silence that nobody has recorded."""
    notifier = Notifier.from_environment(environment(systemd, 4))
    flows(notifier, 1)
    systemd.told()
    notifier.hear_of(Lost("gone"))
    flows(notifier, 100)
    assert systemd.told() == []
    notifier.hear_of(Torn())
    flows(notifier, 100)
    assert systemd.told() == []
    notifier.hear_of(Back())
    flows(notifier, 1)
    assert systemd.told() == ["WATCHDOG=1"]


def test_a_watchdog_that_is_for_another_process_is_not_fed(systemd: Systemd) -> None:
    flows(Notifier.from_environment(environment(systemd, 4, WATCHDOG_PID=str(os.getpid() + 1))), 10)
    assert systemd.told() == ["READY=1"]
    flows(Notifier.from_environment(environment(systemd, 4, WATCHDOG_PID=str(os.getpid()))), 1)
    assert systemd.told() == ["READY=1", "WATCHDOG=1"]


@pytest.mark.parametrize("limit", ["", "never", "-5"])
def test_where_there_is_no_watchdog_nothing_is_fed(systemd: Systemd, limit: str) -> None:
    flows(Notifier.from_environment({"NOTIFY_SOCKET": systemd.address, "WATCHDOG_USEC": limit}), 200)
    assert systemd.told() == ["READY=1"]


@pytest.mark.parametrize("address", ["", "vsock:2:1234", "relative"])
def test_without_systemd_nobody_is_told(address: str) -> None:
    notifier = Notifier.from_environment({"NOTIFY_SOCKET": address, "WATCHDOG_USEC": "1000000"})
    flows(notifier, 2)
    assert not notifier.tells


def test_a_systemd_that_does_not_listen_holds_nothing_up(systemd: Systemd) -> None:
    """Its socket takes a few lines, and then none; a test that hangs here has found what it looks for."""
    flows(Notifier.from_environment(environment(systemd, 0.1)), 60)
    assert 2 < len(systemd.told()) < 3000


def test_a_systemd_that_has_gone_is_no_trouble(tmp_path: Path) -> None:
    notifier = Notifier(str(tmp_path / "gone"), RATE)
    flows(notifier, 2)
    assert notifier.tells
