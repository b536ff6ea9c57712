"""`--asr` and `--tts` as a session has them: who is called, what is understood, and what comes without a server."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.remote.scripted_server import Held, nobody, serve
from tests.test_privacy import home, watched
from tests.until import HANG, gathered
from voice_coach.actions import Line
from voice_coach.audio.pcm import Clip, load, silence
from voice_coach.cli.main import main
from voice_coach.config.engines import open_listener, open_voice, session_grammar
from voice_coach.config.settings import Settings
from voice_coach.events import Intent
from voice_coach.hear.asr.supervised import ProcessRecognizer
from voice_coach.hear.asr.vosk import EMBEDDED
from voice_coach.hear.asr.wyoming import WyomingRecognizer
from voice_coach.hear.listener import Listener
from voice_coach.hear.vad import EnergyGate, SileroDetector
from voice_coach.session.question_table import ACTIVE
from voice_coach.speak.fallback_voice import FallbackVoice
from voice_coach.timebase import BLOCK, RATE, Samples
from voice_coach.workers.process import Patience

__all__ = ["home"]  # a fixture

WAV = Path(__file__).parents[1] / "wav"
LEFT, STOP, OTHER = (WAV / f"{name}.wav" for name in ("left side", "stop", "oov the weather is fine today"))


class Person:
    """Somebody who speaks to a listener, word after word, on one clock."""

    def __init__(self, listener: Listener) -> None:
        self.listener = listener
        self.now: Samples = 0

    def says(self, wav: Path) -> list[str]:
        """Say what a recording holds, and return the intents that are understood by a second later."""
        return self.hears(np.concatenate((load(wav), silence(RATE))))

    def hears(self, sound: Clip) -> list[str]:
        """Let the listener have this sound, and return the intents that are understood in it."""
        found: list[str] = []
        for at in range(0, len(sound), BLOCK):
            block = sound[at : at + BLOCK]
            events = self.listener.process(block, silence(len(block)), self.now)
            self.now += len(block)
            found += [event.name for event in events if isinstance(event, Intent)]
        return found

    def is_understood(self) -> list[str]:
        """Be silent until something is understood, and return it."""
        return gathered(lambda: self.hears(silence(RATE // 10)), bool, "something is understood")


@pytest.fixture
def told() -> list[str]:
    return []


def test_recognize_asks_the_server_that_was_named_and_nobody_else(home: Path) -> None:
    with serve(reads=lambda _: "Left side.") as site:
        seen = watched(home, "voice_coach", "recognize", OTHER, "--state", "side", "--asr", str(site.address))
    assert b'side_left side=left, "left side"' in seen.output
    called = [call for call in seen.network if call != "socket.sendmsg (None,)"]  # to whom the socket is connected
    assert {tuple(re.findall(r"'127\.0\.0\.1', (\d+)", call)) for call in called} == {(str(site.port),)}
    assert site.kinds.count("transcribe") == 1
    assert seen.written == set()


def test_without_the_server_recognize_says_so_once(capsys: pytest.CaptureFixture[str]) -> None:
    address = nobody()
    assert main(["recognize", str(LEFT), str(STOP), "--asr", str(address)]) == 0
    output = capsys.readouterr()
    assert "side_left" in output.out
    assert " stop," in output.out
    assert (
        output.err == f"voice-coach: {address} can't be reached (Connection refused). Listening goes on without it.\n"
    )


def test_a_session_whose_server_is_lost_hears_on(told: list[str]) -> None:
    with serve("The left side.") as site:
        hearing = open_listener(Settings(asr=site.address), inline=True, tell=told.append)
        hearing.listen("side", ACTIVE["side"])
        person = Person(hearing)
        assert person.says(OTHER) == ["side_left"]  # as the server read it
    hearing.listen("counting", ACTIVE["counting"])
    assert person.says(STOP) == ["stop"]
    hearing.listen("side", ACTIVE["side"])
    assert person.says(LEFT) == ["side_left"]
    assert person.says(LEFT) == ["side_left"]
    hearing.close()
    assert told == [f"{site.address} can't be reached (Connection refused). Listening goes on without it."]


def test_live_nothing_waits_for_the_server_and_its_answer_comes_when_it_is_there() -> None:
    go = threading.Event()
    grammar = session_grammar("en")
    with serve(Held("The left side.", go)) as site:
        embedded = ProcessRecognizer(EMBEDDED, grammar.path, Patience(start=HANG, answer=HANG))
        hearing = Listener(
            grammar, EnergyGate(SileroDetector()), WyomingRecognizer(embedded, site.address, grammar, limit=HANG)
        )
        hearing.listen("side", ACTIVE["side"])
        person = Person(hearing)
        assert person.hears(load(OTHER)) == []
        assert person.hears(silence(RATE)) == []
        go.set()
        assert person.is_understood() == ["side_left"]
        hearing.close()


def test_live_the_same_engines_are_put_together(told: list[str]) -> None:
    hearing = open_listener(Settings(asr=nobody()), inline=False, tell=told.append)
    hearing.listen("counting", ACTIVE["counting"])
    person = Person(hearing)
    assert (person.hears(load(STOP)) or person.is_understood()) == ["stop"]
    hearing.close()


@pytest.fixture
def voice(told: list[str]) -> Iterator[FallbackVoice]:
    """Return the coach's voice, whose server is gone."""
    opened = open_voice(Settings(tts=nobody()), blocking=True, tell=told.append)
    assert isinstance(opened, FallbackVoice)
    yield opened
    opened.close()


def test_a_session_whose_server_does_not_speak_is_spoken_here(voice: FallbackVoice, told: list[str]) -> None:
    for text in ("Roll back.", "Hold it.", "And come back."):
        clip = voice.clip(Line(f"test.{text}", text))
        assert clip is not None
        assert clip.size
    [sentence] = told
    assert sentence.endswith("The voice of this computer speaks instead.")


@pytest.mark.parametrize("option", ["--asr", "--tts"])
def test_an_address_that_is_none_is_one_sentence(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--text", option, "http://pi:80"]) == 1
    assert capsys.readouterr().err == (
        "voice-coach: 'http://pi:80' is not an address of this kind: write it like wyoming://host:10300.\n"
    )
