"""Utterances of synthetic voices that this machine has: for words that few people have recorded."""

from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Final

import numpy as np

from training import say, shards
from training.align import Aligner, utterances
from training.corpus import Utterance
from training.lexicon import vocabulary
from training.texts import Texts

ROOT: Final = Path(__file__).parent.parent
_SHARD: Final = 250


def synthesize(folder: Path, count: int, seed: int, model: Path, jobs: int) -> Iterator[tuple[str, int, int]]:
    """Write about `count` utterances, aligned by a model, to shards in `folder`; yield the progress."""
    tasks = [
        (f"synthetic-{number:04}", (seed, number, min(_SHARD, count - number * _SHARD)))
        for number in range(-(-count // _SHARD))
    ]
    return shards.make(folder, tasks, partial(_synthetic, model), jobs)


def _synthetic(model: Path, task: tuple[int, int, int]) -> list[Utterance]:
    seed, shard, count = task
    rng = np.random.default_rng([seed, shard])
    present, texts = say.engines(), _texts()
    said = [say.say(say.draw(rng, texts.draw(rng), present)) for _ in range(count)]
    return utterances([utterance for utterance in said if utterance], Aligner.load(model))


@cache
def _texts() -> Texts:
    return Texts(ROOT, vocabulary())
