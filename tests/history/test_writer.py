"""The writer when things go wrong: killed, locked, read-only, full, damaged. What is said to be on disk is on disk."""

import contextlib
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.until import gathered
from voice_coach.history.store import Store
from voice_coach.history.writer import BEGUN, HistoryWriter
from voice_coach.records import Answered, Ended, RepetitionDone, Session, SessionStart

START = SessionStart(
    started=datetime(2031, 1, 1, tzinfo=UTC),
    exercise_id="x",
    exercise_version=1,
    app_version="1",
    hold_s=2,
    reps_target=10,
)
PRELUDE = """
import os, sys, time
from datetime import datetime, UTC
from pathlib import Path
from voice_coach.records import SessionStart
from voice_coach.history.writer import HistoryWriter
from voice_coach.records import Answered, Ended, RepetitionDone
START = SessionStart(
    started=datetime(2031, 1, 1, tzinfo=UTC),
    exercise_id="x", exercise_version=1, app_version="1", hold_s=2, reps_target=10
)
path = Path(sys.argv[1])
"""


def program(text: str) -> str:
    """Return a program for a child process that writes to the history at `sys.argv[1]`."""
    return PRELUDE + textwrap.dedent(text)


def repetition(number: int) -> RepetitionDone:
    """Return a repetition that was done."""
    return RepetitionDone(number * 160_000, number, (number - 1) * 160_000, 1.0)


def sessions(path: Path) -> list[Session]:
    """Return what is on disk, the oldest session first."""
    looked = Store.look(path)
    assert looked is not None
    with looked:
        return looked.sessions()[::-1]


def answers(writer: HistoryWriter) -> list[tuple[int, str]]:
    """Close the writer and return all answers."""
    writer.close()
    return writer.poll()


def wait_for(writer: HistoryWriter, count: int) -> list[tuple[int, str]]:
    """Return the next `count` answers."""
    return gathered(writer.poll, lambda found: len(found) >= count, f"{count} records are answered")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the database will be."""
    return tmp_path / "folder" / "history.db"


def test_each_record_is_answered_once_and_in_order(path: Path) -> None:
    writer = HistoryWriter(path)
    writer.begin(START)
    for number in range(1, 11):
        writer.write(repetition(number), number)
    writer.write(Ended(1, "completed", 10, 0, 0), 11)
    assert writer.close() == ""
    assert writer.poll() == [(number, "") for number in range(1, 12)]
    assert writer.poll() == []
    assert writer.close() == ""
    (session,) = sessions(path)
    assert session.outcome == "completed"
    assert [done.number for done in session.repetitions] == list(range(1, 11))


def test_a_record_that_is_answered_can_be_read_by_others_at_once(path: Path) -> None:
    writer = HistoryWriter(path)
    writer.begin(START)
    writer.write(repetition(1), 1)
    assert wait_for(writer, 1) == [(1, "")]
    assert sessions(path)[0].reps_coached == 1
    writer.close()


def test_a_writer_that_never_began_leaves_no_file(path: Path) -> None:
    assert HistoryWriter(path).close() == ""
    assert not path.exists()


def test_a_record_before_the_beginning_is_told(path: Path) -> None:
    writer = HistoryWriter(path)
    writer.write(repetition(1), 1)
    assert answers(writer) == [(1, "No session has begun, so there is nothing to write to.")]


def test_a_killed_session_keeps_every_repetition_that_was_said_to_be_saved(path: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", program("""
            writer = HistoryWriter(path)
            writer.begin(START)
            number = 1
            while True:
                writer.write(RepetitionDone(number, number, 0, 1.0), number)
                while not (answered := writer.poll()):
                    time.sleep(0.0005)
                print(answered[0][0], flush=True)
                number += 1
        """), str(path)],
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert child.stdout is not None
    with child.stdout as told:
        for _ in range(7):
            told.readline()
        child.kill()
        more = told.read().split()
    assert child.wait(timeout=60) == -signal.SIGKILL
    saved = 7 + len(more)
    (session,) = sessions(path)
    assert session.outcome is None
    assert session.ended is None
    assert [done.number for done in session.repetitions][:saved] == list(range(1, saved + 1))
    assert session.reps_coached == len(session.repetitions)
    with Store.open(path) as store:
        assert store.begin(START) == session.id + 1


def test_two_processes_write_at_once_and_lose_nothing(path: Path) -> None:
    text = program("""
        writer = HistoryWriter(path)
        writer.begin(START)
        for number in range(1, 51):
            writer.write(RepetitionDone(number, number, 0, 1.0), number)
        writer.write(Ended(1, "completed", 50, 0, 0), 51)
        print(writer.close(), [error for _, error in writer.poll() if error])
    """)
    children = [
        subprocess.Popen([sys.executable, "-c", text, str(path)], stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    assert [child.communicate(timeout=120)[0].strip() for child in children] == ["[]"] * 3
    found = sessions(path)
    assert sorted(session.session_no_today for session in found) == [1, 2, 3]
    assert [[done.number for done in session.repetitions] for session in found] == [list(range(1, 51))] * 3


def test_a_lock_of_another_program_is_told_and_outlived(path: Path) -> None:
    writer = HistoryWriter(path)
    writer.begin(START)
    writer.write(repetition(1), 1)
    wait_for(writer, 1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    writer.write(repetition(2), 2)
    ((number, error),) = wait_for(writer, 1)
    assert number == 2
    assert "another program keeps it locked; close that program" in error
    other.execute("ROLLBACK")
    other.close()
    writer.write(repetition(3), 3)
    assert answers(writer) == [(3, "")]
    assert [done.number for done in sessions(path)[0].repetitions] == [1, 2, 3]


@contextlib.contextmanager
def small_files(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond `size` bytes."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_what_a_full_disk_refused_is_written_when_there_is_space_again(path: Path) -> None:
    writer = HistoryWriter(path)
    writer.begin(START)
    writer.write(repetition(1), 1)
    wait_for(writer, 1)
    with small_files(Path(f"{path}-wal").stat().st_size + 100):
        writer.write(repetition(2), 2)
        writer.write(repetition(3), 3)
        failed = wait_for(writer, 2)
    assert [number for number, _ in failed] == [2, 3]
    assert all("The history" in error and "space" in error for _, error in failed)
    writer.write(repetition(4), 4)
    assert answers(writer) == [(4, "")]
    assert [done.number for done in sessions(path)[0].repetitions] == [1, 2, 3, 4]


@contextlib.contextmanager
def small_disk(size: str) -> Iterator[Path]:
    """Mount a file system of this size; where that is not allowed, this is a folder and files can't grow."""
    folder = Path(tempfile.mkdtemp())
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True, check=False).returncode == 0
    try:
        with contextlib.nullcontext() if mounted else small_files(300_000):
            yield folder
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)
        shutil.rmtree(folder)


