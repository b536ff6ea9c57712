"""Microphone and speaker for recording sentences: a tone, what is said after it, and playing it back."""

from collections.abc import Callable
from typing import Final

import numpy as np

from voice_coach.actions import Earcon
from voice_coach.app.takes import Recorded
from voice_coach.audio.live import DeviceNews, Lost, Torn, ignore, run_device
from voice_coach.audio.pcm import Clip, silence
from voice_coach.hear.vad import EnergyGate, SileroDetector, VoiceDetector
from voice_coach.speak.cues import find_earcon, load_earcon
from voice_coach.timebase import Samples, samples

MAX_WAIT: Final[Samples] = samples(15)
"""How long to wait until somebody speaks: they may first read a long sentence."""

MAX_PAUSE: Final[Samples] = samples(1.2)
"""Silence that ends a take: longer than a pause between two parts of a sentence."""

MAX_TAKE: Final[Samples] = samples(45)
"""Length of a take at most: our longest sentence takes 12 s."""

_VOICE: Final = 0.5
"""Probability of speech from which on somebody speaks."""

_ROOM: Final[Samples] = samples(0.3)
"""What is heard right after the tone is left out: it may still be in the room."""


class Capture:
    """Blocks of the microphone in, blocks for the speaker out: a tone, and then silence while somebody speaks."""

    def __init__(self, tone: Clip, detector: VoiceDetector) -> None:
        """Begin with the tone.

        Args:
            tone: what says that it begins.
            detector: tells where somebody speaks.
        """
        self._tone = tone
        self._detector = detector
        self._deaf: Samples = tone.size + _ROOM
        self._blocks: list[Clip] = []
        self._heard: Samples = 0
        self._quiet: Samples = 0
        self._spoken = False
        self.torn = False
        """Sound was lost since somebody began to speak."""

    @property
    def done(self) -> bool:
        """True once somebody has spoken and fallen silent, or nobody has for long."""
        if self._spoken:
            return self._quiet >= MAX_PAUSE or self._heard >= MAX_TAKE
        return self._heard >= MAX_WAIT

    @property
    def take(self) -> Clip:
        """What was heard after the tone."""
        return np.concatenate((silence(0), *self._blocks))

    def hear_of(self, news: DeviceNews) -> None:
        """Note that sound was lost; while nobody has spoken, as when a stream begins, that does no harm."""
        self.torn = self.torn or (self._spoken and isinstance(news, Torn | Lost))

    def advance(self, mic: Clip) -> Clip:
        """Take a block of the microphone, and return one as long for the speaker."""
        out, self._tone = self._tone[: mic.size], self._tone[mic.size :]
        if self._deaf > 0:
            self._deaf -= mic.size
        elif not self.done:
            self._blocks.append(mic)
            self._heard += mic.size
            if self._detector.probability(mic) >= _VOICE:
                self._spoken, self._quiet = True, 0
            else:
                self._quiet += mic.size
        return np.concatenate((out, silence(mic.size - out.size)))


class Playback:
    """Plays a clip, block by block, and hears nothing."""

    def __init__(self, clip: Clip) -> None:
        """Take the clip."""
        self._left = clip

    @property
    def done(self) -> bool:
        """True once all of it was handed out."""
        return not self._left.size

    def advance(self, mic: Clip) -> Clip:
        """Return the next samples, as many as the block has."""
        out, self._left = self._left[: mic.size], self._left[mic.size :]
        return np.concatenate((out, silence(mic.size - out.size)))


class DeviceStudio:
    """The `Studio` of a microphone and a speaker."""

    def __init__(self, microphone: str | None, speaker: str | None) -> None:
        """Take parts of the devices' names; None: the system's choice.

        Raises:
            DataError: the tone can't be read.
        """
        self._microphone = microphone
        self._speaker = speaker
        path = find_earcon(Earcon.LISTENING)
        self._tone = load_earcon(path) if path else silence(0)

    def record(self) -> Recorded:
        """Sound the tone, and return what is heard until somebody has spoken and fallen silent.

        Raises:
            DeviceError: there is no such device, or it was lost.
        """
        capture = Capture(self._tone, EnergyGate(SileroDetector()))
        self._run(capture, capture.hear_of)
        return Recorded(capture.take, torn=capture.torn)

    def play(self, clip: Clip) -> None:
        """Play a clip to its end.

        Raises:
            DeviceError: there is no such device, or it was lost.
        """
        self._run(Playback(clip))

    def _run(self, what: Capture | Playback, on_news: Callable[[DeviceNews], None] = ignore) -> None:
        run_device(
            what.advance,
            lambda: what.done,
            microphone=self._microphone,
            speaker=self._speaker,
            on_news=on_news,
            judged=False,
        )
