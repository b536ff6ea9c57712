"""Try the program on an emulated arm64 Debian, which Raspberry Pi OS is made of, and write what came of it.

    python -m scripts.arm64 [--suite trixie] [--fresh] [--proot] [--tests FILE]... [--slowness 20]

In a root folder that debootstrap makes, `make run` sets the program up as README says and rehearses a session. Then
come recordings, standby and one more rehearsal, each compared with the same command on this computer, `doctor`, and the
tests marked `compat` that need no sound card. No sound card is emulated, so nothing is shown about live sound, and the
seconds are the emulator's, not a board's.

The root stays in `voice-coach-arm64` in the user's cache folder, or in $ARM64_CACHE, and a second run uses it again.
Needs the rights of root, a network, debootstrap, qemu-user-static, and binfmt-support or proot.

The report goes to docs/raspberry-pi.md, one section for each Debian. Exit code 1: a step failed. 2: there is no root.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from scripts.arm64_compare import Step, compared, faulty, section
from scripts.arm64_root import DEBIANS, EMULATOR, PROCESSOR, Done, Root, RootError, choose_way, make, run
from voice_coach.workers.process import SLOWNESS

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "raspberry-pi.md"
PROJECT: Final = "/srv/voice_coach"
"""The checkout in the root folder."""

ALONE: Final = "/srv/alone"
"""In the root folder: where the compared commands keep their files. Emptied before each run."""

USUAL_SLOWNESS: Final = 20
PERSONA: Final = "gets-worse"
RECORDINGS: Final = tuple(sorted(str(path.relative_to(ROOT)) for path in (ROOT / "tests" / "wav").glob("*.wav")))
STANDBY: Final = "scripts/arm64_standby.py"
SAID: Final = "standby.wav"
"""What is said to standby: made here once, so that both hear the same."""

KINDS: Final = ("DATA", "CONFIG", "STATE", "CACHE")
"""Of folders in which the program keeps something."""

SIZES: Final = "${Installed-Size}\n"
"""Of dpkg-query: KiB of a package."""


class Trial:
    """The steps, in order; each is printed as soon as it is over."""

    def __init__(self, root: Root, scratch: Path) -> None:
        """Take the root, and a folder of this computer for what the comparison needs."""
        self.steps: list[Step] = []
        self._root = root
        self._scratch = scratch
        shutil.rmtree(f"{root.folder}{ALONE}", ignore_errors=True)

    def note(self, step: Step) -> None:
        """Keep a step and print it."""
        self.steps.append(step)
        mark = "ok" if step.good else "FAULT"
        print(f"{mark:<5} {step.name}: {step.result} ({step.seconds:.0f} s)", flush=True)

    def copy(self) -> None:
        """Put the checkout as it is into the root, and leave the environment that is there."""
        target = Path(f"{self._root.folder}{PROJECT}")
        for path in target.iterdir() if target.exists() else ():
            if not path.name.startswith(".venv"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=ROOT)
        for name in filter(None, listed.output.split("\0")):
            if (ROOT / name).is_file():
                (target / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, target / name)  # with its date, by which scripts/setup tells what is new

    def set_up(self) -> None:
        """Follow README's first command."""
        before = self._packages()
        done = self._root.run("make", "run", cwd=PROJECT)
        added = [new - old for new, old in zip(self._packages(), before, strict=True)]
        environment = sum(path.lstat().st_size for path in Path(f"{self._root.folder}{PROJECT}/.venv").rglob("*"))
        size = f"the Python packages have {environment / 1e6:.0f} MB"
        installed = f"{added[0]} apt packages, {added[1] / 1e6:.0f} MB; {size}" if added[0] else f"{size}, kept"
        told = [line for line in done.output.splitlines() if "as the script says" in line]
        result = f"{installed}. {told[0]}" if told else f"{installed}. {_last(done)}"
        self.note(Step("`make run`", done.code == 0 and bool(told), result, done.seconds))

    def _packages(self) -> tuple[int, float]:
        """Return how many packages of Debian are installed, and their bytes."""
        sizes = self._root.must("dpkg-query", "--show", "--showformat", SIZES).split()
        return len(sizes), 1024 * sum(map(int, sizes))

    def rehearse(self) -> None:
        """Rehearse a session in which it gets worse, and compare the event logs."""
        arguments = ("rehearse", "--persona", PERSONA, "--out")
        there = self._coach(*arguments, f"{ALONE}/rehearsal")
        here = self._coach_here(*arguments, str(self._scratch / "rehearsal"))
        logs = [
            "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.json"))
            for folder in (Path(f"{self._root.folder}{ALONE}/rehearsal"), self._scratch / "rehearsal")
        ]
        self._compare(f"`voice-coach rehearse --persona {PERSONA}`", there, here, *logs)

    def recognize(self) -> None:
        """Recognise the recordings of the tests."""
        for options in ((), ("--state", "check")):
            arguments = ("recognize", "--json", *options, *RECORDINGS)
            there, here = self._coach(*arguments), self._coach_here(*arguments)
            name = " ".join(["voice-coach", *arguments[: 2 + len(options)], "tests/wav/*.wav"])
            self._compare(f"`{name}`", there, here, _array(there.output), _array(here.output))

    def standby(self) -> None:
        """Let standby hear a file in which somebody starts a session, and then rather not."""
        made = run(sys.executable, STANDBY, "--say", str(self._scratch / SAID), cwd=ROOT, environment=self._alone())
        if made.code:
            self.note(Step("standby, from a file", good=False, result=_last(made), seconds=made.seconds))
            return
        shutil.copy(self._scratch / SAID, f"{self._root.folder}/srv/{SAID}")
        there = self._run_there(".venv/bin/python", STANDBY, f"/srv/{SAID}")
        here = run(sys.executable, STANDBY, str(self._scratch / SAID), cwd=ROOT, environment=self._alone())
        self._compare("standby, from a file", there, here, there.output, here.output)

    def doctor(self) -> None:
        """Have the computer examined: it may miss a microphone and a speaker, and nothing else."""
        done = self._coach("doctor", "--json")
        good, result = faulty(done.output) if done.output else (False, _last(done))
        self.note(Step("`voice-coach doctor`", good, result, done.seconds))

    def tests(self, files: Sequence[str]) -> None:
        """Run the tests that are marked `compat` and not live, or those of them that are in these files."""
        installed = self._root.run(
            *(".venv/bin/python", "-m", "pip", "install", "--quiet", "--no-build-isolation", "--no-deps"),
            *("--require-hashes", "--use-pep517", "--requirement", "requirements-test.txt"),
            cwd=PROJECT,
        )
        self.note(Step("test packages, by pip", installed.code == 0, _last(installed), installed.seconds))
        chosen = ("-q", "-p", "no:cacheprovider", "-m", "compat and not live", *files)
        done = self._root.run(".venv/bin/pytest", *chosen, cwd=PROJECT)
        print(done.output, file=sys.stderr)
        which = f" of {' '.join(files)}" if files else ""
        self.note(Step(f"tests marked `compat`, not live{which}", done.code == 0, _last(done), done.seconds))

    def _coach(self, *arguments: str) -> Done:
        """Run the program in the root, as if nobody had ever used it."""
        return self._run_there(".venv/bin/voice-coach", *arguments)

    def _run_there(self, *command: str) -> Done:
        folders = [f"XDG_{kind}_HOME={ALONE}/{kind}" for kind in KINDS]
        return self._root.run("env", *folders, *command, cwd=PROJECT)

    def _coach_here(self, *arguments: str) -> Done:
        """Run it on this computer, in the same way."""
        return run(sys.executable, "-m", "voice_coach", *arguments, cwd=ROOT, environment=self._alone())

    def _alone(self) -> dict[str, str]:
        folders = {f"XDG_{kind}_HOME": str(self._scratch / kind) for kind in KINDS}
        others = {name: value for name, value in os.environ.items() if not name.startswith("VOICE_COACH_")}
        return {**others, **folders, "PYTHONPATH": str(ROOT)}

    def _compare(self, name: str, there: Done, here: Done, *outputs: str) -> None:
        """Note how a command went in both places; `outputs` are JSON arrays of what was decided, there and here."""
        if here.code or there.code != here.code:
            good, result = False, f"exit code {there.code}, here {here.code}: {_last(there)}"
        else:
            good, result = compared(*map(json.loads, outputs))
        self.note(Step(name, good, result, there.seconds, here.seconds))


