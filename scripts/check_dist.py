"""Build the wheel and the sdist twice, compare them, and use the wheel alone in empty environments.

    python -m scripts.check_dist

What is committed is built in two clones that differ in path, rights of files and time zone, and once more from the
sdist. The wheel is then installed by pip, and by uv and pipx where they are on PATH, for each supported Python that is
there, with a home of its own and away from the checkout: `voice-coach -V`, `check`, a typed session and a rehearsal
with sound. Installing needs a package index, and a minute or two for each environment.

Prints hashes, sizes and what was tried. Exit code 1: two builds differ, something that must be in them is not, or a
command failed.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PYTHONS: Final = ("3.11", "3.12", "3.13")

INSIDE: Final = (
    "voice_coach/model/am/final.mdl",
    "voice_coach/model/README.md",
    "voice_coach/prompts/en.toml",
    "voice_coach/prompts/former/en/0.1.0.json",
    "voice_coach/personas/goes-well.toml",
    "voice_coach/data/audio_cues/done.wav",
    "voice_coach/data/exercises/en/flexion_rotation.toml",
    "voice_coach/data/programmes/en/toward_rotation.toml",
    "voice_coach/data/grammars/en.yaml",
    "voice_coach/data/grammars/standby/en.yaml",
    "voice_coach/data/grammars/who/en.yaml",
    "voice_coach/data/voice_packs/man/index.json",
    "voice_coach/data/voice_packs/woman/index.json",
    "dist-info/licenses/LICENSE",
    "dist-info/licenses/NOTICE",
    "dist-info/licenses/THIRD_PARTY.md",
)
"""Ends of names that a wheel must have: of each kind of data one file, and all licences."""

NOT_INSIDE: Final = (".pyc", "/tests/", "/training/", "/benchmarks/", ".git/")
"""Parts of names that a wheel must not have."""

TYPED: Final = "no\n"
"""Typed into a first session: no to the safety sentence, which ends it."""

TRIED: Final[tuple[tuple[tuple[str, ...], str], ...]] = (
    (("-V",), "voice-coach"),
    (("check", "{exercise}"), "a good exercise"),
    (("run", "--text"), "Session over: cannot_start"),
    (("rehearse", "--persona", "red-flag"), "as the script says"),
)
"""Arguments, and a part of what is printed then."""


def main() -> int:
    """Check, print what was found, and return the exit code."""
    with tempfile.TemporaryDirectory() as folder:
        faults = list(check(Path(folder)))
    for fault in faults:
        print(f"check-dist: {fault}", file=sys.stderr)
    return 1 if faults else 0


def check(folder: Path) -> Iterator[str]:
    """Build and try everything in a folder; yield what is wrong."""
    if changed := _run("git", "status", "--porcelain", cwd=ROOT).stdout:
        print(f"Not committed, and so not built:\n{changed}")
    one = built(clone(folder / "one"), umask=0o022, zone="UTC")
    two = built(clone(folder / "two with another, longer path"), umask=0o077, zone="Asia/Kathmandu")
    yield from differences(one, two)
    wheel, sdist = (next(path for path in one if path.name.endswith(ending)) for ending in (".whl", ".tar.gz"))
    for path in (wheel, sdist):
        print(f"{path.name}: {path.stat().st_size / 1e6:.1f} MB, SHA-256 {digest(path)}")
    with zipfile.ZipFile(wheel) as archive:
        yield from (f"{wheel.name}: {fault}" for fault in misplaced(archive.namelist()))
    yield from differences([wheel], [from_sdist(sdist, folder / "sdist")])
    for name, program in installed(wheel, folder / "environments"):
        yield from (f"{name}: {fault}" for fault in tried(program, name, folder / "homes" / name))


def clone(folder: Path) -> Path:
    """Return a new checkout of what is committed."""
    _run("git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(folder))
    return folder


def built(checkout: Path, *, umask: int = 0o022, zone: str = "UTC") -> list[Path]:
    """Build in a checkout as `make dist` does, and return the files, sorted."""
    for path in checkout.rglob("*"):
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~umask)
    environment = {**os.environ, "TZ": zone, "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("SOURCE_DATE_EPOCH", None)
    _run(sys.executable, "-m", "hatchling", "build", "-d", "dist", cwd=checkout, environment=environment)
    return sorted((checkout / "dist").iterdir())


def from_sdist(sdist: Path, folder: Path) -> Path:
    """Return the wheel that is built from an unpacked sdist."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (unpacked,) = folder.iterdir()
    return next(path for path in built(unpacked) if path.suffix == ".whl")


