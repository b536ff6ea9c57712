"""What the report, the history and FHIR say of a call for help."""

import dataclasses
from pathlib import Path

import pytest

from tests.history.course import Done, course
from tests.report.test_html_page import read
from voice_coach.exercise.prompts import load_prompts
from voice_coach.records import HelpCall, Session, Stopped
from voice_coach.report.fhir import bundle
from voice_coach.report.narrative import narrated
from voice_coach.report.safety import Words
from voice_coach.report.words import help_text
from voice_coach.timebase import RATE

ASKED = HelpCall(200 * RATE, "asked", "voice command mqtt", "user", "call someone")
DONE = HelpCall(201 * RATE, "done", "mqtt", "coach")
FAILED = HelpCall(202 * RATE, "failed", "command", "coach", "ring ended with exit code 1")
TEXT = (
    "HELP was called for at the person's wish, “call someone”: aloud in the room, the command, the message by MQTT. "
    "Got through: the message by MQTT. Did not get through: the command."
)


def session(tmp_path: Path, *calls: HelpCall) -> Session:
    """Return a session in which help was called for."""
    (done,) = course(tmp_path, Done(outcome="stopped"))
    stop = Stopped(200 * RATE, 4, "hold", "call_help", "call someone", "user", red=False)
    return dataclasses.replace(done, help_calls=calls, stops=(stop,) if calls else ())


def test_the_report_says_when_by_whom_and_what_got_through(tmp_path: Path) -> None:
    assert f"Calls for help6 May 2021 08:30: {TEXT}" in read([session(tmp_path, ASKED, DONE, FAILED)]).text
    assert "Calls for help" not in read([session(tmp_path / "without")]).text


def test_fhir_names_it_in_the_procedure(tmp_path: Path) -> None:
    entries = bundle([session(tmp_path, ASKED, DONE, FAILED)])["entry"]
    (procedure,) = [one["resource"] for one in entries if one["resource"]["resourceType"] == "Procedure"]
    assert procedure["note"][0]["text"].endswith(TEXT)


def test_a_session_in_words_has_each_step_at_its_time(tmp_path: Path) -> None:
    lines = narrated(session(tmp_path, ASKED, DONE, FAILED), Words(load_prompts()))
    found = [line.strip() for line in lines if line.startswith("  3:2")]
    assert found == [
        "3:20  Stopped: asked for help, “call someone”, in the hold of repetition 4",
        (
            "3:20  HELP was called for at the person's wish, “call someone”: aloud in the room, the command, "
            "the message by MQTT"
        ),
        "3:21  Call for help: the message by MQTT got through",
        "3:22  Call for help: the command failed (ring ended with exit code 1)",
    ]


@pytest.mark.parametrize(
    ("calls", "text"),
    [
        ((), ""),
        (
            (HelpCall(1, "asked", "voice", "timeout"),),
            "HELP was called for as the person could not get up and gave no answer: aloud in the room.",
        ),
        (
            (HelpCall(1, "asked", "voice gpio", "coach"),),
            (
                "HELP was called for at a sign of an emergency: aloud in the room, the pin. "
                "Not known whether it got through: the pin."
            ),
        ),
        ((ASKED, FAILED, dataclasses.replace(FAILED, what="done"), DONE), TEXT.partition(" Got")[0]),
    ],
)
def test_what_came_of_it_is_told_and_what_is_not_known(tmp_path: Path, calls: tuple[HelpCall, ...], text: str) -> None:
    told = help_text(session(tmp_path, *calls))
    assert told.startswith(text)
    assert len(told) == len(text) or "Got through: the command, the message by MQTT." in told
