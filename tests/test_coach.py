"""The shell around the dialogue: what comes in which order, and what it does with what comes late or fails."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voice_coach.actions import Action, Earcon, Finish, Hush, Line, Play, Record, Say
from voice_coach.audio.pcm import Clip, silence
from voice_coach.coach import TOO_BUSY, Coach, MemoryJournal
from voice_coach.config.engines import session_grammar
from voice_coach.dialogue.runner import MAX_CAPTIONS
from voice_coach.errors import CoachError, RecognitionError, RecognizerLostError
from voice_coach.events import (
    AudioBack,
    AudioLost,
    Event,
    HearingBack,
    HearingLost,
    Intent,
    Interrupted,
    NotRecognized,
    Played,
    Saved,
    Woke,
)
from voice_coach.exercise.load import load_exercise
from voice_coach.records import Ended
from voice_coach.session.states import Asking, Between, Done, Paused, Performing
from voice_coach.speak.speech_queue import MAX_RENDERING_WAIT
from voice_coach.testing import ScriptedHearing
from voice_coach.text import SilentVoice
from voice_coach.timebase import BLOCK, RATE, Samples, samples

EXERCISE = load_exercise("flexion_rotation")
GRAMMAR = session_grammar("en")
ANSWERS = {
    "side": "left side",
    "side_sure": "yes",
    "pain_before": "six",
    "furthest_before": "back",
    "ready": "ready",
    "sound_check": "yes",
    "check": "better",
    "pain_after": "three",
    "furthest_after": "back",
}


class LoudVoice(SilentVoice):
    """As long as speech, and loud from the first sample to the last: 1000 while counting, else 2000, earcons 500."""

    def clip(self, line: Line) -> Clip:
        return np.full_like(super().clip(line), 1000 if line.cue.startswith(EXERCISE.id) else 2000)

    def earcon(self, earcon: Earcon) -> Clip:
        return np.full_like(super().earcon(earcon), 500)


class Session:
    """A coach, what it heard, and what it did."""

    def __init__(
        self,
        *,
        voice: SilentVoice | None = None,
        journal: MemoryJournal | None = None,
        answers: dict[str, str] | None = None,
    ) -> None:
        self.hearing = ScriptedHearing(GRAMMAR, ANSWERS if answers is None else answers)
        self.log: list[tuple[Samples, Event | Action]] = []
        self.sound: list[Clip] = []
        self.coach = Coach(
            EXERCISE,
            voice=voice or SilentVoice(),
            hearing=self.hearing,
            journal=journal or MemoryJournal(),
            watch=[self.hearing.watch, lambda at, item: self.log.append((at, item))],
        )

    def advance(self, length: Samples = BLOCK) -> Clip:
        """Give it so many samples in one block."""
        self.sound.append(self.coach.advance(silence(length)))
        return self.sound[-1]

    def until(self, state: type | str, *, repetition: int = 0, minutes: float = 10) -> "Session":
        """Go on, block by block, until this state or question is come to."""
        limit = self.coach.now + samples(60 * minutes)
        while not self.is_at(state, repetition):
            assert self.coach.now < limit, f"{state} did not come"
            self.advance()
        return self

    def is_at(self, state: type | str, repetition: int) -> bool:
        now = self.coach.state
        if isinstance(state, str):
            return isinstance(now, Asking) and now.question.name == state and not now.token
        return isinstance(now, state) and (not repetition or getattr(now, "number", 0) == repetition)

    def events(self, *kinds: type[Event]) -> list[Event]:
        return [item for _, item in self.log if isinstance(item, kinds)]

    def said(self) -> list[str]:
        return [line.text for _, item in self.log if isinstance(item, Say) for line in item.lines]


# Order


def test_time_in_the_log_never_goes_back() -> None:
    session = Session().until(Performing, repetition=2)
    instants = [at for at, _ in session.log]
    assert all(before <= after for before, after in pairwise(instants))
    assert all(item.at == at for at, item in session.log if isinstance(item, Woke | Played | Intent | Saved))


def test_a_deadline_is_taken_at_its_very_sample_however_long_the_block() -> None:
    for length in (1000, 3 * RATE, 8 * RATE):
        session = Session(answers={})
        while not session.events(Woke):
            session.advance(length)
        assert session.events(Woke)[0] == Woke(session.events(Played)[0].at + samples(8))


def test_what_comes_before_a_deadline_is_taken_before_it_and_what_comes_with_it_too() -> None:
    for late, expected in ((-1, Intent), (0, Intent), (1, Woke)):
        session = Session(answers={}).until("side")
        due = session.coach.state.wake_at
        assert due is not None
        session.hearing.say("left side", due + late, "side")
        before = len(session.log)
        session.advance(samples(10))
        first = next(item for _, item in session.log[before:] if isinstance(item, Intent | Woke))
        assert type(first) is expected


def test_events_of_one_block_are_taken_in_the_order_of_their_instants() -> None:
    session = Session(answers={}).until("side")
    now = session.coach.now
    session.hearing.hear(NotRecognized(now + 900, "b"))
    session.hearing.hear(NotRecognized(now + 300, "a"))
    session.advance(1000)
    assert [event.at for event in session.events(NotRecognized)] == [now + 300, now + 900]


def test_what_is_reported_late_counts_from_when_it_became_known() -> None:
    session = Session(answers={}).until("side")
    (at, _) = session.log[-1]
    session.hearing.hear(NotRecognized(at - 5000, "slow hearing"))
    session.advance()
    (late,) = session.events(NotRecognized)
    assert late.at == at


def test_an_event_in_the_next_block_waits_for_it() -> None:
    session = Session(answers={}).until("side")
    end = session.coach.now + BLOCK
    session.hearing.hear(NotRecognized(end, "just behind"))
    session.advance()
    assert session.events(NotRecognized) == []
    session.advance()
    assert session.events(NotRecognized) == [NotRecognized(end, "just behind")]


def test_stop_silences_from_its_sample_on() -> None:
    session = Session(voice=LoudVoice()).until(Performing, repetition=1)
    session.advance(samples(2.0))
    at = session.coach.now + 1234
    session.hearing.say("stop", at, "counting")
    sound = session.advance(samples(4.0))
    (hush,) = [when for when, item in session.log if isinstance(item, Hush) and when >= at]
    assert hush == at
    assert set(np.unique(sound[:1234])) <= {0, 1000}
    stopped = sound[1234:]
    assert set(np.unique(stopped[samples(0.005) : samples(0.15)])) == {500}  # the earcon, no count
    assert set(np.unique(stopped[samples(0.21) : samples(0.3)])) <= {2000, 2500}  # and behind a breath "Stopped."
    earcon = next(item for _, item in reversed(session.log) if isinstance(item, Play) and item.sound == Earcon.STOPPED)
    assert earcon.at == at


def test_an_empty_block_changes_nothing() -> None:
    session = Session()
    before = session.coach.state
    assert len(session.advance(0)) == 0
    assert (session.coach.now, session.coach.state) == (0, before)


@settings(max_examples=20)
@given(st.lists(st.integers(1, 3000), min_size=1, max_size=20))
def test_as_many_samples_come_out_as_go_in(sizes: list[Samples]) -> None:
    session = Session()
    assert [len(session.advance(size)) for size in sizes] == sizes
    assert session.coach.now == sum(sizes)


# What fails


class LateVoice(LoudVoice):
    """Its clips are ready only after some time."""

    def __init__(self, blocks: int) -> None:
        self._left = blocks

    def prepare(self, lines: Iterable[Line]) -> None:
        self._left -= not list(lines)

    def clip(self, line: Line) -> Clip | None:  # type: ignore[override]
        return super().clip(line) if self._left <= 0 else None


def test_a_clip_that_is_not_ready_is_waited_for() -> None:
    session = Session(voice=LateVoice(blocks=50))
    for _ in range(60):
        session.advance()
    sound = np.concatenate(session.sound)
    assert np.flatnonzero(sound)[0] == pytest.approx(50 * BLOCK, abs=BLOCK)
    assert [caption.missing for caption in session.coach.take_captions()] == [False] * len(
        session.coach.take_captions()
    )


def test_a_clip_that_does_not_come_is_an_earcon_and_a_caption_never_silence() -> None:
    session = Session(voice=LateVoice(blocks=10**6))
    session.advance(MAX_RENDERING_WAIT + samples(1))
    sound = np.concatenate(session.sound)
    assert np.flatnonzero(sound)[0] == MAX_RENDERING_WAIT
    first = session.coach.take_captions()[0]
    assert (first.missing, first.sound) == (True, Line("welcome.back.1", "Hello."))
    assert session.coach.saying is None


class FailingJournal(MemoryJournal):
    """A full disk."""

    def poll(self) -> list[tuple[int, str]]:
        return [(number, "the disk is full") for number, _ in super().poll()]


class SilentJournal(MemoryJournal):
    """A disk that never answers."""

    def poll(self) -> list[tuple[int, str]]:
        return []


def test_a_log_that_cannot_be_written_is_told_once_and_the_session_goes_on() -> None:
    session = Session(journal=FailingJournal()).until(Done)
    assert session.coach.outcome == "completed"
    assert session.said().count("I can't save my notes today.") == 1


def test_a_log_that_does_not_answer_holds_up_each_repetition_for_a_moment_only() -> None:
    session = Session(journal=SilentJournal()).until(Done)
    assert session.coach.outcome == "completed"
    assert session.said().count("I can't save my notes today.") == 1
    assert session.coach.now < samples(8 * 60)


def test_the_next_repetition_waits_until_the_last_one_is_on_disk() -> None:
    journal = HeldJournal()
    session = Session(journal=journal).until(Performing, repetition=2)
    session.until(Between)
    journal.held = True
    for _ in range(100):
        session.advance()
    assert isinstance(session.coach.state, Between)
    journal.held = False
    session.until(Performing, repetition=3, minutes=0.2)


class HeldJournal(MemoryJournal):
    """A disk that is slow for a while."""

    held = False

    def poll(self) -> list[tuple[int, str]]:
        return [] if self.held else super().poll()


def test_each_record_is_answered_with_its_number() -> None:
    session = Session().until(Done)
    written = [item.number for _, item in session.log if isinstance(item, Record)]
    saved = [event.number for event in session.events(Saved) if isinstance(event, Saved)]
    assert written == list(range(1, len(written) + 1))
    assert saved == written[:-1]  # the end's own answer comes when nobody waits for it any more


# From outside


def test_an_interruption_ends_the_session_at_once() -> None:
    session = Session(voice=LoudVoice()).until(Performing, repetition=2)
    session.coach.interrupt()
    session.advance()
    assert session.coach.done
    assert session.coach.outcome == "interrupted"
    assert not session.advance()[samples(0.005) :].any()


def test_nothing_happens_any_more_when_it_is_over() -> None:
    session = Session()
    session.coach.interrupt()
    session.advance()
    written = list(session.log)
    session.coach.interrupt()
    session.coach.audio_lost("unplugged")
    session.hearing.say("stop", session.coach.now, "nothing")
    session.advance(samples(120))
    assert session.log == written
    assert [item for _, item in written if isinstance(item, Finish)] == [Finish("interrupted")]


def test_lost_sound_pauses_and_sound_that_is_back_soon_redoes_the_repetition() -> None:
    session = Session(voice=LoudVoice()).until(Performing, repetition=2)
    session.advance(samples(3))
    session.coach.audio_lost("the headset is unplugged")
    assert not session.advance(samples(1))[samples(0.005) :].any()
    assert isinstance(session.coach.state, Paused)
    session.coach.audio_back()
    session.until(Performing, repetition=2)
    assert session.events(AudioLost, AudioBack) == [
        AudioLost(session.events(AudioLost)[0].at, "the headset is unplugged"),
        AudioBack(session.events(AudioBack)[0].at),
    ]
    assert "Let's do number two again." in session.said()


def test_sound_that_is_lost_twice_is_one_pause() -> None:
    session = Session().until(Performing, repetition=1)
    for _ in range(2):
        session.coach.audio_lost("gone")
        session.advance()
    session.coach.audio_back()
    session.until(Performing, repetition=1)
    assert session.coach.state.facts.progress.repetitions == 0


# Hearing


def test_a_recogniser_that_lags_by_more_than_a_second_stops_the_counting_until_it_keeps_up() -> None:
    session = Session(voice=LoudVoice()).until(Performing, repetition=2)
    session.advance(samples(3))
    session.hearing.lag = samples(1)
    session.advance()
    assert isinstance(session.coach.state, Performing)
    session.hearing.lag = samples(1) + 1
    session.advance()
    lost = session.coach.now
    session.advance(samples(10))
    assert isinstance(session.coach.state, Paused)
    session.hearing.lag = 0
    session.until(Performing, repetition=2)
    assert session.events(HearingLost, HearingBack) == [
        HearingLost(lost, TOO_BUSY),
        HearingBack(session.events(HearingBack)[0].at),
    ]
    said = session.said()
    assert said.count("I'm having trouble hearing you.") == 1
    assert "Let's do number two again." in said


def test_a_recogniser_that_is_given_up_ends_the_session_with_its_last_words() -> None:
    journal = MemoryJournal()
    session = Session(journal=journal).until(Performing, repetition=2)
    session.hearing.trouble = RecognizerLostError("It can't be kept alive.")
    session.advance()
    assert session.coach.deaf
    now = session.coach.now
    session.until(Done)
    assert session.events(HearingLost) == [HearingLost(now, "It can't be kept alive.", for_good=True)]
    assert session.coach.outcome == "interrupted"
    assert [record.outcome for record in journal.records if isinstance(record, Ended)] == ["interrupted"]
    spoken = [one.sound.text for one in session.coach.take_captions() if isinstance(one.sound, Line)]
    assert spoken[-1] == "Goodbye."
    assert "Let go of your knee." in spoken[spoken.index("I can't hear you any more, so let's leave it there.") :]


def test_a_model_that_can_not_be_loaded_ends_the_program() -> None:
    session = Session()
    session.hearing.trouble = RecognitionError("There is no model.")
    with pytest.raises(RecognitionError, match="There is no model"):
        session.advance()


# For hours


def test_captions_are_handed_out_once() -> None:
    session = Session().until("side")
    texts = [one.sound.text for one in session.coach.take_captions() if isinstance(one.sound, Line)]
    assert texts[0] == "Hello."
    assert session.coach.take_captions() == []


def test_captions_that_nobody_takes_do_not_pile_up() -> None:
    session = Session(answers={**ANSWERS, "check": "", "paused": ""})
    session.until(Performing, repetition=1)
    for turn in range(MAX_CAPTIONS // 2):
        session.hearing.say("repeat" if turn % 2 else "stop", session.coach.now, "counting")
        session.advance(samples(0.2))
        session.hearing.say("yes", session.coach.now, "go_on")
        session.advance(samples(0.2))
    assert len(session.coach.take_captions()) <= MAX_CAPTIONS


def test_a_pause_that_nobody_ends_ends_by_itself() -> None:
    session = Session().until(Performing, repetition=3)
    session.hearing.say("pause", session.coach.now + 10, "counting")
    session.advance()
    assert isinstance(session.coach.state, Paused)
    paused = session.coach.now
    session.until(Done)
    assert samples(5 * 60) < session.coach.now - paused < samples(6 * 60)
    assert session.coach.outcome == "no_answer"
    assert session.said().count("Still resting.") == 4


def test_a_dialogue_that_does_not_move_on_is_broken_off() -> None:
    session = Session(answers={}).until("side")
    session.coach.state = Done(session.coach.state.facts, wake_at=session.coach.now)  # type: ignore[arg-type]
    with pytest.raises(CoachError, match="does not move on from one of its deadlines"):
        session.advance()


def test_nothing_sounds_before_the_first_block_and_then_at_once() -> None:
    session = Session(voice=LoudVoice())
    assert session.coach.saying is None
    assert session.advance()[0] == 2000
    assert session.coach.saying == Line("welcome.back.1", "Hello.")
    assert session.events(Interrupted) == []
