"""Child processes: started, supervised, and replaced when they end or hang.

An engine that may crash or hang runs in a program of its own. The program answers each message with exactly one
message, in order; before that it sends one to say that it is ready. A clock is read here: nothing else tells a process
that hangs.
"""

import os
import select
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from pathlib import Path
from typing import IO, Any, Final

from voice_coach.errors import CoachError

MAX_RESTARTS: Final = 5
"""Processes lost in a row, without a result in between, after which no other one is started."""

MAX_LAST_WORDS: Final = 300
"""Characters of what a process wrote on standard error that are worth showing."""

MAX_DEATH_WAIT: Final = 1.0
"""Seconds for which the end of a killed process is waited for. One that waits for a disk or a network that never
answers doesn't end, and must not hold up the session."""

_LOOKS_PER_PATIENCE: Final = 8
"""How often the CPU time of a process that owes an answer is read while patience lasts."""

_BUSY: Final = frozenset("RD")
"""States of a Linux process that is at work: it runs or waits for a CPU, or waits for the disk."""

SLOWNESS: Final = "VOICE_COACH_SLOWNESS"
"""Environment variable: how many times slower than a usual one this computer is; patience is so many times longer."""

_MAX_SLOWNESS: Final = 1000


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a process may be silent while it owes an answer, in seconds of real time; doubled with each loss."""

    start: float
    """Until a new process says that it is ready, while it does nothing."""
    answer: float
    """Until the next answer, while it does nothing."""
    working: float = 60.0
    """For either, while it is seen to work (an endless loop works too), or where the system does not tell."""

    def stretched(self, times: float) -> "Patience":
        """Return a patience so many times as long."""
        return Patience(self.start * times, self.answer * times, self.working * times)


@dataclass(frozen=True, slots=True)
class Program:
    """The command line of a child process."""

    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path | None = None
    """Destination of its standard error; None: ours."""


class ProcessLostError(Exception):
    """A child process ended or hangs; the message says which, as the end of a sentence."""


def slowness() -> float:
    """Return how many times slower than a usual one this computer is said to be; 1 where nothing is said.

    Raises:
        CoachError: what is said is no number from 1 to 1000.
    """
    said = os.environ.get(SLOWNESS) or "1"
    try:
        times = float(said)
    except ValueError:
        times = 0.0
    if not 1 <= times <= _MAX_SLOWNESS:
        raise CoachError(f"{SLOWNESS} is {said!r}: set it to a number from 1 to {_MAX_SLOWNESS}, or remove it.")
    return times


def start(
    command: Sequence[str], handles: Sequence[int], environment: Mapping[str, str], log: IO[bytes] | None = None
) -> "subprocess.Popen[bytes]":
    """Start a process that inherits these handles, out of reach of this terminal's Ctrl-C.

    Not `multiprocessing.Process`: that keeps one more process for shared memory, 7 MiB that nobody needs here, and
    loads the parent's program into the child.

    Args:
        command: the program and its arguments.
        handles: of pipes, as `Connection.fileno` gives them.
        environment: all of its variables.
        log: where its standard error goes; None: to ours.

    Raises:
        OSError: no process can be started.
    """
    if sys.platform == "win32":  # pragma: no cover - tests run on Linux
        for handle in handles:
            os.set_handle_inheritable(handle, True)  # noqa: FBT003 - positional only
        startup = subprocess.STARTUPINFO(lpAttributeList={"handle_list": list(handles)})
        group = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        return subprocess.Popen(  # noqa: S603 - our own program
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            env=environment,
            startupinfo=startup,
            creationflags=group,
        )
    return subprocess.Popen(  # noqa: S603 - our own program
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=log,
        env=environment,
        pass_fds=handles,
        start_new_session=True,
    )


def cpu_time(pid: int) -> tuple[float, bool] | None:
    """Return the seconds of CPU time that a process has used, and whether it is at work at this moment.

    The time grows in steps of 10 ms on most systems. None: the system does not tell (only Linux does), or there is no
    such process.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return None
    state, *fields = stat.rpartition(")")[2].split()  # the program's name before it may hold blanks and brackets
    user, system = fields[10:12]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK"), state in _BUSY


