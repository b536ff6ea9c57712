"""Utterances on disk: a shard is one file that is whole or not there, so that work goes on where it was broken off."""

import json
import os
from collections.abc import Callable, Iterable, Iterator
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

import numpy as np

from training.corpus import Utterance
from training.signals import leave_to_parent

Task = TypeVar("Task")


def save(path: Path, utterances: list[Utterance]) -> None:
    """Write a shard."""
    about = [[u.kind, u.speaker, u.text, len(u.wave), u.segments] for u in utterances]
    waves = np.concatenate([u.wave for u in utterances]) if utterances else np.zeros(0, np.int16)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, waves=waves, about=np.array(json.dumps(about)))
    part.replace(path)


def load(path: Path) -> list[Utterance]:
    """Read a shard."""
    with np.load(path) as file:
        waves, about = file["waves"], json.loads(str(file["about"]))
    ends = np.cumsum([row[3] for row in about])
    return [
        Utterance(kind, speaker, text, waves[end - length : end], _segments(segments))
        for (kind, speaker, text, length, segments), end in zip(about, ends, strict=True)
    ]


def make(
    folder: Path, tasks: Iterable[tuple[str, Task]], work: Callable[[Task], list[Utterance]], jobs: int
) -> Iterator[tuple[str, int, int]]:
    """Make the shards that are not there yet; yield each one's name, its number and how many there are.

    With one job they are made in this process.
    """
    folder.mkdir(parents=True, exist_ok=True)
    named = list(tasks)
    missing = [(folder / f"{name}.npz", work, task) for name, task in named if not (folder / f"{name}.npz").exists()]
    done = len(named) - len(missing)
    if jobs == 1:
        for number, task in enumerate(missing, done + 1):
            yield _make(task), number, len(named)
        return
    os.environ["OMP_NUM_THREADS"] = "1"
    with get_context("spawn").Pool(jobs, leave_to_parent) as pool:
        for number, name in enumerate(pool.imap_unordered(_make, missing), done + 1):
            yield name, number, len(named)


def _make(task: tuple[Path, Callable[[Task], list[Utterance]], Task]) -> str:
    path, work, what = task
    save(path, work(what))
    return path.stem


def _segments(rows: list[list[object]] | None) -> tuple[tuple[str | None, float], ...] | None:
    return None if rows is None else tuple((str(sound) if sound else None, float(str(end))) for sound, end in rows)
