"""Messages to systemd: ready, still hearing, ending. One datagram each to the socket that it names (sd_notify(3)).

The only socket of the coach but for the commands that use the network: a file of this machine, never an address.
"""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Final

from voice_coach.audio.live import Advance, Back, DeviceNews, Lost
from voice_coach.audio.pcm import Clip
from voice_coach.timebase import RATE, Samples

_MICROSECONDS: Final = 1_000_000
_FEEDS: Final = 4
"""How often the watchdog is fed within its time."""


class Notifier:
    """Tells systemd; where there is none to tell, does nothing."""

    def __init__(self, address: str = "", watchdog: Samples = 0) -> None:
        """Take the socket's path and after how many samples without a sign systemd restarts us; 0: it does not."""
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._every = max(watchdog // _FEEDS, 1) if watchdog else 0
        self._since: Samples = 0
        self._flows = True
        self._ready = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Notifier":
        """Return one for what systemd has told its service."""
        address = environment.get("NOTIFY_SOCKET", "")
        if not address.startswith(("/", "@")):
            return cls()
        limit = environment.get("WATCHDOG_USEC", "")
        ours = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        return cls(address, int(limit) * RATE // _MICROSECONDS if limit.isdecimal() and ours else 0)

    @property
    def tells(self) -> bool:
        """True if there is a socket to notify."""
        return bool(self._address)

    def status(self, text: str) -> None:
        """Say in one line what is being done; `systemctl status` shows it."""
        self._send(f"STATUS={text}")

    def stopping(self) -> None:
        """Say that it ends in order."""
        self._send("STOPPING=1")

    def fed(self, advance: Advance) -> Advance:
        """Return the same, but notify systemd at the first block, and then as long as sound flows."""

        def turn(mic: Clip) -> Clip:
            self._flowed(len(mic))
            return advance(mic)

        return turn

    def hear_of(self, news: DeviceNews) -> None:
        """Feed no longer while the sound is gone: what comes then is made up."""
        if isinstance(news, Lost | Back):
            self._flows = isinstance(news, Back)

    def _flowed(self, length: Samples) -> None:
        if not self._flows:
            return
        if not self._ready:
            self._ready = True
            self._send("READY=1")
        self._since += length
        if self._every and self._since >= self._every:
            self._since = 0
            self._send("WATCHDOG=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        # It has gone, or is too busy to listen: sound goes on.
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.settimeout(0)
            out.sendto(message.encode(), self._address)
