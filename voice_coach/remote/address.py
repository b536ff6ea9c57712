"""Parse addresses of other machines, and check that the package for them is installed."""

import os
import re
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Final

from voice_coach.errors import NetworkError
from voice_coach.files.extras import install_command

WYOMING: Final = "wyoming"
MQTT: Final = "mqtt"
MQTTS: Final = "mqtts"
"""MQTT over TLS; the broker's certificate is checked as a browser would."""

_PORTS: Final = {MQTT: 1883, MQTTS: 8883}
"""The usual ones. Wyoming has none: each server has a port of its own."""

_EXAMPLES: Final = {WYOMING: "wyoming://host:10300", MQTT: "mqtt://host:1883/coach"}
HIGHEST_PORT: Final = 65_535

_FORM: Final = re.compile(
    r"(?P<scheme>[a-z]+)://(?:(?P<user>[^\s:@/]+)(?::(?P<password>[^\s@/]*))?@)?"
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^\s:/@\[\]]+)(?::(?P<port>[0-9]{1,5}))?(?:/(?P<name>\S*))?"
)

_PACKAGES: Final = {WYOMING: "wyoming", MQTT: "paho"}


@dataclass(frozen=True, slots=True)
class Address:
    """A server that the user named."""

    scheme: str
    host: str
    port: int
    name: str = ""
    """The part after the port: a Wyoming server's voice or model, a broker's topic."""
    user: str = ""
    password: str = field(default="", repr=False)

    def __str__(self) -> str:
        """Return it for people, and for the key of a cache: without user and password."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}" + (f"/{self.name}" if self.name else "")


def parse(text: str, kind: str) -> Address:
    """Return the address; `kind` is `WYOMING` or `MQTT`.

    Raises:
        NetworkError: it is none of this kind, or has no topic.
    """
    schemes = {MQTT, MQTTS} if kind == MQTT else {WYOMING}
    found = _FORM.fullmatch(text)
    if found is None or found["scheme"] not in schemes:
        raise NetworkError(f"{text!r} is not an address of this kind: write it like {_EXAMPLES[kind]}.")
    port = int(found["port"]) if found["port"] else _PORTS.get(found["scheme"])
    if not port or port > HIGHEST_PORT:
        raise NetworkError(f"{text!r} has no port from 1 to {HIGHEST_PORT}: write it like {_EXAMPLES[kind]}.")
    name = found["name"] or ""
    if kind == MQTT and (not name or set(name) & set("#+")):
        raise NetworkError(f"{text!r} names no topic to write to: write it like {_EXAMPLES[kind]}, without # and +.")
    host = found["host"].strip("[]")
    return Address(found["scheme"], host, port, name, found["user"] or "", found["password"] or "")


def need(kind: str) -> None:
    """See whether what talks to servers of this kind is installed.

    Raises:
        NetworkError: it is not.
    """
    if find_spec(_PACKAGES[kind]) is None:
        raise NetworkError(f"For {kind}:// a package is missing: {install_command(kind)}")


def reason_of(error: OSError | ValueError) -> str:
    """Return it without numbers and addresses: "Connection refused", "Name or service not known"."""
    if certificate := getattr(error, "verify_message", "") or getattr(error, "reason", ""):  # of an ssl.SSLError
        return f"certificate: {certificate}" if hasattr(error, "verify_message") else str(certificate)
    number = getattr(error, "errno", None)
    if number and number > 0:  # asyncio writes the address into the text, which stands before it already
        return os.strerror(number)
    return getattr(error, "strerror", None) or str(error) or type(error).__name__


def silent(_sentence: str) -> None:
    """Tell nobody."""
