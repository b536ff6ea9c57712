"""When it reminds and when it had better not: times, quiet hours, what was done, a clock that does what it likes."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.standby.waiting import BERLIN, Waiting, clock
from voice_coach.actions import Say
from voice_coach.standby.schedule import is_due
from voice_coach.standby.settings import Reminders
from voice_coach.standby.states import Asking, Day, Memory
from voice_coach.standby.states import Waiting as Quiet
from voice_coach.timebase import samples

FIRST, SECOND, THIRD = (f"It's time for your {number} session." for number in ("first", "second", "third"))
CHOICE = "Say start, later, or skip."
DAY = timedelta(days=1)


def test_three_times_a_day_it_says_that_it_is_time() -> None:
    standby = Waiting("08:00")
    standby.until("08:59")
    assert standby.said == []
    standby.until("09:01").finishes().hears("skip").finishes()
    assert standby.said == [FIRST, CHOICE, "Let's skip this one."]
    standby.day = Day(completed=1, last=clock("10:00"))
    standby.until("14:01").finishes().hears("skip").finishes()
    standby.day = Day(completed=2, last=clock("14:30"))
    standby.until("19:01").finishes().hears("skip").finishes()
    assert [text for text in standby.said if "time for" in text] == [FIRST, SECOND, THIRD]


def test_the_next_day_begins_anew() -> None:
    standby = Waiting("18:00", day=Day(completed=3))
    standby.until("20:00").until("08:30")
    standby.day = Day()
    assert standby.until("09:01").said == [FIRST, CHOICE]


def test_nobody_is_reminded_in_the_quiet_hours() -> None:
    early = Reminders(times=(time(9),), quiet=(time(8), time(20)))
    assert Waiting("07:00", reminders=early).until("19:00").said == []
    assert Waiting("07:00", reminders=early).until("20:01").said == [FIRST, CHOICE]


@pytest.mark.parametrize("now", ["21:00", "23:59", "00:00", "07:59"])
def test_quiet_hours_go_over_midnight(now: str) -> None:
    assert Reminders().is_quiet(clock(now).time())
    assert not is_due(Reminders(), Memory(), clock(now))


@pytest.mark.parametrize("now", ["08:00", "12:00", "20:59"])
def test_by_day_it_is_not_quiet(now: str) -> None:
    assert not Reminders().is_quiet(clock(now).time())
    assert not Reminders(quiet=None).is_quiet(clock(now).time())


@pytest.mark.parametrize("done", [1, 2, 3, 7])
def test_what_was_done_already_is_not_asked_for(done: int) -> None:
    """Two sessions before noon were the first two of the day; who does more is not held back (R34)."""
    standby = Waiting("08:00", day=Day(completed=done, last=clock("08:30")))
    standby.until("20:00")
    times = ["", SECOND, THIRD][done] if done < 3 else ""
    assert [text for text in standby.said if "time for" in text][:1] == ([times] if times else [])


@pytest.mark.parametrize(("enough", "times"), [(0, [SECOND]), (1, []), (2, [SECOND])])
def test_what_a_plan_asks_for_is_enough(enough: int, times: list[str]) -> None:
    standby = Waiting("08:00", day=Day(completed=1, last=clock("08:30"), enough=enough))
    standby.until("20:00")
    assert [text for text in standby.said if "time for" in text][:1] == times


def test_a_session_that_was_just_done_keeps_the_next_reminder_away() -> None:
    standby = Waiting("13:00", day=Day(completed=1, last=clock("13:30")))
    assert standby.until("15:29").said == []
    assert standby.until("15:31").said == [SECOND, CHOICE]


def test_a_session_that_was_broken_off_keeps_it_away_as_well_and_does_not_count() -> None:
    standby = Waiting("08:00", day=Day(completed=0, last=clock("08:50")))
    assert standby.until("10:49").said == []
    assert standby.until("10:51").said == [FIRST, CHOICE]


def test_later_is_half_an_hour_and_may_be_said_again() -> None:
    standby = Waiting("08:59").until("09:01").finishes().hears("later").finishes()
    assert standby.said[-1] == "I'll ask you again later."
    count = len(standby.said)
    assert len(standby.until("09:30").said) == count
    standby.until("09:33").finishes().hears("later").finishes().until("10:10")
    assert standby.said.count(FIRST) == 3


def test_who_does_not_answer_is_asked_once_more_and_then_left_in_peace() -> None:
    standby = Waiting("08:59").until("13:59")
    assert standby.said == [FIRST, CHOICE] * 2
    assert standby.until("14:01").said[4:] == [FIRST, CHOICE]


def test_what_is_put_off_beyond_the_quiet_hours_is_forgotten() -> None:
    late = Reminders(times=(time(20, 50),))
    standby = Waiting("20:40", reminders=late).until("20:51").finishes().hears("later").finishes()
    assert standby.until("20:45").said.count(FIRST) == 1


def test_a_locked_exercise_is_not_reminded_of_but_told_of_once_a_day() -> None:
    standby = Waiting("08:00", day=Day(locked="worse")).until("20:00")
    assert standby.said == [
        "A doctor or physio needs to check your back first.",
        "Please talk to your doctor or physio before you do this again.",
    ]
    standby.until("07:00").until("20:00")
    assert standby.said.count("A doctor or physio needs to check your back first.") == 2
    assert FIRST not in standby.said


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        ("worse", "Please talk to your doctor or physio before you do this again."),
        ("numb_weak", "Please talk to your doctor or physio today."),
        ("emergency", "This needs a doctor at once."),
    ],
)
def test_whom_to_contact_goes_by_why_it_is_locked(reason: str, told: str) -> None:
    assert Waiting("08:59", day=Day(locked=reason)).until("09:01").said[1] == told


def test_a_history_that_cannot_be_read_reminds_of_nothing() -> None:
    """A lock may stand in it."""
    assert Waiting("08:00", day=Day(readable=False)).until("20:00").said == []


def test_whoever_opens_the_computer_late_is_reminded_late_but_not_right_before_the_next_time() -> None:
    assert Waiting("10:30").until("10:31").said == [FIRST, CHOICE]
    assert Waiting("13:30").until("13:59").said == []


def test_a_night_asleep_brings_one_reminder_and_no_burst() -> None:
    standby = Waiting("08:00")
    standby.tick(timedelta(hours=12))
    assert standby.lasts(timedelta(minutes=20)).said == [FIRST, CHOICE]


def test_nothing_is_said_twice_after_a_restart() -> None:
    before = Waiting("08:59").until("09:01").finishes().hears("skip").finishes()
    assert Waiting("09:02", memory=before.kept).until("13:59").said == []
    put_off = Waiting("08:59").until("09:01").finishes().hears("later").finishes()
    again = Waiting("09:02", memory=put_off.kept)
    assert again.until("09:30").said == []
    assert again.until("09:33").said == [FIRST, CHOICE]
    told = Waiting("08:59", day=Day(locked="worse")).until("09:01")
    assert Waiting("09:02", memory=told.kept, day=Day(locked="worse")).until("20:00").said == []


# The clock on the wall


def test_an_hour_that_is_left_out_in_spring_leaves_out_no_reminder() -> None:
    night = Reminders(times=(time(2, 30),), quiet=None)
    standby = Waiting(reminders=night)
    standby.wall = datetime(2030, 3, 31, 1, 50, tzinfo=BERLIN)
    standby.lasts(timedelta(minutes=20))
    assert standby.wall.hour == 3
    assert standby.said == [FIRST, CHOICE]


def test_an_hour_that_comes_twice_in_autumn_reminds_once() -> None:
    night = Reminders(times=(time(2, 30),), quiet=None)
    standby = Waiting(reminders=night)
    standby.wall = datetime(2030, 10, 27, 2, 20, tzinfo=BERLIN)
    standby.lasts(timedelta(minutes=11)).finishes().hears("skip").finishes().lasts(timedelta(hours=2))
    assert standby.wall.hour == 3
    assert standby.said.count(FIRST) == 1


def test_later_is_half_an_hour_across_the_change_of_summer_time() -> None:
    night = Reminders(times=(time(1, 50),), quiet=None)
    standby = Waiting(reminders=night)
    standby.wall = datetime(2030, 3, 31, 1, 45, tzinfo=BERLIN)
    standby.lasts(timedelta(minutes=6)).finishes().hears("later").finishes()
    assert standby.lasts(timedelta(minutes=28)).said.count(FIRST) == 1
    assert standby.lasts(timedelta(minutes=4)).said.count(FIRST) == 2


def test_a_clock_that_is_put_back_reminds_of_nothing_twice() -> None:
    standby = Waiting("08:59").until("09:01").finishes().hears("skip").finishes()
    standby.tick(timedelta(hours=-2))
    assert standby.until("13:00").said.count(FIRST) == 1


def test_what_was_put_off_is_not_lost_when_the_clock_is_put_back() -> None:
    standby = Waiting("08:59").until("09:01").finishes().hears("later").finishes()
    standby.tick(timedelta(minutes=-50))
    assert standby.until("08:59").said.count(FIRST) == 1
    assert standby.until("09:01").said.count(FIRST) == 2


def test_a_computer_that_begins_with_a_wrong_clock_reminds_when_it_knows_better() -> None:
    standby = Waiting("08:00")
    standby.wall = clock("04:00").replace(year=2000)
    standby.lasts(timedelta(minutes=1))
    standby.wall = clock("08:58")
    assert standby.until("09:01").said == [FIRST, CHOICE]


def test_a_memory_from_a_future_that_never_came_is_forgotten() -> None:
    dreamt = Memory(day=clock("09:00").date() + 300 * DAY, slot=time(19), told=clock("09:00").date() + 300 * DAY)
    assert Waiting("08:59", memory=dreamt).until("09:01").said == [FIRST, CHOICE]


JUMPS = st.lists(
    st.one_of(st.integers(0, 600), st.integers(-200_000, 200_000), st.integers(-3_000_000, 3_000_000)), max_size=60
)


@settings(max_examples=60, deadline=None)
@given(JUMPS, st.sampled_from([Day(), Day(completed=1), Day(locked="worse"), Day(readable=False)]))
def test_whatever_is_done_to_the_clock_nobody_is_spoken_to_twice_within_half_an_hour(
    jumps: list[int], day: Day
) -> None:
    standby = Waiting("08:50", day=day)
    spoken: list[int] = []
    for jump in jumps:
        count = sum(isinstance(action, Say) for action in standby.actions)
        standby.tick(timedelta(seconds=jump)).lasts(timedelta(seconds=60))
        if isinstance(standby.state, Asking) and standby.state.token:
            standby.finishes()
        if sum(isinstance(action, Say) for action in standby.actions) > count:
            spoken.append(standby.now)
    assert all(later - earlier >= samples(29 * 60) for earlier, later in pairwise(spoken))
    assert not (day.locked or not day.readable) or FIRST not in standby.said


def test_it_goes_by_the_offset_of_where_the_person_is() -> None:
    """The same instant is nine in Berlin, and eight in London."""
    assert is_due(Reminders(), Memory(), clock("09:00"))
    assert not is_due(Reminders(), Memory(), clock("09:00").astimezone(UTC))


def test_in_between_it_is_quiet() -> None:
    standby = Waiting("08:59").until("09:01").finishes().hears("skip").finishes()
    assert isinstance(standby.state, Quiet)
