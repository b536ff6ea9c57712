"""The engine's process: pyttsx3 lives here and nowhere else.

A program of its own, started by pyttsx3.py. It imports nothing of voice_coach (so it starts quickly, and
espeak-ng, which is GPL, stays at arm's length) and renders to files, one text at a time; it never plays.

    program PIPE FOLDER VOICE RATE ESPEAK

PIPE is an inherited pipe of `multiprocessing.connection`, FOLDER is for temporary files, and ESPEAK is `auto`, `system`
or `bundled`. Requests are answered in order:

    ("render", text)  -> ("clip", text, sound file), which the reader deletes; an empty file: this engine can't
    ("voices",)       -> ("voices", [(id, name, language), ...])
    ("quit",)         -> the program ends

A sound goes by its file: a reply must be short, as a reader would wait for the rest of a long one if this program were
stopped in the middle of it.

The first reply is ("ready", engine, voice's id), ("unknown_voice", voices) or ("failed", reason). When PIPE
is closed, because the coach has ended or died, the program ends at once, whatever it is doing.
"""

import ctypes
import os
import queue
import shutil
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

if sys.platform == "win32":  # pragma: no cover - tests run on Linux
    from multiprocessing.connection import PipeConnection as Connection
else:
    from multiprocessing.connection import Connection

TRIES = 3
"""Renders of one text before it is given up: 0.3 to 1 % of them come out empty."""

RATE_TRIES = 50
"""Times that the rate is set, some 10 ms each, before the engine is given up; of 500 fresh ones none needed over 4."""

PATIENCE = 5.0
"""Seconds for `finished-utterance`; rendering takes some 0.02."""

SLOWEST_SETTING = 80
"""espeak-ng takes no lower rate."""

HEADER = 64
"""Bytes of a sound file's header: 44 in the WAVs of espeak and SAPI, a little more in Apple's AIFFs."""

SECOND = 2 * 22_050
"""Bytes in a second of what all of pyttsx3's drivers write: 16 bits, mono, 22 050 Hz."""

EXIT_STUCK = 3
"""Exit code: the engine did not finish a text; only a fresh process helps."""

SYSTEM_LIBRARIES = ("libespeak-ng.so.1", "/usr/local/lib/libespeak-ng.so.1", "libespeak.so.1")
"""The library that pyttsx3 2.99 loads for espeak on Linux."""

Message = tuple[Any, ...]


class UnknownVoiceError(Exception):
    """The engine has no such voice; the argument is the list of those that it has."""


