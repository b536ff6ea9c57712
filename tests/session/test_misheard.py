"""The person says that they were misheard: the last step is taken back where that is harmless, and only there."""

from collections.abc import Callable

import pytest

from tests.session.arrivals import ARRIVE, ASKING
from tests.session.life import session_of
from voice_coach.clinical.eligibility import locking
from voice_coach.clinical.past import Past
from voice_coach.records import Answered, Misheard
from voice_coach.session.states import Done, Ending, Performing, Staying
from voice_coach.testing import Conversation, at_step, counting

OBJECTIONS = (
    "that's not what I said",
    "no, that's not what I said",
    "I didn't say that",
    "you misheard me",
    "you got that wrong",
    "that's wrong",
    "no, I said right",
)


def records(talk: Conversation) -> list[Misheard]:
    """Return what was recorded as misheard."""
    return [one for one in talk.records if isinstance(one, Misheard)]


def last(talk: Conversation, question: str) -> object:
    """Return the value that a question has in the end."""
    return [one.value for one in talk.records if isinstance(one, Answered) and one.question == question][-1]


def test_each_objection_to_a_number_asks_for_it_again(subtests: pytest.Subtests) -> None:
    for objection in OBJECTIONS:
        with subtests.test(objection=objection):
            talk = Conversation().goes_on_until("pain_before").answers("seven").answers(objection)
            assert talk.question == "pain_before"
            assert talk.heard("Sorry, I misheard you. How bad is the pain, from zero to ten?")
            assert talk.state.facts.findings.pain_before is None
            assert last(talk, "pain_before") is None
            assert last(talk.answers("two"), "pain_before") == 2


def test_a_no_after_the_coach_has_repeated_the_number_asks_for_it_again(subtests: pytest.Subtests) -> None:
    for denial in ["no", "no, two", "nope"]:
        for question in ["pain_before", "pain_after"]:
            with subtests.test(denial=denial, question=question):
                talk = Conversation().goes_on_until(question).answers("seven").answers(denial)
                assert talk.question == question
                assert [(one.state, one.taken_back) for one in records(talk)] == [(question, True)]


def test_a_no_to_is_it_only_in_your_back_leaves_the_number() -> None:
    talk = Conversation().goes_on_until("furthest_before").answers("brm").answers("brm").answers("no")
    assert talk.question == "doubt_leg"
    assert records(talk) == []


def test_a_place_with_a_no_is_a_place() -> None:
    talk = Conversation().goes_on_until("furthest_before").answers("no, only in my back")
    assert last(talk, "furthest_before") == "back"


SAFE: dict[str, tuple[Callable[[], Conversation], str]] = {
    "the side": (lambda: Conversation().answers("left side"), "side"),
    "the side that was confirmed": (lambda: Conversation().answers("left side").answers("yes"), "side"),
    "the place before": (lambda: Conversation().goes_on_until(at_step("lie")), "furthest_before"),
    "no change": (lambda: Conversation().goes_on_until("check").answers("same").until(Performing).wait(2), "check"),
    "unsure": (lambda: Conversation().goes_on_until("check").answers("I don't know"), "check"),
    "the number after": (lambda: Conversation().goes_on_until("furthest_after"), "pain_after"),
    "the place after": (lambda: Conversation().goes_on_until(Ending), "furthest_after"),
    "a no of the screening": (ARRIVE["screen_3"], "screen_2"),
    "a no of the day": (lambda: Conversation(past=Past(screening="daily")).answers("no"), "screen_daily"),
    "a no to the exercise's own question": (lambda: Conversation(exercise=ASKING).answers("no").answers("no"), "own"),
}


def test_a_harmless_answer_is_asked_for_again_and_no_longer_counts(subtests: pytest.Subtests) -> None:
    for name, (begin, question) in SAFE.items():
        with subtests.test(name=name):
            talk = begin().says("that's not what I said")
            assert talk.question == question
            assert talk.heard("Sorry, I misheard you.")
            given = [one for one in talk.records if isinstance(one, Answered) and one.question.startswith(question)]
            assert given[-1].value is None
            assert [one.taken_back for one in records(talk)] == [True]


def test_the_exercises_own_question_is_the_one_that_was_answered_last() -> None:
    talk = Conversation(exercise=ASKING).answers("no").answers("no").answers("that's not what I said")
    assert talk.heard("Did you faint today?")
    assert talk.answers("yes").state.facts.findings.red == ("emergency", 0)


@pytest.mark.parametrize(("begin", "step"), [(at_step("bend"), "straight"), (counting(1), "how")])
def test_a_misheard_ready_leads_back_to_the_instruction(begin: Callable[..., bool], step: str) -> None:
    talk = Conversation().goes_on_until(begin).says("I didn't say that")
    assert at_step(step)(talk.state)
    assert talk.counts() == []