def test_a_disk_that_fills_up_during_the_session_is_told_in_a_sentence() -> None:
    with small_disk("300k") as folder:
        writer = HistoryWriter(folder / "history.db")
        writer.begin(START)
        for number in range(1, 101):
            writer.write(Answered(number, "side", "x" * 10_000), number)
        error = writer.close()
        told = writer.poll()
        on_disk = sessions(folder / "history.db")[0].answers
    assert "free some space" in error or "has space" in error
    assert [number for number, _ in told] == list(range(1, 101))
    assert len(on_disk) == sum(not error for _, error in told) > 0


def test_a_disk_that_is_full_from_the_start_is_told_for_the_beginning_and_each_record() -> None:
    with small_disk("8k") as folder, contextlib.ExitStack() as stack:
        if not folder.is_mount():
            stack.enter_context(small_files(8192))
        (folder / "filler").write_bytes(b"x" * 4096)
        writer = HistoryWriter(folder / "history.db")
        writer.begin(START)
        writer.write(repetition(1), 1)
        error = writer.close()
        told = writer.poll()
    assert "The history" in error
    assert [number for number, error in told if error] == [BEGUN, 1]


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    """Runs as another user where we are root, whom no permission stops."""
    del tmp_path  # it is closed to other users
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o555)
    text = program("""
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        writer = HistoryWriter(path)
        writer.begin(START)
        writer.write(RepetitionDone(1, 1, 0, 1.0), 1)
        print(writer.close())
        print(writer.poll())
    """)
    child = [sys.executable, "-c", text, str(folder / "history.db")]
    unmeasured = {
        name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")
    }  # it can't write
    done = subprocess.run(child, capture_output=True, text=True, check=True, timeout=60, env=unmeasured)
    folder.chmod(0o755)
    assert list(folder.iterdir()) == []
    folder.rmdir()
    sentence, told = done.stdout.splitlines()
    assert sentence.endswith("history.db can't be written (Permission denied); make its folder writable.")
    assert told.startswith(f"[({BEGUN}, ")
    assert done.stderr == ""


def test_after_a_damaged_file_the_session_goes_into_a_new_one(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"no database" * 1000)
    writer = HistoryWriter(path)
    writer.begin(START)
    writer.write(repetition(1), 1)
    told = answers(writer)
    assert told[0][0] == BEGUN
    assert "kept as history.db.damaged-1" in told[0][1]
    assert told[1:] == [(1, "")]
    assert sessions(path)[0].reps_coached == 1
    assert path.with_name("history.db.damaged-1").read_bytes() == b"no database" * 1000


