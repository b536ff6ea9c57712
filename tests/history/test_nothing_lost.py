"""Whatever write a session dies in, and whatever becomes of its files: the next start has all that was saved."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.history.dying import RECORDS, START
from tests.history.test_backups import SHARED_MEMORY, room_for
from voice_coach.clinical.eligibility import lock_of
from voice_coach.clinical.past import Past
from voice_coach.history import journal
from voice_coach.history.database import connect
from voice_coach.history.recovery import COPY_SHARE, NEW_COPY_FROM, Found, mend, open_past
from voice_coach.history.store import Store
from voice_coach.history.writer import HistoryWriter
from voice_coach.records import Answered, RepetitionDone, Session, SessionRecord, SessionStart, Stopped

PAGE = 4096
TODAY = date(2031, 1, 1)
LATER = replace(START, started=START.started + timedelta(hours=4))
DATABASE, LOG, SINCE = "history.db", "history.db-wal", "history.db.since"

Outcomes = dict[str, list[tuple[list[int], int]]]
Files = dict[str, bytes]


def hold(path: Path, start: SessionStart = START, records: Iterable[SessionRecord] = RECORDS) -> HistoryWriter:
    """Hold a session, and leave it as it stands when the last record is saved."""
    writer = HistoryWriter(path, patient=True)
    writer.begin(start)
    for number, record in enumerate(records, 1):
        writer.write(record, number)
        assert writer.poll() == [(number, "")]
    return writer


def die(folder: Path, *deaths: tuple[str, str, int]) -> Outcomes:
    """Let a session die in each of these ways: a name, the way, its number."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.history.dying", str(folder)],
        input=json.dumps(deaths), capture_output=True, text=True, check=True, timeout=300,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    outcomes: Outcomes = json.loads(done.stdout)
    return outcomes


def records_of(session: Session) -> set[SessionRecord]:
    """Return what can't be done again: repetitions, answers, stops, calls for help, and what was misheard."""
    return {*session.repetitions, *session.answers, *session.stops, *session.help_calls, *session.misheard}


def lacking(found: Found, saved: Sequence[int], exercise: str = START.exercise_id) -> list[SessionRecord]:
    """Return what was saved and is not there: no repetition, no answer, no red event may be missing."""
    assert found.sessions is not None
    there = set().union(*(records_of(one) for one in found.sessions if one.exercise_id == exercise))
    kept = [RECORDS[number - 1] for number in saved]
    return [record for record in kept if hasattr(record, "at") and record not in there and record in ALL]


KEPT = {"Answered", "HelpCall", "Misheard", "RepetitionDone", "Stopped"}
ALL = {record for record in RECORDS if type(record).__name__ in KEPT}
RED = next(number for number, record in enumerate(RECORDS, 1) if isinstance(record, Stopped))