def digest(path: Path) -> str:
    """Return a file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def differences(one: Collection[Path], two: Collection[Path]) -> Iterator[str]:
    """Yield a sentence for each file that is not in both builds, or not the same."""
    first, second = ({path.name: path for path in build} for build in (one, two))
    for name in sorted(first.keys() ^ second.keys()):
        yield f"{name} comes out of one build only."
    for name in sorted(first.keys() & second.keys()):
        if digest(first[name]) != digest(second[name]):
            yield f"{name} differs between two builds: {first[name]} and {second[name]}."


def misplaced(names: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each file that a wheel of these names lacks, or has too many."""
    for end in INSIDE:
        if not any(name.endswith(end) for name in names):
            yield f"{end} is missing."
    for name in names:
        if any(part in name for part in NOT_INSIDE):
            yield f"{name} does not belong there."


def installed(wheel: Path, folder: Path) -> Iterator[tuple[str, Path]]:
    """Install the wheel with each installer and Python; yield a name and the program."""
    for version in PYTHONS:
        python = _python(version)
        if not python:
            print(f"python{version} is not here: not tried")
            continue
        environment = folder / f"pip-{version}"
        _run(python, "-m", "venv", str(environment))
        _run(str(environment / "bin" / "python"), "-m", "pip", "install", "--quiet", str(wheel))
        yield environment.name, environment / "bin" / "voice-coach"
        if uv := shutil.which("uv"):
            environment = folder / f"uv-{version}"
            _run(uv, "venv", "--quiet", "--python", python, str(environment))
            program = str(environment / "bin" / "python")
            _run(uv, "pip", "install", "--quiet", "--python", program, str(wheel))
            yield environment.name, environment / "bin" / "voice-coach"
        if pipx := shutil.which("pipx"):
            home = folder / f"pipx-{version}"
            places = {"PIPX_HOME": str(home), "PIPX_BIN_DIR": str(home / "bin"), "PIPX_MAN_DIR": str(home / "man")}
            _run(pipx, "install", "--python", python, str(wheel), environment={**os.environ, **places})
            yield home.name, home / "bin" / "voice-coach"
    for name in ("uv", "pipx"):
        if shutil.which(name) is None:
            print(f"{name} is not here: not tried")


def _python(version: str) -> str:
    """Return the path of this Python; empty: it is not here, or only a shim of it is."""
    found = shutil.which(f"python{version}")
    if found is None:
        return ""
    return _run(found, "-c", "import sys; print(sys.executable)", strict=False).stdout.strip()


def tried(program: Path, name: str, home: Path) -> Iterator[str]:
    """Run an installed program in an empty home; yield what went wrong."""
    home.mkdir(parents=True)
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    exercise = _exercise_of(program)
    for arguments, expected in TRIED:
        filled = [argument.format(exercise=exercise) for argument in arguments]
        done = _run(str(program), *filled, cwd=home, environment=environment, typed=TYPED, strict=False)
        good = done.returncode == 0 and expected in done.stdout
        print(f"{name}: voice-coach {' '.join(arguments)}: {'good' if good else 'FAILED'}")
        if not good:
            yield f"`voice-coach {' '.join(filled)}` gave {done.returncode}: {done.stdout[-500:]}{done.stderr[-500:]}"


def _exercise_of(program: Path) -> Path:
    """Return an exercise's file as it was installed with a program."""
    folder = program.resolve().parents[1]
    with suppress(StopIteration):
        return next(folder.rglob("voice_coach/data/exercises/en/flexion_rotation.toml"))
    return folder / "no exercise was installed"


def _run(
    *command: str,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    typed: str = "",
    strict: bool = True,
) -> subprocess.CompletedProcess[str]:
    """Run a command; if it fails and is `strict`, say so and exit."""
    done = subprocess.run(  # noqa: S603 - commands of this script
        command, cwd=cwd, env=environment, input=typed, capture_output=True, text=True, check=False
    )
    if strict and done.returncode:
        raise SystemExit(f"check-dist: {' '.join(command)} failed: {done.stdout[-1000:]}{done.stderr[-2000:]}")
    return done


if __name__ == "__main__":
    sys.exit(main())
