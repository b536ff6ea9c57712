"""What a screen and a program are told of a session, and what pressing Stop does."""

import json
from typing import get_args

import pytest
from msgspec.structs import fields

from tests.screen.looking_on import LookedAt, tone
from voice_coach.app.publish import shown
from voice_coach.audio.live import Back, Lost
from voice_coach.audio.pcm import silence
from voice_coach.cli.console import Terminal
from voice_coach.coach import PRESSED
from voice_coach.config.engines import session_grammar
from voice_coach.events import HelpCalled, Intent
from voice_coach.exercise.model import Phase as PhaseOfRepetition
from voice_coach.screen.follower import REDRAW_EVERY, level_of
from voice_coach.screen.json_lines import JsonLines
from voice_coach.screen.scene import ASKS, INAUDIBLE, MEANINGS, PARTS, Certainty, meaning_of, words_of
from voice_coach.session.states import Asking, Done, Instructing, Phase
from voice_coach.testing import counting
from voice_coach.timebase import RATE


def test_a_session_in_which_nothing_happens_is_drawn_five_times_a_second() -> None:
    session = LookedAt().until(lambda state: isinstance(state, Instructing) and not state.token)
    before = len(session.gallery.scenes)
    session.waits(3)
    assert len(session.gallery.scenes) - before == pytest.approx(3 * RATE / REDRAW_EVERY, abs=1)


def test_what_is_heard_is_drawn_with_the_block_in_which_it_is_known() -> None:
    session = LookedAt().until(counting(2)).says("it's worse")
    (*_, last) = session.scene.heard
    assert (last.words, last.meaning, last.certainty) == ("it's worse", "worse", Certainty.CERTAIN)


def test_stop_on_a_page_is_as_good_as_a_spoken_one_and_a_second_one_ends_it() -> None:
    session = LookedAt().until(counting(2)).waits(2)
    session.gallery.pressed = True
    session.waits(0.04)
    assert isinstance(session.coach.state, Asking)
    assert session.scene.moment.doing == "Stopped"
    assert session.scene.heard[-1].words == PRESSED
    session.gallery.pressed = True
    session.waits(0.04).until(lambda state: isinstance(state, Done))
    assert session.coach.outcome == "stopped"


def test_the_level_rises_at_once_and_falls_slowly() -> None:
    session = LookedAt()
    session.microphone = tone
    session.waits(0.4)
    loud = session.scene.level
    assert loud == pytest.approx(level_of(8000), abs=0.01)
    session.microphone = silence
    session.waits(0.4)
    assert 0 < session.scene.level < loud
    assert session.waits(4).scene.level == 0


@pytest.mark.parametrize(("peak", "level"), [(0, 0), (1, 0), (33, 0), (1036, 0.5), (32767, 1), (32768, 1)])
def test_the_level_is_in_decibels(peak: int, level: float) -> None:
    assert level_of(peak) == pytest.approx(level, abs=0.01)


def test_what_is_recognised_is_written_for_people() -> None:
    assert words_of("[unk] worse [unk]") == "… worse …"
    assert words_of("[unk] [unk]") == words_of("") == INAUDIBLE
    assert meaning_of(Intent(0, "number", "six", {"number": 6.0})) == "number: 6"
    assert meaning_of(Intent(0, "side_left", "left", {"side": "left"})) == "left side"


def test_what_the_coach_says_goes_to_the_screen_and_what_came_of_it_to_the_terminal(
    capsys: pytest.CaptureFixture[str],
) -> None:
    session = LookedAt().until(lambda state: isinstance(state, Done))
    assert session.scene.over
    session.follower.show("Session over: completed, 10 of 10 repetitions.")
    assert capsys.readouterr().out == "Session over: completed, 10 of 10 repetitions.\n"
    assert session.scene.said[-1] == "Goodbye."


def test_a_program_reads_a_session_as_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    written: list[str] = []
    lines = JsonLines(Terminal(), written.append)
    session = LookedAt(lines=lines)
    session.until(counting(1)).hears_of(Lost("unplugged")).hears_of(Back())
    session.until(counting(2)).waits(3).says("it could be worse").says("mumble").waits(1).says("yes")
    session.until(lambda state: isinstance(state, Done))
    session.follower.show("Session over: stopped, 1 of 10 repetitions.")
    rows = [json.loads(line) for line in written]
    assert all("\n" not in line for line in written)
    assert [row["t"] for row in rows] == sorted(row["t"] for row in rows)
    assert rows[0] == {
        "t": 0.0,
        "type": "session",
        "exercise": "flexion_rotation",
        "name": "flexion rotation",
        "repetitions": 10,
        "profile": "first",
    }
    kinds = {kind: [row for row in rows if row["type"] == kind] for kind in {row["type"] for row in rows}}
    assert kinds["said"][0]["text"] == "Hello."
    assert {row["certainty"] for row in kinds["heard"]} == {"certain", "doubtful", "not understood"}
    doubtful = next(row for row in kinds["heard"] if row["certainty"] == "doubtful")
    assert (doubtful["words"], doubtful["intent"], doubtful["meaning"]) == ("it could be worse", "worse", "worse")
    missed = next(row for row in kinds["heard"] if row["certainty"] == "not understood")
    assert (missed["words"], missed["intent"], missed["meaning"]) == ("mumble", None, None)
    assert {"Repetition 1 of 10", "Paused", "Asking what was meant"} <= {row["doing"] for row in kinds["moment"]}
    assert [row["text"] for row in kinds["note"]][-1] == "The sound is back."
    assert len(kinds["level"]) == pytest.approx(rows[-1]["t"], abs=2)
    assert [row["outcome"] for row in kinds["over"]] == ["stopped"]
    assert kinds["shown"][-1]["text"].startswith("Session over: ")
    output, errors = capsys.readouterr()
    assert output == ""
    assert errors == "The sound is gone: unplugged. Resting until it is back.\nThe sound is back.\n"


def test_every_phase_and_every_part_of_a_repetition_has_its_words() -> None:
    assert set(ASKS) == set(Phase)
    names = get_args(next(one for one in fields(PhaseOfRepetition) if one.name == "name").type)
    assert set(PARTS) == set(names)


def test_every_intent_that_is_named_differently_is_one_of_the_grammar() -> None:
    assert set(MEANINGS) <= set(session_grammar("en").intents)


def test_that_help_was_called_for_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    session = LookedAt().until(counting(1))
    shown(session.follower)(session.coach.now, HelpCalled(session.coach.now, "command"))
    assert session.waits(0.02).scene.news[-1] == "The call for help (command) got through."
    assert capsys.readouterr().err == "The call for help (command) got through.\n"
