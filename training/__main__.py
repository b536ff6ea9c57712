"""From a folder of recordings to a model for the coach.

Each stage takes up what is there already, so the command may be ended at any time (Ctrl-C, or SIGTERM to the number in
WORK/pid) and given again. See training/README.md.
"""

import argparse
import fcntl
import json
import os
import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Final

import numpy as np
import torch

from training import align, corpus, network, nnet3, people
from training.curve import Curve
from training.export import export
from training.learn import REPORT_STEPS, Data, Learner, Plan, Progress, begun, learn, seconds_a_step
from training.lexicon import lexicon, vocabulary
from training.measure import Errors, at_equal_false_accepts
from training.network import Network
from training.prepare import prepare
from training.signals import Signals
from training.synthetic import synthesize
from training.trial import Heard, detect, listen
from voice_coach.hear.asr.vosk import EMBEDDED

MODEL: Final = "am/final.mdl"
MEASURED: Final = 3
"""How often the errors of a run are measured: at its beginning, evenly on its way, and at its end."""


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and go through the stages."""
    options = _parser().parse_args(arguments)
    options.work.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    with (options.work / "pid").open("a+", encoding="utf-8") as pid:
        _claim(pid.fileno(), options.work)
        signals = Signals()
        with signals.installed():
            Run(options, signals).all()


class Run:
    """All stages, in a work folder."""

    def __init__(self, options: argparse.Namespace, signals: Signals) -> None:
        self._options, self._signals = options, signals
        self._work: Path = options.work
        self._curve = Curve(self._work / "curve.json")
        self._heard: list[Heard] = []

    def all(self) -> None:
        """Align, compare the widths, align again by the better network, and go on with it."""
        options = self._options
        found = corpus.read_all(options.speech, options.also, *corpus.SPOKEN)
        kept = people.known(people.kept_apart(found))
        _tell(f"{len(found)} recordings; {len(kept)} of {len(people.known(found))} known people are kept apart")
        first, second = self._work / "first", self._work / "second"
        model = options.start / MODEL
        _show(align.recordings(options.speech, found, model, first / "recorded", options.jobs))
        _show(synthesize(first / "synthetic", options.synthetic, options.seed, model, options.jobs))
        winner = self._compared(first)
        for kind in ("recorded", "synthetic"):
            _show(align.again(first / kind, self._checkpoint(winner), second / kind, options.jobs))
        begin, _ = network.load(self._checkpoint(winner))
        self._learn("long", begin, options.hours * 60, self._data(second), self._curve.errors(winner), winner)
        export(self._checkpoint("long"), options.out, lexicon(vocabulary()))
        _tell(f"The model is in {options.out}. Next: python -m training.fit_policy (training/README.md)")

    def _compared(self, folder: Path) -> str:
        """Learn equally long with each width; return the run that makes fewest errors."""
        options = self._options
        runs = {f"width-{width}": width for width in options.widths}
        data: Data | None = None
        layers, _ = nnet3.read((options.start / MODEL).read_bytes())
        for name, width in runs.items():
            if self._is_finished(name):
                continue
            data = data or self._data(folder)
            rng = np.random.default_rng(options.seed)
            grown = network.deepened(network.widened(layers, width, rng), rng)
            begin = begun(Network.unfolded(grown), data, options.seed)
            same = self._curve.errors(next(iter(runs)), 0)  # each width begins as the same function
            self._learn(name, begin, options.compare_minutes, data, same)
        mean = {name: found.mean for name in runs if (found := self._curve.errors(name))}
        winner = min(mean, key=mean.__getitem__)
        _tell(f"{winner} goes on: " + ", ".join(f"{name} {share:.1%} wrong" for name, share in mean.items()))
        return winner

    def _data(self, folder: Path) -> Data:
        if not (folder / "learn.npz").exists():
            options, kinds = self._options, [folder / "recorded", folder / "synthetic"]
            _show(prepare(options.speech, kinds, folder, options.seed, options.jobs, options.noise))
        return Data.load(folder)

    def _learn(
        self, name: str, begin: Network, minutes: float, data: Data, same: Errors | None, after: str | None = None
    ) -> None:
        """Learn in a folder of the run's name, and note how far it is.

        `same`: errors of the network that it begins with, where they are known; `after`: the run that it goes on from.
        """
        plan = self._plan(name, begin.width, minutes, data)
        every = min(REPORT_STEPS, plan.steps)
        points = {plan.steps * part // (MEASURED - 1) // every * every for part in range(MEASURED - 1)} | {plan.steps}
        for progress in learn(self._folder(name), Learner(plan, data, begin), self._signals, every):
            _report(name, progress)
            found = self._curve.errors(name, progress.step)
            if found is None and progress.step in points:
                found = same if same and not progress.step else self._measured(name)
            self._curve.add(name, plan.width, progress, found, after)

    def _measured(self, name: str) -> Errors:
        folder = self._work / "model"
        export(self._checkpoint(name), folder, lexicon(vocabulary()))
        self._heard = self._heard or detect(self._options.speech, self._options.every)
        found = at_equal_false_accepts(listen(self._heard, folder))
        _tell(
            f"{name}: wrong are {found.words:.1%} of ten words, {found.noisy_words:.1%} in noise, "
            f"{found.phrases:.1%} of phrases"
        )
        return found

    def _plan(self, name: str, width: int, minutes: float, data: Data) -> Plan:
        """Return the run's plan: the one that it was begun with or, at first, as many steps as these minutes allow."""
        options, path = self._options, self._folder(name) / "plan.json"
        if path.exists():
            return Plan(**json.loads(path.read_text(encoding="utf-8")))
        plan = Plan(width=width, steps=1, batch=options.batch, rate=options.rate, seed=options.seed)
        steps = options.steps or max(1, round(minutes * 60 / seconds_a_step(plan, data)))
        plan = Plan(**{**asdict(plan), "steps": steps})
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(plan)) + "\n", encoding="utf-8")
        return plan

    def _is_finished(self, name: str) -> bool:
        path = self._folder(name) / "plan.json"
        steps = json.loads(path.read_text(encoding="utf-8"))["steps"] if path.exists() else None
        return steps is not None and self._curve.errors(name, steps) is not None

    def _folder(self, name: str) -> Path:
        return self._work / "runs" / name

    def _checkpoint(self, name: str) -> Path:
        return self._folder(name) / "network.pt"


