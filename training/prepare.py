"""The store to learn from: utterances as log-mel energies with a label each 30 ms, some in more copies; and noises.

The first copy is the recording as it is. Each other one has a speed, a room or distance, and at times a clipping
microphone or a codec of its own. All else (voice, loudness, noise) is varied while the network learns.
"""

import shutil
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from training import channels, corpus, people, rooms, say, shards
from training.corpus import QUIET, Recording, Utterance
from training.mel import BINS, CENTRE, SHIFT, Floats, log_mel
from training.signals import leave_to_parent
from training.sounds import pdfs
from voice_coach.app.known_texts import known_texts
from voice_coach.audio.pcm import Clip
from voice_coach.timebase import RATE

CONTEXT: Final = 36
"""Frames of 10 ms kept on either side of an utterance: more than the network looks at."""
STEP: Final = 3
"""Frames for one label: vosk takes 30 ms for granted."""
COPIES: Final = {
    "word": 2, "digit": 4, "unknown": 2, "other": 1, "sentence": 1, "synthetic": 2, "noise": 1, "silence": 1,
}  # fmt: skip
SPED, ROOMY, FAR, CLIPPED, CODED = 0.75, 0.3, 0.2, 0.12, 0.25
"""Shares of the further copies that are changed in speed, room, distance, by clipping, by a codec."""
_LEVEL: Final = 8000
_TALKERS: Final = 12
"""Utterances that each shard lends to babble and television."""
_NOISES: Final = {
    "babble": (160, 12), "television": (160, 12), "kitchen": (240, 8), "hiss": (40, 5), "leak": (120, 12),
}  # fmt: skip
"""How many noises of a kind are made, and how many seconds each lasts."""
_LINES: Final = 4
"""Sentences of the coach in a stretch of leak."""


@dataclass(frozen=True)
class Store:
    """All that the network learns from."""

    frames: npt.NDArray[np.float16]
    """Log-mel energies of all items one after another: frames times bins."""
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
Noise = tuple[str, Recording | list[Clip], int]


def prepare(
    speech: Path, folders: list[Path], out: Path, seed: int, jobs: int, noises: float = 1.0
) -> Iterator[tuple[str, int, int]]:
    """Make the store to learn from and, of the people kept apart, the one to check with; yield the progress.

    Results of each shard are kept in `out/parts` until both files are written, so that an interrupted call resumes.
    `folders`: aligned shards; `noises`: how much noise is made, 1 being 106 minutes.
    """
    paths = [path for folder in folders for path in sorted(folder.glob("*.npz"))]
    quiet = [one for one in corpus.read(speech, *QUIET) if not people.is_kept_apart(one.identity)]
    parts = out / "parts"
    parts.mkdir(parents=True, exist_ok=True)
    with get_context("fork").Pool(jobs, leave_to_parent) as pool:
        yield from _all(pool.imap(partial(_part, seed, parts), enumerate(paths)), "prepared", len(paths))
        lent = yield from _all(pool.imap(_voices, paths), "listened to for voices", len(paths))
        voices = [wave for waves in lent for wave in waves]
        silences = pool.map(partial(_silence, speech), quiet, 8)
        wanted = _wanted(quiet, voices, seed, noises)
        banks = yield from _all(pool.imap(partial(_noise, speech), wanted, 8), "noises", len(wanted))
    bank = np.concatenate([noise for noise in banks if len(noise)])
    _joined([Store.load(path) for path in sorted(parts.glob("*.check.npz"))], bank).save(out / "check.npz")
    learnt = [Store.load(path) for path in sorted(parts.glob("*.learn.npz"))]
    _joined([*learnt, *([_store(silences)] if silences else [])], bank).save(out / "learn.npz")
    shutil.rmtree(parts)


def _wanted(quiet: list[Recording], voices: list[Clip], seed: int, share: float) -> list[Noise]:
    """Return the noises to take up or make."""
    rng = np.random.default_rng(seed)
    recorded: list[Noise] = [("recorded", one, 0) for one in quiet if one.kind == "noise"]
    made: list[Noise] = []
    for kind, (count, _) in _NOISES.items():
        for number in range(max(1, round(count * share))):
            talkers = [voices[place] for place in rng.integers(len(voices), size=40)] if voices else []
            made.append((kind, talkers, seed + number))
    return recorded + made


