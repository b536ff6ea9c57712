"""Speech from pyttsx3 in a supervised process: one that ends or hangs is replaced, and its work repeated.

The engine itself is in pyttsx3_worker.py, its supervision in `workers/process.py`.
"""

import os
import sys
import tempfile
import time
from collections import Counter, deque
from difflib import get_close_matches
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, NamedTuple

from voice_coach.audio.pcm import Clip, decode, silence
from voice_coach.errors import SpeechError
from voice_coach.speak.loudness import shape
from voice_coach.speak.tts.synthesizer import Waiting
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.workers.process import Patience, ProcessLostError, Program, SupervisedProcess

PROGRAM: Final = Path(__file__).with_name("pyttsx3_worker.py")
"""The engine's program."""

PATIENCE: Final = Patience(start=10.0, answer=10.0)
"""A text takes some 0.02 seconds, a start 0.2 (a cold Raspberry Pi: 3)."""

MAX_TEXTS_AHEAD: Final = 4
"""Texts that the process has at once: enough not to wait for us, few enough for an urgent one to be soon."""

MAX_PROCESSES_A_TEXT: Final = 3
"""Processes that a text may crash before it is given up."""

QUIT_WITHIN: Final = 2.0
"""Seconds that a process is given to end by itself."""

SLOWEST, FASTEST = 120, 200
"""Words a minute (V4)."""

ESPEAK: Final = "VOICE_COACH_ESPEAK"
"""Environment: `auto` (the default), `system` or `bundled` espeak-ng on Linux."""

_WAIT: Final = 10.0
"""Seconds for which the engine is waited for at a time."""

REMEDY: Final = "Reinstall voice_coach, or on Linux the package espeak-ng"
"""Advice when no engine runs."""


class VoiceInfo(NamedTuple):
    """A voice of the engine."""

    id: str
    name: str
    language: str


