"""The screen on a real terminal: what is written to it, and that it is what it was afterwards."""

import os
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from fcntl import ioctl
from io import StringIO
from pathlib import Path
from select import select
from struct import pack
from typing import TextIO

import pytest

from benchmarks.monitor import family
from tests.screen.emulator import Emulator
from tests.screen.sample import SAMPLE
from tests.virtual_card.program import wait_until
from voice_coach.screen.layout import plain, rows
from voice_coach.screen.terminal import TerminalScreen, fits

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such terminals there")
DRAWING = Path(__file__).parent / "drawing.py"
MARK = b"\x06"
PATIENCE = 60.0
"""Seconds that the kernel may take: a limit for what has gone wrong."""
WHOLE = [plain(row) for row in rows(SAMPLE, 80, 24)]


@dataclass
class Pty:
    """A terminal of our own: `stream` writes to it, `see` tells what has arrived."""

    master: int
    stream: TextIO
    emulator: Emulator = field(default_factory=Emulator)
    written: str = ""
    """What arrived with the last look."""

    def resize(self, width: int, height: int) -> None:
        ioctl(self.master, termios.TIOCSWINSZ, pack("HHHH", height, width, 0, 0))

    def see(self) -> list[str]:
        """Read all that was written until now; the kernel hands it over in its own time, but in order."""
        os.write(self.stream.fileno(), MARK)
        data = b""
        while not data.endswith(MARK):
            assert select([self.master], [], [], PATIENCE)[0], "the terminal hands over nothing"
            data += os.read(self.master, 65_536)
        self.written = data.removesuffix(MARK).decode().replace("\r\n", "\n")
        self.emulator.feed(self.written)
        return self.emulator.rows

    def echoes(self) -> bool:
        return bool(termios.tcgetattr(self.stream.fileno())[3] & termios.ECHO)


@pytest.fixture
def pty() -> Iterator[Pty]:
    master, slave = os.openpty()
    with open(slave, "w", encoding="utf-8") as stream:  # noqa: PTH123 -- a descriptor
        one = Pty(master, stream)
        one.resize(80, 24)
        yield one
    os.close(master)


def test_a_scene_is_on_the_second_screen_and_the_first_comes_back(pty: Pty) -> None:
    with TerminalScreen(pty.stream, {}) as screen:
        screen.draw(SAMPLE)
        assert pty.see() == [plain(row) for row in rows(SAMPLE, 80, 24)]
        assert pty.emulator.second
        assert not pty.emulator.cursor
        assert not pty.echoes()
    pty.see()
    assert not pty.emulator.second
    assert pty.emulator.cursor
    assert pty.echoes()


def test_only_the_rows_that_changed_are_written(pty: Pty) -> None:
    with TerminalScreen(pty.stream, {}) as screen:
        screen.draw(SAMPLE)
        pty.see()
        screen.draw(SAMPLE)
        pty.see()
        assert pty.written == ""
        screen.draw(replace(SAMPLE, level=0.6))
        assert pty.see() == [plain(row) for row in rows(replace(SAMPLE, level=0.6), 80, 24)]
        assert pty.written.count("H") == 1
        assert "\x1b[2J" not in pty.written


def test_another_size_is_taken_with_the_next_scene(pty: Pty) -> None:
    with TerminalScreen(pty.stream, {}) as screen:
        screen.draw(SAMPLE)
        pty.see()
        for size in ((40, 10), (120, 50), (12, 3), (80, 24)):
            pty.resize(*size)
            pty.emulator.resize(*size)
            screen.draw(SAMPLE)
            assert pty.see() == [plain(row) for row in rows(SAMPLE, *size)]


def test_no_color_leaves_the_colours_out(pty: Pty) -> None:
    with TerminalScreen(pty.stream, {"NO_COLOR": "1"}) as screen:
        screen.draw(SAMPLE)
        pty.see()
        assert not pty.emulator.coloured
    with TerminalScreen(pty.stream, {"NO_COLOR": ""}) as screen:
        screen.draw(SAMPLE)
        pty.see()
        assert pty.emulator.coloured


def test_a_terminal_that_takes_nothing_holds_up_nobody(pty: Pty) -> None:
    """Ctrl-S, or a slow line: scenes are missed, and the last one is there in the end."""
    with TerminalScreen(pty.stream, {}) as screen:
        termios.tcflow(pty.stream.fileno(), termios.TCOOFF)
        for number in range(2000):
            screen.draw(replace(SAMPLE, said=(f"Sentence {number}.",)))
        termios.tcflow(pty.stream.fileno(), termios.TCOON)
        last = replace(SAMPLE, said=("At last.",))
        for _ in range(3):
            screen.draw(last)
            pty.see()
        assert pty.emulator.rows == [plain(row) for row in rows(last, 80, 24)]


