"""The ways of calling for help: a real command, a real Mosquitto, gpiozero's own pins of no hardware."""

import json
import os
import socket
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from tests.remote.broker import TOPIC, Broker, free_port, reading
from voice_coach.actions import CallForHelp
from voice_coach.errors import CoachError, DeviceError, NetworkError
from voice_coach.help_calls.caller import MAX_ATTEMPTS, RETRY_AFTER, Caller
from voice_coach.help_calls.ways import Command, HelpSettings, Message, MqttMessage, Pin
from voice_coach.remote.address import MQTT, Address

PIN = 22
MESSAGE = Message(time="2031-05-06T12:00:00+00:00", profile="anna", words="call someone; rm", reason="user", test=False)
NOTE = """
import json, os, sys
wanted = {name: value for name, value in os.environ.items() if name.startswith("VOICE_COACH_HELP_")}
open(sys.argv[1], "w").write(json.dumps([sys.argv[2:], wanted]))
"""
"""A command that writes down how it was called."""


def noon() -> datetime:
    return datetime(2031, 5, 6, 12, tzinfo=UTC)


@pytest.fixture
def board() -> Iterator[MockFactory]:
    """Return a board without hardware."""
    before, Device.pin_factory = Device.pin_factory, MockFactory()
    yield Device.pin_factory
    Device.pin_factory.reset()
    Device.pin_factory = before


# A command


def test_a_command_gets_time_profile_and_words_and_no_shell_reads_them(tmp_path: Path) -> None:
    note = tmp_path / "note"
    Command((sys.executable, "-c", NOTE, str(note), "$HOME", "a b")).call(MESSAGE)
    arguments, environment = json.loads(note.read_text(encoding="utf-8"))
    assert arguments == ["$HOME", "a b"]
    assert environment == {
        "VOICE_COACH_HELP_TIME": "2031-05-06T12:00:00+00:00",
        "VOICE_COACH_HELP_PROFILE": "anna",
        "VOICE_COACH_HELP_WORDS": "call someone; rm",
        "VOICE_COACH_HELP_REASON": "user",
        "VOICE_COACH_HELP_TEST": "0",
    }


def test_a_command_that_fails_says_why(tmp_path: Path) -> None:
    with pytest.raises(CoachError, match="ended with exit code 3"):
        Command((sys.executable, "-c", "raise SystemExit(3)")).call(MESSAGE)
    with pytest.raises(CoachError, match=r"can't be run \(No such file or directory\)"):
        Command((str(tmp_path / "nothing"),)).call(MESSAGE)
    file = tmp_path / "file"
    file.touch()
    file.chmod(stat.S_IRUSR)
    with pytest.raises(CoachError, match=r"can't be run \(Permission denied\)"):
        Command((str(file),)).call(MESSAGE)
    with pytest.raises(CoachError, match=r"can't be run \(embedded null byte\)"):
        Command(("a\0b",)).call(MESSAGE)


def test_a_command_that_hangs_is_ended_and_has_failed() -> None:
    with pytest.raises(CoachError, match=r"did not end within 0\.5 seconds"):
        Command((sys.executable, "-c", "import signal; signal.pause()"), limit=0.5).call(MESSAGE)


# A message


def test_a_broker_gets_the_message(tmp_path: Path) -> None:
    with Broker(tmp_path) as broker, reading(broker) as reader:
        MqttMessage(broker.address, limit=20).call(MESSAGE)
        assert reader.message() == {
            "event": "help",
            "time": "2031-05-06T12:00:00+00:00",
            "profile": "anna",
            "words": "call someone; rm",
            "reason": "user",
            "test": False,
        }


def test_a_broker_that_is_gone_or_mute_has_failed() -> None:
    with pytest.raises(NetworkError, match="can't be reached"):
        MqttMessage(Address(MQTT, "127.0.0.1", free_port(), TOPIC)).call(MESSAGE)
    with socket.create_server(("127.0.0.1", 0)) as mute, pytest.raises(NetworkError, match="gave no answer"):
        MqttMessage(Address(MQTT, "127.0.0.1", mute.getsockname()[1], TOPIC), limit=0.2).call(MESSAGE)


# A pin


