"""The copy that is kept before a migration: whole, private, the last few, and no migration without one."""

import stat
import zlib
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from tests.history.course import FIRST, Done, write
from tests.history.test_backups import SHARED_MEMORY, numbers, room_for
from voice_coach.errors import HistoryError
from voice_coach.exercise.library import entries
from voice_coach.history import journal
from voice_coach.history.backups import restore, traces
from voice_coach.history.clock import Moment
from voice_coach.history.database import connect
from voice_coach.history.migrations import (
    MAX_COPIES,
    MIGRATIONS,
    PER_DAY_OF_0_1_0,
    copies_before,
    keep_before,
    m001_initial,
    version_of,
)
from voice_coach.history.recovery import mend
from voice_coach.history.store import Store
from voice_coach.records import SessionStart

NOW = len(MIGRATIONS)


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Return a history of two sessions, in the form of today."""
    path = tmp_path / "history.db"
    write(path, [Done(), Done(day=1)])
    return path


def come_to(history: Path, version: int, newest: int) -> None:
    """Keep a copy of a history of this version for migrations up to the newest."""
    with closing(connect(history)) as db:
        db.execute(f"PRAGMA user_version = {version}")
        keep_before(db, history, newest)


def test_before_a_new_form_the_history_is_copied_as_it_is(history: Path) -> None:
    come_to(history, NOW, NOW + 1)
    (copy,) = copies_before(history)
    assert copy.name == f"history.db.version-{NOW}"
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert numbers(copy) == [2, 1]
    with closing(connect(copy)) as db:
        assert version_of(db) == NOW
    history.write_bytes(b"")
    assert restore(history, copy)[0] == 2


def test_what_was_written_and_is_not_in_the_file_yet_is_in_the_copy(history: Path) -> None:
    with Store.open(history):  # so that the write-ahead log stays
        write(history, [Done(day=2)])
        come_to(history, NOW, NOW + 1)
    assert numbers(copies_before(history)[0]) == [3, 2, 1]


@pytest.mark.parametrize("version", [0, NOW])
def test_a_new_history_and_one_of_today_are_not_copied(history: Path, version: int) -> None:
    come_to(history, version, NOW)
    assert copies_before(history) == []


def test_only_the_last_few_are_kept_and_nothing_else_is_touched(history: Path) -> None:
    other = history.with_name("history.db.version-of-mine")
    other.touch()
    for version in range(1, 13):
        come_to(history, version, 99)
    assert [copy.name for copy in copies_before(history)] == [f"history.db.version-{number}" for number in (10, 11, 12)]
    assert len(copies_before(history)) == MAX_COPIES
    assert other.exists()
    assert {*copies_before(history), other} < set(traces(history))


def test_without_room_for_the_copy_nothing_is_changed(history: Path) -> None:
    before = history.read_bytes()
    with (
        closing(connect(history)) as db,
        room_for(SHARED_MEMORY),
        pytest.raises(HistoryError, match=rf"version-{NOW} .*(space|disk)"),
    ):
        keep_before(db, history, NOW + 1)
    assert copies_before(history) == []
    assert not [path for path in history.parent.iterdir() if path.name.startswith(".")]
    assert history.read_bytes() == before


# What each migration does to a history of the version before


def as_version_one(path: Path, targets: dict[str, int]) -> None:
    """Write a history as version 0.1.0 did: a session of each of these exercises, with this number a day."""
    with closing(connect(path)) as db:
        m001_initial(db)
        for exercise, target in targets.items():
            db.execute(
                "INSERT INTO sessions (schema_version, app_version, exercise_id, exercise_version, started, timezone,"
                " session_no_today, target_per_day, reps_target) VALUES (1, '0.1.0', ?, 1, ?, 'UTC', 1, ?, 10)",
                [exercise, "2021-05-06T08:30:00+00:00", target],
            )
        db.execute("PRAGMA user_version = 1")


def test_three_a_day_for_every_exercise_becomes_what_each_asks_for(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    as_version_one(path, {"flexion_rotation": 3, "bridge": 3, "prone_lying": 3, "of_my_own": 3})
    with Store.open(path) as store:
        found = {session.exercise_id: session.target_per_day for session in store.sessions()}
    assert found == {"flexion_rotation": 3, "bridge": 1, "prone_lying": 0, "of_my_own": None}
    with closing(connect(path)) as db:
        assert version_of(db) == NOW
    (copy,) = copies_before(path)
    with closing(connect(copy)) as db:
        assert version_of(db) == 1
        assert db.execute("SELECT DISTINCT target_per_day FROM sessions").fetchall()[0][0] == 3


def test_the_numbers_of_the_first_version_are_those_of_our_exercises() -> None:
    """Fails when an exercise gets another number a day: then its `version` must tell the two apart."""
    ours = {entry.id: entry.exercise for entry in entries() if not entry.own}
    assert {
        name: exercise.per_day for name, exercise in ours.items() if exercise and exercise.version == 1
    } == PER_DAY_OF_0_1_0


def test_lines_of_the_first_version_are_put_together_with_what_each_exercise_asks_for(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    start = SessionStart(
        started=FIRST, exercise_id="bridge", exercise_version=1, app_version="0.1.0", hold_s=None, reps_target=5
    )
    line = msgspec.to_builtins(journal.entry(1, start, Moment(FIRST)))
    del line["start"]["per_day"]
    line["start"]["target_per_day"] = 3
    text = msgspec.json.encode(line)
    path.with_name("history.db.since").write_bytes(b"\n%08x %b\n" % (zlib.crc32(text), text))
    mend(path)
    with Store.open(path) as store:
        assert [(one.exercise_id, one.target_per_day) for one in store.sessions()] == [("bridge", 1)]


def test_a_history_of_the_first_version_that_can_not_be_written_is_read_all_the_same(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    as_version_one(path, {"bridge": 3})
    before = path.read_bytes()
    with room_for(SHARED_MEMORY):  # no copy can be kept, so nothing is migrated
        store = Store.look(path)
    assert store is not None
    with store:
        assert [(one.exercise_id, one.target_per_day) for one in store.sessions()] == [("bridge", 1)]
    assert path.read_bytes() == before
