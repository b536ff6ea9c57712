"""The player while somebody speaks over it: it lowers its voice, and goes on where the sense was lost."""

from collections.abc import Callable, Iterable

import numpy as np
import pytest

from tests.speak.test_player import Sounds
from voice_coach.actions import DEFAULT_PACE, Earcon, Line
from voice_coach.audio.pcm import FADE, Clip, silence
from voice_coach.events import Played
from voice_coach.speak.mixer import RAMP, RISE
from voice_coach.speak.player import DUCKING, Caption, Player
from voice_coach.speak.speech_queue import FRAME, PAUSE_AFTER_CUT, PAUSES_BETWEEN_LINES
from voice_coach.timebase import BLOCK, Samples

PAUSE_BETWEEN_LINES = PAUSES_BETWEEN_LINES[DEFAULT_PACE - 1]

LOUD = 4000
QUIETER = LOUD * 10 ** (DUCKING / 20)
PHRASE, STILL = 8000, 4000
"""Samples of a phrase of the long line, and of the pause behind it."""
LONG, SHORT = Line("long", "One, two, three."), Line("short", "Four.")


def tone(length: Samples, pitch: int) -> Clip:
    """Return a tone; each phrase has its own."""
    return (LOUD * np.sin(np.arange(length) * pitch / 100)).astype(np.int16)


PHRASES = [tone(PHRASE, pitch) for pitch in (3, 5, 7)]
CLIPS = {
    LONG: np.concatenate([part for phrase in PHRASES for part in (phrase, silence(STILL))][:-1]),
    SHORT: tone(PHRASE, 9),
}
SECOND = PHRASE + STILL
"""Where the second phrase begins."""


class TwoLines(Sounds):
    """A voice with these two lines."""

    def clip(self, line: Line) -> Clip | None:
        """Return the line's clip."""
        return CLIPS[line] if line in CLIPS else super().clip(line)


class Session:
    """A player and all that it has played."""

    def __init__(self, *lines: Line) -> None:
        self.player = Player(TwoLines())
        self.sound = silence(0)
        if lines:
            self.player.say(lines, 1)

    def to(self, end: Samples) -> "Session":
        """Play until `end`."""
        while len(self.sound) < end:
            length = min(BLOCK, end - len(self.sound))
            self.sound = np.concatenate((self.sound, self.player.next_block(len(self.sound), length)))
        return self

    def disturbed(self, at: Samples, until: Samples) -> "Session":
        """Duck for so long, then take up again what was disturbed."""
        self.to(at).player.duck(on=True)
        self.to(until).player.say_again(at - 100)
        return self


def level(sound: Clip) -> float:
    """Return the greatest amplitude."""
    return float(np.abs(sound.astype(int)).max())


