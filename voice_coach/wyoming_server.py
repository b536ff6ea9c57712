"""The coach's recogniser, and its voice if wanted, for other programs: a Wyoming server with any number of clients.

What is heard is kept until its answer is sent, and nowhere else. One utterance is decoded at a time, in a supervised
process; the others wait for their turn.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from weakref import WeakSet

import numpy as np
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.error import Error
from wyoming.event import Event
from wyoming.info import AsrModel, AsrProgram, Attribution, Describe, Info, TtsProgram, TtsVoice
from wyoming.server import AsyncEventHandler
from wyoming.tts import Synthesize

from voice_coach import __version__
from voice_coach.audio.pcm import Clip, silence
from voice_coach.errors import RecognitionError
from voice_coach.hear.asr.recognizer import Hypothesis, Recognizer
from voice_coach.hear.decision import policy
from voice_coach.hear.decision.policy import Ear, Verdict
from voice_coach.hear.decision.situation import Situation
from voice_coach.hear.grammar.grammar import Grammar
from voice_coach.remote.wyoming_client import MAX_TEXT_LENGTH, WaryReader, receive, sound_events, to_sound
from voice_coach.speak.tts.synthesizer import Synthesizer
from voice_coach.timebase import RATE, Samples, samples

MAX_UTTERANCE_SECONDS: Final = 30
"""Seconds of one utterance; what asks for more is refused."""

_LOOK: Final = 0.01
"""Seconds between two looks at an engine that works elsewhere."""

_LINGER: Final = 2.0
"""Seconds at most that a refused client may go on sending before the connection is closed."""
_UNREAD: Final = 65_536

_PIECE: Final = samples(0.2)
_BY: Final = Attribution("The voice_coach authors", "")


@dataclass
class Service:
    """The engines offered, one user of each at a time."""

    grammar: Grammar
    intents: frozenset[str]
    """Those that are listened for."""
    open_recognizer: Callable[[], Recognizer]
    """Is called again when a recogniser could not be kept alive."""
    synthesizer: Synthesizer | None = None
    voice: str = ""
    """The synthesiser's voice, for people."""

    def __post_init__(self) -> None:
        """Open the recogniser, so that what is wrong with it is known before anybody asks."""
        self._recognizer: Recognizer | None = self.open_recognizer()
        self._hearing = asyncio.Lock()
        self._speaking = asyncio.Lock()
        self._clock: Samples = 0

    @property
    def info(self) -> Info:
        """The description sent to clients that ask for it."""
        model = AsrModel("embedded", _BY, installed=True, description="The coach's phrases", version=__version__,
                         languages=[self.grammar.language])  # fmt: skip
        asr = AsrProgram("voice-coach", _BY, installed=True, description="Understands what is said to voice_coach",
                         version=__version__, models=[model])  # fmt: skip
        if self.synthesizer is None:
            return Info(asr=[asr])
        voice = TtsVoice(self.voice, _BY, installed=True, description="The coach's voice", version=__version__,
                         languages=[self.grammar.language])  # fmt: skip
        tts = TtsProgram("voice-coach", _BY, installed=True, description="Speaks as voice_coach does",
                         version=__version__, voices=[voice])  # fmt: skip
        return Info(asr=[asr], tts=[tts])

    async def understand(self, sound: Clip) -> str:
        """Return what was said, `[unk]` for unknown words in it; empty where a session would take it for nothing.

        Raises:
            RecognitionError: the recogniser can't be kept alive; the next call tries a new one.
        """
        async with self._hearing:
            self._recognizer = self._recognizer or self.open_recognizer()
            try:
                final = await self._recognize(self._recognizer, sound)
            except RecognitionError:
                self._recognizer.close()
                self._recognizer = None
                raise
            point = self._recognizer.point.within(len(self.grammar.phrases))
        decision = policy.late(Ear(final.start), final, self.grammar, Situation("", self.intents, point))
        return decision.hypothesis.text if decision.verdict is Verdict.ACCEPT else ""

    async def say(self, text: str) -> Clip:
        """Return a text as sound; empty: it can't be said."""
        assert self.synthesizer is not None
        async with self._speaking:
            self.synthesizer.request(text)
            while True:
                for said, clip in self.synthesizer.poll():
                    if said == text:
                        return clip
                await asyncio.sleep(_LOOK)

    def close(self) -> None:
        """End the engines."""
        if self._recognizer:
            self._recognizer.close()
        if self.synthesizer:
            self.synthesizer.close()

    async def _recognize(self, recognizer: Recognizer, sound: Clip) -> Hypothesis:
        at = self._clock
        self._clock += len(sound) + RATE
        recognizer.begin(at, numbers=False)
        for start in range(0, len(sound), _PIECE):
            recognizer.accept(sound[start : start + _PIECE])
        recognizer.end()
        while True:
            for found in recognizer.poll():
                if found.final and found.start == at:
                    return found
            await asyncio.sleep(_LOOK)


