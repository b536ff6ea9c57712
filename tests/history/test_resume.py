"""When a session may be gone on with, and that both parts then count once (R30)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from voice_coach.clinical.eligibility import past_of
from voice_coach.clinical.past import BrokenOff, Lock, Past
from voice_coach.history import clock, journal
from voice_coach.history.clock import Moment, between, goes_on
from voice_coach.history.continuation import joined
from voice_coach.history.recovery import open_past
from voice_coach.history.resume import RESUME_WITHIN, with_break
from voice_coach.history.store import Store
from voice_coach.history.summary import totals
from voice_coach.history.writer import HistoryWriter
from voice_coach.records import (
    Adjusted,
    Answered,
    Ended,
    Paused,
    RepetitionDone,
    Session,
    SessionRecord,
    SessionStart,
    Stopped,
)
from voice_coach.report.days import calendar
from voice_coach.timebase import samples

BEGUN = datetime(2031, 5, 6, 8, 0, tzinfo=UTC)
TODAY = BEGUN.date()
CUT = BEGUN + timedelta(minutes=4)
START = SessionStart(
    started=BEGUN,
    exercise_id="flexion_rotation",
    exercise_version=1,
    app_version="1",
    hold_s=2.0,
    reps_target=10,
)
OPENING: tuple[SessionRecord, ...] = (
    Answered(samples(5), "side_sure", "left"),
    Answered(samples(10), "pain_before", 6.0),
    Answered(samples(15), "furthest_before", "thigh"),
    Adjusted(samples(20), "variant", "hand_on_head", "cant_reach"),
    Adjusted(samples(25), "tempo", 1.25),
)


def repetition(number: int) -> RepetitionDone:
    """Return a repetition that was done, ten seconds each."""
    return RepetitionDone(samples(30 + 10 * number), number, samples(20 + 10 * number), 1.25)


FIVE = (*OPENING, *map(repetition, range(1, 6)), Answered(samples(83), "check_5", "better"))


def cut_off(path: Path, *records: SessionRecord, start: SessionStart = START) -> list[Session]:
    """Write a session that never ended, and return all, the newest first."""
    with Store.open(path) as store:
        number = store.begin(start)
        for record in records:
            store.save(number, record)
        return store.sessions()


def found(
    sessions: list[Session],
    later: timedelta = timedelta(minutes=3),
    past: Past | None = None,
    start: SessionStart = START,
) -> BrokenOff | None:
    """Return what is known of a break so long after the last line was written."""
    past = past or past_of(sessions, START.exercise_id, TODAY)
    past = replace(past, screening="daily")
    lines = [journal.entry(one.id, replace(START, exercise_id=one.exercise_id), Moment(CUT)) for one in sessions]
    return with_break(past, sessions, start, lines, Moment(CUT + later)).broken_off


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the history is."""
    return tmp_path / "history.db"


def test_within_a_quarter_of_an_hour_it_is_offered_with_all_that_was_known(path: Path) -> None:
    broken = found(cut_off(path, *FIVE))
    assert broken == BrokenOff(
        session=1, repetitions=5, offered=True, checked=True, side="left", variant="hand_on_head", tempo=1.25,
        pain_before=6.0, furthest_before="thigh",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("later", "offered"),
    [
        (timedelta(0), True),
        (RESUME_WITHIN, True),
        (RESUME_WITHIN + timedelta(seconds=1), False),
        (timedelta(seconds=-1), False),
        (timedelta(days=-1), False),
        (timedelta(days=1), False),
    ],
)
def test_the_window_is_a_quarter_of_an_hour_and_a_clock_that_went_back_does_not_open_it(
    path: Path, later: timedelta, *, offered: bool
) -> None:
    broken = found(cut_off(path, *FIVE), later)
    assert broken is not None
    assert broken.offered is offered


NOT_CALM: dict[str, list[SessionRecord]] = {
    "red": [Stopped(samples(90), 6, "hold", "worse", "worse", "user", red=True)],
    "a cry that was settled": [
        Stopped(samples(90), 6, "hold", "pain_cry", "ow", "user", red=True),
        Answered(samples(95), "after_cry", "same"),
    ],
    "stop": [Stopped(samples(90), 6, "hold", "stop", "stop", "user", red=False)],
    "a doubt": [Answered(samples(90), "doubt_worse", None)],
    "unsure": [Answered(samples(90), "check_5", "unsure")],
    "the closing questions": [Answered(samples(90), "pain_after", 4.0)],
    "moved down": [Answered(samples(90), "furthest_after", "calf")],
}


