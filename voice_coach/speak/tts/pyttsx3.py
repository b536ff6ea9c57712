"""Speech from pyttsx3, kept alive: a process that dies or hangs is replaced, and what it was doing is done again.

The engine itself lives in pyttsx3_worker.py. A clock is read here, as nothing else tells a process that hangs.
"""

import os
import time
from collections import Counter, deque
from contextlib import suppress
from difflib import get_close_matches
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, NamedTuple

from voice_coach.audio.pcm import Clip, decode, silence
from voice_coach.errors import SpeechError
from voice_coach.speak.loudness import shape
from voice_coach.speak.tts.pyttsx3_process import PROGRAM, EngineProcess
from voice_coach.speak.tts.synthesizer import VoiceSpec, Waiting

HUNG_AFTER: Final = 10.0
"""Seconds without a sign after which a process hangs; a text takes some 0.02, a start 0.2 (a cold Raspberry Pi: 3)."""

MAX_TEXTS_AHEAD: Final = 4
"""Texts that the process has at once: enough not to wait for us, few enough for an urgent one to be soon."""

MAX_PROCESSES_A_TEXT: Final = 3
"""Processes that a text may take with it before it is given up."""

MAX_RESTARTS: Final = 5
"""Restarts without a clip in between after which the engine is given up."""

SLOWEST, FASTEST = 120, 200
"""Words a minute (V4)."""

ESPEAK: Final = "VOICE_COACH_ESPEAK"
"""Environment: `auto` (the default), `system` or `bundled` espeak-ng on Linux."""

REMEDY: Final = "Reinstall voice_coach, or on Linux the package espeak-ng"
"""What to do when no engine runs."""


class VoiceInfo(NamedTuple):
    """A voice of the engine."""

    id: str
    name: str
    language: str