class _Activity:
    """When a process was last seen to work."""

    def __init__(
        self, pid: int, measure: Callable[[int], tuple[float, bool] | None], clock: Callable[[], float]
    ) -> None:
        self._pid = pid
        self._measure = measure
        self._clock = clock
        self._used: float | None = None
        self._looked = self.seen = clock()

    def look(self, every: float) -> None:
        """Read its CPU time, unless that was done less than `every` seconds ago."""
        now = self._clock()
        if now - self._looked < every:
            return
        self._looked = now
        found = self._measure(self._pid)
        if found is None:
            self.seen = now
            return
        used, busy = found
        if busy or self._used is None or used > self._used:
            self.seen = now
        self._used = used


_outlived: Final[list["subprocess.Popen[bytes]"]] = []
"""Processes that were killed and are still there; what has ended since is collected when the next one is."""


def _poller(handle: int) -> "select.poll | None":
    """Return what tells whether a pipe can be read, for a seventh of what `Connection.poll` takes; None: Windows.

    That is asked a hundred times a second and more, and a connection makes a selector each time.
    """
    if sys.platform == "win32":  # pragma: no cover - tests run on Linux
        return None
    poller = select.poll()
    poller.register(handle, select.POLLIN)
    return poller


class _Child:
    """One process, the pipe to it, and the answers that it owes."""

    def __init__(
        self,
        launch: Callable[[int], Program],
        measure: Callable[[int], tuple[float, bool] | None],
        clock: Callable[[], float],
    ) -> None:
        self.pipe, theirs = Pipe()
        try:
            program = launch(theirs.fileno())
            self._log = program.log
            handles = (theirs.fileno(),)
            if program.log is None:
                self.process = start(program.command, handles, program.environment)
            else:
                with program.log.open("wb") as log:
                    self.process = start(program.command, handles, program.environment, log)
        except BaseException:
            self.pipe.close()
            raise
        finally:
            theirs.close()  # so that the pipe ends when the process does
        self._poller = _poller(self.pipe.fileno())
        self.ready = False
        self.in_flight: deque[int] = deque()
        self.heard_of = clock()
        self.activity = _Activity(self.process.pid, measure, clock)

    @property
    def owes(self) -> bool:
        """True if it owes an answer."""
        return not self.ready or bool(self.in_flight)

    def has_said(self, within: float) -> bool:
        """Tell whether there is something to read, or the pipe has ended; wait for it up to `within` seconds.

        Raises:
            OSError: the pipe is broken.
        """
        if within > 0 or self._poller is None:
            return self.pipe.poll(within)
        return bool(self._poller.poll(0))

    def last_words(self) -> str:
        """Return the end of what it wrote on standard error, in one line."""
        text = self._log.read_text(errors="replace") if self._log and self._log.exists() else ""
        return " ".join(text[-MAX_LAST_WORDS:].split())

    def end(self, seconds: float) -> None:
        """Close the pipe and let the process end; kill it if it does not do so in time."""
        self.pipe.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        self.process.kill()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(MAX_DEATH_WAIT)
        _outlived[:] = [process for process in (*_outlived, self.process) if process.poll() is None]