def _claim(file: int, work: Path) -> None:
    """Write our process id into an open file, which is held as long as we live."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"another run is under way in {work}: wait for it, or end it (kill $(cat {work / 'pid'}))")
    os.ftruncate(file, 0)
    os.write(file, f"{os.getpid()}\n".encode())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("speech", type=Path, help="folder of recordings with manifest.csv; only its train part is read")
    parser.add_argument("work", type=Path, help="folder for what the stages make; begun work is gone on with")
    parser.add_argument("out", type=Path, help="model folder to write")
    parser.add_argument(
        "--start", type=Path, default=EMBEDDED, help="model folder of ours that aligns and is begun with"
    )
    parser.add_argument(
        "--also", type=Path, nargs="+", default=[], help="further folders of recordings (training.natural)"
    )
    parser.add_argument("--widths", type=int, nargs="+", default=[352, 448], help="units a layer, to be compared")
    parser.add_argument("--compare-minutes", type=float, default=30, help="CPU minutes for each width")
    parser.add_argument("--hours", type=float, default=8, help="CPU hours for the better one (default: %(default)s)")
    parser.add_argument("--steps", type=int, help="of each run, instead of minutes and hours")
    parser.add_argument("--rate", type=float, default=Plan.rate, help="highest learning rate (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=Plan.batch, help="pieces of 0.96 s a step (default: %(default)s)")
    parser.add_argument("--synthetic", type=int, default=1500, help="utterances of this machine's own voices")
    parser.add_argument("--noise", type=float, default=1.0, help="how much noise is made, 1 being 106 minutes")
    parser.add_argument("--every", type=int, default=4, help="errors are measured on one recording in so many")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2, help="processes for all but learning, which takes one")
    return parser


def _show(stage: Iterable[tuple[str, int, int]]) -> None:
    for name, done, total in stage:
        _tell(f"{done:6} of {total}  {name}")


def _report(name: str, progress: Progress) -> None:
    _tell(
        f"{name}: step {progress.step} of {progress.steps}, {progress.cpu / 60:.1f} CPU minutes: loss "
        f"{progress.frame_loss:.3f} a label, {progress.sequence_loss:.3f} a sequence; labels right: "
        f"{progress.accuracy:.1%} in training, {progress.clean:.1%} of people kept apart, {progress.noisy:.1%} in noise"
    )


def _tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
