"""Sessions in a real SQLite file: written, read back, migrated, kept when damaged."""

import sqlite3
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from voice_coach.errors import HistoryError
from voice_coach.history.database import default_path
from voice_coach.history.errors import MAX_PUT_ASIDE, DamagedError, RefusedError, put_aside
from voice_coach.history.migrations import MIGRATIONS, migrate, transaction, version_of
from voice_coach.history.store import Store
from voice_coach.records import (
    Adjusted,
    Answered,
    Ended,
    HelpCall,
    Misheard,
    Paused,
    PauseRow,
    RepetitionDone,
    Resumed,
    Session,
    SessionRecord,
    SessionStart,
    Stopped,
)
from voice_coach.timebase import RATE

NOON = datetime(2031, 5, 6, 12, 0, tzinfo=timezone(timedelta(hours=2), "CEST"))


def start(started: datetime = NOON) -> SessionStart:
    """Return the beginning of a session."""
    return SessionStart(
        started=started,
        exercise_id="flexion_rotation",
        exercise_version=1,
        app_version="0.1.0",
        hold_s=2.0,
        reps_target=10,
        speech_rate=155,
        volume=4,
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the database will be."""
    return tmp_path / "folder" / "history.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """Return an open store."""
    with Store.open(path) as opened:
        yield opened


def saved(store: Store, *records: SessionRecord) -> Session:
    """Return a session with these records, as it is read back."""
    number = store.begin(start())
    for record in records:
        store.save(number, record)
    session = store.session(number)
    assert session is not None
    return session


def test_a_session_reads_back_as_it_was_written(store: Store) -> None:
    records: list[SessionRecord] = [
        Answered(1, "side", "right", "my right", 0.9),
        Answered(2, "side_sure", "right", "yes", 1.0),
        Answered(3, "pain_before", 6.5, "six and a half", 0.8),
        Answered(4, "furthest_before", "thigh", "my thigh", 0.7),
        Adjusted(5, "variant", "hand_on_head", "cant_reach"),
        RepetitionDone(20, 1, 10, 1.0),
        Answered(21, "check_1", "better", "a bit better", 0.95),
        Paused(22, "user"),
        Resumed(30, 8),
        Adjusted(31, "tempo", 1.25),
        Adjusted(32, "volume", 5),
        RepetitionDone(50, 2, 40, 1.25),
        Stopped(60, 2, "rest", "finish", "that's enough", "user", red=False),
        HelpCall(61, "asked", "voice mqtt", "timeout"),
        HelpCall(62, "failed", "mqtt", "coach", "the broker is gone"),
        HelpCall(63, "done", "mqtt", "coach"),
        Misheard(64, "count", "stop", "stop", "that's not what I said", taken_back=False),
        Misheard(65, "check_2", "better", "better", "you misheard me", taken_back=True),
        Answered(70, "pain_after", 4, "four", 0.9),
        Answered(71, "furthest_after", "back", "my back", 0.9),
        Ended(90 * RATE, "finished_early", 2, 1, 3),
    ]
    session = saved(store, *records)
    assert session.started == "2031-05-06T12:00:00+02:00"
    assert session.ended == "2031-05-06T12:01:30+02:00"
    assert (session.timezone, session.schema_version, session.app_version) == ("CEST", len(MIGRATIONS), "0.1.0")
    assert (session.exercise_id, session.exercise_version, session.hold_s) == ("flexion_rotation", 1, 2.0)
    assert (session.painful_side, session.lying_side, session.lying_side_reason) == ("right", "right", "default")
    assert (session.nprs_before, session.nprs_after) == (6.5, 4.0)
    assert (session.furthest_before, session.furthest_after) == (4, 1)
    assert (session.said_change, session.said_change_words, session.said_change_confidence) == (
        "better",
        "a bit better",
        0.95,
    )
    assert (session.variant, session.variant_reason, session.tempo, session.volume) == (
        "hand_on_head",
        "cant_reach",
        1.25,
        5,
    )
    assert (session.outcome, session.reps_coached, session.reps_target) == ("finished_early", 2, 10)
    assert (session.noinput, session.nomatch, session.speech_rate) == (1, 3, 155)
    assert session.red is None
    assert (session.derived_light, session.derived_rule) == ("green", "R30")
    assert list(session.answers) == [record for record in records if isinstance(record, Answered)]
    assert list(session.repetitions) == [record for record in records if isinstance(record, RepetitionDone)]
    assert list(session.stops) == [record for record in records if isinstance(record, Stopped)]
    assert list(session.adjustments) == [record for record in records if isinstance(record, Adjusted)]
    assert list(session.misheard) == [record for record in records if isinstance(record, Misheard)]
    assert list(session.help_calls) == [record for record in records if isinstance(record, HelpCall)]
    assert session.pauses == (PauseRow(22, "user", 8),)


def test_what_was_not_answered_is_null_and_never_zero(store: Store) -> None:
    questions = (
        "side_sure",
        "pain_before",
        "furthest_before",
        "check_1",
        "pain_after",
        "furthest_after",
        "settle_check",
    )
    session = saved(store, *(Answered(n, question, None) for n, question in enumerate(questions)))
    assert session.painful_side is None
    assert session.nprs_before is None
    assert session.nprs_after is None
    assert session.furthest_before is None
    assert session.furthest_after is None
    assert session.said_change is None
    assert session.settle_check_5min is None
    assert [answer.value for answer in session.answers] == [None] * len(questions)


def test_no_pain_is_zero_and_no_place(store: Store) -> None:
    session = saved(store, Answered(1, "pain_after", 0), Answered(2, "furthest_after", "none"))
    assert (session.nprs_after, session.furthest_after) == (0, 0)


def test_an_answer_that_is_on_no_scale_is_kept_as_it_was_given(store: Store) -> None:
    session = saved(
        store, Answered(1, "pain_before", 11), Answered(2, "furthest_before", "ear"), Answered(3, "other", "x")
    )
    assert (session.nprs_before, session.furthest_before) == (None, None)
    assert [answer.value for answer in session.answers] == [11, "ear", "x"]


def test_a_side_that_a_clinician_told_is_no_painful_side(store: Store) -> None:
    session = saved(store, Answered(1, "side", "both"), Answered(2, "side", "left"), Answered(3, "side_sure", "left"))
    assert (session.painful_side, session.lying_side, session.lying_side_reason) == (None, "left", "told by clinician")


def test_the_other_side_leaves_the_painful_one_as_it_was_told(store: Store) -> None:
    session = saved(store, Answered(1, "side_sure", "left"), Answered(2, "side_other", "right"))
    assert (session.painful_side, session.lying_side, session.lying_side_reason) == (
        "left",
        "right",
        "told by clinician",
    )
    refused = saved(store, Answered(1, "side_sure", "left"), Answered(2, "side_other", "no"))
    assert (refused.lying_side, refused.lying_side_reason) == ("left", "default")


def test_a_corrected_side_wins(store: Store) -> None:
    session = saved(store, Answered(1, "side_sure", "left"), Answered(2, "side_sure", "right"))
    assert (session.painful_side, session.lying_side, session.lying_side_reason) == ("right", "right", "default")


@pytest.mark.parametrize(("intent", "rule"), [("worse", "R31"), ("peripheralised", "R10"), ("numb_weak", "2b")])
def test_a_red_word_marks_the_session(store: Store, intent: str, rule: str) -> None:
    stop = Stopped(50, 4, "hold", intent, "the words", "user", red=True)
    session = saved(store, stop)
    assert session.red == stop
    assert (session.derived_light, session.derived_rule) == ("red", rule)
    assert (session.said_change, session.said_change_words) == (intent, "the words")


def test_sessions_are_counted_by_the_day_and_listed_newest_first(store: Store) -> None:
    for hours in (0, 1, 24):
        store.begin(start(NOON + timedelta(hours=hours)))
    assert [(session.id, session.session_no_today) for session in store.sessions()] == [(3, 1), (2, 2), (1, 1)]
    assert [session.id for session in store.sessions(limit=2)] == [3, 2]
    assert store.session(99) is None


def test_a_pause_that_never_ended_has_no_length(store: Store) -> None:
    session = saved(store, Paused(1, "user"), Resumed(5, 4), Paused(9, "device: gone"))
    assert session.pauses == (PauseRow(1, "user", 4), PauseRow(9, "device: gone", None))


def test_folder_and_files_are_for_the_user_alone(path: Path) -> None:
    with Store.open(path) as store:
        store.begin(start())
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in [path.parent, *path.parent.iterdir()]}
    assert modes == {"folder": 0o700, "history.db": 0o600, "history.db-wal": 0o600, "history.db-shm": 0o600}


def test_a_file_that_others_could_read_is_closed_to_them(path: Path) -> None:
    path.parent.mkdir()
    path.touch(mode=0o644)
    path.chmod(0o644)
    Store.open(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_history_lies_in_the_data_folder_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_path() == tmp_path / "voice_coach" / "history.db"
    assert Store.look() is None
    Store.open().close()
    assert default_path().is_file()
    assert stat.S_IMODE(default_path().parent.stat().st_mode) == 0o700


def test_a_commit_waits_for_the_disk(store: Store) -> None:
    assert store._db.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    assert store._db.execute("PRAGMA synchronous").fetchone()[0] == 2
    assert store._db.execute("PRAGMA foreign_keys").fetchone()[0] == 1


def test_looking_creates_nothing(path: Path) -> None:
    assert Store.look(path) is None
    assert not path.parent.exists()


def test_looking_writes_nothing(path: Path) -> None:
    with Store.open(path) as store:
        store.begin(start())
    before = path.read_bytes()
    looked = Store.look(path)
    assert looked is not None
    with looked:
        assert [session.id for session in looked.sessions()] == [1]
        with pytest.raises(HistoryError, match="writable"):
            looked.begin(start())
    assert path.read_bytes() == before


def test_an_empty_file_becomes_a_history_when_it_is_looked_at(path: Path) -> None:
    path.parent.mkdir()
    path.touch()
    looked = Store.look(path)
    assert looked is not None
    with looked:
        assert looked.sessions() == []


def test_a_record_goes_in_whole_or_not_at_all(store: Store) -> None:
    number = store.begin(start())
    with pytest.raises(RefusedError, match="does not accept this record"):
        store.save(number + 1, RepetitionDone(1, 1, 0, 1.0))
    with pytest.raises(RefusedError):
        store.save(number, Answered(1, "check_1", "x", object(), 1.0))  # type: ignore[arg-type]
    session = store.session(number)
    assert session is not None
    assert (session.answers, session.repetitions, session.reps_coached) == ((), (), 0)


def test_a_file_of_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    path.parent.mkdir()
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE future (x)")
    db.execute("PRAGMA user_version = 99")
    db.close()
    before = path.read_bytes()
    for opening in (Store.open, Store.look):
        with pytest.raises(HistoryError, match=r"newer voice-coach .*; update voice-coach"):
            opening(path)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["history.db"]


def test_migrations_run_once_each_and_in_order(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    migrate(db)
    migrate(db)
    assert version_of(db) == len(MIGRATIONS)
    assert all(migration.__name__.startswith(f"m{number:03}_") for number, migration in enumerate(MIGRATIONS, 1))
    db.close()


def test_a_transaction_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "x.db", isolation_level=None)

    def half() -> None:
        with transaction(db):
            db.execute("CREATE TABLE half (x)")
            db.execute("SELECT * FROM missing")

    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        half()
    assert db.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,)
    db.close()


@pytest.mark.parametrize("damage", ["no database", "torn"])
def test_a_damaged_file_is_kept_aside_and_a_new_one_begins(path: Path, damage: str) -> None:
    with Store.open(path) as store:
        for _ in range(200):
            store.begin(start())
    content = path.read_bytes()
    broken = b"hello" * 5000 if damage == "no database" else content[:8192] + b"\xff" * 8192 + content[16384:]
    path.write_bytes(broken)
    with pytest.raises(HistoryError, match=r"is damaged .*; put a backup in its place"):
        Store.look(path)
    assert path.read_bytes() == broken
    with pytest.raises(DamagedError, match=r"kept as history\.db\.damaged-1, and a new one begins"):
        Store.open(path)
    assert path.with_name("history.db.damaged-1").read_bytes() == broken
    with Store.open(path) as store:
        assert store.begin(start()) == 1


def test_a_second_damaged_file_does_not_replace_the_first(path: Path) -> None:
    path.parent.mkdir()
    for text in ("one" * 100, "two" * 100):
        path.write_text(text)
        with pytest.raises(DamagedError):
            Store.open(path)
    kept = sorted(file.read_text()[:3] for file in path.parent.iterdir())
    assert kept == ["one", "two"]


def test_of_a_disk_that_damages_one_file_after_the_other_the_last_ones_are_kept(path: Path) -> None:
    path.parent.mkdir()
    for number in range(1, MAX_PUT_ASIDE + 3):
        path.write_bytes(b"damaged %d" % number)
        put_aside(path)
    kept = sorted(other.read_bytes() for other in path.parent.iterdir())
    assert kept == [b"damaged %d" % number for number in range(3, MAX_PUT_ASIDE + 3)]


def test_a_file_in_the_place_of_the_folder_is_told_in_a_sentence(path: Path) -> None:
    path.parent.write_text("in the way")
    with pytest.raises(HistoryError, match=r"can't be written .*; make its folder writable\.$"):
        Store.open(path)


def test_a_folder_in_the_place_of_the_file_is_told_in_a_sentence(path: Path) -> None:
    path.mkdir(parents=True)
    with pytest.raises(HistoryError, match="can't be written"):
        Store.open(path)
    with pytest.raises(HistoryError, match="could not be used"):
        Store.look(path)


@pytest.mark.parametrize("question", ["side", "side_sure", "side_again"])
def test_a_side_that_was_taken_back_leaves_none(store: Store, question: str) -> None:
    session = saved(
        store, Answered(1, "side", "both"), Answered(2, "side_sure", "left", "yes", 1.0), Answered(3, question, None)
    )
    assert (session.painful_side, session.lying_side, session.lying_side_reason) == (None, None, None)


def test_a_report_that_was_taken_back_leaves_no_light_unless_it_is_red(store: Store) -> None:
    better = Answered(1, "check_1", "better"), Answered(2, "check_1", None)
    assert saved(store, *better).derived_light is None
    stopped = Stopped(0, 1, "rest", "worse", "worse", "user", red=True)
    assert saved(store, stopped, *better).derived_light == "red"
