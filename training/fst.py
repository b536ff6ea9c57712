"""OpenFst's binary `vector` format with the standard weights: read, write. All that a Vosk graph needs."""

import struct
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

_MAGIC = 2125659606
_ARC = np.dtype([("input", "<i4"), ("output", "<i4"), ("cost", "<f4"), ("next", "<i4")])
_PROPERTIES = 3
"""Expanded and mutable: nothing is promised about order or determinism."""


@dataclass
class State:
    """One state of a transducer."""

    final: float = float("inf")
    """Cost of ending here; infinite: it can't end here."""
    arcs: list[tuple[int, int, float, int]] = field(default_factory=list)
    """Input label, output label, cost (negative log probability), next state."""


@dataclass
class Fst:
    """A weighted finite-state transducer."""

    start: int
    states: list[State]

    def add(self, final: float = float("inf")) -> int:
        """Add a state and return its number."""
        self.states.append(State(final))
        return len(self.states) - 1


def read(path: Path) -> Fst:
    """Read a transducer.

    Raises:
        ValueError: it is of another kind.
    """
    data = path.read_bytes()
    (magic,) = struct.unpack_from("<i", data)
    kind, at = _string(data, 4)
    arc, at = _string(data, at)
    if (magic, kind, arc) != (_MAGIC, "vector", "standard"):
        message = f"{path} is no OpenFst vector transducer with standard weights"
        raise ValueError(message)
    _version, flags, _properties, start, count, _arcs = struct.unpack_from("<iiQqqq", data, at)
    if flags:
        message = f"{path} holds symbol tables, which this program does not copy"
        raise ValueError(message)
    at += struct.calcsize("<iiQqqq")
    states = []
    for _ in range(count):
        final, number = struct.unpack_from("<fq", data, at)
        at += 12
        arcs = np.frombuffer(data, _ARC, number, at).tolist()
        at += number * _ARC.itemsize
        states.append(State(final, arcs))
    return Fst(start, states)


def write(path: Path, fst: Fst) -> None:
    """Write a transducer."""
    total = sum(len(state.arcs) for state in fst.states)
    head = struct.pack("<i", _MAGIC) + _packed("vector") + _packed("standard")
    head += struct.pack("<iiQqqq", 2, 0, _PROPERTIES, fst.start, len(fst.states), total)
    with path.open("wb") as file:
        file.write(head)
        for state in fst.states:
            file.write(struct.pack("<fq", state.final, len(state.arcs)))
            file.write(np.array(state.arcs, _ARC).tobytes())


def _string(data: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<i", data, at)
    return data[at + 4 : at + 4 + length].decode(), at + 4 + length


def _packed(text: str) -> bytes:
    return struct.pack("<i", len(text)) + text.encode()
