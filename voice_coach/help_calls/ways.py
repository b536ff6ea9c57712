"""The ways of calling for help. Each is tried on a thread of its own, may wait there, and raises where it fails."""

import os
import subprocess
from dataclasses import dataclass
from typing import Any, Final, Protocol

import msgspec

from voice_coach.errors import CoachError, DeviceError
from voice_coach.files.extras import install_command
from voice_coach.remote.address import MQTT, Address, need

MAX_CALL_LENGTH: Final = 20.0
"""Seconds that one attempt may take: a command that runs for longer is ended, and has failed."""

PINS: Final = range(28)
"""BCM numbers of a Raspberry Pi's header."""

TIME: Final = "VOICE_COACH_HELP_TIME"
PROFILE: Final = "VOICE_COACH_HELP_PROFILE"
WORDS: Final = "VOICE_COACH_HELP_WORDS"
REASON: Final = "VOICE_COACH_HELP_REASON"
TEST: Final = "VOICE_COACH_HELP_TEST"
"""Environment variables of the command; the last one is "1" where the call is only tried, else "0"."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """What whoever is called is told."""

    time: str
    """ISO 8601 with its offset."""
    profile: str
    """Whose session it is."""
    words: str
    """What the person said; empty where they gave no answer."""
    reason: str
    """`user`, `timeout` or `coach`, as in `actions.CallForHelp`."""
    test: bool
    """It is only tried."""


class Way(Protocol):
    """One way of calling for help."""

    name: str
    """One of `records.HELP_WAYS`."""

    def call(self, message: Message) -> None:
        """Call; return once it has got through, after `MAX_CALL_LENGTH` at the latest.

        Raises:
            CoachError: it has not; the message says why.
        """

    def close(self) -> None:
        """Stop calling; may be called twice."""


@dataclass(frozen=True, slots=True)
class HelpSettings:
    """What a person has set up; nothing: the coach only says aloud that help is needed."""

    command: tuple[str, ...] = ()
    """A program and its arguments, run without a shell."""
    mqtt: Address | None = None
    """A broker and topic that get a message."""
    gpio: int | None = None
    """A pin of the board, by its BCM number: it goes high."""
    at_once: bool = False
    """A sign of an emergency is enough; nobody has to ask for help."""

    def ways(self) -> list[Way]:
        """Return the ways, none of them opened yet."""
        found: list[Way] = [Command(self.command)] if self.command else []
        found += [MqttMessage(self.mqtt)] if self.mqtt else []
        return [*found, *([Pin(self.gpio)] if self.gpio is not None else [])]


class Command:
    """A command of the user's own. It gets the message in its environment, and takes what it prints to nobody."""

    name = "command"

    def __init__(self, command: tuple[str, ...], *, limit: float = MAX_CALL_LENGTH) -> None:
        """Take the program and its arguments; `limit`: seconds that it may run."""
        self._command = command
        self._limit = limit

    def call(self, message: Message) -> None:
        """Run the command until it ends.

        Raises:
            CoachError: it can't be started, ends with an exit code other than 0, or does not end in time.
        """
        program = self._command[0]
        try:
            ended = subprocess.run(  # noqa: S603 - the user's own, and no shell reads it
                self._command,
                env={**os.environ, **_environment(message)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=self._limit,
                start_new_session=True,  # Ctrl-C ends the session, not a call that is under way
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise CoachError(f"{program} did not end within {self._limit:g} seconds") from error
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise CoachError(f"{program} can't be run ({reason})") from error
        if ended.returncode:
            raise CoachError(f"{program} ended with exit code {ended.returncode}")

    def close(self) -> None:
        """Do nothing: a command ends by itself."""


def _environment(message: Message) -> dict[str, str]:
    return {
        TIME: message.time,
        PROFILE: message.profile,
        WORDS: message.words,
        REASON: message.reason,
        TEST: str(int(message.test)),
    }


class MqttMessage:
    """A message to a broker, acknowledged by it. That the broker has it does not mean that anybody reads it."""

    name = "mqtt"

    def __init__(self, address: Address, *, limit: float = MAX_CALL_LENGTH / 4) -> None:
        """Take the broker and topic; `limit`: seconds to connect in, and to be acknowledged in, each of them twice."""
        self._address = address
        self._limit = limit

    def call(self, message: Message) -> None:
        """Send it.

        Raises:
            NetworkError: the broker does not take it, or the package that talks to it is missing.
        """
        need(MQTT)
        from voice_coach.remote.mqtt import Broker  # noqa: PLC0415 - its package is there only where it was wanted

        broker = Broker(self._address, self._limit)
        try:
            broker.publish(msgspec.json.encode({"event": "help", **msgspec.to_builtins(message)}))
        finally:
            broker.close()

    def close(self) -> None:
        """Do nothing: no connection is kept."""


class Pin:
    """A pin of a Raspberry Pi that goes high: a relay, a lamp, a bell. It stays so until the session ends."""

    name = "gpio"

    def __init__(self, pin: int) -> None:
        """Take the pin's BCM number; it is not touched before the first call."""
        self._pin = pin
        self._device: Any = None

    def call(self, message: Message) -> None:  # noqa: ARG002 - a pin has no words
        """Let it go high.

        Raises:
            DeviceError: it can't be used.
        """
        try:
            from gpiozero import GPIOZeroError, OutputDevice  # noqa: PLC0415 - an extra that few have
        except ImportError as error:
            raise DeviceError(f"the package gpiozero is missing: {install_command('gpio')}") from error
        try:
            self._device = self._device or OutputDevice(self._pin)
            self._device.on()
        except (GPIOZeroError, OSError, RuntimeError) as error:
            raise DeviceError(f"pin {self._pin} can't be used ({error})") from error

    def close(self) -> None:
        """Let it go low, and let go of it."""
        device, self._device = self._device, None
        if device is not None:
            device.off()  # a pin that is let go of keeps its level otherwise
            device.close()
