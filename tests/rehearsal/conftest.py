"""Real rehearsals, held once and looked at by many tests."""

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.rehearsal.recording import Recording
from voice_coach.config.engines import open_listener
from voice_coach.config.settings import Settings
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.model import Side
from voice_coach.rehearsal.perform import Rehearsed, Stage, rehearse
from voice_coach.rehearsal.persona import load_persona
from voice_coach.speak.clip_library import ClipLibrary
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.timebase import BLOCK, Samples

Held = tuple[Rehearsed, Recording]
Hold = Callable[..., Held]


@pytest.fixture(scope="session")
def coach_voice(speech_cache: Path) -> Iterator[ClipLibrary]:
    """Return the coach's real voice."""
    library = ClipLibrary(Pyttsx3Synthesizer(VoiceSpec()), "en", speech_cache / "speech", blocking=True)
    yield library
    library.close()


@pytest.fixture(scope="session")
def hold(coach_voice: ClipLibrary, tmp_path_factory: pytest.TempPathFactory) -> Hold:
    """Return what holds a rehearsal with the real engines, in a folder of its own."""

    def held(name: str, side: Side = "left", *, exercise: str = "flexion_rotation", block: Samples = BLOCK) -> Held:
        person = load_persona(name)
        hearing = open_listener(Settings(), inline=True)
        person_voice = Pyttsx3Synthesizer(VoiceSpec(person.voice, person.rate))
        try:
            stage = Stage(load_exercise(exercise), coach_voice, hearing, person_voice)
            done = rehearse(stage, person, side, tmp_path_factory.mktemp("rehearsal"), block=block)
        finally:
            hearing.close()
            person_voice.close()
        return done, Recording.read(done.recording, done.log)

    return held


@pytest.fixture(scope="session")
def rehearsed(hold: Hold) -> Callable[[str, Side], Held]:
    """Return what gives a persona's rehearsal, held the first time that it is asked for."""
    return cache(hold)
