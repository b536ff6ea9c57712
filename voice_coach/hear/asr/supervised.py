"""libvosk in a process of its own: it can abort the process that it lives in, and may hang.

A process that ends or hangs is replaced (`workers/process.py`); the next one hears the utterance under way from its
first sample. What was fed is kept until its final result is there, so nothing is lost.
"""

import os
import sys
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from voice_coach.audio.pcm import Clip
from voice_coach.errors import RecognitionError, RecognizerLostError
from voice_coach.hear.asr.recognizer import NOTHING_EXPECTED, Expected, Hypothesis
from voice_coach.hear.asr.worker import READY, Answer, Order
from voice_coach.hear.decision.thresholds import load_point
from voice_coach.timebase import RATE, Samples, samples
from voice_coach.workers.process import Patience, ProcessLostError, Program, SupervisedProcess

_PROGRAM: Final = "voice_coach.hear.asr.worker"
_PACKAGES: Final = str(Path(__file__).parents[3])

_MAX_IN_FLIGHT: Final[Samples] = RATE
"""Samples sent and not yet answered: what fits into a pipe on every system, so that sending never blocks."""

_MAX_PIECE: Final[Samples] = samples(0.1)
"""Sound is sent, and sent again, in pieces of this length: each is answered, so a slow process still reports often."""

PING_EVERY: Final = samples(0.5)
"""How often the process must answer while nobody speaks, to show that it could hear."""

START_GRACE: Final = samples(5)
"""How long the first process may take to load its model, while the coach welcomes the user."""

PATIENCE: Final = Patience(start=20.0, answer=1.0)
"""A Raspberry Pi reads the model from a slow card."""


@dataclass(slots=True)
class _Kept:
    """An utterance whose final result is still to come."""

    at: Samples
    numbers: bool
    expected: Expected
    audio: list[bytes] = field(default_factory=list)
    ended: bool = False
    partial: str = ""
    """The last partial text that was passed on."""

    def orders(self) -> list[Order]:
        """Return everything that the next process needs to hear it again."""
        orders: list[Order] = [("begin", self.at, self.numbers, self.expected)]
        orders += [("accept", data) for data in self.audio]
        return [*orders, ("end",)] if self.ended else orders


class ProcessRecognizer:
    """A `Recognizer` whose engine lives in a supervised child process."""

    def __init__(self, folder: Path, grammar: Path, patience: Patience = PATIENCE, *, wait: bool = True) -> None:
        """Start the process; `wait` until it can hear, or let `poll` tell if it can't: what is fed till then is kept.

        Raises:
            RecognitionError: the model can't be loaded, or can't hear what it must.
            DataError: its thresholds can't be read.
        """
        self.point = load_point(folder)
        self._folder = folder
        self._grammar = grammar
        self._patience = patience
        self._kept: list[_Kept] = []
        self._ahead: list[Order] = []
        """The preparation for the next utterance, which a new process must repeat."""
        self._found: list[Hypothesis] = []
        self._now: Samples = 0
        self._fed_at: deque[Samples] = deque()
        """When each unanswered request was sent."""
        self._pinged: Samples = 0
        self._loaded = False
        """True once a process has been able to hear."""
        try:
            self._process = SupervisedProcess(self._program, patience, window=_MAX_IN_FLIGHT)
        except OSError as error:
            raise RecognitionError(f"The speech recogniser can't be started: {error.strerror or error}.") from error
        while wait and not self._loaded:
            self._look(0.1)

    @property
    def pid(self) -> int | None:
        """The process's number; None after `close`, or when the engine was given up."""
        return self._process.pid

    def prepare(self, *, numbers: bool, expected: Expected) -> None:
        """Let the process get ready for these answers; never blocks."""
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
            for first in range(0, len(pcm), _MAX_PIECE):
                data = pcm[first : first + _MAX_PIECE].tobytes()
                self._kept[-1].audio.append(data)
                self._tell(("accept", data))

    def weigh(self) -> None:
        """Ask for a reading of what was fed so far; dropped if the process is lost meanwhile."""
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
            RecognizerLostError: processes were lost too often in a row, or the model can't be loaded any more.
            RecognitionError: the model can't be loaded in the first place.
        """
        self._look()
        found, self._found = self._found, []
        return found

    def lag(self, now: Samples) -> Samples:
        """Return for how long the oldest order has waited for its answer; 0: all were answered.

        While nobody speaks the process is asked for an answer every `PING_EVERY`. Orders given between two calls count
        from the former.
        """
        self._now = now
        if self._process.pid is None:
            return 0
        if not self._fed_at and now - self._pinged >= PING_EVERY:
            self._pinged = now
            self._tell(("ping",))
        waited = now - self._fed_at[0] if self._fed_at else 0
        return waited if self._loaded else max(0, min(waited, now - START_GRACE))

    def close(self) -> None:
        """End the process."""
        self._process.close(self._patience.answer)
        self._kept = []
        self._fed_at.clear()

    def _program(self, handle: int) -> Program:
        places = filter(None, (_PACKAGES, os.environ.get("PYTHONPATH")))  # where this package is, not another one
        return Program(
            [sys.executable, "-P", "-m", _PROGRAM, str(handle), str(self._folder), str(self._grammar)],
            {**os.environ, "PYTHONPATH": os.pathsep.join(places)},
        )

    def _tell(self, order: Order, at: Samples | None = None) -> None:
        self._fed_at.append(self._now if at is None else at)
        self._process.send(order, len(order[1]) // 2 if order[0] == "accept" else 0)

    def _look(self, timeout: float = 0.0) -> None:
        """Take the process's answers; start another process if it has ended or hangs."""
        try:
            while (answer := self._process.receive(timeout)) is not None:
                self._take(answer)
                timeout = 0.0
        except ProcessLostError as loss:
            self._lost(str(loss))

    def _take(self, answer: Answer) -> None:
        if answer == READY:
            self._loaded = True
            return
        if isinstance(answer, str):
            self.close()
            raise RecognizerLostError(answer) if self._loaded else RecognitionError(answer)
        self._fed_at.popleft()
        for hypothesis in answer:
            self._hand_on(hypothesis)

    def _hand_on(self, hypothesis: Hypothesis) -> None:
        kept = next((kept for kept in self._kept if kept.at == hypothesis.start), None)
        if kept is None:  # given up meanwhile
            return
        if hypothesis.final:
            self._process.proven()
            self._kept.remove(kept)
        elif hypothesis.margin is None:
            if hypothesis.text == kept.partial:  # heard once more, by another process
                return
            kept.partial = hypothesis.text
        self._found.append(hypothesis)

    def _lost(self, why: str) -> None:
        """Start another process and send it everything unanswered again, piece by piece, as fast as it answers."""
        since = self._fed_at[0] if self._fed_at else self._now
        self._fed_at.clear()
        try:
            started = self._process.restart()
        except OSError as error:
            why, started = f"no process can be started: {error.strerror or error}", False
        if not started:
            raise RecognizerLostError(f"The speech recogniser can't be kept alive ({why}): start the session again.")
        replay: list[Order] = [("ping",), *self._ahead, *(order for kept in self._kept for order in kept.orders())]
        for order in replay:
            self._tell(order, since)