def test_who_is_moving_is_told_to_come_back() -> None:
    talk = Conversation().goes_on_until(counting(2)).wait(3).says("I didn't say that")
    assert talk.heard("Sorry, I misheard you. Come back to where you started. Better, same, or worse?")
    assert talk.counts() == []
    talk.answers("worse")
    assert talk.state.facts.findings.red == ("worse", 1)


def test_only_the_last_step_is_taken_back_and_once() -> None:
    talk = Conversation().goes_on_until("furthest_before").answers("that's wrong").answers("that's not what I said")
    assert talk.question == "pain_before"
    assert [one.taken_back for one in records(talk)] == [True]


@pytest.mark.parametrize("between", ["louder", "repeat", "stop", "pause"])
def test_what_was_said_in_between_is_what_was_misheard(between: str) -> None:
    talk = Conversation().goes_on_until("furthest_before").says(between).says("that's not what I said")
    assert talk.question != "pain_before"
    assert [(one.intent, one.taken_back) for one in records(talk)] == [(between, False)]
    assert talk.state.facts.findings.pain_before is not None


NEVER = [
    "cleared_sure", "two_weeks", "acknowledge", "screen_told", "screen_recent", "screen_new", "screen_anyway", "taught",
    "go_on", "after_cry", "moved_lower", "doubt_worse", "doubt_down", "doubt_numb", "doubt_emergency", "heard_worse",
    "red", "settling", "settle_check", "paused", "call_for_help", "delete_sure", "easier", "no sound",
]  # fmt: skip


def test_nothing_else_is_taken_back(subtests: pytest.Subtests) -> None:
    for name in NEVER:
        with subtests.test(name=name):
            talk = ARRIVE[name]().wait(0.5)
            before = talk.state
            talk.says("that's not what I said")
            assert not any(one.taken_back for one in records(talk))
            assert talk.state.facts.findings.red == before.facts.findings.red
            assert talk.state.facts.plan.lock == before.facts.plan.lock
            assert talk.state.facts.progress.repetitions == before.facts.progress.repetitions
            if name not in {"screen_new", "heard_worse"}:  # what is no plain answer there is the safe one
                assert type(talk.state) is type(before)
                assert talk.lines() or name == "no sound"


@pytest.mark.parametrize("sign", ["worse", "down my leg", "my leg is numb", "I have chest pain"])
def test_a_red_sign_stands_whatever_is_said_of_it(sign: str) -> None:
    talk = Conversation().goes_on_until(counting(4)).says(sign).wait(0.5)
    lock = locking(session_of(talk.records, 1))
    assert lock
    for _ in range(3):
        talk.says("that's not what I said")
    assert locking(session_of(talk.records, 1)) == lock
    assert talk.state.facts.findings.red
    assert not isinstance(talk.state, Performing)


def test_in_an_emergency_the_coach_stays() -> None:
    talk = Conversation().goes_on_until(counting(4)).says("I have chest pain").until(Staying).says("you misheard me")
    assert isinstance(talk.state, Staying)


def test_a_sign_in_the_same_breath_is_what_counts() -> None:
    talk = Conversation().goes_on_until(counting(2)).says("that's not what I said, it's worse")
    assert talk.question == "doubt_worse"
    assert talk.answers("yes").state.facts.findings.red


def test_a_place_further_down_is_not_forgotten_once_it_was_asked_about() -> None:
    talk = ARRIVE["moved_lower"]().says("that's not what I said")
    assert talk.question == "moved_lower"
    assert locking(session_of(talk.until(Done).records, 1)) == "peripheralised"


def test_what_was_misheard_is_recorded_with_what_it_was_taken_for() -> None:
    talk = Conversation().goes_on_until("pain_before").answers("about seven").answers("no, I said two")
    (record,) = records(talk)
    assert (record.state, record.intent, record.text) == ("pain_before", "number", "about seven")
    assert (record.words, record.taken_back) == ("no, i said two", True)


def test_with_nothing_understood_before_nothing_is_recorded() -> None:
    talk = Conversation().says("you misheard me")
    assert (talk.question, records(talk)) == ("side", [])


def test_where_yes_or_no_is_asked_thats_wrong_is_a_no() -> None:
    assert Conversation().answers("left side").answers("that's wrong").question == "side"
    assert records(Conversation().answers("left side").answers("that's wrong")) == []


def test_while_nothing_can_be_taken_back_the_counting_goes_on() -> None:
    talk = Conversation().goes_on_until(counting(4)).wait(2).says("that's not what I said")
    assert isinstance(talk.state, Performing)
    assert talk.until(lambda state: not counting(4)(state)).heard("Sorry, I can't change that.")
