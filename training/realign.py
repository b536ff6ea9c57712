"""Between learning and learning again: the network that was learnt first finds the sounds better than it was told.

PocketSphinx lets silence eat loud vowels: of the recorded words one in four has more than 15 % of its loud frames in
what it takes for silence. Here silence is kept from where it is loud and sounds from where it is not, and a vowel has a
least length.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from training import network, shards
from training.corpus import Segment, Utterance
from training.lexicon import Lexicon, lexicon
from training.mel import CENTRE, SHIFT, Floats, log_mel
from training.network import Network
from training.prepare import STEP, levelled
from training.sequence import ACOUSTIC, PRIOR
from training.sounds import pdfs
from voice_coach.timebase import RATE

LOUD: Final = 10 ** (-20 / 10)
"""Share of an utterance's greatest energy from which on a frame is no silence."""
FAINT: Final = 10 ** (-45 / 10)
"""The same below which it is no sound; closures of consonants are above it or one frame long."""
_WRONG: Final = 8.0
"""What a frame of the wrong loudness costs, in nepers."""
_VOWELS: Final = frozenset("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split())
_LEAST: Final = 2
"""Frames of 30 ms that a vowel has at least."""
_QUIET: Final = 0.2
"""Seconds of silence put before and behind."""


def realign(checkpoint: Path, folder: Path, out: Path, jobs: int) -> Iterator[tuple[str, int, int]]:
    """Write the shards of `folder` to `out` with the sounds where the network finds them."""
    tasks = [(path.stem, (checkpoint, path)) for path in sorted(folder.glob("*.npz"))]
    return shards.make(out, tasks, _shard, jobs)


def _shard(task: tuple[Path, Path]) -> list[Utterance]:
    torch.set_num_threads(1)
    checkpoint, path = task
    model, held = network.load(checkpoint)
    model.eval()
    prior = held["prior"].numpy()
    utterances = shards.load(path)
    sounds = lexicon(word for u in utterances for word in u.text.split())
    return [replace(u, segments=align(u, model, prior, sounds)) for u in utterances]


def align(utterance: Utterance, model: Network, prior: Floats, sounds: Lexicon) -> tuple[Segment, ...] | None:
    """Return the utterance's sounds in order, or None where it is too short for them.

    Of a word's pronunciations the likeliest is taken, word for word.
    """
    likelihood = _likelihood(utterance, model, prior)
    best: tuple[float, tuple[Segment, ...]] | None = None
    for path in _pronunciations(utterance.text.split(), sounds):
        found = _viterbi(likelihood, path)
        if found and (best is None or found[0] > best[0]):
            best = found
    return best[1] if best else None


def _pronunciations(words: list[str], sounds: Lexicon) -> list[list[list[str]]]:
    """Return ways to say the words: each word's first one, and for each word its other ones."""
    first = [sounds[word][0] for word in words]
    others = [
        [*first[:place], other, *first[place + 1 :]] for place, word in enumerate(words) for other in sounds[word][1:]
    ]
    return [first, *others]


def _likelihood(utterance: Utterance, model: Network, prior: Floats) -> npt.NDArray[np.float64]:
    """Return log likelihoods [labels, pdfs], less what the wrong loudness costs."""
    wave = np.pad(levelled(utterance.wave.astype(np.float64)), round(_QUIET * RATE))
    frames = log_mel(wave + np.random.default_rng(0).normal(size=len(wave)))
    count = (len(frames) + STEP - 1) // STEP
    around = np.clip(np.arange(-model.left, STEP * (count - 1) + 1 + model.right), 0, len(frames) - 1)
    with torch.inference_mode():
        scores = torch.log_softmax(model(torch.from_numpy(frames[around])[None])[0], -1).numpy()
    likelihood = ACOUSTIC * (scores.astype(np.float64) - PRIOR * prior)
    energy = np.exp(frames[::STEP]).sum(1)
    likelihood[energy > LOUD * energy.max(), :2] -= _WRONG
    likelihood[energy < FAINT * energy.max(), 2:] -= _WRONG
    return np.asarray(likelihood)


def _viterbi(likelihood: npt.NDArray[np.float64], words: list[list[str]]) -> tuple[float, tuple[Segment, ...]] | None:
    """Return the best way through the words' sounds, with silence between words at will: its score and its segments."""
    names, optional = _states(words)
    pdf = np.array([pdfs(name) for name, _ in names])
    outputs = np.array([pdf[number, min(part, 1)] for number, (_, part) in enumerate(names)])
    stays = np.array([part == _last(name) for name, part in names])  # only the last part of a sound is repeated
    later = pdf[:, 1]
    score = np.full(len(names), -np.inf)
    score[0] = likelihood[0, outputs[0]]
    back = np.zeros((len(likelihood), len(names)), np.int64)
    for at in range(1, len(likelihood)):
        entered = np.concatenate(([-np.inf], score[:-1]))
        skipped = np.where(optional, np.concatenate(([-np.inf, -np.inf], score[:-2])), -np.inf)
        come = np.stack([np.where(stays, score, -np.inf), entered, skipped])
        gain = np.stack([likelihood[at, later], likelihood[at, outputs], likelihood[at, outputs]])
        total = come + gain
        back[at] = total.argmax(0)
        score = total.max(0)
    if not np.isfinite(score[-1]):
        return None
    return float(score[-1]), _segments(back, names)


def _states(words: list[list[str]]) -> tuple[list[tuple[str | None, int]], npt.NDArray[np.bool_]]:
    """Return the states in order (a sound and which part of it), and which may be come to past the silence before."""
    names: list[tuple[str | None, int]] = [(None, 0)]
    optional = [False]
    for number, word in enumerate(words):
        if number:
            names.append((None, 0))
            optional.append(False)
        for place, sound in enumerate(word):
            parts = _last(sound) + 1
            names += [(sound, part) for part in range(parts)]
            optional += [place == 0 and number > 0] + [False] * (parts - 1)
    return [*names, (None, 0)], np.array([*optional, False])


def _last(sound: str | None) -> int:
    return _LEAST - 1 if sound in _VOWELS else 0


def _segments(back: npt.NDArray[np.int64], names: list[tuple[str | None, int]]) -> tuple[Segment, ...]:
    """Go back along the best way; a sound ends half a label behind the middle of its last one."""
    way = [len(names) - 1]
    for at in range(len(back) - 1, 0, -1):
        way.append(way[-1] - int(back[at, way[-1]]))
    way.reverse()
    first = np.array([state - names[state][1] for state in way])  # all parts of a sound are that sound
    lasts = np.flatnonzero(np.append(first[1:] != first[:-1], True))
    return tuple((names[first[at]][0], float((at + 0.5) * STEP * SHIFT / RATE + CENTRE - _QUIET)) for at in lasts)
