"""Hold sessions and tell what they cost: one request a line on standard input, one answer a line on standard output.

`benchmarks.cost` starts this file as a program, with the tree that is measured first on PYTHONPATH. The coach is the
program's own but for the sound card: the recogniser works in its own process, and is waited for after each message, so
that a session is the same in each run. CPU time is that of both processes, of their own code and of the system's for
them. What the person and the room cost is left out.
"""

import hashlib
import sys
import time  # noqa: TID251 - CPU time is what is measured
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Final

import msgspec
import numpy as np

from tests.hear.room import Room
from tests.open_speaker.talk import OpenSpeaker
from voice_coach.audio.offline import run_file
from voice_coach.audio.pcm import Clip, to_clip, to_signal
from voice_coach.clinical.past import Past
from voice_coach.coach import Coach, MemoryJournal
from voice_coach.config.engines import open_voice, session_grammar
from voice_coach.config.settings import Settings
from voice_coach.event_log import EventLog
from voice_coach.exercise.load import load_exercise
from voice_coach.hear.asr.recognizer import NOTHING_EXPECTED, Expected
from voice_coach.hear.asr.supervised import ProcessRecognizer
from voice_coach.hear.asr.vosk import EMBEDDED
from voice_coach.hear.echo.loopback import OwnCopy
from voice_coach.hear.echo.self_speech import OwnVoice
from voice_coach.hear.listener import Listener
from voice_coach.hear.vad import EnergyGate, SileroDetector
from voice_coach.rehearsal.person import Person
from voice_coach.rehearsal.persona import load_persona
from voice_coach.rehearsal.voice import voice_of
from voice_coach.speak.player import Player
from voice_coach.timebase import BLOCK, Samples, samples, seconds

LIMIT: Final = samples(45 * 60)
EXERCISE: Final = "flexion_rotation"
REST: Final = "dialogue and the rest"


class Request(msgspec.Struct, frozen=True):
    """One session."""

    persona: str
    seed: int
    open_speaker: bool
    """Whether the microphone hears the coach, as in a living room with a mildly distorting loudspeaker 5 dB louder
    than the person."""


class Cost(msgspec.Struct, frozen=True):
    """The CPU time of one session."""

    length: float
    """Seconds of session."""
    parts: dict[str, float]
    """Seconds of CPU time, by part."""
    outcome: str
    log: str
    """A hash of the event log."""


class InStep(ProcessRecognizer):
    """Waits until its process has answered each message."""

    def begin(self, at: Samples, *, numbers: bool, expected: Expected = NOTHING_EXPECTED) -> None:
        """Start an utterance."""
        super().begin(at, numbers=numbers, expected=expected)
        self.settle()

    def prepare(self, *, numbers: bool, expected: Expected) -> None:
        """Let the process get ready for these answers."""
        super().prepare(numbers=numbers, expected=expected)
        self.settle()

    def accept(self, pcm: Clip) -> None:
        """Let the next samples be decoded."""
        super().accept(pcm)
        self.settle()

    def weigh(self) -> None:
        """Let what was fed so far be weighed."""
        super().weigh()
        self.settle()

    def end(self) -> None:
        """Let the utterance be finished."""
        super().end()
        self.settle()

    def settle(self) -> None:
        """Wait for what is still to be answered."""
        while self._process.owed:
            self._look(0.1)


PARTS: Final = {
    "voice detection": ((EnergyGate, "probability"),),
    "echo canceller": tuple(
        (kind, name) for kind in (OwnVoice, OwnCopy) for name in ("take_out", "likelier", "blames")
    ),
    "decoder built": ((InStep, "prepare"), (InStep, "begin")),
    "following": ((InStep, "accept"), (InStep, "poll"), (InStep, "lag")),
    "weighing": ((InStep, "weigh"), (InStep, "end")),
    "deciding": tuple(
        (Listener, name) for name in ("_request_weighing", "_take_partial", "_decide_final", "_decide_early")
    ),
    "speaking": ((Player, "next_block"),),
    REST: ((Coach, "advance"),),
}
"""The methods whose time each part is, without what they spend in other parts."""


class Meter:
    """Sums up CPU time by part."""

    def __init__(self) -> None:
        """Begin to measure every part."""
        self.child: int | None = None
        """The recogniser's process."""
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._inner = [0.0]
        for part, methods in PARTS.items():
            for kind, name in methods:
                setattr(kind, name, self._clocked(part, getattr(kind, name)))

    def now(self) -> float:
        """Return the CPU time of both processes so far, in seconds."""
        # The clock of another process, as clock_getcpuclockid(3) makes it out of its number.
        other = time.clock_gettime((~self.child << 3) | 2) if self.child else 0.0
        return time.process_time() + other

    def _clocked(self, part: str, method: Callable[..., Any]) -> Callable[..., Any]:
        def clocked(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever that method takes and gives
            self._inner.append(0.0)
            began = self.now()
            try:
                return method(*given, **named)
            finally:
                took = self.now() - began
                self.spent[part] += took - self._inner.pop()
                self._inner[-1] += took

        return clocked


def hold(request: Request, meter: Meter) -> Cost:
    """Hold a session to its end."""
    persona = msgspec.structs.replace(load_persona(request.persona), seed=request.seed)
    settings = Settings(open_speaker=request.open_speaker)
    voice, person_voice = open_voice(settings, blocking=True), voice_of(persona)
    grammar = session_grammar("en")
    recognizer = InStep(EMBEDDED, grammar.path)
    try:
        person = Person(persona, person_voice, "left")
        person.prepare()
        hearing = Listener(grammar, EnergyGate(SileroDetector()), recognizer, open_speaker=request.open_speaker)
        log = EventLog()
        coach = Coach(
            load_exercise(EXERCISE),
            voice=voice,
            hearing=hearing,
            journal=MemoryJournal(),
            first_run=persona.first_run,
            past=Past(screening=persona.screening),
            watch=(log, person.watch),
        )
        room = OpenSpeaker(Room()) if request.open_speaker else None

        def microphone(length: Samples) -> Clip:
            said = person.microphone(coach.now, length)
            return said if room is None else to_clip((to_signal(said) + room.hear(length)).astype(np.float32))

        recognizer.settle()
        meter.child = recognizer.pid
        meter.spent.clear()
        run_file(
            coach.advance,
            lambda: coach.done,
            microphone,
            speaker=room.play if room else lambda _: None,
            limit=LIMIT,
            block=BLOCK,
        )
        meter.child = None
        digest = hashlib.sha256(log.to_json().encode()).hexdigest()
        return Cost(seconds(coach.now), dict(meter.spent), coach.outcome, digest)
    finally:
        recognizer.close()
        voice.close()
        person_voice.close()


def main() -> None:
    """Answer requests until there are no more."""
    meter = Meter()
    for line in sys.stdin:
        cost = hold(msgspec.json.decode(line, type=Request), meter)
        print(msgspec.json.encode(cost).decode(), flush=True)  # noqa: T201 - read by `benchmarks.cost`


if __name__ == "__main__":
    main()