@pytest.mark.parametrize("what", NOT_CALM)
def test_where_anything_was_said_but_that_it_is_no_worse_it_is_told_and_not_offered(path: Path, what: str) -> None:
    broken = found(cut_off(path, *FIVE, *NOT_CALM[what]))
    assert broken is not None
    assert not broken.offered


def test_a_locked_exercise_is_not_gone_on_with(path: Path) -> None:
    broken = found(cut_off(path, *FIVE), past=Past(lock=Lock("worse", 1, 1, 0)))
    assert broken is not None
    assert not broken.offered


def test_nor_is_one_whose_screening_is_open_or_that_has_changed_since(path: Path) -> None:
    sessions = cut_off(path, *FIVE)
    open_again = with_break(Past(screening="full"), sessions, START, [], Moment(CUT)).broken_off
    changed = found(sessions, start=replace(START, exercise_version=2))
    without = with_break(Past(), sessions, START, [], Moment(CUT)).broken_off  # nothing tells when it was
    assert [one and one.offered for one in (open_again, changed, without)] == [False, False, False]


@pytest.mark.parametrize(
    "records",
    [
        OPENING,  # nothing was counted yet
        (*OPENING, *map(repetition, range(1, 11))),  # nothing is left
        (*FIVE, Ended(samples(100), "finished_early", 5, 0, 0)),
        (*FIVE, Ended(samples(100), "no_answer", 5, 0, 0)),
    ],
    ids=["before the first", "behind the last", "ended early", "no answer"],
)
def test_what_did_not_break_off_while_counting_is_not_spoken_of(path: Path, records: tuple[SessionRecord, ...]) -> None:
    assert found(cut_off(path, *records)) is None


def test_a_session_of_another_exercise_behind_it_closes_it(path: Path) -> None:
    cut_off(path, *FIVE)
    other = replace(START, exercise_id="pelvic_tilt")
    assert found(cut_off(path, *FIVE, start=other)) is None


def test_a_start_that_was_cut_off_at_once_leaves_the_one_before_it_open(path: Path) -> None:
    cut_off(path, *FIVE)
    again = replace(START, started=CUT)
    broken = found(cut_off(path, start=again))
    assert broken
    assert (broken.session, broken.offered) == (1, True)
    assert found(cut_off(path, Answered(samples(9), "broken_off", "no"), start=again)) is None


def test_an_interruption_from_outside_is_a_break_as_well(path: Path) -> None:
    broken = found(cut_off(path, *FIVE, Ended(samples(100), "interrupted", 5, 0, 0)))
    assert broken
    assert broken.offered


def test_what_was_gone_on_with_and_broke_off_again_is_gone_on_with_from_there(path: Path) -> None:
    cut_off(path, *FIVE)
    again = replace(START, started=CUT)
    sessions = cut_off(path, Answered(samples(9), "broken_off", 1.0), start=again)
    broken = found(sessions)
    assert broken
    assert (broken.session, broken.repetitions, broken.side, broken.checked) == (2, 5, "left", True)
    third = cut_off(path, Answered(samples(9), "broken_off", 2.0), replace(repetition(6), at=samples(99)), start=again)
    broken = found(third)
    assert broken
    assert (broken.session, broken.repetitions, broken.offered, broken.pain_before) == (3, 6, True, 6.0)


# Both parts count as one


@pytest.fixture
def parts(path: Path) -> list[Session]:
    """Return a session of five repetitions, and the one that went on with it."""
    cut_off(path, *FIVE)
    rest = [replace(repetition(number), at=samples(10 * number)) for number in range(6, 11)]
    return cut_off(
        path,
        Answered(samples(9), "broken_off", 1.0),
        Paused(samples(10), "taking the position again"),
        *rest,
        Answered(samples(110), "check_10", "same"),
        Answered(samples(115), "pain_after", 3.0),
        Answered(samples(118), "furthest_after", "buttock"),
        Ended(samples(120), "completed", 5, 1, 0),
        start=replace(START, started=CUT),
    )


def test_in_the_report_it_is_one_session_of_ten_repetitions(parts: list[Session]) -> None:
    (day,) = calendar(parts, TODAY)
    (session,) = day.sessions
    assert (session.id, session.started, session.outcome) == (1, BEGUN.isoformat(), "completed")
    assert (session.ended, session.reps_coached) == ((CUT + timedelta(minutes=2)).isoformat(), 10)
    assert [one.number for one in session.repetitions] == list(range(1, 11))
    assert [one.at for one in session.repetitions] == sorted(one.at for one in session.repetitions)
    assert (session.nprs_before, session.nprs_after, session.furthest_before, session.furthest_after) == (6, 3, 4, 3)
    assert (session.variant, session.tempo, session.noinput, session.nomatch) == ("hand_on_head", 1.25, 1, 0)
    assert (day.completed, day.repetitions) == (1, 10)
    total = totals(parts)
    assert (total.sessions, total.completed, total.repetitions) == (1, 1, 10)


