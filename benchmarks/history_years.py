"""The cost of years of sessions: the sizes of the files, and how long a start takes to check them.

    python -m benchmarks.history_years [--years 5] [--folder FOLDER]

Each session is written by the program's own writer, record by record, as one that goes well and is answered
throughout; every 25th time the history is looked over before it, as the program does it each time.
"""

import tempfile
import time  # noqa: TID251 - real time is what is measured
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import click

from voice_coach.history import journal
from voice_coach.history.database import check, reading
from voice_coach.history.recovery import mend, open_past
from voice_coach.history.writer import HistoryWriter
from voice_coach.records import Answered, Ended, RepetitionDone, SessionRecord, SessionStart
from voice_coach.timebase import samples

PER_DAY = 3
LOOKED_OVER = 25
"""Sessions from one look at the history to the next; also, while it is short, from one whole copy to the next."""
START = SessionStart(
    started=datetime(2031, 1, 1, 8, tzinfo=UTC),
    exercise_id="flexion_rotation",
    exercise_version=1,
    app_version="1",
    hold_s=2.0,
    reps_target=10,
    speech_rate=155,
    volume=4,
)
RECORDS: tuple[SessionRecord, ...] = (
    Answered(samples(10), "screen_daily", "no", "no", 0.97),
    Answered(samples(16), "side", "left", "my left side", 0.96),
    Answered(samples(20), "side_sure", "left", "yes", 0.98),
    Answered(samples(26), "pain_before", 6.0, "it's a six", 0.93),
    Answered(samples(32), "furthest_before", "thigh", "down to the thigh", 0.95),
    Answered(samples(50), "sound_check", "yes", "yes", 0.99),
    *(RepetitionDone(samples(120 + 10 * n), n, samples(110 + 10 * n), 1.0) for n in range(1, 11)),
    Answered(samples(135), "check_1", "same", "about the same", 0.95),
    Answered(samples(180), "check_5", "better", "a bit better", 0.95),
    Answered(samples(235), "check_10", "better", "better", 0.97),
    Answered(samples(240), "pain_after", 3.0, "three", 0.95),
    Answered(samples(246), "furthest_after", "buttock", "in my buttock", 0.93),
    Ended(samples(260), "completed", 10, 0, 1),
)


def hold(path: Path, start: SessionStart) -> None:
    """Write one session."""
    writer = HistoryWriter(path)
    writer.begin(start)
    for number, record in enumerate(RECORDS, 1):
        writer.write(record, number)
    if trouble := writer.close():
        raise SystemExit(trouble)


def fill(path: Path, days: int) -> float:
    """Write sessions of so many days; return the longest time, in seconds, that looking over took."""
    longest = 0.0
    for number in range(days * PER_DAY):
        if number % LOOKED_OVER == 0:
            began = time.perf_counter()
            mend(path)
            longest = max(longest, time.perf_counter() - began)
        day, of_day = divmod(number, PER_DAY)
        hold(path, replace(START, started=START.started + timedelta(days=day, hours=4 * of_day)))
    return longest


def timed(what: str, path: Path, start: SessionStart) -> None:
    """Print how long it takes to look the history over, and what of it is SQLite's check alone."""
    whole, alone = [], []
    for _ in range(7):
        began = time.perf_counter()
        open_past(start, path)
        whole.append(time.perf_counter() - began)
        db = reading(path)
        began = time.perf_counter()
        check(db, path)
        alone.append(time.perf_counter() - began)
        db.close()
    click.echo(f"{what}: looked over in {median(whole):.3f} s, of which quick_check {median(alone):.3f} s")


@click.command()
@click.option("--years", type=float, default=5, show_default=True)
@click.option("--folder", type=click.Path(path_type=Path), help="Where to write; None: where temporary files go.")
def main(years: float, folder: Path | None) -> None:
    """See the top."""
    with tempfile.TemporaryDirectory(dir=folder) as within:
        path = Path(within) / "history.db"
        days = round(years * 365)
        longest = fill(path, days)
        sizes = {file.name: file.stat().st_size for file in sorted(path.parent.iterdir())}
        click.echo(f"{days * PER_DAY} sessions in {days} days, {len(RECORDS)} records each")
        for name, size in sizes.items():
            click.echo(f"{name}: {size / 1e6:.2f} MB")
        each = sizes[path.name] / (days * PER_DAY)
        click.echo(f"all: {sum(sizes.values()) / 1e6:.2f} MB; {each:.0f} bytes a session in the history itself")
        timed("a start", path, replace(START, started=START.started + timedelta(days=days)))
        journal.spare(path).unlink()
        began = time.perf_counter()
        mend(path)
        whole = time.perf_counter() - began
        click.echo(f"with a new whole copy: {whole:.3f} s; the longest while it grew: {longest:.3f} s")


if __name__ == "__main__":
    main()
