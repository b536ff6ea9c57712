"""Calls with a time limit into a sound system that may never answer, each on a thread of its own.

While a sound server hangs, no call returns; after one was killed, closing a stream may not return either. The session
must still be able to pause, go on and end.
"""

import atexit
import sys
import time  # noqa: TID251 - how long a call takes
from collections.abc import Callable
from concurrent.futures import Future, wait
from contextlib import suppress
from threading import Event, Thread  # noqa: TID251 - see above
from typing import Any, Final, TypeVar

from voice_coach.audio.devices import refresh
from voice_coach.audio.stream import Duplex
from voice_coach.errors import DeviceError

FIRST_RETRY_AFTER: Final = 0.25
"""Seconds until a lost device is tried again; doubled with each failure up to `MAX_RETRY_AFTER`."""

MAX_RETRY_AFTER: Final = 4.0
"""Maximum seconds between two attempts, and so the longest wait after a headset is plugged in again."""

MAX_OPENING: Final = 10.0
"""Seconds that the sound system may take to open a device; 0.2 is usual, Bluetooth takes 5."""

MAX_CLOSING: Final = 2.0
"""Seconds that it may take to close a device; 0.01 is usual, and a hung one never finishes."""

T = TypeVar("T")


class Reopening:
    """Closes a lost stream, and tries to open the devices again until that succeeds."""

    def __init__(
        self, close: Callable[[], object] | None, opener: Callable[[], Duplex], hung: list[Future[Any]]
    ) -> None:
        """Begin at once.

        Args:
            close: Closes what was lost.
            opener: Opens the devices.
            hung: Calls that have not ended, of this object and others. While there are any, PortAudio is not restarted,
                because that would hang too.
        """
        self._close: Final = close
        self._open: Final = opener
        self._hung: Final = hung
        self._left: Final = Event()
        self._taken = False
        self._began: float | None = None
        self._answer: Final = begin(self._reopen)

    @property
    def hangs(self) -> bool:
        """True if the sound system does not answer."""
        began = self._began
        return began is not None and time.monotonic() - began > MAX_OPENING

    def wait(self, timeout: float) -> Duplex | None:
        """Return the new stream, or None if there is none within `timeout` seconds."""
        try:
            stream = self._answer.result(timeout)
        except TimeoutError:
            return None
        self._taken = True
        return stream

    def leave(self) -> None:
        """Stop trying; a stream that `wait` has returned stays open."""
        self._left.set()
        if self._taken:
            return
        if not wait([self._answer], MAX_CLOSING).done:
            self._hung.append(self._answer)
            abandon()
        elif (stream := self._answer.result()) is not None:
            leave_behind(stream.close)

    def _reopen(self) -> Duplex | None:
        if self._close is not None:
            closing = begin(self._close)
            if not wait([closing], MAX_CLOSING).done:
                self._hung.append(closing)
                abandon()
        pause = FIRST_RETRY_AFTER
        while not self._left.wait(pause):
            pause = min(2 * pause, MAX_RETRY_AFTER)
            self._began = time.monotonic()
            with suppress(DeviceError):  # the loss was reported already
                return self._try()
            self._began = None
        return None

    def _try(self) -> Duplex | None:
        if all(call.done() for call in self._hung):
            refresh()
        stream = self._open()
        if self._left.is_set():
            stream.close()
            return None
        return stream


def patiently(call: Callable[[], T], timeout: float = MAX_OPENING) -> T:
    """Return the result of a call into the sound system.

    Raises:
        DeviceError: it takes longer than `timeout` seconds, or the call raised it.
    """
    answer = begin(call)
    try:
        return answer.result(timeout)
    except TimeoutError:
        abandon()
        raise DeviceError(
            f"The sound system has not answered for {timeout:.0f} seconds: restart it "
            "(on Linux: `systemctl --user restart pipewire pulseaudio`), or the computer."
        ) from None


def begin(call: Callable[[], T]) -> Future[T]:
    """Call it on a daemon thread, which does not keep the program from ending."""
    answer: Future[T] = Future()

    def work() -> None:
        try:
            answer.set_result(call())
        except BaseException as error:  # noqa: BLE001 - goes to the thread that waits for the answer
            answer.set_exception(error)

    Thread(target=work, name="sound system", daemon=True).start()
    return answer


def leave_behind(close: Callable[[], object]) -> None:
    """Close something that is no longer needed, waiting for `MAX_CLOSING` at most."""
    if not wait([begin(close)], MAX_CLOSING).done:
        abandon()


def abandon() -> None:
    """Keep sounddevice from cleaning up at exit, where it would hang."""
    handler = getattr(sys.modules.get("sounddevice"), "_exit_handler", None)
    if handler is not None:
        atexit.unregister(handler)
