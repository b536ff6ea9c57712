"""Each spoken question through a real voice and the real recogniser, in a session and while it waits."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.session.arrivals import ARRIVE, GRAMMAR
from tests.standby.test_runner import heard, speech
from voice_coach.audio.pcm import silence
from voice_coach.events import Intent
from voice_coach.hear.listener import Listener, build_listener
from voice_coach.session.question_table import ACTIVE
from voice_coach.session.states import Asking, Ending
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.testing import Conversation
from voice_coach.timebase import BLOCK


class Hearing:
    """The listener of a session, and what it understands."""

    def __init__(self, listener: Listener, speaker: Pyttsx3Synthesizer) -> None:
        """Take the listener and a person."""
        self._listener = listener
        self._speaker = speaker
        self._now = 0

    def aloud(self, talk: Conversation, text: str) -> Conversation:
        """Say something aloud in a session, when its question was said."""
        talk.until(lambda state: not isinstance(state, Asking) or not state.token)
        expecting = talk.question or "nothing"
        self._listener.listen(expecting, ACTIVE[expecting])
        sound = speech(self._speaker, text)
        understood = []
        for start in range(0, len(sound) // BLOCK * BLOCK, BLOCK):
            understood += self._listener.process(sound[start : start + BLOCK], silence(BLOCK), self._now)
            self._now += BLOCK
        for event in understood:
            if isinstance(event, Intent):
                talk.event(replace(event, at=talk.now))
        return talk


@pytest.fixture(scope="module")
def hearing(speaker: Pyttsx3Synthesizer) -> Iterator[Hearing]:
    """Return a listener that understands what a session does."""
    listener = build_listener(GRAMMAR)
    yield Hearing(listener, speaker)
    listener.close()


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("what can I do today", "Say help to hear the words I know."),
        ("which exercises are there", "Say help to hear the words I know."),
        ("how am I doing", "I don't know of any earlier sessions."),
        ("tell me my progress", "I don't know of any earlier sessions."),
        ("tell me about this exercise", "They may ease back pain, but nobody can promise that."),
        ("who are you", "I'm not a doctor, and I can't check your back."),
        ("delete my log", "Ask me that at the end, or between sessions."),
    ],
)
def test_in_a_session_each_question_is_understood_and_answered(hearing: Hearing, said: str, answer: str) -> None:
    talk = hearing.aloud(Conversation(), said)
    assert talk.heard(answer)
    assert talk.question == "side"


@pytest.mark.parametrize(
    ("first", "second", "step"), [("better", "a little", 3), ("worse", "very much", 7), ("worse", "much", 6)]
)
def test_the_weekly_question_is_answered_aloud(hearing: Hearing, first: str, second: str, step: int) -> None:
    talk = hearing.aloud(hearing.aloud(ARRIVE["since_began"](), first), second)
    assert talk.answer_to("pgic") == step


def test_all_is_deleted_aloud_after_yes_twice(hearing: Hearing) -> None:
    talk = hearing.aloud(Conversation().goes_on_until(Ending), "delete my log")
    talk = hearing.aloud(hearing.aloud(talk, "yes"), "yes").until_next()
    assert talk.heard("I've deleted all your sessions.")


def test_a_no_said_aloud_keeps_everything(hearing: Hearing) -> None:
    talk = hearing.aloud(Conversation().goes_on_until(Ending), "delete my history")
    assert hearing.aloud(hearing.aloud(talk, "yes"), "no thank you").heard("I haven't deleted anything.")


@pytest.mark.parametrize(
    "said", ["what can I do today", "how am I doing", "tell me about this exercise", "delete my log"]
)
def test_waiting_it_answers_too(speaker: Pyttsx3Synthesizer, said: str) -> None:
    assert "Say" in heard(speech(speaker, said))


@pytest.mark.parametrize("said", ["what can I do about the weather today", "how are you doing", "delete my mail"])
def test_other_talk_is_no_question(speaker: Pyttsx3Synthesizer, said: str) -> None:
    assert "Say" not in heard(speech(speaker, said))
