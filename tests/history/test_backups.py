"""A copy of the history, the way back to it, and the end of it: whatever goes wrong, nothing is lost."""

import resource
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.history.course import Done, write
from tests.history.dying import START
from voice_coach.errors import HistoryError
from voice_coach.files.atomic import write_user_file as write_file
from voice_coach.history import journal
from voice_coach.history.backups import backup, erase, restore, traces
from voice_coach.history.migrations import MIGRATIONS
from voice_coach.history.recovery import mend
from voice_coach.history.store import Store
from voice_coach.history.writer import HistoryWriter

SHARED_MEMORY = 32768
"""Bytes of the file beside a history that SQLite needs to read it at all."""


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """Return the path of a history of two sessions."""
    path = tmp_path / "data" / "history.db"
    write(path, [Done(), Done(day=1)])
    return path


@pytest.fixture
def copy(history: Path, tmp_path: Path) -> Path:
    """Return a copy of the history."""
    path = tmp_path / "copy.db"
    assert backup(history, path) == 2
    return path


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_a_link_leads_to_is_deleted_too(history: Path, tmp_path: Path) -> None:
    """It was said that all is forgotten of a history that was still whole behind the link."""
    elsewhere = history.rename(tmp_path / "elsewhere.db")
    history.symlink_to(elsewhere)
    erase(history, [])
    assert traces(history) == []
    assert names(tmp_path) == ["data"]


def test_a_link_to_a_folder_is_named_and_nothing_is_deleted(history: Path, tmp_path: Path) -> None:
    others = tmp_path / "others"
    others.mkdir()
    (others / "holiday.jpg").touch()
    (tmp_path / "speech").symlink_to(others)
    with pytest.raises(HistoryError, match=f"is a link to the folder {others}, and nothing was deleted"):
        erase(history, [tmp_path / "speech"])
    assert (others / "holiday.jpg").exists()
    assert sorted(numbers(history)) == [1, 2]


def test_a_history_behind_a_link_is_restored_behind_it(history: Path, copy: Path, tmp_path: Path) -> None:
    elsewhere = history.rename(tmp_path / "elsewhere.db")
    history.symlink_to(elsewhere)
    write(history, [Done(day=2)])
    restore(history, copy)
    assert history.is_symlink()
    assert sorted(numbers(elsewhere)) == [1, 2]


@pytest.mark.parametrize("what", ["it is empty", "it is gone"])
def test_a_history_of_which_only_the_second_log_is_left_is_damaged(tmp_path: Path, what: str) -> None:
    """`history` said "No sessions yet" of an empty file, and the next session brought all of them back."""
    path = tmp_path / "history.db"
    writer = HistoryWriter(path)
    writer.begin(START)
    assert writer.close() == ""
    path.write_bytes(b"") if what == "it is empty" else path.unlink()
    with pytest.raises(HistoryError, match=rf"damaged \({what}\).* start a session: that puts it together again"):
        Store.look(path)
    assert len(mend(path).sessions or []) == 1


def numbers(path: Path) -> list[int]:
    """Return the sessions of a history."""
    with Store.open(path) as store:
        return [session.id for session in store.sessions()]


def names(folder: Path) -> list[str]:
    """Return the files of a folder."""
    return sorted(path.name for path in folder.iterdir())


def forged(path: Path, *statements: str) -> Path:
    """Make a database by hand."""
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)
    return path


# Backup


def test_a_copy_is_one_file_for_its_owner_alone_and_reads_like_the_history(history: Path, copy: Path) -> None:
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert names(copy.parent) == ["copy.db", "data"]
    assert numbers(copy) == numbers(history) == [2, 1]


def test_a_copy_can_be_made_while_a_session_writes(history: Path, tmp_path: Path) -> None:
    with Store.open(history) as store:
        store._db.execute("BEGIN IMMEDIATE")
        store._db.execute("DELETE FROM sessions")
        assert backup(history, tmp_path / "copy.db") == 2
        store._db.execute("ROLLBACK")
    assert numbers(tmp_path / "copy.db") == [2, 1]


