"""The first two stages: what the synthetic voices say, and where the sounds lie in it and in the recordings."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from training import align, corpus, say, shards
from training.corpus import Utterance
from training.lexicon import vocabulary
from training.texts import Texts

SPOKEN: Final = ("word", "digit", "unknown", "other")
"""The kinds of recordings that somebody speaks in."""
QUIET: Final = ("noise", "silence")
ROOT: Final = Path(__file__).parent.parent
_SHARD: Final = 250


def synthesize(folder: Path, count: int, seed: int, jobs: int) -> Iterator[tuple[str, int, int]]:
    """Make about `count` utterances of synthetic voices, aligned."""
    tasks = [(f"synthetic-{number:04}", (seed, number, min(_SHARD, count))) for number in range(-(-count // _SHARD))]
    return shards.make(folder, tasks, _synthetic, jobs)


def record(folder: Path, speech: Path, jobs: int) -> Iterator[tuple[str, int, int]]:
    """Align the recordings of the train part."""
    utterances = corpus.read(speech, *SPOKEN)
    tasks = [
        (f"recorded-{start // _SHARD:04}", utterances[start : start + _SHARD])
        for start in range(0, len(utterances), _SHARD)
    ]
    return shards.make(folder, tasks, _recorded, jobs)


def _synthetic(task: tuple[int, int, int]) -> list[Utterance]:
    seed, shard, count = task
    rng = np.random.default_rng([seed, shard])
    present, texts = say.engines(), _texts()
    said = [say.say(say.draw(rng, texts.draw(rng), present)) for _ in range(count)]
    return _recorded([utterance for utterance in said if utterance])


def _recorded(utterances: list[Utterance]) -> list[Utterance]:
    """Return them with their sounds where these can be found, else without."""
    return [u if u.segments else replace(u, segments=align.align(u)) for u in utterances]


@cache
def _texts() -> Texts:
    return Texts(ROOT, vocabulary())
