"""The coach's voice, for all that is tried over an open speaker."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from voice_coach.speak.clip_library import ClipLibrary
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec


@pytest.fixture(scope="module")
def voice(speech_cache: Path) -> Iterator[ClipLibrary]:
    """Return the coach's voice."""
    library = ClipLibrary(Pyttsx3Synthesizer(VoiceSpec()), "en", speech_cache / "speech", blocking=True)
    yield library
    library.close()
