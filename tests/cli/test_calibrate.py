"""`voice-coach calibrate`: ten commands by a synthetic voice, as files and as a conversation."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.hear.grammar.test_grammar import EN
from tests.hear.room import spoken
from voice_coach.actions import Line
from voice_coach.app.learn_voice import PATIENCE, Dialogue, Hearing, asked
from voice_coach.audio.pcm import Clip, save, silence
from voice_coach.cli.main import main
from voice_coach.hear.asr.vosk import EMBEDDED, VoskRecognizer
from voice_coach.hear.decision import calibration
from voice_coach.hear.decision.calibration import ASKED, TIMES_EACH
from voice_coach.speak.clip_library import ClipLibrary
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.text import SilentVoice
from voice_coach.timebase import BLOCK, RATE


@pytest.fixture(scope="module")
def commands() -> dict[str, Clip]:
    return dict(zip(ASKED, spoken(ASKED), strict=True))


@pytest.fixture
def hearing() -> Iterator[Hearing]:
    recognizer = VoskRecognizer(EMBEDDED, EN)
    yield Hearing(EN, recognizer)
    recognizer.close()


class Person:
    """Says what it was asked for, half a second after the coach has said so; heard block by block."""

    def __init__(self, commands: dict[str, Clip]) -> None:
        self._commands = commands
        self._sound: Clip = silence(0)
        self.told: list[str] = []

    def tell(self, text: str) -> None:
        phrase = text.removeprefix("Say ").removesuffix(".")
        self.told.append(phrase)
        self._sound = np.concatenate((silence(RATE * 5 // 4), self._commands[phrase]))

    def block(self) -> Clip:
        out, self._sound = self._sound[:BLOCK], self._sound[BLOCK:]
        return np.concatenate((out, silence(BLOCK - len(out))))


def hold(conversation: Dialogue, person: Person) -> int:
    """Return how many samples it took."""
    taken = 0
    while not conversation.done:
        assert len(conversation.advance(person.block())) == BLOCK
        taken += BLOCK
    return taken


def test_ten_commands_are_asked_for_and_understood_in_half_a_minute(
    commands: dict[str, Clip], hearing: Hearing
) -> None:
    person = Person(commands)
    conversation = Dialogue(SilentVoice(), hearing, person.tell)
    assert hold(conversation, person) < 30 * RATE
    assert person.told == list(asked()) == list(ASKED) * TIMES_EACH
    found = [evidence.meaning.intent if evidence else None for evidence in conversation.said]
    assert found == [ASKED[phrase] for phrase in asked()]
    assert not conversation.advance(silence(BLOCK)).any()


def test_who_says_nothing_is_not_waited_for_for_ever(hearing: Hearing) -> None:
    person = Person(dict.fromkeys(ASKED, silence(0)))
    conversation = Dialogue(SilentVoice(), hearing, person.tell)
    assert hold(conversation, person) < 10 * (PATIENCE + RATE)
    assert conversation.said == [None] * 10


class Talker(ClipLibrary):
    """The coach's own voice, which says nothing but the command."""

    def clip(self, line: Line) -> Clip | None:
        return super().clip(Line(line.cue, line.text.removeprefix("Say ")))


def test_the_coach_s_own_voice_is_not_taken_for_the_answer(speech_cache: Path, hearing: Hearing) -> None:
    voice = Talker(Pyttsx3Synthesizer(VoiceSpec()), "en", speech_cache, blocking=True)
    told: list[str] = []
    conversation = Dialogue(voice, hearing, told.append)
    out = silence(BLOCK)
    while not conversation.done:
        out = conversation.advance(out)  # the loudspeaker stands beside the microphone
    voice.close()
    assert conversation.said == [None] * 10
    assert len(told) == 10


def files(folder: Path, commands: dict[str, Clip], *phrases: str) -> list[str]:
    for place, phrase in enumerate(phrases):
        save(folder / f"{place}.wav", commands[phrase])
    return [str(folder / f"{place}.wav") for place in range(len(phrases))]


def test_it_works_from_recordings_and_can_be_undone(
    tmp_path: Path, commands: dict[str, Clip], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", *files(tmp_path, commands, *asked())]) == 0
    assert "10 of 10 understood" in capsys.readouterr().out
    assert calibration.load(EMBEDDED) is not None
    assert main(["calibrate", "--forget"]) == 0
    assert main(["calibrate", "--forget"]) == 0
    assert capsys.readouterr().out == "Forgotten.\nThere was nothing to forget.\n"
    assert calibration.load(EMBEDDED) is None


def test_what_is_not_understood_changes_nothing(
    tmp_path: Path, commands: dict[str, Clip], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["calibrate", *files(tmp_path, commands, *reversed(list(asked())))]) == 1
    assert "only 2 were understood, and nothing was changed" in capsys.readouterr().err
    assert calibration.load(EMBEDDED) is None
    assert main(["calibrate", *["x.wav"] * 11]) == 2
