"""A real Wyoming server on this computer, of the `wyoming` package, that answers as a test wants, or misbehaves."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import numpy as np
from wyoming.asr import Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.event import Event
from wyoming.server import AsyncEventHandler, AsyncTcpServer

from tests.until import HANG
from voice_coach.audio.pcm import Clip
from voice_coach.remote.address import WYOMING, Address
from voice_coach.testing import ToneSynthesizer

VOICE_RATE = 22_050
"""Hertz of the server's voice, which is that of many of Piper's."""


@dataclass
class Held:
    """An answer that is given once a test lets it go."""

    answer: "str | bytes"
    go: threading.Event


Answer = str | bytes | Held | list[Event]
"""A transcript; or raw bytes, after which the connection is cut; or one of these later; or these messages."""


def nothing(_sound: Clip) -> str:
    """Hear nothing."""
    return ""


@dataclass
class Site:
    """What the server answers, and what it was asked."""

    answers: list[Answer] = field(default_factory=list)
    """One for each question, in order; without any the server says each text in tones, and hears what `reads` says."""
    reads: Callable[[Clip], str] = nothing
    asked: list[Event] = field(default_factory=list)
    """Each message that came."""
    calls: int = 0
    """How many connections there were."""
    port: int = 0
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    @property
    def address(self) -> Address:
        return Address(WYOMING, "127.0.0.1", self.port)

    @property
    def kinds(self) -> list[str]:
        return [event.type for event in self.asked]

    @property
    def sound(self) -> bytes:
        return b"".join(event.payload or b"" for event in self.asked if AudioChunk.is_type(event.type))


class _Handler(AsyncEventHandler):
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, site: Site) -> None:
        super().__init__(reader, writer)
        self.site = site
        self.sound = b""
        site.calls += 1
        site.writers.append(writer)

    async def handle_event(self, event: Event) -> bool:
        self.site.asked.append(event)
        self.sound += event.payload or b""
        if event.type not in {"audio-stop", "synthesize"}:
            return True
        answer = self.site.answers.pop(0) if self.site.answers else self.usual(event)
        if isinstance(answer, Held):
            await asyncio.get_running_loop().run_in_executor(None, answer.go.wait, 60)
            answer = answer.answer
        if isinstance(answer, bytes):
            self.writer.write(answer)
            with suppress(OSError):
                await self.writer.drain()
            return False
        for message in [Transcript(answer).event()] if isinstance(answer, str) else answer:
            await self.write_event(message)
        return True

    def usual(self, event: Event) -> Answer:
        if event.type == "synthesize":
            return spoken(event.data["text"])
        return self.site.reads(as_clip(self.sound))

    async def run(self) -> None:
        with suppress(OSError):  # the client may hang up when it likes
            await super().run()


def spoken(text: str) -> list[Event]:
    """Return the messages of a text said in tones, each 0.1 s."""
    tones = ToneSynthesizer()
    tones.request(text)
    [(_, clip)] = tones.poll()
    return sound_messages(clip.astype("<i2").tobytes(), VOICE_RATE)


def sound_messages(data: bytes, rate: int, width: int = 2, channels: int = 1) -> list[Event]:
    """Return the messages that carry interleaved samples."""
    step = rate // 10 * width * channels
    pieces = [AudioChunk(rate, width, channels, data[i : i + step]).event() for i in range(0, len(data), step)]
    return [AudioStart(rate, width, channels).event(), *pieces, AudioStop().event()]


async def closed(writer: asyncio.StreamWriter) -> None:
    """Close a connection to its end: what the loop has not seen closed is left open with it."""
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


@contextmanager
def serve(*answers: Answer, reads: Callable[[Clip], str] = nothing) -> Iterator[Site]:
    """Serve on a free port as long as the block runs."""
    site = Site(list(answers), reads)
    started, loop = threading.Event(), asyncio.new_event_loop()
    over = asyncio.Event()

    async def run() -> None:
        loop.set_default_executor(ThreadPoolExecutor(8))
        server = AsyncTcpServer("127.0.0.1", 0)
        await server.start(lambda reader, writer: _Handler(reader, writer, site))
        assert server._server is not None
        site.port = server._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
        started.set()
        await over.wait()
        # Who is being taken in while a server closes is lost by asyncio with the connection open: first take in nobody.
        for listening in server._server.sockets:  # type: ignore[attr-defined]
            loop.remove_reader(listening.fileno())
        while being_taken_in := asyncio.all_tasks() - {asyncio.current_task(), *server._handlers}:
            await asyncio.gather(*being_taken_in, return_exceptions=True)
        await server.stop()
        while handlers := asyncio.all_tasks() - {asyncio.current_task()}:
            await asyncio.gather(*handlers, return_exceptions=True)
        await asyncio.gather(*map(closed, site.writers))
        await loop.shutdown_default_executor()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    assert started.wait(HANG)
    try:
        yield site
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(HANG)
        loop.close()


@contextmanager
def mute() -> Iterator[Address]:
    """Yield an address that takes connections and never says a word, as a machine that hangs."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield Address(WYOMING, "127.0.0.1", listening.getsockname()[1])


def nobody() -> Address:
    """Return an address at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return Address(WYOMING, "127.0.0.1", listening.getsockname()[1])


def as_clip(data: bytes) -> Clip:
    """Return 16-bit samples as a clip."""
    return np.frombuffer(data, "<i2").astype(np.int16)
