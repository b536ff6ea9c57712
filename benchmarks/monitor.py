"""Observe a session from outside: the sound card's channels with the time of each sample, and processes."""

import os
import subprocess
import threading  # noqa: TID251 - a recorder is read all the time
import time  # noqa: TID251 - real time is what is measured
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

import numpy as np

from voice_coach.audio.pcm import Clip
from voice_coach.timebase import RATE

_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Ear:
    """Records a source of the virtual card, and knows when each sample was there."""

    def __init__(self, source: str, environment: Mapping[str, str]) -> None:
        """Begin to listen to a PulseAudio source."""
        form = [f"--rate={RATE}", "--channels=1", "--format=s16le", "--raw", "--latency-msec=10"]
        self._parec = subprocess.Popen(  # noqa: S603 - PulseAudio's own recorder
            ["parec", "-d", source, *form],  # noqa: S607 - as found on PATH
            env=dict(environment),
            stdout=subprocess.PIPE,
        )
        self._bytes = bytearray()
        self._origin = float("inf")
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        """Return itself, once it hears."""
        while not self._bytes:
            time.sleep(0.01)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._parec.terminate()
        self._parec.wait()
        self._thread.join()
        assert self._parec.stdout is not None
        self._parec.stdout.close()

    @property
    def length(self) -> int:
        """Samples heard so far."""
        return len(self._bytes) // 2

    @property
    def origin(self) -> float:
        """The monotonic time of the first sample.

        No chunk can arrive before its last sample was there, so the least delayed one tells best: to some 10 ms.
        """
        return self._origin

    def sound(self, first: int = 0) -> Clip:
        """Return what was heard from a sample on."""
        return np.frombuffer(bytes(self._bytes[2 * first : self.length * 2]), np.int16)

    def _read(self) -> None:
        assert self._parec.stdout is not None
        while chunk := os.read(self._parec.stdout.fileno(), 65536):
            self._bytes += chunk
            self._origin = min(self._origin, time.monotonic() - self.length / RATE)


def likest(sound: Clip, clip: Clip) -> tuple[int, float]:
    """Return where in a sound a clip is best found, however loud, and how alike it is there: 1 is the clip itself.

    Of a sound that is shorter than the clip the likeness is 0.
    """
    if len(sound) < len(clip):
        return 0, 0.0
    wide, narrow = sound.astype(np.float64), clip.astype(np.float64)
    energy = np.convolve(wide**2, np.ones(len(clip)), "valid")
    likeness = np.correlate(wide, narrow, "valid") / np.sqrt((energy + 1) * np.sum(narrow**2))
    best = int(np.argmax(likeness))
    return best, float(likeness[best])


def family(pid: int) -> list[int]:
    """Return a process and all its descendants that are alive."""
    found = [pid]
    for one in found:
        for path in Path(f"/proc/{one}/task").glob("*/children"):
            found += [int(child) for child in _text(path).split()]
    return found


def cpu_seconds(pid: int) -> float:
    """Return the CPU time that a process and its descendants have used."""
    total = 0
    for one in family(pid):
        fields = _text(Path(f"/proc/{one}/stat")).rpartition(")")[2].split()
        total += sum(map(int, fields[11:13])) if fields else 0
    return total / _TICKS


def memory(pid: int) -> dict[str, float]:
    """Return MiB held by each process of the family now: pages shared by several count for each by its part (PSS)."""
    held: dict[str, float] = {}
    for one in family(pid):
        words = _text(Path(f"/proc/{one}/smaps_rollup")).split()
        command = _text(Path(f"/proc/{one}/cmdline")).replace("\0", " ")
        if "Pss:" in words:
            name = role(command)
            held[name] = held.get(name, 0) + int(words[words.index("Pss:") + 1]) / 1024
    return held


def member(pid: int, wanted: str) -> int | None:
    """Return the process of a family that has this role; None: there is none."""
    commands = ((one, _text(Path(f"/proc/{one}/cmdline")).replace("\0", " ")) for one in family(pid))
    return next((one for one, command in commands if command and role(command) == wanted), None)


def role(command: str) -> str:
    """Return what a process of ours is for."""
    if "pyttsx3_worker" in command:
        return "speech"
    return "recogniser" if "hear.asr.worker" in command else "coach"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:  # it has ended meanwhile
        return ""
