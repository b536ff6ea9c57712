"""The third stage: every utterance as log-mel energies with a label each 30 ms, some in more copies; and the noises.

Each copy has a speed and a room of its own. All else (voice, loudness, noise) is varied while the network learns.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from training import corpus, rooms, shards
from training.corpus import Utterance
from training.mel import CENTRE, SHIFT, Floats, log_mel
from training.sounds import pdfs
from training.speech import QUIET
from voice_coach.timebase import RATE

CONTEXT: Final = 36
"""Frames of 10 ms kept on either side of an utterance: more than the network looks at."""
STEP: Final = 3
"""Frames for one label: vosk takes 30 ms for granted."""
COPIES: Final = {"word": 7, "digit": 5, "unknown": 5, "other": 2, "synthetic": 1, "noise": 1, "silence": 1}
_LEVEL: Final = 8000
_VOICES: Final = 1500
_TALKERS: Final = 40
"""How many clips there are for babble to draw from in all, and for one of them."""
_NOISES: Final = {"babble": 80, "kitchen": 200, "hiss": 60}


@dataclass(frozen=True)
class Store:
    """All that the network learns from."""

    frames: npt.NDArray[np.float16]
    """Log-mel energies of all items one behind the other: frames times bins."""
    labels: npt.NDArray[np.int16]
    """One each 30 ms."""
    items: npt.NDArray[np.int64]
    """Where each item begins in `frames` and in `labels`, and where its labels end: items times 3."""
    levels: Floats
    """The log energy of each item's loud parts."""
    kinds: npt.NDArray[np.str_]
    noise: npt.NDArray[np.float16]
    """Noise as log-mel energies, 0 being the mean of its loudest fifth."""

    def save(self, path: Path) -> None:
        """Write it."""
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            np.savez(file, **vars(self))
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> "Store":
        """Read it."""
        with np.load(path) as file:
            return cls(**{name: file[name] for name in file.files})


Item = tuple[npt.NDArray[np.float16], npt.NDArray[np.int16], np.float32, str]


