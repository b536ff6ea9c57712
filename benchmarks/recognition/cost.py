"""The cost of a recogniser: load time, memory, CPU and disk, each in a process of its own that does nothing else.

    python -m benchmarks.recognition.cost product|decoder|sphinx FOLDER FILE...

prints one line of JSON. It is the coach's whole grammar that is loaded; the files are heard one after another.
"""

import functools
import json
import os
import subprocess
import sys
import time  # noqa: TID251 - CPU time is what is measured
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import vosk

from benchmarks.monitor import memory
from benchmarks.recognition.sphinx import Engine, jsgf_of, model_folder
from voice_coach.app.recognition import accepted, usual_intents
from voice_coach.audio.pcm import Clip, load
from voice_coach.config.engines import session_grammar
from voice_coach.hear.asr.vosk import VoskRecognizer, has_word, load_model
from voice_coach.hear.grammar.grammar import UNKNOWN, Grammar, vocabulary_gaps
from voice_coach.hear.listener import Listener
from voice_coach.hear.vad import EnergyGate, SileroDetector
from voice_coach.timebase import RATE, seconds

Hear = Callable[[Clip], object]
"""Hears one sound to its end."""
Parts = Callable[[], dict[str, float]]
"""Tells how many seconds of CPU the parts of that took, where it has parts."""


class Cost(msgspec.Struct, frozen=True):
    """The measurements of one recogniser."""

    load: float
    """Seconds of CPU until it can hear the coach's grammar, that grammar having been read before."""
    memory: float
    """MiB (PSS) that it added, from its libraries being there to the last file being heard."""
    cpu: float
    """Seconds of CPU a second of sound."""
    disk: float
    """MB (10^6 bytes) of its files."""
    voice: float | None = None
    """Of `cpu`: telling voice from other sounds."""
    decoding: float | None = None
    """Of `cpu`: following what is said."""
    weighing: float | None = None
    """Of `cpu`: weighing what was said so far, and in the end."""


class _Clocked:
    """Stands in front of an object and sums up the CPU time that each of its methods takes."""

    def __init__(self, behind: object) -> None:
        self._behind = behind
        self.spent: defaultdict[str, float] = defaultdict(float)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever that object has
        found = getattr(self._behind, name)
        return functools.partial(self._call, name, found) if callable(found) else found

    def _call(self, name: str, method: Callable[..., Any], *arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        began = time.process_time()
        try:
            return method(*arguments, **named)
        finally:
            self.spent[name] += time.process_time() - began


def measure(kind: str, folder: Path, files: Iterable[Path]) -> Cost:
    """Measure in a process of its own.

    Args:
        kind: `product`, `decoder` or `sphinx`.
        folder: the model; PocketSphinx brings its own.
        files: what is heard.
    """
    command = [sys.executable, "-m", "benchmarks.recognition.cost", kind, str(folder), *map(str, files)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 - ourselves
    return msgspec.json.decode(done.stdout, type=Cost)


def size(folder: Path) -> float:
    """Return the MB of all files below a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def _product(folder: Path, grammar: Grammar) -> tuple[Hear, Parts]:
    intents = usual_intents(grammar)
    detector, recognizer = _Clocked(EnergyGate(SileroDetector())), _Clocked(VoskRecognizer(folder, grammar))

    def parts() -> dict[str, float]:
        spent = recognizer.spent
        decoding = spent["begin"] + spent["accept"]
        return {"voice": detector.spent["probability"], "decoding": decoding, "weighing": spent["weigh"] + spent["end"]}

    return lambda clip: list(accepted(clip, Listener(grammar, detector, recognizer), "", intents)), parts


def _decoder(folder: Path, grammar: Grammar) -> tuple[Hear, Parts]:
    model = load_model(folder)
    unheard = set(vocabulary_gaps(grammar, lambda word: has_word(model, word)).phrases)
    phrases = [text for text in grammar.sample(numbers=False) if text not in unheard]
    kaldi = vosk.KaldiRecognizer(model, RATE, json.dumps([*phrases, UNKNOWN]))

    def hear(clip: Clip) -> None:
        kaldi.Reset()
        kaldi.AcceptWaveform(clip.tobytes())
        kaldi.FinalResult()

    return hear, dict


def _sphinx(_folder: Path, grammar: Grammar) -> tuple[Hear, Parts]:
    decoder = Engine(jsgf_of(["stop"])).decoder
    known = [text for text in grammar.sample(numbers=False) if all(map(decoder.lookup_word, text.split()))]
    return Engine(jsgf_of(known)).decode, dict


_KINDS = {"product": _product, "decoder": _decoder, "sphinx": _sphinx}


def main(arguments: Sequence[str]) -> None:
    """Measure in this process, and print it."""
    kind, folder, *files = arguments
    grammar = session_grammar("en")
    clips = [load(Path(file)) for file in files]
    before, began = _own_memory(), time.process_time()
    hear, parts = _KINDS[kind](Path(folder), grammar)
    ready = time.process_time()
    for clip in [np.concatenate(clips)] if kind == "product" else clips:  # a session hears one stream
        hear(clip)
    done = time.process_time()
    sound = seconds(sum(map(len, clips)))
    disk = size(model_folder() if kind == "sphinx" else Path(folder))
    shares = {name: spent / max(sound, 1e-9) for name, spent in parts().items()}
    cost = Cost(ready - began, _own_memory() - before, (done - ready) / max(sound, 1e-9), disk, **shares)
    print(msgspec.json.encode(cost).decode())  # noqa: T201 - read by `measure`


def _own_memory() -> float:
    return sum(memory(os.getpid()).values())


if __name__ == "__main__":
    main(sys.argv[1:])
