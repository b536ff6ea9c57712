"""What the person asks in a whole session, typed: the answers come from the history, and forgetting is forgetting."""

import subprocess
import sys

import pytest

from tests.history.course import Done, write
from voice_coach.cli.main import main
from voice_coach.files.profiles import FIRST
from voice_coach.history.store import Store
from voice_coach.records import Answered

SCREENED = ["yes", "skip", *["no"] * 11, "yes"]
COURSE = [Done(day=day, before=7 - day, place_after="back") for day in range(5)]


def session(*lines: str) -> str:
    """Hold a session in which this is typed; return what was written."""
    command = [sys.executable, "-u", "-m", "voice_coach", "run", "--text"]
    done = subprocess.run(command, input="\n".join(lines), capture_output=True, text=True, timeout=120, check=False)
    assert done.stderr == ""
    assert done.returncode == 0
    return done.stdout


def test_all_is_deleted_when_that_is_asked_for_at_the_end() -> None:
    said = session(*SCREENED, "delete my log", "finish", "delete my log", "yes", "yes")
    assert "Ask me that at the end, or between sessions.\nWhich side hurts" in said
    assert said.index("I can't bring them back.") < said.index("Shall I delete them: yes or no?")
    assert "I've deleted all your sessions.\nGoodbye.\n" in said
    assert not any(FIRST.history.parent.iterdir())


def test_a_no_keeps_the_session_and_those_before_it(capsys: pytest.CaptureFixture[str]) -> None:
    write(None, COURSE)
    said = session(*SCREENED, "finish", "delete my log", "yes", "no", "")
    assert "I haven't deleted anything." in said
    assert main(["history", "--limit", "9"]) == 0
    assert "6 sessions" in capsys.readouterr().out


def test_how_it_goes_and_what_can_be_chosen_come_from_the_history_and_the_files() -> None:
    said = session(*SCREENED, "what can I do", "how am I doing", "finish", "")
    assert "Here's what you can choose.\nFlexion rotation.\nRolling your knees on your back.\n" in said
    assert "I don't know of any earlier sessions." in said


def test_the_last_answer_about_the_weeks_stands_below_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    write(None, [Done()])
    with Store.open() as store:
        store.save(1, Answered(1, "pgic", 2.0, "much", 1.0))
    assert main(["history"]) == 0
    assert "Since the beginning: much improved, told on 2021-05-06." in capsys.readouterr().out
