"""What the days lead to: a week, two weeks, nothing better, how often (R33, R34, R36, D6, T12)."""

from datetime import timedelta

import pytest

from tests.session.life import DAY, Life, session_of
from voice_coach.clinical.eligibility import past_of
from voice_coach.clinical.past import Course, Past
from voice_coach.records import Answered, Ended, RepetitionDone, Session
from voice_coach.session.states import Done, Instructing
from voice_coach.testing import Conversation


def said(talk: Conversation) -> str:
    """Return all that was said since the session began."""
    return " ".join(line.text for line in talk.lines(since=0))


@pytest.mark.parametrize(
    ("past", "sentence"),
    [
        (
            Past(week=True),
            "It's been a week or more since you began. If it still hurts, please see a doctor or physio. Which side",
        ),
        (
            Past(no_better=True),
            "It hasn't got better in two days. This may not be the exercise for you; ask your physio.",
        ),
        (
            Past(two_weeks=True),
            "It's been two weeks or more since you began. A doctor or physio must look at your back.",
        ),
    ],
)
def test_what_is_due_is_said_before_the_first_question(past: Past, sentence: str) -> None:
    assert sentence in said(Conversation(past=past))
    assert sentence not in said(Conversation())


def test_two_weeks_replace_the_week() -> None:
    talk = Conversation(past=Past(week=True, two_weeks=True))
    assert "a week or more" not in said(talk).replace("two weeks or more", "")
    assert talk.question == "two_weeks"


@pytest.mark.parametrize(
    ("answers", "outcome"), [(["no"], "cannot_start"), ([], "no_answer"), (["brm", "ready", "resume"], "no_answer")]
)
def test_after_two_weeks_nothing_begins_before_it_is_acknowledged(answers: list[str], outcome: str) -> None:
    talk = Conversation(past=Past(two_weeks=True))
    for text in answers:
        talk.answers(text)
    assert talk.until(Done).outcome == outcome
    assert not any(isinstance(record, RepetitionDone) for record in talk.records)


def test_after_two_weeks_yes_begins_and_is_logged() -> None:
    talk = Conversation(past=Past(two_weeks=True)).answers("yes")
    assert talk.question == "side"
    assert talk.answer_to("two_weeks") == "yes"
    assert isinstance(talk.goes_on_until(Instructing).state, Instructing)


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (0, "Have a little rest before you get up. Do this at least three times a day while it helps. Goodbye."),
        (1, "That's your second time today. Do this at least three times a day while it helps. Goodbye."),
        (2, "That's three times or more today. Your doctor or physio can tell you how often. Goodbye."),
        (9, "That's three times or more today. Your doctor or physio can tell you how often. Goodbye."),
    ],
)
def test_the_farewell_reminds_of_three_a_day_and_names_no_upper_number(before: int, words: str) -> None:
    talk = Conversation(past=Past(completed_today=before)).goes_on_until(Done)
    assert words in said(talk)


def test_who_finishes_early_is_not_reminded() -> None:
    talk = Conversation(past=Past(completed_today=1)).goes_on_until(Instructing).says("finish").until(Done)
    assert "second time" not in said(talk)


# From the talk to the history and back


def day(number: int, *changes: str, pain: float = 6) -> tuple[Session, ...]:
    """Return the sessions of a day, each with this answer to the checks."""
    return tuple(
        session_of(
            [
                Answered(1, "pain_before", pain),
                RepetitionDone(2, 1, 1, 1.0),
                Answered(3, "check_1", change),
                Ended(4, "completed", 1, 0, 0),
            ],
            100 * number + place,
            DAY + timedelta(days=number),
        )
        for place, change in enumerate(changes, 1)
    )


def known(today: int, *days: tuple[Session, ...]) -> Past:
    """Return what is known on a day."""
    return past_of([one for sessions in days for one in sessions], "flexion_rotation", DAY + timedelta(days=today))


@pytest.mark.parametrize(
    ("today", "week", "two_weeks"),
    [(0, False, False), (6, False, False), (7, True, False), (13, True, False), (14, True, True), (20, True, True)],
)
def test_day_seven_and_day_fourteen_are_counted_from_the_first_session(today: int, week: bool, two_weeks: bool) -> None:
    past = known(today, day(0, "better"), day(6, "better"))
    assert (past.week, past.two_weeks) == (week, two_weeks)


def test_after_more_than_two_weeks_without_a_session_the_count_begins_anew() -> None:
    assert known(30, day(0, "better"), day(15, "better")).two_weeks is False  # 15 days apart: 15 only since the second
    assert known(28, day(0, "better"), day(14, "better")).two_weeks
    assert not known(15, day(0, "better")).week


def test_a_session_without_pain_is_no_day_with_pain() -> None:
    assert not known(8, day(0, "better", pain=0), day(5, "better")).week


def test_it_is_reminded_once_a_day() -> None:
    assert known(8, day(0, "better"), day(7, "better")).week
    assert not known(8, day(0, "better"), day(8, "better")).week


def test_what_was_acknowledged_holds_for_two_weeks() -> None:
    def past(today: int) -> Past:
        acknowledged = session_of([Answered(1, "two_weeks", "yes")], 900, DAY + timedelta(days=14))
        refused = session_of([Answered(1, "two_weeks", "no")], 800, DAY + timedelta(days=14))
        days = [day(number, "better") for number in range(0, 30, 3)]
        assert known(14, *days[:5], (refused,)).two_weeks
        return known(today, *days, (acknowledged,))

    assert not past(15).two_weeks
    assert not past(28).two_weeks
    assert past(29).two_weeks


@pytest.mark.parametrize(
    ("days", "today", "told"),
    [
        ((day(0, "same"), day(1, "same")), 2, True),
        ((day(0, "same"), day(1, "same", "better")), 2, False),
        ((day(0, "gone"), day(1, "same")), 2, False),
        ((day(0, "better"), day(1, "same"), day(2, "same")), 3, True),
        ((day(0, "same"), day(3, "same")), 5, True),
        ((day(0, "same"),), 1, False),
        ((day(0, "same"), day(1, "same")), 1, False),
        ((day(0, "same"), day(1, "same"), day(2, "same")), 2, False),
        ((day(0, "same"), day(1, "same")), 30, False),
        ((), 0, False),
    ],
)
def test_two_days_without_anything_better_are_told_once_a_day(
    days: tuple[tuple[Session, ...], ...],
    today: int,
    told: bool,
) -> None:
    assert known(today, *days).no_better is told


def test_pain_that_moved_toward_the_spine_is_better() -> None:
    moved = session_of(
        [
            Answered(1, "furthest_before", "calf"),
            RepetitionDone(2, 1, 1, 1.0),
            Answered(3, "check_1", "same"),
            Answered(4, "furthest_after", "back"),
        ],
        150,
        DAY + timedelta(days=1),
    )
    assert not known(2, day(0, "same"), (moved,)).no_better


def test_sessions_of_today_that_came_to_their_end_are_counted() -> None:
    assert known(0, day(0, "better", "better")).completed_today == 2
    cut = session_of([RepetitionDone(2, 1, 1, 1.0)], 7)
    assert known(0, day(0, "better"), (cut,)).completed_today == 1
    assert known(1, day(0, "better", "better")).completed_today == 0


def test_a_second_session_of_the_day_knows_of_the_first() -> None:
    life = Life()
    life.lives(Conversation().goes_on_until(Done))
    course = Course(days=1, first_pain=6, first_place="thigh")
    assert life.past(after=0) == Past(completed_today=1, course=course, last_side="left", sound_checked=True)
    assert life.past(after=7) == Past(week=True, course=course, impression_due=True, last_side="left")
