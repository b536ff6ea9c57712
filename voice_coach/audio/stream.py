"""One full-duplex PortAudio stream: blocks in, blocks out, in step.

PortAudio's own thread calls `Duplex._callback`, which copies and counts, and sleeps where that thread would wait
busily. It does nothing else: no decision of the session, no lock, no output.
"""

import queue
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from voice_coach.audio.device_lock import DeviceLock
from voice_coach.audio.devices import Setup, choose_pair, explain, inventory, portaudio, settle
from voice_coach.audio.playout import Playout
from voice_coach.audio.watchdog import Signs, Tears, Watchdog
from voice_coach.errors import DeviceError
from voice_coach.timebase import BLOCK, RATE, Samples

MAX_ATTEMPTS: Final = 3
"""How often a stream is opened that dies before its first block: PortAudio on PulseAudio does so now and then."""

_BUSY_SHARE: Final = 0.5
"""The share of the time between two callbacks that the thread computes, from which on it waits busily; else 0.01."""

_BUSY_SMOOTHING: Final = 0.9
"""Smoothing a callback: what the thread does in one interval may be the unpacking of a burst."""

_MAX_SLEEP_SHARE: Final = 0.8
"""The part of a block for which the callback sleeps then; in the rest of it the next block is awaited as ever."""

_MIN_INTERVAL_SHARE: Final = 0.9
"""The part of a block after which a callback comes at the earliest that nothing is behind: it may sleep. More than
`_MAX_SLEEP_SHARE`, or the next of a burst would seem to be in time because this one slept."""


class BusyWait:
    """Follows what PortAudio's thread does between two callbacks."""

    def __init__(self, block: float) -> None:
        """Take it for calm; `block`: seconds of sound a callback."""
        self._block: Final = block
        self._busy = 0.0
        self._began: float | None = None
        self._ended = (0.0, 0.0)

    def rest(self, now: float, used: float) -> float:
        """Return for how long the callback that has its work done may sleep: seconds, mostly 0.

        Args:
            now: The time.
            used: What the thread has computed in its life, in seconds.
        """
        before, self._began = self._began, now
        if before is None:
            return 0.0
        ended, used_then = self._ended
        share = (used - used_then) / max(now - ended, 1e-6)
        self._busy += (1 - _BUSY_SMOOTHING) * (min(share, 1.0) - self._busy)
        hurried = now - before < _MIN_INTERVAL_SHARE * self._block
        return 0.0 if hurried or self._busy < _BUSY_SHARE else _MAX_SLEEP_SHARE * self._block

    def ended(self, now: float, used: float) -> None:
        """Know when the callback ended, and what the thread had computed by then."""
        self._ended = now, used


