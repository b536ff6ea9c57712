"""libvosk in a process of its own: it can abort the process that it lives in, and may hang.

Dead or hung, the child is started again at once and hears the utterance under way from its first sample. What
was fed is kept until its final result is there, so nothing is lost. This file waits for something outside of the
session's clock, so it may ask for the time.
"""

import os
import subprocess
import sys
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import Pipe
from pathlib import Path
from typing import Final

from voice_coach.audio.pcm import Clip
from voice_coach.errors import RecognitionError
from voice_coach.hear.asr.recognizer import NOTHING_EXPECTED, Expected, Hypothesis
from voice_coach.hear.asr.worker import READY, Answer, Order
from voice_coach.hear.decision.thresholds import load_point
from voice_coach.timebase import RATE, Samples
from voice_coach.workers.process import start

_PROGRAM: Final = "voice_coach.hear.asr.worker"
_PACKAGES: Final = str(Path(__file__).parents[3])

_MAX_IN_FLIGHT: Final[Samples] = RATE
"""Samples sent and not yet answered: what fits into a pipe on every system, so that sending never blocks."""

_MAX_RESTARTS: Final = 5
"""How often in a row the child may be lost without a final result in between."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for the child, in seconds of real time."""

    start: float = 20.0
    """For a new one to load its model: a Raspberry Pi reads it from a slow card."""
    answer: float = 1.0
    """For an answer to what it was sent."""


@dataclass(slots=True)
class _Kept:
    """An utterance whose final result is still to come."""

    at: Samples
    numbers: bool
    expected: Expected
    audio: list[bytes] = field(default_factory=list)
    ended: bool = False
    partial: str = ""
    """The last partial text that was handed on."""

    def orders(self) -> list[Order]:
        """Return all that the child must be told of it."""
        orders: list[Order] = [("begin", self.at, self.numbers, self.expected)]
        orders += [("accept", data) for data in self.audio]
        return [*orders, ("end",)] if self.ended else orders


class _Child:
    """One process and the pipe to it."""

    def __init__(self, folder: Path, grammar: Path) -> None:
        self.pipe, theirs = Pipe()
        command = [sys.executable, "-P", "-m", _PROGRAM, str(theirs.fileno()), str(folder), str(grammar)]
        places = filter(None, (_PACKAGES, os.environ.get("PYTHONPATH")))
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places)}  # where this package is, not another one
        try:
            self.process = start(command, (theirs.fileno(),), environment)
        finally:
            theirs.close()  # so that the pipe ends when the child does
        self.ready = False
        self.in_flight: deque[Samples] = deque()
        self.heard_of = time.monotonic()

    def end(self, patience: float) -> None:
        """Let it go, by force where it does not end by itself."""
        self.pipe.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        self.process.kill()
        self.process.wait()