class Engine:
    """One pyttsx3 engine for life: a second `init` in one process crashes espeak sooner or later."""

    def __init__(self, voice: str, rate: int, folder: Path) -> None:
        """Start the engine and set voice and rate, once.

        Raises:
            UnknownVoiceError: the engine does not have that voice.
            RuntimeError: there is no engine.
        """
        import pyttsx3  # noqa: PLC0415 - after espeak's library has been chosen

        self._engine = pyttsx3.init()
        if str(self._engine) == "espeak":
            finish_when_synth_returns()
        self._rate = espeak_rate(rate) if str(self._engine) == "espeak" else rate
        self._folder = folder
        self._count = 0
        self._finished = threading.Event()
        self._completed = False
        self._errors: list[Exception] = []
        self._engine.connect("finished-utterance", self._on_finished)
        self._engine.connect("error", self._on_error)
        self.voice = self._set_voice(voice)
        self._set_rate()

    @property
    def name(self) -> str:
        """The driver and, where it tells, its version."""
        driver = str(self._engine)
        if driver != "espeak":
            return driver  # pragma: no cover - tests run on Linux
        from pyttsx3.drivers import _espeak  # noqa: PLC0415 - there only where espeak is

        return f"espeak {_espeak.Info(None).decode()}"

    def voices(self) -> list[tuple[str, str, str]]:
        """Return id, name and language of each voice."""
        return [
            (str(voice.id), str(voice.name or ""), ", ".join(map(str, voice.languages or ())).replace("_", "-"))
            for voice in self._engine.getProperty("voices")
        ]

    def render(self, text: str) -> bytes:
        """Return a sound file with the text, nothing if it can't be had."""
        for _ in range(TRIES):
            data = self._render(text)
            if not self._at_rate():
                self._set_rate()
            elif plausible(data, text, self._rate):
                return data
        return b""

    def _render(self, text: str) -> bytes:
        self._count += 1  # a unique name, because an earlier try may still be writing its file
        path = self._folder / f"{self._count}.wav"
        self._finished.clear()
        self._completed = True
        self._errors.clear()
        self._run(self._engine.save_to_file, text, str(path))
        # espeak renders in a thread, and runAndWait does not always wait for it. SAPI and NSSpeech are done by now,
        # and do not always say so.
        if str(self._engine) == "espeak" and not self._finished.wait(PATIENCE):
            os._exit(EXIT_STUCK)
        if not self._completed or self._errors:
            return b""
        with suppress(FileNotFoundError):
            data = path.read_bytes()
            path.unlink()
            return data
        return b""

    def _set_rate(self) -> None:
        """Set the rate until the engine has it: espeak takes it in a thread, and of 100 fresh ones up to 16 lost it.

        Raises:
            RuntimeError: it never has it.
        """
        for _ in range(RATE_TRIES):
            self._run(self._engine.setProperty, "rate", self._rate)
            if self._at_rate():
                return
        message = f"it does not take the rate {self._rate}"
        raise RuntimeError(message)

    def _at_rate(self) -> bool:
        """Return whether the engine has the rate; NSSpeech and SAPI, which obey at once, are believed."""
        if str(self._engine) != "espeak":
            return True  # pragma: no cover - tests run on Linux
        from pyttsx3.drivers import _espeak  # noqa: PLC0415 - there only where espeak is

        # Not `getProperty`: it leaves out the second argument, so it sometimes returns the default.
        return bool(_espeak.dll.espeak_GetParameter(_espeak.RATE, 1) == self._rate)

    def _run(self, command: Callable[..., None], *arguments: str | int) -> None:
        """Carry out one of pyttsx3's commands in a loop of its own.

        A fresh engine is busy, so that commands wait for the loop and the loop's end waits behind them; later it is
        not, and the end comes first: the loop then never ends (espeak) or cuts the speech off (NSSpeech).
        """
        self._engine.proxy.setBusy(True)
        command(*arguments)
        self._engine.runAndWait()

    def _on_finished(self, name: str | None, completed: bool) -> None:  # noqa: ARG002, FBT001 - pyttsx3's signature
        self._completed = completed
        self._finished.set()

    def _on_error(self, name: str | None, exception: Exception) -> None:  # noqa: ARG002 - pyttsx3's signature
        self._errors.append(exception)

    def _set_voice(self, wanted: str) -> str:
        """Set the voice and return its id. Engines know it by id, name or language; a `+f3` behind it is a variant."""
        if self._try_voice(wanted):
            return str(self._engine.getProperty("voice"))
        known = self.voices()
        base, plus, variant = wanted.lower().partition("+")
        for voice, name, language in known:
            names = {voice.lower(), voice.lower().rpartition("/")[2], name.lower(), *language.lower().split(", ")}
            if base in names and self._try_voice(voice + plus + variant):
                return str(self._engine.getProperty("voice"))
        raise UnknownVoiceError(known)

    def _try_voice(self, voice: str) -> bool:
        """Set a voice. The engine reports a bad one only by the error event, and drops unknown variants."""
        self._errors.clear()
        self._run(self._engine.setProperty, "voice", voice)
        _, plus, variant = voice.lower().partition("+")
        return not self._errors and str(self._engine.getProperty("voice")).lower().endswith(plus + variant)


def espeak_rate(words_a_minute: int) -> int:
    """Return espeak-ng's setting for a rate, in words a minute from the first to the last voiced sample of a text.

    Its own count leaves out the shortness of our words: set to 155, it was measured to say 201. The line fits
    espeak-ng 1.51 and 1.52 from 114 to 261 words a minute within 2 % in American English and 4 % in British English
    (80 texts of six words and more, settings 90 to 200). Its slowest setting, 80, says 107.
    """
    return max(SLOWEST_SETTING, round((words_a_minute + 8.3) / 1.344))