def test_it_is_one_of_the_three_a_day(parts: list[Session]) -> None:
    assert past_of(parts, START.exercise_id, TODAY).completed_today == 1


def test_the_later_part_knows_how_it_was_before(parts: list[Session]) -> None:
    later = parts[0]
    assert (later.lying_side, later.nprs_before, later.furthest_before, later.reps_coached) == ("left", 6, 4, 5)


def test_a_place_further_down_at_its_end_locks_also_when_that_was_cut_off(path: Path, parts: list[Session]) -> None:
    del parts
    sessions = cut_off(
        path, Answered(1, "broken_off", 1.0), repetition(6), Answered(2, "furthest_after", "calf"),
        start=replace(START, started=CUT),
    )  # fmt: skip
    lock = past_of(sessions, START.exercise_id, TODAY).lock
    assert lock
    assert lock.reason == "peripheralised"


def test_a_part_whose_beginning_is_not_shown_stands_alone(parts: list[Session]) -> None:
    assert joined(parts[:1]) == parts[:1]


def test_a_clock_that_was_set_back_between_them_leaves_the_order(path: Path) -> None:
    cut_off(path, *FIVE)
    earlier = replace(START, started=BEGUN - timedelta(hours=1))
    sessions = cut_off(path, Answered(1, "broken_off", 1.0), repetition(6), start=earlier)
    (session,) = joined(sessions)
    ats = [one.at for one in session.repetitions]
    assert ats == sorted(ats)
    assert len(ats) == 6


# By which clock

RUNNING = Moment(CUT, 1000.0, "this time", 17)


@pytest.mark.parametrize(
    ("later", "length"),
    [
        (Moment(CUT + timedelta(minutes=5), 1300.0, "this time", 18), 300),
        (Moment(CUT + timedelta(seconds=280), 1300.0, "this time", 18), 300),  # it was set right a little
        (Moment(CUT + timedelta(minutes=5), 1000.0 + 5 * 3600, "this time", 18), None),  # set back by hours
        (Moment(CUT + timedelta(hours=5), 1300.0, "this time", 18), None),  # set forward
        (Moment(CUT + timedelta(minutes=5), 40.0, "next time", 18), 300),  # switched off for some minutes
        (Moment(CUT + timedelta(minutes=5), 3600.0, "next time", 18), None),  # runs for longer than that
        (Moment(CUT - timedelta(seconds=1), 1001.0, "this time", 18), None),
        (Moment(CUT + timedelta(minutes=5)), 300),  # only the clock on the wall is known
    ],
)
def test_two_clocks_must_agree_on_how_long_it_was(later: Moment, length: float | None) -> None:
    found = between(RUNNING, later)
    assert (found and found.total_seconds()) == length


def test_where_the_machine_tells_no_more_there_is_the_clock_on_the_wall(tmp_path: Path) -> None:
    here = clock.now(tmp_path / "not there")
    assert (here.running, here.boot, here.process) == (None, "", 0)
    assert not goes_on(here, clock.now())


def test_a_session_that_still_goes_on_elsewhere_has_not_broken_off(path: Path) -> None:
    sessions = cut_off(path, *FIVE)
    here = clock.now()
    other = replace_process(here, 1)
    lines = [journal.entry(1, START, other)]
    assert goes_on(other, here)
    assert with_break(Past(), sessions, START, lines, here).broken_off is None
    assert not goes_on(replace_process(here, 2**22 + 1), here)


def replace_process(here: Moment, process: int) -> Moment:
    """Return the same instant, as another process would have written it."""
    return Moment(here.wall, here.running, here.boot, process)


# From the disk


def test_what_a_writer_left_behind_is_what_the_next_start_offers(path: Path) -> None:
    start = replace(START, started=datetime.now(UTC))
    writer = HistoryWriter(path, patient=True)
    writer.begin(start)
    for number, record in enumerate((Answered(1, "screening", "clear"), *FIVE), 1):
        writer.write(record, number)
    writer.poll()
    past, told = open_past(replace(start, started=datetime.now(UTC)), path)  # nothing was closed, as after a power cut
    writer.close()
    assert told == ""
    assert past.broken_off
    assert (past.broken_off.repetitions, past.broken_off.offered) == (5, True)


def test_without_a_history_nothing_broke_off(path: Path) -> None:
    past, told = open_past(START, path)
    assert (told, past.broken_off, past.screening) == ("", None, "full")
    assert date(2031, 5, 6) == TODAY
