"""Ctrl-C and SIGTERM end the session or standby in order; a second signal ends the program at once."""

import signal
from collections.abc import Callable
from types import FrameType
from typing import Final, Protocol, Self

SIGNALLED: Final = 128
"""Exit code after a signal, as shells have it: this and the signal's number. 130 is Ctrl-C."""


class Interruptible(Protocol):
    """Something that can be asked to end."""

    def interrupt(self) -> None:
        """Ask it to end soon."""


class Interruption:
    """Lets Ctrl-C and SIGTERM end it in order; a second one ends the program at once."""

    def __init__(self, what: Interruptible) -> None:
        """Take what is to end."""
        self._what = what
        self._caught = 0
        self._reading = False
        self._before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    @property
    def caught(self) -> int:
        """The signal that came last; 0: none."""
        return self._caught

    @property
    def exit_code(self) -> int:
        """The program's exit code: 0 if no signal came."""
        return SIGNALLED + self._caught if self._caught else 0

    def __enter__(self) -> Self:
        """Take the signals from now on."""
        for number in self._before:
            signal.signal(number, self._take)
        return self

    def __exit__(self, *_: object) -> None:
        """Leave them to whoever had them."""
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def read(self, read: Callable[[], str | None]) -> str | None:
        """Return what `read` returns, or None if a signal comes first: waiting for the keyboard can't last."""
        try:
            self._reading = True
            return None if self._caught else read()
        except KeyboardInterrupt:
            return None
        finally:
            self._reading = False

    def _take(self, number: int, _frame: FrameType | None) -> None:
        again, self._caught = bool(self._caught), number
        self._what.interrupt()
        if again or self._reading:
            raise KeyboardInterrupt
