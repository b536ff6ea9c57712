"""Kaldi's binary formats, as far as libvosk wants them: `am/final.mdl` with a transition model and an nnet3 network.

`read` takes back what `model` wrote, so that a model folder is a checkpoint to go on from.

A token is ASCII and a blank; an integer or float has its size before it; matrices may be packed to 8 or 16 bits. First
and last layer are packed to 16 bits, the rest to 8: all in 8 bits lost 3 points, this loses none.
"""

import re
import struct
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from training.mel import BINS
from training.network import Affine
from training.sounds import PDFS

Array = npt.NDArray[np.float32]
_STAY: Final = 0.5
"""Probability of a self-loop. Never used in decoding: the graph holds all weights."""


def model(hmm: list[tuple[int, int, int]], layers: list[Affine], priors: Array) -> bytes:
    """Return the contents of `final.mdl`.

    The network's output is the log of posterior over prior, and behind the pdfs one more, the best of all speech: the
    filler's. It competes with the words at a price that the graph sets.
    """
    return b"\0B" + _transitions(hmm) + _network(layers, priors)


def read(data: bytes) -> tuple[list[Affine], Array]:
    """Return the layers and the priors of a `final.mdl` that `model` wrote (8-bit weights come back rounded).

    Raises:
        ValueError: it is a model of another make.
    """
    text = data[: data.find(b"<NumComponents>")].decode("latin1")
    inputs = dict(re.findall(r"component-node name=(\S+) component=\S+ input=(.*)", text))
    names = [name for name in inputs if name.endswith(".affine")]
    if "ratio" not in inputs or not names or names[-1] != "out.affine":
        message = "not a model of this project: its network has other layers"
        raise ValueError(message)
    layers = []
    for name in names:
        parts = [part for part in re.split(r"Append\(|, (?=Offset|l|i)|\)$", inputs[name]) if part]
        offsets = tuple(int(part.rpartition(",")[2].strip(" )")) if "Offset" in part else 0 for part in parts)
        layers.append(Affine(*_parameters(data, name), offsets))
    return layers, np.asarray(np.exp(-_parameters(data, "ratio")[1]), np.float32)


def _parameters(data: bytes, name: str) -> tuple[Array, Array]:
    """Return the weights and biases of an affine component."""
    head = b"<ComponentName> " + name.encode() + b" <FixedAffineComponent> <LinearParams> "
    at = data.index(head) + len(head)
    weights, at = _unpacked(data, at)
    biases, _ = _unpacked(data, at + len(_token("<BiasParams>")))
    return weights, biases[:, 0]


def _unpacked(data: bytes, at: int) -> tuple[Array, int]:
    """Return the matrix or, as one column, the vector at this place, and where it ends."""
    kind, _, _ = data[at : at + 4].partition(b" ")
    at += len(kind) + 1
    if kind in {b"CM2", b"CM3"}:
        low, extent, rows, columns = struct.unpack_from("<ffii", data, at)
        number, steps = ("<u2", 65535) if kind == b"CM2" else ("u1", 255)
        packed = np.frombuffer(data, number, rows * columns, at + 16)
        values = low + packed.astype(np.float64) * (extent / steps)
        return np.asarray(values, np.float32).reshape(rows, columns), at + 16 + packed.nbytes
    rows, columns = (struct.unpack_from("<i", data, at + 1)[0], 1)
    at += 5
    if kind == b"FM":
        columns = struct.unpack_from("<i", data, at + 1)[0]
        at += 5
    plain = np.frombuffer(data, "<f4", rows * columns, at)
    return plain.reshape(rows, columns), at + plain.nbytes


def _transitions(hmm: list[tuple[int, int, int]]) -> bytes:
    """One emitting state a phone, its self-loop with a pdf of its own (Kaldi's chain topology)."""
    phones = [number for number, _, _ in hmm]
    index = np.full(max(phones) + 1, -1)
    index[phones] = 0
    body = _token("<TransitionModel>") + _token("<Topology>") + _integers(phones) + _integers(index)
    body += _integer(-1) + _integer(1) + _integer(2)  # pdfs of self-loops apart; one entry; two states
    body += _integer(0) + _integer(1) + _integer(2)  # classes of the first pdf and the self-loop's; two transitions
    body += _integer(0) + _float(_STAY) + _integer(1) + _float(1 - _STAY)
    body += _integer(-1) + _integer(-1) + _integer(0)  # the final state: no pdfs, no transitions
    body += _token("</Topology>") + _token("<Tuples>") + _integer(len(hmm))
    for phone, first, later in hmm:
        body += _integer(phone) + _integer(0) + _integer(first) + _integer(later)
    logs = np.full(2 * len(hmm) + 1, np.log(_STAY))
    logs[0] = 0
    return body + _token("</Tuples>") + _token("<LogProbs>") + _vector(logs) + _close("LogProbs", "TransitionModel")


@dataclass(frozen=True)
class _Node:
    """A line or more of the network's description, and a component."""

    lines: list[str]
    component: bytes
    output: str


