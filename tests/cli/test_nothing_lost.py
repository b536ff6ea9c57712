"""`voice-coach run` behind a session that was killed, and with a destroyed history: what is said, and what is kept."""

import signal
from pathlib import Path

import pytest

from tests.cli.test_run import ANSWERS, FIRST, follows, history, typed
from voice_coach.cli.main import main
from voice_coach.history.database import default_path


def kill_in_number_two() -> None:
    """Hold a session up to its second repetition, and kill it there."""
    with typed() as session:
        session.types(*FIRST, *ANSWERS[:8])
        session.reads("Number two.")
        session.reads("one,")
        session.process.kill()
        assert session.process.wait(timeout=60) == -signal.SIGKILL


def test_behind_kill_9_it_goes_on_at_the_same_repetition(capsys: pytest.CaptureFixture[str]) -> None:
    kill_in_number_two()
    with typed() as session:
        session.types("yes", "ready", "", "better", "three", "back")
        code, transcript, errors = session.ends()
    assert (code, errors) == (0, "")
    said = [
        "We stopped at number two.",
        "Shall we go on?",
        "> yes",
        "Get back into position.",
        "> ready",
        "Number two.",
    ]
    assert follows(transcript.splitlines(), *said, "Goodbye.")
    assert "Which side" not in transcript
    assert transcript.endswith("Session over: completed, 2 of 2 repetitions.\n")
    later, first = history(capsys)
    assert [row["outcome"] for row in (first, later)] == [None, "completed"]
    assert [done["number"] for row in (first, later) for done in row["repetitions"]] == [1, 2]
    assert (later["painful_side"], later["nprs_before"]) == ("left", 6)
    assert main(["history", "--session", "2"]) == 0
    assert "Goes on with session 1 " in capsys.readouterr().out


def test_a_history_that_was_destroyed_is_put_together_again_and_that_is_said(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with typed() as session:
        session.types(*FIRST, *ANSWERS[:8], "worse")
        session.reads("Stop.")
        session.ends()
    before = history(capsys)
    path = default_path()
    path.write_bytes(b"no database" * 1000)
    with typed() as session:
        session.types("no")
        code, transcript, errors = session.ends()
    assert code == 0
    assert errors == (
        f"voice-coach: The history {path} was damaged and is kept as history.db.damaged-1; "
        "it was rebuilt from its second log: 1 session.\n"
    )
    assert "Has a doctor or physio checked you since, and said it's fine?" in transcript
    assert history(capsys)[-1] == before[0]
    assert Path(f"{path}.damaged-1").read_bytes() == b"no database" * 1000
