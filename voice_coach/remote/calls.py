"""One question to a Wyoming server and its answer: text for sound, or sound for text.

These wait, so they are jobs for `workers/thread.py`; each has a limit in seconds of real time, whatever the server
does. Nothing is sent to anybody but the host that the user named, and nothing before there is a question.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import suppress
from typing import Any, Final, Protocol, TypeVar

from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event, async_write_event
from wyoming.tts import Synthesize, SynthesizeVoice

from voice_coach.audio.pcm import Clip, silence
from voice_coach.errors import NetworkError
from voice_coach.remote.address import Address
from voice_coach.remote.reason import reason_of
from voice_coach.remote.sound import to_sound
from voice_coach.remote.wary import WaryReader, receive
from voice_coach.timebase import RATE

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

LONGEST_TEXT: Final = 1_000
"""Characters of an utterance; ten seconds of fast speech have 250."""

LONGEST_SOUND: Final = 60
"""Seconds of a sentence; our longest takes 15."""

_WIDTH: Final = 2
_PIECE: Final = RATE // 5
"""Samples in a message of sound."""


class Calls:
    """Calls to one server, one after another, on a thread that may wait; `hang_up` may come from any other."""

    def __init__(self, address: Address, limit: float) -> None:
        """Take the server, and the seconds that a call may last in all."""
        self._address = address
        self._limit = limit
        self._over = False
        self._hang_up: Callable[[], object] | None = None

    def transcribe(self, sound: Clip, language: str) -> str:
        """Return what the server takes the sound for; empty: nothing was said.

        Raises:
            NetworkError: there is no proper answer within the limit.
        """
        asked = Transcribe(name=self._address.name or None, language=language)
        return self._run(self._talk([asked.event(), *sound_events(sound)], _Heard()))

    def synthesize(self, text: str) -> Clip:
        """Return the text as sound, as the server made it.

        Raises:
            NetworkError: as above.
        """
        voice = SynthesizeVoice(name=self._address.name) if self._address.name else None
        return self._run(self._talk([Synthesize(text, voice).event()], _Said()))

    def hang_up(self) -> None:
        """Break off what is under way, and call nobody any more."""
        self._over = True
        hang_up = self._hang_up
        with suppress(RuntimeError):  # it was over just now
            if hang_up:
                hang_up()

    def _run(self, talk: Coroutine[Any, Any, T]) -> T:
        if self._over:
            talk.close()
            raise NetworkError(f"{self._address} is no longer asked.")
        try:
            return asyncio.run(self._limited(talk))
        except TimeoutError as error:
            raise NetworkError(f"{self._address} gave no answer within {self._limit:g} seconds.") from error
        except asyncio.CancelledError as error:
            raise NetworkError(f"{self._address} is no longer asked.") from error
        except OSError as error:
            raise NetworkError(f"{self._address} can't be reached ({reason_of(error)}).") from error

    async def _limited(self, talk: Coroutine[Any, Any, T]) -> T:
        task, loop = asyncio.ensure_future(talk), asyncio.get_running_loop()
        self._hang_up = lambda: loop.call_soon_threadsafe(task.cancel)
        if self._over:  # just now
            task.cancel()
        try:
            async with asyncio.timeout(self._limit):
                return await task
        finally:
            self._hang_up = None

    async def _talk(self, events: Iterable[Event], answer: "_Answer[T]") -> T:
        loop = asyncio.get_running_loop()
        reader = WaryReader()
        transport, protocol = await loop.create_connection(
            lambda: asyncio.StreamReaderProtocol(reader), self._address.host, self._address.port
        )
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        try:
            for event in events:
                await async_write_event(event, writer)
            while (found := self._take(await receive(reader), answer)) is None:
                pass
        finally:
            transport.abort()  # a goodbye would wait for somebody who may no longer listen
            with suppress(OSError):
                await writer.wait_closed()
        return found

    def _take(self, event: Event | None, answer: "_Answer[T]") -> T | None:
        if event is None:
            raise NetworkError(f"{self._address} broke off, or sent what is no Wyoming message.")
        if Error.is_type(event.type):
            raise NetworkError(f"{self._address} answers: {_plain(event.data.get('text'))}.")
        try:
            return answer.take(event)
        except (KeyError, TypeError, ValueError) as error:
            raise NetworkError(f"{self._address} sent an answer that can't be used.") from error


class _Answer(Protocol[T_co]):
    """Gathers the messages of an answer."""

    def take(self, event: Event) -> T_co | None:
        """Return the answer if it is complete with this message.

        Raises:
            KeyError, TypeError, ValueError: it can't be used.
        """


class _Heard:
    """Waits for a transcript."""

    def take(self, event: Event) -> str | None:
        """Return its text."""
        if not Transcript.is_type(event.type):
            return None
        text = event.data["text"]
        if not isinstance(text, str) or len(text) > LONGEST_TEXT:
            raise ValueError("that is no utterance")
        return text


class _Said:
    """Gathers sound until its end."""

    def __init__(self) -> None:
        self._format: tuple[Any, Any, Any] | None = None
        self._data = bytearray()

    def take(self, event: Event) -> Clip | None:
        """Return the sound."""
        if AudioChunk.is_type(event.type):
            form = (event.data["rate"], event.data["width"], event.data["channels"])
            self._format = self._format or form
            if form != self._format or len(self._data) > LONGEST_SOUND * form[0] * form[1] * form[2]:
                raise ValueError("its form changes, or it does not end")
            self._data += event.payload or b""
        elif AudioStop.is_type(event.type):
            return to_sound(bytes(self._data), *self._format) if self._format else silence(0)
        return None


def sound_events(sound: Clip) -> Iterator[Event]:
    """Yield the messages that carry a sound, in pieces, from its start to its end."""
    yield AudioStart(RATE, _WIDTH, 1).event()
    for at in range(0, len(sound), _PIECE):
        yield AudioChunk(RATE, _WIDTH, 1, sound[at : at + _PIECE].astype("<i2").tobytes()).event()
    yield AudioStop().event()


def _plain(text: object) -> str:
    """Return somebody's words on one line, not too long, and without what could steer a terminal."""
    words = "".join(character if character.isprintable() else " " for character in str(text or "an error"))
    return " ".join(words.split())[:100].rstrip(".") or "an error"
