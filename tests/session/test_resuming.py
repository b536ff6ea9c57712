"""Going on where a session broke off: asked, at the same repetition, never more than ten in all (R30, T14)."""

from dataclasses import replace

import msgspec
import pytest

from tests.session.arrivals import BROKEN, EXERCISE, PROMPTS
from tests.session.explore import Way, explore
from voice_coach.clinical.past import Lock, Past
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.plan import total
from voice_coach.records import Adjusted, Ended, RepetitionDone
from voice_coach.session.states import Asking, Done, Paused, Performing
from voice_coach.testing import Conversation, counting

assert BROKEN.broken_off
SIX = BROKEN.broken_off
UNCHECKED = replace(BROKEN, broken_off=replace(SIX, checked=False))
TOO_LATE = replace(BROKEN, broken_off=replace(SIX, offered=False))


def begun(talk: Conversation) -> str:
    """Return what was said before anything was answered."""
    return " ".join(line.text for line in talk.lines(since=0))


def numbers(talk: Conversation) -> list[int]:
    """Return the repetitions that were counted to their end."""
    return [record.number for record in talk.records if isinstance(record, RepetitionDone)]


def test_it_says_what_happened_and_asks() -> None:
    talk = Conversation(past=BROKEN)
    assert begun(talk).endswith("We stopped at number six. Shall we go on? Yes or no?")
    assert talk.question == "broken_off"


@pytest.mark.parametrize("word", ["yes", "go on", "ready"])
def test_it_goes_on_at_that_repetition_only_when_ready_is_said_in_the_position(word: str) -> None:
    talk = Conversation(past=BROKEN).answers(word)
    assert talk.said == "Get back into position. Say ready when you're there."
    assert isinstance(talk.state, Paused)
    talk.wait(40)
    assert numbers(talk) == []
    talk.says("ready").until(Performing)
    assert isinstance(talk.state, Performing)
    assert talk.state.number == 6
    assert talk.answer_to("broken_off") == 7


def test_no_more_is_done_in_all_than_the_exercise_has() -> None:
    talk = Conversation(past=BROKEN).answers("yes").wait(10).says("ready").goes_on_until(Done)
    assert numbers(talk) == [6, 7, 8, 9, 10]
    (ended,) = [record for record in talk.records if isinstance(record, Ended)]
    assert (ended.outcome, ended.repetitions) == ("completed", 5)
    assert talk.answer_to("check_10") == "better"


def test_it_goes_on_in_the_same_way_with_what_was_told() -> None:
    past = replace(
        BROKEN, broken_off=replace(SIX, side="right", variant="hand_on_head", tempo=1.25, furthest_before="back")
    )
    talk = Conversation(past=past).answers("yes").wait(10).says("ready").until(counting(7))
    facts = talk.state.facts
    assert (facts.plan.side, facts.plan.variant, facts.plan.tempo, facts.findings.pain_before) == (
        "right",
        "hand_on_head",
        1.25,
        6,
    )
    assert not any(isinstance(record, Adjusted) for record in talk.records)
    talk.goes_on_until("furthest_after").answers("thigh")
    assert talk.question == "moved_lower"


def test_the_summary_counts_both_parts() -> None:
    talk = Conversation(past=BROKEN).answers("yes").wait(10).says("ready").goes_on_until(Done)
    assert "That's ten done. The pain was six before we started. It's three now." in " ".join(
        line.text for line in talk.lines(since=0)
    )


def test_how_it_is_that_was_not_told_is_asked_first() -> None:
    """And only then is the position taken again."""
    talk = Conversation(past=UNCHECKED).answers("yes").wait(10)
    assert talk.question == "check"
    assert numbers(talk) == []
    talk.answers("worse")
    assert talk.state.facts.findings.red
    talk = Conversation(past=UNCHECKED).answers("yes").wait(10).answers("better")
    assert talk.heard("I'm glad. Get back into position. Say ready when you're there.")
    talk.says("ready").until(Performing)
    assert talk.answer_to("check_5") == "better"
    assert isinstance(talk.state, Performing)
    assert talk.state.number == 6


@pytest.mark.parametrize("answers", [["no"], [], ["brm", "brm", "brm"]], ids=["no", "silence", "noise"])
def test_no_and_no_answer_are_a_session_as_usual(answers: list[str]) -> None:
    talk = Conversation(past=BROKEN)
    for text in answers:
        talk.answers(text)
    talk.until("side")
    assert talk.answer_to("broken_off") == ("no" if answers == ["no"] else None)
    talk.goes_on_until(Done)
    assert numbers(talk) == list(range(1, 11))