def test_a_file_that_is_damaged_in_the_middle_of_a_session_costs_nothing_of_it(path: Path) -> None:
    writer = HistoryWriter(path)
    writer.begin(START)
    for number in (1, 2):
        writer.write(repetition(number), number)
    wait_for(writer, 2)
    with sqlite3.connect(path) as other:  # the write-ahead log goes into the file
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    other.close()
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))
    other = sqlite3.connect(path)  # another writer makes ours read the file again
    with contextlib.suppress(sqlite3.DatabaseError):
        other.execute("PRAGMA user_version = 1")
    other.close()
    told = []
    for number in (3, 4, 5):
        writer.write(repetition(number), number)
        told += wait_for(writer, 1)
    writer.close()
    assert [number for number, _ in told] == [3, 4, 5]
    assert any("damaged" in error for _, error in told)
    assert told[-1] == (5, "")
    (session,) = sessions(path)
    assert [done.number for done in session.repetitions] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("record", [Answered(2**70, "side", "left"), Answered(1, "side", object())])  # type: ignore[arg-type]
def test_a_record_that_will_never_be_taken_does_not_stop_those_behind_it(path: Path, record: Answered) -> None:
    writer = HistoryWriter(path)
    writer.begin(START)
    writer.write(record, 1)
    writer.write(repetition(1), 2)
    (first, second) = answers(writer)
    assert first[0] == 1
    assert first[1]
    assert second == (2, "")


def test_it_is_the_first_run_until_the_safety_sentence_is_answered_with_yes(path: Path) -> None:
    firsts = []
    for value in (None, "no", "yes", "yes"):
        writer = HistoryWriter(path)
        firsts.append(writer.begin(START))
        writer.write(Answered(1, "acknowledge", value), 1)
        writer.close()
    assert firsts == [True, True, True, False]


def test_where_the_history_can_not_be_read_the_safety_sentence_is_heard_again(path: Path) -> None:
    path.parent.mkdir()
    path.write_text("no database" * 1000)
    writer = HistoryWriter(path)
    assert writer.begin(START)
    writer.close()


def test_a_mistake_of_ours_is_not_kept_quiet(path: Path) -> None:
    writer = HistoryWriter(path)
    writer.begin(None)  # type: ignore[arg-type]
    writer.write("no record", 1)  # type: ignore[arg-type]
    writer._background.submit(lambda: (int("not a number"), ""))
    with pytest.raises(ValueError, match="not a number"):
        writer.close()


# Forgetting


def test_a_second_log_that_cant_be_written_is_told_once_at_the_end(path: Path) -> None:
    """The history has all of it, but once only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_name(path.name + ".since").mkdir()
    writer = HistoryWriter(path, patient=True)
    writer.begin(START)
    writer.write(RepetitionDone(32_000, 1, 16_000, 1.0), 1)
    writer.write(RepetitionDone(64_000, 2, 48_000, 1.0), 2)
    assert writer.poll() == [(1, ""), (2, "")]
    trouble = writer.close()
    assert trouble.startswith(f"The second log of the history, {path}.since, can't be written (Is a directory)")
    with Store.open(path) as store:
        assert len(store.sessions()[0].repetitions) == 2


def test_after_forgetting_nothing_is_left_and_nothing_is_written_any_more(path: Path) -> None:
    path.parent.mkdir()
    calibration = path.with_name("calibration.json")
    writer = HistoryWriter(path, patient=True, others=[calibration])
    writer.begin(START)
    calibration.write_text("{}")
    writer.write(repetition(1), 1)
    writer.forget(2)
    writer.write(Ended(200_000, "completed", 1, 0, 0), 3)
    assert answers(writer) == [(1, ""), (2, ""), (3, "")]
    assert writer.close() == ""
    assert list(path.parent.iterdir()) == []


def test_what_could_not_be_forgotten_is_told_and_the_session_goes_on(path: Path) -> None:
    writer = HistoryWriter(path, patient=True)
    writer.begin(START)
    writer.write(repetition(1), 1)
    assert writer.poll() == [(1, "")]
    with Store.open(path) as other:
        other.sessions()
        writer.forget(2)
        ((number, error),) = writer.poll()
        assert number == 2
        assert "history" in error
    writer.write(repetition(2), 3)
    assert writer.poll() == [(3, "")]
    assert writer.close() == ""
    assert [len(session.repetitions) for session in sessions(path)] == [2]
