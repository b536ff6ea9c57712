"""Blocks in, blocks out: what is heard and what sounds, with the real player and sometimes the real listener."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from voice_coach.actions import Line
from voice_coach.audio.pcm import Clip, silence
from voice_coach.events import Event as Heard
from voice_coach.events import Intent, Played, Woke
from voice_coach.hear.echo.prompt_words import Spoken
from voice_coach.hear.listener import build_listener
from voice_coach.speak.tts.pyttsx3 import Pyttsx3Synthesizer
from voice_coach.standby.build import grammar_of, prompts_of
from voice_coach.standby.events import Action, Begin, Event, SessionOver, Ticked
from voice_coach.standby.runner import CLOCK_EVERY, Standby
from voice_coach.standby.settings import Reminders
from voice_coach.standby.states import NOTHING, Coaching, Day, Memory, Waiting
from voice_coach.text import SilentVoice
from voice_coach.timebase import BLOCK, RATE, samples, seconds

PROMPTS = prompts_of("en")


class LoudVoice(SilentVoice):
    """Says each line as a hum as long as the words would take."""

    def clip(self, line: Line) -> Clip:
        """Return the hum."""
        return np.full(len(super().clip(line)), 1000, np.int16)


class ExactHearing:
    """Hears at exact samples what a test says."""

    __test__ = False
    user_speaks = False
    lag = 0

    def __init__(self) -> None:
        """Hear nothing yet."""
        self.said: list[Heard] = []
        self.takes = frozenset[str]()
        self.starts: list[int] = []
        self.torn_at = self.reopened_at = 0

    def listen(self, expecting: str, intents: frozenset[str]) -> None:
        """Take note."""
        assert expecting
        self.takes = intents

    def process(self, mic: Clip, played: Clip, at: int, saying: Sequence[Spoken] = ()) -> list[Heard]:
        """Return what was said."""
        assert len(mic)
        assert len(played) >= 0
        assert saying is not None
        self.starts.append(at)
        said, self.said = self.said, []
        return said

    def torn(self) -> None:
        """Take note."""
        self.torn_at += 1

    def reopened(self) -> None:
        """Take note."""
        self.reopened_at += 1

    def heard_itself(self) -> None:
        """Do nothing: these tests report no fault of the microphone."""

    def close(self) -> None:
        """Do nothing."""


class Room:
    """A standby, and what it did."""

    def __init__(self, *, times: bool = False, memory: Memory = NOTHING) -> None:
        """Begin at two minutes to nine."""
        self.hearing = ExactHearing()
        self.did: list[Event | Action] = []
        self.kept: list[Memory] = []
        self.looked: list[object] = []
        self.standby = Standby(
            reminders=Reminders() if times else Reminders(times=()),
            prompts=PROMPTS,
            voice=LoudVoice(),
            hearing=self.hearing,
            clock=lambda: datetime(2030, 5, 6, 8, 58, tzinfo=UTC) + timedelta(seconds=seconds(self.standby.now)),
            look=self._look,
            memory=memory,
            keep=self.kept.append,
            forget=lambda: "",
            watch=[lambda _, what: self.did.append(what)],
        )

    def advance(self, length: float) -> Clip:
        """Let so many seconds pass with the speaker open; return what sounded."""
        return np.concatenate([self.standby.advance(silence(BLOCK)) for _ in range(round(length * RATE / BLOCK))])

    def hear(self, length: float) -> None:
        """Let so many seconds pass with the speaker closed."""
        for _ in range(round(length * RATE / BLOCK)):
            assert not self.standby.hear(silence(BLOCK)).any()

    def says(self, name: str) -> None:
        """Let somebody say this."""
        self.hearing.said.append(Intent(self.standby.now, name, name))

    def _look(self, day: object) -> Day:
        self.looked.append(day)
        return Day()


def test_it_is_quiet_until_somebody_speaks_to_it() -> None:
    room = Room()
    room.hear(30)
    assert room.standby.quiet
    assert not room.looked
    room.says("wake")
    room.hear(0.04)
    assert not room.standby.quiet


def test_what_is_to_be_said_waits_until_the_speaker_is_open_and_loses_no_sample() -> None:
    room = Room()
    room.says("wake")
    room.hear(2)
    sound = room.advance(4)
    first = PROMPTS.lines("ask.start")[0]
    length = len(SilentVoice().clip(first))
    assert (sound[200 : length - 200] != 0).all()
    assert np.flatnonzero(sound)[0] < samples(0.01)


def test_a_session_begins_when_all_has_been_said_and_then_it_waits_again() -> None:
    room = Room()
    room.says("wake")
    room.advance(6)
    room.says("yes")
    assert not room.standby.resting
    while not room.standby.resting:
        room.advance(0.02)
    assert isinstance(room.standby.state, Coaching)
    assert room.did[-1] == Begin()
    before = room.standby.now
    room.standby.session_over(held=True)
    assert room.standby.now == before + RATE  # so that the listener knows that something is missing
    assert room.standby.quiet
    assert not room.standby.done


def test_a_reminder_comes_by_the_clock_on_the_wall_and_is_kept() -> None:
    room = Room(times=True)
    room.hear(118)
    assert room.standby.quiet
    room.hear(8)
    assert not room.standby.quiet
    assert room.looked == [datetime(2030, 5, 6, tzinfo=UTC).date()]
    assert room.kept[-1].slot is not None
    room.advance(12)
    room.says("later")
    room.advance(2)
    assert room.kept[-1].again is not None


def test_the_clock_is_looked_at_every_five_seconds_of_sound() -> None:
    room = Room()
    room.hear(21)
    ticks = [what.at for what in room.did if isinstance(what, Ticked)]
    assert ticks == [0, CLOCK_EVERY, 2 * CLOCK_EVERY, 3 * CLOCK_EVERY, 4 * CLOCK_EVERY]


def test_a_deadline_is_taken_at_its_very_sample() -> None:
    room = Room()
    room.says("wake")
    room.advance(30)
    woke = [what.at for what in room.did if isinstance(what, Woke)]
    played = [what.at for what in room.did if isinstance(what, Played)]
    assert woke == [played[0] + samples(10)]
    assert isinstance(room.standby.state, Waiting)


def test_the_button_and_the_end_reach_a_session_at_once() -> None:
    room = Room()
    room.standby.press()
    room.advance(5)
    assert room.standby.resting
    assert not room.standby.take_break()
    room.standby.press()
    assert room.standby.take_break()
    assert not room.standby.take_break()
    room.standby.interrupt()
    assert room.standby.take_break()
    assert room.standby.done
    room.standby.session_over(held=True)
    assert not any(isinstance(what, SessionOver) for what in room.did)


def test_it_ends_from_outside_while_it_waits() -> None:
    room = Room()
    room.standby.interrupt()
    room.hear(0.02)
    assert room.standby.done
    assert room.standby.resting


def test_sound_that_is_lost_and_torn_is_known() -> None:
    room = Room()
    room.standby.audio_lost("gone")
    room.hear(0.02)
    assert room.standby.state.facts.trouble
    room.standby.audio_back()
    room.standby.sound_torn()
    room.standby.sound_reopened()
    room.hear(0.02)
    assert not room.standby.state.facts.trouble
    assert room.hearing.torn_at == room.hearing.reopened_at == 1


def test_what_is_being_said_can_be_shown() -> None:
    room = Room()
    room.says("wake")
    room.advance(0.2)
    line = room.standby.saying
    assert line is not None
    assert line.text == "Shall we start?"


# The real listener


def speech(engine: Pyttsx3Synthesizer, text: str) -> Clip:
    """Return what the person says, with silence around it."""
    engine.request(text, urgent=True)
    ((_, clip),) = engine.poll(60.0)
    return np.concatenate((silence(RATE), clip, silence(RATE)))


def heard(sound: Clip) -> list[str]:
    """Return the events of a real standby that hears this."""
    did: list[Event | Action] = []
    hearing = build_listener(grammar_of("en"))
    standby = Standby(
        reminders=Reminders(times=()), prompts=PROMPTS, voice=SilentVoice(), hearing=hearing,
        clock=lambda: datetime(2030, 5, 6, tzinfo=UTC), look=lambda _: Day(), keep=lambda _: None,
        forget=lambda: "", watch=[lambda _, what: did.append(what)],
    )  # fmt: skip
    for start in range(0, len(sound) // BLOCK * BLOCK, BLOCK):
        standby.advance(sound[start : start + BLOCK])
    hearing.close()
    return [type(what).__name__ for what in did]


@pytest.mark.parametrize("text", ["start my session", "begin my session", "start my exercises"])
def test_a_real_voice_wakes_it_and_starts_a_session(speaker: Pyttsx3Synthesizer, text: str) -> None:
    said = np.concatenate((speech(speaker, text), silence(2 * RATE), speech(speaker, "yes"), silence(2 * RATE)))
    assert "Begin" in heard(said)


@pytest.mark.parametrize(
    "text", ["please start my computer", "the session was long and I start again tomorrow", "stop", "yes", "start"]
)
def test_other_talk_does_not(speaker: Pyttsx3Synthesizer, text: str) -> None:
    assert "Say" not in heard(speech(speaker, text))
