"""A session's events to an MQTT broker, in order and off the audio path. A broker that is gone keeps nobody waiting.

The messages: a session began, each repetition, a rest, the end. Never a word or a sound. Pain figures are sent only if
the person asked for that, and never the sign for which a session was stopped.

This file waits for something outside of the session's clock, so it may ask for the time; all of that is on the thread
of `workers/thread.py`, and paho starts none of its own.
"""

import os
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

import msgspec
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from voice_coach.actions import Action, Record
from voice_coach.errors import NetworkError
from voice_coach.events import Event
from voice_coach.records import Answered, Ended, Paused, RepetitionDone, Resumed, SessionRecord, Stopped
from voice_coach.remote.address import MQTTS, Address, reason_of
from voice_coach.timebase import Samples, seconds
from voice_coach.workers.thread import Background

Message = dict[str, str | float | None]

_PAIN: Final = {"pain_before": "before", "pain_after": "after"}
"""Questions with a figure from 0 to 10."""

ACKNOWLEDGED_WITHIN: Final = 3.0
"""Seconds to connect in, and to have a message acknowledged; twice as long may a session's end wait for nobody."""

PASSWORD: Final = "VOICE_COACH_MQTT_PASSWORD"
"""Environment: the broker's password, so that it need not be in a command line, which others can read."""

_AT_LEAST_ONCE: Final = 1
_TURN: Final = 0.05
"""Seconds of one look at the connection."""


def started(exercise: str, repetitions: int) -> Message:
    """Return the message that a session began; `repetitions`: how many there are to be."""
    return {"event": "started", "t": 0.0, "exercise": exercise, "of": repetitions}


def told(record: SessionRecord, *, figures: bool) -> Message | None:
    """Return the message that a record comes to, None for none; `t` is seconds into the session."""
    message: Message = {}
    match record:
        case RepetitionDone(number=number):
            message = {"event": "repetition", "number": number}
        case Paused():
            message = {"event": "paused"}
        case Resumed():
            message = {"event": "resumed"}
        case Stopped(by=by, red=red):
            message = {"event": "stopped", "class": "symptom" if red else by}
        case Ended(outcome=outcome, repetitions=repetitions):
            message = {"event": "ended", "outcome": outcome, "repetitions": repetitions}
        case Answered(question=question, value=value) if figures and question in _PAIN:
            message = {"event": "pain", "when": _PAIN[question], "figure": value}
        case _:
            return None
    return {**message, "t": round(seconds(record.at), 1)}


class Publisher:
    """Watches a coach, and publishes what `started` and `told` allow. A message may come twice, none out of order."""

    def __init__(
        self,
        address: Address,
        first: Message,
        tell: Callable[[str], None],
        *,
        figures: bool = False,
        limit: float = ACKNOWLEDGED_WITHIN,
    ) -> None:
        """Send the first message, without waiting for it.

        Args:
            address: the broker, and after the port the topic.
            first: what is sent at once.
            tell: called with a sentence when the broker is gone, and when it is back.
            figures: whether the person wants pain figures to be sent.
            limit: seconds to connect in, and to have a message acknowledged.
        """
        self._address = address
        self._tell = tell
        self._figures = figures
        self._broker = Broker(address, limit)
        self._jobs: Background[None] = Background("mqtt")
        self._unsent: deque[bytes] = deque()
        self._busy = False
        self._gone = False
        self._closed = False
        self._send(first)

    def __call__(self, _at: Samples, item: Event | Action) -> None:
        """Take an event or action; never blocks."""
        self._look()
        if isinstance(item, Record) and (message := told(item.record, figures=self._figures)):
            self._send(message)

    def close(self) -> None:
        """Send what is left, wait for that a few times the limit at most, and tell what did not get there; once."""
        if self._closed:
            return
        self._closed = True
        self._jobs.catch_up()
        self._look()
        self._deliver()
        self._jobs.submit(self._broker.close)
        self._jobs.close()
        self._look()
        if self._unsent:
            count = len(self._unsent)
            self._tell(f"{count} message{'s' * (count > 1)} of this session did not get to {self._address}.")

    def _send(self, message: Message) -> None:
        self._unsent.append(msgspec.json.encode(message))
        self._deliver()

    def _deliver(self) -> None:
        """Begin to send what is there; what comes meanwhile goes with it."""
        if self._unsent and not self._busy:
            self._busy = True
            self._jobs.submit(self._work)

    def _work(self) -> None:
        while self._unsent:
            self._broker.publish(self._unsent[0])
            self._unsent.popleft()

    def _look(self) -> None:
        for done in self._jobs.poll():
            self._busy = False
            if isinstance(done, NetworkError):
                if not self._gone:
                    self._tell(f"{done} The session goes on without it.")
                self._gone = True
            elif isinstance(done, BaseException):
                raise done
            elif self._gone and not self._unsent:
                self._gone = False
                self._tell(f"{self._address} takes messages again.")
        if not self._gone:
            self._deliver()


class Broker:
    """One connection, made when there is something to send. All of it on one thread, which may wait."""

    def __init__(self, address: Address, limit: float) -> None:
        self._address = address
        self._limit = limit
        self._client: Client | None = None
        self._refused = ""

    def publish(self, payload: bytes) -> None:
        """Return once the broker has it.

        Raises:
            NetworkError: it does not take it within the limit.
        """
        fresh = self._client is None
        try:
            self._publish(payload)
        except NetworkError:
            self.close()
            if fresh:
                raise
            self._publish(payload)  # the connection was old, and nobody had told us of its end

    def close(self) -> None:
        """Say goodbye, if there is somebody."""
        client, self._client = self._client, None
        if client:
            with suppress(OSError):
                client.disconnect()

    def _publish(self, payload: bytes) -> None:
        client = self._client or self._connect()
        info = client.publish(self._address.name, payload, qos=_AT_LEAST_ONCE)
        self._until(client, info.is_published)

    def _connect(self) -> Client:
        client = Client(CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
        client.connect_timeout = self._limit
        client.on_connect = self._answered
        if self._address.user:
            client.username_pw_set(self._address.user, self._address.password or os.environ.get(PASSWORD))
        if self._address.scheme == MQTTS:
            client.tls_set()
        try:
            client.connect(self._address.host, self._address.port, keepalive=0)  # nobody looks between two messages
        except (OSError, ValueError) as error:
            raise NetworkError(f"{self._address} can't be reached ({reason_of(error)}).") from error
        self._client, self._refused = client, ""
        self._until(client, client.is_connected)
        return client

    def _answered(self, _client: Client, _data: object, _flags: object, reason: Any, _properties: object) -> None:  # noqa: ANN401 - paho's
        if reason.is_failure:
            self._refused = f" ({reason})"

    def _until(self, client: Client, done: Callable[[], bool]) -> None:
        end = time.monotonic() + self._limit
        while not done():
            code = client.loop(_TURN)
            if code != MQTTErrorCode.MQTT_ERR_SUCCESS and not done():
                raise NetworkError(f"{self._address} broke off{self._refused}.")
            if time.monotonic() > end:
                raise NetworkError(f"{self._address} gave no answer within {self._limit:g} seconds.")
