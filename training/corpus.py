"""The recordings: `manifest.csv` and sound files of a speech folder, of which only the train part is ever read."""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from voice_coach.audio.pcm import Clip
from voice_coach.timebase import RATE

Segment = tuple[str | None, float]
"""A sound (None: silence) and where it ends, in seconds from the clip's start."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something said, or a noise (no text), and by whom."""

    kind: str
    speaker: str
    text: str
    wave: Clip
    segments: tuple[Segment, ...] | None = None
    """Its sounds in order where they are known."""


def read(speech: Path, *kinds: str) -> list[Utterance]:
    """Return the train part's recordings of these kinds.

    Raises:
        ValueError: a recording is not mono at 16 kHz.
        OSError: the folder or a file is not there.
    """
    with (speech / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["part"] == "train" and row["kind"] in kinds]
    return [Utterance(row["kind"], row["speaker"], row["word"].lower(), _load(speech / row["path"])) for row in rows]


def kept_out(speaker: str, one_in: int = 16) -> bool:
    """Whether a speaker is kept out of training, to see how the network does on people it has not heard."""
    return hashlib.sha256(speaker.encode()).digest()[0] % one_in == 0


def _load(path: Path) -> Clip:
    wave, rate = soundfile.read(path, dtype="int16")
    if rate != RATE or wave.ndim != 1:
        message = f"{path} has {rate} Hz and {wave.ndim} dimensions: training takes mono at {RATE} Hz"
        raise ValueError(message)
    return np.asarray(wave, np.int16)
