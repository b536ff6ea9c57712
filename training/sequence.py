"""Sequence training: the right sounds against all others, as they compete in decoding (maximum mutual information).

The score is that of the decoder. The numerator is the utterance's own sounds, each boundary free by a frame or two, for
the alignment is not better than that; the denominator is any sequence of sounds, by a bigram of the training labels.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from training.batches import IGNORED
from training.sounds import PDFS

ACOUSTIC: Final = 0.7
"""The decoder's acoustic scale (`--acoustic-scale`)."""
PRIOR: Final = 0.6
"""The power of the labels' frequencies that scores are divided by."""
_SLACK: Final = 2
"""Labels (30 ms) by which a boundary may be off."""
_NEVER: Final = -1e30
_SOUNDS: Final = PDFS // 2


@dataclass(frozen=True)
class Model:
    """The prior of the labels."""

    log_prior: torch.Tensor
    """[pdfs]"""
    log_next: torch.Tensor
    """[sounds, sounds]: the log probability of each next sound, to the power of one half."""

    @classmethod
    def of(cls, labels: npt.NDArray[np.int16]) -> "Model":
        """Count the labels of a store."""
        prior = np.bincount(labels, minlength=PDFS) + 50.0
        sounds = labels // 2
        begins = labels[1:] % 2 == 0
        counts = np.full((_SOUNDS, _SOUNDS), 0.2)
        np.add.at(counts, (sounds[:-1][begins], sounds[1:][begins]), 1)
        np.fill_diagonal(counts, 0.2)
        following = 0.5 * np.log(counts / counts.sum(1, keepdims=True))
        return cls(_tensor(np.log(prior / prior.sum())), _tensor(following))


def loss(scores: torch.Tensor, labels: torch.Tensor, model: Model) -> torch.Tensor:
    """Return the mean over the labels of how much better all sequences together are than the right one.

    `scores`: [batch, length, pdfs], not normalised; `labels`: [batch, length].
    """
    likelihood = ACOUSTIC * (torch.log_softmax(scores, -1) - PRIOR * model.log_prior)
    valid = labels != IGNORED
    right = _right(likelihood, labels.clamp(min=0), valid, model)
    return (_any(likelihood, valid, model) - right).sum() / valid.sum()


def _any(likelihood: torch.Tensor, valid: torch.Tensor, model: Model) -> torch.Tensor:
    """Return the log of the sum over all sequences of sounds: [batch]."""
    first, later = likelihood[..., 0::2], likelihood[..., 1::2]
    following = model.log_next.exp()
    score = torch.maximum(first[:, 0], later[:, 0])  # the piece may begin inside of a sound
    for at in range(1, likelihood.shape[1]):
        most = score.max(1, keepdim=True)[0]
        entered = ((score - most).exp() @ following + 1e-30).log() + most
        score = torch.where(valid[:, at : at + 1], torch.logaddexp(entered + first[:, at], score + later[:, at]), score)
    return torch.logsumexp(score, 1)


def _right(likelihood: torch.Tensor, labels: torch.Tensor, valid: torch.Tensor, model: Model) -> torch.Tensor:
    """Return the log of the sum over the ways to go through the utterance's own sounds: [batch]."""
    batch, length = labels.shape
    begins = (labels % 2 == 0) & valid
    begins[:, 0] = False
    place = begins.cumsum(1)  # which sound of the piece each label belongs to
    count = int(place.max()) + 1
    sounds = torch.zeros(batch, count, dtype=torch.long).scatter_(1, place, labels // 2)
    allowed = _allowed(place, count)
    first = torch.gather(likelihood[..., 0::2], 2, sounds[:, None].expand(-1, length, -1))
    later = torch.gather(likelihood[..., 1::2], 2, sounds[:, None].expand(-1, length, -1))
    step = model.log_next[sounds[:, :-1], sounds[:, 1:]]
    never = torch.full((batch, 1), _NEVER)
    score = torch.where(allowed[:, 0], torch.maximum(first[:, 0], later[:, 0]), _NEVER)
    score = torch.where(torch.arange(count) == 0, score, _NEVER)
    for at in range(1, length):
        entered = torch.cat([never, score[:, :-1] + step], 1) + first[:, at]
        here = torch.logaddexp(entered, score + later[:, at])
        score = torch.where(valid[:, at : at + 1], torch.where(allowed[:, at], here, _NEVER), score)
    return torch.logsumexp(torch.where(torch.arange(count) == place[:, -1:], score, _NEVER), 1)


def _allowed(place: torch.Tensor, count: int) -> torch.Tensor:
    """Return which sounds may be where: [batch, length, sounds]."""
    wanted = torch.nn.functional.one_hot(place, count).bool()
    allowed = wanted.clone()
    for shift in range(1, _SLACK + 1):
        allowed[:, shift:] |= wanted[:, :-shift]
        allowed[:, :-shift] |= wanted[:, shift:]
    return allowed


def _tensor(array: npt.NDArray[np.float64]) -> torch.Tensor:
    return torch.from_numpy(array.astype(np.float32))
