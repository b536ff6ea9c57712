"""Draws scenes on a terminal: on its second screen, so that what stood there before is there again afterwards.

Plain escape sequences: what is drawn is two dozen rows, of which only those that changed are written. The terminal is
opened once more by its name, and written without waiting: one that is stopped (Ctrl-S) or slow misses scenes, and the
sound goes on.
"""

import os
import select
import signal
import termios
from collections.abc import Mapping
from contextlib import suppress
from types import FrameType
from typing import Any, Final, Self, TextIO

from voice_coach.screen.layout import Row, cut, rows
from voice_coach.screen.scene import Scene

STYLES: Final = {
    "head": "1",
    "strong": "1",
    "label": "1;36",
    "dim": "2",
    "good": "32",
    "doubt": "33",
    "bad": "1;31",
}
"""Style -> parameters of SGR."""
_COLOURLESS: Final = {"head": "1", "strong": "1", "label": "1", "bad": "1"}
"""The same where NO_COLOR is set: bold is no colour."""

ENTER: Final = "\x1b[?1049h\x1b[?25l\x1b[2J"
"""Take the second screen, hide the cursor, clear."""
LEAVE: Final = "\x1b[0m\x1b[?25h\x1b[?1049l"

USUAL_SIZE: Final = (80, 24)
"""Columns and rows of a terminal that doesn't tell."""

_ENDING: Final = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
"""What ends a program at once that does not handle it."""


def fits(stream: TextIO, environment: Mapping[str, str]) -> bool:
    """Return whether a screen can be drawn on what a stream writes to: a terminal that is not a dumb one, and ours.

    A job in the background writes lines: the terminal is somebody else's.
    """
    try:
        return stream.isatty() and environment.get("TERM", "dumb") != "dumb" and is_ours(stream.fileno())
    except (OSError, ValueError):  # closed
        return False


def is_ours(terminal: int) -> bool:
    """Return whether this process is in the terminal's foreground.

    Where the terminal is not the one that controls this process, as in the sessions of standby, there is no telling,
    and it was handed over to be written to.
    """
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return True


class TerminalScreen:
    """A screen on a terminal, while its context lasts."""

    def __init__(self, stream: TextIO, environment: Mapping[str, str] = os.environ) -> None:
        """Take a stream for which `fits` is true."""
        self._stream = stream
        self._styles = _COLOURLESS if environment.get("NO_COLOR") else STYLES
        self._ascii = "utf" not in (stream.encoding or "").lower()
        self._encoding = "ascii" if self._ascii else "utf-8"
        self._fd = -1
        self._before: list[Any] | None = None
        self._taken: list[signal.Signals] = []
        self._shown = False
        self._drawn: list[str] = []
        self._size = USUAL_SIZE
        self._pending = b""

    def __enter__(self) -> Self:
        """Take the terminal."""
        self._fd = _opened(self._stream.fileno())
        own = {signal.SIGTSTP: self._suspend, signal.SIGCONT: self._resume, **dict.fromkeys(_ENDING, self._end)}
        for number, handler in own.items():
            if signal.getsignal(number) == signal.SIG_DFL:  # else it is ignored, as by nohup, or taken
                signal.signal(number, handler)
                self._taken.append(number)
        self._take()
        return self

    def __exit__(self, *_: object) -> None:
        """Give it back as it was."""
        for number in self._taken:
            signal.signal(number, signal.SIG_DFL)
        self._taken.clear()
        self._give_back()
        with suppress(OSError):
            os.close(self._fd)

    def draw(self, scene: Scene) -> None:
        """Write the rows that are other than before; all of them where the size has changed."""
        if not is_ours(self._fd):
            self._shown = False  # a job that was sent to the background: whoever has the terminal now has restored it
            return
        if not self._shown:
            self._take()
        if not self._flush():
            return  # it has not taken the last scene yet
        size = self._measured()
        text = "" if size == self._size else "\x1b[0m\x1b[2J"
        drawn = [] if size != self._size else self._drawn
        self._size = size
        self._drawn = [self._styled(row) for row in rows(scene, *size, ascii_only=self._ascii)]
        for number, row in enumerate(self._drawn):
            if number >= len(drawn) or row != drawn[number]:
                text += f"\x1b[{number + 1};1H{row}\x1b[0m\x1b[K"
        if self._shown:  # no signal came in between
            self._pending = text.encode(self._encoding, "replace")
            self._flush()

    def take_stop(self) -> bool:
        """Return False: there is Ctrl-C, which is a signal."""
        return False

    def _styled(self, row: Row) -> str:
        spans = cut(row, self._size[0])
        return "".join(
            f"\x1b[{code}m{span.text}\x1b[0m" if (code := self._styles.get(span.style)) else span.text for span in spans
        )

    def _measured(self) -> tuple[int, int]:
        try:
            columns, lines = os.get_terminal_size(self._fd)
        except OSError:
            return USUAL_SIZE
        return (columns, lines) if columns > 0 and lines > 0 else USUAL_SIZE

    def _flush(self) -> bool:
        """Write what is left, as far as the terminal takes it; return whether it has taken everything."""
        try:
            while self._pending:
                if not select.select((), (self._fd,), (), 0)[1]:
                    return False
                self._pending = self._pending[os.write(self._fd, self._pending) :]
        except BlockingIOError:
            return False
        except OSError:  # it is gone: nobody looks
            self._pending = b""
        return True

    def _take(self) -> None:
        """Show the second screen; what is typed is not shown on it."""
        self._shown, self._drawn, self._size = True, [], self._measured()
        with suppress(termios.error, OSError):
            self._before = termios.tcgetattr(self._fd)
            silent = list(self._before)
            silent[3] &= ~termios.ECHO
            termios.tcsetattr(self._fd, termios.TCSANOW, silent)
        self._pending = ENTER.encode()
        self._flush()

    def _give_back(self) -> None:
        """Show the first screen again; where somebody else has the terminal, that was done already."""
        if not self._shown or not is_ours(self._fd):
            return
        self._shown = False
        rest, self._pending = self._pending, b""  # perhaps the end of a sequence that is half written
        with suppress(OSError, ValueError):
            os.write(self._stream.fileno(), rest + LEAVE.encode())  # waits, as the lines that follow do
        if self._before is not None:
            with suppress(termios.error, OSError):
                termios.tcsetattr(self._fd, termios.TCSANOW, self._before)
            self._before = None

    # Signals.

    def _end(self, number: int, _frame: FrameType | None) -> None:
        """End as if nobody had looked: outside of a session, which takes SIGTERM itself."""
        self._give_back()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def _suspend(self, _number: int, _frame: FrameType | None) -> None:
        """Give the terminal back and stop; SIGSTOP, as SIGTSTP stops no process outside of the terminal's session."""
        self._give_back()
        os.kill(os.getpid(), signal.SIGSTOP)  # returns when the program is resumed

    def _resume(self, _number: int, _frame: FrameType | None) -> None:
        """Let the next scene be drawn as a whole, as soon as the terminal is ours again."""
        self._shown = False


def _opened(terminal: int) -> int:
    """Return the terminal opened once more, so that it is only us who don't wait for it."""
    flags = os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK
    try:
        return os.open(os.ttyname(terminal), flags)
    except OSError:  # it has no name here, or is another user's; whoever else writes there waits for it, so we do too
        return os.dup(terminal)
