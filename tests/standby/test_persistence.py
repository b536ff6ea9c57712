"""What it keeps, what it reads of the history, and what it can say."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time
from operator import attrgetter
from pathlib import Path

import pytest

from voice_coach.actions import Earcon, Line
from voice_coach.cli.main import main
from voice_coach.clinical.past import Past
from voice_coach.errors import DataError
from voice_coach.exercise.lint import lint_length, lint_text
from voice_coach.files.profiles import FIRST
from voice_coach.files.resources import APP
from voice_coach.history.store import Store
from voice_coach.records import Ended, RepetitionDone, SessionStart, Stopped
from voice_coach.speak.clip_library import ClipLibrary
from voice_coach.speak.cues import find_earcon, load_earcon
from voice_coach.speak.preloaded_voice import PreloadedVoice
from voice_coach.standby.build import all_lines, prompts_of
from voice_coach.standby.persistence import day_from_history, keep, recall
from voice_coach.standby.states import NOTHING, Day, Memory
from voice_coach.testing import ToneSynthesizer
from voice_coach.text import SilentVoice
from voice_coach.timebase import samples

CODE = Path(__file__).parents[2] / "voice_coach"
SHARED = [
    CODE / name
    for name in ("session/status_answers.py", "session/turn.py", "clinical/red_signs.py", "dialogue/emergency.py")
]
SOURCES = [path.read_text(encoding="utf-8") for path in [*CODE.glob("standby/*.py"), *SHARED]]
PROMPTS = prompts_of("en")
NINE = datetime(2030, 5, 6, 9, tzinfo=UTC)
START = SessionStart(
    started=NINE, exercise_id="roll", exercise_version=1, app_version="0", hold_s=1.0, reps_target=10
)  # fmt: skip


# Memory


def test_what_is_kept_is_remembered(own_folders: Path) -> None:
    memory = Memory(date(2030, 5, 6), time(9), NINE, NINE, 1, date(2030, 5, 5))
    assert FIRST.memory == own_folders / "state" / "voice_coach" / "standby.json"
    assert recall(FIRST.memory) == NOTHING
    assert keep(memory, FIRST.memory) == ""
    assert recall(FIRST.memory) == memory


@pytest.mark.parametrize("content", [b"", b"{", b'{"day": 3}', b'{"more": 1}', b"\xff"])
def test_what_cannot_be_read_is_forgotten(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "standby.json").write_bytes(content)
    assert recall(tmp_path / "standby.json") == NOTHING


def test_what_cannot_be_kept_is_told_and_no_reason_to_end(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "can't be written" in keep(NOTHING, tmp_path / "file" / "standby.json")


def test_who_is_forgotten_is_forgotten_here_too() -> None:
    keep(Memory(date(2030, 5, 6)), FIRST.memory)
    assert main(["forget", "--yes"]) == 0
    assert not FIRST.memory.exists()


# History


def seen(day: date, exercise: str = "roll") -> Day:
    """Return what it reminds by."""
    return replace(day_from_history(exercise, day), past=Past())


def test_without_a_history_nothing_was_done() -> None:
    assert day_from_history("roll", NINE.date()) == Day()


def test_what_was_done_today_is_counted_and_the_last_end_told() -> None:
    with Store.open() as store:
        for outcome in ("completed", "stopped"):
            session = store.begin(START)
            store.save(session, RepetitionDone(samples(60), 1, samples(50), 1.0))
            store.finish(session, Ended(samples(600), outcome, 1, 0, 0))
    assert seen(NINE.date()) == Day(completed=1, last=NINE.replace(minute=10))
    assert day_from_history("roll", date(2030, 5, 7)).completed == 0
    assert seen(NINE.date(), "other") == Day(completed=0, last=NINE.replace(minute=10))


def test_a_session_that_never_ended_counts_from_its_beginning() -> None:
    with Store.open() as store:
        store.begin(START)
    assert seen(NINE.date()) == Day(last=NINE)


def test_a_red_word_locks_it() -> None:
    with Store.open() as store:
        session = store.begin(START)
        store.save(session, Stopped(samples(60), 1, "hold", "worse", "worse", "user", red=True))
    assert day_from_history("roll", NINE.date()).locked == "worse"


def test_a_history_that_cannot_be_read_is_told() -> None:
    APP.user_data_path.mkdir(parents=True)
    (APP.user_data_path / "history.db").write_bytes(b"no database at all" * 100)
    assert day_from_history("roll", NINE.date()) == Day(readable=False, past=Past(readable=False))


# Sentences


def test_a_sentence_keeps_to_the_house_rules(subtests: pytest.Subtests) -> None:
    for line in sorted(all_lines(PROMPTS), key=attrgetter("cue")):
        with subtests.test(cue=line.cue):
            assert lint_text(line.text) == lint_length(line.text) == []
            assert not re.search(r"start my session", line.text, re.IGNORECASE)  # or it would wake itself


def test_each_sentence_is_said_somewhere(subtests: pytest.Subtests) -> None:
    for name in sorted(PROMPTS.texts):
        with subtests.test(name=name):
            asked = name.partition(".")[2] if name.startswith("retry.") else name
            assert any(f'"{asked}"' in source for source in SOURCES)


def test_a_language_that_it_does_not_speak_is_told() -> None:
    with pytest.raises(DataError, match=r"standby/xx\.toml: there are no prompts for this language"):
        prompts_of("xx")


@pytest.mark.parametrize("text", ["[", "say = 3", "[say]\nlater = 3"])
def test_sentences_of_the_users_own_that_make_no_sense_are_told(own_folders: Path, text: str) -> None:
    path = own_folders / "config" / "voice_coach" / "prompts" / "standby" / "en.toml"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="not readable as prompts"):
        prompts_of("en")


# Voice


def test_all_that_it_can_say_is_in_memory_and_no_engine_is_left(tmp_path: Path) -> None:
    engine = ToneSynthesizer(broken={"Let's begin."})
    lines = all_lines(PROMPTS)
    voice = PreloadedVoice.taken_from(ClipLibrary(engine, "en", tmp_path, blocking=True), lines)
    assert engine.poll(1.0) == []  # closed
    voice.prepare(lines)
    assert [line.text for line in lines if not voice.clip(line).size] == ["Let's begin."]
    assert voice.clip(replace(lines[0], text="something else")).size == 0
    path = find_earcon(Earcon.LISTENING)
    assert path is not None
    assert (voice.earcon(Earcon.LISTENING) == load_earcon(path)).all()
    voice.close()


class Slow(SilentVoice):
    """A voice at its worst: never ready."""

    closed = False

    def clip(self, line: Line) -> None:  # type: ignore[override]
        """Return nothing."""

    def close(self) -> None:
        """Take note."""
        self.closed = True


def test_a_line_that_cannot_be_had_is_empty() -> None:
    slow = Slow()
    voice = PreloadedVoice.taken_from(slow, [Line("a", "A.")])
    assert slow.closed
    assert voice.clip(Line("a", "A.")).size == 0
