"""The other end of `supervised.py`: libvosk, alone in a process that may die without harm.

    python -m voice_coach.hear.asr.worker PIPE MODEL GRAMMAR

PIPE is an inherited pipe of `multiprocessing.connection`, MODEL a folder, GRAMMAR a file.
"""

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from voice_coach.errors import CoachError, RecognitionError
from voice_coach.hear.asr.recognizer import Expected, Hypothesis
from voice_coach.timebase import Samples

if TYPE_CHECKING:
    from voice_coach.hear.asr.vosk import VoskRecognizer

if sys.platform == "win32":  # pragma: no cover - tests run on Linux
    from multiprocessing.connection import PipeConnection as Connection
else:
    from multiprocessing.connection import Connection

READY: Final = "ready"
"""The child's message once it can hear."""

Order = (
    tuple[Literal["prepare"], bool, Expected]
    | tuple[Literal["begin"], Samples, bool, Expected]
    | tuple[Literal["accept"], bytes]
    | tuple[Literal["weigh", "end", "ping"]]
)
"""Messages to the child; each is answered with the resulting hypotheses, a ping with none."""

Answer = list[Hypothesis] | str
"""Hypotheses, `READY`, or the sentence of an error after which the child ends."""


def work(pipe: Connection, folder: Path, grammar: Path) -> None:
    """Recognise what comes through the pipe until its other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle; it will close the pipe
    try:
        recognizer = _load(folder, grammar)
        pipe.send(READY)
        _serve(pipe, recognizer)
    except CoachError as error:
        pipe.send(str(error))
    except (EOFError, OSError):  # the parent closed the pipe, or has ended
        pass
    finally:
        pipe.close()


def _load(folder: Path, grammar: Path) -> "VoskRecognizer":
    """Return the recogniser.

    Raises:
        CoachError: it can't be loaded; an `OSError` would be taken for the end of the parent.
    """
    from voice_coach.hear.asr.vosk import VoskRecognizer  # noqa: PLC0415  (the parent imports this module, but not libvosk)
    from voice_coach.hear.grammar.load import load_grammar  # noqa: PLC0415

    try:
        return VoskRecognizer(folder, load_grammar(grammar))
    except OSError as error:
        raise RecognitionError(f"The speech recogniser can't be loaded: {error}.") from error


def _serve(pipe: Connection, recognizer: "VoskRecognizer") -> None:
    while True:
        order: Order = pipe.recv()
        match order:
            case ("prepare", numbers, expected):
                recognizer.prepare(numbers=numbers, expected=expected)
            case ("begin", at, numbers, expected):
                recognizer.begin(at, numbers=numbers, expected=expected)
            case ("accept", data):
                recognizer.accept(np.frombuffer(data, np.int16))
            case ("weigh",):
                recognizer.weigh()
            case ("end",):
                recognizer.end()
            case ("ping",):
                pass
        pipe.send(recognizer.poll())


if __name__ == "__main__":
    work(Connection(int(sys.argv[1])), Path(sys.argv[2]), Path(sys.argv[3]))
