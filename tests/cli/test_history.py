"""`voice-coach history`, on real databases in a data folder of its own."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from benchmarks.language.judge import read as utterances
from voice_coach.cli.history import NOTHING, command
from voice_coach.cli.main import main
from voice_coach.errors import HistoryError
from voice_coach.history.database import default_path
from voice_coach.history.store import Store
from voice_coach.records import (
    Adjusted,
    Answered,
    Ended,
    Misheard,
    Paused,
    RepetitionDone,
    Resumed,
    SessionRecord,
    SessionStart,
    Stopped,
)
from voice_coach.session.question_table import ASKED
from voice_coach.timebase import RATE


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the test a data folder of its own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    return tmp_path


GOOD: list[SessionRecord] = [
    Answered(2 * RATE, "side_sure", "right", "yes", 1.0),
    Answered(3 * RATE, "pain_before", 6.5, "six and a half", 0.8),
    Answered(4 * RATE, "furthest_before", "calf", "my calf", 0.7),
    Adjusted(5 * RATE, "variant", "hand_on_head", "cant_reach"),
    *(RepetitionDone((10 + 10 * n) * RATE, n, 10 * n * RATE, 1.0) for n in range(1, 11)),
    Paused(25 * RATE, "user"),
    Resumed(40 * RATE, 15 * RATE),
    Answered(130 * RATE, "pain_after", 4, "four", 0.9),
    Answered(131 * RATE, "furthest_after", "back", "my back", 0.9),
    Ended(140 * RATE, "completed", 10, 0, 1),
]
RED: list[SessionRecord] = [
    Answered(1, "side_sure", "left", "yes", 1.0),
    Answered(2, "pain_before", None),
    RepetitionDone(50, 1, 10, 1.0),
    Stopped(75 * RATE, 2, "hold", "peripheralised", "down my leg", "user", red=True),
    Answered(80 * RATE, "furthest_after", "foot", "my foot", 0.9),
    Ended(90 * RATE, "stopped", 1, 0, 0),
]
CUT: list[SessionRecord] = [RepetitionDone(50, 1, 10, 1.0)]


def write(*sessions: list[SessionRecord], exercises: Sequence[str] = ()) -> None:
    """Write sessions into the history, of these exercises; without them all of the first one."""
    with Store.open() as store:
        for day, records in enumerate(sessions):
            number = store.begin(
                SessionStart(
                    started=datetime(2031, 5, 6, 12, 30, tzinfo=UTC) + timedelta(days=day),
                    exercise_id=exercises[day] if exercises else "flexion_rotation",
                    exercise_version=1,
                    app_version="0.1.0",
                    hold_s=2.0,
                    reps_target=10,
                )
            )
            for record in records:
                store.save(number, record)


def shown(*args: str) -> str:
    """Return what the command prints."""
    result = CliRunner().invoke(command, args, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_without_sessions_it_says_so_and_makes_no_file(data_folder: Path) -> None:
    assert shown() == NOTHING + "\n"
    assert json.loads(shown("--json")) == []
    assert list(data_folder.iterdir()) == []


def test_sessions_are_a_table_the_newest_first() -> None:
    write(GOOD, RED, CUT)
    assert shown().splitlines() == [
        "Flexion rotation",
        "no   date             side  reps  pain       furthest           outcome   red",
        "3    2031-05-08 12:30 -     1/10  -          -                  not ended",
        "2    2031-05-07 12:30 left  1/10  -          - -> foot          stopped   down",
        "1    2031-05-06 12:30 right 10/10 6.5 -> 4   calf -> back       completed",
        "",
        "3 sessions, 12 repetitions, pain on average 6.5 -> 4.0, 1 red",
        "Locked until a professional has checked it: flexion rotation (pain moved",
        "outward).",
    ]


def test_every_line_fits_into_eighty_columns() -> None:
    worst: list[SessionRecord] = [
        Answered(1, "side_sure", "right"),
        Answered(2, "pain_before", 9.5),
        Answered(3, "pain_after", 10),
        Answered(4, "furthest_before", "one_side_back"),
        Answered(5, "furthest_after", "buttock"),
        Stopped(6, 10, "hold", "something_new", "x", "user", red=True),
        Ended(7, "finished_early", 10, 0, 0),
    ]
    write(*[worst] * 12)
    assert max(map(len, shown().splitlines())) <= 80
    assert "9.5 -> 10  one side -> buttock early end somet" in shown()


def test_only_the_newest_are_shown() -> None:
    write(GOOD, RED, CUT)
    lines = shown("--limit", "1").splitlines()
    assert lines[2].startswith("3 ")
    assert lines[4] == "1 session, 1 repetitions, pain on average -"


CLEARED: list[SessionRecord] = [
    Answered(1 * RATE, "cleared", "yes", "yes", 1.0),
    Answered(2 * RATE, "cleared_sure", 1, "yes I have", 0.95),
]


def test_a_lock_is_shown_until_it_is_cleared_and_the_clearance_is_in_its_session() -> None:
    locked = "Locked until a professional has checked it: flexion rotation (pain moved outward)."
    write(RED)
    assert " ".join(shown().splitlines()[-2:]) == locked
    write(GOOD)
    assert " ".join(shown("--limit", "1").splitlines()[-2:]) == locked
    write(CLEARED)
    assert "Locked" not in shown()
    happened = shown("--session", "3").splitlines()
    assert "  0:01  A professional has checked it since: yes “yes” (100% sure)" in happened
    assert (
        "  0:02  Lock of session 1 and before released: a professional has checked it “yes I have” (95% sure)"
        in happened
    )


def test_sessions_are_told_apart_by_exercise() -> None:
    write(GOOD, GOOD, CUT, exercises=("flexion_rotation", "bridge", "of_my_own"))
    lines = shown().splitlines()
    names = ["Of my own", "Lifting your hips on your back", "Flexion rotation"]
    assert [line for line in lines if line in names] == names
    assert [line[:2] for line in lines if line[:1].isdigit() and "session" not in line] == ["3 ", "2 ", "1 "]
    assert lines.count("1 session, 10 repetitions, pain on average 6.5 -> 4.0") == 2


def test_one_session_is_told_in_words() -> None:
    write(GOOD, RED)
    assert shown("--session", "1").splitlines() == [
        "Session 1: flexion rotation, 6 May 2031 12:30, done to the end",
        "Ended           2031-05-06 12:32",
        "Side            right (that of the pain)",
        "Pain            6.5 before, 4 after (\N{MINUS SIGN}2.5)",
        "Furthest place  calf before, back after (toward the spine)",
        "Repetitions     10 of 10 coached, each held 2 s",
        "Meant           3 sessions a day",
        "Easier way      hand on head",
        "Questions       0 times no answer, 1 time not understood",
        "",
        "  0:02  The side that hurts, confirmed: right “yes” (100% sure)",
        "  0:03  Pain before, 0 to 10: 6.5 “six and a half” (80% sure)",
        "  0:04  Furthest place before: calf “my calf” (70% sure)",
        "  0:05  An easier way: hand on head (can't reach)",
        "  0:20  Repetition 1 done",
        "  0:25  Paused for 0:15, at their own wish",
        *(f"  {t // 60}:{t % 60:02}  Repetition {n} done" for n in range(2, 11) for t in [10 + 10 * n]),
        "  2:10  Pain after, 0 to 10: 4 “four” (90% sure)",
        "  2:11  Furthest place after: back “my back” (90% sure)",
    ]
    assert "  1:15  RED: pain moved outward, “down my leg”, in the hold of repetition 2" in (
        shown("--session", "2").splitlines()
    )


def test_each_question_of_a_session_has_words_of_its_own() -> None:
    questions = [*ASKED, "check_5", "own_wrist", "screening", "pgic"]
    write([Answered(n, question, "no", "", 0.0) for n, question in enumerate(questions)])
    lines = shown("--session", "1").partition("\n\n")[2].splitlines()
    assert len(lines) == len(questions)
    assert [line for line in lines if "_" in line] == []


def test_what_else_can_happen_is_told_in_words() -> None:
    write(
        [
            Answered(1, "broken_off", 4, "yes", 0.9),
            Answered(2, "easier", "bridge", "yes", 0.9),
            Answered(3, "pain_after", None),
            Adjusted(4, "volume", 5),
            Adjusted(5, "tempo", 1.25),
            Paused(6, "device: gone"),
            Stopped(7, 3, "rest", "stop", "stop", "user", red=False),
            Stopped(8, 3, "check", "worse", "", "timeout", red=True),
        ]
    )
    assert [line[8:] for line in shown("--session", "1").partition("\n\n")[2].splitlines()] == [
        "Goes on with session 4 “yes” (90% sure)",
        "An easier exercise: lifting your hips on your back “yes” (90% sure)",
        "Pain after, 0 to 10: no answer",
        "Volume 5 of 7",
        "Counting slower: each movement takes 125% of the time",
        "Paused, as the sound was gone",
        "Stopped: stop, “stop”, in the rest after repetition 3",
        "RED: worse, no answer, in answer to a question, after repetition 3",
    ]


def test_json_has_all_fields_and_null_for_what_is_not_known() -> None:
    write(GOOD, RED, CUT)
    found: list[dict[str, Any]] = json.loads(shown("--json"))
    cut, red, good = found
    assert (good["change"], good["furthest_before"], good["nprs_before"]) == ("centralised", "calf", 6.5)
    assert (good["red"], good["outcome"], len(good["repetitions"])) == (None, "completed", 10)
    assert red["red"]["words"] == "down my leg"
    assert (red["nprs_before"], red["change"], red["derived_rule"]) == (None, None, "R10")
    assert (cut["outcome"], cut["ended"], cut["nprs_after"]) == (None, None, None)
    assert json.loads(shown("--json", "--session", "2")) == [red]


def test_a_session_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "--session", "5"]) == 1
    assert "There is no session 5, because there are no sessions yet." in capsys.readouterr().err
    write(GOOD)
    with pytest.raises(HistoryError, match="There is no session 5; `voice-coach history` lists"):
        CliRunner().invoke(command, ["--session", "5"], catch_exceptions=False)


def test_numbers_beyond_what_sqlite_takes_are_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    write(GOOD)
    assert main(["history", "--limit", str(10**30)]) == 0
    assert capsys.readouterr().out.splitlines()[2].startswith("1 ")
    assert main(["history", "--session", str(10**30)]) == 1
    assert capsys.readouterr().err.startswith(f"voice-coach: There is no session {10**30};")


def test_a_damaged_history_is_told_in_a_sentence_and_left_alone(capsys: pytest.CaptureFixture[str]) -> None:
    default_path().parent.mkdir()
    default_path().write_text("no database" * 1000)
    assert main(["history"]) == 1
    assert "is damaged" in capsys.readouterr().err
    assert [file.name for file in default_path().parent.iterdir()] == ["history.db"]


MISHEARD: list[SessionRecord] = [
    Answered(1 * RATE, "pain_before", 7, "seven", 0.6),
    Answered(2 * RATE, "pain_before", None),
    Misheard(2 * RATE, "pain_before", "number", "seven", "no, I said eleven", taken_back=True),
    Answered(3 * RATE, "pain_before", 2.5, "two and a half", 0.9),
    Answered(9 * RATE, "check_1", None),
    Misheard(9 * RATE, "check_1", "better", "better", "that's not what I said", taken_back=True),
    Misheard(12 * RATE, "count", "stop", "stop", "I didn't say that", taken_back=False),
]


def test_what_was_misheard_is_printed_as_rows_of_the_language_benchmark(tmp_path: Path) -> None:
    write(GOOD, MISHEARD)
    printed = shown("--misheard")
    rows = [json.loads(line) for line in printed.splitlines()]
    assert [(row["text"], row["state"], row["expect"], row["slot"]) for row in rows] == [
        ("seven", "number", "number", ["2.5"]),
        ("better", "check", "", None),
        ("stop", "count", "", None),
    ]
    assert {row["group"] for row in rows} == {"misheard"}
    assert rows[0]["note"] == "taken for number; then: no, I said eleven"
    file = tmp_path / "misheard.jsonl"
    file.write_text(printed, encoding="utf-8")
    assert [row.text for row in utterances(file)] == ["seven", "better", "stop"]


def test_nothing_misheard_prints_nothing() -> None:
    write(GOOD)
    assert shown("--misheard") == ""
