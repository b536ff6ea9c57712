"""Sessions by day: which days there are, what is missing, which changes count, and the rule of one to two weeks."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.history.course import TODAY, Done, course
from voice_coach.report.days import calendar, day_count, is_notable, pain_change, shows_trend


def test_a_day_without_a_session_is_a_day_too(tmp_path: Path) -> None:
    days = calendar(
        course(tmp_path, Done(day=0), Done(day=0, outcome="stopped"), Done(day=2)), TODAY + timedelta(days=3)
    )
    assert [(len(day.sessions), day.completed, day.repetitions) for day in days] == [
        (2, 1, 20),
        (0, 0, 0),
        (1, 1, 10),
        (0, 0, 0),
    ]
    assert [session.id for session in days[0].sessions] == [1, 2]


def test_only_the_last_days_are_there(tmp_path: Path) -> None:
    days = calendar(course(tmp_path, *(Done(day=day) for day in range(10))), TODAY + timedelta(days=9), days=3)
    assert [day.date.day for day in days] == [13, 14, 15]


@pytest.mark.parametrize("days", [737_000, 740_000, 999_999, 10**30])
def test_more_days_than_there_ever_were_are_all_that_there_are(days: int, tmp_path: Path) -> None:
    sessions = course(tmp_path, Done(day=0), Done(day=2))
    assert calendar(sessions, TODAY + timedelta(days=2), days) == calendar(sessions, TODAY + timedelta(days=2))


def test_without_sessions_there_is_today() -> None:
    assert [(day.date, day.sessions, day.first_pain) for day in calendar([], TODAY)] == [(TODAY, (), None)]


def test_what_a_wrong_clock_dated_after_today_is_left_out(tmp_path: Path) -> None:
    days = calendar(course(tmp_path, Done(day=0), Done(day=30000)), TODAY + timedelta(days=1))
    assert [len(day.sessions) for day in days] == [1, 0]


def test_the_first_score_of_a_day_is_the_first_that_was_given(tmp_path: Path) -> None:
    (day,) = calendar(course(tmp_path, Done(before=None), Done(before=0), Done(before=3)), TODAY)
    assert day.first_pain == 0


@pytest.mark.parametrize(
    ("before", "after", "change", "notable"),
    [
        (6, 4, -2, True),
        (6, 4.5, -1.5, False),
        (0, 2, 2, True),
        (5, 5, 0, False),
        (None, 0, None, False),
        (3, None, None, False),
    ],
)
def test_a_change_counts_from_two_points_and_is_unknown_without_both_scores(
    before: float | None, after: float | None, change: float | None, notable: bool, tmp_path: Path
) -> None:
    (session,) = course(tmp_path, Done(before=before, after=after))
    assert pain_change(session) == change
    assert is_notable(pain_change(session)) is notable


@pytest.mark.parametrize(
    ("scores", "shown"), [((6, 5, 4), False), ((6, None, 5, 4), False), ((6, None, 5, 4, 0), True)]
)
def test_a_line_needs_scores_of_four_days(scores: tuple[float | None, ...], shown: bool, tmp_path: Path) -> None:
    sessions = course(tmp_path, *(Done(day=day, before=score) for day, score in enumerate(scores)))
    assert shows_trend(calendar(sessions, TODAY + timedelta(days=len(scores)))) is shown


@pytest.mark.parametrize(
    ("later", "begins", "says"),
    [
        (0, "Day 1, the first was 6 May 2021. Pain that", "a week or two should be seen by a doctor."),
        (6, "Day 7, the first was 6 May 2021. Pain that", "doctor."),
        (7, "Day 8, the first was 6 May 2021. That is a week or more: pain that", "doctor."),
        (14, "Day 15, the first was 6 May 2021. That is two weeks or more: pain that", "doctor."),
        (40, "No exercise with pain in the last two weeks.", ""),
    ],
)
def test_days_are_counted_against_the_rule_of_one_to_two_weeks(
    later: int, begins: str, says: str, tmp_path: Path
) -> None:
    count = day_count(course(tmp_path, Done()), TODAY + timedelta(days=later))
    assert count.startswith(begins)
    assert count.endswith(says)


def test_days_without_pain_or_without_an_exercise_are_not_counted(tmp_path: Path) -> None:
    sessions = course(tmp_path, Done(before=0), Done(day=1, repetitions=0), Done(day=2))
    assert day_count(sessions, TODAY + timedelta(days=2)).startswith("Day 1, the first was 8 May 2021.")
