"""The last stage: export the network as a model folder that libvosk loads."""

import shutil
from pathlib import Path
from typing import Final

import numpy as np

from training import graph, network, nnet3
from training.graph import Costs
from training.lexicon import Lexicon
from training.mel import CONF
from training.sequence import ACOUSTIC, PRIOR
from training.sounds import hmm

_DECODER: Final = {
    "min-active": 200,
    "max-active": 3000,
    "beam": 13.0,
    "lattice-beam": 6.0,
    "acoustic-scale": ACOUSTIC,
    "frame-subsampling-factor": 3,
    "endpoint.silence-phones": 1,  # without this line libvosk ends the process
    "endpoint.rule2.min-trailing-silence": 0.5,
    "endpoint.rule3.min-trailing-silence": 0.75,
    "endpoint.rule4.min-trailing-silence": 1.0,
}
_CHUNK: Final = 12
"""Frames of 10 ms that are decoded at a time: a partial result each 0.12 s. With 9, decoding costs 1.4 times as
much."""


def export(checkpoint: Path, folder: Path, lexicon: Lexicon, costs: Costs | None = None) -> None:
    """Write the model; what else is in the folder (its card, its thresholds) stays."""
    for part in ("am", "conf", "graph"):
        shutil.rmtree(folder / part, ignore_errors=True)
        (folder / part).mkdir(parents=True)
    model, held = network.load(checkpoint)
    model.eval()
    priors = np.exp(PRIOR * held["log_prior"].numpy().astype(np.float64))
    final = nnet3.model(hmm(), model.folded(), (priors / priors.sum()).astype(np.float32))
    (folder / "am/final.mdl").write_bytes(final)
    (folder / "conf/mfcc.conf").write_text(CONF, encoding="utf-8")
    options = "".join(f"--{name}={value}\n" for name, value in (_DECODER | {"frames-per-chunk": _CHUNK}).items())
    (folder / "conf/model.conf").write_text(options, encoding="utf-8")
    graph.write(folder / "graph", lexicon, costs or Costs())
