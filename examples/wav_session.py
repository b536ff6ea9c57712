"""A session on WAV files, with the real voice and the real recogniser, faster than life.

    python examples/wav_session.py ANSWERS OUT.wav [EXERCISE]

ANSWERS is a folder with the person's answers, each named after what the coach waits for: `side.wav` ("left side"),
`side_sure.wav` ("yes"), `pain_before.wav` ("six"), `ready.wav` ("ready"), ... Without a file there is no answer.
What the coach says is written to OUT.wav. EXERCISE is an id or a file; the flexion rotation, if it is left out.
"""

import sys
from contextlib import closing
from pathlib import Path

from voice_coach import (
    RATE,
    Action,
    Clip,
    Coach,
    Event,
    Listen,
    MemoryJournal,
    Played,
    Samples,
    Say,
    Settings,
    WavMic,
    WavSpeaker,
    load_exercise,
    open_listener,
    open_voice,
    run_file,
    silence,
)


class Person:
    """Answers what the coach asks, when it has finished speaking."""

    def __init__(self, folder: Path) -> None:
        """Take the folder with the answers."""
        self._folder = folder
        self._asked = ""
        self._token = 0
        self._answer: WavMic | None = None

    def watch(self, _at: Samples, item: Event | Action) -> None:
        """Follow what the coach does."""
        match item:
            case Listen(expecting, _):
                self._asked = expecting
            case Say(_, token):
                self._token = token
            case Played(_, token) if token == self._token:
                file = self._folder / f"{self._asked}.wav"
                self._answer = WavMic(file) if file.exists() else None
                print(f"{self._asked}: {'answered' if self._answer else 'not answered'}")
            case _:
                pass

    def microphone(self, length: Samples) -> Clip:
        """Return the next samples at the microphone."""
        return self._answer(length) if self._answer else silence(length)


def main(answers: str, out: str, exercise: str = "flexion_rotation") -> None:
    """Hold the session."""
    settings, person = Settings(), Person(Path(answers))
    with (
        closing(open_voice(settings, blocking=True)) as voice,
        closing(open_listener(settings, inline=True)) as hearing,
        WavSpeaker(Path(out)) as speaker,
    ):
        coach = Coach(
            load_exercise(exercise), voice=voice, hearing=hearing, journal=MemoryJournal(), watch=[person.watch]
        )
        run_file(coach.advance, lambda: coach.done, person.microphone, speaker=speaker, limit=45 * 60 * RATE)
    print(f"The session is over: {coach.outcome}.")


if __name__ == "__main__":
    main(*sys.argv[1:])