def plausible(data: bytes, text: str, rate: int) -> bool:
    """Return whether a sound file holds about as much sound as the text is long, and not only silence."""
    sound = data[HEADER:]
    expected = len(text) / (rate * 6 / 60)  # seconds: a word is five letters and a blank
    return expected / 4 <= len(sound) / SECOND <= 3 + 6 * expected and bool(sound.strip(b"\0"))


def finish_when_synth_returns() -> None:
    """Let pyttsx3 finish an utterance of an espeak that never tells its end.

    espeak renders in a thread of its own, returns from `Synth` before there is any sound, and sends `MSG_TERMINATED`
    last, for which pyttsx3 waits. Built without threads, as espeakng-loader's library for aarch64 is, it renders before
    `Synth` returns and never sends that event. Then the sound comes in the thread that called `Synth`, and is complete
    when `Synth` returns, so the event is sent here. pyttsx3 ignores a second one.
    """
    from pyttsx3.drivers import _espeak  # noqa: PLC0415 - there only where espeak is

    synth, callback = _espeak.Synth, _espeak.SynthCallback
    threads: set[int] = set()

    def take(sound: Any, count: int, events: Any) -> int:  # noqa: ANN401 - ctypes pointers
        threads.add(threading.get_ident())
        return int(callback(sound, count, events))

    def render(text: bytes, **options: int) -> int:
        threads.clear()
        result = int(synth(text, **options))
        if threading.get_ident() in threads:
            ends = (_espeak.EVENT_MSG_TERMINATED, _espeak.EVENT_LIST_TERMINATED)
            callback(None, 0, (_espeak.EVENT * len(ends))(*map(_espeak.EVENT, ends)))
        return result

    _espeak.SetSynthCallback(take)
    _espeak.Synth = render


def provide_espeak(choice: str) -> str:
    """See to it that pyttsx3 finds espeak-ng on Linux and return whose it is: `system` or `bundled`.

    The bundled library is loaded beforehand: pyttsx3 asks for it by its SONAME and is given the one that is there.
    Without the path to its data, set before, espeak would end the process.
    """
    if not sys.platform.startswith("linux") or choice == "system" or (choice == "auto" and _has_system_espeak()):
        return "system"
    import espeakng_loader  # noqa: PLC0415 - needed only where the system has no espeak-ng

    os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
    ctypes.CDLL(espeakng_loader.get_library_path())
    return "bundled"


def _has_system_espeak() -> bool:
    for library in SYSTEM_LIBRARIES:
        with suppress(OSError):
            ctypes.CDLL(library)
            return True
    return False


def serve(requests: "queue.Queue[Message]", replies: "Connection[Any, Any]", engine: Engine, folder: Path) -> None:
    """Answer requests until `quit`."""
    count = 0
    while (request := requests.get())[0] != "quit":
        if request[0] == "voices":
            replies.send(("voices", engine.voices()))
        else:
            count += 1
            path = folder / f"clip-{count}"
            path.write_bytes(engine.render(request[1]))
            replies.send(("clip", request[1], str(path)))


def read(connection: "Connection[Any, Any]", requests: "queue.Queue[Message]", folder: str) -> None:
    """Take requests as they come. In a thread of its own, so that the coach's end is noticed while the engine hangs."""
    try:
        while True:
            requests.put(connection.recv())
    except (EOFError, OSError):
        shutil.rmtree(folder, ignore_errors=True)  # who would have removed it is gone
        os._exit(0)


def main(arguments: list[str]) -> None:
    """Be the engine's process."""
    pipe = Connection(int(arguments[0]))
    folder, voice, rate, choice = arguments[1:]
    requests: queue.Queue[Message] = queue.Queue()
    threading.Thread(target=read, args=(pipe, requests, folder), daemon=True).start()
    try:
        whose = provide_espeak(choice)
        engine = Engine(voice, int(rate), Path(folder))
    except UnknownVoiceError as error:
        pipe.send(("unknown_voice", error.args[0]))
    except Exception as error:  # noqa: BLE001 - an engine's start may raise anything; the coach gets it
        pipe.send(("failed", f"{type(error).__name__}: {error}"))
    else:
        pipe.send(("ready", f"{engine.name} {whose}", engine.voice))
        with suppress(BrokenPipeError):  # the coach is gone
            serve(requests, pipe, engine, Path(folder))


if __name__ == "__main__":
    main(sys.argv[1:])
