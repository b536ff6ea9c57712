"""The other end of `asr_process.py`: libvosk, alone in a process that may die without harm.

    python -m voice_coach.hear.asr_process_child PIPE MODEL GRAMMAR

PIPE is an inherited pipe of `multiprocessing.connection`, MODEL a folder, GRAMMAR a file.
"""

import signal
import sys
from pathlib import Path
from typing import Final, Literal

import numpy as np

from voice_coach.errors import CoachError
from voice_coach.hear.asr import Hypothesis
from voice_coach.timebase import Samples

if sys.platform == "win32":  # pragma: no cover - tests run on Linux
    from multiprocessing.connection import PipeConnection as Connection
else:
    from multiprocessing.connection import Connection

READY: Final = "ready"
"""What the child says once it can hear."""

Order = tuple[Literal["begin"], Samples, bool] | tuple[Literal["accept"], bytes] | tuple[Literal["weigh", "end"]]
"""What the child is told; each is answered by the hypotheses that it led to."""

Answer = list[Hypothesis] | str
"""Hypotheses, `READY`, or the sentence of an error after which the child ends."""


def work(pipe: Connection, folder: Path, grammar: Path) -> None:
    """Recognise what comes through the pipe until its other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle; it will close the pipe
    try:
        _serve(pipe, folder, grammar)
    except CoachError as error:
        pipe.send(str(error))
    except (EOFError, OSError):  # the parent closed the pipe, or is no more
        pass
    finally:
        pipe.close()


def _serve(pipe: Connection, folder: Path, grammar: Path) -> None:
    from voice_coach.hear.asr_vosk import VoskRecognizer  # noqa: PLC0415  (the parent imports this module, but not libvosk)
    from voice_coach.hear.grammar import Grammar  # noqa: PLC0415

    recognizer = VoskRecognizer(folder, Grammar.load(grammar))
    pipe.send(READY)
    while True:
        order: Order = pipe.recv()
        match order:
            case ("begin", at, numbers):
                recognizer.begin(at, numbers=numbers)
            case ("accept", data):
                recognizer.accept(np.frombuffer(data, np.int16))
            case ("weigh",):
                recognizer.weigh()
            case ("end",):
                recognizer.end()
        pipe.send(recognizer.poll())


if __name__ == "__main__":
    work(Connection(int(sys.argv[1])), Path(sys.argv[2]), Path(sys.argv[3]))
