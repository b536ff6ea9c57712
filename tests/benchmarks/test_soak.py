"""The soak's own arithmetic: what is planned, what a log and a history say of each other, and the report."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmarks.monitor import likest
from benchmarks.soak import judge
from benchmarks.soak.held import Happened, Seen
from benchmarks.soak.plan import LOST, SECONDS, Kind, Moment, Trouble, moment_of, troubles
from benchmarks.soak.report import figures, markdown
from benchmarks.soak.verdict import Files, Verdict, failed, judged, newest
from tests.test_coach import ANSWERS, EXERCISE, GRAMMAR, LoudVoice
from voice_coach.audio.offline import StereoRecorder, recorded
from voice_coach.audio.pcm import silence
from voice_coach.coach import Coach
from voice_coach.event_log import EventLog
from voice_coach.history.writer import HistoryWriter
from voice_coach.records import RepetitionDone, SessionStart
from voice_coach.session.states import Performing
from voice_coach.testing import ScriptedHearing
from voice_coach.timebase import BLOCK, samples

Rows = list[dict[str, Any]]
START = SessionStart(
    started=datetime(2031, 5, 6, 8, tzinfo=UTC),
    exercise_id=EXERCISE.id,
    exercise_version=1,
    app_version="1",
    hold_s=2.0,
    reps_target=10,
)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    """Return what is left of a session whose sound was lost in the hold of the second repetition."""
    folder = tmp_path_factory.mktemp("session")
    files = Files(folder / "log.json", folder / "both.wav", folder / "history.db")
    hearing, log, writer = ScriptedHearing(GRAMMAR, ANSWERS), EventLog(), HistoryWriter(files.history, patient=True)
    writer.begin(START)
    coach = Coach(EXERCISE, voice=LoudVoice(), hearing=hearing, journal=writer, watch=[log, hearing.watch])
    with StereoRecorder(files.recording) as recorder:
        advance = recorded(coach.advance, recorder)
        lost = False
        while not coach.done:
            state = coach.state
            if isinstance(state, Performing) and state.number == 2 and not lost:
                lost = coach.now > state.started + samples(5)
                if lost:
                    coach.audio_lost("the sound device has stopped")
                    advance(silence(BLOCK))
                    coach.audio_back()
            advance(silence(BLOCK))
    writer.close()
    files.log.write_text(log.to_json(), encoding="utf-8")
    return files


@pytest.fixture
def rows(files: Files) -> Rows:
    """Return the log."""
    found: Rows = json.loads(files.log.read_text(encoding="utf-8"))
    return found


def seen(**more: Any) -> Seen:  # noqa: ANN401 -- any of its fields
    """Return a session that looked well."""
    return replace(Seen(seconds=300.0, code=0, said=[*ANSWERS.values(), "resume"]), **more)


def test_of_a_session_as_it_should_be_nothing_is_found(files: Files) -> None:
    verdict = judged(Verdict(1, EXERCISE.id, seen()), EXERCISE, files, {}, GRAMMAR)
    assert verdict.trouble == []
    assert (verdict.outcome, verdict.repetitions, verdict.begun) == ("completed", 10, 11)
    assert len(verdict.planned) == 10 * 9


def test_a_repetition_that_was_broken_off_is_seen_as_one(rows: Rows) -> None:
    made = judge.attempts(rows)
    assert [one.number for one in made] == [1, 2, *range(2, 11)]
    assert [one.number for one in made if one.done is None] == [2]


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        (lambda row: "tempo" in row["record"] and row["record"]["number"] == 3, "not in the log: RepetitionDone"),
        (lambda row: row["record"].get("question") == "pain_before", "not in the log: Answered"),
        (lambda row: "length" in row["record"], "not in the history: PauseRow"),
        (lambda row: "outcome" in row["record"], "0 ends"),
    ],
)
def test_what_one_of_both_does_not_hold_is_told(
    files: Files, rows: Rows, left_out: Callable[[dict[str, Any]], bool], told: str
) -> None:
    session = newest(files.history)
    assert session is not None
    assert judge.missing(rows, session) == []
    less = [row for row in rows if row["type"] != "Record" or not left_out(row)]
    assert judge.missing(less, session)[0].startswith(told)


def test_an_end_that_the_history_knows_otherwise_is_told(files: Files, rows: Rows) -> None:
    session = newest(files.history)
    assert session is not None
    assert len(judge.missing(rows, replace(session, outcome="interrupted"))) == 1


def test_a_repetition_left_out_or_doubled_is_told(rows: Rows) -> None:
    made = judge.attempts(rows)
    assert judge.miscounted([*made[:4], *made[5:]]) == ["number 5 was begun where 4 was to come"]
    assert judge.miscounted([made[0], made[0]]) == ["number 1 was begun where 2 was to come"]
    assert judge.miscounted([]) == []


def test_a_call_that_is_planned_a_sample_off_is_drift_and_so_is_one_that_comes_too_late(rows: Rows) -> None:
    call = next(row for row in rows if row["type"] == "Play" and "count_two" in str(row["sound"]))
    assert judge.largest(judge.planned_drift(judge.attempts(rows), EXERCISE)) == 0
    call["at"] -= 1
    assert judge.largest(judge.planned_drift(judge.attempts(rows), EXERCISE)) == 1
    call["at"] += 1
    call["t"] = (call["at"] + 50) / 16_000
    assert judge.largest(judge.planned_drift(judge.attempts(rows), EXERCISE)) == 49


def test_a_count_that_sounds_elsewhere_is_found_where_it_sounds() -> None:
    clip = np.random.default_rng(1).integers(-8000, 8000, 3000).astype(np.int16)
    sound = np.zeros(samples(20), np.int16)
    done = RepetitionDone(samples(12), 1, samples(2), 1.0)
    at = samples(2 + 1.3 + 3.0)
    sound[at + 7 : at + 7 + len(clip)] = clip // 4  # as quiet as it may be
    made = [judge.Attempt(1, (), 0, done), judge.Attempt(2, (), 0, None)]
    assert judge.heard_drift(made, EXERCISE, sound, {"one,": clip, "two.": clip}) == [7, None]
    assert likest(clip, sound) == (0, 0.0)


def test_what_nobody_said_is_told_and_so_are_words_that_were_not_taken(files: Files) -> None:
    fault = Happened(Trouble(Kind.WORDS, Moment.HOLD, 0, 2.0, "slower"), 0.0, over=True, recovered=0.0)
    silent = seen(said=[], happened=[fault])
    verdict = judged(Verdict(1, EXERCISE.id, silent), EXERCISE, files, {}, GRAMMAR)
    assert verdict.words == [("slower", False)]
    assert {line.split()[0] for line in verdict.unsaid} >= {"yes", "better", "number"}


def test_what_stands_on_standard_error_is_told_but_not_what_the_coach_says_of_the_sound(files: Files) -> None:
    errors = (
        "The sound is gone: it has stopped. Resting until it is back.\nThe sound is back.\n"
        "Expression 'ret' failed in 'x.c', line: 1812\nTraceback (most recent call last):\n"
    )
    verdict = judged(Verdict(1, EXERCISE.id, seen(errors=errors)), EXERCISE, files, {}, GRAMMAR)
    assert verdict.stray == ["Traceback (most recent call last):"]
    assert verdict.portaudio == 1
    assert figures([verdict], 300.0, 1)["tracebacks"] == 1


def test_a_session_that_left_nothing_is_an_event_lost(files: Files, tmp_path: Path) -> None:
    nothing = replace(files, log=tmp_path / "none.json")
    assert judged(Verdict(1, EXERCISE.id, seen()), EXERCISE, nothing, {}, GRAMMAR).lost == ["there is no log"]
    session = newest(files.history)
    assert session is not None
    nothing = replace(files, before=session.id)
    verdict = judged(Verdict(1, EXERCISE.id, seen(code=1)), EXERCISE, nothing, {}, GRAMMAR)
    assert verdict.trouble == ["1 lost", "exit code 1"]


def test_the_same_seed_brings_the_same_faults_and_each_kind_comes_in_turn() -> None:
    first, second = (list(islice(troubles(7), 30)) for _ in range(2))
    assert first == second != list(islice(troubles(8), 30))
    kinds = [trouble.kind for session in first for trouble in session]
    counts = [kinds.count(kind) for kind in Kind]
    assert min(counts) >= max(counts) - 2
    for session in first:
        assert Kind.CTRL_C not in [trouble.kind for trouble in session[:-1]]
        assert all(bool(trouble.words) == (trouble.kind is Kind.WORDS) for trouble in session)
        assert {trouble.seconds for trouble in session} <= set(SECONDS)


@pytest.mark.parametrize(
    ("caption", "moment"),
    [
        ("one,\n", Moment.HOLD),
        ("Number two.\n", Moment.COUNT),
        ("Lie on your left side.\n", Moment.INSTRUCTION),
        ("How bad is the pain, from zero to ten?\n", Moment.QUESTION),
        ("two.\n", None),
    ],
)
def test_the_moment_is_known_by_the_caption(caption: str, moment: Moment | None) -> None:
    assert moment_of(caption) is moment


def test_a_fault_that_the_session_did_not_live_to_see_mended_is_none_that_was_not_got_over() -> None:
    trouble = Trouble(Kind.KILLED, Moment.HOLD, 0, 2.0, "")
    happened = [
        Happened(trouble, 0.0, over=True, recovered=1.0),
        Happened(trouble, 0.0),
        Happened(trouble, 0.0, note="there was nothing to kill"),
        Happened(trouble, 0.0, over=True, noticed=0.1),
    ]
    assert failed(happened) == happened[-1:]


def test_the_report_has_all_of_it_and_memory_by_the_hour() -> None:
    course = [(float(at), {"coach": 80 + at / 360, "speech": 9.0}) for at in range(0, 361, 5)]
    befell = (*LOST, Kind.SPEECH)  # of a process that was killed the memory tells nothing
    kinds = [Happened(Trouble(kind, Moment.HOLD, 0, 2.0, ""), 0.0, 0.5, 2.0, 1.5, over=True) for kind in befell]
    verdicts = [Verdict(number, "x", seen(memory=course, happened=kinds), "completed", 2, 3) for number in (1, 2)]
    found = figures(verdicts, 720.0, 3)
    assert found["memory_mib"]["coach"]["growth_an_hour"] == pytest.approx(10)
    assert found["memory_mib"].keys() == {"coach"}
    assert {row["came"] for row in found["faults"].values()} == {2}
    text = markdown(json.loads(json.dumps(found)))
    assert "| sessions | 2: 2 completed; exit codes 2 0 |" in text
    assert "| sound server killed | 2 | 0.50 s, 0.50 s (2) | 1.50 s, 1.50 s (2) |" in text
    assert "| coach | 80.1 | 81.0 | 81.0 | +10.0 | 80.1, 80.1 |" in text


def test_a_soak_without_sessions_has_a_report_too() -> None:
    assert "| sessions | 0: none; exit codes none |" in markdown(figures([], 1.0, 1))
