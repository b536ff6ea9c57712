"""`--programme` from end to end: typed sessions in the real history, a rehearsal by voice, the list, the check."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_run import ANSWERS, FIRST, follows
from tests.programme.conftest import HEAD, Write, step
from voice_coach.app.run_rehearsal import rehearsals
from voice_coach.app.run_session import start_of
from voice_coach.cli.main import main
from voice_coach.cli.rehearse import ProgressLine
from voice_coach.config.settings import Settings
from voice_coach.errors import CoachError
from voice_coach.exercise.load import load_exercise
from voice_coach.history.store import Store
from voice_coach.programme.model import schema_text
from voice_coach.records import Answered, Ended, RepetitionDone, Stopped

WELL = ANSWERS[:-3]
"""Up to the last repetition."""
AFTER = ANSWERS[-2:]
"""Behind the answer to how it is."""


def typed(*lines: str, arguments: tuple[str, ...] = ("--programme", "mine")) -> list[str]:
    """Hold the sessions by typing, and return what was written."""
    command = [sys.executable, "-u", "-m", "voice_coach", "run", "--text", *arguments]
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def sessions() -> list[tuple[str, str]]:
    """Return exercise and outcome of all sessions, the oldest first."""
    with Store.open(None) as store:
        return [(one.exercise_id, str(one.outcome)) for one in reversed(store.sessions())]


@pytest.fixture(autouse=True)
def programme(write: Write, two_short: list[str]) -> Path:
    """Write a programme of both: better, and it goes on; the same, and it is asked."""
    one, two = two_short
    return write(step(one, same="ask", cannot=two), step(two))


def test_what_went_well_is_followed_by_the_next_one_which_is_a_session_of_its_own(tmp_path: Path) -> None:
    log = tmp_path / "log.json"
    lines = typed(
        *FIRST, *WELL, "better", *AFTER, *WELL, "better", *AFTER, arguments=("--programme", "mine", "--log", str(log))
    )
    assert follows(
        lines,
        "Does that make sense, and shall we begin?",
        *("That's two done.", "The pain was six before we started.", "It's three now."),
        "Here's the next one.",
        "Second rotation.",
        "Session over: completed, 2 of 2 repetitions.",
        "Say stop at any time; if it gets worse or moves down your leg, we stop.",
        "Which side hurts, left or right?",
        "How bad is the pain, from zero to ten?",
        "Lie on your left side.",
        *("That's two done.", "The pain was six before we started.", "It's three now."),
        "Goodbye.",
        "Session over: completed, 2 of 2 repetitions.",
    )
    assert sessions() == [("short_rotation", "completed"), ("second_rotation", "completed")]
    assert all(json.loads(path.read_text(encoding="utf-8")) for path in (log, tmp_path / "log-2.json"))


@pytest.mark.parametrize(("answer", "others"), [("yes", [("second_rotation", "interrupted")]), ("no", [])])
def test_the_same_is_asked_about(answer: str, others: list[tuple[str, str]]) -> None:
    lines = typed(*FIRST, *WELL, "the same", *AFTER, answer)
    assert follows(lines, "Here's the next one.", "Second rotation.", "Shall we do that one too?", f"> {answer}")
    assert sessions() == [("short_rotation", "completed"), *others]


@pytest.mark.parametrize("red", ["it's worse", "down my leg", "my leg is numb"])
def test_after_a_red_sign_it_is_over_and_the_next_time_begins_with_the_lock(red: str) -> None:
    lines = typed(*FIRST, *WELL, red, "back", "finish")
    assert follows(lines, "Stop.", "Session over: stopped, 2 of 2 repetitions.")
    assert "Here's the next one." not in lines
    again = typed("no")
    assert "I can't do this one with you yet." in again
    assert "Here's the next one." not in again
    assert sessions() == [("short_rotation", "stopped"), ("short_rotation", "cannot_start")]


def written_before(exercise: str, days: int, *records: Answered | RepetitionDone | Stopped | Ended) -> None:
    """Write a session of some days ago."""
    started = datetime.now().astimezone() - timedelta(days=days)
    with Store.open(None) as store:
        session = store.begin(replace(start_of(load_exercise(exercise), Settings()), started=started))
        for record in records:
            store.save(session, record)


def test_it_leads_around_no_lock(capsys: pytest.CaptureFixture[str]) -> None:
    """The second exercise got worse yesterday, and nobody has checked it."""
    written_before("second_rotation", 1, Stopped(1, 1, "hold", "worse", "worse", "user", red=True))
    lines = typed("no", *FIRST, *WELL, "better", *AFTER)
    assert "I can't do this one with you yet." in lines
    assert "Lie on your left side." not in lines
    assert sessions()[1:] == [("short_rotation", "cannot_start")]
    assert main(["exercises", "--json"]) == 0
    (mine,) = [one for one in json.loads(capsys.readouterr().out) if one["id"] == "mine"]
    assert not mine["offered"]
    assert "until a professional has checked" in mine["why_not"]


def test_it_leads_around_no_two_weeks() -> None:
    for days in (15, 8):
        pain = Answered(1, "pain_before", 5.0)
        written_before("second_rotation", days, pain, RepetitionDone(9, 1, 2, 1.0), Ended(10, "completed", 1, 0, 0))
    weekly = "the same"  # since the first session: asked once a week
    lines = typed(*FIRST, *WELL, "better", *AFTER, weekly, "no")
    assert follows(lines, "Here's the next one.", "It's been two weeks or more since you began.", "> no")
    assert sessions()[-1] == ("second_rotation", "cannot_start")


def test_who_cannot_do_the_first_is_led_on_by_its_rule() -> None:
    lines = typed(*FIRST, *ANSWERS[:4], "I can't lie on my side", *ANSWERS[:2])
    assert follows(lines, "Let's leave that one for today.", "Second rotation.", "Which side hurts, left or right?")
    assert [exercise for exercise, _ in sessions()] == ["short_rotation", "second_rotation"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--programme", "mine", "--exercise", "bridge"], "leave out --exercise, or --programme."),
        (["--exercise", "bridge", "--programme", "mine"], "leave out --exercise, or --programme."),
        (["--programme", "nine"], 'there is no such programme; did you mean "mine"?'),
        (["--programme", "broken"], "steps[0].worse: a red sign always ends a programme"),
    ],
)
def test_what_is_wrong_is_a_sentence(
    write: Write, arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(step("bridge", worse="next"), name="broken")
    for command in (["run", "--text"], ["rehearse"]):
        assert main([*command, *arguments]) in {1, 2}
        errors = capsys.readouterr().err
        assert sentence in errors
        assert "Traceback" not in errors


def test_a_rehearsal_by_voice_goes_through_all_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The real voice, the real recogniser."""
    code = main(["rehearse", "--programme", "mine", "--out", str(tmp_path / "out"), "--json"])
    results: list[dict[str, Any]] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["exercise"], one["outcome"], one["repetitions"]) for one in results] == [
        ("short_rotation", "completed", 2),
        ("second_rotation", "completed", 2),
    ]
    assert (code, [one["as_expected"] for one in results]) == (0, [True, True])
    folders = ["1-short_rotation", "2-second_rotation"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == folders
    first, second = (Path(one["captions"]).read_text(encoding="utf-8") for one in results)
    assert "Here's the next one." in first
    assert "Goodbye." not in first
    assert second.rstrip().endswith("Goodbye.")


def test_a_rehearsal_that_goes_round_and_round_is_broken_off(write: Write, tmp_path: Path) -> None:
    """Who always says yes, to a programme that asks each time."""
    path = write(step("short_rotation", better="ask short_rotation", same="ask short_rotation", unsure="end"))
    settings = Settings(programme=str(path))
    with pytest.raises(CoachError, match="After 1 exercises it still goes on"):
        rehearsals(settings, "goes-well", "left", tmp_path, ProgressLine(), longest=1)


def test_the_list_says_what_each_strings_together(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["exercises"]) == 0
    _, _, programmes = capsys.readouterr().out.partition("Programmes (run --programme ID):\n")
    assert [line.split() for line in programmes.splitlines()] == [
        "mine short_rotation, second_rotation mine (yours)".split(),
        "toward_press_ups prone_lying, prone_on_elbows, prone_press_up from lying on your front to pushing up".split(),
        "toward_rotation knee_rolls, flexion_rotation rolling your knees before the flexion rotation".split(),
    ]


def test_a_broken_one_is_named_in_the_list_and_the_rest_is_there(
    write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(step("bridge", worse="next"), name="broken")
    assert main(["exercises"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(
        line.split()[:6] == ["broken", "not", "offered:", "its", "file", "has"] and str(path) in line for line in lines
    )
    assert any(line.startswith("toward_rotation") for line in lines)


def test_a_programme_is_checked_as_one(programme: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty.toml"
    empty.write_text(HEAD, encoding="utf-8")
    assert main(["check", str(programme)]) == 0
    assert capsys.readouterr().out == f"{programme}: a good programme\n"
    assert main(["check", str(empty)]) == 1
    assert capsys.readouterr().out == f'{empty}: "steps" is missing; add it, a list in [ ] with at least one entry\n'


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--programme-schema"]) == 0
    assert capsys.readouterr().out == schema_text()