def prepare(speech: Path, folders: list[Path], out: Path, seed: int, jobs: int) -> Iterator[tuple[str, int, int]]:
    """Make the training store and, of the speakers that are kept out, the one to check with; yield the progress."""
    utterances = [u for folder in folders for path in sorted(folder.glob("*.npz")) for u in shards.load(path)]
    aligned = [u for u in utterances if u.segments]
    quiet = corpus.read(speech, *QUIET)
    learned = [u for u in aligned + quiet if u.kind == "synthetic" or not corpus.kept_out(_who(u))]
    checked = [u for u in aligned if u.kind in {"word", "digit", "unknown"} and corpus.kept_out(_who(u))]
    tasks = [
        (u, seed + number * 16 + copy, copy == 0 and u.kind != "synthetic")
        for number, u in enumerate(learned)
        for copy in range(COPIES[u.kind])
    ]
    voices = [u.wave for u in learned if u.kind not in QUIET][:: max(1, len(learned) // _VOICES)]
    noises: list[tuple[str, Any, int]] = [("recorded", u.wave, 0) for u in learned if u.kind == "noise"]
    noises += [
        (kind, voices[n % 7 :: max(1, len(voices) // _TALKERS)], seed + n)
        for kind, count in _NOISES.items()
        for n in range(count)
    ]
    with get_context("fork").Pool(jobs) as pool:
        items = yield from _all(pool.imap(_item, tasks, 64), "items", len(tasks))
        banks = yield from _all(pool.imap(_noise, noises, 8), "noises", len(noises))
        checks = pool.map(_item, [(u, number, True) for number, u in enumerate(checked)])
    bank = np.concatenate([noise for noise in banks if len(noise)])
    _store(items, bank).save(out / "learn.npz")
    _store(checks, bank).save(out / "check.npz")


def _who(utterance: Utterance) -> str:
    """Return a name to keep apart by; Picovoice's clips have no speaker, so each stands for itself."""
    return utterance.speaker if utterance.speaker not in {"", "unknown"} else str(len(utterance.wave))


def _all(results: Iterator[Any], name: str, count: int) -> Generator[tuple[str, int, int], None, list[Any]]:
    done: list[Any] = []
    for result in results:
        done.append(result)
        if len(done) % 1000 == 0 or len(done) == count:
            yield name, len(done), count
    return done


def _store(items: list[Item], noise: npt.NDArray[np.float16]) -> Store:
    frames = np.cumsum([0] + [len(item[0]) for item in items])
    labels = np.cumsum([0] + [len(item[1]) for item in items])
    return Store(
        frames=np.concatenate([item[0] for item in items]),
        labels=np.concatenate([item[1] for item in items]),
        items=np.stack([frames[:-1], labels[:-1], labels[1:]], 1),
        levels=np.array([item[2] for item in items], np.float32),
        kinds=np.array([item[3] for item in items]),
        noise=noise,
    )


def _item(task: tuple[Utterance, int, bool]) -> Item:
    """Return one copy of an utterance; the last of the task says whether it stays as it is."""
    utterance, seed, plain = task
    rng = np.random.default_rng(seed)
    sound, speed = utterance.wave.astype(np.float64), 1.0
    if not plain and rng.random() < 0.75:  # noqa: PLR2004
        speed = rng.uniform(0.85, 1.2)
        sound = np.interp(np.arange(0, len(sound) - 1, speed), np.arange(len(sound)), sound)
    before, after = int(rng.uniform(0.1, 0.5) * RATE), int(rng.uniform(0.1, 0.4) * RATE)
    sound = np.pad(levelled(sound), (before, after))
    if not plain and rng.random() < 0.4:  # noqa: PLR2004
        sound = levelled(rooms.convolve(sound, rooms.impulse_response(rng)))
    frames = log_mel(sound)
    count = (len(frames) + STEP - 1) // STEP
    around = np.clip(np.arange(-CONTEXT, STEP * (count - 1) + 1 + CONTEXT), 0, len(frames) - 1)
    labels = _labels(utterance, count, before / RATE, speed)
    return frames[around].astype(np.float16), labels, _level(frames), utterance.kind


def _labels(utterance: Utterance, count: int, before: float, speed: float) -> npt.NDArray[np.int16]:
    """Return a pdf each 30 ms: which sound's, and whether the sound began there."""
    if not utterance.segments:
        return np.array([0] + [1] * (count - 1), np.int16)
    ends = before + np.array([end for _, end in utterance.segments]) / speed
    centres = np.arange(count) * STEP * SHIFT / RATE + CENTRE
    which = np.searchsorted(ends, centres)
    sounds = np.array([pdfs(sound)[0] for sound, _ in utterance.segments] + [0])
    first = sounds[np.minimum(which, len(ends))]
    first = np.where(centres < before, 0, first)
    number = np.where(first == 0, -1, which)  # one silence goes over into the next
    begins = np.concatenate(([True], number[1:] != number[:-1]))
    return np.asarray(first + ~begins, np.int16)


def levelled(sound: rooms.Sound) -> rooms.Sound:
    """Return the sound with the peak that all are learnt with."""
    return np.asarray(sound / (np.abs(sound).max() + 1e-9) * _LEVEL)


def _level(frames: Floats) -> np.float32:
    """Return the log of the mean energy of what is not 17 dB below the loudest frame."""
    energy = np.exp(frames).sum(1)
    return np.float32(np.log(energy[energy >= energy.max() * 0.02].mean()))


def _noise(task: tuple[str, Any, int]) -> npt.NDArray[np.float16]:
    kind, what, seed = task
    rng = np.random.default_rng([seed, len(kind)])
    make: dict[str, Callable[[], rooms.Sound]] = {
        "recorded": lambda: np.asarray(what, np.float64),
        "babble": lambda: rooms.babble(rng, what, 12 * RATE),
        "kitchen": lambda: rooms.kitchen(rng, 8 * RATE),
        "hiss": lambda: rooms.hiss(rng, 5 * RATE),
    }
    sound = make[kind]()
    if sound.std() < 1e-6:  # noqa: PLR2004
        return np.zeros((0, 40), np.float16)
    frames = log_mel(sound / sound.std() * 1000)
    energy = np.sort(np.exp(frames).sum(1))
    return np.asarray(frames - np.log(energy[-max(1, len(energy) // 5) :].mean()), np.float16)
