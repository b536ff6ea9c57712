"""`voice-coach wyoming` and the real `wyoming` client, as Home Assistant uses it."""

import asyncio
import io
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from wyoming.asr import Transcribe, Transcript
from wyoming.audio import AudioChunk, AudioStart, AudioStop
from wyoming.client import AsyncTcpClient
from wyoming.error import Error
from wyoming.event import Event, write_event
from wyoming.info import Describe, Info
from wyoming.tts import Synthesize

from tests.remote.scripted_server import sound_messages
from tests.until import HANG
from voice_coach.audio.pcm import load, speech_rms
from voice_coach.cli.main import main
from voice_coach.hear.asr.recognizer import Hypothesis
from voice_coach.hear.asr.supervised import ProcessRecognizer
from voice_coach.hear.asr.vosk import EMBEDDED
from voice_coach.hear.grammar.load import load_grammar
from voice_coach.remote.wyoming_client import MAX_TEXT_LENGTH, to_sound
from voice_coach.testing import ScriptedRecognizer, ToneSynthesizer
from voice_coach.timebase import RATE
from voice_coach.wyoming_server import Service, serve

T = TypeVar("T")
WAV = Path(__file__).parent / "wav"
GRAMMAR = Path(__file__).parents[1] / "grammars" / "en.yaml"


class Running:
    """A server in a process of its own."""

    def __init__(self, process: "subprocess.Popen[str]", port: int, before: list[str]) -> None:
        self.process = process
        self.port = port
        self.before = before
        """What it printed before it listened."""

    def ask(self, *events: Event) -> Event:
        """Send these messages on a connection of their own, and return the answer."""
        return run(self.asked(*events))

    async def asked(self, *events: Event) -> Event:
        async with AsyncTcpClient("127.0.0.1", self.port, HANG, HANG) as client:
            return await answer(client, *events)

    def read(self, name: str) -> str:
        """Return what it takes a recording of the tests for."""
        return Transcript.from_event(self.ask(Transcribe().event(), *recording(name))).text


async def answer(client: AsyncTcpClient, *events: Event) -> Event:
    for event in events:
        await client.write_event(event)
    found = await client.read_event()
    assert found is not None
    return found