class Client(AsyncEventHandler):
    """One client, from its first message to its last."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, service: Service) -> None:
        """Take the connection and what is offered."""
        super().__init__(reader, writer)
        self._service = service
        self._heard: list[Clip] = []

    async def run(self) -> None:
        """Answer until the client leaves, or sends what is no Wyoming message."""
        with suppress(OSError):  # it is gone
            while (event := await receive(self.reader)) and await self._answered(event):
                pass
            if event:
                await self._let_answer_be_read()
        self.writer.close()

    async def _let_answer_be_read(self) -> None:
        """Pass over what was sent since: closing with that unread resets the connection, and may lose the answer."""
        self.writer.write_eof()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LINGER):
                while await self.reader.read(_UNREAD):
                    pass

    async def handle_event(self, event: Event) -> bool:
        """Answer one message; what is not for us is passed over.

        Raises:
            KeyError, TypeError, ValueError: it lacks what it should have.
            RecognitionError: the recogniser can't be kept alive.
        """
        if Describe.is_type(event.type):
            await self.write_event(self._service.info.event())
        elif Transcribe.is_type(event.type) or AudioStart.is_type(event.type):
            self._heard = []
        elif AudioChunk.is_type(event.type):
            self._hear(event)
        elif AudioStop.is_type(event.type):
            heard, self._heard = self._heard, []
            text = await self._service.understand(np.concatenate(heard)) if heard else ""
            await self.write_event(Transcript(text, language=self._service.grammar.language).event())
        elif Synthesize.is_type(event.type):
            await self._say(event.data["text"])
        return True

    async def _answered(self, event: Event) -> bool:
        try:
            return await self.handle_event(event)
        except RecognitionError as error:
            await self.write_event(Error(str(error)).event())
            return True
        except (KeyError, TypeError, ValueError) as error:
            await self.write_event(Error(f"The message {event.type!r} can't be used ({error}).").event())
            return False

    def _hear(self, event: Event) -> None:
        form = (event.data[name] for name in ("rate", "width", "channels"))
        self._heard.append(to_sound(event.payload or b"", *form))
        if sum(map(len, self._heard)) > MAX_UTTERANCE_SECONDS * RATE:
            raise ValueError(f"an utterance may last {MAX_UTTERANCE_SECONDS} seconds")

    async def _say(self, text: object) -> None:
        if self._service.synthesizer is None:
            raise ValueError("speech is not offered here")
        if not isinstance(text, str) or len(text) > MAX_TEXT_LENGTH:
            raise ValueError(f"a text of up to {MAX_TEXT_LENGTH} characters is expected")
        for event in _speech(await self._service.say(text)):
            await self.write_event(event)


def _speech(clip: Clip) -> Iterator[Event]:
    """Yield the messages of a sentence; of an empty one a moment of silence, as players expect some sound."""
    return sound_events(clip if clip.size else silence(_PIECE))


async def serve(service: Service, host: str, port: int, ready: Callable[[int], None]) -> None:
    """Serve until the task is cancelled; `ready` is told the port once clients can come (0 was any free one).

    Raises:
        OSError: the address can't be had.
    """
    loop = asyncio.get_running_loop()
    clients: set[asyncio.Task[None]] = set()
    connections = WeakSet[asyncio.StreamWriter]()

    def come(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not server.is_serving():  # it was taken just before the end
            writer.transport.abort()
            return
        connections.add(writer)
        task = loop.create_task(Client(reader, writer, service).run())
        clients.add(task)
        task.add_done_callback(clients.discard)

    server = await loop.create_server(lambda: asyncio.StreamReaderProtocol(WaryReader(), come), host, port)
    try:
        ready(server.sockets[0].getsockname()[1])
        await loop.create_future()  # `serve_forever`, once cancelled, would wait until every client has gone
    finally:
        await _close(server)
        for client in tuple(clients):
            client.cancel()
        await asyncio.gather(*clients, return_exceptions=True)
        for connection in connections:  # not closed: who reads nothing would keep it open
            connection.transport.abort()
        await server.wait_closed()


async def _close(server: asyncio.Server) -> None:
    """Take no more connections; those taken are made first, as asyncio of Python 3.13.0 fails at one made later."""
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # Windows' loop takes connections in another way
        for listening in server.sockets:
            loop.remove_reader(listening.fileno())
    await asyncio.sleep(0)
    server.close()