def test_a_terminal_that_is_gone_ends_nothing(pty: Pty) -> None:
    with TerminalScreen(pty.stream, {}) as screen:
        os.close(pty.master)
        screen.draw(SAMPLE)
        screen.draw(replace(SAMPLE, level=0.1))
    pty.master = os.open(os.devnull, os.O_RDONLY)


def test_where_it_fits(pty: Pty) -> None:
    assert fits(pty.stream, {"TERM": "xterm"})
    assert not fits(pty.stream, {"TERM": "dumb"})
    assert not fits(pty.stream, {})
    assert not fits(StringIO(), {"TERM": "xterm"})
    with Path(os.devnull).open("w", encoding="utf-8") as null:
        assert not fits(null, {"TERM": "xterm"})


# A job of a shell, whose terminal is the one that controls it.


class Job:
    """See drawing.py."""

    def __init__(self, shell: "subprocess.Popen[str]", pty: Pty) -> None:
        self.shell, self.pty = shell, pty
        self.pid = int(self.tells().removeprefix("job "))
        assert self.tells() == "ready"

    def tells(self) -> str:
        assert self.shell.stdout is not None
        return self.shell.stdout.readline().strip()

    def asked(self, command: str) -> None:
        assert self.shell.stdin is not None
        self.shell.stdin.write(f"{command}\n")
        self.shell.stdin.flush()

    def draws(self) -> list[str]:
        self.asked("draw")
        assert self.tells() == "draw"
        return self.pty.see()

    def gave_it_back(self) -> None:
        self.pty.see()
        assert not self.pty.emulator.second
        assert self.pty.emulator.cursor
        assert self.pty.echoes()
        assert "repetition" not in self.pty.emulator.first.lower()


@contextmanager
def started(pty: Pty, *arguments: str) -> Iterator[Job]:
    pipe = subprocess.PIPE
    command = [sys.executable, str(DRAWING), os.ttyname(pty.stream.fileno()), *arguments]
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    ) as shell:
        one = Job(shell, pty)
        try:
            assert one.draws() == WHOLE
            assert pty.emulator.second
            yield one
        finally:
            for pid in reversed(family(shell.pid)):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


@pytest.fixture
def job(pty: Pty) -> Iterator[Job]:
    with started(pty) as one:
        yield one


@pytest.mark.parametrize(
    ("way", "code"),
    [("end", 0), ("fail", 1), *((number.name, -number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT))],
)
def test_however_it_ends_the_terminal_is_what_it_was(job: Job, way: str, code: int) -> None:
    if way.startswith("SIG"):
        os.kill(job.pid, signal.Signals[way])
    else:
        job.asked(way)
    assert job.tells() == f"ended {code}"
    job.gave_it_back()


def test_after_ctrl_c_the_terminal_is_what_it_was(job: Job) -> None:
    os.kill(job.pid, signal.SIGINT)
    assert job.tells().startswith("ended ")
    job.gave_it_back()


def test_a_job_that_is_stopped_gives_the_terminal_back_and_takes_it_again(job: Job) -> None:
    os.kill(job.pid, signal.SIGTSTP)
    assert job.tells() == "stopped"
    job.gave_it_back()
    job.shell.send_signal(signal.SIGUSR1)
    assert job.draws() == WHOLE
    assert job.pty.emulator.second
    assert not job.pty.echoes()
    os.kill(job.pid, signal.SIGTSTP)
    assert job.tells() == "stopped"
    job.gave_it_back()


def test_a_session_of_standby_is_suspended_and_resumed_with_it(pty: Pty) -> None:
    with started(pty, "standby") as job:
        os.kill(job.pid, signal.SIGTSTP)
        assert job.tells() == "stopped"
        wait_until(lambda: bool(pty.see()) and not pty.emulator.second, "the session gives the terminal back", PATIENCE)
        job.gave_it_back()
        job.shell.send_signal(signal.SIGUSR1)
        assert job.draws() == WHOLE
        assert pty.emulator.second
        job.asked("end")
        assert job.tells() == "ended 0"
        job.gave_it_back()


def test_a_job_in_the_background_draws_nothing(job: Job) -> None:
    os.kill(job.pid, signal.SIGTSTP)
    assert job.tells() == "stopped"
    job.gave_it_back()
    job.shell.send_signal(signal.SIGUSR2)
    job.draws()
    assert job.pty.written == ""
    job.asked("end")
    assert job.tells() == "ended 0"
    assert job.pty.see() is not None
    assert job.pty.written == ""
    job.gave_it_back()
