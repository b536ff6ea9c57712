"""The CPU time of sessions, by part; on request also at another revision, in the same run.

    python -m benchmarks.cost [--against REV] [--seeds 2] [--persona NAME]... [--write FILE]

Each persona's session with headphones and over an open speaker (hold.py), once for each seed. With `--against`, REV is
checked out in a temporary git worktree, and every session is held by both trees, one right after the other and the
order changed each time, so that whatever else the machine does spoils both alike. Both use this checkout's environment.
"""

import contextlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time  # noqa: TID251 - for the date of the report
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Final, Self

import click

ROOT: Final = Path(__file__).resolve().parents[2]
HOLD: Final = Path(__file__).with_name("hold.py")
WAYS: Final = {True: "open speaker", False: "headphones"}
FIRST_SEED: Final = 7


@dataclass(frozen=True)
class Session:
    """One session by one tree."""

    open_speaker: bool
    length: float
    """Seconds."""
    parts: dict[str, float]
    """Seconds of CPU time."""
    outcome: str
    log: str
    """A hash of the event log."""


class Tree:
    """A program that holds sessions with the code of one tree."""

    def __init__(self, code: Path, home: Path) -> None:
        """Start it; what it keeps lies in `home`, which several may share."""
        folders = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("DATA", "CONFIG", "STATE", "CACHE")}
        kept = {name: value for name, value in os.environ.items() if not name.startswith("VOICE_COACH_")}
        self._process = subprocess.Popen(  # noqa: S603 - ourselves
            [sys.executable, "-P", str(HOLD)],
            env={**kept, **folders, "PYTHONPATH": str(code), "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def hold(self, persona: str, seed: int, *, open_speaker: bool) -> Session:
        """Hold one session.

        Raises:
            ClickException: it can't; it has said why on standard error.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {"persona": persona, "seed": seed, "open_speaker": open_speaker}
        print(json.dumps(request), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            raise click.ClickException(f"{persona} could not be rehearsed: see above")
        return Session(open_speaker, **json.loads(answer))


@contextlib.contextmanager
def checked_out(rev: str, folder: Path) -> Iterator[Path]:
    """Check a revision out into a folder, and remove it from git's list afterwards.

    Raises:
        ClickException: git can't.
    """
    git = ["git", "-C", str(ROOT), "worktree"]
    added = subprocess.run(  # noqa: S603 - git
        [*git, "add", "--detach", "--quiet", str(folder), rev], capture_output=True, text=True, check=False
    )
    if added.returncode:
        raise click.ClickException(f"{rev} can't be checked out: {added.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], check=False)  # noqa: S603 - as above


def measure(personas: Sequence[str], seeds: int, rev: str | None) -> dict[str, list[Session]]:
    """Return all sessions by tree: `now`, and the revision if there is one."""
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-cost-")))
        codes = {"now": ROOT}
        if rev:
            codes = {rev: stack.enter_context(checked_out(rev, home / "code")), **codes}
        trees = {name: stack.enter_context(Tree(code, home)) for name, code in codes.items()}
        held: dict[str, list[Session]] = {name: [] for name in trees}
        order = list(trees)
        for persona, tree in product(personas, trees.values()):
            tree.hold(persona, FIRST_SEED, open_speaker=True)  # renders speech that the other would find in the cache
        for persona, seed, way in product(personas, range(FIRST_SEED, FIRST_SEED + seeds), WAYS):
            for name in order:
                held[name].append(trees[name].hold(persona, seed, open_speaker=way))
            order.reverse()
            click.echo(f"{persona}, seed {seed}, {WAYS[way]}: {held['now'][-1].outcome}", err=True)
    return held


def table(held: dict[str, list[Session]]) -> str:
    """Return milliseconds of CPU time a second of session, by part, for each tree."""
    columns = [(way, name) for way in WAYS for name in held]
    chosen = [[one for one in held[name] if one.open_speaker == way] for way, name in columns]
    parts = sorted({part for one in held["now"] for part in one.parts}, key=lambda part: -share(chosen[0], part))
    total = [sum(share(ones, part) for part in parts) for ones in chosen]
    rows = [
        ("", *(f"{WAYS[way]}, {name}" for way, name in columns)),
        ("---",) * (len(columns) + 1),
        *((part, *(f"{1000 * share(ones, part):.1f}" for ones in chosen)) for part in parts),
        ("all", *(f"{1000 * one:.1f}" for one in total)),
        ("share of a core", *(f"{100 * one:.1f} %" for one in total)),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def share(sessions: Sequence[Session], part: str) -> float:
    """Return the CPU time of a part, as a part of the sessions' length."""
    return sum(one.parts.get(part, 0.0) for one in sessions) / sum(one.length for one in sessions)


def notes(held: dict[str, list[Session]], command: str) -> str:
    """Return the command, the machine, and how alike the trees' sessions were."""
    now = held["now"]
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[2]:.1f} (15 minutes)"
    length = f"{len(now)} sessions, {sum(one.length for one in now) / 60:.0f} minutes of sound for each tree"
    lines = [
        f"    {command}\n",
        f"{time.strftime('%Y-%m-%d')}, {machine}, Python {platform.python_version()}. {length}.",
    ]
    for name, sessions in held.items():
        if name != "now":
            same = sum(one.log == other.log for one, other in zip(now, sessions, strict=True))
            lines.append(f"Event logs that are the same, byte for byte, as at {name}: {same} of {len(now)}.")
    return "\n".join(lines)


INTRODUCTION: Final = """\
# CPU time of sessions

Milliseconds of CPU time (user and system) a second of session, of the coach's process and its recogniser's. Scripted
persons rehearse the flexion rotation: the five personas, or those that the command names. Over an open speaker, the
microphone hears the coach in a simulated living room (reverberation 0.3 s, loudspeaker mildly distorting, 5 dB louder
than the person).

* CPU time, because the machine counts no instructions (`perf stat`: not supported); callgrind was not tried. Both trees
  hold each session one right after the other, so that other load spoils both alike.
* Left out: start-up, the sound card's thread and conversion, rendering speech, the simulated person and room. A session
  here runs faster than real time; what it takes in real time, with all that, is in [live sessions](live.md).
* The aim is at most 12 % of a core over an open speaker, and 6 % with headphones.
"""


@click.command()
@click.option("--against", metavar="REV", help="A revision to measure too.")
@click.option("--seeds", type=click.IntRange(1), default=2, show_default=True, help="Sessions of each persona.")
@click.option("--persona", "chosen", multiple=True, metavar="NAME", help="Only this one; may be given several times.")
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="Write the page to this file.")
def main(against: str | None, seeds: int, chosen: tuple[str, ...], write: Path | None) -> None:
    """Measure what sessions cost."""
    names = chosen or tuple(sorted(path.stem for path in (ROOT / "voice_coach" / "personas").glob("*.toml")))
    held = measure(names, seeds, against)
    options = [f"--against {against}"] if against else []
    options += [f"--seeds {seeds}"] + [f"--persona {name}" for name in chosen]
    found = f"{notes(held, ' '.join(['python -m benchmarks.cost', *options]))}\n\n{table(held)}\n"
    click.echo(found)
    if write:
        write.write_text(f"{INTRODUCTION}\n{found}", encoding="utf-8")


if __name__ == "__main__":
    main()
