"""Another voice speaks from the next line on; until it is open, and where it can't be, the one before goes on."""

import threading
from collections.abc import Iterator

import numpy as np

from voice_coach.actions import Line
from voice_coach.audio.pcm import Clip
from voice_coach.errors import SpeechError
from voice_coach.speak.changeable_voice import MAX_OPENING, ChangeableVoice
from voice_coach.speak.player import Player
from voice_coach.speak.speech_queue import MAX_RENDERING_WAIT
from voice_coach.speak.voice import Voice
from voice_coach.text import SilentVoice
from voice_coach.timebase import BLOCK

ONE, TWO = Line("one", "One."), Line("two", "Two.")


class Hum(SilentVoice):
    """A voice whose lines are all of one value, so that it can be told; it can't say some of them."""

    def __init__(self, value: int, *lacks: Line) -> None:
        self._value = value
        self._lacks = lacks
        self.closed = False

    def clip(self, line: Line) -> Clip:
        """Return a tenth of a second."""
        return np.full(0 if line in self._lacks else 1600, self._value, np.int16)

    def close(self) -> None:
        """Take note."""
        self.closed = True


def value(clip: Clip | None) -> int | None:
    """Return which voice a clip is of; 0: it is empty."""
    return None if clip is None else int(clip[0]) if clip.size else 0


def changeable(*steps: Voice, blocking: bool = True, told: list[str] | None = None) -> ChangeableVoice:
    """Return a voice of value 1 that becomes others; without any they can't be opened."""

    def opened(name: str) -> Iterator[Voice]:
        if not steps:
            raise SpeechError(f"There is no voice {name}.")
        yield from steps

    return ChangeableVoice(Hum(1), "first", opened, blocking=blocking, tell=(told if told is not None else []).append)


def test_it_changes_and_goes_back() -> None:
    voice = changeable(Hum(2))
    assert value(voice.clip(ONE)) == 1
    voice.change("other")
    assert value(voice.clip(ONE)) == 2
    voice.change("first")
    assert value(voice.clip(ONE)) == 1


def test_what_the_new_voice_lacks_is_said_by_the_one_before() -> None:
    voice = changeable(Hum(2, TWO))
    voice.change("other")
    assert [value(voice.clip(line)) for line in (ONE, TWO)] == [2, 1]


def test_a_later_step_takes_the_place_of_an_earlier_one() -> None:
    voice = changeable(Hum(2, TWO), Hum(3))
    voice.change("other")
    assert [value(voice.clip(line)) for line in (ONE, TWO)] == [3, 3]


def test_one_that_cannot_be_opened_leaves_it_as_it_was() -> None:
    told: list[str] = []
    voice = changeable(told=told)
    voice.change("none")
    assert value(voice.clip(ONE)) == 1
    assert told == ["There is no voice none. The voice stays as it is."]
    voice.change("none")
    assert len(told) == 2


def test_all_are_closed() -> None:
    other = Hum(2)
    voice = changeable(other)
    voice.change("other")
    voice.close()
    assert other.closed


def slow_one() -> tuple[ChangeableVoice, threading.Event]:
    """Return a live voice whose other one is open once the event is set."""
    ready = threading.Event()

    def opened(_name: str) -> Iterator[Voice]:
        ready.wait(60)
        yield Hum(2)

    return ChangeableVoice(Hum(1), "first", opened, blocking=False), ready


def test_live_lines_wait_for_it_but_not_for_ever() -> None:
    """The player says when it is too long, before the line would be given up."""
    voice, ready = slow_one()
    player = Player(voice)
    player.set_voice("other")
    player.say((ONE,), 1)
    begun: list[int] = []
    for at in range(0, MAX_RENDERING_WAIT, BLOCK):
        block = player.next_block(at, BLOCK)
        begun += [at] if block.any() else []
    assert MAX_OPENING - BLOCK < begun[0] <= MAX_OPENING
    assert not any(caption.missing for caption in player.take_captions())
    ready.set()
    voice.close()


def test_live_it_is_taken_as_soon_as_it_is_open() -> None:
    voice, ready = slow_one()
    voice.prepare((ONE,))
    voice.change("other")
    assert voice.clip(ONE) is None
    ready.set()
    voice._jobs.catch_up()
    assert value(voice.clip(ONE)) == 2
    voice.close()
