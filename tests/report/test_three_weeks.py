"""The report of three weeks, two exercises and one red event, read by somebody who has two minutes."""

import dataclasses
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from tests.history.course import FIRST, TODAY, Done, course
from tests.history.three_weeks import FIRST_DAY, LAST_DAY, ROTATION, WORDS, write_three_weeks
from tests.report.test_html_page import no_picture
from voice_coach.cli.report import about
from voice_coach.exercise.prompts import load_prompts
from voice_coach.files.profiles import Profile
from voice_coach.history.store import Store
from voice_coach.programme.load import load_programme
from voice_coach.programme.model import Prescription
from voice_coach.records import Answered, Session, Stopped
from voice_coach.report import safety
from voice_coach.report.adherence import Plan, lock_spans, planned, shares
from voice_coach.report.content import About, Report, contents
from voice_coach.report.days import calendar
from voice_coach.report.html_page import html
from voice_coach.report.safety import Words
from voice_coach.report.words import question_text


@pytest.fixture(scope="module")
def sessions(tmp_path_factory: pytest.TempPathFactory) -> list[Session]:
    path = tmp_path_factory.mktemp("weeks") / "history.db"
    write_three_weeks(path)
    with Store.open(path) as store:
        return store.sessions()


@pytest.fixture(scope="module")
def report(sessions: list[Session]) -> Report:
    return contents(sessions, LAST_DAY, 28, "0.1.0", about(Profile("Anna")))


@pytest.fixture(scope="module")
def facts(report: Report) -> dict[str, str]:
    return dict(report.facts)


def asked(question: str) -> str:
    """Return a question of the screening as the report words it."""
    return question_text(question, load_prompts("en"), {})


def test_whose_it_is_and_of_which_days(report: Report) -> None:
    assert report.title == "Exercise report of Anna"
    assert report.about.startswith("6 May 2031 to 26 May 2031, 21 days.")


def test_which_red_event_and_when(facts: dict[str, str]) -> None:
    assert facts["Red events"] == (f"1: 14 May 2031 17:30, flexion rotation: pain moved outward, “{WORDS}”. See below.")


def test_what_was_done_about_it_and_what_came_after(report: Report) -> None:
    (event,) = report.events
    assert event.title == "14 May 2031 17:30, flexion rotation"
    assert dict(event.pairs) == {
        "Sign": "pain moved outward",
        "Words": f"“{WORDS}”, in the hold of repetition 5",
        "The coach": "Stopped at once, told them to let go and rest, and "
        "to contact a doctor or physio before the next time.",
        "Afterwards": "Furthest place: thigh before, foot then. Five minutes later: better. All exercises were locked "
        "until 17 May 2031, when they said that a professional had checked it and told them to go on. "
        "Next done on 17 May 2031: pain 4.5 before, 2.5 after.",
    }


def test_how_much_was_done_of_each_exercise(facts: dict[str, str]) -> None:
    assert facts["Sessions: flexion rotation"] == (
        "26 of 57 done to the end (46%; meant: 3 a day), on 17 of 21 days; 2 more begun and ended early; "
        "locked on 2 days, which do not count."
    )
    assert facts["Sessions: lifting your hips on your back"] == (
        "16 of 19 done to the end (84%; meant: 1 a day), on 16 of 21 days; locked on 2 days, which do not count."
    )


def test_where_it_goes(facts: dict[str, str]) -> None:
    assert facts["Pain"] == (
        "7 of 10 on 6 May 2031, 1 on 26 May 2031, before the exercise "
        "(\N{MINUS SIGN}6: 2 points or more, beyond the scale's own error)"
    )
    assert facts["Furthest place"] == (
        "calf on 6 May 2031, buttock on 26 May 2031, before the exercise (nearer to the spine)"
    )