def test_a_doubtful_yes_is_asked_again() -> None:
    talk = Conversation(past=BROKEN).until(lambda state: isinstance(state, Asking) and not state.token)
    talk.means("yes", ask=True)
    assert talk.question == "broken_off"


def test_longer_ago_it_is_said_and_the_session_is_as_usual() -> None:
    talk = Conversation(past=TOO_LATE)
    assert "Last time we stopped at number six. Which side hurts" in begun(talk)
    assert talk.question == "side"


@pytest.mark.parametrize(
    "past", [replace(BROKEN, broken_off=replace(SIX, repetitions=10)), replace(BROKEN, broken_off=None)]
)
def test_where_nothing_is_left_nothing_is_said(past: Past) -> None:
    assert begun(Conversation(past=past)).endswith("if it gets worse or moves down your leg, we stop. " + ask("side"))


def ask(question: str) -> str:
    """Return the words of a question."""
    return " ".join(line.text for line in PROMPTS.lines(f"ask.{question}"))


def test_where_the_side_is_not_known_it_begins_anew() -> None:
    assert Conversation(past=replace(BROKEN, broken_off=replace(SIX, side=None))).question == "side"


def test_a_lock_comes_first_and_the_day_s_question_too() -> None:
    locked = Conversation(past=replace(BROKEN, lock=Lock("worse", 1, 1, 0)))
    assert locked.question == "cleared"
    assert "number six" not in begun(locked)
    daily = Conversation(past=replace(BROKEN, screening="daily"))
    assert daily.question == "screen_daily"
    assert daily.answers("no").question == "broken_off"
    new = Conversation(past=replace(BROKEN, screening="daily")).answers("yes")
    assert new.question == "screen_1"
    assert new.goes_on_until("side").question == "side"


def test_with_sets_and_sides_the_number_is_the_one_that_was_said() -> None:
    exercise = load_exercise("pelvic_tilt")
    each = msgspec.structs.replace(
        EXERCISE, sides="each", repetition=msgspec.structs.replace(EXERCISE.repetition, sets=1)
    )
    past = replace(BROKEN, broken_off=replace(SIX, repetitions=12, side=None))
    talk = Conversation(past=past, exercise=each)
    assert "We stopped at number three." in begun(talk)
    talk.answers("yes").wait(10).says("ready").until(Performing)
    assert talk.state.facts.plan.side == "right"
    done = numbers(talk.goes_on_until(Done))
    assert done == list(range(13, total(each) + 1))
    once = Conversation(past=replace(BROKEN, broken_off=replace(SIX, repetitions=3)), exercise=exercise)
    assert "We stopped at number four." in begun(once)


def test_where_a_side_is_over_the_other_one_is_instructed() -> None:
    each = msgspec.structs.replace(EXERCISE, sides="each")
    talk = Conversation(past=replace(BROKEN, broken_off=replace(SIX, repetitions=10, checked=True)), exercise=each)
    talk.answers("yes").wait(10).says("ready")
    assert talk.heard("right side")
    assert numbers(talk.goes_on_until(Done)) == list(range(11, 21))


def test_a_history_that_was_put_together_again_is_told() -> None:
    assert "My notes were damaged, but I've put them back together." in begun(Conversation(past=Past(mended=True)))


@pytest.mark.slow
def test_whatever_is_said_it_goes_on_with_the_next_and_is_complete_with_the_last() -> None:
    small = msgspec.structs.replace(
        EXERCISE,
        steps=EXERCISE.steps[:1],
        repetition=msgspec.structs.replace(EXERCISE.repetition, count=2, checks_after=(1,), remarks={}),
    )
    past = replace(BROKEN, broken_off=replace(SIX, repetitions=1, checked=False))

    def enter(way: Way) -> bool:  # what begins anew is as any session
        return not (isinstance(way[2], Asking) and way[2].question.name == "side")

    ways = explore(past, exercise=small, keep=lambda way: isinstance(way[2], Performing), enter=enter).ways
    resumed = [way for way in ways if way[2].facts.progress.earlier]
    assert resumed
    assert {way[2].number for way in resumed if isinstance(way[2], Performing)} == {2}