class Duplex:
    """One PortAudio stream. Block `n` that is read and block `n` that is written belong together."""

    def __init__(self, setup: Setup, block: Samples = BLOCK) -> None:
        """Open it, silent; `block`: what it hands over at a time.

        Raises:
            DeviceInUseError: another voice-coach has one of the devices.
            DeviceError: it cannot be opened.
        """
        self.setup: Final = setup
        self.frames: Final = round(setup.rate * block / RATE)
        """Samples in a block, at the device's rate."""
        self.callbacks = 0
        self.xruns = 0
        self._device_delay = 0.0
        self._tears = Tears()
        self._busy = BusyWait(block / RATE)
        self._last: float | None = None
        self._ended = False
        self._mic: Final[queue.SimpleQueue[tuple[int, bytes]]] = queue.SimpleQueue()
        self._playout: Final = Playout()
        self._silence: Final = bytes(2 * self.frames * setup.outputs)
        library = portaudio()
        self._lock: Final = DeviceLock(*self._devices())
        try:
            self._stream = self._opened(library)
            self._watchdog = Watchdog(time.monotonic())
            self._stream.start()
        except (library.PortAudioError, ValueError) as error:
            self._lock.release()
            raise explain(error, setup) from error

    def read(self, timeout: float) -> tuple[int, bytes] | None:
        """Return the next block of the microphone and its number, or None if none comes within `timeout` seconds."""
        try:
            return self._mic.get(timeout=timeout)
        except queue.Empty:
            return None

    def write(self, number: int, block: bytes) -> None:
        """Let the speaker play this some blocks after the microphone's block of the same number (`playout.py`)."""
        self._playout.put(number, block)

    def take_torn(self) -> bool:
        """Return whether since the last call sound was lost or the way from microphone to speaker has changed."""
        return self._tears.check(self.xruns + self.dropped, self._device_delay)

    def trouble(self) -> str:
        """Return what is wrong with it, as the beginning of a sentence; empty if nothing is."""
        length = self.frames / self.setup.rate
        running = not self._ended and bool(self._stream.active)
        waiting = self.backlog * length
        captured = self.callbacks * length
        now = time.monotonic()
        return self._watchdog.check(Signs(now, captured, self._last, running, waiting, self._device_delay, length))

    @property
    def dropped(self) -> int:
        """Blocks for the speaker that came too late."""
        return self._playout.late

    @property
    def backlog(self) -> int:
        """Blocks of the microphone that were not read yet."""
        return self._mic.qsize()

    @property
    def pace(self) -> float:
        """The share of its samples that the microphone delivered of late."""
        return self._watchdog.pace

    @property
    def delay(self) -> Samples:
        """From microphone to speaker and back, as PortAudio reports it, with the playout delay."""
        return self._playout.lead * BLOCK + round(self._device_delay * RATE)

    def close(self) -> None:
        """Close it at once. Hangs with a hung sound server."""
        with suppress(portaudio().PortAudioError):  # what is dead says so once more when it is closed
            self._stream.close()
        self._lock.release()

    def _devices(self) -> tuple[str, ...]:
        """Return the names of the devices that are used."""
        return self.setup.microphone.device.label, self.setup.speaker.device.label

    def _opened(self, library: Any) -> Any:  # noqa: ANN401 - sounddevice has no types
        """Return the stream, not started yet."""
        setup = self.setup
        return library.RawStream(
            samplerate=setup.rate,
            blocksize=self.frames,
            device=(setup.microphone.device.index, setup.speaker.device.index),
            channels=(setup.inputs, setup.outputs),
            dtype="int16",
            latency="low",
            callback=self._callback,
            finished_callback=self._finished,
        )

    def _callback(self, indata: Any, outdata: Any, _frames: int, times: Any, status: Any) -> None:  # noqa: ANN401  # pragma: no cover
        """Copy one block in and one out (called by PortAudio's thread, where coverage cannot look)."""
        number = self.callbacks
        self._mic.put((number, bytes(indata)))
        block = self._playout.take(number)
        outdata[:] = self._silence if block is None else block
        self.xruns += bool(status)
        self._device_delay = times.outputBufferDacTime - times.inputBufferAdcTime
        self._last = time.monotonic()
        self.callbacks = number + 1
        if rest := self._busy.rest(self._last, time.thread_time()):
            time.sleep(rest)
        self._busy.ended(time.monotonic(), time.thread_time())

    def _finished(self) -> None:  # pragma: no cover
        """Note that PortAudio has given the stream up (called by PortAudio's thread)."""
        self._ended = True


def open_stream(setup: Setup, kind: Callable[[Setup], Duplex] = Duplex) -> Duplex:
    """Return a stream on which sound has begun to flow.

    Raises:
        DeviceError: it cannot be opened, or nothing flows.
    """
    trouble = ""
    for _ in range(MAX_ATTEMPTS):
        stream = kind(setup)
        while not (stream.callbacks or (trouble := stream.trouble())):
            time.sleep(0.01)
        if stream.callbacks:
            return stream
        stream.close()
    raise DeviceError(f"{trouble.capitalize()}: check the connection, or choose another (`voice-coach devices`).")


def open_devices(microphone: str | None = None, speaker: str | None = None) -> Duplex:
    """Open the devices whose names hold these texts, or the system's default ones.

    Raises:
        DeviceError: there are none, they are in use, or PortAudio is missing.
    """
    return open_stream(settle(*choose_pair(inventory(), microphone, speaker)))