# A session that dies in the middle of a write


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a history with one session, closed in order: what comes goes into files that begin anew."""
    folder = tmp_path_factory.mktemp("grown")
    hold(folder / DATABASE, replace(START, exercise_id="pelvic_tilt")).close()
    return folder


def folders(folder: Path, grown: Path, names: Iterable[str]) -> None:
    """Make a folder with a history for each of these names."""
    for name in names:
        shutil.copytree(grown, folder / name)


@pytest.mark.parametrize(
    ("way", "numbers"),
    [
        ("torn", range(0, 165_000, 4_999)),
        ("killed", range(0, 60, 3)),
        ("full", range(0, 165_000, 14_983)),
        pytest.param("torn", range(0, 165_000, 331), marks=pytest.mark.slow),
        pytest.param("killed", range(60), marks=pytest.mark.slow),
        pytest.param("full", range(0, 165_000, 1_321), marks=pytest.mark.slow),
    ],
    ids=["torn", "killed", "full", "torn at many bytes", "killed before every statement", "full at many bytes"],
)
def test_in_whatever_write_it_dies_the_next_start_has_what_was_saved(
    tmp_path: Path, grown: Path, way: str, numbers: range
) -> None:
    deaths = [(f"{way}-{number}", way, number) for number in numbers]
    folders(tmp_path, grown, (name for name, _, _ in deaths))
    outcomes = die(tmp_path, *deaths)
    lengths = set()
    for name, ((saved, _),) in outcomes.items():
        found = mend(tmp_path / name / DATABASE)
        assert lacking(found, saved) == []
        assert found.sessions is not None
        assert sum(one.exercise_id == "pelvic_tilt" for one in found.sessions) == 1
        locked = lock_of(found.sessions, START.exercise_id, TODAY)
        assert locked or RED not in saved
        lengths.add(len(saved))
    assert {0, len(RECORDS)} <= lengths
    assert len(lengths) > (4 if way == "full" else 8)
    if way == "torn":
        assert {signal for ((_, signal),) in outcomes.values()} == {0, 25}


def test_a_session_that_was_killed_is_gone_on_with_by_the_same_file(tmp_path: Path) -> None:
    die(tmp_path, ("one", "killed", 30))
    path = tmp_path / "one" / DATABASE
    assert mend(path).told == ""
    hold(path, LATER).close()
    with Store.open(path) as store:
        assert [session.id for session in store.sessions()] == [2, 1]


def test_two_sessions_at_once_are_both_there_also_when_the_file_is_destroyed_behind_them(tmp_path: Path) -> None:
    ((one, _), (other, _)) = die(tmp_path, ("both", "beside", 0))["both"]
    path = tmp_path / "both" / DATABASE
    assert len(one) == len(other) == len(RECORDS)
    (path.parent / LOG).unlink()
    path.write_bytes(b"\xff" * 10_000)
    found = mend(path)
    assert "was damaged and is kept as history.db.damaged-1" in found.told
    assert lacking(found, one) == lacking(found, other, "pelvic_tilt") == []
    assert found.sessions is not None
    assert len(found.sessions) == 2


# What becomes of the files afterwards


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[Files]:
    """Return the files of a history at each step of a session: behind its beginning, and behind each record."""
    folder = tmp_path_factory.mktemp("steps")
    writer = HistoryWriter(folder / DATABASE, patient=True)
    writer.begin(START)
    writer.poll()
    found = [read(folder)]
    for number, record in enumerate(RECORDS, 1):
        writer.write(record, number)
        writer.poll()
        found.append(read(folder))
    writer.close()
    found.append(read(folder))
    return found


def read(folder: Path) -> Files:
    """Return the files as they are on the disk after a power cut: what the processes share is gone."""
    return {path.name: path.read_bytes() for path in folder.iterdir() if not path.name.endswith("-shm")}


def laid(folder: Path, files: Files) -> Path:
    """Put files into an empty folder, and return the history's path."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder / DATABASE


def cut(content: bytes, at: int) -> bytes:
    """Return what was written before this byte."""
    return content[:at]


def flipped(content: bytes, at: int) -> bytes:
    """Return it with one byte changed."""
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


def page_of(value: int) -> Callable[[bytes, int], bytes]:
    """Return what fills the page that a byte is in with this value."""

    def garble(content: bytes, at: int) -> bytes:
        start = at // PAGE * PAGE
        return content[:start] + bytes([value]) * len(content[start : start + PAGE]) + content[start + PAGE :]

    return garble


DAMAGES = {"cut": cut, "flipped": flipped, "zeroed": page_of(0), "garbled": page_of(0xFF)}
FOLDER = "damaged"


def survives(tmp_path: Path, steps: list[Files], step: int, name: str, damage: str, where: float) -> Found:
    """Damage a file at a step, start, and see that all is there that was saved by then."""
    files = dict(steps[step])
    if not files.get(name):
        return Found([], [])
    files[name] = DAMAGES[damage](files[name], min(int(where * len(files[name])), len(files[name]) - 1))
    found = mend(laid(tmp_path / FOLDER, files))
    saved = range(1, min(step, len(RECORDS)) + 1)
    assert lacking(found, saved) == []
    assert mend(tmp_path / FOLDER / DATABASE).told == ""  # and is from then on
    return found


@given(
    step=st.integers(0, len(RECORDS) + 1),
    name=st.sampled_from([DATABASE, LOG, SINCE]),
    damage=st.sampled_from(sorted(DAMAGES)),
    where=st.floats(0, 1, exclude_max=True),
)
@example(step=len(RECORDS) + 1, name=DATABASE, damage="cut", where=0)
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_torn_or_garbled_at_any_byte_nothing_that_was_saved_is_lost(
    tmp_path: Path, steps: list[Files], step: int, name: str, damage: str, where: float
) -> None:
    survives(tmp_path, steps, step, name, damage, where)


