"""How much a session, a day of three, and waiting standby write to the disk.

    python -m benchmarks.writes sessions [--years 5]
    python -m benchmarks.writes standby [--wait 60]

sessions: typed sessions that go well, answered throughout, with the program's own history: the first of all, one more;
then those from one full copy of the history to the next, after so many years of three sessions a day.
standby: on a sound card in user space (tests/virtual_card), it starts, reminds, and hears "no"; then it waits.
Both need Linux and strace.

Counted are the calls that write to files in the user's folders: bytes, and calls that wait for the disk (syncs). Pages
are the blocks of 4 KiB that changed between two syncs of a file, which is closer to what a disk has to write; the file
system's own journal comes on top. SQLite's shared memory (`-shm`) is mapped, never synced, and not counted.
"""

import math
import os
import re
import subprocess
import sys
import tempfile
import time  # noqa: TID251 - standby waits in real time
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click

from benchmarks.history_years import START
from benchmarks.history_years import hold as write_session
from benchmarks.session import folders, saved
from tests.virtual_card.card import VirtualCard
from voice_coach.app.resolve import Options, resolve
from voice_coach.app.run_session import typed
from voice_coach.files.profiles import FIRST
from voice_coach.history import journal
from voice_coach.history.recovery import mend

PAGE: Final = 4096
DAY: Final = 3
"""Sessions."""
CALLS: Final = "write,writev,pwrite64,pwritev,pwritev2,ftruncate,fallocate,fsync,fdatasync,sync_file_range,sync,syncfs"
_CALL: Final = re.compile(r"^([\d.]+) (\w+)\(\d+<([^>]*)>(?:, (.*))?\) += (\d+)")
_NEW: Final = re.compile(r"^\.(.+)\.\w+\.new(?=$|-)")
"""A file of `files.atomic.replacing`, before it replaces the one of this name."""
STRACE: Final = ("strace", "-ff", "-qq", "-y", "-ttt", "-s0", "--seccomp-bpf", f"--trace={CALLS}")
COPY: Final = "history.db.spare (new)"
"""The whole copy of the history: what a session writes is averaged from one to the next."""
ANSWERS: Final = (
    (r"Please say stop", "skip"),
    (r"[Ss]ame,? or worse", "better"),
    (r"exercise is fine|you can exercise", "yes"),
    (
        r"numb|trouble|painful|fall|chest|fever|cancer|all night|below your knee|thin bones|under twenty|ten questions",
        "no",
    ),
    (r"[Ll]eft or right", "left side"),
    (r"\bten\b", "six"),
    (r"your calf|, calf", "back"),
    (r"^one,", ""),
    (r"Yes or no|\?$", "yes"),
)
"""Typed replies to the coach's last line; "ready" if none of these matches."""


@dataclass
class Written:
    """Bytes, pages and syncs that went to files."""

    size: int = 0
    syncs: int = 0
    pages: int = 0
    by_file: Counter[str] = field(default_factory=Counter)
    """Bytes, by the file's name."""

    def share(self, part: float) -> "Written":
        """Return a part of it."""
        by_file = Counter({name: round(size * part) for name, size in self.by_file.items()})
        return Written(round(self.size * part), round(self.syncs * part), round(self.pages * part), by_file)

    def add(self, other: "Written") -> None:
        """Add what was written by another thread or later."""
        self.size += other.size
        self.syncs += other.syncs
        self.pages += other.pages
        self.by_file += other.by_file