def _network(layers: list[Affine], priors: Array) -> bytes:
    nodes, source = [], "input"
    for number, layer in enumerate(layers[:-1], 1):
        affine = _affine(f"l{number}.affine", layer, source, fine=number == 1)
        nodes += [affine, _nonlinear(f"l{number}.relu", "RectifiedLinear", len(layer.biases), affine.output)]
        source = nodes[-1].output
    out = _affine("out.affine", layers[-1], source, fine=True)
    posterior = _nonlinear("out.logsoftmax", "LogSoftmax", PDFS, out.output)
    ratio = _affine("ratio", Affine(np.eye(PDFS, dtype=np.float32), -np.log(priors)), posterior.output, exact=True)
    nodes += [out, posterior, ratio, _best(ratio.output, PDFS - 2)]
    lines = [f"input-node name=input dim={BINS}", *(line for node in nodes for line in node.lines)]
    lines.append(f"output-node name=output input=Append({ratio.output}, filler) objective=linear")
    body = _token("<Nnet3>") + b"\n" + "\n".join(lines).encode() + b"\n\n"
    body += _token("<NumComponents>") + _integer(len(nodes)) + b"".join(node.component for node in nodes)
    left = sum(min(layer.offsets) for layer in layers[:-1])
    right = sum(max(layer.offsets) for layer in layers[:-1])
    body += _close("Nnet3") + _token("<LeftContext>") + _integer(-left) + _token("<RightContext>") + _integer(right)
    return body + _token("<Priors>") + _vector(np.zeros(0))


def _affine(name: str, layer: Affine, source: str, *, fine: bool = False, exact: bool = False) -> _Node:
    pack = _matrix if exact else _matrix16 if fine else _matrix8
    parts = [f"Offset({source}, {offset})" if offset else source for offset in layer.offsets]
    spliced = f"Append({', '.join(parts)})" if len(parts) > 1 else parts[0]
    body = _token("<LinearParams>") + pack(layer.weights) + _token("<BiasParams>") + _vector(layer.biases)
    return _node(name, "FixedAffineComponent", spliced, body)


def _nonlinear(name: str, kind: str, size: int, source: str) -> _Node:
    empty, zero = _vector(np.zeros(0)), _float(0)
    body = _token("<Dim>") + _integer(size) + _token("<ValueAvg>") + empty + _token("<DerivAvg>") + empty
    body += _token("<Count>") + zero + _token("<OderivRms>") + empty + _token("<OderivCount>") + zero
    body += _token("<NumDimsSelfRepaired>") + zero + _token("<NumDimsProcessed>") + zero
    return _node(name, f"{kind}Component", source, body)


def _best(source: str, size: int) -> _Node:
    """Return the greatest of the speech pdfs; silence's two come before them."""
    sizes = {"InputX": size, "InputY": 1, "InputZ": 1}
    pools = {"PoolX": size, "PoolY": 1, "PoolZ": 1}
    fields = {f"{name}Dim": value for name, value in sizes.items()}
    fields |= {f"{name}Size": value for name, value in pools.items()}
    fields |= {f"{name}Step": 1 for name in pools}
    body = b"".join(_token(f"<{name}>") + _integer(value) for name, value in fields.items())
    node = _node("filler", "MaxpoolingComponent", "speech", body)
    speech = f"dim-range-node name=speech input-node={source} dim-offset=2 dim={size}"
    return _Node([speech, *node.lines], node.component, node.output)


def _node(name: str, kind: str, source: str, body: bytes) -> _Node:
    component = _token("<ComponentName>") + _token(name) + _token(f"<{kind}>") + body + _close(kind)
    return _Node([f"component-node name={name} component={name} input={source}"], component, name)


def _token(text: str) -> bytes:
    return text.encode() + b" "


def _close(*names: str) -> bytes:
    return b"".join(_token(f"</{name}>") for name in names)


def _integer(value: int) -> bytes:
    return b"\x04" + struct.pack("<i", value)


def _float(value: float) -> bytes:
    return b"\x04" + struct.pack("<f", value)


def _integers(values: npt.ArrayLike) -> bytes:
    array = np.asarray(values, "<i4")
    return b"\x04" + struct.pack("<i", array.size) + array.tobytes()


def _vector(values: npt.ArrayLike) -> bytes:
    array = np.asarray(values, "<f4")
    return _token("FV") + _integer(array.size) + array.tobytes()


def _matrix(values: Array) -> bytes:
    return _token("FM") + _integer(values.shape[0]) + _integer(values.shape[1]) + values.astype("<f4").tobytes()


def _matrix8(values: Array) -> bytes:
    return _packed("CM3", values, 255, "u1")


def _matrix16(values: Array) -> bytes:
    return _packed("CM2", values, 65535, "<u2")


def _packed(token: str, values: Array, steps: int, kind: str) -> bytes:
    low, extent = float(values.min()), float(np.ptp(values)) or 1.0
    packed = np.round((values.astype(np.float64) - low) * (steps / extent)).clip(0, steps).astype(kind)
    return _token(token) + struct.pack("<ffii", low, extent, *values.shape) + packed.tobytes()
