"""The takes that a model is judged by and its thresholds fitted to: the train part, by people kept apart."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from training import corpus, people, rooms
from training.corpus import QUIET, SPOKEN, Recording
from voice_coach.audio.pcm import Clip
from voice_coach.timebase import RATE

SNR: Final = (5.0, 10.0)
"""dB between the loudest moments of word and noise, in turn."""
LOUDEST: Final = 2048
"""Samples of such a moment."""
_NO_PHRASE: Final = frozenset({"", "word", "talk", "number", "phrase"})
"""Groups of synthetic clips that are not one of the coach's intents."""


@dataclass(frozen=True, slots=True)
class Take:
    """A recording, as it is or in noise, and its expected meaning."""

    kind: str
    """`word`, `noisy` (a word in noise), `phrase`, `unknown`, `digit`, or `negative`: nothing may be accepted."""
    text: str
    intent: str
    """The intent of a phrase; empty for all other kinds."""
    recording: Recording
    snr: float | None = None
    seed: int = 0
    """Of the noise."""


def takes(speech: Path, every: int, hours: float = 0.0) -> list[Take]:
    """Return the takes: one word in `every`, clean and in noise, and twice that share of phrases and negatives.

    Args:
        speech: the folder of recordings.
        every: one in so many is taken.
        hours: of talk and noise at least, as far as there is so much: what the people kept apart have not said in
            enough hours is filled up with sentences that the network has learnt from (`is_kept_apart` tells which).
    """
    found = people.kept_apart(corpus.read(speech, *SPOKEN, *QUIET, "negative"))
    words = [one for one in found if one.kind == "word" and one.is_by_known_person][::every]
    others = [one for one in found if one.kind in {"unknown", "digit"} and one.is_by_known_person][::every]
    phrases = [one for one in found if one.kind == "synthetic" and one.intent not in _NO_PHRASE][:: max(1, every // 2)]
    talk = [one for one in found if one.kind in {"sentence", "other", "negative", *QUIET}][:: max(1, every // 2)]
    talk += more_talk(speech, hours - sum(one.seconds for one in talk) / 3600)
    return [
        *(Take("word", one.text, "", one) for one in words),
        *(Take("noisy", one.text, "", one, SNR[n % len(SNR)], n) for n, one in enumerate(words)),
        *(Take(one.kind, one.text, "", one) for one in others),
        *(Take("phrase", one.text, one.intent, one) for one in phrases),
        *(Take("negative", one.text, "", one) for one in talk),
    ]


def more_talk(speech: Path, hours: float) -> list[Recording]:
    """Return so many hours of sentences by people whom the network has learnt from, in an order that looks random."""
    known = [one for one in corpus.read(speech, "sentence") if not people.is_kept_apart(one.identity)]
    known.sort(key=lambda one: hashlib.sha256(one.path.encode()).digest())
    found, total = list[Recording](), 0.0
    for one in known:
        if total >= 3600 * hours:
            break
        found.append(one)
        total += one.seconds
    return found


def sounds(speech: Path, found: list[Take]) -> Iterator[tuple[Take, Clip]]:
    """Yield each take with its sound.

    Noise is kitchen, television, babble in turn, made of kept-apart people's voices.
    """
    talk = [take.recording for take in found if take.kind == "negative" and take.text][:40]
    voices = [corpus.load(speech, one).wave for one in talk]
    for take in found:
        wave = corpus.load(speech, take.recording).wave
        yield take, wave if take.snr is None else _in_noise(wave, take, voices)


def _in_noise(wave: Clip, take: Take, voices: list[Clip]) -> Clip:
    """Return the sum of word and noise at the take's ratio."""
    rng = np.random.default_rng([take.seed, 2])
    length = len(wave)
    kinds = ("kitchen", "television", "babble") if voices else ("kitchen",)
    match kinds[take.seed % len(kinds)]:
        case "kitchen":
            noise = rooms.kitchen(rng, max(length, RATE))[:length]
        case "television":
            noise = rooms.television(rng, voices, length)
        case _:
            noise = rooms.babble(rng, voices, length)
    ratio = 10 ** (-(take.snr or 0.0) / 20) * np.sqrt(_loudest(wave.astype(np.float64)) / (_loudest(noise) + 1e-9))
    total = wave + noise * ratio
    return np.asarray(np.clip(total * min(1.0, 32767 / np.abs(total).max()), -32768, 32767), np.int16)


def _loudest(sound: npt.NDArray[np.float64]) -> float:
    """Return the energy of the loudest moment."""
    whole = sound[: max(LOUDEST, len(sound) // LOUDEST * LOUDEST)]
    if len(whole) <= LOUDEST:
        return float((sound**2).sum())
    return float((whole.reshape(-1, LOUDEST) ** 2).sum(1).max())