def run(talk: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(asyncio.wait_for(talk, HANG))


def recording(name: str, rate: int = RATE) -> list[Event]:
    return sound_messages(load(WAV / f"{name}.wav").astype("<i2").tobytes(), rate)


@contextmanager
def running(*arguments: str | Path) -> Iterator[Running]:
    command = [sys.executable, "-u", "-m", "voice_coach", "wyoming", "--uri", "tcp://127.0.0.1:0", *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        before: list[str] = []
        while not (line := process.stdout.readline()).startswith("Listening at tcp://"):
            assert line, before
            before.append(line)
        try:
            yield Running(process, int(line.rpartition(":")[2]), before)
        finally:
            process.terminate()
            process.wait(HANG)


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    with running("--speak") as started:
        yield started


# What it offers


def test_it_says_what_it_is(server: Running) -> None:
    info = Info.from_event(server.ask(Describe().event()))
    assert [(program.name, program.installed) for program in info.asr] == [("voice-coach", True)]
    assert info.asr[0].models[0].languages == ["en"]
    assert [voice.name for voice in info.tts[0].voices] == ["en-us"]


@pytest.mark.parametrize("name", ["left side", "stop", "pause", "it's going down my leg", "how many left"])
def test_it_reads_what_can_be_said_to_the_coach(server: Running, name: str) -> None:
    assert server.read(name) == name


@pytest.mark.parametrize("name", ["oov the weather is fine today", "oov seventeen yellow umbrellas"])
def test_what_is_none_of_that_is_nothing(server: Running, name: str) -> None:
    assert server.read(name) == ""


def test_an_utterance_without_sound_is_nothing(server: Running) -> None:
    found = server.ask(AudioStart(RATE, 2, 1).event(), AudioStop().event())
    assert Transcript.from_event(found) == Transcript("", language="en")


def test_sound_may_come_in_stereo_and_at_another_rate(server: Running) -> None:
    sound = load(WAV / "left side.wav")
    twice = np.repeat(sound, 2)  # each sample for two channels, or for twice the rate
    assert Transcript.from_event(server.ask(*sound_messages(twice.tobytes(), RATE, 2, 2))).text == "left side"
    assert Transcript.from_event(server.ask(*sound_messages(twice.tobytes(), 2 * RATE))).text == "left side"


def test_a_connection_may_ask_again(server: Running) -> None:
    async def talk() -> list[str]:
        async with AsyncTcpClient("127.0.0.1", server.port, HANG, HANG) as client:
            names = ["left side", "stop", "worse"]
            return [Transcript.from_event(await answer(client, *recording(name))).text for name in names]

    assert run(talk()) == ["left side", "stop", "worse"]


def test_several_clients_are_each_answered_with_what_they_said(server: Running) -> None:
    names = ["left side", "stop", "pause", "continue", "worse", "how many left"]

    async def talk() -> list[str]:
        found = await asyncio.gather(*(server.asked(Transcribe().event(), *recording(name)) for name in names))
        return [Transcript.from_event(event).text for event in found]

    assert run(talk()) == names


def test_it_speaks_if_that_was_asked_for(server: Running) -> None:
    async def talk() -> list[Event]:
        async with AsyncTcpClient("127.0.0.1", server.port, HANG, HANG) as client:
            events = [await answer(client, Synthesize("Roll back.").event())]
            while not AudioStop.is_type(events[-1].type):
                event = await client.read_event()
                assert event is not None
                events.append(event)
            return events

    start, *pieces, _ = run(talk())
    assert AudioStart.from_event(start).rate == RATE
    sound = to_sound(b"".join(AudioChunk.from_event(piece).audio for piece in pieces), RATE, 2, 1)
    assert len(sound) > RATE / 4
    assert speech_rms(sound) > 0.03


# What it does not take


WRONG = {
    "no rate": [AudioStart(RATE, 2, 1).event(), Event("audio-chunk", {"width": 2, "channels": 1}, b"ab")],
    "too fine": [AudioChunk(RATE, 3, 1, bytes(30)).event()],
    "too long": [AudioChunk(4_000, 1, 1, bytes(4_000)).event()] * 32,
    "no text": [Event("synthesize")],
    "a text that is none": [Event("synthesize", {"text": 5})],
    "a text without end": [Synthesize("left " * 1000).event()],
}


@pytest.mark.parametrize("events", WRONG.values(), ids=WRONG)
def test_what_cant_be_used_is_told(server: Running, events: list[Event]) -> None:
    assert "can't be used" in Error.from_event(server.ask(*events)).text


STRANGE = [
    b"hello\n",
    b"GET / HTTP/1.1\r\n\r\n",
    b"[]\n",
    b'{"type": "audio-chunk"',
    bytes(100_000),
    b'{"type": "x", "payload_length": 99999999999}\n',
]


@pytest.mark.parametrize("sent", STRANGE, ids=range(len(STRANGE)))
def test_who_sends_something_else_is_cut_off_and_the_others_are_served(server: Running, sent: bytes) -> None:
    with socket.create_connection(("127.0.0.1", server.port), HANG) as stranger:
        stranger.sendall(sent)
        stranger.shutdown(socket.SHUT_WR)
        with suppress(ConnectionError):  # what was not read is thrown back
            assert stranger.recv(100) == b""
    assert server.read("left side") == "left side"


def test_who_leaves_in_the_middle_harms_nobody(server: Running) -> None:
    async def talk() -> None:
        async with AsyncTcpClient("127.0.0.1", server.port, HANG, HANG) as client:
            for event in recording("stop"):
                await client.write_event(event)

    run(talk())  # gone before its answer
    assert server.read("left side") == "left side"


def test_what_is_meant_for_other_programs_is_passed_over(server: Running) -> None:
    found = server.ask(Event("detect", {"names": ["hey"]}), *recording("stop"))
    assert Transcript.from_event(found).text == "stop"


def test_without_speak_there_is_no_voice_and_nothing_is_kept(tmp_path: Path) -> None:
    with running() as server:
        assert Info.from_event(server.ask(Describe().event())).tts == []
        assert "not offered" in Error.from_event(server.ask(Synthesize("Hello.").event())).text
        assert server.read("left side") == "left side"
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(HANG) == 0
    assert [path for path in (tmp_path / "xdg").rglob("*") if path.is_file()] == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for another process")
def test_ctrl_c_ends_it_while_clients_are_there() -> None:
    with running() as server, socket.create_connection(("127.0.0.1", server.port), HANG):
        server.process.send_signal(signal.SIGINT)
        output, _ = server.process.communicate(timeout=HANG)
        assert server.process.returncode == 0
        assert output == "Ended.\n"


def test_who_comes_just_before_the_end_makes_no_trouble() -> None:
    """Python 3.13.0 fails at a connection that is taken, and made when its server is closed."""
    service = Service(load_grammar(GRAMMAR), frozenset(), ScriptedRecognizer)

    async def talk() -> bytes:
        with socket.socket() as client:

            def come(port: int) -> None:
                client.connect(("127.0.0.1", port))
                asyncio.get_running_loop().call_soon(task.cancel)  # beside the loop's own step that takes the client

            task = asyncio.ensure_future(serve(service, "127.0.0.1", 0, come))
            await asyncio.wait([task])
            client.settimeout(HANG)
            with suppress(ConnectionResetError):
                return client.recv(1)
            return b""

    assert run(talk()) == b""


def test_who_reads_nothing_keeps_no_server_from_ending() -> None:
    synthesizer = ToneSynthesizer()
    service = Service(load_grammar(GRAMMAR), frozenset(), ScriptedRecognizer, synthesizer)

    async def talk() -> None:
        loop = asyncio.get_running_loop()
        place = loop.create_future()
        task = asyncio.ensure_future(serve(service, "127.0.0.1", 0, place.set_result))
        with socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            client.settimeout(0)
            await loop.sock_connect(client, ("127.0.0.1", await place))
            message = io.BytesIO()
            write_event(Synthesize("x" * MAX_TEXT_LENGTH).event(), message)
            await loop.sock_sendall(client, 8 * message.getvalue())  # 15 MB to read
            assert await loop.sock_recv(client, 1)
            task.cancel()
            await asyncio.wait([task])

    run(talk())
    assert len(synthesizer.requested) < 8


def test_a_recogniser_that_dies_is_replaced() -> None:
    """More often than it is started again in a row: the client is told, and the next one is served."""
    grammar = load_grammar(GRAMMAR)
    opened: list[ProcessRecognizer] = []

    class Mortal(ProcessRecognizer):
        def poll(self) -> list[Hypothesis]:
            if self is opened[0] and self.pid:
                os.kill(self.pid, signal.SIGKILL)
            return super().poll()

    def recognizer() -> ProcessRecognizer:
        opened.append(Mortal(EMBEDDED, GRAMMAR, wait=False))
        return opened[-1]

    async def talk() -> tuple[str, str]:
        service = Service(grammar, grammar.intents, recognizer)
        sound = load(WAV / "left side.wav")
        with pytest.raises(Exception, match="can't be kept alive") as raised:
            await service.understand(sound)
        text = await service.understand(sound)
        service.close()
        return str(raised.value), text

    told, text = run(talk())
    assert told.startswith("The speech recogniser")
    assert text == "left side"
    assert len(opened) == 2


# Where it listens


@pytest.mark.parametrize(
    "uri", ["10300", "udp://127.0.0.1:1", "tcp://127.0.0.1", "tcp://127.0.0.1:70000", "tcp://a b:1"]
)
def test_an_address_that_is_none_is_one_sentence(uri: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["wyoming", "--uri", uri]) == 1
    assert capsys.readouterr().err == (
        f"voice-coach: {uri!r} is not an address to listen on: write it like tcp://127.0.0.1:10300.\n"
    )


def test_a_place_that_is_taken_is_one_sentence(server: Running) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "voice_coach", "wyoming", "--uri", f"tcp://127.0.0.1:{server.port}"],
        capture_output=True, text=True, timeout=HANG, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith(f"voice-coach: tcp://127.0.0.1:{server.port} can't be listened on (")
    assert done.stderr.count("\n") == 1


def test_who_listens_to_the_whole_network_is_warned_once() -> None:
    with running("--uri", "tcp://0.0.0.0:0") as server:
        [warning] = server.before
        assert "can use this server" in warning
