"""For somebody who comes several times a day: short instructions, one question about the side, fewer words (V2)."""

from dataclasses import replace

import msgspec
import pytest

from tests.session.arrivals import EXERCISE, REGULAR
from tests.session.test_library import IDS
from voice_coach.actions import Line, Play, Say
from voice_coach.clinical.past import Past
from voice_coach.exercise import timetable
from voice_coach.exercise.lint import lint_length, lint_text
from voice_coach.exercise.load import load_exercise
from voice_coach.session.states import Done, Instructing, Performing
from voice_coach.testing import Conversation, at_step, counting

SHORT = "Lie on your left side, hooked up as before. Say ready, or help."
MAX_WORDS_REGULAR, MAX_WORDS_FIRST = 95, 220
"""Words of the coach before the first count, screening and practice apart."""


def words_before_the_first_count(talk: Conversation) -> int:
    """Return how many words the coach says up to the first movement, its call included."""
    talk.goes_on_until(Performing)
    apart = ("say.practi", "ask.practi")
    said = [line for _, action in talk.log if isinstance(action, Say) for line in action.lines]
    calls = [action.sound for _, action in talk.log if isinstance(action, Play) and isinstance(action.sound, Line)]
    first_count = next((n for n, line in enumerate(calls) if ".count_" in line.cue), 2)
    counted = [*said, *calls[:first_count]]
    return sum(len(line.text.split()) for line in counted if not line.cue.startswith(apart))


def regular(past: Past = REGULAR) -> Conversation:
    """Return a regular's talk at the short instruction, waiting for "ready"."""
    talk = Conversation(past=past).goes_on_until(Instructing)
    return talk.until(lambda state: isinstance(state, Instructing) and not state.token)


def test_a_regular_hears_few_words_before_the_first_count(subtests: pytest.Subtests) -> None:
    for identifier in IDS:
        with subtests.test(identifier=identifier):
            exercise = load_exercise(identifier)
            settled = frozenset(question.id for question in exercise.questions)
            talk = Conversation(exercise=exercise, past=replace(REGULAR, settled=settled))
            assert 40 < words_before_the_first_count(talk) <= MAX_WORDS_REGULAR


def test_a_first_run_is_not_too_long(subtests: pytest.Subtests) -> None:
    for identifier in IDS:
        with subtests.test(identifier=identifier):
            talk = Conversation(exercise=load_exercise(identifier), first_run=True)
            assert 100 < words_before_the_first_count(talk) <= MAX_WORDS_FIRST


def test_the_safety_sentence_the_side_the_number_and_the_place_stay() -> None:
    talk = regular()
    said = [line.cue for line in talk.lines(since=0)]
    assert [cue for cue in said if cue.startswith(("welcome", "ask"))] == [
        "welcome.back.1",
        "welcome.back.2",
        "ask.side_again.1.left",
        "ask.side_again.2",
        "ask.pain_before.1",
        "ask.furthest_before.1",
        "ask.furthest_before.2",
    ]
    assert " ".join(line.text for line in talk.lines(since=0)).endswith(SHORT)


def test_ready_leads_to_the_sound_check_once_a_day_and_then_the_count() -> None:
    talk = regular().says("ready")
    assert talk.question == "sound_check"
    talk.answers("yes")
    assert talk.said == "Good. Let's begin."
    talk.until(counting(1))
    assert regular(replace(REGULAR, sound_checked=True)).says("ready").until(counting(1)).said.startswith("Good.")


def test_the_sound_check_is_once_a_day_for_everybody() -> None:
    talk = Conversation(past=Past(sound_checked=True)).goes_on_until(at_step("lie")).answers("ready")
    assert at_step("straight")(talk.state)


@pytest.mark.parametrize("word", ["help", "repeat", "start over"])
def test_asking_gives_the_long_form(word: str) -> None:
    talk = regular().says(word)
    assert talk.answer_to("instructions") == "full"
    intro = timetable.intro_lines(EXERCISE, "left")
    assert talk.lines() == [*intro, *timetable.step_lines(EXERCISE, EXERCISE.steps[0], "left")]
    for step in EXERCISE.steps:
        talk.goes_on_until(at_step(step.id))
    talk.goes_on_until(counting(1))


def test_silence_has_the_short_form_again() -> None:
    talk = regular().wait(31)
    assert talk.said.endswith(SHORT)
    assert talk.answer_to("instructions") == "short"


def test_i_cant_reach_is_answered_in_the_short_form_too() -> None:
    talk = regular().says("I can't reach")
    assert talk.said == "Then rest your right hand on the side of your head. That's fine. Then say ready."
    talk.says("ready").answers("yes").until(counting(1))


@pytest.mark.parametrize(("answer", "follows"), [("no", "side"), ("the right side", "side_sure")])
def test_another_side_than_last_time_is_done_in_full(answer: str, follows: str) -> None:
    talk = Conversation(past=REGULAR).until("side_again").answers(answer)
    assert talk.question == follows
    talk.goes_on_until(at_step("lie"), side="right side")
    assert talk.heard(timetable.step_lines(EXERCISE, EXERCISE.steps[0], "right")[0].text)
    assert talk.state.facts.plan.side == "right"


def test_right_is_no_side_and_thats_right_is_a_yes() -> None:
    talk = Conversation(past=REGULAR).until("side_again")
    assert talk.copy().answers("right").state.facts.plan.side is None
    assert talk.answers("that's right").state.facts.plan.side == "left"


def test_silence_about_the_side_begins_nothing() -> None:
    assert Conversation(past=REGULAR).until(Done).outcome == "no_answer"


def test_without_a_familiar_side_everything_is_as_the_first_time() -> None:
    talk = Conversation(past=Past(familiar=frozenset({"right"}), last_side="left")).until("side")
    assert at_step("lie")(talk.goes_on_until(at_step("lie")).state)
    assert not talk.heard("as before")


def test_both_sides_in_turn_are_shortened() -> None:
    exercise = load_exercise("knee_to_chest_single")
    talk = Conversation(exercise=exercise, past=REGULAR).goes_on_until(counting(exercise.repetition.count + 1))
    said = " ".join(line.text for line in talk.lines(since=0))
    assert "And the same on your right side. Lie on your back, and hold your right knee, as before." in said
    assert talk.goes_on_until(Done).outcome == "completed"


@pytest.mark.parametrize("sides", ["none", "painful"])
def test_an_exercise_without_short_words_has_general_ones(sides: str) -> None:
    exercise = load_exercise("bridge" if sides == "none" else "flexion_rotation")
    exercise = msgspec.structs.replace(exercise, short=())
    talk = Conversation(exercise=exercise, past=REGULAR).goes_on_until(Instructing)
    side = "" if sides == "none" else " for your left side"
    assert talk.said.endswith(f"Get into position{side}, as last time. Say ready, or help.")


def test_what_a_plan_has_to_say_is_said_all_the_same() -> None:
    prescribed = msgspec.convert({"say": "Go gently this week."}, type=type(EXERCISE).__annotations__["prescribed"])
    exercise = msgspec.structs.replace(EXERCISE, prescribed=prescribed)
    talk = Conversation(exercise=exercise, past=REGULAR).goes_on_until(Instructing)
    assert talk.said.endswith(f"Go gently this week. {SHORT}")


def test_short_forms_keep_to_the_rules_of_all_texts(subtests: pytest.Subtests) -> None:
    for identifier in IDS:
        with subtests.test(identifier=identifier):
            exercise = load_exercise(identifier)
            assert exercise.short
            assert [fault for text in exercise.short for fault in (*lint_text(text), *lint_length(text))] == []
