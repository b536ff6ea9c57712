"""Who knows the instructions: heard in full on three days of the last 14, and nothing went wrong since (V2)."""

from datetime import timedelta

import pytest

from tests.session.life import DAY, session_of
from voice_coach.clinical.eligibility import past_of
from voice_coach.records import Adjusted, Answered, Ended, RepetitionDone, Session, SessionRecord, Stopped

EXERCISE = "flexion_rotation"
SIDE = Answered(1, "side_sure", "left", "yes", 1.0)
REPETITION = RepetitionDone(5, 1, 3, 1.0)
END = Ended(9, "completed", 1, 0, 0)


def held(*days: int, records: tuple[SessionRecord, ...] = (SIDE, REPETITION, END), first: int = 1) -> list[Session]:
    """Return a session on each of these days, counted from an arbitrary one."""
    return [session_of(list(records), n, DAY + timedelta(days=day)) for n, day in enumerate(days, first)]


def familiar(sessions: list[Session], day: int, version: int | None = 1) -> set[str]:
    """Return the sides that are known on this day."""
    return set(past_of(sessions, EXERCISE, DAY + timedelta(days=day), version).familiar)


def test_three_days_are_enough_and_three_times_a_day_are_not() -> None:
    assert familiar(held(0, 0, 0), 0) == set()
    assert familiar(held(0, 0, 1), 1) == set()
    assert familiar(held(0, 1, 2), 2) == {"left"}


def test_only_the_last_fourteen_days_count() -> None:
    assert familiar(held(0, 1, 2), 13) == {"left"}
    assert familiar(held(0, 1, 2), 14) == set()


@pytest.mark.parametrize("version", [2, None])
def test_another_version_is_not_known(version: int | None) -> None:
    assert familiar(held(0, 1, 2), 3, version) == set()


def test_each_side_is_learnt_by_itself() -> None:
    right = (Answered(1, "side_again", "right", "yes", 1.0), REPETITION, END)
    assert familiar([*held(0, 1, 2), *held(3, 4, records=right, first=4)], 5) == {"left"}
    assert familiar([*held(0, 1, 2), *held(3, 4, 5, records=right, first=4)], 5) == {"left", "right"}


def test_an_exercise_without_a_painful_side_has_one_entry() -> None:
    assert familiar(held(0, 1, 2, records=(REPETITION, END)), 3) == {""}


@pytest.mark.parametrize(
    "wrong",
    [
        Stopped(6, 1, "hold", "stop", "stop", "user", red=False),
        Stopped(6, 1, "hold", "worse", "worse", "user", red=True),
        Stopped(6, 1, "hold", "pain_cry", "ow", "user", red=True),
        Stopped(2, 0, "lie", "cant_side", "i can't lie on my side", "user", red=False),
        Adjusted(2, "variant", "hand_on_head", "cant_reach"),
        Answered(2, "cannot", "cant_knee"),
    ],
)
def test_a_stop_a_lock_or_i_cant_makes_what_was_heard_before_count_no_more(wrong: SessionRecord) -> None:
    bad = held(3, records=(SIDE, REPETITION, wrong, END), first=4)
    assert familiar([*held(0, 1, 2), *bad], 4) == set()
    assert familiar([*held(0, 1, 2), *bad, *held(4, 5, first=5)], 6) == set()
    assert familiar([*held(0, 1, 2), *bad, *held(4, 5, 6, first=5)], 6) == {"left"}


def test_finishing_early_is_no_stop() -> None:
    finish = Stopped(6, 1, "hold", "finish", "finish", "user", red=False)
    assert familiar(held(0, 1, 2, records=(SIDE, REPETITION, finish, END)), 3) == {"left"}


@pytest.mark.parametrize(
    ("said", "known"),
    [((), True), (("short",), False), (("short", "full"), True)],
)
def test_what_was_given_in_short_was_not_heard_in_full(said: tuple[str, ...], known: bool) -> None:
    given = tuple(Answered(2, "instructions", form) for form in said)
    assert (familiar(held(0, 1, 2, records=(SIDE, *given, REPETITION, END)), 3) == {"left"}) is known


def test_who_never_came_to_the_count_or_went_on_with_a_session_heard_nothing_in_full() -> None:
    assert familiar(held(0, 1, 2, records=(SIDE, END)), 3) == set()
    assert familiar(held(0, 1, 2, records=(Answered(1, "broken_off", 1), SIDE, REPETITION, END)), 3) == set()


def test_the_last_side_is_asked_about_unless_a_clinician_chose_it() -> None:
    assert past_of(held(0), EXERCISE, DAY, 1).last_side == "left"
    told = (SIDE, Answered(2, "side_other", "right", "yes", 1.0), REPETITION, END)
    assert past_of(held(0, records=told), EXERCISE, DAY, 1).last_side == ""
    assert past_of([], EXERCISE, DAY, 1).last_side == ""


@pytest.mark.parametrize(("value", "day", "checked"), [("yes", 0, True), ("no", 0, False), ("yes", 1, False)])
def test_the_sound_was_checked_today(value: str, day: int, checked: bool) -> None:
    sessions = held(0, records=(Answered(1, "sound_check", value, value, 1.0), END))
    assert past_of(sessions, EXERCISE, DAY + timedelta(days=day)).sound_checked is checked
