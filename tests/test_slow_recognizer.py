"""A whole session in real time whose recogniser hardly gets the CPU: it goes on, or ends with its last words."""

import json
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.workers.stutter import stuttering
from voice_coach.audio.pcm import Clip
from voice_coach.config.engines import session_grammar
from voice_coach.events import Event
from voice_coach.exercise.load import load_exercise
from voice_coach.hear.asr.supervised import ProcessRecognizer
from voice_coach.hear.asr.vosk import EMBEDDED
from voice_coach.hear.echo.prompt_words import Spoken
from voice_coach.hear.listener import Listener
from voice_coach.hear.vad import EnergyGate, SileroDetector
from voice_coach.rehearsal.perform import Stage, rehearse
from voice_coach.rehearsal.persona import load_persona
from voice_coach.speak.clip_library import ClipLibrary
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.timebase import Samples, seconds

pytestmark = pytest.mark.slow

SHORT = Path(__file__).parent / "virtual_card" / "short.toml"


class RealTime(Listener):
    """Hears a block when as much time has passed as it lasts, as from a microphone."""

    def __init__(self, recognizer: ProcessRecognizer) -> None:
        super().__init__(session_grammar("en"), EnergyGate(SileroDetector()), recognizer)
        self._began = time.monotonic()
        self._never = threading.Event()

    def process(self, mic: Clip, played: Clip, at: Samples, saying: Sequence[Spoken] = ()) -> list[Event]:
        self._never.wait(max(0.0, self._began + seconds(at + len(mic)) - time.monotonic()))
        return super().process(mic, played, at, saying)


@pytest.fixture
def recognizer() -> Iterator[ProcessRecognizer]:
    engine = ProcessRecognizer(EMBEDDED, session_grammar("en").path)
    yield engine
    engine.close()


@pytest.fixture
def voice(speech_cache: Path) -> Iterator[ClipLibrary]:
    library = ClipLibrary(Pyttsx3Synthesizer(VoiceSpec()), "en", speech_cache / "speech", blocking=True)
    yield library
    library.close()


@pytest.fixture
def person_voice() -> Iterator[Pyttsx3Synthesizer]:
    person = load_persona("goes-well")
    engine = Pyttsx3Synthesizer(VoiceSpec(person.voice, person.rate))
    yield engine
    engine.close()


def counted_while_deaf(log: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the lines of counting that were given to the player while speech was understood too late."""
    deaf, found = False, []
    for row in log:
        deaf = row["type"] == "HearingLost" or (deaf and row["type"] != "HearingBack")
        sound = row.get("sound")
        found += [row] if deaf and row["type"] == "Play" and isinstance(sound, dict) else []
    return found


def test_stopped_nine_tenths_of_the_time_it_goes_on_or_ends_with_its_last_words(
    recognizer: ProcessRecognizer, voice: ClipLibrary, person_voice: Pyttsx3Synthesizer, tmp_path: Path
) -> None:
    stage = Stage(load_exercise(SHORT), voice, RealTime(recognizer), person_voice)
    with stuttering(lambda: recognizer.pid):
        done = rehearse(stage, load_persona("goes-well"), "left", tmp_path)
    log = json.loads(Path(done.log).read_text(encoding="utf-8"))
    assert [row["outcome"] for row in log if row["type"] == "Finish"] == [done.outcome]
    assert [row["record"] for row in log if row["type"] == "Record"][-1]["outcome"] == done.outcome
    said = [line["text"] for row in log if row["type"] == "Say" for line in row["lines"]]
    assert said[-1] == "Goodbye."
    assert counted_while_deaf(log) == []
