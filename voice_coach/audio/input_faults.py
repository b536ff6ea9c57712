"""Detect a microphone that does not deliver the sound of a room. Pure; times are in samples.

A stream may run without errors and still be useless: zeros from a muted microphone, the speaker's monitor instead of a
microphone, or only clipped peaks.
"""

from enum import StrEnum
from typing import Final

import numpy as np

from voice_coach.audio.correlation import MAX_DELAY, copied
from voice_coach.audio.pcm import FULL_SCALE, Clip, silence
from voice_coach.timebase import Samples, samples


class Fault(StrEnum):
    """A fault in the sound of a running stream."""

    MUTED = "muted"
    MONITOR = "monitor"
    CLIPPED = "clipped"


REASONS: Final = {
    Fault.MUTED: "the microphone is muted: turn it on, at its switch or in the system's sound settings",
    Fault.MONITOR: "the microphone is gone, and the coach hears what the speaker plays: plug it in, or choose another",
    Fault.CLIPPED: "the microphone is far too loud: turn it down in the system's sound settings",
}
"""Each as the beginning of a sentence."""

MIN_MUTED: Final = samples(0.8)
"""Zeros for this long mean a muted microphone. Otherwise its own noise moves the last bit."""

MIN_GATE: Final = samples(0.05)
"""Zeros for this long, between sounds, are not a coincidence."""

MIN_GATES: Final = 3
"""After this many stretches of zeros, each followed by sound, the microphone is one that sets pauses to zero, as some
headsets and noise removers do. From then on, zeros are not a fault."""

MIN_CLIPPED: Final = samples(0.96)
"""Clipping in every block for this long is a fault; the longest shouted command lasts 0.9 s, with pauses in it."""

MIN_CLIPPED_SHARE: Final = 0.2
"""A block with at least this share of samples at full scale is clipped: words are no longer understood."""

_FULL: Final = FULL_SCALE - 2

COMPARED_LENGTH: Final = samples(0.6)
"""Length of the stretch that is compared with what was played."""

COMPARE_EVERY: Final = samples(0.2)
"""How often it is compared while the coach speaks."""

MAX_DELAY_DIFFERENCE: Final[Samples] = 2
"""How much the delays of two comparisons may differ: a single one may be wrong, above all on a pure tone."""

MIN_RECOVERY: Final = samples(0.5)
"""The sound of a room for this long ends a fault."""

MAX_RINGING: Final = samples(1.2)
"""How long after the coach's own sound its echo or copy may still be heard."""

REOPEN_AFTER: Final = samples(4)
"""After a fault has lasted this long, the devices are reopened: there may be another microphone by then."""


class Soundness:
    """Watches the sound of one stream."""

    def __init__(self, fault: Fault | None = None, patience: Samples = REOPEN_AFTER) -> None:
        """Begin; `fault` is the one of the stream before, which was reopened after `patience`."""
        self.fault = fault
        """The present fault; None: none."""
        self._patience: Final = patience
        self._ailing: Samples = 0
        self._zeros: Samples = 0
        self._gates = 0
        self._sounded = False
        self._cut: Samples = 0
        self._silent: Samples = MAX_RINGING if fault is None else 0
        self._fine: Samples = 0
        self._due: Samples = COMPARE_EVERY
        self._delay: Samples | None = None
        self._mic: Clip = silence(COMPARED_LENGTH)
        self._played: Clip = silence(COMPARED_LENGTH + MAX_DELAY)

    @property
    def stuck(self) -> bool:
        """True if the devices should be reopened: the fault persists, and nothing sounds."""
        lasting = self.fault in (Fault.MUTED, Fault.MONITOR) and self._ailing >= self._patience
        return lasting and self._silent >= MAX_RINGING

    def feed(self, mic: Clip, played: Clip) -> Fault | None:
        """Take a block that was heard, and the one played at that time or just before; return `fault`."""
        self._mic = _shifted(self._mic, mic)
        self._played = _shifted(self._played, played)
        self._silent = 0 if played.any() else self._silent + len(played)
        zeros, cut = not mic.any(), self._is_cut(mic)
        self._note_zeros(len(mic), zeros=zeros)
        self._cut = self._cut + len(mic) if cut else 0
        copy = self._is_copy(len(mic))
        self._note_end(
            len(mic), fine=not (zeros or cut) and (self.fault is Fault.CLIPPED or self._silent >= MAX_RINGING)
        )
        if copy:
            self._begin(Fault.MONITOR)
        elif self._cut >= MIN_CLIPPED:
            self._begin(Fault.CLIPPED)
        elif self._zeros >= MIN_MUTED and self._gates < MIN_GATES and self.fault is not Fault.MONITOR:
            self._begin(Fault.MUTED)
        self._ailing = self._ailing + len(mic) if self.fault else 0
        return self.fault

    def _begin(self, fault: Fault) -> None:
        self.fault = fault
        self._fine = 0

    def _note_end(self, length: Samples, *, fine: bool) -> None:
        self._fine = self._fine + length if fine else 0
        if self._fine >= MIN_RECOVERY:
            self.fault = None

    def _note_zeros(self, length: Samples, *, zeros: bool) -> None:
        if zeros:
            self._zeros += length
            return
        # A copy of the speaker is all zeros between the coach's sentences, and no gate.
        if self._zeros >= MIN_GATE and self._sounded and self._silent >= MAX_RINGING:
            self._gates += 1
        self._zeros = 0
        self._sounded = True

    @staticmethod
    def _is_cut(mic: Clip) -> bool:
        full = np.count_nonzero((mic >= _FULL) | (mic <= -_FULL))
        return bool(full >= MIN_CLIPPED_SHARE * len(mic))

    def _is_copy(self, length: Samples) -> bool:
        """Tell whether two comparisons in a row find a copy of the played sound at the same delay."""
        self._due -= length
        if self._due > 0:
            return False
        self._due = COMPARE_EVERY
        before, self._delay = self._delay, copied(self._mic, self._played)
        return before is not None and self._delay is not None and abs(self._delay - before) <= MAX_DELAY_DIFFERENCE


def _shifted(kept: Clip, block: Clip) -> Clip:
    """Return as many of the latest samples."""
    return np.concatenate((kept, block))[-len(kept) :]
