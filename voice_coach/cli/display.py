"""How a live session is shown: as a screen, as plain lines, or as JSON for programs; and what else writes there."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from io import TextIOWrapper
from typing import Final

import click

from voice_coach.app.console import Console
from voice_coach.app.onlooker import Onlooker
from voice_coach.cli.console import Terminal
from voice_coach.errors import CoachError
from voice_coach.screen.follower import Follower, View
from voice_coach.screen.json_lines import JsonLines

MAX_CHATTER: Final = 65_536
"""Bytes of the sound libraries' messages that are read for the log; a pipe holds no more."""
_STDERR: Final = 2


@dataclass(frozen=True, slots=True)
class Display:
    """Where a session is shown."""

    console: Console
    onlookers: Sequence[Onlooker] = ()


class HeldTerminal(Terminal):
    """A terminal whose screen is in use: what is to be read afterwards is written then."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._held: list[Callable[[], None]] = []

    def show(self, text: str) -> None:
        """Write a line to standard output, later."""
        self._held.append(lambda: Terminal.show(self, text))

    def note(self, text: str) -> None:
        """Write a line to standard error: later, where that is a terminal too."""
        self._told(lambda: Terminal.note(self, text))

    def warn(self, text: str) -> None:
        """Write what is wrong to standard error: later, where that is a terminal too."""
        self._told(lambda: Terminal.warn(self, text))

    def release(self) -> None:
        """Write what was held."""
        held, self._held = self._held, []
        for write in held:
            write()

    def _told(self, write: Callable[[], None]) -> None:
        if sys.stderr.isatty():
            self._held.append(write)
        else:
            write()


@contextmanager
def displayed(*, plain: bool = False, as_json: bool = False, views: Sequence[View] = ()) -> Iterator[Display]:
    """Yield where a session is shown; a terminal is as it was afterwards, however the session ended.

    Args:
        plain: lines, also on a terminal.
        as_json: lines of JSON.
        views: who draws its scenes as well.
    """
    if as_json:
        lines = JsonLines(Terminal(), Terminal().show)
        follower = Follower(lines, views)
        yield Display(follower if views else lines, (follower, lines) if views else (lines,))
    elif plain or not drawable():
        follower = Follower(Terminal(), views)
        yield Display(follower, (follower,)) if views else Display(Terminal())
    else:
        from voice_coach.screen.terminal import TerminalScreen  # noqa: PLC0415 -- only for POSIX

        held = HeldTerminal()
        with ExitStack() as stack:
            stack.callback(held.release)
            screen = stack.enter_context(TerminalScreen(sys.stdout))
            follower = Follower(held, [screen, *views], captions=False)
            yield Display(follower, (follower,))


@contextmanager
def windows(console: Console, *, wanted: bool) -> Iterator[Sequence[View]]:
    """Yield a page in the browser, where one is wanted; its address is told, and opened where there is a desktop.

    Raises:
        CoachError: it can't be served.
    """
    if not wanted:
        yield ()
        return
    from voice_coach.screen.window import Window  # noqa: PLC0415 -- a server is there only where one is wanted

    with Window() as window:
        console.note(f"The session's page, which can be opened once: {window.address}")
        if sys.platform != "linux" or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
            click.launch(window.address)
        yield (window,)


def drawable() -> bool:
    """Return whether standard output is a terminal that a screen can be drawn on."""
    if sys.platform == "win32":  # pragma: no cover -- tests run on Linux
        return False
    from voice_coach.screen.terminal import fits  # noqa: PLC0415 -- only for POSIX

    return fits(sys.stdout, os.environ)


@contextmanager
def without_chatter() -> Iterator[Callable[[], str]]:
    """Keep what the sound libraries write to standard error off it, and yield a function that returns what is new.

    PortAudio, ALSA and JACK know nothing of `sys.stderr`: they write to file descriptor 2, so that is a pipe meanwhile,
    and `sys.stderr` writes to where it led before. Nobody waits for the pipe: once it is full, the rest is lost. Where
    the program fails by a fault of ours, what is left goes to standard error: it may say why.
    """
    try:
        sys.stderr.flush()
        ours = sys.stderr.fileno() == _STDERR
    except (OSError, ValueError):
        ours = False
    if not ours:  # a program that has put something else in its place, such as a test
        yield str
        return
    kept, (reading, writing) = os.dup(_STDERR), os.pipe()
    for end in (reading, writing):
        os.set_blocking(end, False)
    os.dup2(writing, _STDERR)
    os.close(writing)
    before = sys.stderr
    sys.stderr = TextIOWrapper(open(kept, "wb", closefd=False), "utf-8", "replace", line_buffering=True)  # noqa: SIM115

    def take() -> str:
        with suppress(BlockingIOError):
            return os.read(reading, MAX_CHATTER).decode("utf-8", "replace")
        return ""

    try:
        yield take
    except (CoachError, click.ClickException, click.Abort, KeyboardInterrupt):
        raise
    except BaseException:
        sys.stderr.write(take())
        raise
    finally:
        with suppress(OSError, ValueError):
            sys.stderr.flush()
        sys.stderr = before
        os.dup2(kept, _STDERR)
        os.close(kept)
        os.close(reading)
