"""Microphone input in large blocks and without a speaker: standby listens for hours.

A speaker that is open and silent costs more than all the rest: PortAudio on PulseAudio busy-waits from its first
underflow on (half a core and more was seen), and some loudspeakers hiss as long as they are in use.
"""

import time
from typing import Any, Final

from voice_coach.audio.devices import Setup, choose_pair, inventory, settle
from voice_coach.audio.stream import Duplex, open_stream
from voice_coach.timebase import RATE, Samples

LARGE_BLOCK: Final[Samples] = RATE // 10
"""Block length: 100 ms, so that the machine may sleep in between."""


class Microphone(Duplex):
    """The half of a `Duplex` that listens; what is written to it goes nowhere."""

    def __init__(self, setup: Setup) -> None:
        """Open it.

        Raises:
            DeviceError: it cannot be opened.
        """
        super().__init__(setup, LARGE_BLOCK)

    def write(self, number: int, block: bytes) -> None:
        """Do nothing."""

    def _devices(self) -> tuple[str, ...]:
        return (self.setup.microphone.device.label,)

    def _opened(self, library: Any) -> Any:  # noqa: ANN401 - sounddevice has no types
        return library.RawInputStream(
            samplerate=self.setup.rate,
            blocksize=self.frames,
            device=self.setup.microphone.device.index,
            channels=self.setup.inputs,
            dtype="int16",
            latency="high",
            callback=self._heard,
            finished_callback=self._finished,
        )

    def _heard(self, indata: Any, _frames: int, _times: Any, status: Any) -> None:  # noqa: ANN401  # pragma: no cover
        """Copy one block in (called by PortAudio's thread, where coverage cannot look)."""
        self._mic.put((self.callbacks, bytes(indata)))
        self.xruns += bool(status)
        self._last = time.monotonic()
        self.callbacks += 1


def open_microphone(microphone: str | None = None, speaker: str | None = None) -> Duplex:
    """Open the microphone that would be used with this speaker; names and errors as for `open_devices`.

    Raises:
        DeviceError: there is none, it is in use, or PortAudio is missing.
    """
    return open_stream(settle(*choose_pair(inventory(), microphone, speaker)), Microphone)
