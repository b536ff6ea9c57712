"""The command that makes a model for the coach: each stage takes up what is there already, so it can be broken off."""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

import torch

from training.export import export
from training.learn import Plan, Progress, learn
from training.lexicon import lexicon, vocabulary
from training.prepare import prepare
from training.realign import realign
from training.speech import record, synthesize


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and go through the stages."""
    options = _parser().parse_args(arguments)
    work = options.work
    work.mkdir(parents=True, exist_ok=True)
    _show(record(work / "recorded", options.speech, options.jobs))
    _show(synthesize(work / "synthetic", options.utterances, options.seed, options.jobs))
    torch.set_num_threads(options.threads)
    first, second = work / "first", work / "second"
    _learn(first, work, Plan(width=options.width, steps=options.first_steps, seed=options.seed), options)
    for kind in ("recorded", "synthetic"):
        _show(realign(first / "network.pt", work / kind, second / kind, options.jobs))
    plan = Plan(width=options.width, steps=options.steps, rate=1.5e-3, frames_only=0.1, seed=options.seed)
    _learn(second, second, plan, options, first / "network.pt")
    export(second / "network.pt", options.out, lexicon(vocabulary()))
    print(f"The model is in {options.out}. Next: python -m training.fit_policy")


def _learn(folder: Path, shards: Path, plan: Plan, options: argparse.Namespace, start: Path | None = None) -> None:
    """Learn in `folder` from the utterances of `shards`, beginning with the weights of `start`."""
    folder.mkdir(exist_ok=True)
    if not (folder / "learn.npz").exists() or not (folder / "check.npz").exists():
        kinds = [shards / "recorded", shards / "synthetic"]
        _show(prepare(options.speech, kinds, folder, options.seed, options.jobs))
    for progress in learn(folder, plan, start=start):
        _report(progress)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("speech", type=Path, help="folder of recordings with manifest.csv; only its train part is read")
    parser.add_argument("work", type=Path, help="folder for what the stages make; begun work is gone on with")
    parser.add_argument("out", type=Path, help="model folder to write")
    parser.add_argument("--utterances", type=int, default=15_000, help="of synthetic voices (default: %(default)s)")
    parser.add_argument("--width", type=int, default=Plan.width, help="units a layer (default: %(default)s)")
    parser.add_argument(
        "--first-steps", type=int, default=4800, help="of the first learning, whose network then aligns"
    )
    parser.add_argument("--steps", type=int, default=Plan.steps, help="of learning (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1, help="for learning; results repeat exactly with one")
    parser.add_argument("--jobs", type=int, default=2, help="processes for the stages before learning")
    return parser


def _show(stage: Iterable[tuple[str, int, int]]) -> None:
    for name, done, total in stage:
        print(f"{done:6} of {total}  {name}", file=sys.stderr, flush=True)


def _report(progress: Progress) -> None:
    print(
        f"step {progress.step} of {progress.steps}: loss {progress.frame_loss:.3f} a label, "
        f"{progress.sequence_loss:.3f} a sequence; {progress.accuracy:.1%} of the labels right, "
        f"{progress.checked:.1%} of people never learnt from",
        file=sys.stderr, flush=True,
    )  # fmt: skip


if __name__ == "__main__":
    main()