def test_a_file_that_is_there_is_never_overwritten(history: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(HistoryError, match=r"thesis\.txt already exists; name a new file"):
        backup(history, tmp_path / "thesis.txt")
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_without_a_history_there_is_nothing_to_copy(tmp_path: Path) -> None:
    with pytest.raises(HistoryError, match="no history to back up yet"):
        backup(tmp_path / "history.db", tmp_path / "copy.db")
    assert names(tmp_path) == []


def test_a_damaged_history_is_not_copied(history: Path, tmp_path: Path) -> None:
    history.write_bytes(b"hello" * 5000)
    with pytest.raises(HistoryError, match="is damaged"):
        backup(history, tmp_path / "copy.db")
    assert names(tmp_path) == ["data"]


def test_a_full_disk_leaves_no_half_of_a_copy(history: Path, tmp_path: Path) -> None:
    with room_for(SHARED_MEMORY), pytest.raises(HistoryError, match=r"copy\.db"):
        backup(history, tmp_path / "copy.db")
    assert names(tmp_path) == ["data"]
    assert numbers(history) == [2, 1]


def test_a_folder_that_is_not_there_is_told(history: Path, tmp_path: Path) -> None:
    with pytest.raises(
        HistoryError, match=r"copy\.db can't be written \(No such file or directory\); nothing was changed"
    ):
        backup(history, tmp_path / "nowhere" / "copy.db")


# Restore


def test_the_way_back_keeps_what_was_there(history: Path, copy: Path) -> None:
    write(history, [Done(day=2)])
    number, kept = restore(history, copy)
    assert (number, numbers(history)) == (2, [2, 1])
    assert kept is not None
    assert numbers(kept) == [3, 2, 1]
    assert stat.S_IMODE(history.stat().st_mode) == stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_history_that_is_gone_comes_back(copy: Path, tmp_path: Path) -> None:
    path = tmp_path / "new" / "history.db"
    assert restore(path, copy) == (2, None)
    assert numbers(path) == [2, 1]
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_damaged_history_is_kept_aside(history: Path, copy: Path) -> None:
    history.write_bytes(b"hello" * 5000)
    number, kept = restore(history, copy)
    assert (number, numbers(history)) == (2, [2, 1])
    assert kept == history.with_name("history.db.damaged-1")
    assert kept.read_bytes() == b"hello" * 5000


def test_a_history_that_was_copied_by_hand_is_taken_with_what_lies_beside_it(history: Path, tmp_path: Path) -> None:
    other = tmp_path / "by_hand.db"
    with Store.open(history) as store:
        store._db.execute("UPDATE sessions SET note = 'only in the journal'")
        for ending in ("", "-wal"):
            Path(f"{other}{ending}").write_bytes(Path(f"{history}{ending}").read_bytes())
    restore(history, other)
    with Store.open(history) as store:
        assert {session.note for session in store.sessions()} == {"only in the journal"}


def torn(copy: Path) -> None:
    """Overwrite the middle of a file."""
    content = copy.read_bytes()
    copy.write_bytes(content[:8192] + b"\xff" * 16384 + content[24576:])


def cut(copy: Path) -> None:
    """Cut a file off."""
    copy.write_bytes(copy.read_bytes()[:20000])


def emptied(copy: Path) -> None:
    """Leave nothing in a file."""
    copy.write_bytes(b"")


def replaced(copy: Path) -> None:
    """Put something else into a file."""
    copy.write_text("Dear diary, " * 1000)


def foreign(copy: Path) -> None:
    """Put another program's database into a file."""
    copy.unlink()
    forged(copy, "CREATE TABLE bookmarks (x)", "PRAGMA user_version = 1")


def newer(copy: Path) -> None:
    """Let a newer version have written a file."""
    forged(copy, "PRAGMA user_version = 99")


def loosened(copy: Path) -> None:
    """Take a session away from its repetitions."""
    forged(copy, "PRAGMA foreign_keys = OFF", "DELETE FROM sessions WHERE id = 1")


def garbled(copy: Path) -> None:
    """Overwrite a byte of the schema: SQLite quotes it in what it says is wrong."""
    content = copy.read_bytes()
    assert b"CREATE TABLE pauses (" in content
    copy.write_bytes(content.replace(b"CREATE TABLE pauses (", b"CREATE TABLE pauses \xff"))


def missing(copy: Path) -> None:
    """Take a file away."""
    copy.unlink()


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (torn, r"copy\.db is damaged, or not a backup of the history \(.*\); nothing was changed"),
        (cut, r"copy\.db is damaged, or not a backup of the history \(.*\); nothing was changed"),
        (emptied, r"copy\.db is a database but not a backup of the history; nothing was changed"),
        (replaced, r"copy\.db is damaged, or not a backup of the history \(file is not a database\); nothing"),
        (foreign, r"copy\.db is a database but not a backup of the history; nothing was changed"),
        (
            newer,
            rf"newer voice-coach \(version 99, this one knows {len(MIGRATIONS)}\); update voice-coach; nothing was",
        ),
        (loosened, r"copy\.db is damaged, or not a backup .*parts of sessions that are not there.*; nothing"),
        (garbled, r"copy\.db is damaged, or not a backup of the history \(.*utf-8.*\); nothing was changed"),
        (missing, r"copy\.db does not exist; name the file that `voice-coach backup` wrote"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_no_sound_copy_is_refused_and_nothing_is_touched(damage, sentence, history: Path, copy: Path) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    write(history, [Done(day=2)])
    before = history.read_bytes()
    damage(copy)
    with pytest.raises(HistoryError, match=sentence) as caught:
        restore(history, copy)
    assert "\n" not in str(caught.value)
    assert history.read_bytes() == before
    assert names(history.parent) == ["history.db"]
    assert numbers(history) == [3, 2, 1]


def test_the_history_itself_is_no_copy_of_it(history: Path) -> None:
    with pytest.raises(HistoryError, match="is the history itself"):
        restore(history, history)
    assert numbers(history) == [2, 1]


def test_nothing_is_replaced_while_a_session_goes_on(history: Path, copy: Path) -> None:
    with Store.open(history) as store:
        store.sessions()
        with pytest.raises(HistoryError, match="another program keeps it locked; close that program"):
            restore(history, copy)
        assert [session.id for session in store.sessions()] == [2, 1]
    assert names(history.parent) == ["history.db"]


def test_a_disk_too_full_for_the_copy_leaves_the_history_as_it_was(history: Path, copy: Path) -> None:
    before = history.read_bytes()
    with room_for(SHARED_MEMORY), pytest.raises(HistoryError, match=r"disk"):
        restore(history, copy)
    assert history.read_bytes() == before
    assert numbers(history) == [2, 1]
    assert names(history.parent) == ["history.db"]


def test_a_disk_too_full_to_keep_the_former_history_leaves_it_as_it_was(history: Path, copy: Path) -> None:
    write(history, [Done(day=2)] * 60)
    assert history.stat().st_size > copy.stat().st_size + 4096 > SHARED_MEMORY
    with (
        room_for(copy.stat().st_size + 4096),
        pytest.raises(HistoryError, match=r"before-restore could not be used .*disk"),
    ):
        restore(history, copy)
    assert len(numbers(history)) == 62
    assert names(history.parent) == ["history.db"]


# Forget


def test_everything_goes_with_all_its_traces(history: Path, copy: Path, tmp_path: Path) -> None:
    restore(history, copy)
    history.with_name("history.db.damaged-1").write_bytes(b"x")
    history.with_name(".history.db.abc.new").write_bytes(b"half a copy that a power cut left")
    history.with_name("models").mkdir()
    speech = tmp_path / "speech"
    (speech / "deeper").mkdir(parents=True)
    (speech / "deeper" / "1.pcm").write_bytes(b"x")
    assert len(traces(history)) == 4
    erase(history, [speech, tmp_path / "not_there"])
    assert names(history.parent) == ["models"]
    assert names(tmp_path) == ["copy.db", "data"]


def test_a_damaged_history_goes_too(history: Path) -> None:
    history.write_bytes(b"hello" * 5000)
    erase(history, [])
    assert names(history.parent) == []


def test_without_a_folder_there_are_no_traces(tmp_path: Path) -> None:
    assert traces(tmp_path / "nowhere" / "history.db") == []


def test_nothing_is_deleted_while_a_session_goes_on(history: Path, tmp_path: Path) -> None:
    (tmp_path / "speech").mkdir()
    with Store.open(history) as store:
        store.sessions()
        with pytest.raises(HistoryError, match="another program keeps it locked"):
            erase(history, [tmp_path / "speech"])
    assert numbers(history) == [2, 1]
    assert (tmp_path / "speech").is_dir()


def test_what_can_not_be_deleted_is_named(history: Path) -> None:
    with pytest.raises(HistoryError, match=r"^/proc/self/status can't be deleted \(.*\); it is left"):
        erase(history, [Path("/proc/self/status")])
    assert names(history.parent) == []


# Files that are written whole or not at all


def test_a_file_that_does_not_fit_leaves_the_former_one(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    write_file(path, "the former one")
    with (
        room_for(10),
        pytest.raises(HistoryError, match=r"report\.html can't be written \(File too large\); nothing was"),
    ):
        write_file(path, "x" * 100)
    assert path.read_text() == "the former one"
    assert names(tmp_path) == ["report.html"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


# The second log goes with the history


def test_a_restored_history_has_nothing_of_the_second_log_of_the_former_one(history: Path, copy: Path) -> None:
    mend(history)
    hold(history)
    assert [path.name for path in journal.files(history) if path.exists()] == ["history.db.spare", "history.db.since"]
    restore(history, copy)
    assert not any(path.exists() for path in journal.files(history))
    assert mend(history).told == ""
    assert numbers(history) == [2, 1]


def test_everything_goes_with_the_second_log_too(history: Path) -> None:
    mend(history)
    hold(history)
    erase(history, [])
    assert names(history.parent) == []
    assert mend(history).sessions == []


def hold(history: Path) -> None:
    """Hold one more session."""
    writer = HistoryWriter(history)
    writer.begin(START)
    assert writer.close() == ""
