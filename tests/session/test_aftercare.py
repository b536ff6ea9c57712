"""Five minutes after a red sign it is asked whether it has settled; that opens nothing (clinical rules 2b)."""

import pytest

from tests.session.arrivals import ARRIVE, RED_WORDS
from tests.session.life import Life
from voice_coach.actions import Hush
from voice_coach.session.states import Done, Ending, Settling, Staying
from voice_coach.testing import Conversation, counting
from voice_coach.timebase import samples

STOPS = [name for name in RED_WORDS if name not in {"emergency", "pain_cry"}]


def resting(sign: str = "worse") -> Conversation:
    return Conversation().goes_on_until(counting(4)).says(RED_WORDS[sign]).goes_on_until(Settling)


@pytest.mark.parametrize("sign", STOPS)
def test_five_minutes_after_the_stop_and_no_sooner_it_is_asked(sign: str) -> None:
    talk = Conversation().goes_on_until(counting(4)).says(RED_WORDS[sign])
    stop = talk.now
    talk.goes_on_until(Settling)
    assert talk.heard("You did well to tell me. I'll ask again in five minutes. Say finish to end now.")
    talk.until("settle_check")
    assert talk.now - stop == samples(300)
    assert talk.heard("That's five minutes. Compared with before we started: better, same, or worse?")


@pytest.mark.parametrize(
    ("words", "kept"), [("better", "better"), ("gone", "better"), ("the same", "same"), ("I don't know", None)]
)
def test_the_answer_is_kept_and_the_lock_stays(words: str, kept: str | None) -> None:
    talk = resting().until("settle_check").answers(words).until(Done)
    assert talk.answer_to("settle_check") == kept
    assert talk.heard("Please talk to your doctor or physio before you do this again.")
    life = Life()
    life.lives(talk)
    assert life.past().lock is not None


def test_worse_after_five_minutes_is_kept_and_the_contact_line_is_said_again() -> None:
    talk = resting().until("settle_check").answers("it's worse")
    assert talk.answer_to("settle_check") == "worse"
    assert talk.heard("Please talk to your doctor or physio before you do this again.")
    assert isinstance(talk.state, Ending)


def test_numb_after_five_minutes_says_the_stronger_line() -> None:
    talk = resting().until("settle_check").answers("my leg is numb")
    assert talk.heard("Please talk to your doctor or physio today.")
    assert talk.until(Done).state.facts.findings.red == ("numb_weak", 4)


def test_no_answer_is_kept_as_none() -> None:
    talk = resting().until("settle_check").until(Done)
    assert talk.answer_to("settle_check") is None
    assert talk.outcome == "stopped"


@pytest.mark.parametrize("text", ["finish", "goodbye", "stop"])
def test_it_can_be_ended_at_any_time(text: str) -> None:
    talk = resting().wait(30).says(text)
    assert isinstance(talk.state, Ending)
    assert talk.until(Done).outcome == "stopped"


def test_nothing_else_ends_the_rest_or_moves_the_question(subtests: pytest.Subtests) -> None:
    for text in ["louder", "help", "how many left", "pause", "ready", "yes", "resume", "better"]:
        with subtests.test(text=text):
            talk = resting()
            due = talk.state.wake_at
            talk.wait(30).says(text)
            assert isinstance(talk.state, Settling)
            assert talk.state.wake_at == due
            assert talk.counts() == []


@pytest.mark.parametrize(
    "text",
    [
        "how much longer",
        "how many minutes",
        "how many left",
        "how long do I have to stay here",
        "can I get up",
        "can I sit up now",
        "I'm scared",
        "are you there",
        "it's better",
        "it's going now",
    ],
)
def test_what_is_asked_or_told_while_resting_is_answered_by_resting_on(text: str) -> None:
    talk = resting().wait(30).says(text)
    assert talk.said == "Stay resting, I'm still here. Say finish to end now."
    assert isinstance(talk.state, Settling)
    assert talk.until("settle_check").heard("That's five minutes.")


def test_unknown_speech_of_several_words_while_resting_is_answered_once() -> None:
    talk = resting().wait(30).says("brm")
    assert talk.said == ""
    assert talk.says("the cat sat on the mat").heard("Stay resting, I'm still here.")
    assert talk.wait(20).says("the cat sat on the mat").said == ""
    assert talk.says("I'm scared").heard("Stay resting, I'm still here.")


def test_a_graver_sign_while_resting_is_answered_with_its_words() -> None:
    talk = resting().wait(60).says("my leg is numb")
    assert isinstance(talk.turn[0], Hush)
    assert talk.heard("Please talk to your doctor or physio today.")
    assert isinstance(talk.state, Settling)
    talk.says("I have chest pain").wait(0.1)
    assert talk.heard("This needs a doctor at once.")
    assert isinstance(talk.state, Staying)


def test_say_that_again_says_the_contact_line_again() -> None:
    talk = resting().wait(60).says("say that again")
    assert talk.heard("I'll ask again in five minutes.")


def test_sound_that_was_lost_while_resting_does_not_lose_the_question() -> None:
    talk = resting().wait(60).loses_sound().wait(10).has_sound_again()
    assert isinstance(talk.state, Settling)
    talk.until("settle_check")


def test_who_had_not_begun_is_not_asked() -> None:
    talk = Conversation().answers("worse").answers("yes").goes_on_until(Ending)
    assert not talk.state.facts.findings.settled


def test_an_emergency_is_not_kept_waiting() -> None:
    talk = ARRIVE["number four"]().says("I have chest pain").wait(0.1)
    assert talk.heard("Stop. Let go of your knee.")
    assert talk.heard("This needs a doctor at once. Call the emergency number now, or get someone to call.")
    assert isinstance(talk.state, Staying)
    assert not talk.heard("?")
