"""A Debian for arm64 in a folder, whose programs this computer emulates."""

import os
import shutil
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

DEBIANS: Final = {"bookworm": "Debian 12", "trixie": "Debian 13"}
"""Suites that Raspberry Pi OS is made of."""

EMULATOR: Final = "qemu-aarch64-static"
BINFMT: Final = Path("/proc/sys/fs/binfmt_misc")
ENTRY: Final = "qemu-aarch64"
"""Name under which Debian's qemu-user-static registers arm64 programs with the kernel."""

PROCESSOR: Final = "cortex-a72"
"""A Raspberry Pi 4's. Instructions that this one lacks end a program, as they would on the board."""

BINFMT_WAY: Final = "binfmt"
PROOT_WAY: Final = "proot"

PACKAGES: Final = "python3,python3-venv,make,ca-certificates"
"""What Raspberry Pi OS Lite has and the smallest Debian has not, of what the guide builds on."""

ADDED_CERTIFICATES: Final = Path("/usr/local/share/ca-certificates")

ENTER: Final = (
    'mount -t proc proc "$0/proc" && mount --bind /sys "$0/sys" && mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"'
)
"""Run in a mount namespace of its own: the mounts are gone as soon as the command has ended."""


class RootError(Exception):
    """The root can't be made; the message is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended."""

    code: int
    output: str
    """Standard output."""
    errors: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Root:
    """A folder with a Debian for arm64, and how its programs are run."""

    folder: Path
    way: str
    """`BINFMT_WAY`: the kernel calls the emulator. `PROOT_WAY`: proot does, without the kernel's help."""
    environment: Mapping[str, str] = field(default_factory=dict)

    def command(self, *command: str, cwd: str = "/") -> list[str]:
        """Return the command line that runs a command in there, in the folder `cwd` of it."""
        passed = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
        variables = {
            "HOME": "/root",
            "LANG": "C.UTF-8",
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "PIP_CERT": "/etc/ssl/certs/ca-certificates.crt",
            "QEMU_CPU": PROCESSOR,
            **passed,
            **self.environment,
        }
        inside = ["env", "-i", *(f"{name}={value}" for name, value in variables.items()), "sh", "-c"]
        inside += ['cd "$0" && exec "$@"', cwd, *command]
        if self.way == BINFMT_WAY:
            return ["unshare", "--mount", "sh", "-c", ENTER, str(self.folder), *inside]
        bound = [part for place in ("/dev", "/proc", "/sys") for part in ("-b", place)]
        return ["proot", "-q", f"{EMULATOR} -cpu {PROCESSOR}", "-0", "-r", str(self.folder), *bound, "-w", "/", *inside]

    def run(self, *command: str, cwd: str = "/") -> Done:
        """Run a command in there, whatever its exit code."""
        return run(*self.command(*command, cwd=cwd))

    def must(self, *command: str, cwd: str = "/") -> str:
        """Run a command that must succeed, and return what it prints.

        Raises:
            RootError: it fails.
        """
        done = self.run(*command, cwd=cwd)
        if done.code:
            raise RootError(f"in {self.folder}, {' '.join(command)} failed: {done.errors.strip()}")
        return done.output


def run(*command: str, cwd: Path | None = None, environment: Mapping[str, str] | None = None) -> Done:
    """Run a command of this computer, whatever its exit code."""
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr, time.monotonic() - began)


def choose_way(*, proot: bool) -> str:
    """Return how arm64 programs will be run, registering the emulator with the kernel if that is possible.

    Args:
        proot: whether to do without the kernel even so.

    Raises:
        RootError: something that is needed is not installed, or we are not root.
    """
    if os.geteuid():
        raise RootError("a root folder is made by root: call it with sudo, or in a container.")
    lacking = [name for name in ("debootstrap", EMULATOR) if shutil.which(name) is None]
    if lacking:
        packages = "debootstrap qemu-user-static binfmt-support"
        raise RootError(f"{' and '.join(lacking)} is missing here: apt-get install {packages}")
    if not proot and _registered():
        return BINFMT_WAY
    if shutil.which("proot") is None:
        raise RootError("the kernel can't be told of the emulator: apt-get install binfmt-support, or proot")
    return PROOT_WAY


def _registered() -> bool:
    """Have the kernel call the emulator for arm64 programs; return whether it does."""
    if not (BINFMT / "register").exists():
        run("mount", "-t", "binfmt_misc", "binfmt_misc", str(BINFMT))
    if not (BINFMT / ENTRY).exists() and shutil.which("update-binfmts"):
        run("update-binfmts", "--enable", ENTRY)
    return (BINFMT / ENTRY).exists()


def make(suite: str, folder: Path, way: str, environment: Mapping[str, str]) -> tuple[Root, float]:
    """Return the root in this folder, and the seconds that making it took: 0 where it was there.

    One that was interrupted is made anew.

    Raises:
        RootError: a step fails.
    """
    if folder.exists():
        return Root(folder, way, environment), 0.0
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    choice = ("--arch=arm64", "--variant=minbase", "--foreign", f"--include={PACKAGES}")
    fetched = run("debootstrap", *choice, suite, str(unfinished))
    if fetched.code:
        last = (fetched.output + fetched.errors).strip().splitlines()[-1:]
        raise RootError(f"debootstrap can't get {suite} for arm64: {' '.join(last)}")
    root = Root(unfinished, way, environment)
    began = time.monotonic()
    root.must("/debootstrap/debootstrap", "--second-stage")
    if ADDED_CERTIFICATES.is_dir():  # those of a proxy that this computer is behind
        shutil.copytree(ADDED_CERTIFICATES, f"{unfinished}{ADDED_CERTIFICATES}", dirs_exist_ok=True)
        root.must("update-ca-certificates")
    unfinished.rename(folder)
    return Root(folder, way, environment), fetched.seconds + time.monotonic() - began