def test_the_pin_goes_high_at_a_call_and_low_at_the_end(board: MockFactory) -> None:
    pin = Pin(PIN)
    pin.close()
    assert board.pins == {}  # it is not touched before a call
    pin.call(MESSAGE)
    assert board.pin(PIN).state
    pin.call(MESSAGE)
    assert board.pin(PIN).state
    pin.close()
    assert not board.pin(PIN).state
    pin.close()


def test_a_pin_that_is_not_there_has_failed(board: MockFactory) -> None:
    assert board is Device.pin_factory
    with pytest.raises(DeviceError, match="pin 99 can't be used"):
        Pin(99).call(MESSAGE)


# What is tried, and how often


class Fails:
    """A way that fails so many times."""

    name = "command"

    def __init__(self, times: int, error: Exception | None = None) -> None:
        self.times = times
        self.error = error or CoachError("out of order")
        self.messages: list[Message] = []
        self.closed = False

    def call(self, message: Message) -> None:
        self.messages.append(message)
        if len(self.messages) <= self.times:
            raise self.error

    def close(self) -> None:
        self.closed = True


def outcome(caller: Caller, at: int) -> list[tuple[str, bool]]:
    caller.catch_up()
    return [(event.error, event.again) for event in caller.poll(at)]


def test_it_tries_again_after_ten_seconds_and_three_times_in_all() -> None:
    way = Fails(5)
    with Caller([way], profile="anna", now=noon) as caller:
        assert (caller.ways, caller.at_once) == (("command",), False)
        assert caller.poll(0) == []
        caller.call(CallForHelp("call someone", "user"))
        for number in range(1, MAX_ATTEMPTS + 1):
            at = number * 2 * RETRY_AFTER
            assert outcome(caller, at) == [("out of order", number < MAX_ATTEMPTS)]
            assert outcome(caller, at + RETRY_AFTER - 1) == []
            assert len(way.messages) == number
            assert caller.poll(at + RETRY_AFTER) == []
        caller.catch_up()
        assert len(way.messages) == MAX_ATTEMPTS
        caller.call(CallForHelp("call someone", "user", test=True))
        assert outcome(caller, 0) == [("out of order", True)]
    assert way.closed
    assert way.messages[0] == Message(
        time="2031-05-06T12:00:00+00:00", profile="anna", words="call someone", reason="user", test=False
    )
    assert way.messages[-1].test


def test_it_goes_on_once_it_has_got_through() -> None:
    way = Fails(1)
    with Caller([way], profile="anna", now=noon) as caller:
        caller.call(CallForHelp("", "timeout"))
        assert outcome(caller, 0) == [("out of order", True)]
        caller.poll(RETRY_AFTER)
        assert outcome(caller, RETRY_AFTER) == [("", False)]
        assert outcome(caller, 10 * RETRY_AFTER) == []


def test_whatever_a_way_raises_never_reaches_the_session() -> None:
    with Caller([Fails(9, ZeroDivisionError()), Fails(0)], profile="anna", now=noon) as caller:
        caller.call(CallForHelp("", "timeout"))
        assert outcome(caller, 0) == [("ZeroDivisionError", True), ("", False)]


def test_once_closed_nothing_is_tried_again() -> None:
    way = Fails(9)
    caller = Caller([way], profile="anna", now=noon)
    caller.call(CallForHelp("", "timeout"))
    caller.close()
    caller.close()
    assert len(way.messages) == 1


def test_a_call_never_waits(tmp_path: Path) -> None:
    wait = tmp_path / "fifo"
    os.mkfifo(wait)
    program = f"open({str(wait)!r}).read()"
    with Caller([Command((sys.executable, "-c", program), limit=60)], profile="anna", now=noon) as caller:
        caller.call(CallForHelp("", "timeout"))
        assert caller.poll(0) == []  # it hangs, and nobody has waited for it
        wait.write_text("done", encoding="utf-8")
        assert outcome(caller, 1) == [("", False)]


def test_by_the_settings_there_are_as_many_ways_as_were_set_up() -> None:
    assert HelpSettings().ways() == []
    broker = Address(MQTT, "127.0.0.1", 1, TOPIC)
    ways = HelpSettings(("ring",), broker, PIN, at_once=True).ways()
    assert [way.name for way in ways] == ["command", "mqtt", "gpio"]
    with Caller(ways, profile="anna", now=noon) as caller:
        assert caller.poll(0) == []