@pytest.mark.parametrize(
    "damage", ["cut", "garbled", *(pytest.param(name, marks=pytest.mark.slow) for name in ("flipped", "zeroed"))]
)
def test_at_every_page_of_a_closed_history_it_is_told_or_all_is_there(
    tmp_path: Path, steps: list[Files], damage: str
) -> None:
    pages = len(steps[-1][DATABASE]) // PAGE
    told = [survives(tmp_path, steps, len(steps) - 1, DATABASE, damage, page / pages).told for page in range(pages)]
    assert any("was damaged and is kept as history.db.damaged-1; it was rebuilt" in text for text in told)


@pytest.mark.slow
@pytest.mark.parametrize("name", [DATABASE, LOG, SINCE])
def test_torn_at_many_bytes_behind_every_record(tmp_path: Path, steps: list[Files], name: str) -> None:
    for step, files in enumerate(steps):
        size = len(files.get(name, b""))
        new = range(max(0, size - 3 * PAGE), size, 211)
        for at in new:
            survives(tmp_path, steps, step, name, "cut", at / size)


def test_a_file_that_is_gone_or_cut_to_nothing_is_never_taken_for_a_first_run(
    tmp_path: Path, steps: list[Files]
) -> None:
    for content in (None, b""):
        files = {SINCE: steps[-1][SINCE], **({} if content is None else {DATABASE: content})}
        past, told = open_past(LATER, laid(tmp_path / FOLDER, files))
        assert "it was rebuilt from its second log: 1 session." in told
        assert past.mended
        assert past.lock
        assert past.lock.reason == "peripheralised"


def test_damaged_beyond_help_it_is_told_kept_and_not_read_as_empty(tmp_path: Path, steps: list[Files]) -> None:
    path = laid(tmp_path / FOLDER, {DATABASE: b"x" + steps[-1][DATABASE][1:]})
    past, told = open_past(START, path)
    assert told.endswith("is kept as history.db.damaged-1; there was no second log of it, and a new one begins.")
    assert past == Past(readable=False, screening="full", course=past.course, choice=past.choice)
    assert path.with_name("history.db.damaged-1").read_bytes()[1:] == steps[-1][DATABASE][1:]


