"""Who can't lie on the side is offered easier exercises, one at a time, and comes back (R17; T9)."""

import pytest

from tests.session.arrivals import ARRIVE, EXERCISE
from voice_coach.actions import Finish
from voice_coach.exercise.load import load_exercise
from voice_coach.records import Answered, Ended
from voice_coach.session.states import Done, Ending
from voice_coach.testing import Conversation, at_step, counting

EASIER = ["prone_lying", "pelvic_tilt", "knee_rolls"]


def follows(talk: Conversation) -> str:
    """Return the exercise that the finished session names."""
    (finish,) = [action for _, action in talk.log if isinstance(action, Finish)]
    assert finish.outcome == talk.outcome
    return talk.state.facts.plan.then


def stands_in(**answers: str) -> Conversation:
    """Return a session of an easier exercise, at its end."""
    talk = Conversation(exercise=load_exercise("pelvic_tilt"), back_to=EXERCISE.id)
    return talk.goes_on_until("try_again", **answers)


@pytest.mark.parametrize("refused", range(3))
def test_they_are_offered_one_at_a_time_and_the_one_that_is_taken_follows(refused: int) -> None:
    talk = ARRIVE["easier"]()
    assert talk.heard("Let's leave that one for today.")
    assert talk.heard("I have some easier ones. Lying on your front. Shall we try that one?")
    for _ in range(refused):
        talk.answers("no")
        assert talk.heard("Or there's this one.")
    talk.answers("yes")
    assert talk.heard("Good, let's try that.")
    assert not talk.heard("Goodbye.")
    assert follows(talk.until(Done)) == EASIER[refused]
    assert talk.outcome == "cannot_start"
    assert talk.answer_to("easier") == EASIER[refused]


def test_who_refuses_all_is_sent_to_the_physio_and_nothing_follows() -> None:
    talk = ARRIVE["easier"]().answers("no").answers("no").answers("no")
    assert talk.heard("Your physio can tell you what suits you.")
    assert isinstance(talk.state, Ending)
    assert follows(talk.until(Done)) == ""


@pytest.mark.parametrize("text", ["", "brm", "stop", "finish", "it's worse"])
def test_without_a_yes_nothing_follows(text: str) -> None:
    talk = ARRIVE["easier"]()
    if text:
        talk.answers(text)
    assert follows(talk.until(Done)) == ""


def test_after_a_red_word_nothing_easier_is_offered_and_nothing_follows() -> None:
    talk = Conversation().goes_on_until(counting(4)).says("ow").answers("it's worse").says("I can't lie on my side")
    assert talk.question != "easier"
    assert follows(talk.until(Done)) == ""


def test_in_mid_set_the_repetitions_done_are_kept() -> None:
    talk = Conversation().goes_on_until(counting(4)).says("I can't lie on my side").answers("yes").until(Done)
    (ended,) = [record for record in talk.records if isinstance(record, Ended)]
    assert (ended.outcome, ended.repetitions) == ("finished_early", 3)


def test_behind_the_easier_one_the_first_one_is_offered_again() -> None:
    talk = stands_in()
    assert talk.heard("That's ten done.")
    assert talk.heard("Shall we try the first one again?")
    talk.answers("yes")
    assert follows(talk.until(Done)) == EXERCISE.id
    assert follows(stands_in().answers("no").until(Done)) == ""
    assert follows(stands_in().until(Done)) == ""


def test_it_greets_in_short_and_says_the_safety_sentence() -> None:
    talk = Conversation(exercise=load_exercise("pelvic_tilt"), back_to=EXERCISE.id)
    assert talk.heard("Say stop at any time; if it gets worse or moves down your leg, we stop.")
    assert not talk.heard("Hello.")


@pytest.mark.parametrize("last", ["worse", "down my leg", "finish"])
def test_if_it_did_not_go_well_the_first_one_is_not_offered(last: str) -> None:
    talk = Conversation(exercise=load_exercise("pelvic_tilt"), back_to=EXERCISE.id)
    talk.goes_on_until(counting(4)).says(last).goes_on_until(Done)
    assert "try_again" not in [record.question for record in talk.records if isinstance(record, Answered)]
    assert follows(talk) == ""


def test_a_session_of_its_own_offers_nothing_behind_it() -> None:
    assert Conversation(exercise=load_exercise("pelvic_tilt")).goes_on_until(Done).state.facts.plan.then == ""


def test_it_can_be_said_at_the_first_instruction() -> None:
    assert Conversation().goes_on_until(at_step("lie")).says("I can't lie on my side").question == "easier"


def test_while_the_exercise_is_locked_nothing_else_is_offered() -> None:
    talk = ARRIVE["cleared"]().says("ow").answers("it hurts to lie on my side")
    assert isinstance(talk.state, Ending)
    assert not talk.heard("I have some easier ones.")
