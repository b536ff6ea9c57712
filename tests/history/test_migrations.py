"""The copy that is kept before a migration: whole, private, the last few, and no migration without one."""

import stat
from contextlib import closing
from pathlib import Path

import pytest

from tests.history.course import Done, write
from tests.history.test_backups import SHARED_MEMORY, numbers, room_for
from voice_coach.errors import HistoryError
from voice_coach.history.backups import restore, traces
from voice_coach.history.database import connect
from voice_coach.history.migrations import MAX_COPIES, MIGRATIONS, copies_before, keep_before, version_of
from voice_coach.history.store import Store

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