def test_a_session_that_meets_the_damage_goes_on_in_the_mended_file(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    hold(path).close()
    writer = hold(path, LATER, RECORDS[:5])
    with closing(connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * (len(content) - 100))
    with closing(connect(path)) as other, suppress(sqlite3.DatabaseError):
        other.execute("PRAGMA user_version = 1")  # another writer makes ours read the file again
    told = []
    for number in range(6, len(RECORDS) + 1):
        writer.write(RECORDS[number - 1], number)
        told += writer.poll()
    assert writer.close() == ""
    assert any("damaged" in error for _, error in told)
    found = mend(path)
    assert found.sessions is not None
    assert [session.id for session in found.sessions] == [2, 1]
    assert [records_of(session) for session in found.sessions] == [ALL, ALL]


# The whole copy


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """Return a history of so many sessions that a whole copy of it is due."""
    path = tmp_path / DATABASE
    number = 0
    while journal.size(path) < NEW_COPY_FROM:
        number += 1
        hold(path, replace(START, started=START.started + timedelta(hours=number))).close()
    return path


def test_when_the_lines_are_many_a_whole_copy_is_made_and_they_begin_anew(long: Path) -> None:
    before = mend(long)
    assert before.told == ""
    assert journal.size(long) == 0
    assert journal.spare(long).stat().st_mode & 0o777 == 0o600
    hold(long, LATER).close()
    long.write_bytes(b"")
    found = mend(long)
    assert before.sessions is not None
    assert found.told.endswith(f"from its second log: {len(before.sessions) + 1} sessions.")
    assert found.sessions is not None
    assert found.sessions[1:] == before.sessions
    assert records_of(found.sessions[0]) == ALL


def test_a_long_history_is_not_copied_before_the_lines_have_a_sixteenth_of_its_size(long: Path) -> None:
    """A copy of years of sessions every few days would write more than all else."""
    hold(long, LATER, [Answered(1, "side", "left", "left " * 300_000, 0.9)]).close()
    mend(long)
    assert journal.size(long) == 0
    for due, left in ((NEW_COPY_FROM, True), (long.stat().st_size // COPY_SHARE, False)):
        while journal.size(long) < due:
            hold(long, LATER).close()
        sessions = mend(long).sessions
        assert (journal.size(long) > 0) == left
        long.write_bytes(b"")
        assert mend(long).sessions == sessions


def test_a_copy_that_was_begun_and_not_finished_costs_nothing(long: Path) -> None:
    journal.set_apart(long)
    hold(long, LATER).close()
    assert journal.set_apart(long).name == "history.db.since-former"
    sessions = mend(long).sessions
    long.write_bytes(b"")
    assert sessions is not None
    assert len(mend(long).sessions or []) == len(sessions)


def test_a_copy_that_is_damaged_too_is_kept_and_the_lines_still_count(long: Path) -> None:
    mend(long)
    hold(long, LATER).close()
    journal.spare(long).write_bytes(b"\xff" * 10_000)
    long.write_bytes(b"\xff" * 10_000)
    found = mend(long)
    assert [records_of(one) for one in found.sessions or []] == [ALL]
    assert long.with_name("history.db.spare.damaged-1").exists()


def test_where_there_is_no_room_to_put_it_together_it_is_done_when_there_is(long: Path) -> None:
    before = mend(long).sessions
    long.write_bytes(b"\xff" * 10_000)
    with room_for(SHARED_MEMORY):
        past, told = open_past(LATER, long)
    assert (past.readable, past.screening, told) == (False, "full", "")
    assert journal.spare(long).exists()
    past, told = open_past(LATER, long)
    assert "it was rebuilt" in told
    assert past.lock
    assert mend(long).sessions == before


def test_lines_of_a_later_version_and_of_another_history_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    writer = hold(path, records=RECORDS[:5])
    line = journal.entries(path)[-1]
    journal.append(path, replace_kind(line, "Danced"))
    writer.close()
    assert mend(path).told == ""
    other = replace(START, exercise_id="other", started=START.started + timedelta(seconds=1))
    journal.append(path, journal.entry(1, other, line.at))
    journal.append(path, journal.entry(1, other, line.at, RepetitionDone(5, 1, 1, 1.0)))
    assert "had lost 1 record; it was restored" in mend(path).told
    assert [session.exercise_id for session in mend(path).sessions or []] == ["other", START.exercise_id]


def replace_kind(line: journal.Entry, kind: str) -> journal.Entry:
    """Return the line of a record of another kind."""
    return journal.Entry(line.session, line.start, line.at, kind, line.fields)


# Where nothing can be written, and where a newer version has


@pytest.fixture
def closed_folder(tmp_path: Path) -> Iterable[Path]:
    """Return a history that was cut off, in a folder that may only be read, in a world that others can enter."""
    del tmp_path
    folder = Path(subprocess.run(["mktemp", "-d"], capture_output=True, text=True, check=True).stdout.strip())
    die(folder, ("one", "killed", 1000))
    files = read(folder / "one")
    path = laid(folder / "one", files)
    for file in path.parent.iterdir():
        file.chmod(0o444)
    path.parent.chmod(0o555)
    folder.chmod(0o755)
    yield path
    path.parent.chmod(0o755)
    shutil.rmtree(folder)


def test_on_a_disk_that_may_only_be_read_the_lock_is_known(closed_folder: Path) -> None:
    """Runs as another user where we are root, whom no permission stops."""
    text = """
import os, sys, urllib.parse  # pathlib imports that late from 3.13 on, when this user can't read our Python any more
from pathlib import Path
from tests.history.dying import START
from voice_coach.history.recovery import open_past
if os.geteuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
past, told = open_past(START, Path(sys.argv[1]))
print(past.readable, past.lock.reason, repr(told))
"""
    unmeasured = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(
        [sys.executable, "-c", text, str(closed_folder)], stdout=subprocess.PIPE, text=True, check=True, timeout=60,
        env=unmeasured, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.stdout == "True peripheralised ''\n"
    assert LOG in read(closed_folder.parent)


def test_where_sqlite_may_make_no_file_beside_it_the_history_is_read_from_memory(
    tmp_path: Path, steps: list[Files]
) -> None:
    path = laid(tmp_path / FOLDER, steps[len(RECORDS)])
    path.with_name("history.db-shm").mkdir()
    past, told = open_past(LATER, path)
    assert (past.readable, told) == (True, "")
    assert past.lock
    assert path.read_bytes() == steps[len(RECORDS)][DATABASE]


def test_a_history_of_a_newer_version_is_left_as_it_is_with_all_that_is_beside_it(tmp_path: Path) -> None:
    path = tmp_path / DATABASE
    hold(path).close()
    with closing(connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = read(tmp_path)
    past, told = open_past(LATER, path)
    assert (past.readable, past.screening, told) == (False, "full", "")
    assert {name: content for name, content in read(tmp_path).items() if content} == before
    writer = HistoryWriter(path)
    writer.begin(LATER)
    assert "update voice-coach, the file is left as it is" in writer.close()
