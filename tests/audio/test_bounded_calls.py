"""What the live backend does about a sound system that never answers; the rest is in tests/virtual_card."""

from concurrent.futures import Future
from threading import Event
from typing import Any, cast

import pytest

from tests.until import HANG
from voice_coach.audio.bounded_calls import Reopening, patiently
from voice_coach.audio.stream import Duplex
from voice_coach.errors import DeviceError


def test_a_sound_system_that_does_not_answer_is_given_up() -> None:
    for_ever = Event()
    with pytest.raises(DeviceError, match="has not answered for 0 seconds: restart it"):
        patiently(for_ever.wait, 0.1)
    for_ever.set()


def test_what_goes_wrong_is_told_to_who_waits() -> None:
    def fail() -> None:
        raise DeviceError("No microphone was found.")

    with pytest.raises(DeviceError, match="No microphone"):
        patiently(fail)


class Stream:
    """As much of a stream as is needed to close it."""

    def __init__(self) -> None:
        self.closed = Event()

    def close(self) -> None:
        self.closed.set()


def test_what_cannot_be_closed_is_left_behind() -> None:
    for_ever, stream = Event(), cast("Duplex", Stream())
    hung: list[Future[Any]] = []
    reopening = Reopening(for_ever.wait, lambda: stream, hung)
    assert reopening.wait(HANG) is stream
    reopening.leave()
    assert [call.done() for call in hung] == [False]
    for_ever.set()


def test_a_stream_that_comes_too_late_is_closed() -> None:
    for_ever, opening, late = Event(), Event(), Stream()
    never: Future[Any] = Future()

    def opener() -> Duplex:
        opening.set()
        for_ever.wait()
        return cast("Duplex", late)

    reopening = Reopening(None, opener, [never])
    assert opening.wait(HANG)
    assert not reopening.hangs
    reopening.leave()
    for_ever.set()
    assert late.closed.wait(HANG)
