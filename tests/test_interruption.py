"""The coach while somebody speaks over it and is not understood: quieter, exact, and no sentence is lost."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_coach import ANSWERS, EXERCISE, GRAMMAR, LoudVoice, Session
from voice_coach.actions import Earcon, Line, Play, Say
from voice_coach.audio.pcm import Clip, silence
from voice_coach.coach import Coach, MemoryJournal
from voice_coach.events import Event, NotRecognized
from voice_coach.hear.echo.prompt_words import Spoken
from voice_coach.session.states import Paused, Performing
from voice_coach.speak.mixer import RAMP
from voice_coach.speak.player import DUCKING, Caption
from voice_coach.testing import ScriptedHearing
from voice_coach.timebase import BLOCK, Samples, samples

LOW = round(2000 * 10 ** (DUCKING / 20))


def in_a_sentence() -> tuple[Session, Line]:
    """Return a session 0.4 s into a sentence of some length, and the sentence."""
    session = Session(voice=LoudVoice(), answers={})
    while (line := session.coach.saying) is None or len(line.text.split()) < 5:
        session.advance()
    session.advance(samples(0.4))
    return session, line


def interrupted(text: str, length: float) -> tuple[Session, Line]:
    """Return a session over which something was said for so many seconds that is none of the grammar, and what over."""
    session, line = in_a_sentence()
    began = session.coach.now
    session.hearing.user_speaks = True
    session.advance(samples(length))
    session.hearing.user_speaks = False
    session.hearing.hear(NotRecognized(session.coach.now, text, began - samples(0.3), session.coach.now))
    session.advance(samples(8))
    return session, line


def times_said(session: Session, line: Line) -> int:
    return [caption.sound for caption in session.coach.take_captions()].count(line)


def test_while_the_user_seems_to_speak_the_coach_is_quieter() -> None:
    session, _ = in_a_sentence()
    session.hearing.user_speaks = True
    sound = session.advance(samples(0.2))
    assert session.coach.ducked
    assert set(np.unique(sound[RAMP:])) == {LOW}
    session.hearing.user_speaks = False
    session.advance(samples(0.2))
    assert set(np.unique(session.advance(samples(0.05)))) == {2000}


@pytest.mark.parametrize("text", ["[unk] lamp", "the weather"])
def test_a_sentence_over_which_a_word_went_is_said_again(text: str) -> None:
    session, line = interrupted(text, 0.5)
    assert times_said(session, line) == 2
    assert [one for _, item in session.log if isinstance(item, Say) for one in item.lines].count(line) == 1


def test_so_is_one_over_which_was_spoken_for_long() -> None:
    session, line = interrupted("[unk]", 1.2)
    assert times_said(session, line) == 2


def test_a_cough_costs_a_dip_and_nothing_more() -> None:
    session, line = interrupted("[unk]", 0.5)
    assert times_said(session, line) == 1


def test_where_the_dialogue_answers_itself_nothing_is_said_twice() -> None:
    session = Session(voice=LoudVoice()).until(Performing, repetition=1)
    session.hearing.say("pause", session.coach.now + 10, "counting")
    while (line := session.coach.saying) is None or not isinstance(session.coach.state, Paused):
        session.advance()
    session.hearing.user_speaks = True
    began = session.coach.now
    session.advance(samples(0.2))
    session.hearing.hear(NotRecognized(session.coach.now, "the weather", began, session.coach.now))
    session.hearing.user_speaks = False
    session.advance(samples(8))
    assert times_said(session, line) == 1


def test_a_stop_over_a_lowered_voice_is_silence_at_once_and_its_sound_is_as_loud_as_ever() -> None:
    session, _ = in_a_sentence()
    session.hearing.user_speaks = True
    session.advance(samples(0.2))
    at = session.coach.now
    session.hearing.user_speaks = False
    session.hearing.say("stop", at + 1234, "nothing")
    sound = session.advance(samples(0.5))[1234:]
    assert set(np.unique(sound[samples(0.02) : samples(0.15)])) == {500}
    earcon = next(item for _, item in reversed(session.log) if isinstance(item, Play) and item.sound == Earcon.STOPPED)
    assert earcon.at == at + 1234


def session_with(speaking: Sequence[bool]) -> tuple[list[tuple[Samples, object]], list[Caption]]:
    """Return what was logged and heard until the second repetition, with a user who seems to speak now and then."""
    session = Session(voice=LoudVoice())
    turns = 0
    while not session.is_at(Performing, 2):
        session.hearing.user_speaks = speaking[turns // 20 % len(speaking)]
        session.advance()
        turns += 1
    return list(session.log), session.coach.take_captions()


@settings(max_examples=3)
@given(st.lists(st.booleans(), min_size=1, max_size=12))
def test_a_hint_alone_moves_no_sentence_and_no_count_by_a_sample(speaking: list[bool]) -> None:
    assert session_with(speaking) == session_with([False])


class ReferenceHearing(ScriptedHearing):
    """Keeps what is handed to it as the speaker's sound."""

    def __init__(self) -> None:
        super().__init__(GRAMMAR, ANSWERS)
        self.played: list[Clip] = []

    def process(self, mic: Clip, played: Clip, at: Samples, saying: Sequence[Spoken] = ()) -> list[Event]:
        self.user_speaks = at // BLOCK % 70 < 30
        self.played.append(played)
        return super().process(mic, played, at, saying)


def test_what_the_echo_canceller_gets_is_what_is_played_to_the_sample_also_in_a_low_voice() -> None:
    hearing = ReferenceHearing()
    coach = Coach(EXERCISE, voice=LoudVoice(), hearing=hearing, journal=MemoryJournal(), watch=[hearing.watch])
    sound = [coach.advance(silence(BLOCK)) for _ in range(1000)]
    assert np.array_equal(np.concatenate(hearing.played[1:]), np.concatenate(sound[:-1]))
    assert LOW in np.concatenate(sound)
