"""The lock and the days as the history has them: every order of sessions, any clock, a real file (T10)."""

import itertools
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.session.life import DAY, session_of
from voice_coach.clinical.eligibility import (
    clears,
    count_of_days,
    lock_of,
    locked_exercises,
    locking,
    locks_of,
    past_of,
)
from voice_coach.clinical.past import Lock, Past
from voice_coach.clinical.red_signs import ENDS_EXERCISE
from voice_coach.history.recovery import open_past
from voice_coach.history.store import Store
from voice_coach.records import Answered, Ended, RepetitionDone, Session, SessionRecord, SessionStart, Stopped

EXERCISE = "flexion_rotation"
START = SessionStart(
    started=datetime(2031, 5, 6, 12, tzinfo=UTC),
    exercise_id=EXERCISE,
    exercise_version=1,
    app_version="1",
    hold_s=2,
    reps_target=10,
)
GRAVEST = [*ENDS_EXERCISE, "pain_cry"]


def red(intent: str, at: int = 50) -> Stopped:
    """Return a red sign."""
    return Stopped(at, 1, "hold", intent, intent, "user", red=True)


KINDS: dict[str, list[SessionRecord]] = {
    "good": [RepetitionDone(1, 1, 0, 1.0), Answered(2, "check_1", "better"), Ended(9, "completed", 1, 0, 0)],
    "worse": [red("worse"), Ended(99, "stopped", 0, 0, 0)],
    "peripheralised": [red("peripheralised")],
    "numb_weak": [red("worse"), red("numb_weak", 60)],
    "cry": [red("pain_cry")],
    "settled cry": [red("pain_cry"), Answered(55, "after_cry", "same"), Ended(99, "stopped", 0, 0, 0)],
    "stopped": [Stopped(5, 1, "hold", "stop", "stop", "user", red=False)],
    "said no": [Answered(3, "cleared", "no", "no", 1.0), Ended(9, "cannot_start", 0, 0, 0)],
    "said yes once": [Answered(3, "cleared", "yes", "yes", 1.0)],
    "took it back": [Answered(3, "cleared", "yes", "yes", 1.0), Answered(4, "cleared_sure", "no", "no", 1.0)],
    "cleared": [],
    "cleared, worse": [red("worse")],
}
"""Sessions that there can be. The clearances name the session that they are for, which `history` fills in."""

SIGNS = {"cry": "pain_cry", "cleared, worse": "worse"}


def history(kinds: tuple[str, ...]) -> tuple[list[Session], str]:
    """Return the sessions, and by which sign the exercise is locked after them, told by the table of clinical.md 2b."""
    sessions: list[Session] = []
    locked, last = "", 0
    for number, kind in enumerate(kinds, 1):
        records = list(KINDS[kind])
        if kind.startswith("cleared") and locked:
            records.insert(0, Answered(4, "cleared_sure", last, "yes", 1.0))
            locked = ""
        sign = SIGNS.get(kind, kind)
        if sign in GRAVEST:
            locked, last = min(locked or sign, sign, key=GRAVEST.index), number
        sessions.append(session_of(records, number, DAY + timedelta(days=number)))
    return sessions, locked


@pytest.mark.enumerated
def test_every_order_of_sessions_leaves_the_lock_that_the_table_says() -> None:
    orders = [order for length in range(5) for order in itertools.product(KINDS, repeat=length)]
    assert len(orders) > 20_000
    for order in orders:
        sessions, sign = history(order)
        lock = lock_of(sessions, EXERCISE, DAY)
        assert (lock.reason if lock else "") == sign, order


@given(
    st.lists(st.sampled_from(sorted(KINDS)), max_size=6),
    st.lists(st.dates(), min_size=6, max_size=6),
    st.dates(),
    st.randoms(use_true_random=False),
)
def test_no_clock_and_no_order_of_reading_opens_a_lock(
    kinds: list[str], days: list[date], today: date, chance: Random
) -> None:
    sessions, sign = history(tuple(kinds))
    anywhen = [
        session_of([*one.answers, *one.stops, *one.repetitions], one.id, day)
        for one, day in zip(sessions, days, strict=False)
    ]
    chance.shuffle(anywhen)
    lock = past_of(anywhen, EXERCISE, today).lock
    assert (lock.reason if lock else "") == sign
    assert lock is None or lock.session == max(one.id for one in sessions if locking(one))
    assert locked_exercises(anywhen) == ({EXERCISE: sign} if sign else {})


@pytest.mark.parametrize("sign", GRAVEST)
def test_a_red_sign_locks_every_exercise_and_is_told_as_another_ones(sign: str) -> None:
    other = session_of([red(sign)], 1, exercise="another")
    assert past_of([other], EXERCISE, DAY).lock == Lock(sign, 1, 1, 0, elsewhere="another")
    assert past_of([other], "another", DAY).lock == Lock(sign, 1, 1, 0)
    assert locked_exercises([other, session_of([], 2)]) == {"another": sign}
    assert list(locks_of([other], ["a", "another"])) == ["a", "another"]


