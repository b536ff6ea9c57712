"""Fixtures of the tests with a real recogniser."""

from collections.abc import Iterator

import pytest

from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec


@pytest.fixture(scope="module")
def speaker() -> Iterator[Pyttsx3Synthesizer]:
    """Return a person."""
    engine = Pyttsx3Synthesizer(VoiceSpec("en-gb", 193))
    yield engine
    engine.close()