def counted(traces: Path, home: Path, since: float = 0, until: float = math.inf) -> Written:
    """Return what strace's files in a folder, one a thread, tell of files in `home` between two points in time."""
    total = Written()
    for trace in traces.iterdir():
        dirty: dict[str, set[int]] = defaultdict(set)
        ends: Counter[str] = Counter()
        for line in trace.read_text(encoding="utf-8", errors="replace").splitlines():
            found = _CALL.match(line)
            if found is None or not found[3].startswith(f"{home}/") or not since <= float(found[1]) < until:
                continue
            call, path, arguments, result = found[2], found[3], found[4] or "", int(found[5])
            if "sync" in call:
                total.syncs += 1
                total.pages += len(dirty.pop(path, ()))
            elif result and "write" in call:
                at = int(arguments.rsplit(", ", 1)[1]) if call == "pwrite64" else ends[path]
                ends[path] = at + result
                dirty[path].update(range(at // PAGE, (at + result - 1) // PAGE + 1))
                total.size += result
                total.by_file[_NEW.sub(r"\1 (new)", Path(path).name)] += result
        total.pages += sum(map(len, dirty.values()))
    return total


class Patient:
    """A console at which somebody types what `ANSWERS` says."""

    last = ""
    """The coach's last line."""

    def show(self, text: str) -> None:
        """Take a line of the coach."""
        self.last = text

    def note(self, text: str) -> None:
        """Take a line about the session."""

    def warn(self, text: str) -> None:
        """Take a fault, which no session here should have."""
        raise click.ClickException(text)

    def read(self) -> str | None:
        """Return the answer."""
        return next((answer for heard, answer in ANSWERS if re.search(heard, self.last)), "ready")


def session(home: Path) -> Written:
    """Hold a session and return what it wrote."""
    with tempfile.TemporaryDirectory() as folder:
        command = [*STRACE, "-o", f"{folder}/trace", sys.executable, "-m", "benchmarks.writes", "hold"]
        subprocess.run(command, env={**os.environ, **folders(home)}, check=True)  # noqa: S603 -- ours
        return counted(Path(folder), home)


def row(what: str, written: Written) -> None:
    """Print one line of the table."""
    files = ", ".join(f"{name} {size / 1000:.1f}" for name, size in written.by_file.most_common())
    click.echo(
        f"| {what} | {written.size / 1000:.1f} | {written.pages * PAGE / 1000:.0f} | {written.syncs} | {files} |"
    )


@click.group(help=__doc__)
def main() -> None:
    """Hold the measurements together."""


@main.command(hidden=True)
def hold() -> None:
    """Hold one session of the person whose folders the environment names."""
    patient = Patient()
    typed(resolve(Options(), FIRST), None, patient)
    if "completed, 10 of 10" not in patient.last:
        raise click.ClickException(f"the session did not go well: {patient.last}")


@main.command()
@click.option("--years", type=float, default=5, show_default=True, help="Of a long history.")
def sessions(years: float) -> None:
    """Count what sessions write, first ones and ones after years."""
    click.echo("| | kB | kB in pages | syncs | kB by file |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        row("the very first session", session(home))
        row("the second one", session(home))
        history = home / "data" / "voice_coach" / "history.db"
        history.unlink()
        for path in journal.files(history):
            path.unlink(missing_ok=True)
        now = datetime.now(UTC).astimezone()  # noqa: TID251 -- the sessions that follow are held now
        for number in range(round(years * 365) * DAY, 0, -1):
            day, of_day = divmod(number, DAY)
            write_session(history, replace(START, started=now - timedelta(days=day + 1, hours=4 * of_day)))
        mend(history)
        total, count = Written(), 0
        while COPY not in total.by_file:
            total.add(session(home))
            count += 1
        row(f"after {years:g} years, a day of {DAY} (mean of {count} sessions)", total.share(DAY / count))


@main.command()
@click.option("--wait", type=click.IntRange(10), default=60, show_default=True, help="Seconds of silence.")
def standby(wait: int) -> None:
    """Count what standby writes."""
    click.echo("| | kB | kB in pages | syncs | kB by file |\n|---|---|---|---|---|")
    with VirtualCard() as card, tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as traces:
        home = Path(folder)
        (home / "config" / "voice_coach").mkdir(parents=True)
        now = datetime.now(UTC).astimezone()  # noqa: TID251 -- when it is to remind
        reminders = home / "config" / "voice_coach" / "standby.toml"
        reminders.write_text(f'times = ["{now:%H:%M}"]\n', encoding="utf-8")
        no = saved(home, "no", "en-gb")
        command = [*STRACE, "-o", f"{traces}/trace", sys.executable, "-u", "-m", "voice_coach", "standby"]
        with card.spawn(command, **folders(home)) as program:
            began = time.time()
            program.until("Say start, later, or skip")
            time.sleep(3)
            card.play_to_mic(no)
            program.until("skip this one")
            time.sleep(10)
            quiet = time.time()
            time.sleep(wait)
            ended = time.time()
        row('standby starts, reminds, hears "no"', counted(Path(traces), home, began, quiet))
        row(f"standby waits in silence for {wait} s", counted(Path(traces), home, quiet, ended))


if __name__ == "__main__":
    main()
