"""A machine on which the coach has no speech engine holds a whole session in the voice of a pack."""

from contextlib import closing
from pathlib import Path

from packs.write import add_clip, write_index
from tests.speak.tone_pack import tone
from voice_coach.app.known_texts import known_texts
from voice_coach.audio.pcm import to_signal
from voice_coach.config.engines import open_listener
from voice_coach.config.settings import Settings
from voice_coach.errors import SpeechError
from voice_coach.exercise.load import load_exercise
from voice_coach.rehearsal.perform import Stage, rehearse
from voice_coach.rehearsal.persona import load_persona
from voice_coach.speak.clip_library import ClipLibrary
from voice_coach.speak.loudness import SPEECH_LOUDNESS
from voice_coach.speak.tts.on_demand import OnDemandSynthesizer
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.tts.synthesizer import Synthesizer
from voice_coach.speak.voice_pack import FORMAT, Index, PackClip, VoicePack
from voice_coach.speak.voice_spec import VoiceSpec


def write_pack(folder: Path) -> VoicePack:
    """Return a pack of all texts that are known beforehand, which all sound alike."""
    sound = to_signal(tone("And come back."))
    one = add_clip(folder, "And come back.", sound, loudness=SPEECH_LOUDNESS)
    clips = [PackClip(text, one.file, one.digest, one.length, one.loudness, one.onset) for text in known_texts().every]
    write_index(folder, Index(FORMAT, "tones", "Tones", "en", "CC0-1.0", {"model": "tones"}, tuple(clips)))
    return VoicePack(folder)


def no_engine() -> Synthesizer:
    """Fail as where neither espeak-ng nor its package is installed."""
    raise SpeechError("There is no engine.")


def test_a_whole_session_is_held_in_the_voice_of_a_pack(tmp_path: Path) -> None:
    """A pack with all known texts leaves nothing for the engine: nobody even tries to start it."""
    engine, told, person = OnDemandSynthesizer(no_engine), list[str](), load_persona("goes-well")
    with (
        closing(
            ClipLibrary(
                engine, "en", tmp_path / "speech", blocking=True, pack=write_pack(tmp_path / "tones"), tell=told.append
            )
        ) as voice,
        closing(open_listener(Settings(), inline=True)) as hearing,
        closing(Pyttsx3Synthesizer(VoiceSpec(person.voice, person.rate))) as answers,
    ):
        result = rehearse(
            Stage(load_exercise("flexion_rotation"), voice, hearing, answers), person, "left", tmp_path / "out"
        )
        assert (told, voice.problems) == ([], [])
    assert (result.outcome, result.repetitions) == ("completed", 10)
    assert not engine.started
