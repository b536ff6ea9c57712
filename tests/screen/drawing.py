"""A small shell with one job that draws on a terminal, for test_terminal.py; the terminal controls both of them.

The job obeys a line on standard input (`draw`, `end`, `fail`) and answers with it on standard output. There the shell
tells the job's process (`job 123`), that it was stopped (`stopped`), and how it ended (`ended -15`). SIGUSR1 is `fg`,
SIGUSR2 is `bg`. With `standby` the job is a process that waits for another one, which draws, as standby does.
"""

import fcntl
import os
import resource
import signal
import subprocess
import sys
import termios
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.screen.sample import SAMPLE
from voice_coach.app.run_standby import suspended_with
from voice_coach.screen.terminal import TerminalScreen


def tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def job(terminal: int) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # the measuring of coverage takes it
    for ignored in (signal.SIGHUP, signal.SIGQUIT):  # by nohup, and by a shell's background job
        signal.signal(ignored, signal.SIG_DFL)
    with open(terminal, "w", encoding="utf-8", closefd=False) as stream, TerminalScreen(stream, {}) as screen:
        tell("ready")
        for line in sys.stdin:
            command = line.strip()
            if command == "end":
                return
            if command == "fail":
                message = "on purpose"
                raise RuntimeError(message)
            screen.draw(SAMPLE)
            tell(command)


SIGNALS = {signal.SIGCHLD, signal.SIGUSR1, signal.SIGUSR2}
"""The shell waits for them, rather than handle them: one that comes just before `waitpid` would not end its wait."""


def shell(terminal: int, child: int) -> None:
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    while True:
        match signal.sigwait(SIGNALS):
            case signal.SIGUSR1:
                os.tcsetpgrp(terminal, child)
                os.killpg(child, signal.SIGCONT)
            case signal.SIGUSR2:
                os.killpg(child, signal.SIGCONT)
            case _:
                report(terminal, child)


def report(terminal: int, child: int) -> None:
    """Tell what became of the job, and take the terminal back."""
    process, status = os.waitpid(child, os.WUNTRACED | os.WNOHANG)
    if not process:
        return
    os.tcsetpgrp(terminal, os.getpgrp())
    if os.WIFSTOPPED(status):
        tell("stopped")
        return
    tell(f"ended {os.waitstatus_to_exitcode(status)}")
    signal.pause()  # with its leader the terminal would go too


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # SIGQUIT leaves no file behind
    if sys.argv[2:] == ["session"]:
        job(os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY))
        return
    terminal = os.open(sys.argv[1], os.O_RDWR)
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    reading, writing = os.pipe()
    signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    child = os.fork()
    if child:
        os.setpgid(child, child)
        os.tcsetpgrp(terminal, child)
        tell(f"job {child}")
        os.close(writing)
        os.close(reading)
        shell(terminal, child)
    else:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        os.close(writing)
        os.read(reading, 1)  # the end of it: the terminal is ours
        if sys.argv[2:] == ["standby"]:
            command = [sys.executable, __file__, sys.argv[1], "session"]
            with subprocess.Popen(command, start_new_session=True) as session, suspended_with(session):
                sys.exit(session.wait())
        job(terminal)


main()