class Pyttsx3Synthesizer:
    """Speech by the engine of this system: espeak-ng on Linux, NSSpeechSynthesizer on macOS, SAPI on Windows.

    Each text that is requested is answered once; asked for again while it waits, it only becomes urgent.
    """

    def __init__(self, spec: VoiceSpec, *, program: Path = PROGRAM, patience: float = HUNG_AFTER) -> None:
        """Start the engine's process and return before it is ready.

        Args:
            spec: which voice, and how fast.
            program: what the process runs; see pyttsx3_worker.py for what is expected of it.
            patience: seconds without a sign after which the process is taken to hang.

        Raises:
            SpeechError: the rate is out of range, or no process can be started.
        """
        if not SLOWEST <= spec.rate <= FASTEST:
            raise SpeechError(f"The speech rate {spec.rate} is not between {SLOWEST} and {FASTEST} words a minute.")
        self._spec = spec
        self._program = program
        self._patience = patience
        self._waiting = Waiting()
        self._flight: deque[str] = deque()
        self._ready: list[tuple[str, Clip]] = []
        self._tries: Counter[str] = Counter()
        self._engine = ""
        self._voices: list[VoiceInfo] | None = None
        self._voices_asked = False
        self._failures = 0
        self._trouble = ""
        self._up = False
        self._dead = False
        self._sign = time.monotonic()
        try:
            self._process = self._start()
        except OSError as error:
            raise SpeechError(f"The speech engine can't be started: {error.strerror or error}.") from error

    @property
    def identity(self) -> str:
        """pyttsx3 and engine with their versions, voice and rate. Waits for the engine to be ready.

        Raises:
            SpeechError: the engine does not start, or does not have the voice.
        """
        while not (self._engine or self._dead):
            self._advance(self._patience)
        if not self._engine:
            raise SpeechError(self._trouble)
        return f"pyttsx3 {version('pyttsx3')} {self._engine} {self._spec.rate}"

    @property
    def process(self) -> int:
        """The number of the engine's process, for those who watch or kill it."""
        return self._process.number

    def voices(self) -> list[VoiceInfo]:
        """Return the engine's voices. Waits for the engine.

        Raises:
            SpeechError: the engine does not start or can't be kept alive.
        """
        self._voices_asked = self._voices is None
        if self._voices_asked and self._up:
            self._sign = time.monotonic()
            self._send("voices")
        while self._voices is None and not self._dead:
            self._advance(self._patience)
        if self._voices is None:
            raise SpeechError(self._trouble)
        return self._voices

    def request(self, text: str, *, urgent: bool = False) -> None:
        """Ask for this text; an urgent one goes before those that are waiting. Never blocks."""
        if self._dead or not any(character.isalnum() for character in text):
            self._ready.append((text, silence(0)))  # there is nothing to be heard
        elif text not in self._flight:
            self._waiting.put(text, urgent=urgent)
            self._feed()

    def poll(self, timeout: float = 0.0) -> list[tuple[str, Clip]]:
        """Return the clips that have become ready, waiting up to `timeout` seconds for the first.

        Returns at once when nothing has been requested. An empty clip: this text can't be had.
        """
        deadline = time.monotonic() + timeout
        self._advance(0.0)
        while not self._ready and (self._waiting or self._flight) and (left := deadline - time.monotonic()) > 0:
            self._advance(left)
        ready, self._ready = self._ready, []
        return ready

    def close(self) -> None:
        """End the engine; may be called twice."""
        if not self._dead:
            self._process.close()
            self._give_up("The voice has been closed.")

    def _advance(self, timeout: float) -> None:
        """Take what the process says, waiting up to `timeout` seconds for the first word; replace it if it fails."""
        self._feed()
        while not self._dead and self._process.wait(max(0.0, min(timeout, self._left()))):
            timeout = 0.0
            try:
                reply = self._process.receive()
            except (EOFError, OSError):
                self._replace(self._process.last_words() or "it ended without a word")
            else:
                self._sign = time.monotonic()
                self._take(reply)
            self._feed()
        if not self._dead and self._left() <= 0:
            self._replace(f"it gave no answer in {self._patience:g} seconds")

    def _left(self) -> float:
        """Seconds until the process is taken to hang; an idle one can't."""
        busy = not self._up or self._flight or self._voices_asked
        return self._sign + self._patience - time.monotonic() if busy else self._patience

    def _feed(self) -> None:
        """Hand over what the process can take."""
        if not self._up or self._dead:
            return
        if not self._flight:
            self._sign = time.monotonic()
        while self._waiting and len(self._flight) < MAX_TEXTS_AHEAD:
            self._flight.append(self._waiting.popleft())
            self._send("render", self._flight[-1])

    def _send(self, *request: str) -> None:
        with suppress(OSError):  # it is dead; reading tells so next, and mends it
            self._process.send(*request)

    def _take(self, reply: tuple[Any, ...]) -> None:
        match reply:
            case ("ready", str(engine), str(voice)):
                self._up = True
                self._engine = self._engine or f"{engine} {voice}"
                if self._voices_asked:
                    self._send("voices")
            case ("clip", str(text), bytes(data)):
                self._take_clip(text, data)
            case ("voices", list(voices)):
                self._voices = [VoiceInfo(*voice) for voice in voices]
                self._voices_asked = False
            case ("unknown_voice", list(voices)):
                self._process.close()
                self._give_up(_unknown_voice(self._spec.name, voices))
            case ("failed", str(reason)):
                self._process.close()
                self._replace(reason)
            case _:
                self._replace(f"it said {reply!r:.100}")

    def _take_clip(self, text: str, data: bytes) -> None:
        try:
            clip = shape(decode(data))
        except ValueError:
            clip = silence(0)
        if not clip.size:
            self._replace(f'it made no sound of "{text}"')
            return
        self._failures = 0
        self._flight.remove(text)
        self._ready.append((text, clip))

    def _replace(self, reason: str) -> None:
        """End the process and start another, which does again what this one was doing."""
        self._process.close(kill=True)
        self._up = False
        self._failures += 1
        if self._flight:
            self._blame(self._flight[0])
        self._waiting.extendleft(reversed(self._flight))
        self._flight.clear()
        if self._failures > MAX_RESTARTS:
            self._give_up(f"The speech engine does not work: {reason}. {REMEDY}.")
            return
        self._sign = time.monotonic()
        try:
            self._process = self._start()
        except OSError as error:
            self._give_up(f"The speech engine can't be started again: {error.strerror or error}.")

    def _blame(self, text: str) -> None:
        """Give up a text that has taken its share of processes with it."""
        self._tries[text] += 1
        if self._tries[text] >= MAX_PROCESSES_A_TEXT:
            self._flight.popleft()
            self._ready.append((text, silence(0)))
            self._tries.pop(text)

    def _give_up(self, trouble: str) -> None:
        """Answer all that is still waited for with empty clips, and so from now on."""
        self._process.close(kill=True)
        self._dead = True
        self._trouble = trouble
        self._ready.extend((text, silence(0)) for text in (*self._flight, *self._waiting))
        self._flight.clear()
        self._waiting.clear()

    def _start(self) -> EngineProcess:
        choice = os.environ.get(ESPEAK, "auto")
        if choice == "auto" and self._failures > 1 and not self._engine:
            choice = "bundled"  # the system's espeak seems to be there, but ends the process: its data is missing
        return EngineProcess(self._program, self._spec.name, self._spec.rate, choice)


def _unknown_voice(wanted: str, voices: list[tuple[str, str, str]]) -> str:
    """Return the sentence for a voice that the engine does not have."""
    ids = [voice[0] for voice in voices]
    last = {voice.rpartition("/")[2]: voice for voice in ids}
    near = [last[name] for name in get_close_matches(wanted.lower(), last, n=4, cutoff=0.4)]
    some = f"near to it are {', '.join(near)}" if near else f"there are {', '.join(ids[:4])} and others"
    return f'There is no voice "{wanted}"; {some} (`voice-coach cues --voices` lists all).'
