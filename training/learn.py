"""The network learns: deterministic by seed, resumable at each step, and safe to end by a signal.

What is kept and measured is not the weights of the last step but their moving average, which is good at any moment.
"""

import time  # noqa: TID251  (learning is counted in CPU seconds, and checkpoints go by the clock)
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import torch
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from training import network, sequence
from training.batches import IGNORED, LENGTH, NOISY, PLAIN, Augmentation, Batches
from training.mel import SHIFT
from training.network import Network
from training.prepare import STEP, Store
from training.signals import Signals
from training.sounds import PDFS
from voice_coach.timebase import RATE

REPORT_STEPS: Final = 200
SAVE_SECONDS: Final = 180.0
"""At most so much work is lost to a crash; a signal loses none."""
CHECKED: Final = 1024
"""Pieces at most to see how many labels are right."""
_CHUNK: Final = 64
_SETTLED_ON: Final = 512
"""Pieces that the normalisation of a network that is read back is set by."""
_TIMED_STEPS: Final = 12


@dataclass(frozen=True)
class Plan:
    """How to learn."""

    width: int = 352
    """Units a layer."""
    steps: int = 8000
    batch: int = 64
    """Pieces of 0.96 s a step."""
    rate: float = 1e-3
    """The highest learning rate."""
    frames_only: float = 0.05
    """Share of the steps that learn from single labels only; from then on sequences count too."""
    sequences: float = 0.6
    """Share of the loss that is the sequences' then."""
    averaged: float = 0.999
    """How much of the moving average each step leaves."""
    seed: int = 1


@dataclass(frozen=True)
class Data:
    """The training items, and those of the people kept apart for validation."""

    learn: Store
    check: Store

    @classmethod
    def load(cls, folder: Path) -> "Data":
        """Read what `prepare` wrote."""
        return cls(Store.load(folder / "learn.npz"), Store.load(folder / "check.npz"))


@dataclass(frozen=True)
class Progress:
    """How far a run is; losses and `accuracy` are means since the last report."""

    step: int
    steps: int
    cpu: float
    """Seconds that learning has taken in this run."""
    heard: float
    """Hours of speech and noise drawn in this run."""
    frame_loss: float
    sequence_loss: float
    accuracy: float
    """Share of correct labels on the training items."""
    clean: float
    """The same for people kept apart."""
    noisy: float
    """The same in noise at 0 to 12 dB."""


class Learner:
    """A run of learning: all that changes from step to step."""

    def __init__(self, plan: Plan, data: Data, start: Network | None = None) -> None:
        """`start`: a network to begin with instead of a random one.

        Raises:
            ValueError: it is of another width.
        """
        torch.manual_seed(plan.seed)
        model = start or Network(plan.width)
        if model.width != plan.width:
            message = f"the network to begin with is {model.width} units wide, not {plan.width}"
            raise ValueError(message)
        self.plan, self.step, self.cpu = plan, 0, 0.0
        self._data, self._model = data, model
        self._batches = Batches(data.learn, model.left, model.right, plan.seed)
        if start is None:
            frames = data.learn.frames[::37].astype(np.float32)
            model.mean.copy_(torch.from_numpy(frames.mean(0)))
            model.scale.copy_(torch.from_numpy(frames.std(0)))
        average = get_ema_multi_avg_fn(plan.averaged)
        self._average = AveragedModel(model, multi_avg_fn=average, use_buffers=True)
        self._prior = sequence.Model.of(data.learn.labels)
        self._optimizer = torch.optim.AdamW(model.parameters(), plan.rate, weight_decay=1e-4)
        self._sums, self._count = np.zeros(3), 0
        model.train()

    def go(self) -> None:
        """Take one step."""
        began = time.process_time()
        plan = self.plan
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
        self._average.update_parameters(self._model)
        self.step += 1
        self._sums += single.item(), whole.item(), accuracy(scores, labels)
        self._count += 1
        self.cpu += time.process_time() - began

    def report(self) -> Progress:
        """Return how far it is, and begin the means again."""
        frame_loss, sequence_loss, right = self._sums / max(1, self._count)
        self._sums, self._count = np.zeros(3), 0
        kept = cast("Network", self._average.module)
        clean, noisy = (checked(kept, self._data.check, how) for how in (PLAIN, NOISY))
        heard = self.step * self.plan.batch * LENGTH * STEP * SHIFT / RATE / 3600
        return Progress(
            self.step, self.plan.steps, self.cpu, heard, frame_loss, sequence_loss, right, clean, noisy
        )  # fmt: skip

    def save(self, path: Path) -> None:
        """Write a checkpoint, from which `resume` goes on as if nothing had been."""
        network.save(
            path,
            cast("Network", self._average.module),
            plan=asdict(self.plan),
            step=self.step,
            cpu=self.cpu,
            learning=self._model.state_dict(),
            averaged=self._average.n_averaged,
            optimizer=self._optimizer.state_dict(),
            chance=self._batches.rng.bit_generator.state,
            log_prior=self._prior.log_prior,
            means=(self._sums, self._count),
        )

    def resume(self, path: Path) -> None:
        """Go on from a checkpoint.

        Raises:
            ValueError: it was made by another plan.
        """
        held = cast("dict[str, Any]", torch.load(path, weights_only=False))
        if held["plan"] != asdict(self.plan):
            message = f"{path} was learnt by another plan ({held['plan']}): move it away to begin again"
            raise ValueError(message)
        cast("Network", self._average.module).load_state_dict(held["weights"])
        self._average.n_averaged = held["averaged"]
        self._model.load_state_dict(held["learning"])
        self._optimizer.load_state_dict(held["optimizer"])
        self._batches.rng.bit_generator.state = held["chance"]
        self.step, self.cpu = held["step"], held["cpu"]
        self._sums, self._count = held["means"]


