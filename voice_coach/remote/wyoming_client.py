"""One question to a Wyoming server and its answer: text for sound, or sound for text.

These wait, so they are jobs for a thread (workers/thread.py); each has a limit in seconds of real time, whatever the
server does. Nothing is sent to anybody but the host that the user named, and nothing before there is a question. The
server may send anything, or nothing, or never stop: parts are refused by their announced size, and sound is checked
before it is used.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import suppress
from typing import Any, Final, Protocol, TypeVar

import numpy as np
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event, async_read_event, async_write_event
from wyoming.tts import Synthesize, SynthesizeVoice

from voice_coach.audio.pcm import Clip, resample, silence, to_clip
from voice_coach.errors import NetworkError
from voice_coach.remote.address import Address, reason_of
from voice_coach.timebase import RATE

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

MAX_TEXT_LENGTH: Final = 1_000
"""Characters of an utterance; ten seconds of fast speech have 250."""

MAX_SOUND_SECONDS: Final = 60
"""Seconds of a sentence; our longest takes 15."""

_WIDTH: Final = 2
_PIECE: Final = RATE // 5
"""Samples in a message of sound."""

RATES: Final = range(4_000, 192_001)
"""Hertz that somebody may mean."""

CHANNELS: Final = range(1, 9)

_WIDTHS: Final[dict[int, tuple[np.dtype[Any], int, int]]] = {
    1: (np.dtype("u1"), 128, 128),
    2: (np.dtype("<i2"), 0, 32_768),
    4: (np.dtype("<i4"), 0, 2**31),
}
"""Bytes of a sample -> its type, its zero and its full scale."""


def to_sound(data: bytes, rate: object, width: object, channels: object) -> Clip:
    """Return interleaved samples as a clip, the channels averaged; a sample that is cut short is dropped.

    Raises:
        ValueError: no such sound is known.
    """
    if not (isinstance(rate, int) and isinstance(width, int) and isinstance(channels, int)):
        raise ValueError("rate, width and channels are no whole numbers")  # noqa: TRY004 - what was sent is at fault
    if rate not in RATES or width not in _WIDTHS or channels not in CHANNELS:
        raise ValueError(f"{rate} Hz, {8 * width} bits, {channels} channels")
    kind, zero, full = _WIDTHS[width]
    whole = len(data) // (width * channels) * width * channels
    frames = np.frombuffer(data[:whole], kind).reshape(-1, channels).astype(np.float32)
    return to_clip(resample((frames.mean(axis=1, dtype=np.float32) - zero) / np.float32(full), rate))


MAX_LINE_BYTES: Final = 1 << 16
"""Bytes of a message's first line."""

MAX_PART_BYTES: Final = 1 << 20
"""Bytes of its data or payload; a second of sound in CD quality has 176,400."""


class WaryReader(asyncio.StreamReader):
    """Refuses parts that are announced larger than `MAX_PART_BYTES`, before they are there."""

    def __init__(self) -> None:
        """Read lines up to `MAX_LINE_BYTES`."""
        super().__init__(limit=MAX_LINE_BYTES)

    async def readexactly(self, n: int) -> bytes:
        """Return so many bytes.

        Raises:
            ValueError: that is too much.
            asyncio.IncompleteReadError: the connection ended before.
        """
        if n > MAX_PART_BYTES:
            raise ValueError(f"a part of {n} bytes is announced")
        return await super().readexactly(n)


async def receive(reader: asyncio.StreamReader) -> Event | None:
    """Return the next message; None: there is none any more, or what came is none.

    Raises:
        OSError: the connection broke.
    """
    try:
        event = await async_read_event(reader)
    except (AttributeError, EOFError, KeyError, RecursionError, TypeError, ValueError):  # JSON, but not what was agreed
        return None
    return event if event and _is_proper(event.type, event.data) else None


def _is_proper(kind: object, data: object) -> bool:
    return isinstance(kind, str) and isinstance(data, dict)


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
        if not isinstance(text, str) or len(text) > MAX_TEXT_LENGTH:
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
            if form != self._format or len(self._data) > MAX_SOUND_SECONDS * form[0] * form[1] * form[2]:
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
