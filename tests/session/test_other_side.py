"""Lying on the side that does not hurt, because a clinician said so (R12)."""

import pytest

from tests.session.arrivals import EXERCISE
from voice_coach.records import Answered
from voice_coach.session.states import Done, Instructing
from voice_coach.testing import Conversation, at_step, counting

SAID = "my physio said the other side"


def answers(talk: Conversation) -> dict[str, str | float | None]:
    """Return what was answered about the side."""
    found = [record for record in talk.records if isinstance(record, Answered)]
    return {one.question: one.value for one in found if one.question.startswith("side")}


@pytest.mark.parametrize("where", ["side_sure", "at the instruction"])
def test_it_is_asked_once_and_then_everything_is_on_that_side(where: str) -> None:
    talk = Conversation().goes_on_until("side_sure" if where == "side_sure" else at_step("lie")).answers(SAID)
    assert talk.heard("Then you'd lie on your right side, away from the pain. Did a doctor or physio tell you to")
    talk.answers("yes").goes_on_until(at_step("lie"))
    assert talk.heard("Lie on your right side.")
    assert answers(talk) == {"side": "left", "side_sure": "left", "side_other": "right"}
    talk.goes_on_until(Done)
    assert talk.state.facts.plan.side == "right"
    assert "left knee" in " ".join(line.text for line in talk.lines(since=0))
    assert talk.outcome == "completed"


def test_without_a_clinician_it_stays_the_side_of_the_pain() -> None:
    talk = Conversation().goes_on_until(at_step("lie")).answers(SAID).answers("no")
    assert isinstance(talk.state, Instructing)
    assert talk.heard("Lie on your left side.")
    assert talk.state.facts.plan.side == "left"
    asked = Conversation().goes_on_until("side_sure").answers(SAID).answers("no")
    assert asked.question == "side"
    assert asked.state.facts.plan.side is None


@pytest.mark.parametrize("said", ["ready", "brm", "the other side"])
def test_nothing_but_a_plain_yes_changes_the_side(said: str) -> None:
    talk = Conversation().goes_on_until(at_step("lie")).answers(SAID)
    assert talk.answers(said).question == "side_other"
    assert talk.until(Done).outcome == "no_answer"
    assert talk.state.facts.plan.side == "left"


@pytest.mark.parametrize("where", ["later step", "counting"])
def test_who_lies_already_does_not_turn_over(where: str) -> None:
    place = counting(2) if where == "counting" else at_step(EXERCISE.steps[1].id)
    talk = Conversation().goes_on_until(place).says(SAID)
    assert talk.state.facts.plan.side == "left"
    assert talk.question != "side_other"


def test_the_other_side_alone_is_no_word_of_a_clinician() -> None:
    talk = Conversation().goes_on_until("side_sure").answers("the other side")
    assert talk.question == Conversation().goes_on_until("side_sure").answers("no").question == "side"
