"""Between loudspeaker and microphone: the rooms, loudspeakers, levels, clocks and delays that are tried."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
import soxr

from tests.hear.room import Room, Wave
from tests.open_speaker.talk import OpenSpeaker
from voice_coach.audio.pcm import Clip
from voice_coach.timebase import RATE, Samples, samples

ROOMS: Final = {"dry": (0.15, 0.08), "living": (0.3, 0.15), "long": (0.5, 0.3)}
"""Seconds until sound has faded by 60 dB, and from what is handed over to what sounds."""

SPEAKERS: Final = {"mild": 1.5, "hard": 6.0}
"""How much a loudspeaker distorts: what drives its soft clipping."""

ECHOES: Final = (0, 5, 10)
"""Decibels of the coach over the user, at the microphone."""

DRIFTS: Final = (0, 20, 100)
"""Millionths by which the loudspeaker's clock is slower than the microphone's."""

JUMP: Final[Samples] = samples(0.04)
"""By which the loudspeaker falls behind at once, half-way through."""


@dataclass(frozen=True)
class Condition:
    """One way from loudspeaker to microphone."""

    name: str
    room: Room
    drift: int = 0
    jump: Samples = 0


def conditions(*, full: bool) -> Iterator[Condition]:
    """Yield each room with each loudspeaker and level; drift and jump in the living room only, or everywhere."""
    for (room, (fades_in, delay)), (speaker, drive), echo in product(ROOMS.items(), SPEAKERS.items(), ECHOES):
        way = Room(fades_in=fades_in, delay=samples(delay), drive=drive, echo=echo)
        name = f"{room}, {speaker}, {echo:+d} dB"
        for drift, jump in product(DRIFTS, (0, JUMP)):
            odd = (drift > 0) + (jump > 0)
            if full or not odd or (odd == 1 and (room, speaker) == ("living", "mild")):
                extra = (f", {drift} ppm" if drift else "") + (", jump" if jump else "")
                yield Condition(name + extra, way, drift, jump)


class Air(OpenSpeaker):
    """A room as time goes by, with a clock of the loudspeaker's own."""

    def __init__(self, condition: Condition, length: Samples) -> None:
        """Take how much is going to be heard: the jump is in the middle of it."""
        super().__init__(condition.room)
        self._clock = (
            soxr.ResampleStream(RATE, RATE * (1 + condition.drift * 1e-6), 1, dtype="float64")
            if condition.drift
            else None
        )
        self._jump = condition.jump
        self._left = length // 2

    def play(self, block: Clip) -> None:
        """Let a block sound."""
        waiting = len(self._late)
        super().play(block)
        if self._clock is not None:
            said = self._clock.resample_chunk(np.ascontiguousarray(self._late[waiting:]))
            self._late = np.concatenate((self._late[:waiting], said))

    def hear(self, length: Samples) -> Wave:
        """Return the next samples of the coach in the room, and of the room's noise."""
        if self._jump and self._left <= 0:
            self.tear(self._jump)
            self._jump = 0
        self._left -= length
        return super().hear(length)
