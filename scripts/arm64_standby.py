"""Let standby hear a sound file, and print every event and action as JSON.

    python scripts/arm64_standby.py --say FILE   writes what a person says: "start my session", and then "no"
    python scripts/arm64_standby.py FILE         lets standby hear it, with the real recogniser and the voice pack

It is a program of its own, so that an emulated computer can run it too (scripts/arm64.py).
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np

from voice_coach.app.run_standby import open_standby
from voice_coach.audio.pcm import Clip, load, save, silence
from voice_coach.config.settings import Settings
from voice_coach.event_log import EventLog
from voice_coach.hear.listener import build_listener
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import USUAL_VOICE, VoiceSpec
from voice_coach.standby.build import grammar_of
from voice_coach.timebase import RATE, samples, seconds

BLOCK: Final = RATE // 10
PERSON: Final = VoiceSpec("en-gb", 193)
SAID: Final = (("start my session", 8.0), ("no", 4.0))
"""Texts, and the seconds of silence after each."""
AT: Final = datetime(2030, 5, 6, 2, tzinfo=UTC)
"""At night no reminder is due."""


def spoken(text: str) -> Clip:
    """Return what the person says, by this computer's own voice."""
    synthesizer = Pyttsx3Synthesizer(PERSON)
    synthesizer.request(text)
    ((_, clip),) = synthesizer.poll(60)
    synthesizer.close()
    if not clip.size:
        raise SystemExit(f"arm64_standby: {PERSON.name} can't say {text!r}")
    return clip


def dialogue() -> Clip:
    """Return all that the person says."""
    parts = [silence(samples(1))]
    for text, after in SAID:
        parts += [spoken(text), silence(samples(after))]
    return np.concatenate(parts)


def heard(sound: Clip) -> str:
    """Return all events and actions of a standby that hears this, as a JSON array."""
    log = EventLog()
    hearing = build_listener(grammar_of("en"))
    standby = open_standby(
        Settings(voice=VoiceSpec(USUAL_VOICE)), hearing, lambda: AT + timedelta(seconds=seconds(standby.now)), log
    )
    for start in range(0, len(sound) // BLOCK * BLOCK, BLOCK):
        standby.advance(sound[start : start + BLOCK])
    standby.close()
    return log.to_json()


if __name__ == "__main__":
    if sys.argv[1] == "--say":
        save(Path(sys.argv[2]), dialogue())
    else:
        print(heard(load(Path(sys.argv[1]))))
