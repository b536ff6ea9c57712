"""The acoustic model: a time-delay network on log-mel energies, as plain matrix products."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from training.mel import BINS, cepstrum
from training.prepare import STEP
from training.sounds import PDFS

OFFSETS: Final = ((-3, -2, -1, 0, 1, 2, 3), (-3, 0, 3), (-3, 0, 3), (-3, 0, 3), (-6, -3, 0), (-6, -3, 0), (-9, -3, 0))
"""Frames of 10 ms around a label that each layer takes from the one below: 33 back and 12 ahead in all.

A person waits for what it looks ahead; what lies behind costs nothing.
"""


@dataclass(frozen=True)
class Affine:
    """One layer of the exported network: weights [out, offsets x in] and biases [out]."""

    weights: npt.NDArray[np.float32]
    biases: npt.NDArray[np.float32]
    offsets: tuple[int, ...] = (0,)


class Network(nn.Module):
    """Affine layers with batch normalisation and rectifiers: frames in, one score a pdf each 30 ms out."""

    def __init__(self, width: int, offsets: tuple[tuple[int, ...], ...] = OFFSETS) -> None:
        """`width`: units of each layer."""
        super().__init__()
        self.width, self.offsets = width, offsets
        self.left = -sum(min(layer) for layer in offsets)
        self.right = sum(max(layer) for layer in offsets)
        inputs = [BINS] + [width] * (len(offsets) - 1)
        self.affine = nn.ModuleList(
            nn.Linear(size * len(layer), width) for size, layer in zip(inputs, offsets, strict=True)
        )
        self.norm = nn.ModuleList(nn.BatchNorm1d(width) for _ in offsets)
        self.out = nn.Linear(width, PDFS)
        self.mean: torch.Tensor
        self.scale: torch.Tensor
        self.register_buffer("mean", torch.zeros(BINS))
        self.register_buffer("scale", torch.ones(BINS))

    def forward(self, frames: torch.Tensor) -> torch.Tensor:
        """Return [batch, labels, pdfs] for [batch, 3 (labels - 1) + 1 + left + right, bins]."""
        first = self.offsets[0]
        values = (frames - self.mean) / self.scale
        values = values.unfold(1, first[-1] - first[0] + 1, STEP).transpose(2, 3).flatten(2)
        for number, (affine, norm) in enumerate(zip(self.affine, self.norm, strict=True)):
            if number:
                values = _spliced(values, self.offsets[number])
            batch, length, _ = values.shape
            values = torch.relu(norm(affine(values).flatten(0, 1))).reshape(batch, length, -1)
        return cast("torch.Tensor", self.out(values))

    @classmethod
    def unfolded(cls, layers: list[Affine]) -> "Network":
        """Return the network whose `folded` gives these layers, its normalisation doing nothing yet (see `settle`)."""
        network = cls(len(layers[0].biases), tuple(layer.offsets for layer in layers[:-1]))
        matrix = cepstrum()
        for number, layer in enumerate(layers[:-1]):
            linear, norm = cast("nn.Linear", network.affine[number]), cast("nn.BatchNorm1d", network.norm[number])
            weights = layer.weights.astype(np.float64)
            if not number:
                weights = (weights.reshape(network.width, -1, BINS) @ matrix.T).reshape(network.width, -1)
            _fill(linear.weight, weights)
            _fill(linear.bias, layer.biases)
            norm.weight.data.fill_(float(np.sqrt(1 + norm.eps)))
        _fill(network.out.weight, layers[-1].weights)
        _fill(network.out.bias, layers[-1].biases)
        return network

    def settle(self, frames: torch.Tensor) -> None:
        """Set the input's scale and each layer's normalisation to what these frames give; the outputs don't change.

        `frames`: [batch, frames, bins], as for `forward`. To be called once, on an unfolded network.
        """
        with torch.no_grad():
            self._settle(frames)

    def _settle(self, frames: torch.Tensor) -> None:
        first = cast("nn.Linear", self.affine[0])
        flat = frames.flatten(0, 1)
        mean, scale = flat.mean(0), flat.std(0)
        weights = first.weight.reshape(self.width, -1, BINS)
        first.bias += (weights * mean).sum((1, 2))
        first.weight.copy_((weights * scale).reshape(self.width, -1))
        self.mean.copy_(mean)
        self.scale.copy_(scale)
        self.eval()
        hooks = [norm.register_forward_pre_hook(_normalise) for norm in self.norm]
        self(frames)
        for hook in hooks:
            hook.remove()

    def folded(self) -> list[Affine]:
        """Return the layers as they are exported: on MFCCs, with no normalisation left."""
        layers: list[Affine] = []
        uncepstrum = torch.from_numpy(np.linalg.inv(cepstrum()))
        for affine, norm, offsets in zip(self.affine, self.norm, self.offsets, strict=True):
            linear, batch = cast("nn.Linear", affine), cast("nn.BatchNorm1d", norm)
            weights, biases = linear.weight.detach().double(), linear.bias.detach().double()
            if not layers:
                weights = weights.reshape(self.width, len(offsets), BINS) / self.scale.double()
                biases = biases - (weights * self.mean.double()).sum((1, 2))
                weights = (weights @ uncepstrum.T).reshape(self.width, -1)
            mean, variance = cast("torch.Tensor", batch.running_mean), cast("torch.Tensor", batch.running_var)
            gain = batch.weight.detach().double() / torch.sqrt(variance.double() + batch.eps)
            biases = (biases - mean.double()) * gain + batch.bias.detach().double()
            layers.append(Affine(_numpy(weights * gain[:, None]), _numpy(biases), offsets))
        return [*layers, Affine(_numpy(self.out.weight), _numpy(self.out.bias))]


def widened(layers: list[Affine], width: int, rng: np.random.Generator) -> list[Affine]:
    """Return layers of `width` units that compute the same: some units twice, what follows shared out between the two.

    Raises:
        ValueError: the layers are wider already.
    """
    narrow = len(layers[0].biases)
    if width < narrow:
        message = f"the network to begin with is {narrow} units wide: no narrower one can be made from it"
        raise ValueError(message)
    wider: list[Affine] = []
    copied, share = np.arange(0), np.ones(0)
    for number, layer in enumerate(layers):
        weights, biases = layer.weights, layer.biases
        if number:
            parts = weights.reshape(len(biases), -1, narrow)[:, :, copied] * share.astype(np.float32)
            weights = parts.reshape(len(biases), -1)
        if number < len(layers) - 1:
            copied, share = _copies(narrow, width, rng)
            weights, biases = weights[copied], biases[copied]
        wider.append(Affine(weights, biases, layer.offsets))
    return wider


def deepened(layers: list[Affine], rng: np.random.Generator) -> list[Affine]:
    """Return layers that compute nearly the same, with those of `OFFSETS` that they lack put in before the last one.

    A layer that is put in passes on what it gets, and sees a little of the rest: nothing would be learnt from zeros.
    """
    width = len(layers[0].biases)
    deeper = list(layers)
    for offsets in OFFSETS[len(layers) - 1 :]:
        weights = rng.normal(0, 0.08 / np.sqrt(width), (width, len(offsets), width)).astype(np.float32)
        weights[:, offsets.index(0)] += np.eye(width, dtype=np.float32)
        affine = Affine(weights.reshape(width, -1), np.zeros(width, np.float32), offsets)
        deeper.insert(-1, affine)
    return deeper


def save(path: Path, network: Network, **more: Any) -> None:  # noqa: ANN401  (whatever a checkpoint holds)
    """Write a checkpoint, whole or not at all."""
    part = path.with_suffix(".part")
    torch.save({"width": network.width, "offsets": network.offsets, "weights": network.state_dict(), **more}, part)
    part.replace(path)


def load(path: Path) -> tuple[Network, dict[str, Any]]:
    """Read a checkpoint: the network, and what else it holds."""
    held = torch.load(path, weights_only=False)
    network = Network(held["width"], held["offsets"])
    network.load_state_dict(held["weights"])
    return network, held


def _copies(narrow: int, width: int, rng: np.random.Generator) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Return which unit each of the wider layer is, and its share of that unit's weights further on."""
    copied = np.concatenate([np.arange(narrow), rng.permutation(np.resize(np.arange(narrow), width - narrow))])
    share = rng.uniform(0.5, 1.5, width)  # unequal, or both copies would learn the same for ever
    return copied, share / np.bincount(copied, share)[copied]


def _normalise(norm: nn.Module, inputs: tuple[torch.Tensor, ...]) -> None:
    """Let an idle normalisation normalise its input, and undo it: a hook for `settle`."""
    batch = cast("nn.BatchNorm1d", norm)
    mean, variance = inputs[0].mean(0), inputs[0].var(0, correction=0)
    cast("torch.Tensor", batch.running_mean).copy_(mean)
    cast("torch.Tensor", batch.running_var).copy_(variance)
    batch.weight.copy_(torch.sqrt(variance + batch.eps))
    batch.bias.copy_(mean)


def _fill(parameter: torch.Tensor, values: npt.ArrayLike) -> None:
    parameter.data.copy_(torch.from_numpy(np.array(values, np.float32)))


def _spliced(values: torch.Tensor, offsets: tuple[int, ...]) -> torch.Tensor:
    steps = [offset // STEP for offset in offsets]
    length = values.shape[1] - (steps[-1] - steps[0])
    return torch.cat([values[:, step - steps[0] : step - steps[0] + length] for step in steps], -1)


def _numpy(tensor: torch.Tensor) -> npt.NDArray[np.float32]:
    return np.asarray(tensor.detach().float().numpy())
