"""A misheard word before the first repetition costs a question, not a lock."""

import pytest

from tests.session.arrivals import ARRIVE, RED_WORDS
from voice_coach.records import Stopped
from voice_coach.session.states import Asking, Done, Instructing
from voice_coach.testing import Conversation, counting

ASKED = {"worse": "doubt_worse", "peripheralised": "doubt_down", "numb_weak": "doubt_numb"}
BEFORE = ("cleared", "acknowledge", "taught", "side", "side_sure", "pain_before", "sound_check", "first instruction")


def at(name: str) -> Conversation:
    """Return a conversation in which it is the person's turn."""
    return ARRIVE[name]().until(lambda state: not (isinstance(state, Asking | Instructing) and state.token))


def red_stops(talk: Conversation) -> list[str]:
    """Return the red signs that were recorded."""
    return [record.intent for record in talk.records if isinstance(record, Stopped) and record.red]


def test_before_the_first_repetition_a_sign_is_asked_about_and_a_plain_no_goes_on(subtests: pytest.Subtests) -> None:
    for sign, asked in ASKED.items():
        for where in BEFORE:
            with subtests.test(sign=sign, where=where):
                talk = at(where)
                before = talk.state
                talk.says(RED_WORDS[sign])
                assert talk.question in {asked, "doubt_new"}
                assert red_stops(talk) == []
                talk.answers("no")
                assert talk.state.facts.findings.red is None
                assert type(talk.state) is type(before)
                if isinstance(before, Asking):
                    assert talk.question == before.question.name
                assert red_stops(talk) == []


def test_after_did_you_say_worse_yes_silence_and_doubt_lock(subtests: pytest.Subtests) -> None:
    for answer in ["yes", "yes no", "I don't know", "worse", "brm", ""]:
        for where in BEFORE:
            with subtests.test(answer=answer, where=where):
                talk = at(where).says("it's worse")
                while talk.question == "doubt_worse":
                    talk = talk.answers(answer) if answer else talk.until_next()
                assert talk.state.facts.findings.red == ("worse", 0)
                assert red_stops(talk) == ["worse"]
                assert talk.until(Done).outcome == "stopped"


def test_chest_pain_is_never_asked_about_first(subtests: pytest.Subtests) -> None:
    for where in BEFORE:
        with subtests.test(where=where):
            assert at(where).says("I have chest pain").state.facts.findings.red == ("emergency", 0)


def test_worse_as_the_answer_about_signs_or_once_it_counts_ends_it_at_once(subtests: pytest.Subtests) -> None:
    for where in ["screen_7", "screen_daily", "after_cry", "number four", "check", "go_on"]:
        with subtests.test(where=where):
            talk = at(where).says("it's worse")
            assert talk.state.facts.findings.red is not None
            assert red_stops(talk)[-1] == "worse"


def test_a_first_repetition_that_was_broken_off_has_begun() -> None:
    talk = Conversation().goes_on_until(counting(1)).says("stop").answers("it's worse")
    assert talk.state.facts.findings.red == ("worse", 1)


def test_in_an_exercise_that_follows_another_something_was_done() -> None:
    talk = ARRIVE["try_again"]()
    assert talk.state.facts.plan.back_to
    early = Conversation(back_to="flexion_rotation").answers("it's worse")
    assert early.state.facts.findings.red == ("worse", 0)


def test_hurts_in_the_answer_to_which_side_hurts_is_no_cry(subtests: pytest.Subtests) -> None:
    for where, text, then in [
        ("side", "it hurts on the left", "side_sure"),
        ("side", "the one that hurts is the left", "side_sure"),
        ("side", "it hurts on both sides", "side_told"),
        ("side", "it hurts", "side"),
        ("side_sure", "yes it hurts there", "pain_before"),
        ("pain_before", "it hurts about six", "pain_before"),
        ("furthest_before", "it hurts in my calf", "furthest_before"),
    ]:
        with subtests.test(where=where, text=text, then=then):
            talk = at(where).says(text)
            assert talk.question == then
            assert red_stops(talk) == []


@pytest.mark.parametrize("text", ["ow", "ow it hurts", "it really hurts now", "ouch my left side"])
def test_a_cry_of_pain_is_one_at_which_side_hurts_too(text: str) -> None:
    assert at("side").says(text).question == "after_cry"


def test_i_m_fine_after_ow_is_an_answer_and_it_is_asked_whether_to_go_on(subtests: pytest.Subtests) -> None:
    for text in [
        "I'm fine",
        "no I'm fine",
        "it's fine now",
        "I'm okay",
        "it was nothing",
        "it's nothing",
        "it's passed",
    ]:
        with subtests.test(text=text):
            talk = ARRIVE["after_cry"]().answers(text)
            assert talk.question == "go_on"
            assert talk.answer_to("after_cry") == "same"


def test_what_denies_that_it_was_nothing_does_not_go_on(subtests: pytest.Subtests) -> None:
    for text in ["I'm not fine", "it's not nothing", "it hasn't passed", "okay", "good", "fine but worse"]:
        with subtests.test(text=text):
            assert ARRIVE["after_cry"]().answers(text).question != "go_on"


@pytest.mark.parametrize("text", ["I'm fine", "it was nothing"])
def test_i_m_fine_is_no_answer_to_better_same_or_worse(text: str) -> None:
    assert ARRIVE["check"]().answers(text).state.facts.findings.change not in {"same", "better"}
