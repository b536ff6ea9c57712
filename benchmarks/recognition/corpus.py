"""The takes: real people's recordings of the dev part, and phrases said by synthetic voices."""

import csv
import json
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import click

from benchmarks.recognition.noise import mixed
from benchmarks.recognition.word_end import word_end
from training.texts import COMMANDS
from voice_coach.audio.pcm import Clip, load

WORDS: Final = tuple(COMMANDS)
NOISY: Final = {"word": (10.0, 5.0), "command": (12.0, 6.0), "phrase": (10.0,)}
"""Decibels of the kitchen noise, by kind, that have a row in the table."""
CURVE: Final = (20.0, 15.0, 0.0)
"""Those that the picture has besides, with every `CURVE_EVERY`th clip."""
CURVE_EVERY: Final = 5
PEER_EVERY: Final = {"word": 4, "phrase": 4, "negative": 3}
"""PocketSphinx is slow: of words in noise, phrases, and negatives with the coach's grammar it hears one in so many."""


@dataclass(frozen=True, slots=True)
class Take:
    """One thing to listen to, and what it holds."""

    name: str
    file: Path
    kind: str
    """`word`, `unknown`, `negative`, `command` or `phrase`."""
    source: str = ""
    """Where a negative comes from; which voice says a phrase."""
    truth: str = ""
    """The word, or the phrase's intent."""
    slots: Mapping[str, str] = field(default_factory=dict)
    end: float | None = None
    """Seconds from the file's start to the word's acoustic end, where it is known."""
    seconds: float = 0.0
    decibels: float | None = None
    """Speech over kitchen noise; None: as it was recorded."""
    peers: bool = True
    """Whether the slow peer hears it too; a negative: whether with the coach's grammar too."""

    def sound(self, noise: Clip) -> Clip:
        """Return what is to be heard."""
        recorded = load(self.file)
        return recorded if self.decibels is None else mixed(recorded, noise, self.decibels, self.name)


class Corpus:
    """The folder of recordings."""

    def __init__(self, folder: Path) -> None:
        """Read the list of recordings; only the dev part is ever looked at."""
        self._folder = folder
        try:
            with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
                self._rows = [row for row in csv.DictReader(file) if row["part"] == "dev"]
        except OSError as error:
            message = f"{folder} holds no recordings ({error.strerror}: manifest.csv): name the folder, SPEECH=FOLDER"
            raise click.UsageError(message) from error

    @property
    def noise(self) -> Clip:
        """The kitchen."""
        return load(self._folder / next(row["path"] for row in self._rows if row["kind"] == "noise"))

    @property
    def coffee(self) -> str:
        """The grammar of the coffee orders."""
        return (self._folder / "coffee.jsgf").read_text(encoding="utf-8")

    def takes(self, kinds: Iterable[str], every: int) -> list[Take]:
        """Return the recordings of these kinds, one in `every`, clean and in each noise."""
        labels = json.loads((self._folder / "coffee_labels.json").read_text(encoding="utf-8"))
        found: list[Take] = []
        for kind in kinds:
            rows = [row for row in self._rows if _KINDS.get(row["kind"]) == kind]
            clean = [_ended(_take(self._folder, row, kind, labels)) for row in rows[::every]]
            if kind == "negative":
                clean = [replace(take, peers=i % PEER_EVERY[kind] == 0) for i, take in enumerate(clean)]
            found += clean + in_noise(clean)
        return found


_KINDS: Final = {
    "word": "word",
    "unknown": "unknown",
    "digit": "unknown",
    "negative": "negative",
    "silence": "negative",
    "command": "command",
}
"""A digit is a word that the ten do not hold."""


def _take(folder: Path, row: Mapping[str, str], kind: str, labels: Mapping[str, Mapping[str, object]]) -> Take:
    slots = labels[row["path"]]["slots"] if kind == "command" else {}
    assert isinstance(slots, dict)
    return Take(
        row["path"],
        folder / row["path"],
        kind,
        source="silence" if row["kind"] == "silence" else Path(row["path"]).parent.name if kind == "negative" else "",
        truth=row["word"] if kind == "word" else "",
        slots=slots,
        end=float(row["t_end"]) if row["t_end"] else None,
        seconds=float(row["duration"]),
    )


def _ended(take: Take) -> Take:
    """Find where a "stop" ends, by forced alignment, where the list does not tell."""
    if take.truth != "stop" or take.end is not None:
        return take
    return replace(take, end=word_end(load(take.file), take.truth))


def in_noise(clean: list[Take]) -> list[Take]:
    """Return the same in each noise that their kind is listened to in."""
    found: list[Take] = []
    for kind in {take.kind: None for take in clean}:
        takes = [take for take in clean if take.kind == kind]
        peer = PEER_EVERY.get(kind, 1)
        for decibels in NOISY.get(kind, ()):
            found += [replace(take, decibels=decibels, peers=i % peer == 0) for i, take in enumerate(takes)]
        for decibels in CURVE if kind == "word" else ():
            few = enumerate(takes[::CURVE_EVERY])
            found += [replace(take, decibels=decibels, peers=i % peer == 0) for i, take in few]
    return found


def read_phrases(path: Path) -> list[tuple[str, str]]:
    """Return the phrases of a file with an intent's phrases under its name, each with its intent."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{path} holds no phrases ({error}): name the file, PHRASES=FILE") from error
    return [(intent, phrase) for intent, phrases in table.items() for phrase in phrases]
