"""The voice of a persona."""

from pathlib import Path

from voice_coach.rehearsal.clips import RecordedVoice
from voice_coach.rehearsal.persona import Persona
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.tts.synthesizer import Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec


def voice_of(persona: Persona) -> Synthesizer:
    """Return the voice of a persona: its recordings, or espeak-ng; the caller closes it.

    Raises:
        SpeechError: there is no such voice.
        DataError: the folder of recordings has no good index.
    """
    if persona.clips and not persona.fallback:
        return RecordedVoice(Path(persona.clips))
    synthetic = Pyttsx3Synthesizer(VoiceSpec(persona.voice, persona.rate))
    return RecordedVoice(Path(persona.clips), synthetic) if persona.clips else synthetic
