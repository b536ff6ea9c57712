"""A misheard "worse" while it counts: it stops at once, and only a single, certain "no" takes it back (R31)."""

import pytest

from tests.session.arrivals import ARRIVE, RED_WORDS
from tests.session.life import Life, session_of
from voice_coach.clinical.eligibility import locking
from voice_coach.records import Answered, Stopped
from voice_coach.session.states import Asking, Done, Paused, Performing
from voice_coach.testing import Conversation, counting


def heard() -> Conversation:
    """Return a session in which "worse" was heard while it counted, and the question about it has been said."""
    return ARRIVE["heard_worse"]().until(lambda state: isinstance(state, Asking) and not state.token)


def lock_after(talk: Conversation) -> str:
    """Return why a session that has this one behind it is locked; empty: it is not."""
    life = Life()
    life.lives(talk)
    lock = life.past().lock
    return lock.reason if lock else ""


def test_worse_stops_at_once_and_its_record_comes_before_the_question() -> None:
    talk = Conversation().goes_on_until(counting(4)).says("worse")
    assert [(one.intent, one.red) for one in talk.records if isinstance(one, Stopped)] == [("worse", True)]
    assert talk.counts() == []
    assert talk.question == "heard_worse"
    assert talk.heard("Please talk to your doctor or physio before you do this again.")
    assert talk.heard("Did you say worse? Yes or no?")


@pytest.mark.parametrize("no", ["no", "nope"])
def test_a_single_no_takes_back_a_misheard_worse(no: str) -> None:
    talk = heard().says(no)
    assert isinstance(talk.state, Paused)
    assert talk.state.facts.findings.red is None
    assert talk.heard("Sorry, I misheard you. Get back into position.")
    talk.says("ready").until(counting(4))
    assert [one.value for one in talk.records if isinstance(one, Answered) and one.question == "heard_worse"] == ["no"]
    assert lock_after(talk.goes_on_until(Done)) == ""


@pytest.mark.parametrize(
    "answer", ["yes", "no no", "no, no", "no I don't know", "I don't think so", "brm", "maybe", ""]
)
def test_anything_but_a_single_no_leaves_the_lock(answer: str) -> None:
    talk = heard()
    talk = talk.says(answer) if answer else talk.until("furthest_after")
    assert talk.question == "furthest_after"
    assert talk.state.facts.findings.red == ("worse", 4)
    assert lock_after(talk.until(Done)) == "worse"


def test_a_doubtful_no_leaves_the_lock() -> None:
    talk = heard().means("no", ask=True)
    assert talk.state.facts.findings.red == ("worse", 4)
    assert talk.question == "furthest_after"


@pytest.mark.parametrize("command", ["stop", "finish"])
def test_stop_and_finish_at_the_question_leave_the_lock(command: str) -> None:
    assert lock_after(heard().says(command).until(Done)) == "worse"


def test_a_crash_before_the_answer_leaves_the_lock() -> None:
    talk = heard()
    assert locking(session_of(talk.records, 1)) == "worse"
    assert locking(session_of(talk.says("no").records, 1)) == ""


@pytest.mark.parametrize("pauses", [False, True])
def test_help_that_is_not_needed_leads_back_to_the_question(*, pauses: bool) -> None:
    """And not to the exercise, which only the answer to it can."""
    talk = heard()
    if pauses:
        talk.says("pause")
    talk.means("call_help", ask=True)
    assert talk.question == "call_for_help"
    talk.says("no")
    assert talk.question == "heard_worse"
    assert talk.state.facts.findings.red == ("worse", 4)
    assert talk.says("yes").question == "furthest_after"
    assert lock_after(talk.until(Done)) == "worse"


def test_it_is_asked_once_a_session() -> None:
    talk = heard().says("no").says("ready").until(Performing).says("worse")
    assert talk.question == "furthest_after"
    assert lock_after(talk.until(Done)) == "worse"


@pytest.mark.parametrize("sign", ["emergency", "peripheralised", "numb_weak"])
def test_a_graver_sign_at_the_question_is_what_it_is(sign: str) -> None:
    talk = heard().says(RED_WORDS[sign])
    assert talk.state.facts.findings.red == (sign, 4)
    assert lock_after(talk.goes_on_until(Done) if sign != "emergency" else talk.says("finish").until(Done)) == sign


@pytest.mark.parametrize("text", ["it's worse", "worse now", "much worse", "down my leg", "numb", "my leg is numb"])
def test_other_signs_and_other_wordings_are_not_asked_about(text: str) -> None:
    assert Conversation().goes_on_until(counting(4)).says(text).question != "heard_worse"


@pytest.mark.parametrize("where", ["check", "after_cry", "moved_lower", "doubt_worse"])
def test_worse_as_the_answer_to_a_question_about_pain_is_never_taken_back(where: str) -> None:
    talk = ARRIVE[where]().until(lambda state: isinstance(state, Asking) and not state.token).says("worse")
    assert talk.question != "heard_worse"
    assert talk.state.facts.findings.red
