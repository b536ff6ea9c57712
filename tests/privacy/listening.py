"""A session as with a microphone and a speaker, but for these two: a scripted person is heard, and nothing is played.

Real voice, recogniser in a process of its own, history on disk. `python listening.py MICROPHONE [RECORD]` leaves what the
microphone heard in the file MICROPHONE, so that a test can look for it elsewhere.
"""

import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np

from voice_coach.actions import Action
from voice_coach.audio.file import StereoRecorder, recorded, run_file
from voice_coach.audio.pcm import Clip
from voice_coach.cli.run import session
from voice_coach.config import Settings, open_ears, open_voice
from voice_coach.coach import Coach
from voice_coach.events import Event
from voice_coach.exercise.load import load_exercise
from voice_coach.rehearsal.person import Person
from voice_coach.rehearsal.persona import load_persona
from voice_coach.speak.tts import VoiceSpec
from voice_coach.speak.tts_pyttsx3 import Pyttsx3Synthesizer
from voice_coach.timebase import BLOCK, Samples, samples

LIMIT = samples(70)
"""Welcome, side, pain and the first steps: answers have been understood, and written to the history."""


def main(microphone: Path, record: Path | None) -> None:
    """Hold the session."""
    settings = replace(Settings(), exercise=str(Path(__file__).parents[1] / "virtual_card" / "short.toml"))
    persona = load_persona("goes-well")
    heard: list[Clip] = []
    with ExitStack() as stack:
        person_voice = Pyttsx3Synthesizer(VoiceSpec(persona.voice, persona.rate))
        stack.callback(person_voice.close)
        voice = open_voice(settings, blocking=True)
        stack.callback(voice.close)
        ears = open_ears(settings, inline=False)
        stack.callback(ears.close)
        person = Person(persona, person_voice, "left")
        coach = stack.enter_context(session(load_exercise(settings.exercise), settings, voice, ears, None))
        coach.add_watcher(person.watch)

        def hear(length: Samples) -> Clip:
            heard.append(person.microphone(coach.now, length))
            return heard[-1]

        advance = recorded(coach.advance, stack.enter_context(StereoRecorder(record))) if record else coach.advance
        run_file(advance, lambda: coach.done, hear, limit=LIMIT)
        understood = coach.state.facts
    microphone.write_bytes(np.concatenate(heard).astype("<i2").tobytes())
    print(understood.side)
