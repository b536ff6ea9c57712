"""How it goes over the weeks: what of the history is told, when it is asked, and what is kept and exported of it."""

import csv
import io
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.history.course import FIRST, TODAY, Done, course
from voice_coach.clinical import trends
from voice_coach.clinical.eligibility import past_of
from voice_coach.clinical.past import Course
from voice_coach.history.store import Store
from voice_coach.records import Answered, Session
from voice_coach.report.content import contents
from voice_coach.report.csv_json import as_csv, as_object, other_tables
from voice_coach.report.fhir import bundle
from voice_coach.timebase import RATE

WEEK = timedelta(days=7)


def known(sessions: list[Session], day: date) -> Course:
    """Return what is told of these sessions on this day."""
    return past_of(sessions, "flexion_rotation", day).course


def told(path: Path, session: int, step: float | None, since: str | None = "better") -> list[Session]:
    """Answer the weekly question in a session of a history; return all sessions."""
    with Store.open(path) as store:
        store.save(session, Answered(130 * RATE, trends.ASKED, since, "better", 0.9))
        store.save(session, Answered(131 * RATE, trends.QUESTION, step, "a little", 0.9))
        return store.sessions()


def test_it_goes_from_the_first_to_the_last_and_what_was_not_answered_is_passed_over(tmp_path: Path) -> None:
    sessions = course(
        tmp_path,
        Done(day=0, before=7),
        Done(day=1, before=None),
        Done(day=2, before=4, place_before="back", place_after="back"),
    )
    found = known(sessions, TODAY + timedelta(days=2))
    assert found == Course(2, 7, 4, "calf", "back")


def test_one_session_has_no_first_and_last(tmp_path: Path) -> None:
    assert known(course(tmp_path, Done(before=7)), TODAY) == Course(1, 7, None, "calf", None)
    assert known([], TODAY) == Course()


def test_zero_is_a_number_and_silence_is_none(tmp_path: Path) -> None:
    sessions = course(
        tmp_path, Done(before=0, place_before="none", place_after=None), Done(before=None, place_before=None)
    )
    assert known(sessions, TODAY) == Course(1, 0, None, "none", None)


def test_red_signs_are_counted_and_the_last_one_dated(tmp_path: Path) -> None:
    sessions = course(tmp_path, Done(day=0, red="down my leg"), Done(day=1), Done(day=2, red="down my leg"))
    found = known(sessions, TODAY + timedelta(days=3))
    assert found.signs == 2
    assert found.sign is not None
    assert (found.sign.reason, found.sign.days_ago) == ("peripheralised", 1)


def test_after_a_long_break_and_of_days_to_come_nothing_is_told(tmp_path: Path) -> None:
    sessions = course(tmp_path, Done(day=0, before=9), Done(day=20, before=5), Done(day=40, before=1))
    assert known(sessions, TODAY + timedelta(days=21)).first_pain == 5
    assert known(sessions, TODAY + timedelta(days=36)) == Course()


# When it is asked


def test_it_is_asked_after_a_week_and_then_once_a_week(tmp_path: Path) -> None:
    sessions = course(tmp_path, *(Done(day=day) for day in range(8)))
    assert not trends.is_due(sessions[2:], TODAY + timedelta(days=6))
    assert trends.is_due(sessions, TODAY + WEEK)
    answered = told(tmp_path / "course" / "history.db", 8, 3.0)
    assert not trends.is_due(answered, TODAY + WEEK)
    assert not trends.is_due(answered, TODAY + WEEK + timedelta(days=6))
    assert trends.is_due(answered, TODAY + 2 * WEEK)
    assert past_of(answered, "another", TODAY + 2 * WEEK).impression_due


def test_who_did_not_answer_is_asked_again_on_another_day(tmp_path: Path) -> None:
    sessions = course(tmp_path, *(Done(day=day) for day in range(8)))
    assert len(sessions) == 8
    silent = told(tmp_path / "course" / "history.db", 8, None, None)
    assert not trends.is_due(silent, TODAY + WEEK)
    assert trends.is_due(silent, TODAY + WEEK + timedelta(days=1))


def test_a_clock_that_was_ahead_keeps_nobody_from_being_asked(tmp_path: Path) -> None:
    course(tmp_path, Done(day=0), Done(day=400))
    sessions = told(tmp_path / "course" / "history.db", 2, 3.0)
    assert trends.is_due(sessions, TODAY + WEEK)
    assert not trends.is_due(sessions[:1], TODAY + WEEK)


def test_without_a_repetition_nothing_has_begun(tmp_path: Path) -> None:
    assert not trends.is_due(course(tmp_path, Done(repetitions=0)), TODAY + WEEK)


# What is kept


@pytest.fixture
def answered(tmp_path: Path) -> list[Session]:
    """Return a course with one answer."""
    course(tmp_path, Done(), Done(day=1))
    return told(tmp_path / "course" / "history.db", 2, 3.0)


def test_the_step_and_the_words_are_in_the_log(answered: list[Session], tmp_path: Path) -> None:
    assert [one.pgic for one in answered] == [3, None]
    weeks = other_tables(tmp_path / "course" / "history.db")["weeks"]
    assert [(week["date"], week["pgic"]) for week in weeks] == [((FIRST + timedelta(days=1)).date().isoformat(), 3)]
    assert ("since_began", "better", "better") in {(a.question, a.value, a.words) for a in answered[0].answers}


def test_an_answer_that_was_not_given_is_no_step(tmp_path: Path) -> None:
    course(tmp_path, Done())
    sessions = told(tmp_path / "course" / "history.db", 1, None)
    assert sessions[0].pgic is None
    assert other_tables(tmp_path / "course" / "history.db")["weeks"] == []


def test_it_is_exported(answered: list[Session]) -> None:
    assert as_object(answered[0])["pgic"] == 3
    assert [row["pgic"] for row in csv.DictReader(io.StringIO(as_csv(answered)))] == ["3", ""]
    resources = [entry["resource"] for entry in bundle(answered)["entry"]]
    (found,) = [one for one in resources if "valueInteger" in one]
    assert (found["resourceType"], found["valueInteger"]) == ("Observation", 3)
    assert found["note"] == [{"text": "minimally improved"}]
    assert found["effectiveDateTime"].startswith("2021-05-07")


def test_the_report_tells_it_with_its_day(answered: list[Session]) -> None:
    facts = dict(contents(answered, TODAY + timedelta(days=1), None, "0").facts)
    assert facts["Change since the beginning"] == "minimally improved (7 May 2021)"
    facts = dict(contents(answered[1:], TODAY, None, "0").facts)
    assert facts["Change since the beginning"] == "not asked or not answered"


def test_each_step_has_its_words() -> None:
    assert trends.label(1) == "very much improved"
    assert trends.label(7) == "very much worse"
    assert trends.label(None) == "-"