class ProcessRecognizer:
    """A `Recognizer` whose engine lives in a supervised child process."""

    def __init__(self, folder: Path, grammar: Path, patience: Patience = Patience(), *, wait: bool = True) -> None:
        """Start the child; `wait` until it can hear, or let `poll` tell if it can't: what is fed till then is not lost.

        Raises:
            RecognitionError: the model can't be loaded, or can't hear what it must.
            DataError: its thresholds can't be read.
        """
        self.point = load_point(folder)
        self._folder = folder
        self._grammar = grammar
        self._patience = patience
        self._kept: list[_Kept] = []
        self._orders: deque[Order] = deque()
        self._ahead: list[Order] = []
        """What the next utterance needs: another child must get ready for it too."""
        self._found: list[Hypothesis] = []
        self._losses = 0
        self._child: _Child | None = _Child(folder, grammar)
        while wait and not self._child.ready:
            self._child.pipe.poll(0.1)
            self._look()

    @property
    def pid(self) -> int | None:
        """The child's process id; None after `close`."""
        return self._child.process.pid if self._child else None

    def prepare(self, *, numbers: bool, expected: Expected) -> None:
        """Let the child get ready for these answers; never blocks."""
        self._ahead = [("prepare", numbers, expected)]
        self._tell(self._ahead[0])

    def begin(self, at: Samples, *, numbers: bool, expected: Expected = NOTHING_EXPECTED) -> None:
        """Start an utterance; one that was not ended is given up."""
        self._kept = [kept for kept in self._kept if kept.ended]
        self._kept.append(_Kept(at, numbers, expected))
        self._tell(("begin", at, numbers, expected))

    def accept(self, pcm: Clip) -> None:
        """Send the utterance's next samples; never blocks."""
        if self._kept and not self._kept[-1].ended:
            data = pcm.tobytes()
            self._kept[-1].audio.append(data)
            self._tell(("accept", data))

    def weigh(self) -> None:
        """Let what was fed so far be weighed; forgotten where the child is lost meanwhile."""
        if self._kept and not self._kept[-1].ended:
            self._tell(("weigh",))

    def end(self) -> None:
        """Let the utterance be finished."""
        if self._kept and not self._kept[-1].ended:
            self._kept[-1].ended = True
            self._tell(("end",))

    def poll(self) -> list[Hypothesis]:
        """Return what has become known since the last call.

        Raises:
            RecognitionError: the child was lost too often, or can't load its model any more.
        """
        self._look()
        found, self._found = self._found, []
        return found

    def close(self) -> None:
        """End the child."""
        if self._child:
            self._child.end(self._patience.answer)
        self._child = None
        self._kept = []
        self._orders.clear()

    def _tell(self, order: Order) -> None:
        self._orders.append(order)
        self._send()

    def _send(self) -> None:
        """Send as much as surely fits into the pipe."""
        child = self._child
        while child and self._orders:
            size = len(self._orders[0][1]) // 2 if self._orders[0][0] == "accept" else 0
            if child.in_flight and sum(child.in_flight) + size > _MAX_IN_FLIGHT:
                return
            if not child.in_flight and child.ready:
                child.heard_of = time.monotonic()  # it owes us something only from now on
            try:
                child.pipe.send(self._orders[0])
            except OSError:  # it is dead; `_look` sees to that
                return
            self._orders.popleft()
            child.in_flight.append(size)

    def _look(self) -> None:
        """Take what the child has answered; start another one where it is dead or silent for too long."""
        child = self._child
        if child is None:
            return
        try:
            while child.pipe.poll():
                self._take(child, child.pipe.recv())
        except (EOFError, OSError):
            self._lost(child, "it ended")
            return
        self._send()
        owes = not child.ready or child.in_flight
        patience = self._patience.answer if child.ready else self._patience.start
        if owes and time.monotonic() - child.heard_of > patience:
            self._lost(child, "it does not answer")

    def _take(self, child: _Child, answer: Answer) -> None:
        child.heard_of = time.monotonic()
        if answer == READY:
            child.ready = True
            return
        if isinstance(answer, str):
            self.close()
            raise RecognitionError(answer)
        child.in_flight.popleft()
        for hypothesis in answer:
            self._hand_on(hypothesis)

    def _hand_on(self, hypothesis: Hypothesis) -> None:
        kept = next((kept for kept in self._kept if kept.at == hypothesis.start), None)
        if kept is None:  # given up meanwhile
            return
        if hypothesis.final:
            self._losses = 0
            self._kept.remove(kept)
        elif hypothesis.margin is None:
            if hypothesis.text == kept.partial:  # heard once more, by another child
                return
            kept.partial = hypothesis.text
        self._found.append(hypothesis)

    def _lost(self, child: _Child, why: str) -> None:
        """Start another child and tell it all that is still unanswered."""
        child.process.kill()
        child.end(0)
        self._child = None
        self._losses += 1
        if self._losses > _MAX_RESTARTS:
            raise RecognitionError(f"The speech recogniser can't be kept alive ({why}): start the session again.")
        self._child = _Child(self._folder, self._grammar)
        self._orders = deque(self._ahead)
        self._orders.extend(order for kept in self._kept for order in kept.orders())
        self._send()
