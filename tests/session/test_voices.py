"""Another voice, and what "too fast" is about while the coach explains (V3, V4)."""

import pytest

from voice_coach.actions import DEFAULT_PACE, SERVER_VOICE, Say, SetPace, SetVoice
from voice_coach.session.states import Asking, Instructing
from voice_coach.testing import Conversation, counting

VOICES = ("pack:woman", "pack:man", "en-us")
NEW = "I'll speak like this from now on."


def voices_of(talk: Conversation) -> list[str]:
    """Return the voices that were taken in this turn."""
    return [action.name for action in talk.turn if isinstance(action, SetVoice)]


def explained() -> Conversation:
    """Return a session in which the coach has begun to explain."""
    return Conversation().goes_on_until(Instructing)


def test_each_voice_comes_in_turn_and_says_so_itself() -> None:
    talk = Conversation(voices=VOICES).goes_on_until("pain_before")
    for name in ("pack:man", "en-us", "pack:woman", "pack:man"):
        talk.says("another voice")
        assert voices_of(talk) == [name]
        kinds = [type(action) for action in talk.turn]
        assert kinds.index(SetVoice) < kinds.index(Say)
        assert talk.heard(NEW)
        assert talk.question == "pain_before"
    assert talk.state.facts.speech.voices[0] == "pack:man"


def test_a_repetition_is_counted_to_its_end_by_the_same_voice() -> None:
    """The next sentence is the new voice's; asked twice, it is the one after it."""
    talk = Conversation(voices=VOICES).goes_on_until(counting(2)).says("a different voice")
    assert voices_of(talk) == []
    assert talk.lines() == []
    assert talk.says("change the voice").lines() == []
    talk.until(counting(3))
    assert [action.name for _, action in talk.log if isinstance(action, SetVoice)] == ["en-us"]
    assert talk.heard(NEW)


def test_a_sign_while_counting_leaves_the_voice_as_it_is() -> None:
    talk = Conversation(voices=VOICES).goes_on_until(counting(2)).says("another voice").says("it's worse")
    talk.wait(20)
    assert not any(isinstance(action, SetVoice) for _, action in talk.log)
    assert talk.state.facts.speech.voices == VOICES


@pytest.mark.parametrize(
    ("voices", "text"),
    [
        ((), "This is the only voice I have."),
        (("en-us",), "This is the only voice I have."),
        ((SERVER_VOICE,), "My voice comes from another computer, so I can't change it."),
    ],
)
def test_without_another_voice_it_says_why(voices: tuple[str, ...], text: str) -> None:
    talk = Conversation(voices=voices).goes_on_until("pain_before").says("can I have someone else")
    assert talk.heard(text)
    assert voices_of(talk) == []


def test_too_fast_while_it_explains_is_asked_about_once() -> None:
    talk = explained().says("you're too fast")
    assert talk.question == "slower_which"
    assert talk.heard("My voice, or the movement?")
    talk.answers("your voice")
    assert isinstance(talk.state, Instructing)
    assert SetPace(DEFAULT_PACE + 1) in talk.turn
    assert talk.says("slow down").state.facts.speech.pace == DEFAULT_PACE + 2
    assert talk.state.facts.plan.tempo == 1.0


@pytest.mark.parametrize(
    ("answer", "meant"),
    [
        ("the talking", "voice"),
        ("you", "voice"),
        ("speak slower", "voice"),
        ("the movement", "movement"),
        ("the count", "movement"),
        ("the exercise", "movement"),
        ("slower", "movement"),
    ],
)
def test_each_answer_slows_down_what_it_names(answer: str, meant: str) -> None:
    talk = explained().says("slow down").answers(answer)
    assert isinstance(talk.state, Instructing)
    speech, tempo = talk.state.facts.speech, talk.state.facts.plan.tempo
    assert speech.slower == meant
    assert (speech.pace > DEFAULT_PACE, tempo > 1.0) == (meant == "voice", meant == "movement")


def test_without_an_answer_the_movement_is_slower_and_it_is_not_asked_again() -> None:
    talk = explained().says("too fast").answers("slow down")
    assert talk.heard("Say your voice, or the movement.")
    talk.until(lambda state: isinstance(state, Instructing))
    assert talk.state.facts.plan.tempo > 1.0
    assert isinstance(talk.says("too fast").state, Instructing)


def test_a_sign_is_never_an_answer() -> None:
    talk = explained().says("too fast").says("it's going down my leg")
    assert isinstance(talk.state, Asking)
    assert talk.question != "slower_which"


def test_elsewhere_too_fast_is_the_movement() -> None:
    """At a question, while it counts, and where somebody says it plainly."""
    assert Conversation().goes_on_until("pain_before").says("too fast").heard("Slower.")
    assert explained().says("slower").heard("Slower.")
    talk = Conversation().goes_on_until(counting(2)).says("slow down").until(counting(3))
    assert talk.heard("Slower.")