def test_what_the_screening_found(report: Report, facts: dict[str, str]) -> None:
    assert "accident" in asked("screen_4")
    assert facts["Screening"] == (
        "6 May 2031: twelve questions; a professional knows of what was found and agrees. Asked on 16 days whether "
        "anything is new: 16 times no. 2 answers to look at are listed below."
    )
    assert report.safety[0].rows == (
        ("6 May 2031 08:30", asked("screen_4"), "yes", "“yes”", "flexion rotation"),
        ("6 May 2031 08:30", "A doctor or physio knows of it and agrees", "yes", "“yes”", "flexion rotation"),
    )


def test_what_was_locked_released_taken_back_and_refused(report: Report, facts: dict[str, str]) -> None:
    assert facts["Lock"] == (
        "Nothing is locked now. Locked from 14 May 2031 (pain moved outward) to 17 May 2031, when they said that a "
        "professional had checked it."
    )
    assert [row[:3] for row in report.safety[1].rows] == [
        ("22 May 2031 12:30", "Asked whether “worse” was meant: no.", "“no no”"),
        (
            "17 May 2031 08:30",
            "Released: a professional has checked it and told them to go on, they said twice.",
            "“yes she did”",
        ),
        ("15 May 2031 09:30", "No professional has checked it since; it stayed locked.", "“not yet”"),
        ("14 May 2031 17:30", "All exercises are locked from now on: pain moved outward.", "-"),
    ]


def test_each_exercise_has_its_own_charts_and_is_named_in_each_row(report: Report) -> None:
    names = ("flexion rotation", "lifting your hips on your back")
    assert [figure.title.partition(": ")[2] for figure in report.figures] == [names[0]] * 4 + [names[1]] * 4
    assert {row[1] for row in report.listings[0].rows} == set(names)
    for figure, count in ((report.figures[0], 29), (report.figures[4], 16)):
        assert len(figure.rows) == count


def test_no_name_of_ours_is_in_it(report: Report) -> None:
    page = html(report, no_picture)
    names = (
        "flexion_rotation",
        "peripheralised",
        "centralised",
        "screen_",
        "doubt_",
        "cleared",
        "cannot_start",
        "finished_early",
    )
    assert [name for name in names if name in page] == []


# What else a red event, the screening and a lock can be


def words() -> Words:
    return Words(load_prompts("en"), own={"wrist": "Is a wrist broken?"})


def with_records(tmp_path: Path, *records: Stopped | Answered, done: Done | None = None) -> Session:
    """Return a session with these records besides."""
    (session,) = course(tmp_path, done or Done(outcome="stopped", place_after="calf"))
    return dataclasses.replace(
        session,
        stops=tuple(one for one in records if isinstance(one, Stopped)),
        answers=(*session.answers, *(one for one in records if isinstance(one, Answered))),
    )


def test_a_cry_of_pain_that_was_settled_locks_nothing(tmp_path: Path) -> None:
    cry = Stopped(9, 2, "hold", "pain_cry", "ow", "user", red=True)
    session = with_records(tmp_path, cry, Answered(99_000_000, "after_cry", "better", "better", 1.0))
    (event,) = safety.red_events([session], [session], words())
    told = dict(event.pairs)
    assert told["The coach"] == "Paused at once and asked whether it is better, the same or worse."
    assert told["Afterwards"].endswith("Asked how it is: better. All was well again, so nothing was locked.")


def test_silence_that_counts_as_worse_is_told_as_silence(tmp_path: Path) -> None:
    silent = Stopped(9, 3, "doubt_worse", "worse", "", "timeout", red=True)
    (event,) = safety.red_events([session := with_records(tmp_path, silent)], [session], words())
    assert dict(event.pairs)["Words"] == (
        "no answer came, which counts as worse, in answer to a question, after repetition 3"
    )
    assert dict(event.pairs)["Afterwards"].endswith("All exercises have been locked since then.")


def test_a_place_further_out_is_a_red_event_without_words(tmp_path: Path) -> None:
    (session,) = course(tmp_path, Done(place_before="back", place_after="foot"))
    (event,) = safety.red_events([session], [session], words())
    assert dict(event.pairs)["Words"].startswith("none; the place named after the exercise was further out")


