"""Find each sound of an utterance: forced alignment by a network of ours, the embedded model's or a checkpoint.

Silence is kept from where it is loud and sounds from where it is not, and a vowel has a least length: without these
rules silence eats loud vowels. An utterance whose sounds are nowhere near what the network hears has a wrong text or a
cut word, and is left out.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile
import torch

from training import corpus, network, nnet3, shards
from training.corpus import Recording, Segment, Utterance
from training.lexicon import Lexicon, lexicon
from training.mel import CENTRE, SHIFT, Floats, log_mel
from training.network import Network
from training.prepare import STEP, levelled
from training.sequence import ACOUSTIC, PRIOR
from training.sounds import pdfs
from voice_coach.timebase import RATE

LOUD: Final = 10 ** (-20 / 10)
"""Share of an utterance's greatest energy above which a frame is not silence."""
FAINT: Final = 10 ** (-45 / 10)
"""Share of it below which a frame is silence; closures of consonants are above it or one frame long."""
MAX_GAP: Final = 1.0
"""Mean over an utterance of what the likeliest label has over the aligned one, in nepers a label of 30 ms.

Of 25 words by 25 people the right text had at most 0.75, another one of the ten words more than 1 in 22 of 25.
"""
MAX_SECONDS: Final = 16
MIN_SECONDS: Final = 0.1
MAX_WORDS_IN_ALL_WAYS: Final = 3
"""Longer texts are tried with each word's first pronunciation only: each other one costs an alignment."""
_SHARD: Final = 250
_WRONG_LOUDNESS: Final = 8.0
"""Cost of a frame of the wrong loudness, in nepers."""
_VOWELS: Final = frozenset("AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW".split())
_MIN_VOWEL: Final = 2
"""Frames of 30 ms."""
_PADDING: Final = 0.2
"""Seconds of silence put before and after."""


@dataclass(frozen=True)
class Aligner:
    """A network, and how often each of its labels comes up."""

    network: Network
    log_prior: Floats

    @classmethod
    def load(cls, path: Path) -> "Aligner":
        """Read a `final.mdl` of ours or a checkpoint (`*.pt`)."""
        torch.set_num_threads(1)
        if path.suffix == ".pt":
            model, held = network.load(path)
            log_prior = held["log_prior"].numpy()
        else:
            layers, priors = nnet3.read(path.read_bytes())
            model, log_prior = Network.unfolded(layers), np.log(priors) / PRIOR
        model.eval()
        return cls(model, log_prior)


def recordings(
    speech: Path, found: list[Recording], model: Path, folder: Path, jobs: int
) -> Iterator[tuple[str, int, int]]:
    """Write the recordings that align to shards in `folder`; yield each shard's name, its number and their count."""
    order = np.random.default_rng(0).permutation(len(found))  # so that no shard takes longer than others
    mixed = [found[number] for number in order]
    tasks = [
        (f"recorded-{start // _SHARD:04}", mixed[start : start + _SHARD]) for start in range(0, len(mixed), _SHARD)
    ]
    return shards.make(folder, tasks, partial(_recorded, speech, model), jobs)


def again(folder: Path, model: Path, out: Path, jobs: int) -> Iterator[tuple[str, int, int]]:
    """Write the shards of `folder` to `out` with the sounds where this network finds them."""
    tasks = [(path.stem, path) for path in sorted(folder.glob("*.npz"))]
    return shards.make(out, tasks, partial(_aligned_again, model), jobs)


def utterances(found: list[Utterance], aligner: Aligner) -> list[Utterance]:
    """Return those that align, with their sounds."""
    aligned = []
    for utterance in found:
        try:
            sounds = lexicon(utterance.text.split())
        except ValueError:  # a word that can't be said
            continue
        if segments := align(utterance, aligner, sounds):
            aligned.append(replace(utterance, segments=segments))
    return aligned


def align(utterance: Utterance, aligner: Aligner, sounds: Lexicon) -> tuple[Segment, ...] | None:
    """Return the utterance's sounds in order, or None where they can't be found in it.

    Of a word's pronunciations the likeliest is taken, word for word.
    """
    likelihood = _likelihood(utterance, aligner)
    best: tuple[float, tuple[Segment, ...]] | None = None
    for path in _pronunciations(utterance.text.split(), sounds):
        found = _viterbi(likelihood, path)
        if found and (best is None or found[0] > best[0]):
            best = found
    if best is None:
        return None
    gap = (likelihood.max(1).sum() - best[0]) / len(likelihood)
    return best[1] if gap <= MAX_GAP else None


def _recorded(speech: Path, model: Path, found: list[Recording]) -> list[Utterance]:
    waves = []
    for recording in found:
        try:
            utterance = corpus.load(speech, recording)
        except soundfile.LibsndfileError as error:  # one broken file must not cost the other 249
            print(f"left out: {error}")
            continue
        if MIN_SECONDS * RATE < len(utterance.wave) < MAX_SECONDS * RATE:
            waves.append(utterance)
    return utterances(waves, Aligner.load(model))


def _aligned_again(model: Path, path: Path) -> list[Utterance]:
    return utterances(shards.load(path), Aligner.load(model))


def _pronunciations(words: list[str], sounds: Lexicon) -> list[list[list[str]]]:
    """Return ways to say the words: each word's first one and, if there are few words, for each word its other ones."""
    first = [sounds[word][0] for word in words]
    if len(words) > MAX_WORDS_IN_ALL_WAYS:
        return [first]
    others = [
        [*first[:place], other, *first[place + 1 :]] for place, word in enumerate(words) for other in sounds[word][1:]
    ]
    return [first, *others]


def _likelihood(utterance: Utterance, aligner: Aligner) -> npt.NDArray[np.float64]:
    """Return log likelihoods [labels, pdfs], less what the wrong loudness costs."""
    model = aligner.network
    wave = np.pad(levelled(utterance.wave.astype(np.float64)), round(_PADDING * RATE))
    frames = log_mel(wave + np.random.default_rng(0).normal(size=len(wave)))
    count = (len(frames) + STEP - 1) // STEP
    around = np.clip(np.arange(-model.left, STEP * (count - 1) + 1 + model.right), 0, len(frames) - 1)
    with torch.inference_mode():
        scores = torch.log_softmax(model(torch.from_numpy(frames[around])[None])[0], -1).numpy()
    likelihood = ACOUSTIC * (scores.astype(np.float64) - PRIOR * aligner.log_prior)
    energy = np.exp(frames[::STEP]).sum(1)
    likelihood[energy > LOUD * energy.max(), :2] -= _WRONG_LOUDNESS
    likelihood[energy < FAINT * energy.max(), 2:] -= _WRONG_LOUDNESS
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
    """Return the states in order (a sound and its part), and those reachable past the silence before them."""
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
    return _MIN_VOWEL - 1 if sound in _VOWELS else 0


def _segments(back: npt.NDArray[np.int64], names: list[tuple[str | None, int]]) -> tuple[Segment, ...]:
    """Go back along the best way; a sound ends half a label after the middle of its last one."""
    way = [len(names) - 1]
    for at in range(len(back) - 1, 0, -1):
        way.append(way[-1] - int(back[at, way[-1]]))
    way.reverse()
    first = np.array([state - names[state][1] for state in way])  # all parts of a sound are that sound
    lasts = np.flatnonzero(np.append(first[1:] != first[:-1], True))
    return tuple((names[first[at]][0], float((at + 0.5) * STEP * SHIFT / RATE + CENTRE - _PADDING)) for at in lasts)
