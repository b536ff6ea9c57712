"""A session as with a microphone and a speaker, but for these two: a scripted person is heard, and nothing is played.

Real voice, recogniser in a process of its own, history on disk. `python -m tests.privacy.listening [RECORD]` writes
what the microphone heard to standard output, so that a test can look for it elsewhere. With WINDOW set in the
environment the session is shown as a page too, which somebody reads.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import numpy as np

from tests.pace import in_step
from voice_coach.app.console import NO_CONSOLE
from voice_coach.app.run_session import looked_at, start_of
from voice_coach.audio.offline import StereoRecorder, recorded, run_file
from voice_coach.audio.pcm import Clip
from voice_coach.coach import Coach
from voice_coach.config.engines import open_listener, open_voice
from voice_coach.config.settings import Settings
from voice_coach.exercise.load import load_exercise
from voice_coach.history.writer import HistoryWriter
from voice_coach.rehearsal.person import Person
from voice_coach.rehearsal.persona import load_persona
from voice_coach.screen.follower import Follower
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.text import Subtitles
from voice_coach.timebase import Samples, samples

LIMIT = samples(65)
"""Welcome, side and pain: answers have been understood, and written to the history."""


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
        hearing = open_listener(settings, inline=False)
        stack.callback(hearing.close)
        journal = HistoryWriter()
        stack.callback(journal.close)
        first_run = journal.begin(start_of(exercise, settings))
        person = Person(persona, person_voice, "left")
        lookers = [stack.enter_context(read_page())] if os.environ.get("WINDOW") else []
        for one in lookers:
            one.begin(exercise, settings)
        watch = [person.watch, *(one.watch for one in lookers)]
        coach = Coach(exercise, voice=voice, hearing=hearing, journal=journal, first_run=first_run, watch=watch)
        seen = looked_at(Subtitles(coach, lookers[0].show if lookers else lambda _: None).advance, coach, lookers)
        advance = recorded(seen, stack.enter_context(StereoRecorder(record))) if record else seen

        def hear(length: Samples) -> Clip:
            heard.append(person.microphone(coach.now, length))
            return heard[-1]

        run_file(in_step(coach, advance), lambda: coach.done, hear, limit=LIMIT)
    sys.stdout.buffer.write(np.concatenate(heard).astype("<i2").tobytes())


@contextmanager
def read_page() -> Iterator[Follower]:
    """Yield who shows a session as a page, which another program reads; what that has read goes to standard error."""
    from voice_coach.screen.window import Window  # noqa: PLC0415 -- only here

    read = Path(__file__).with_name("reading.py")
    # Not a program of the coach's: nobody watches what it writes and whom it calls.
    with Window() as window:
        reader = subprocess.Popen([sys.executable, "-I", str(read), window.address], stdout=sys.stderr)
        try:
            yield Follower(NO_CONSOLE, [window])
        except BaseException:
            reader.kill()
            raise
    assert reader.wait(60) == 0


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
