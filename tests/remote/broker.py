"""A real Mosquitto on this computer, on a free port of the loopback, and somebody who reads what is published."""

import os
import queue
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import msgspec
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from tests.until import HANG, until
from voice_coach.remote.address import MQTT, Address

TOPIC = "home/coach"


class BrokerError(Exception):
    """There is no broker; the message says what to do."""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


class Broker:
    """A Mosquitto that can be ended and started again at the same place."""

    def __init__(self, folder: Path, options: str = "allow_anonymous true") -> None:
        """Take a folder for its settings; nothing runs yet."""
        self.port = free_port()
        self._settings = folder / "mosquitto.conf"
        self._settings.write_text(f"listener {self.port} 127.0.0.1\n{options}\n", encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> Address:
        return Address(MQTT, "127.0.0.1", self.port, TOPIC)

    def start(self) -> None:
        """Start it; return when it takes connections.

        Raises:
            BrokerError: Mosquitto is not installed, or does not start.
        """
        program = shutil.which("mosquitto", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))
        if program is None:
            raise BrokerError("mosquitto not found: `make test` installs it (package mosquitto).")
        self._process = subprocess.Popen([program, "-c", self._settings], stderr=subprocess.DEVNULL)
        until(self._listens, "mosquitto takes connections")

    def _listens(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            raise BrokerError("mosquitto does not start.")
        try:
            socket.create_connection(("127.0.0.1", self.port), HANG).close()
        except ConnectionError:
            return False
        return True

    def end(self) -> None:
        """End it at once, as if its machine had lost its power."""
        if self._process:
            self._process.kill()
            self._process.wait(HANG)
        self._process = None

    def __enter__(self) -> Self:
        """Start it."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        self.end()


class Reader:
    """Reads what is published, message by message."""

    def __init__(self, messages: "queue.SimpleQueue[bytes]") -> None:
        self._messages = messages

    def next(self) -> dict[str, Any]:
        """Return the next message, without the time in it."""
        found = self.message()
        found.pop("t")
        return found

    def message(self) -> dict[str, Any]:
        """Return the next message."""
        found: dict[str, Any] = msgspec.json.decode(self._messages.get(timeout=HANG))
        return found

    def take(self, count: int) -> list[dict[str, Any]]:
        return [self.next() for _ in range(count)]

    @property
    def empty(self) -> bool:
        return self._messages.empty()


@contextmanager
def reading(broker: Broker, user: str = "", password: str = "") -> Iterator[Reader]:
    """Read all that is published on `TOPIC` from now on."""
    messages: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    ready: queue.SimpleQueue[bool] = queue.SimpleQueue()
    client = Client(CallbackAPIVersion.VERSION2)
    if user:
        client.username_pw_set(user, password)
    client.on_message = lambda _client, _data, message: messages.put(bytes(message.payload))
    client.on_subscribe = lambda *_: ready.put(True)  # noqa: FBT003 - a token
    client.connect("127.0.0.1", broker.port)
    client.subscribe(TOPIC)
    client.loop_start()
    try:
        ready.get(timeout=HANG)
        yield Reader(messages)
    finally:
        client.disconnect()
        client.loop_stop()
