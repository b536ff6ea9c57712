"""The sessions for other programs: as rows, as JSON, and as a FHIR Bundle that a library for FHIR reads."""

import csv
import io
import json
import sqlite3
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle  # Bundle, Observation and Procedure are in R4B as they are in R4

from tests.history.course import Done, course
from tests.history.three_weeks import WORDS, write_three_weeks
from voice_coach.errors import HistoryError
from voice_coach.history.store import Store
from voice_coach.records import Answered, Session, Stopped
from voice_coach.report.csv_json import PARTS, as_csv, as_json, other_tables
from voice_coach.report.fhir import bundle
from voice_coach.report.safety import known_words


def rows(sessions: list[Session]) -> list[dict[str, str]]:
    """Return the CSV as a spreadsheet would read it."""
    return list(csv.DictReader(io.StringIO(as_csv(sessions), newline="")))


def resources(*sessions: Session) -> list[dict[str, Any]]:
    """Return the resources of a Bundle that was found valid."""
    text = json.dumps(bundle(sessions))
    Bundle.model_validate_json(text)
    return [entry["resource"] for entry in json.loads(text).get("entry", [])]


# CSV and JSON


def test_a_row_has_a_session_and_empty_cells_for_what_is_not_known(tmp_path: Path) -> None:
    said = 'down, my "leg"\nagain'
    newer, older = rows(course(tmp_path, Done(before=None, place_before=None), Done(red=said, outcome="stopped")))
    assert (older["nprs_before"], older["nprs_after"], older["furthest_before"], older["change"]) == ("", "4.0", "", "")
    assert (older["red_words"], older["red_intent"]) == ("", "")
    assert (newer["red_words"], newer["red_intent"], newer["change"]) == (said, "peripheralised", "centralised")


def test_every_field_but_the_lists_has_a_column(tmp_path: Path) -> None:
    (row,) = rows(course(tmp_path, Done()))
    derived = {"exercise", "exercise_no_today", "change", "pgic", "red_intent", "red_words"}
    assert set(row) == {field.name for field in fields(Session)} - set(PARTS) | derived


def test_sessions_are_told_apart_by_exercise(tmp_path: Path) -> None:
    first, second, third = course(tmp_path, Done(), Done(), Done())[::-1]
    other = replace(second, exercise_id="bridge")
    found = list(
        csv.DictReader(io.StringIO(as_csv([first, other, third], {"bridge": "lifting your hips"}), newline=""))
    )
    assert [(row["exercise"], row["exercise_no_today"], row["session_no_today"]) for row in found] == [
        ("flexion rotation", "1", "1"),
        ("lifting your hips", "1", "2"),
        ("flexion rotation", "2", "3"),
    ]


@pytest.mark.parametrize("note", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_a_spreadsheet_runs_nothing_that_was_said(note: str, tmp_path: Path) -> None:
    (session,) = course(tmp_path, Done())
    assert rows([replace(session, note=note)])[0]["note"] == f"'{note}"


def test_json_has_the_sessions_and_every_other_table(tmp_path: Path) -> None:
    sessions = course(tmp_path, Done(), Done(red="worse"))
    path = tmp_path / "course" / "history.db"
    with sqlite3.connect(path) as db:
        db.execute("INSERT INTO weeks (date, pgic) VALUES ('2021-05-12', 2)")
    db.close()
    content = json.loads(as_json(sessions, other_tables(path), "0.1.0"))
    assert content["voice_coach"] == "0.1.0"
    assert [len(session["repetitions"]) for session in content["sessions"]] == [10, 10]
    assert content["weeks"] == [{"id": 1, "date": "2021-05-12", "pgic": 2, "days_with_symptoms": None}]
    assert content["screenings"] == []


def test_tables_that_can_not_be_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "history.db").write_bytes(b"no database" * 1000)
    with pytest.raises(HistoryError, match="is damaged"):
        other_tables(tmp_path / "history.db")


# FHIR


def test_a_session_is_a_procedure_with_two_scores(tmp_path: Path) -> None:
    (session,) = course(tmp_path, Done(before=6.5, after=0))
    procedure, before, after = resources(session)
    assert (procedure["status"], procedure["code"]) == ("completed", {"text": "Exercise: flexion rotation"})
    assert procedure["performedPeriod"] == {"start": "2021-05-06T08:30:00+00:00", "end": "2021-05-06T08:32:20+00:00"}
    assert procedure["note"] == [{"text": "10 of 10 repetitions were coached."}]
    assert {score["code"]["coding"][0]["code"] for score in (before, after)} == {"72514-3"}
    assert [score["valueQuantity"]["value"] for score in (before, after)] == [6.5, 0]
    assert [score["effectiveDateTime"] for score in (before, after)] == [
        "2021-05-06T08:30:03+00:00",
        "2021-05-06T08:32:00+00:00",
    ]
    assert before["partOf"] == [{"reference": f"urn:uuid:{procedure['id']}"}]


def test_nobody_is_named(tmp_path: Path) -> None:
    found = resources(*course(tmp_path, Done(), Done(day=1)))
    assert {resource["resourceType"] for resource in found} == {"Procedure", "Observation"}
    assert {tuple(resource["subject"]) for resource in found} == {("display",)}


def test_a_score_that_was_asked_for_and_not_given_is_said_to_be_absent(tmp_path: Path) -> None:
    (session,) = course(tmp_path, Done(before=None))
    _, before, after = resources(session)
    assert "valueQuantity" not in before
    assert before["dataAbsentReason"]["coding"][0]["code"] == "asked-unknown"
    assert "dataAbsentReason" not in after


