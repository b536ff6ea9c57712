"""A child process that a test talks with: everything it waits for has a limit."""

import collections
import os
import queue
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from benchmarks.monitor import family

PATIENCE: Final = 20.0
"""Seconds that anything may take; the sound server needs 0.2 to start on an idle machine."""

SHOWN_LINES: Final = 30
"""How many of the program's last lines a failure shows."""


class VirtualCardError(Exception):
    """The virtual card or a program on it does not do what it should; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended."""

    code: int
    output: str
    """What it printed since the last line that was asked for."""
    errors: str

    @property
    def complaints(self) -> list[str]:
        """The lines of that, without those on the sound: a busy machine may lose it at any moment."""
        return [line for line in self.errors.splitlines() if not line.startswith("The sound is ")]


class Program:
    """A child process whose output is read line by line; nothing is waited for without a limit."""

    def __init__(self, command: Sequence[str | Path], environment: Mapping[str, str]) -> None:
        """Start it."""
        self._errors: Final = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115 - closed with the program
        self.process: Final = subprocess.Popen(
            [str(part) for part in command],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            start_new_session=True,
        )
        self._lines: Final[queue.SimpleQueue[str | None]] = queue.SimpleQueue()
        self._printed: Final[collections.deque[str]] = collections.deque(maxlen=SHOWN_LINES)
        self._reader: Final = threading.Thread(target=self._read)
        self._reader.start()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _t: TracebackType | None
    ) -> None:
        """End it, if it still runs."""
        for process in family(self.process.pid):  # what it started, in whatever group, has its output open
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        for pipe in (self.process.stdin, self.process.stdout, self._errors):
            if pipe is not None and not pipe.closed:
                pipe.close()

    def line(self, patience: float = PATIENCE) -> str:
        """Return the next line that it prints.

        Raises:
            VirtualCardError: it prints none within `patience` seconds, or has ended.
        """
        try:
            line = self._lines.get(timeout=patience)
        except queue.Empty:
            line = None
        if line is None:
            last = "".join(self._printed)
            raise VirtualCardError(
                f"the program prints nothing more; its errors: {self.errors()}\nIts last lines:\n{last}"
            )
        return line

    def line_soon(self, patience: float) -> str:
        """Return the next line that it prints within `patience` seconds; empty if none comes."""
        try:
            line = self._lines.get(timeout=patience)
        except queue.Empty:
            return ""
        if line is None:
            self._lines.put(None)  # that is for whoever asks for a line
        return line or ""

    def until(self, text: str, patience: float = PATIENCE) -> str:
        """Return the next line that holds this text, passing over the others.

        Raises:
            VirtualCardError: there is none within `patience` seconds.
        """
        end = time.monotonic() + patience
        while text not in (line := self.line(max(0.0, end - time.monotonic()))):
            pass
        return line

    def finish(self, patience: float = PATIENCE) -> Ended:
        """Close its standard input and wait for its end.

        Raises:
            VirtualCardError: it does not end within `patience` seconds.
        """
        if self.process.stdin is not None:
            self.process.stdin.close()
        try:
            code = self.process.wait(patience)
        except subprocess.TimeoutExpired as error:
            raise VirtualCardError(f"the program did not end within {patience:.0f} s: {self.errors()}") from error
        self._reader.join(PATIENCE)
        output = ""
        while not self._lines.empty() and (line := self._lines.get()) is not None:
            output += line
        return Ended(code, output, self.errors())

    def errors(self) -> str:
        """Return what it wrote to standard error so far; it writes on undisturbed, for the place in the file is its."""
        size = os.fstat(self._errors.fileno()).st_size
        return os.pread(self._errors.fileno(), size, 0).decode("utf-8", "replace")

    def _read(self) -> None:
        assert self.process.stdout is not None
        began = time.monotonic()
        for line in self.process.stdout:
            self._printed.append(f"{time.monotonic() - began:7.2f}  {line}")
            self._lines.put(line)
        self._lines.put(None)


def wait_until(true: Callable[[], bool], what: str, patience: float = PATIENCE) -> None:
    """Return as soon as `true()` is.

    Raises:
        VirtualCardError: it is not within `patience` seconds; the message holds `what`.
    """
    end = time.monotonic() + patience
    while not true():
        if time.monotonic() > end:
            raise VirtualCardError(f"waited {patience:.0f} s in vain until {what}")
        time.sleep(0.05)
