"""Starting, asking and ending the engine's process; what to do when it fails is decided in pyttsx3.py."""

import os
import subprocess
import sys
import tempfile
from multiprocessing import Pipe
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any, Final

from voice_coach.workers.process import start

PROGRAM: Final = Path(__file__).with_name("pyttsx3_worker.py")
"""The engine's program."""

MAX_LAST_WORDS: Final = 300
"""Characters of what a process wrote on standard error that are worth showing."""

QUIT_WITHIN: Final = 2.0
"""Seconds that a process is given to end by itself."""


class EngineProcess:
    """A running engine. It ends with `close`, and by itself when this process ends in whatever way."""

    def __init__(self, program: Path, voice: str, rate: int, espeak: str) -> None:
        """Start `program` (see pyttsx3_worker.py for what it is told and says); returns before it is ready.

        Raises:
            OSError: no process can be started, or there is no room for temporary files.
        """
        self._folder = tempfile.TemporaryDirectory(prefix="voice-coach-", ignore_cleanup_errors=True)
        self._log = Path(self._folder.name) / "stderr.txt"
        requests, self._requests = Pipe(duplex=False)
        self._replies, replies = Pipe(duplex=False)
        arguments = [requests.fileno(), replies.fileno(), self._folder.name, voice, rate, espeak]
        # -P: the program's folder holds modules of ours that must not hide others of the same name.
        command = [sys.executable, "-P", str(program), *map(str, arguments)]
        # TMPDIR: Debian's espeak-ng leaves a folder of PulseAudio's behind.
        environment = {**os.environ, "TMPDIR": self._folder.name}
        try:
            with self._log.open("wb") as log:
                self._process = start(command, (requests.fileno(), replies.fileno()), environment, log)
        except OSError:
            self._close_ours()
            raise
        finally:  # only the process's copies are left, so that its end is noticed here and ours there
            requests.close()
            replies.close()

    @property
    def number(self) -> int:
        """The operating system's number of the process."""
        return self._process.pid

    def send(self, *request: str) -> None:
        """Put a request into the pipe.

        Raises:
            OSError: the process is gone.
        """
        self._requests.send(request)

    def wait(self, timeout: float) -> bool:
        """Wait up to `timeout` seconds for a reply or the process's end; return whether there is one."""
        return bool(wait([self._replies], timeout))

    def receive(self) -> tuple[Any, ...]:
        """Return the next reply, waiting for it.

        Raises:
            EOFError, OSError: the process is gone.
        """
        reply: tuple[Any, ...] = self._replies.recv()
        return reply

    def last_words(self) -> str:
        """Return the end of what the process wrote on standard error, in one line."""
        return " ".join(self._log.read_text(errors="replace")[-MAX_LAST_WORDS:].split())

    def close(self, *, kill: bool = False) -> None:
        """End the process: ask it to, or with `kill` (it hangs, it is broken) without asking. May be called twice."""
        if not (kill or self._requests.closed):
            self._ask_to_quit()
        self._process.kill()
        self._process.wait()
        self._close_ours()

    def _close_ours(self) -> None:
        self._requests.close()
        self._replies.close()
        self._folder.cleanup()

    def _ask_to_quit(self) -> None:
        try:
            self.send("quit")
            self._process.wait(QUIT_WITHIN)
        except (OSError, subprocess.TimeoutExpired):
            return  # gone already, or it does not listen: it is killed next
