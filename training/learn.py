"""The fourth stage: the network learns, deterministic by seed, resumable at each checkpoint."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch

from training import network, sequence
from training.batches import IGNORED, PLAIN, Batches
from training.network import Network
from training.prepare import Store
from training.sounds import PDFS


@dataclass(frozen=True)
class Plan:
    """How to learn."""

    width: int = 320
    steps: int = 8000
    batch: int = 128
    rate: float = 2.2e-3
    """The highest learning rate."""
    frames_only: float = 0.3
    """The share of the steps that learns from single labels only; from then on sequences count too."""
    sequences: float = 0.6
    """How much they count then."""
    seed: int = 1


@dataclass(frozen=True)
class Progress:
    """Means since the last report."""

    step: int
    steps: int
    frame_loss: float
    sequence_loss: float
    accuracy: float
    """Share of the labels that the network finds in what it learns from."""
    checked: float
    """The same for people whom it never learns from, without noise."""


def learn(folder: Path, plan: Plan, every: int = 250, start: Path | None = None) -> Iterator[Progress]:
    """Learn from `folder/learn.npz`; `every` so many steps they go to `folder/network.pt`, to be gone on from.

    `start`: the checkpoint of a network of the same shape whose weights to begin with, instead of random ones.
    """
    store = Store.load(folder / "learn.npz")
    check = Store.load(folder / "check.npz")
    torch.manual_seed(plan.seed)
    model = Network(plan.width)
    batches = Batches(store, model.left, model.right, plan.seed)
    frames = store.frames[::37].astype(np.float32)
    model.mean.copy_(torch.from_numpy(frames.mean(0)))
    model.scale.copy_(torch.from_numpy(frames.std(0)))
    if start:
        model.load_state_dict(torch.load(start, weights_only=False)["weights"])
    learner = _Learner(plan, model, batches, sequence.Model.of(store.labels))
    path = folder / "network.pt"
    if path.exists():
        learner.resume(path)
    while learner.step < plan.steps:
        means = np.mean([learner.go() for _ in range(min(every, plan.steps - learner.step))], 0)
        learner.save(path)
        frame_loss, sequence_loss, accuracy = means
        yield Progress(learner.step, plan.steps, frame_loss, sequence_loss, accuracy, accuracy_on(model, check))


def accuracy_on(model: Network, store: Store) -> float:
    """Return the share of the labels that the network finds, as the store is."""
    batches = Batches(store, model.left, model.right, 0, PLAIN)
    model.eval()
    with torch.inference_mode():
        frames, labels = batches.take(np.arange(len(batches)))
        share = _accuracy(model(frames), labels)
    model.train()
    return share


class _Learner:
    """What changes from step to step."""

    def __init__(self, plan: Plan, model: Network, batches: Batches, prior: sequence.Model) -> None:
        self.step = 0
        self._plan, self._model, self._batches, self._prior = plan, model, batches, prior
        self._optimizer = torch.optim.AdamW(model.parameters(), plan.rate, weight_decay=1e-4)
        model.train()

    def go(self) -> tuple[float, float, float]:
        """Take one step; return the loss of the labels, that of the sequences, and the share of right labels."""
        plan = self._plan
        for group in self._optimizer.param_groups:
            group["lr"] = plan.rate * _schedule(self.step / plan.steps)
        frames, labels = self._batches.draw(plan.batch)
        scores = self._model(frames)
        single = torch.nn.functional.cross_entropy(
            scores.reshape(-1, PDFS), labels.reshape(-1), ignore_index=IGNORED, label_smoothing=0.02
        )
        total, whole = single, torch.zeros(())
        if self.step >= plan.frames_only * plan.steps:
            whole = sequence.loss(scores, labels, self._prior)
            total = (1 - plan.sequences) * single + plan.sequences * whole
        self._optimizer.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), 5.0)
        self._optimizer.step()
        self.step += 1
        return single.item(), whole.item(), _accuracy(scores, labels)

    def save(self, path: Path) -> None:
        """Write a checkpoint, from which `resume` goes on as if nothing had been."""
        network.save(
            path,
            self._model,
            plan=asdict(self._plan),
            step=self.step,
            optimizer=self._optimizer.state_dict(),
            chance=self._batches.rng.bit_generator.state,
            prior=self._prior.log_prior,
        )

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint.

        Raises:
            ValueError: it was made by another plan.
        """
        held = cast("dict[str, Any]", torch.load(path, weights_only=False))
        if held["plan"] != asdict(self._plan):
            message = f"{path} was learnt by another plan ({held['plan']}): move it away to begin anew"
            raise ValueError(message)
        self._model.load_state_dict(held["weights"])
        self._optimizer.load_state_dict(held["optimizer"])
        self._batches.rng.bit_generator.state = held["chance"]
        self.step = held["step"]


def _schedule(done: float) -> float:
    """Return the learning rate's share: up in the first 6 %, then down along a cosine."""
    rise = 0.06
    return done / rise + 0.01 if done < rise else 0.5 * (1 + float(np.cos(np.pi * (done - rise) / (1 - rise)))) + 2e-3


def _accuracy(scores: torch.Tensor, labels: torch.Tensor) -> float:
    valid = labels != IGNORED
    return float(((scores.argmax(-1) == labels) & valid).sum() / valid.sum())