class SupervisedProcess:
    """A child program behind a pipe, replaced by a new process when it ends or hangs.

    Slow is not hung: a process that owes an answer is given time for as long as its CPU time grows, or it waits for its
    turn on a busy computer, up to `Patience.working`. A process that does nothing is replaced after `Patience.answer`.
    With each loss patience doubles, until `proven` is called.

    Never blocks unless asked to wait. The caller repeats what is necessary after a restart.
    """

    def __init__(
        self,
        launch: Callable[[int], Program],
        patience: Patience,
        *,
        window: int,
        farewell: object = None,
        measure: Callable[[int], tuple[float, bool] | None] = cpu_time,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start the first process.

        Args:
            launch: returns what is run, given the handle of the process's end of the pipe; called for each process.
            patience: how long it may owe an answer.
            window: the size of all messages that may be sent and unanswered at a time. It must fit into a pipe, so that
                sending never blocks. A larger message is sent alone.
            farewell: the message with which the process is asked to end; None: it ends when the pipe does.
            measure: tells of a process what `cpu_time` does.
            clock: the seconds by which patience is judged, from any start.

        Raises:
            OSError: no process can be started.
            CoachError: the environment variable `SLOWNESS` is wrong.
        """
        self._launch = launch
        self._patience = patience.stretched(slowness())
        self._window = window
        self._farewell = farewell
        self._measure = measure
        self._clock = clock
        self._unsent: deque[tuple[object, int]] = deque()
        self._child: _Child | None = _Child(launch, measure, clock)
        self.losses = 0
        """Processes lost in a row."""

    @property
    def pid(self) -> int | None:
        """The process's number; None after `close`, or when it was given up."""
        return self._child.process.pid if self._child else None

    @property
    def ready(self) -> bool:
        """True once the process has sent anything."""
        return self._child is not None and self._child.ready

    @property
    def owed(self) -> int:
        """Messages that are still to be answered."""
        return len(self._unsent) + (len(self._child.in_flight) if self._child else 0)

    def send(self, message: object, size: int = 1) -> None:
        """Send a message as soon as the window has room for it."""
        self._unsent.append((message, size))
        self._flush()

    def receive(self, timeout: float = 0.0) -> Any | None:  # noqa: ANN401 - whatever the program says
        """Return the next message, waiting up to `timeout` seconds for it; None: there is none yet.

        Raises:
            ProcessLostError: the process ended or hangs: `restart`.
        """
        deadline = time.monotonic() + timeout
        while (child := self._child) is not None:
            left = max(0.0, deadline - time.monotonic()) if timeout else 0.0
            try:
                if child.has_said(min(left, self._limit(child) / _LOOKS_PER_PATIENCE)):
                    return self._take(child, child.pipe.recv())
            except (EOFError, OSError) as error:
                raise ProcessLostError(child.last_words() or "it ended without a word") from error
            self._flush()
            self._check(child)
            if left <= 0:
                break
        return None

    def proven(self) -> None:
        """Note that the process works: reset its patience to the usual value."""
        self.losses = 0

    def restart(self) -> bool:
        """Kill the process and start another, with nothing sent; return False if too many were lost in a row.

        Raises:
            OSError: no process can be started.
        """
        self.losses += 1
        self.kill()
        if self.losses > MAX_RESTARTS:
            return False
        self._child = _Child(self._launch, self._measure, self._clock)
        return True

    def kill(self) -> None:
        """End the process by force, for good."""
        child, self._child = self._child, None
        self._unsent.clear()
        if child is not None:
            child.end(0)

    def close(self, seconds: float) -> None:
        """Ask the process to end, give it some seconds, and then kill it. May be called twice."""
        child, self._child = self._child, None
        self._unsent.clear()
        if child is None:
            return
        if self._farewell is not None:
            with suppress(OSError, subprocess.TimeoutExpired):
                child.pipe.send(self._farewell)
                child.process.wait(seconds)
        child.end(seconds if self._farewell is None else 0)

    def _take(self, child: _Child, message: object) -> object:
        child.heard_of = self._clock()
        if child.ready and child.in_flight:
            child.in_flight.popleft()
        child.ready = True
        self._flush()
        return message

    def _flush(self) -> None:
        """Send as much as the window has room for."""
        child = self._child
        while child is not None and self._unsent:
            message, size = self._unsent[0]
            if child.in_flight and sum(child.in_flight) + size > self._window:
                return
            if not child.owes:
                child.heard_of = self._clock()  # it owes us something only from now on
            try:
                child.pipe.send(message)
            except OSError:  # it has ended; `receive` will say so
                return
            self._unsent.popleft()
            child.in_flight.append(size)

    def _limit(self, child: _Child) -> float:
        """Return for how many seconds the process may do nothing."""
        patience = self._patience.answer if child.ready else self._patience.start
        return float(patience * 2**self.losses)

    def _check(self, child: _Child) -> None:
        """Raise `ProcessLostError` if the process hangs."""
        if not child.owes:
            return
        limit = self._limit(child)
        child.activity.look(limit / _LOOKS_PER_PATIENCE)
        now = self._clock()
        if now - max(child.heard_of, child.activity.seen) > limit:
            raise ProcessLostError(f"it did nothing for {limit:g} seconds")
        if now - child.heard_of > max(limit, self._patience.working * 2**self.losses):
            raise ProcessLostError(f"it gave no answer for {now - child.heard_of:.0f} seconds")