def test_a_score_that_was_not_asked_for_is_not_there(tmp_path: Path) -> None:
    (session,) = course(tmp_path, Done())
    assert [resource["resourceType"] for resource in resources(replace(session, answers=()))] == ["Procedure"]


def test_a_red_word_is_told_with_the_exercise_that_it_stopped(tmp_path: Path) -> None:
    (session,) = course(tmp_path, Done(red="it's going down my leg", outcome="stopped", repetitions=4))
    procedure, *_ = resources(replace(session, note="Slept badly."))
    assert (procedure["status"], procedure["statusReason"]) == ("stopped", {"text": "pain moved outward"})
    assert procedure["complication"] == [{"text": "Said: it's going down my leg"}]
    assert procedure["note"] == [{"text": "4 of 10 repetitions were coached. Note: Slept badly."}]


@pytest.mark.parametrize(
    ("outcome", "status"),
    [("finished_early", "stopped"), ("cannot_start", "not-done"), ("interrupted", "stopped"), (None, "unknown")],
)
def test_how_it_ended_is_the_status(outcome: str | None, status: str, tmp_path: Path) -> None:
    (session,) = course(tmp_path, Done(outcome=outcome))
    assert resources(session)[0]["status"] == status


def test_the_same_session_has_the_same_name_each_time_and_no_two_share_one(tmp_path: Path) -> None:
    sessions = course(tmp_path, Done(), Done(), Done(day=1))
    names = [resource["id"] for resource in resources(*sessions)]
    assert len(set(names)) == 9
    assert names == [resource["id"] for resource in resources(*sessions)]


def test_without_sessions_the_bundle_is_empty() -> None:
    assert resources() == []


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Return the resources of three weeks with two exercises, a screening and one red event."""
    path = tmp_path_factory.mktemp("weeks") / "history.db"
    write_three_weeks(path)
    with Store.open(path) as store:
        text = json.dumps(bundle(store.sessions()[::-1], known_words()))
    Bundle.model_validate_json(text)
    return [entry["resource"] for entry in json.loads(text)["entry"]]


def test_a_red_event_is_an_observation_with_the_words_and_what_was_done(weeks: list[dict[str, Any]]) -> None:
    (red,) = [one for one in weeks if one.get("code", {}).get("text", "").startswith("Red event")]
    procedures = {f"urn:uuid:{one['id']}": one for one in weeks if one["resourceType"] == "Procedure"}
    assert red["code"] == {"text": "Red event: pain moved outward"}
    assert (red["valueString"], red["effectiveDateTime"]) == (WORDS, "2031-05-14T17:31:58+00:00")
    assert red["note"] == [
        {
            "text": "In the hold of repetition 5. Stopped at once, told them to let go and rest, and "
            "to contact a doctor or physio before the next time."
        }
    ]
    assert procedures[red["partOf"][0]["reference"]]["code"] == {"text": "Exercise: flexion rotation"}


def test_red_silence_and_a_red_sign_without_words_are_told_apart(tmp_path: Path) -> None:
    (session,) = course(tmp_path, Done(outcome="stopped"))
    silent = Stopped(9, 3, "check", "worse", "", "timeout", red=True)
    session = replace(session, stops=(silent, replace(silent, by="user")))
    one, other = [found for found in resources(session) if "Red event" in found.get("code", {}).get("text", "")]
    assert one["valueString"] == "No answer came, which counts as worse."
    assert other["dataAbsentReason"]["coding"][0]["code"] == "not-asked"


def test_a_lock_is_a_flag_until_it_is_opened(weeks: list[dict[str, Any]], tmp_path: Path) -> None:
    (flag,) = [one for one in weeks if one["resourceType"] == "Flag"]
    assert (flag["status"], flag["category"][0]["coding"][0]["code"]) == ("inactive", "safety")
    assert flag["code"] == {"text": "No exercise until a professional has checked it: pain moved outward"}
    assert flag["period"] == {"start": "2031-05-14T17:30:00+00:00", "end": "2031-05-17T08:30:00+00:00"}
    (open_one,) = [one for one in resources(*course(tmp_path, Done(red="worse"))) if one["resourceType"] == "Flag"]
    assert (open_one["status"], set(open_one["period"])) == ("active", {"start"})


def test_the_screening_is_a_questionnaire_response(weeks: list[dict[str, Any]]) -> None:
    whole, *daily = [one for one in weeks if one["resourceType"] == "QuestionnaireResponse"]
    answers = {item["linkId"]: item["answer"] for item in whole["item"]}
    assert whole["status"] == "completed"
    assert len(answers) == 14
    assert [name for name, answer in answers.items() if answer == [{"valueBoolean": True}]] == [
        "screen_4",
        "screen_told",
    ]
    assert answers["screening"] == [{"valueString": "a professional knows of it and agrees"}]
    texts = {item["linkId"]: item["text"] for item in whole["item"]}
    assert "accident" in texts["screen_4"]
    assert len(daily) == 16
    assert {item["linkId"] for one in daily for item in one["item"]} == {"screen_daily"}


def test_a_screening_that_was_broken_off_has_a_question_without_an_answer(tmp_path: Path) -> None:
    (session,) = course(tmp_path, Done())
    answers = (Answered(1, "screen_1", "no"), Answered(2, "screen_2", None))
    (found,) = [
        one for one in resources(replace(session, answers=answers)) if one["resourceType"] == "QuestionnaireResponse"
    ]
    assert found["status"] == "stopped"
    assert [item.get("answer") for item in found["item"]] == [[{"valueBoolean": False}], None]


def test_every_procedure_names_its_exercise(weeks: list[dict[str, Any]]) -> None:
    named = {one["code"]["text"] for one in weeks if one["resourceType"] == "Procedure"}
    assert named == {"Exercise: flexion rotation", "Exercise: lifting your hips on your back"}