def _voices(path: Path) -> list[Clip]:
    """Return some of a shard's utterances by people who are learnt from."""
    spoken = [u.wave for u in shards.load(path) if not people.is_kept_apart(u.speaker)]
    return spoken[:: max(1, len(spoken) // _TALKERS)]


def _part(seed: int, parts: Path, shard: tuple[int, Path]) -> str:
    """Write the training and validation parts of a shard, unless they exist."""
    number, path = shard
    name = f"{path.parent.name}-{path.stem}"
    if (parts / f"{name}.done").exists():
        return name
    learnt: list[Item] = []
    checked: list[Item] = []
    for place, utterance in enumerate(shards.load(path)):
        if not people.is_kept_apart(utterance.speaker):
            draws = [np.random.default_rng([seed, number, place, copy]) for copy in range(COPIES[utterance.kind])]
            learnt += [_item(utterance, rng, plain=copy == 0) for copy, rng in enumerate(draws)]
        elif utterance.kind != "synthetic":
            checked.append(_item(utterance, np.random.default_rng([number, place]), plain=True))
    for kind, items in (("learn", learnt), ("check", checked)):
        if items:
            _store(items).save(parts / f"{name}.{kind}.npz")
    (parts / f"{name}.done").touch()
    return name


def _silence(speech: Path, recording: Recording) -> Item:
    return _item(corpus.load(speech, recording), np.random.default_rng(0), plain=True)


def _all(results: Iterator[Any], name: str, count: int) -> Generator[tuple[str, int, int], None, list[Any]]:
    done: list[Any] = []
    for result in results:
        done.append(result)
        if len(done) % 20 == 0 or len(done) == count:
            yield name, len(done), count
    return done


def _store(items: list[Item]) -> Store:
    """Return a store of these items, without noise."""
    frames = np.cumsum([0] + [len(item[0]) for item in items])
    labels = np.cumsum([0] + [len(item[1]) for item in items])
    return Store(
        frames=np.concatenate([item[0] for item in items]),
        labels=np.concatenate([item[1] for item in items]),
        items=np.stack([frames[:-1], labels[:-1], labels[1:]], 1),
        levels=np.array([item[2] for item in items], np.float32),
        kinds=np.array([item[3] for item in items]),
        noise=np.zeros((0, BINS), np.float16),
    )


def _joined(stores: list[Store], noise: npt.NDArray[np.float16]) -> Store:
    """Return one store of all, with the noise."""
    frames = np.cumsum([0] + [len(store.frames) for store in stores])
    labels = np.cumsum([0] + [len(store.labels) for store in stores])
    offsets = np.stack([frames[:-1], labels[:-1], labels[:-1]], 1)
    return Store(
        frames=np.concatenate([store.frames for store in stores]),
        labels=np.concatenate([store.labels for store in stores]),
        items=np.concatenate([store.items + offset for store, offset in zip(stores, offsets, strict=True)]),
        levels=np.concatenate([store.levels for store in stores]),
        kinds=np.concatenate([store.kinds for store in stores]),
        noise=noise,
    )


def _item(utterance: Utterance, rng: np.random.Generator, *, plain: bool) -> Item:
    """Return one copy of an utterance, `plain` as it is or changed."""
    sound, speed = utterance.wave.astype(np.float64), 1.0
    if not plain and rng.random() < SPED:
        speed = rng.uniform(0.85, 1.2)
        sound = np.interp(np.arange(0, len(sound) - 1, speed), np.arange(len(sound)), sound)
    before, after = int(rng.uniform(0.1, 0.5) * RATE), int(rng.uniform(0.1, 0.4) * RATE)
    sound = np.pad(levelled(sound), (before, after))
    if not plain:
        sound = levelled(_elsewhere(sound, rng))
    frames = log_mel(sound)
    count = (len(frames) + STEP - 1) // STEP
    around = np.clip(np.arange(-CONTEXT, STEP * (count - 1) + 1 + CONTEXT), 0, len(frames) - 1)
    labels = _labels(utterance, count, before / RATE, speed)
    return frames[around].astype(np.float16), labels, _level(frames), utterance.kind


def _elsewhere(sound: rooms.Sound, rng: np.random.Generator) -> rooms.Sound:
    """Return the sound in a room or far away, at times clipped or coded."""
    place = rng.random()
    if place < ROOMY:
        sound = rooms.convolve(sound, rooms.impulse_response(rng))
    elif place < ROOMY + FAR:
        sound = channels.far(sound, rng)
    if rng.random() < CLIPPED:
        sound = channels.clipped(sound, rng)
    if rng.random() < CODED:
        sound = channels.through(levelled(sound), str(rng.choice(list(channels.CODECS))), rng)
    return sound


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
    """Return the log of the mean energy of the frames within 17 dB of the loudest."""
    energy = np.exp(frames).sum(1)
    return np.float32(np.log(energy[energy >= energy.max() * 0.02].mean()))


def _noise(speech: Path, wanted: Noise) -> npt.NDArray[np.float16]:
    """Return a noise as log-mel energies."""
    kind, what, seed = wanted
    rng = np.random.default_rng([seed, len(kind)])
    length = _NOISES[kind][1] * RATE if kind in _NOISES else 0
    if isinstance(what, Recording):
        sound = corpus.load(speech, what).wave.astype(np.float64)
    elif kind in {"babble", "television"} and not what:
        return np.zeros((0, BINS), np.float16)
    else:
        make: dict[str, Callable[[], rooms.Sound]] = {
            "babble": lambda: rooms.babble(rng, what, length),
            "television": lambda: rooms.television(rng, what, length),
            "kitchen": lambda: rooms.kitchen(rng, length),
            "hiss": lambda: rooms.hiss(rng, length),
            "leak": lambda: _leak(rng, length),
        }
        sound = make[kind]()
    if sound.std() < 1e-6:  # noqa: PLR2004
        return np.zeros((0, BINS), np.float16)
    frames = log_mel(sound / sound.std() * 1000)
    energy = np.sort(np.exp(frames).sum(1))
    return np.asarray(frames - np.log(energy[-max(1, len(energy) // 5) :].mean()), np.float16)


def _leak(rng: np.random.Generator, length: int) -> rooms.Sound:
    """Return what an echo canceller leaves of some of the coach's sentences; silence where espeak-ng is missing."""
    lines = [say.coach(rng, str(text)) for text in rng.choice(known_texts().sentences, _LINES)]
    return rooms.leak(rng, lines, length) if all(map(len, lines)) else np.zeros(length)
