"""A session as with a microphone and a speaker, but for these two: a scripted person is heard, and nothing is played.

Real voice, recogniser in a process of its own, history on disk. `python -m tests.privacy.listening [RECORD]` writes
what the microphone heard to standard output, so that a test can look for it elsewhere.
"""

import sys
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from voice_coach.app.run_session import start_of
from voice_coach.audio.offline import StereoRecorder, recorded, run_file
from voice_coach.audio.pcm import Clip
from voice_coach.coach import Coach
from voice_coach.config.engines import open_listener, open_voice
from voice_coach.config.settings import Settings
from voice_coach.exercise.load import load_exercise
from voice_coach.history.writer import HistoryWriter
from voice_coach.rehearsal.person import Person
from voice_coach.rehearsal.persona import load_persona
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.timebase import Samples, samples

LIMIT = samples(70)
"""Welcome, side, pain and the first steps: answers have been understood, and written to the history."""


def main(record: Path | None) -> None:
    """Hold the session."""
    settings = Settings(exercise=str(Path(__file__).parents[1] / "virtual_card" / "short.toml"))
    exercise = load_exercise(settings.exercise)
    persona = load_persona("goes-well")
    heard: list[Clip] = []
    with ExitStack() as stack:
        person_voice = Pyttsx3Synthesizer(VoiceSpec(persona.voice, persona.rate))
        stack.callback(person_voice.close)
        voice = open_voice(settings, blocking=True)
        stack.callback(voice.close)
        ears = open_listener(settings, inline=False)
        stack.callback(ears.close)
        journal = HistoryWriter()
        stack.callback(journal.close)
        first_run = journal.begin(start_of(exercise, settings))
        person = Person(persona, person_voice, "left")
        coach = Coach(exercise, voice=voice, ears=ears, journal=journal, first_run=first_run, watch=[person.watch])
        advance = recorded(coach.advance, stack.enter_context(StereoRecorder(record))) if record else coach.advance

        def hear(length: Samples) -> Clip:
            heard.append(person.microphone(coach.now, length))
            return heard[-1]

        run_file(advance, lambda: coach.done, hear, limit=LIMIT)
    sys.stdout.buffer.write(np.concatenate(heard).astype("<i2").tobytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
