"""Kokoro-82M on ONNX Runtime: phonemes to sound, and when each of them ends."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper

from packs.recipe import Recipe
from voice_coach.audio.pcm import Signal

RATE: Final = 24_000
FRAME: Final = 0.025
"""Seconds of a step of the durations."""

MAX_PHONEMES: Final = 508
"""The model's window, without the silences at both ends."""

MAX_LEAD: Final = 14
"""Steps of the silence before a text, unless the caller wants another number.

The model stretches it with the speed, to 29 steps at 0.66, and then fills it with a vowel: "uh, stop". From 10 steps
down the first consonant suffers: of "hold" and "three" something else is heard.
"""

_MAX_MARK: Final = 6
_MAX_TAIL: Final = 2
_UNLIMITED: Final = 1000
"""Steps of the last mark and of the silence after it: both are cut off, and cost as much time as speech."""

MIN_ROW: Final = 6
"""A voice has a style for each number of phonemes; those of shorter texts are far from all others."""

_TIMBRE: Final = slice(0, 128)
_PROSODY: Final = slice(128, 256)
_DURATIONS: Final = "/encoder/Clip_output_0"
"""The model's own name for how many frames each phoneme lasts."""
_LIMITS: Final = "limits"
"""Our own input: how many frames each phoneme may last."""
_MARKS: Final = ".,?!;:"

Style = NDArray[np.float32]


class Spoken(NamedTuple):
    """Speech that the model made from phonemes."""

    sound: Signal
    """At 24 kHz, with silence at both ends."""
    ends: tuple[float, ...]
    """When each phoneme ends, in seconds."""
    phonemes: str
    """Those that the model knows, one character each."""


class Kokoro:
    """The model and its voices."""

    def __init__(self, folder: Path, *, seed: int) -> None:
        """Load `kokoro.onnx`, `vocab.json` and `voices/` of the folder that `packs.fetch` has filled."""
        onnxruntime.set_seed(seed)  # the model adds noise to breathy sounds
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        model = _with_limits(folder / "kokoro.onnx")
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._vocabulary: dict[str, int] = json.loads((folder / "vocab.json").read_text(encoding="utf-8"))["vocab"]
        self._voices = folder / "voices"

    def style(self, recipe: Recipe, phonemes: int, shift: int = 0) -> Style:
        """Return the recipe's style for a text of so many phonemes, `shift` rows longer."""
        row = max(phonemes + shift, MIN_ROW)
        blended = np.empty(256, np.float32)
        for part, shares in ((_TIMBRE, recipe.timbre), (_PROSODY, recipe.prosody)):
            blended[part] = self._blend(shares, row)[part]
        return blended

    def say(self, phonemes: str, style: Style, speed: float, lead: int = MAX_LEAD) -> Spoken:
        """Return the sound of phonemes, after at most `lead` steps of silence.

        Raises:
            ValueError: there are too many.
        """
        known = "".join(sound for sound in phonemes if sound in self._vocabulary)
        if len(known) > MAX_PHONEMES:
            raise ValueError(f"{len(known)} phonemes, and at most {MAX_PHONEMES} are rendered at once")
        limits = np.full((1, len(known) + 2), _UNLIMITED, np.float32)
        limits[0, 0], limits[0, -1] = lead, _MAX_TAIL
        if known.endswith(tuple(_MARKS)):
            limits[0, -2] = _MAX_MARK
        given = {
            _LIMITS: limits,
            "tokens": np.array([[0, *(self._vocabulary[sound] for sound in known), 0]], np.int64),
            "style": style.reshape(1, -1),
            "speed": np.array([speed], np.float32),
        }
        sound, durations = self._session.run(None, given)
        ends = np.cumsum(np.ravel(durations))[1:-1] * FRAME
        return Spoken(np.ravel(sound).astype(np.float32), tuple(map(float, ends)), known)

    def _blend(self, shares: Mapping[str, float], row: int) -> Style:
        found = np.zeros(256, np.float32)
        for name, share in shares.items():
            rows = np.fromfile(self._voices / f"{name}.bin", np.float32).reshape(-1, 256)
            found += np.float32(share) * rows[min(row, len(rows) - 1)]
        return found


def _with_limits(path: Path) -> bytes:
    """Return the model with an input that limits its durations, and with the durations as a second output."""
    model: Any = onnx.load(str(path))
    graph = model.graph
    at = next(number for number, node in enumerate(graph.node) if _DURATIONS in node.output)
    unlimited = f"{_DURATIONS} unlimited"
    graph.node[at].output[0] = unlimited
    graph.node.insert(at + 1, helper.make_node("Min", [unlimited, _LIMITS], [_DURATIONS]))
    for values, name in ((graph.input, _LIMITS), (graph.output, _DURATIONS)):
        values.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, "sequence_length"]))
    serialized: bytes = model.SerializeToString()
    return serialized