def test_the_voice_is_lower_within_20_ms_and_comes_back_in_a_fifth_of_a_second() -> None:
    session = Session(LONG).to(2000)
    session.player.duck(on=True)
    session.to(4000).player.duck(on=False)
    session.to(PHRASE)
    assert np.array_equal(session.sound[:2000], PHRASES[0][:2000])
    assert level(session.sound[2000 + RAMP : 4000]) == pytest.approx(QUIETER, abs=2)
    assert level(session.sound[4000 : 4000 + RISE // 2]) < 0.7 * LOUD
    assert np.abs(session.sound[4000 + RISE :].astype(int) - PHRASES[0][4000 + RISE : PHRASE]).max() <= 1
    assert np.abs(np.diff(session.sound.astype(int))).max() <= np.abs(np.diff(PHRASES[0].astype(int))).max() + 2


def test_a_count_over_which_somebody_speaks_is_quieter_and_on_its_very_sample() -> None:
    session = Session()
    session.player.play(SHORT, 3000)
    session.player.duck(on=True)
    session.to(20_000)
    assert not session.sound[:3001].any()
    wanted = CLIPS[SHORT] * 10 ** (DUCKING / 20)
    assert np.abs(session.sound[3000 : 3000 + PHRASE] - wanted).max() <= 1


def test_the_sentence_goes_on_from_the_phrase_that_was_disturbed() -> None:
    session = Session(LONG).disturbed(SECOND + 1000, SECOND + 6000).to(60_000)
    again = SECOND + 6000 + PAUSE_AFTER_CUT
    assert not session.sound[SECOND + 6000 + FADE : again].any()
    rest = CLIPS[LONG][SECOND - FRAME :]
    assert np.abs(session.sound[again : again + rest.size].astype(int) - rest).max() <= 1
    assert session.player.take_played() == [Played(again + rest.size, 1)]
    assert session.player.take_captions() == [
        Caption(0, SECOND + 6000 + FADE, LONG),
        Caption(again, again + rest.size, LONG),
    ]


def test_it_is_the_same_line_all_the_while() -> None:
    session = Session(SHORT).disturbed(1000, 3000)
    seen = {session.to(at).player.saying for at in range(3001, 3000 + PAUSE_AFTER_CUT + PHRASE, 500)}
    assert seen == {SHORT}


def test_a_phrase_is_said_again_once_only() -> None:
    session = Session(LONG).disturbed(1000, 2000)
    again = 2000 + PAUSE_AFTER_CUT
    session.disturbed(again + 1000, again + 2000).to(90_000)
    assert session.player.take_played() == [Played(again + CLIPS[LONG].size, 1)]


def test_where_the_next_line_has_begun_both_are_said_again() -> None:
    first = CLIPS[LONG].size
    session = Session(LONG, SHORT).disturbed(first - 1000, first + PAUSE_BETWEEN_LINES + 2000).to(120_000)
    again = first + PAUSE_BETWEEN_LINES + 2000 + PAUSE_AFTER_CUT
    last = again + PHRASE + FRAME
    assert session.player.take_played() == [Played(last + PAUSE_BETWEEN_LINES + PHRASE, 1)]
    assert [(one.start, one.end) for one in session.player.take_captions()] == [
        (0, first),
        (first + PAUSE_BETWEEN_LINES, first + PAUSE_BETWEEN_LINES + 2000 + FADE),
        (again, last),
        (last + PAUSE_BETWEEN_LINES, last + PAUSE_BETWEEN_LINES + PHRASE),
    ]


def test_in_the_pause_between_two_lines_it_is_the_one_before() -> None:
    session = Session(SHORT, LONG).disturbed(PHRASE - 500, PHRASE + 1000).to(PHRASE + 1000 + PAUSE_AFTER_CUT + PHRASE)
    assert np.abs(session.sound[-PHRASE:].astype(int) - CLIPS[SHORT]).max() <= 1


def test_a_stop_in_the_breath_before_it_goes_on_leaves_nothing_to_be_heard() -> None:
    session = Session(LONG).disturbed(1000, 2000)
    session.to(2000 + PAUSE_AFTER_CUT // 2).player.hush()
    session.to(60_000)
    assert not session.sound[2000 + FADE :].any()
    assert session.player.take_captions() == [Caption(0, 2000 + FADE, LONG)]
    assert not session.player.busy


def test_after_a_hush_it_speaks_as_loud_as_before() -> None:
    session = Session(LONG).to(1000)
    session.player.duck(on=True)
    session.to(2000).player.hush()
    session.player.play(Earcon.STOPPED, 2000)
    session.to(4000)
    earcon = Sounds().earcon(Earcon.STOPPED)
    assert not session.player.ducked
    assert np.abs(session.sound[2000 + RAMP : 3900].astype(int) - earcon[RAMP:1900]).max() <= 1


def play(at: Samples) -> Callable[[Player], None]:
    return lambda player: player.play(SHORT, at)


@pytest.mark.parametrize("deed", [play(2500), play(40_000)], ids=["sounds", "is due"])
def test_a_count_is_never_put_off_by_what_is_said_again(deed: Callable[[Player], None]) -> None:
    session = Session(LONG).to(2000)
    deed(session.player)
    session.disturbed(3000, 4000).to(90_000)
    assert session.player.take_played() == [Played(CLIPS[LONG].size, 1)]


@pytest.mark.parametrize("lines", [(), (Line("lost", "lost"),)], ids=["nothing", "an earcon"])
def test_there_is_nothing_to_be_said_again(lines: Iterable[Line]) -> None:
    session = Session(*lines).disturbed(500, 1000).to(20_000)
    assert len(session.player.take_played()) == len(tuple(lines))


def test_what_went_over_it_before_it_was_ducked_or_after_it_was_reported_changes_nothing() -> None:
    session = Session(SHORT).to(3000)
    session.player.say_again(0)
    session.disturbed(4000, PHRASE + 500).to(30_000)
    assert session.player.take_played() == [Played(PHRASE, 1)]
    late = Session(SHORT).to(1000)
    late.player.duck(on=True)
    late.to(3000).player.say_again(2000)
    assert late.to(30_000).player.take_played() == [Played(PHRASE, 1)]
