"""The recordings: `manifest.csv` and sound files of a speech folder, of which training reads the train part only."""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
import soxr

from voice_coach.audio.pcm import Clip
from voice_coach.timebase import RATE

Segment = tuple[str | None, float]
"""A sound (None: silence) and where it ends, in seconds from the clip's start."""
SPOKEN: Final = ("word", "digit", "unknown", "other", "sentence", "synthetic")
"""The kinds whose text is known."""
QUIET: Final = ("noise", "silence")
_CROWDS: Final = {"precise_community": 4, "hymel_custom": 4}
"""Sources with hundreds of takes of a few made-up words: one in so many is taken."""
_NAMELESS: Final = frozenset({"", "unknown", "pc-unknown", "hy-unknown"})
_GUESSED: Final = "?"
"""Ends the ids of Common Voice's first edition: one for each clip, since the speakers were not published."""
_NOT_LETTERS: Final = re.compile(r"[^a-z']+")


@dataclass(frozen=True, slots=True)
class Recording:
    """A row of the manifest."""

    path: str
    """Relative to the speech folder."""
    kind: str
    speaker: str
    text: str
    """Lower-case words with single blanks between; empty if there is no transcript."""
    source: str = ""
    intent: str = ""
    """The intent of the phrase, if the clip was made from one of the grammar's phrases."""

    end: float | None = None
    """Acoustic end of a word in seconds, where it is known."""
    seconds: float = 0.0
    """How long it is; 0 where the manifest does not say."""

    @property
    def identity(self) -> str:
        """The speaker's id or, where nobody is named, the path: each clip counts as a person of its own."""
        return self.path if self.speaker in _NAMELESS else self.speaker

    @property
    def is_by_known_person(self) -> bool:
        """Whether the speaker is a real, identified person."""
        named = self.speaker not in _NAMELESS and not self.speaker.endswith(_GUESSED)
        return named and self.kind in SPOKEN and self.kind != "synthetic"


@dataclass(frozen=True, slots=True)
class Utterance:
    """Something said, or a noise (no text), and by whom."""

    kind: str
    speaker: str
    """The recording's `identity`, or the synthetic voice."""
    text: str
    wave: Clip
    segments: tuple[Segment, ...] | None = None
    """Its sounds in order where they are known."""


def read_all(speech: Path, also: Iterable[Path], *kinds: str) -> list[Recording]:
    """Return the recordings of a folder and those of further ones, the paths of the latter absolute.

    Raises:
        OSError: there is no readable `manifest.csv` in one of the folders.
    """
    more = [(folder.resolve(), one) for folder in also for one in read(folder, *kinds)]
    return read(speech, *kinds) + [replace(one, path=str(folder / one.path)) for folder, one in more]


def read(speech: Path, *kinds: str) -> list[Recording]:
    """Return the train part's recordings of these kinds, in the manifest's order.

    Left out are spoken ones whose text holds digits, since nobody knows how they were said, and the voices of the
    coach's own packs.

    Raises:
        OSError: there is no readable `manifest.csv` in the folder.
    """
    with (speech / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["part"] == "train" and row["kind"] in kinds]
    found: list[Recording] = []
    ours = _pack_voices()
    seen = dict.fromkeys(_CROWDS, 0)
    for row in rows:
        text, source = words(row["word"]), row.get("source") or ""
        if row["kind"] in SPOKEN and (not text or re.search(r"\d", row["word"])):
            continue
        if row["speaker"] in ours:
            continue
        if source in _CROWDS:
            seen[source] += 1
            if seen[source] % _CROWDS[source]:
                continue
        intent, end = row.get("orig") or "", row.get("t_end")
        found.append(
            Recording(
                row["path"],
                row["kind"],
                row["speaker"],
                text,
                source,
                intent,
                float(end) if end else None,
                float(row.get("duration") or 0.0),
            )
        )
    return found


def _pack_voices() -> frozenset[str]:
    lines = Path(__file__).with_name("pack_voices.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if not line.startswith("#"))


def words(text: str) -> str:
    """Return the text as the lexicon has it: lower case, letters and apostrophes, single blanks."""
    return " ".join(_NOT_LETTERS.sub(" ", text.lower()).split())


def load(speech: Path, recording: Recording) -> Utterance:
    """Read a recording's sound.

    Raises:
        ValueError: it has more than one channel.
        soundfile.LibsndfileError: the file is missing or can't be read.
    """
    path = speech / recording.path
    wave, rate = soundfile.read(path, dtype="float32")
    if wave.ndim != 1:
        message = f"{path} has {wave.shape[1]} channels: training takes one"
        raise ValueError(message)
    if rate != RATE:
        wave = soxr.resample(wave, rate, RATE)
    sound = np.asarray(np.clip(np.round(wave * 32767), -32768, 32767), np.int16)
    return Utterance(recording.kind, recording.identity, recording.text, sound)