def _array(lines: str) -> str:
    """Return lines of JSON as one array."""
    return f"[{','.join(lines.splitlines())}]"


def _last(done: Done) -> str:
    """Return the last line of what a command printed, which tells most."""
    lines = (done.output if done.code == 0 else done.errors or done.output).strip().splitlines()
    return lines[-1] if lines else "nothing printed"


def headline(root: Root, suite: str, slowness: float) -> str:
    """Return what was emulated, and how, as a paragraph."""
    debian = (root.folder / "etc" / "debian_version").read_text(encoding="utf-8").strip()
    python = root.must("python3", "--version").split()[-1]
    emulator = run(EMULATOR, "--version").output.split()[2]
    revision = run("git", "rev-parse", "--short", "HEAD", cwd=ROOT).output.strip()
    changed = " and uncommitted changes" if run("git", "status", "--porcelain", cwd=ROOT).output else ""
    sentences = (
        f"{datetime.now(UTC).date()}, revision {revision}{changed}.",
        f"Debian {debian} ({suite}), minbase with Python {python}; processor {PROCESSOR}, emulated by QEMU {emulator}",
        f"in user mode ({root.way}); {SLOWNESS}={slowness:g}.",
        f"Here: Python {platform.python_version()} on {platform.machine()}, {os.cpu_count()} cores,",
        f"load {os.getloadavg()[2]:.0f}.",
    )
    return " ".join(sentences)