def test_what_was_begun_without_asking_is_listed(tmp_path: Path) -> None:
    session = with_records(
        tmp_path,
        Answered(1, "screen_7", None),
        Answered(2, "screen_12", "no", "nope", 1.0),
        Answered(3, "screen_anyway", "yes", "yes", 1.0),
        Answered(4, "screening", "anyway"),
        Answered(5, "own_wrist", "yes", "yes", 1.0),
    )
    assert [row[1:3] for row in safety.screening_rows([session], words())] == [
        (asked("screen_7"), "no answer"),
        (asked("screen_12"), "no"),
        ("Begin without having asked a professional", "yes"),
        ("Screening questions", "began without asking a professional"),
        ("Is a wrist broken?", "yes"),
    ]
    assert "twelve questions; began without asking a professional." in safety.screening_text([session])


# Of how much


def test_a_lock_that_nobody_opened_lasts(sessions: list[Session]) -> None:
    every = [one for one in sessions[::-1] if one.started < "2031-05-17"]
    ((since, until),) = lock_spans(every, "bridge")
    assert (since.exercise_id, since.started[:10], until) == (ROTATION, "2031-05-14", None)
    text = safety.lock_text(every, [ROTATION, "bridge"], date(2031, 5, 16), words())
    assert text == (
        "Locked since 14 May 2031 (pain moved outward): flexion rotation, bridge. No professional has checked it yet."
    )


def test_the_plan_is_what_it_is_measured_against_from_its_day_on(sessions: list[Session]) -> None:
    on = (FIRST_DAY + timedelta(days=14)).date()
    plan = Plan("J. Smith", on, on + timedelta(days=5), {ROTATION: 2}, {ROTATION: "8 times, twice a day"})
    every = sessions[::-1]
    rotation, bridge = shares(every, calendar(sessions, LAST_DAY), plan)
    assert (rotation.per_day, rotation.meant) == ((3, 2), 3 * 12 + 2 * 7)
    assert (bridge.per_day, bridge.meant) == ((1,), 12)  # the plan no longer has it
    facts = dict(contents(sessions, LAST_DAY, None, "0", About(plan=plan)).facts)
    assert facts["Plan"] == (
        "J. Smith, 20 May 2031: flexion rotation 8 times, twice a day. Review was due 25 May 2031."
    )
    assert "(52%; meant: 3 a day and then 2 a day)" in facts["Sessions: flexion rotation"]


def test_an_exercise_of_the_plan_that_was_never_done_is_told(sessions: list[Session]) -> None:
    plan = Plan("J. Smith", FIRST_DAY.date(), None, {"cat_cow": 1}, {"cat_cow": "8 times"})
    facts = dict(contents(sessions, LAST_DAY, None, "0", About(plan=plan)).facts)
    assert facts["Sessions: cat cow"].startswith("0 of 19 done to the end (0%; meant: 1 a day), on 0 of 21 days")


def test_a_programme_that_was_not_prescribed_is_no_plan() -> None:
    programme = load_programme("toward_press_ups")
    assert planned(programme) is None
    prescribed = Prescription(by="J. Smith", on=date(2031, 5, 6))
    plan = planned(
        dataclasses.replace(programme, written=msgspec.structs.replace(programme.written, prescribed=prescribed))
    )
    assert plan is not None
    assert plan.per_day == {"prone_lying": 0, "prone_on_elbows": 0, "prone_press_up": 3}


def test_an_exercise_that_was_left_for_another_is_due_up_to_its_last_day(tmp_path: Path) -> None:
    old, *_ = course(tmp_path / "a", Done(day=2), Done(day=0))
    first = dataclasses.replace(old, id=1, started=FIRST.isoformat(), exercise_id="bridge", target_per_day=1)
    others = course(tmp_path / "b", *(Done(day=day) for day in range(3, 14)))
    every = [first, *(dataclasses.replace(one, id=one.id + 10) for one in others[::-1])]
    parts = {one.exercise_id: one for one in shares(every, calendar(every, TODAY + timedelta(days=13)), None)}
    assert (parts["bridge"].meant, parts[ROTATION].meant) == (1, 33)
