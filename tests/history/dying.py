"""Sessions that die: a process that forks one child for each way to die, each with a session in a folder of its own.

    python -m tests.history.dying FOLDER < a JSON list of [name, way, number]

The ways: `torn` at so many bytes of a file, the process being killed by that write; `full` at so many bytes, while the
process goes on; `killed` before its so many'th SQL statement; `beside`: this session and one more at the same time.
What was answered as saved comes out as a JSON object, by name, with how each child ended.
"""

import json
import os
import resource
import signal
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from voice_coach.history.writer import HistoryWriter
from voice_coach.records import (
    Answered,
    Ended,
    HelpCall,
    Misheard,
    Paused,
    RepetitionDone,
    Resumed,
    SessionRecord,
    SessionStart,
    Stopped,
)

START = SessionStart(
    started=datetime(2031, 1, 1, 12, tzinfo=UTC),
    exercise_id="flexion_rotation",
    exercise_version=1,
    app_version="1",
    hold_s=2.0,
    reps_target=10,
)
RECORDS: tuple[SessionRecord, ...] = (
    Answered(1, "acknowledge", "yes", "yes", 1.0),
    Answered(2, "side_sure", "left", "yes", 0.9),
    Answered(3, "pain_before", 6.5, "six and a half", 0.8),
    Misheard(4, "pain_before", "number", "six and a half", "that's not what I said", taken_back=True),
    *(RepetitionDone(number * 160_000, number, (number - 1) * 160_000, 1.0) for number in range(1, 4)),
    Paused(500_000, "user"),
    Resumed(600_000, 100_000),
    RepetitionDone(700_000, 4, 610_000, 1.25),
    Stopped(750_000, 5, "hold", "peripheralised", "down my leg", "user", red=True),
    HelpCall(760_000, "asked", "voice mqtt", "user", "call someone"),
    HelpCall(800_000, "failed", "mqtt", "coach", "the broker is gone"),
    Ended(900_000, "stopped", 4, 0, 0),
)


def hold(path: Path, told: int, way: str, number: int, start: SessionStart = START) -> None:
    """Hold the session; each record that is saved is told as a byte."""
    writer = HistoryWriter(path, patient=True)
    if way in {"torn", "full"}:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL if way == "torn" else signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (number, number))
    writer.begin(start)
    writer.poll()
    if way == "killed":
        writer._background.submit(lambda: _die_at(writer, number))
        writer.poll()
    for count, record in enumerate(RECORDS, 1):
        writer.write(record, count)
        for answered, error in writer.poll():
            if answered and not error:
                os.write(told, bytes([answered]))


def _die_at(writer: HistoryWriter, number: int) -> tuple[int, str]:
    """Let the process be killed before a statement; it runs where the connection is used."""
    store = writer._journal._store
    assert store is not None
    statements = iter(range(number))

    def count(_: str) -> None:
        if next(statements, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    store._db.set_trace_callback(count)
    return 0, ""


def fork(path: Path, way: str, number: int, start: SessionStart = START) -> tuple[int, int]:
    """Let a child hold a session; return it and where it tells what was saved."""
    reads, told = os.pipe()
    if child := os.fork():
        os.close(told)
        return child, reads
    os.close(reads)
    hold(path, told, way, number, start)
    os._exit(0)  # as if it were killed: nothing is closed, nothing is written any more


def outcome(child: int, reads: int) -> tuple[list[int], int]:
    """Return the numbers of the records that were saved, and the signal that the child died by."""
    with os.fdopen(reads, "rb") as pipe:
        saved = list(pipe.read())
    _, status = os.waitpid(child, 0)
    return saved, os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def main() -> None:
    """See the top."""
    results = {}
    for name, way, number in json.load(sys.stdin):
        path = Path(sys.argv[1]) / name / "history.db"
        children = [fork(path, way, number)]
        if way == "beside":
            children.append(fork(path, way, number, replace(START, exercise_id="pelvic_tilt")))
        results[name] = [outcome(*child) for child in children]
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
