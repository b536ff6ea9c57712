"""SIGTERM and SIGINT end training between two steps, never in the middle of one."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOPPED = 143
"""The exit code of a program that SIGTERM ended."""


def leave_to_parent() -> None:
    """Let a pool's process end at once by SIGTERM, which its parent sends, and not by Ctrl-C, which all of them get."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class Signals:
    """Ends the program when asked to: at once or, while `held`, when the work in hand is done."""

    def __init__(self) -> None:
        self._held = False
        self._asked = False

    @contextmanager
    def installed(self) -> Iterator[None]:
        """Handle SIGTERM and SIGINT inside of this block."""
        before = {number: signal.signal(number, self._ask) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let no signal end the program inside of this block.

        Raises:
            SystemExit: one came meanwhile; raised at the block's end.
        """
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._asked:
            self._end()

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True
        if not self._held:
            self._end()

    def _end(self) -> None:
        self._asked = False
        raise SystemExit(STOPPED)