def learn(
    folder: Path, learner: Learner, signals: Signals | None = None, every: int = REPORT_STEPS
) -> Iterator[Progress]:
    """Learn to the plan's end, from `folder/network.pt` if it is there; yield where it begins and each `every` steps.

    Raises:
        ValueError: the checkpoint was made by another plan.
        SystemExit: a signal came; the checkpoint holds all steps.
    """
    path, signals = folder / "network.pt", signals or Signals()
    if path.exists():
        learner.resume(path)
    else:
        folder.mkdir(parents=True, exist_ok=True)
        learner.save(path)
    yield learner.report()
    saved = time.monotonic()
    while learner.step < learner.plan.steps:
        try:
            with signals.held():
                learner.go()
        except SystemExit:
            learner.save(path)
            raise
        due = learner.step % every == 0 or learner.step == learner.plan.steps
        if due or time.monotonic() > saved + SAVE_SECONDS:
            with signals.held():
                learner.save(path)
            saved = time.monotonic()
        if due:
            yield learner.report()


def seconds_a_step(plan: Plan, data: Data) -> float:
    """Return the CPU seconds that a step takes, loss of sequences included; what it learns is dropped."""
    learner = Learner(Plan(**{**asdict(plan), "frames_only": 0.0}), data)
    learner.go()
    before = learner.cpu
    for _ in range(_TIMED_STEPS):
        learner.go()
    return (learner.cpu - before) / _TIMED_STEPS


def begun(model: Network, data: Data, seed: int) -> Network:
    """Settle the normalisation of a network that was read back from a model, on pieces as they will be learnt from."""
    batches = Batches(data.learn, model.left, model.right, seed)
    model.settle(batches.draw(_SETTLED_ON)[0])
    return model


def checked(model: Network, store: Store, how: Augmentation) -> float:
    """Return the share of the labels that the network finds in a store, or in `CHECKED` pieces of it."""
    batches = Batches(store, model.left, model.right, 0, how)
    which = np.arange(0, len(batches), max(1, len(batches) // CHECKED))
    right = total = 0
    was_training = model.training
    model.eval()
    with torch.inference_mode():
        for start in range(0, len(which), _CHUNK):
            frames, labels = batches.take(which[start : start + _CHUNK])
            valid = labels != IGNORED
            right += int(((model(frames).argmax(-1) == labels) & valid).sum())
            total += int(valid.sum())
    model.train(was_training)
    return right / max(1, total)


def accuracy(scores: torch.Tensor, labels: torch.Tensor) -> float:
    """Return the share of the labels that score highest."""
    valid = labels != IGNORED
    return float(((scores.argmax(-1) == labels) & valid).sum() / valid.sum())


def _schedule(done: float) -> float:
    """Return the learning rate's share: up in the first 4 %, then down along a cosine."""
    rise = 0.04
    return done / rise + 0.01 if done < rise else 0.5 * (1 + float(np.cos(np.pi * (done - rise) / (1 - rise)))) + 2e-3
