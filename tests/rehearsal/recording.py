"""What can be found in a rehearsal's recording: silences, and the words that the recogniser hears in it."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import vosk
from numpy.typing import NDArray

from voice_coach.hear.asr.vosk import EMBEDDED, load_model
from voice_coach.timebase import RATE, Samples, samples

NUMBERS = "one two three four five six seven eight nine ten".split()
CALLS = [*(f"number {word}" for word in NUMBERS), "roll back", "hold", "one", "two", "and come back", "rest", "[unk]"]

REST = samples(2)
"""Longer than any pause in what is counted, so that the recogniser's words stay in one piece."""

Channel = NDArray[np.int16]


@dataclass(frozen=True)
class Recording:
    """A recording and its log."""

    coach: Channel
    person: Channel
    log: list[dict[str, Any]]

    @classmethod
    def read(cls, wav: str | Path, log: str | Path) -> "Recording":
        sound, rate = soundfile.read(wav, dtype="int16", always_2d=True)
        assert (rate, sound.shape[1]) == (RATE, 2)
        return cls(sound[:, 0], sound[:, 1], json.loads(Path(log).read_text(encoding="utf-8")))

    def rows(self, *kinds: str) -> list[dict[str, Any]]:
        """Return the log's rows of these types."""
        return [row for row in self.log if row["type"] in kinds]

    def calls(self) -> list[tuple[Samples, str]]:
        """Return each call that was given its sample, and the text."""
        return [(row["at"], row["sound"]["text"]) for row in self.rows("Play") if isinstance(row["sound"], dict)]

    def repetitions(self) -> list[list[tuple[Samples, str]]]:
        """Return the calls, a list for each repetition."""
        found: list[list[tuple[Samples, str]]] = []
        for at, text in self.calls():
            if text.startswith("Number"):
                found.append([])
            found[-1].append((at, text))
        return found


def words(sound: Channel, begin: Samples, end: Samples, *sentences: str) -> list[tuple[str, Samples]]:
    """Return the words of the calls that the recogniser hears between two samples, and where each begins.

    With the `sentences` that sound there too and hold a word like a call ("to"): it would be heard as the call.
    It is not given silences of more than `REST`: the coach may be silent for minutes.
    """
    recognizer = vosk.KaldiRecognizer(_model(), RATE, json.dumps([*CALLS, *sentences]))
    recognizer.SetWords(True)  # noqa: FBT003 - vosk's signature
    given = np.concatenate([np.arange(first, last) for first, last in sounding(sound, begin, end)])
    found: list[dict[str, Any]] = []
    for first in range(0, len(given), RATE // 4):
        if recognizer.AcceptWaveform(sound[given[first : first + RATE // 4]].tobytes()):
            found += json.loads(recognizer.Result()).get("result", [])
    found += json.loads(recognizer.FinalResult()).get("result", [])
    return [(word["word"], int(given[samples(word["start"])])) for word in found if word["word"] != "[unk]"]


def sounding(sound: Channel, begin: Samples, end: Samples) -> list[tuple[Samples, Samples]]:
    """Return the parts between two samples that are left without silences of more than `REST`, in order.

    Silence is every sample 0; half of `REST` stays on each side of what sounds.
    """
    (loud,) = np.nonzero(sound[begin:end])
    edges = np.concatenate(([begin - 2 * REST], begin + loud, [end + 2 * REST]))
    (gaps,) = np.nonzero(np.diff(edges) > REST)
    starts, stops = edges[gaps[:-1] + 1] - REST // 2, edges[gaps[1:]] + REST // 2
    return [(max(int(a), begin), min(int(b), end)) for a, b in zip(starts, stops, strict=True)]


@cache
def _model() -> vosk.Model:
    return load_model(EMBEDDED)


def level(sound: Channel, begin: Samples, end: Samples) -> float:
    """Return the level in decibels (full scale 0) between two samples."""
    part = sound[max(begin, 0) : end].astype(np.float64) / 32768
    return float(10 * np.log10(np.mean(part**2) + 1e-12))


def last_sound(sound: Channel, begin: Samples, end: Samples, loud: int = 200) -> Samples:
    """Return where the last loud sample between two samples lies; `begin` if there is none."""
    (found,) = np.nonzero(np.abs(sound[begin:end].astype(np.int32)) >= loud)
    return begin + int(found[-1]) if found.size else begin
