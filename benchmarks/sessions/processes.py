"""Holds sessions in as many processes as are wanted.

What the processes run can't be in `__main__`, because a spawned process does not import that.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from benchmarks.sessions.judge import Result, judged
from benchmarks.sessions.perform import Stage, hold
from benchmarks.sessions.script import Script


def held(stage: Stage, scripts: Sequence[Script], seed: int, jobs: int) -> Iterator[Result]:
    """Hold the sessions in `jobs` processes and yield the result of each, in order."""
    if jobs == 1:
        _open(stage, seed)
        yield from map(_judged, scripts)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn"), _open, (stage, seed)) as pool:
        yield from pool.map(_judged, scripts)


_here: list[tuple[Stage, int]] = []
"""The stage and the seed of this process, set by `_open`."""


def _open(stage: Stage, seed: int) -> None:
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    _here[:] = [(stage, seed)]


def _judged(script: Script) -> Result:
    stage, seed = _here[0]
    return judged(hold(stage, script, seed))