def test_what_is_cleared_for_one_exercise_is_not_for_the_one_that_harmed() -> None:
    harmed = session_of([red("worse")], 1, exercise="another")
    here = session_of([Answered(4, "cleared_sure", 1)], 2)
    assert lock_of([harmed, here], EXERCISE, DAY) is None
    assert lock_of([harmed, here], "another", DAY) is not None
    assert lock_of([harmed, here], "a third", DAY) is not None
    there = session_of([Answered(4, "cleared_sure", 1)], 3, exercise="another")
    assert locks_of([harmed, here, there], [EXERCISE, "another", "a third"]) == {}


def test_each_exercise_with_a_sign_of_its_own_is_named() -> None:
    sessions = [session_of([red("numb_weak")], 1, exercise="another"), session_of([red("worse")], 2)]
    assert locked_exercises(sessions) == {"another": "numb_weak", EXERCISE: "worse"}
    assert lock_of(sessions, EXERCISE, DAY) == Lock("numb_weak", 2, 1, 0, elsewhere="another")


def test_nothing_is_locked_where_nothing_was_done() -> None:
    assert locks_of([], [EXERCISE]) == {}


def test_a_clearance_does_not_hold_for_a_session_that_went_on_beside_it() -> None:
    first = session_of([red("worse")], 1)
    beside = session_of([red("numb_weak")], 2)
    clearing = session_of([Answered(4, "cleared_sure", 1)], 3)
    assert lock_of([first, clearing], EXERCISE, DAY) is None
    lock = lock_of([first, beside, clearing], EXERCISE, DAY)
    assert lock is not None
    assert lock.session == 2


def test_a_clearance_that_came_into_a_new_file_opens_nothing_there() -> None:
    cleared = session_of([Answered(4, "cleared_sure", 7)], 1)
    assert lock_of([cleared, session_of([red("worse")], 2)], EXERCISE, DAY) is not None
    assert lock_of([session_of([Answered(4, "cleared_sure", 7), red("worse")], 1)], EXERCISE, DAY) is not None


def test_a_red_sign_of_a_kind_that_is_not_known_locks() -> None:
    assert locking(session_of([red("something_new")], 1)) == "worse"


def test_what_a_session_clears_is_a_number() -> None:
    answers = [Answered(1, "cleared_sure", "no"), Answered(2, "cleared_sure", None), Answered(3, "cleared_sure", 5)]
    assert clears(session_of(answers, 9)) == (5,)


@given(st.lists(st.dates(date(2031, 1, 1), date(2031, 3, 1))), st.dates(date(2031, 1, 1), date(2031, 3, 1)))
def test_the_count_of_days_begins_at_a_day_that_was_and_leaves_no_gap_of_more_than_a_fortnight(
    days: list[date], today: date
) -> None:
    found = count_of_days(days, today)
    past = sorted(day for day in days if day <= today)
    if found is None:
        assert not past or (today - past[-1]).days > 14
    else:
        run = [day for day in past if day >= today - found]
        assert run[0] == today - found
        assert all((after - before).days <= 14 for before, after in itertools.pairwise([*run, today]))
        assert not any(0 < (run[0] - day).days <= 14 for day in past)


# A real file


def write(path: Path, *sessions: list[SessionRecord]) -> None:
    """Write sessions at noon of one day."""
    with Store.open(path) as store:
        for records in sessions:
            number = store.begin(START)
            for record in records:
                store.save(number, record)


def past_at(path: Path) -> Past:
    """Return what the history at this path means for the next session."""
    past, _ = open_past(START, path)
    return past


def test_without_a_history_there_is_no_past_and_no_file(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    assert past_at(folder / "history.db") == Past(screening="full")
    assert not folder.exists()


@pytest.mark.parametrize("sign", ENDS_EXERCISE)
def test_the_lock_survives_a_restart_and_so_does_the_clearance(tmp_path: Path, sign: str) -> None:
    path = tmp_path / "history.db"
    write(path, KINDS["good"], [red(sign)], KINDS["said no"], KINDS["good"])
    assert past_at(path).lock == Lock(sign, 2, 1, 0)
    write(path, [Answered(3, "cleared", "yes"), Answered(4, "cleared_sure", 2, "yes", 1.0)])
    assert past_at(path).lock is None


def test_a_history_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    path.write_bytes(b"this is no database" * 100)
    assert past_at(path) == Past(readable=False, screening="full")


def test_a_history_of_a_newer_version_is_not_read_as_if_nothing_had_been(tmp_path: Path) -> None:
    path = tmp_path / "history.db"
    write(path, [red("worse")])
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    assert past_at(path) == Past(readable=False, screening="full")
