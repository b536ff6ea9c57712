"""All that the coach can say: rendered beforehand, one side at a time, in words that command nothing (T2, T7, V1)."""

import re
from pathlib import Path

import pytest

from tests.session.arrivals import ARRIVE, EXERCISE, PROMPTS, RED_WORDS
from voice_coach.clinical.red_signs import LOCKED_BECAUSE
from voice_coach.exercise.lint import lint_length, lint_text
from voice_coach.exercise.prompts import all_lines
from voice_coach.exercise.timetable import exercise_lines
from voice_coach.session.question_table import ASKED
from voice_coach.session.states import Done
from voice_coach.testing import Conversation

SAFETY = {"welcome.first.5", "welcome.back.2", "welcome.again.1"}
"""The fixed safety sentences: they alone name what makes us stop, and are longer than other sentences."""

CODE = Path(__file__).parents[2] / "voice_coach"
SOURCES = [path.read_text() for folder in ("session", "clinical") for path in (CODE / folder).glob("*.py")]
OFFERED = re.compile(r"^(ask|retry\d)\.(\w+)$")


def sentences() -> list[tuple[str, str]]:
    """Return every text of the prompts, with its cue's name."""
    return [(f"{name}.{i}", text) for name, texts in PROMPTS.texts.items() for i, text in enumerate(texts, 1)]


def test_a_prompt_keeps_to_the_words_that_are_free(subtests: pytest.Subtests) -> None:
    for cue, text in sentences():
        with subtests.test(cue=cue, text=text):
            assert lint_text(text, safety=cue in SAFETY) == []


def test_a_prompt_is_short_enough_to_be_kept_in_mind(subtests: pytest.Subtests) -> None:
    for cue, text in sentences():
        with subtests.test(cue=cue, text=text):
            assert cue in SAFETY or lint_length(text) == []


def test_the_lines_of_the_exercise_keep_to_the_same() -> None:
    faults = {line.text: lint_text(line.text) + lint_length(line.text) for line in exercise_lines(EXERCISE)}
    assert {text: fault for text, fault in faults.items() if fault} == {}


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("red", [None, *RED_WORDS.values()])
def test_all_that_is_said_was_rendered_beforehand(side: str, red: str | None) -> None:
    talk = Conversation(first_run=True).goes_on_until("check", side=f"{side} side")
    talk = talk.answers(red).until(Done) if red else talk.goes_on_until(Done)
    known = set(all_lines(EXERCISE))
    assert {line.cue for line in talk.lines(since=0) if line not in known} == set()


def test_what_is_said_on_the_way_to_each_state_was_rendered_beforehand(subtests: pytest.Subtests) -> None:
    for state in ARRIVE:
        with subtests.test(state=state):
            talk = ARRIVE[state]()
            known = set(all_lines(talk.state.facts.plan.exercise))
            lines = talk.lines(since=0)
            assert [line for line in lines if line not in known] == []


@pytest.mark.parametrize(("lower", "upper"), [("left", "right"), ("right", "left")])
def test_the_lines_of_one_side_are_the_other_ones_mirrored(lower: str, upper: str) -> None:
    def said(side: str) -> list[str]:
        return [line.text for line in Conversation().goes_on_until(Done, side=f"{side} side").lines(since=0)]

    swapped = {"left": "right", "right": "left"}
    mirrored = [re.sub(r"\b(left|right)\b", lambda found: swapped[found[0]], text) for text in said(upper)]
    asks_for_both = "Which side hurts, left or right?"
    assert [text for text in mirrored if "hurts" not in text] == [t for t in said(lower) if t != asks_for_both]


def test_cues_are_named_once() -> None:
    cues = [line.cue for line in all_lines(EXERCISE)]
    assert len(cues) == len(set(cues))


def test_each_prompt_is_used(subtests: pytest.Subtests) -> None:
    """A prompt that nothing says is a promise that nobody keeps."""
    for name in PROMPTS.texts:
        with subtests.test(name=name):
            question = OFFERED.match(name)
            if question:
                general = question[2].rpartition("_")[0]  # `still_there_calf` asks `still_there` about the calf
                assert question[2] in ASKED or (general in ASKED and f"ask.{general}" in PROMPTS.texts)
            else:
                assert name in LOCKED_BECAUSE.values() or any(f'"{name}"' in source for source in SOURCES)


def test_the_words_of_a_stop_have_one_wording() -> None:
    said = {line.text for state in ("red", "go_on", "after_cry") for line in ARRIVE[state]().lines()}
    assert {"Stop.", "Stopped.", "Let go of your knee."} <= said


def test_no_cure_is_promised_and_nothing_is_diagnosed(subtests: pytest.Subtests) -> None:
    for cue in sorted(dict(sentences())):
        with subtests.test(cue=cue):
            text = dict(sentences())[cue].lower()
            assert not re.search(r"\b(cure|heal|diagnos\w*|sciatica|centralis\w*|herniat\w*|will help|is safe)\b", text)
