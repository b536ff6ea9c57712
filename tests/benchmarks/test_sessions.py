"""The judging of whole sessions on made-up event logs, the sessions' files, and one real session."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from benchmarks.sessions import table
from benchmarks.sessions.__main__ import main
from benchmarks.sessions.judge import fits, judged, verdict
from benchmarks.sessions.perform import Held, Part
from benchmarks.sessions.plan import file_name, line, needed
from benchmarks.sessions.script import QUICK, SEED, VOICES, Script, Sessions
from voice_coach.audio.pcm import save, silence
from voice_coach.clinical.past import Past
from voice_coach.exercise.load import load_exercise
from voice_coach.rehearsal.person import Utterance
from voice_coach.rehearsal.persona import check_fits, texts_of
from voice_coach.session.question_table import ACTIVE
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.speak.voice_spec import VoiceSpec
from voice_coach.testing import Conversation
from voice_coach.timebase import RATE

SESSIONS = Sessions.load()


def session(name: str) -> Script:
    return next(script for script in SESSIONS.all if script.session.name == name)


def heard(name: str, start: float, end: float, *, ask: bool = False, **slots: object) -> dict[str, Any]:
    """Return an intent as a row of the event log."""
    row = {"type": "Intent", "name": name, "text": name, "slots": slots, "ask": ask, "t": end, "at": int(end * RATE)}
    return row | {"start": int(start * RATE), "end": int(end * RATE)}


def said(text: str, start: float, means: str, to: str = "check", tries: int = 0) -> Utterance:
    return Utterance(int(start * RATE), int((start + 1) * RATE), text, to, means, tries)


def held(name: str, rows: list[dict[str, Any]], utterances: list[Utterance], **changes: Any) -> Held:  # noqa: ANN401 - any of its fields
    """Return a session that went as it was meant, but for what is changed."""
    script = session(name)
    expect = script.session.expect
    good = Held(
        script,
        [Part("session", utterances, rows, 60 * RATE)],
        outcome=expect.outcome,
        repetitions=expect.repetitions[0] if expect.repetitions else 10,
        total=10,
        side=script.session.side,
        red=expect.red[0] if expect.red else "",
        stopped_at=60 * RATE,
        cpu=1.0,
    )
    return replace(good, **changes)


@pytest.mark.parametrize(
    ("means", "name", "slots", "good"),
    [
        ("better", "better", {}, True),
        ("centralised | better", "better", {}, True),
        ("better", "same", {}, False),
        ("place=thigh", "place", {"place": "thigh"}, True),
        ("place=thigh", "place", {"place": "calf"}, False),
        ("place=thigh", "place", {}, False),
        ("yes | start", "agrees", {}, True),
        ("no", "agrees", {}, False),
        ("number=6", "number", {"number": 6.0}, True),
        ("number=6", "number", {"number": 7.0}, False),
    ],
)
def test_an_intent_is_right_by_its_name_and_its_slot(
    means: str, name: str, slots: dict[str, Any], *, good: bool
) -> None:
    assert fits(means, heard(name, 0, 1, **slots)) is good


@pytest.mark.parametrize(
    ("names", "unknown", "again", "expected"),
    [
        (["better"], False, False, "right"),
        (["better"], False, True, "asked"),
        (["better?"], False, False, "asked"),
        (["worse?"], False, False, "asked"),
        (["worse"], False, False, "wrong"),
        (["worse", "better"], False, False, "wrong"),
        (["better"], True, False, "right"),
        ([], True, False, "asked"),
        ([], True, True, "asked"),
        ([], False, True, "unheard"),
    ],
)
def test_a_verdict(names: list[str], expected: str, *, unknown: bool, again: bool) -> None:
    rows = [heard(name.rstrip("?"), 0, 1, ask=name.endswith("?")) for name in names]
    assert verdict("better", rows, unknown=unknown, again=again) == expected


def test_what_was_said_is_judged_by_what_was_heard_in_it() -> None:
    utterances = [said("a bit better", 1, "better"), said("better", 9, "better", tries=1), said("same", 20, "same")]
    rows = [
        {"type": "NotRecognized", "text": "[unk]", "start": RATE, "end": 2 * RATE, "at": 2 * RATE, "t": 2.0},
        heard("better", 9, 10),
        heard("stop", 20, 21),
    ]
    result = judged(held("goes-well-1", rows, utterances))
    assert [one.verdict for one in result.utterances] == ["asked", "right", "wrong"]
    assert [one.taken_for for one in result.utterances] == ['nothing ("[unk]")', 'better ("better")', 'stop ("stop")']
    assert [(stop.intent, stop.said) for stop in result.false_stops] == [("stop", "same")]


def test_a_stop_is_false_unless_the_person_meant_to_interrupt() -> None:
    utterances = [said("hang on", 1, "pause | stop", to="counting"), said("thigh", 5, "place=thigh")]
    rows = [heard("stop", 1, 2), heard("worse", 5, 6, ask=True), heard("pause", 30, 31), heard("same", 40, 41)]
    result = judged(held("goes-well-1", rows, utterances))
    assert [(stop.intent, stop.said) for stop in result.false_stops] == [("worse", "thigh"), ("pause", "")]


def test_a_session_goes_as_meant_by_outcome_count_side_and_sign() -> None:
    assert judged(held("goes-well-1", [], [])).as_meant
    for change in ({"outcome": "stopped"}, {"repetitions": 9}, {"side": "right"}, {"red": "worse"}):
        assert not judged(held("goes-well-1", [], [], **change)).as_meant
    sign = [said("it's worse", 30, "worse", to="counting")]
    for repetitions, good in ((2, False), (3, True), (4, True), (5, False)):
        assert judged(held("worse-in-the-hold", [], sign, repetitions=repetitions)).as_meant is good
    assert not judged(held("worse-in-the-hold", [], sign, red="numb_weak")).as_meant


def test_a_lock_is_false_where_no_red_sign_had_been_said() -> None:
    sign = said("it's worse", 30, "worse", to="counting")
    assert judged(held("goes-well-1", [], [], red="worse")).locked_falsely
    assert judged(held("worse-in-the-hold", [], [], red="worse")).locked_falsely
    assert judged(held("worse-in-the-hold", [], [sign], red="worse", stopped_at=20 * RATE)).locked_falsely
    assert not judged(held("worse-in-the-hold", [], [sign], red="numb_weak", stopped_at=31 * RATE)).locked_falsely
    assert not judged(held("worse-in-the-hold", [], [sign], red="", stopped_at=0)).locked_falsely
    # There the sign is a plain yes in the screening.
    assert not judged(held("first-time-emergency", [], [], red="emergency")).locked_falsely
    assert judged(held("first-time-emergency", [], [], red="worse")).locked_falsely


def test_a_word_that_is_practised_is_no_sign_and_stops_nothing() -> None:
    tried = [said("stop", 10, "stop", to="practice_stop"), said("worse", 30, "worse", to="practice_worse")]
    result = judged(held("first-time-1", [heard("stop", 10, 11), heard("worse", 30, 31)], tried))
    assert [one.verdict for one in result.utterances] == ["right", "right"]
    assert result.false_stops == ()
    assert judged(held("first-time-1", [], tried, red="worse")).locked_falsely


def test_every_first_run_practises_the_words_or_leaves_them_out() -> None:
    left_out = 0
    for script in SESSIONS.all:
        if not script.session.first_run:
            continue
        talk = Conversation(first_run=True, past=Past(practice=True)).answers("yes")
        while talk.question.startswith("practice_"):
            answers = {answer.to: answer for answer in script.persona(SEED).answers}
            (ways,) = answers[talk.question].natural
            left = [talk.copy().answers(way).question for way in ways]
            assert len(set(left)) == 1, ways
            assert not any(talk.copy().answers(way).state.facts.findings.red for way in ways)
            left_out += ways == script.wordings["practice_skip"].say
            talk = talk.answers(ways[0])
    assert left_out == 2


def test_a_red_sign_is_acted_on_at_once_in_the_end_or_as_another() -> None:
    sign = said("it's worse", 30, "worse", to="counting")
    hush = {"type": "Hush", "at": 32 * RATE, "t": 32.0}
    at_once = judged(held("worse-in-the-hold", [hush], [sign]))
    assert (at_once.red_said, at_once.red_at_once, at_once.red_in_the_end, at_once.red_otherwise) == (
        True, True, True, False,
    )  # fmt: skip
    late = judged(held("worse-in-the-hold", [hush | {"at": 40 * RATE}], [sign], red="numb_weak"))
    assert (late.red_at_once, late.red_in_the_end, late.red_otherwise) == (False, False, True)
    missed = judged(held("worse-in-the-hold", [], [sign], red="", outcome="completed"))
    assert (missed.red_said, missed.red_in_the_end, missed.red_otherwise) == (True, False, False)


def test_the_table_counts_own_words_apart_from_plain_ones_and_names_what_went_wrong() -> None:
    utterances = [said("a bit better", 1, "better"), said("better", 9, "better", tries=1)]
    results = [judged(held("goes-well-1", [heard("better", 9, 10)], utterances, red="worse"))]
    rows = dict(table.rows(results))
    assert rows["own words: unheard"].startswith("1 of 1,")
    assert rows["plain words, after being asked: understood at once"].startswith("1 of 1,")
    assert rows["sessions locked though no red sign had been said"] == "1 of 1"
    assert rows["sessions that went as meant"].startswith("0 of 1,")
    details = table.details(results)
    assert 'check: "a bit better" [better] -> not heard   (goes-well-1 1.0 s, af_sarah, dry)' in details
    assert "goes-well-1: completed, 10 repetitions, red worse" in details
    assert json.loads(json.dumps(table.data(results)))["sessions"][0]["utterances"][0]["verdict"] == "unheard"


def test_there_are_enough_sessions_of_every_kind() -> None:
    sessions = [script.session for script in SESSIONS.all]
    assert len(sessions) >= 40
    assert len({one.name for one in sessions}) == len(sessions)
    assert sum(one.standby for one in sessions) >= len(sessions) / 4
    assert sum(one.kitchen for one in sessions) == len(sessions) / 2
    assert {one.voice for one in sessions} == set(VOICES)
    assert {red for one in sessions for red in one.expect.red} == {
        "emergency", "numb_weak", "peripheralised", "worse",
    }  # fmt: skip


def test_every_session_can_be_said_and_fits_its_exercise() -> None:
    for script in SESSIONS.all:
        persona = script.persona(SEED)
        check_fits(persona, load_exercise(script.session.exercise))
        assert {answer.to for answer in persona.answers} <= set(ACTIVE)
        everything = {text for side in ("left", "right") for text in texts_of(persona, side)}
        assert script.texts(SEED) <= script.every_text()
        assert everything <= script.every_text()
        assert script.likely(SEED) <= script.texts(SEED)


def test_the_plan_has_each_clip_once_and_first_what_a_quick_run_needs() -> None:
    clips = needed(SESSIONS)
    assert len(set(clips)) == len(clips)
    files = {(voice, file_name(text)) for voice, text in clips}
    assert len(files) == len(clips)
    quick = {(script.voice, text) for script in SESSIONS.all[::QUICK] for text in script.likely(SEED)}
    assert set(clips[: len(quick)]) == quick
    assert line("bm_lewis", "i'm there") == line("bm_lewis", "i'm there")
    assert line("bm_lewis", "i'm there")["said"] == "I'm there."


@pytest.fixture
def voices(tmp_path: Path) -> Path:
    """Return a folder of voices in which espeak-ng says what one session needs."""
    script = session("goes-well-bridge")
    folder = tmp_path / "voices" / script.voice
    folder.mkdir(parents=True)
    texts = sorted(script.texts(SEED))
    synthesizer = Pyttsx3Synthesizer(VoiceSpec("en-gb", 193))
    for text in texts:
        synthesizer.request(text)
    index: dict[str, str] = {}
    while len(index) < len(texts):
        for text, clip in synthesizer.poll(60):
            index[text] = f"{len(index)}.wav"
            save(folder / index[text], clip)
    synthesizer.close()
    (folder / "index.json").write_text(json.dumps(index), encoding="utf-8")
    save(tmp_path / "voices" / "kitchen.flac", silence(2 * RATE))
    return tmp_path / "voices"


def test_a_real_session_from_standby_to_its_end(voices: Path, tmp_path: Path) -> None:
    figures, details = tmp_path / "figures.json", tmp_path / "details.txt"
    options = ["--sessions", "goes-well-bridge", "--json", str(figures), "--details", str(details)]
    done = CliRunner().invoke(main, [str(voices), *options])
    assert done.exit_code == 0, done.output
    assert "| sessions that went as meant | " in done.stdout
    (one,) = json.loads(figures.read_text(encoding="utf-8"))["sessions"]
    assert {"wake", "start", "pain_before", "ready", "check"} <= {said["state"] for said in one["utterances"]}
    assert one["minutes"] > 1
    assert one["outcome"] == "completed"
    right = [said for said in one["utterances"] if said["verdict"] == "right"]
    assert len(right) > len(one["utterances"]) / 2
    assert "# Sessions that did not go as meant" in details.read_text(encoding="utf-8")


def test_a_missing_clip_and_a_missing_session_are_sentences(tmp_path: Path) -> None:
    save(tmp_path / "kitchen.flac", silence(2 * RATE))
    none = CliRunner().invoke(main, [str(tmp_path), "--sessions", "nobody"])
    assert (none.exit_code, "No session's name holds 'nobody'." in none.output) == (2, True)
    folder = tmp_path / "af_sarah"
    folder.mkdir()
    (folder / "index.json").write_text("{}", encoding="utf-8")
    missing = CliRunner().invoke(main, [str(tmp_path), "--sessions", "goes-well-9"])
    assert missing.exit_code == 1
    assert "af_sarah has no recording of" in missing.output
