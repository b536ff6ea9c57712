"""Every system hears every take, in as many processes as asked for; what each took for a command is kept."""

import sys
import time  # noqa: TID251 - CPU time is printed at the end
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import click

from benchmarks.recognition.corpus import Corpus, Take
from benchmarks.recognition.hearing import TASKS, Heard, Sound, System, Tasks, new_detector
from benchmarks.recognition.product import Decoder, Product
from benchmarks.recognition.sphinx import PocketSphinx
from voice_coach.errors import RecognitionError

FORCED: Final = "PocketSphinx 5.1.1"
REJECTING: Final = "PocketSphinx 5.1.1, rejecting"
ALONE: Final = ", decoder alone"
_BATCH: Final = 16
"""Takes that a process gets at a time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of a system for one take."""

    take: Take
    task: str
    system: str
    heard: tuple[Heard, ...]
    """All that has a score; see `taken`."""
    cpu: float = 0.0
    """Seconds of CPU that it took."""

    @property
    def taken(self) -> tuple[Heard, ...]:
        """The command that it understood."""
        return tuple(heard for heard in self.heard if heard.taken)

    @property
    def first(self) -> str:
        """The first command's name; nothing where nothing was taken."""
        return self.taken[0].intent if self.taken else ""


@dataclass(frozen=True, slots=True)
class Bench:
    """What stands on it: which systems hear which grammars."""

    speech: Path
    models: tuple[tuple[str, Path], ...]
    """Names and folders; the first is the embedded one."""
    peers: bool = True
    """Whether PocketSphinx hears too."""

    @property
    def systems(self) -> list[str]:
        """The columns, in order."""
        peers = [FORCED, REJECTING] if self.peers else []
        first, *others = [name for name, _ in self.models]
        return [first, f"{first}{ALONE}", *[part for name in others for part in (name, f"{name}{ALONE}")], *peers]


@dataclass
class Listening:
    """The systems of one process, opened."""

    bench: Bench
    refused: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Open what every take needs."""
        corpus = Corpus(self.bench.speech)
        tasks = Tasks(corpus.coffee)
        self._noise = corpus.noise
        self._detector = new_detector()
        self._systems: list[System] = []
        for name, folder in self.bench.models:
            self._systems += [Product(name, folder, tasks), Decoder(f"{name}{ALONE}", folder, tasks)]
        if self.bench.peers:
            self._systems.append(PocketSphinx(REJECTING, tasks))

    def answers(self, take: Take) -> Iterator[Answer]:
        """Let each system hear the take."""
        sound = Sound(take, self._noise, self._detector)
        assert sound.probabilities  # found before anyone is timed
        for task in TASKS[take.kind]:
            for system in self._systems:
                spared = system.slow and not take.peers and (take.kind, task) != ("negative", "words")
                if spared or (system.name, task) in self.refused:
                    continue
                began = time.process_time()
                try:
                    heard = system.hear(sound, task)
                except RecognitionError as error:
                    self.refused[system.name, task] = str(error)
                    click.echo(f"{system.name} does not hear {task}: {error}", err=True)
                    continue
                yield Answer(take, task, system.name, heard, time.process_time() - began)
                if system.name == REJECTING:
                    yield Answer(take, task, FORCED, tuple(replace(one, taken=True) for one in heard))


def run(bench: Bench, takes: Sequence[Take], jobs: int, told: Callable[[int], None]) -> list[Answer]:
    """Let every system hear every take.

    Args:
        bench: the systems.
        takes: what they hear.
        jobs: processes; 1: this one.
        told: called with the number of takes heard so far.
    """
    found: list[Answer] = []
    for done, answers in enumerate(_heard(bench, takes, jobs), 1):
        found += answers
        told(done)
    return found


def _heard(bench: Bench, takes: Sequence[Take], jobs: int) -> Iterator[list[Answer]]:
    if jobs == 1:
        _open(bench)
        yield from map(_listen, takes)
        return
    with ProcessPoolExecutor(jobs, get_context("spawn"), _open, (bench,)) as pool:
        yield from pool.map(_listen, takes, chunksize=_BATCH)


_here: list[Listening] = []
"""The recognisers of this process."""


def _open(bench: Bench) -> None:
    _here[:] = [Listening(bench)]


def _listen(take: Take) -> list[Answer]:
    return list(_here[0].answers(take))


def progress(total: int) -> Callable[[int], None]:
    """Return what shows how far it is, in one line that is written over; a line each 10 % where no one looks."""

    def told(done: int) -> None:
        if sys.stderr.isatty():
            click.echo(f"\r\033[Kheard {done} of {total}", nl=done == total, err=True)
        elif done * 10 // total > (done - 1) * 10 // total:
            click.echo(f"heard {done} of {total}", err=True)

    return told


def pick(answers: Iterable[Answer], kind: str, system: str, **wanted: object) -> list[Answer]:
    """Return the answers of a system about one kind of take; `wanted` names attributes of takes, or the task."""
    return [
        answer
        for answer in answers
        if answer.take.kind == kind
        and answer.system == system
        and all(
            (answer.task if name == "task" else getattr(answer.take, name)) == value for name, value in wanted.items()
        )
    ]


def cpu_spent(answers: Iterable[Answer]) -> dict[str, float]:
    """Return the seconds of CPU that each system took for each kind of take, without the voice detector's."""
    spent: dict[str, float] = {}
    for answer in answers:
        name = f"{answer.system}: {answer.take.kind}"
        spent[name] = spent.get(name, 0.0) + answer.cpu
    return {name: round(seconds, 1) for name, seconds in sorted(spent.items()) if seconds}