class Pyttsx3Synthesizer:
    """Speech by the engine of this system: espeak-ng on Linux, NSSpeechSynthesizer on macOS, SAPI on Windows.

    Each text that is requested is answered once; asked for again while it waits, it only becomes urgent.
    """

    def __init__(self, spec: VoiceSpec, *, program: Path = PROGRAM, patience: Patience = PATIENCE) -> None:
        """Start the engine's process and return before it is ready.

        Args:
            spec: which voice, and how fast.
            program: what the process runs; see pyttsx3_worker.py for what is expected of it.
            patience: how long the process may be silent before it is replaced.

        Raises:
            SpeechError: the rate is out of range, or no process can be started.
        """
        if not SLOWEST <= spec.rate <= FASTEST:
            raise SpeechError(f"The speech rate {spec.rate} is not between {SLOWEST} and {FASTEST} words a minute.")
        self._spec = spec.engine
        self._file = program
        self._waiting = Waiting()
        self._flight: deque[str] = deque()
        self._ready: list[tuple[str, Clip]] = []
        self._tries: Counter[str] = Counter()
        self._engine = ""
        self._voices: list[VoiceInfo] | None = None
        self._voices_asked = False
        self._trouble = ""
        self._up = False
        self._dead = False
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._losses = 0
        try:
            self._process = SupervisedProcess(
                self._program, patience, window=MAX_TEXTS_AHEAD + 1, farewell=("quit",)
            )  # and a question about voices
        except OSError as error:
            self._clean()
            raise SpeechError(f"The speech engine can't be started: {error.strerror or error}.") from error

    @property
    def identity(self) -> str:
        """pyttsx3 and engine with their versions, voice and rate. Waits for the engine to be ready.

        Raises:
            SpeechError: the engine does not start, or does not have the voice.
        """
        while not (self._engine or self._dead):
            self._advance(_WAIT)
        if not self._engine:
            raise SpeechError(self._trouble)
        return f"pyttsx3 {version('pyttsx3')} {self._engine} {self._spec.rate} wpm"

    @property
    def process(self) -> int | None:
        """The number of the engine's process, for those who watch or kill it; None: it was given up or closed."""
        return self._process.pid

    def voices(self) -> list[VoiceInfo]:
        """Return the engine's voices. Waits for the engine.

        Raises:
            SpeechError: the engine does not start or can't be kept alive.
        """
        self._voices_asked = self._voices is None
        if self._voices_asked and self._up:
            self._process.send(("voices",))
        while self._voices is None and not self._dead:
            self._advance(_WAIT)
        if self._voices is None:
            raise SpeechError(self._trouble)
        return self._voices

    def request(self, text: str, *, urgent: bool = False) -> None:
        """Ask for this text; an urgent one is rendered before those waiting. Never blocks."""
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
            self._process.close(QUIT_WITHIN)
            self._give_up("The voice has been closed.")

    def _advance(self, timeout: float) -> None:
        """Take what the process says, waiting up to `timeout` seconds for the first word; replace it if it fails."""
        self._feed()
        try:
            while (reply := self._process.receive(timeout)) is not None:
                timeout = 0.0
                self._take(reply)
                self._feed()
        except ProcessLostError as loss:
            self._replace(str(loss))

    def _feed(self) -> None:
        """Hand over what the process can take."""
        while self._up and self._waiting and len(self._flight) < MAX_TEXTS_AHEAD:
            self._flight.append(self._waiting.popleft())
            self._process.send(("render", self._flight[-1]))

    def _take(self, reply: tuple[Any, ...]) -> None:
        match reply:
            case ("ready", str(engine), str(voice)):
                self._up = True
                self._engine = self._engine or f"{engine} {voice}"
                if self._voices_asked:
                    self._process.send(("voices",))
            case ("clip", str(text), str(file)):
                self._take_clip(text, Path(file))
            case ("voices", list(voices)):
                self._voices = [VoiceInfo(*voice) for voice in voices]
                self._voices_asked = False
            case ("unknown_voice", list(voices)):
                self._give_up(_unknown_voice(self._spec.name, voices))
            case ("failed", str(reason)):
                self._replace(reason)
            case _:
                self._replace(f"it said {reply!r:.100}")

    def _take_clip(self, text: str, file: Path) -> None:
        try:
            clip = shape(decode(file.read_bytes()))
            file.unlink()
        except (OSError, ValueError):
            clip = silence(0)
        if not clip.size or text not in self._flight:
            self._replace(f'it made no sound of "{text}"')
            return
        self._process.proven()
        self._flight.remove(text)
        self._ready.append((text, clip))

    def _replace(self, reason: str) -> None:
        """End the process and start another, which does again what this one was doing."""
        self._up = False
        if self._flight:
            self._blame(self._flight[0])
        self._waiting.extendleft(reversed(self._flight))
        self._flight.clear()
        self._losses = self._process.losses + 1
        try:
            if not self._process.restart():
                self._give_up(f"The speech engine does not work: {reason}. {REMEDY}.")
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
        self._process.kill()
        self._clean()
        self._up = False
        self._dead = True
        self._trouble = trouble
        self._ready.extend((text, silence(0)) for text in (*self._flight, *self._waiting))
        self._flight.clear()
        self._waiting.clear()

    def _program(self, handle: int) -> Program:
        """Return what the next process runs, with a temporary folder of its own.

        Raises:
            OSError: there is no room for temporary files.
        """
        choice = os.environ.get(ESPEAK, "auto")
        if choice == "auto" and self._losses > 1 and not self._engine:
            choice = "bundled"  # the system's espeak seems to be there, but ends the process: its data is missing
        self._clean()
        self._folder = tempfile.TemporaryDirectory(prefix="voice-coach-", ignore_cleanup_errors=True)
        name, rate = self._spec.name, self._spec.rate
        arguments = [self._file, handle, self._folder.name, name, rate, choice]
        # -P: the folder that the program is in holds modules of ours that must not hide others of the same name.
        # TMPDIR: Debian's espeak-ng leaves a folder of PulseAudio's there.
        environment = {**os.environ, "TMPDIR": self._folder.name}
        command = [sys.executable, "-P", *map(str, arguments)]
        return Program(command, environment, Path(self._folder.name) / "stderr.txt")

    def _clean(self) -> None:
        if self._folder is not None:
            self._folder.cleanup()
        self._folder = None


def _unknown_voice(wanted: str, voices: list[tuple[str, str, str]]) -> str:
    """Return the sentence for a voice that the engine does not have."""
    ids = [voice[0] for voice in voices]
    last = {voice.rpartition("/")[2]: voice for voice in ids}
    near = [last[name] for name in get_close_matches(wanted.lower(), last, n=4, cutoff=0.4)]
    some = f"near to it are {', '.join(near)}" if near else f"there are {', '.join(ids[:4])} and others"
    return f'There is no voice "{wanted}"; {some} (`voice-coach voices` lists all).'