def attempt(given: argparse.Namespace) -> int:
    """Make the root, try everything, write the report, and return the exit code.

    Raises:
        RootError: there is no root to try anything in.
    """
    kept = os.environ.get("ARM64_CACHE") or Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache") / "voice-coach-arm64"
    folder = Path(kept).expanduser().absolute() / given.suite
    way = choose_way(proot=given.proot)
    if given.fresh:
        shutil.rmtree(folder, ignore_errors=True)
    root, made = make(given.suite, folder, way, {SLOWNESS: f"{given.slowness:g}"})
    with tempfile.TemporaryDirectory(prefix="arm64-") as scratch:
        trial = Trial(root, Path(scratch))
        trial.note(Step("root folder, by debootstrap", good=True, result="made" if made else "kept", seconds=made))
        trial.copy()
        parts: list[Callable[[], None]] = [trial.set_up, trial.recognize, trial.doctor, trial.standby, trial.rehearse]
        for part in parts:
            part()
        trial.tests(given.tests)
    page = section(DEBIANS[given.suite], headline(root, given.suite, given.slowness), trial.steps)
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0 if all(step.good for step in trial.steps) else 1


def main() -> int:
    """Read the arguments, and return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--suite", choices=list(DEBIANS), default="bookworm", help="the Debian (bookworm)")
    parser.add_argument("--fresh", action="store_true", help="make the root folder anew")
    parser.add_argument("--proot", action="store_true", help="emulate without the kernel's help, as in a container")
    parser.add_argument(
        "--tests", action="append", default=[], metavar="FILE", help="only these test files, where all take too long"
    )
    parser.add_argument(
        "--slowness",
        type=float,
        default=USUAL_SLOWNESS,
        metavar="TIMES",
        help=f"{SLOWNESS} in there ({USUAL_SLOWNESS})",
    )
    try:
        return attempt(parser.parse_args())
    except (RootError, subprocess.SubprocessError) as error:
        print(f"arm64: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
