"""The ways to hear over one's own voice that are compared; each gets the same blocks, and its words go the same way."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from time import process_time  # noqa: TID251 - CPU time is what is measured
from typing import Final

import numpy as np

from benchmarks.echo.air import Condition
from voice_coach.audio.pcm import Clip, silence
from voice_coach.events import Event
from voice_coach.hear.echo.prompt_words import Spoken
from voice_coach.hear.grammar.grammar import Grammar
from voice_coach.hear.listener import Listener, build_listener
from voice_coach.timebase import RATE, Samples, samples

EXPECTS: Final = "side"
"""The question that is open: with it "left", "right" and "no" are answers."""

_RINGS: Final[Samples] = samples(0.3)
"""How long a half-duplex coach stays deaf after its last sample, in addition to the given delay."""


class Hearer:
    """Microphone in, events out; this one leaves all to the listener."""

    def __init__(self, grammar: Grammar, *, open_speaker: bool = False) -> None:
        """Begin a session."""
        self.listener: Listener = build_listener(grammar, open_speaker=open_speaker)
        self.listener.listen(EXPECTS, grammar.intents - {"number"})
        self.cpu = 0.0
        """Seconds that taking the echo out has cost."""
        self.left = 0.0
        """Energy behind that, full scale 1."""
        self.heard = 0.0
        """Energy before."""

    @property
    def lowers_the_voice(self) -> bool:
        """Whether the coach is to be quieter now."""
        return False

    def process(self, mic: Clip, played: Clip, at: Samples, saying: Sequence[Spoken]) -> list[Event]:
        """Return what is heard in a block that begins at `at`; `played` is the speaker's block before it."""
        return self.listener.process(mic, played, at, saying)

    def note(self, mic: Clip, clean: Clip, cpu: float) -> None:
        """Take what was left of what was heard, and the seconds that it cost."""
        self.cpu += cpu
        self.heard += float(np.square(mic / 32768).sum())
        self.left += float(np.square(clean / 32768).sum())

    def close(self) -> None:
        """Free the recogniser."""
        self.listener.close()


class InFront(Hearer, ABC):
    """One that runs before the listener."""

    def process(self, mic: Clip, played: Clip, at: Samples, saying: Sequence[Spoken]) -> list[Event]:
        """Return what is heard of what it lets through."""
        began = process_time()
        clean = self.clean(mic, played)
        self.note(mic, clean, process_time() - began)
        return super().process(clean, played, at, saying)

    @abstractmethod
    def clean(self, mic: Clip, played: Clip) -> Clip:
        """Return what is listened to."""


class Nothing(InFront):
    """The microphone as it is."""

    def clean(self, mic: Clip, played: Clip) -> Clip:  # noqa: ARG002
        """Return what was heard."""
        return mic


class HalfDuplex(InFront):
    """Deaf while the coach speaks, as most assistants are; it is given the delay."""

    def __init__(self, grammar: Grammar, condition: Condition) -> None:
        """Begin a session."""
        super().__init__(grammar)
        self._lasts = condition.room.delay + condition.jump + _RINGS
        self._deaf: Samples = 0

    def clean(self, mic: Clip, played: Clip) -> Clip:
        """Return silence while the coach is to be heard."""
        self._deaf = self._lasts if played.any() else max(0, self._deaf - len(mic))
        return silence(len(mic)) if self._deaf else mic


class Aec3(InFront):
    """WebRTC's echo canceller in front of the same recogniser; it is given the delay."""

    FRAME: Final[Samples] = RATE // 100

    def __init__(self, grammar: Grammar, condition: Condition) -> None:
        """Begin a session."""
        from pywebrtc_audio import AudioProcessor  # noqa: PLC0415 - a package of the benchmark's own

        super().__init__(grammar)
        self._canceller = AudioProcessor(
            sample_rate=RATE,
            echo_cancellation=True,
            noise_suppression=False,
            high_pass_filter=True,
            stream_delay_ms=round(1000 * condition.room.delay / RATE),
        )

    def clean(self, mic: Clip, played: Clip) -> Clip:
        """Return what it leaves."""
        starts = range(0, len(mic), self.FRAME)
        parts = [self._canceller.process(mic[i : i + self.FRAME], played[i : i + self.FRAME]) for i in starts]
        return np.concatenate(parts)


class Ours(Hearer):
    """The coach's own listener, as in a session."""

    DUCKS = True

    def __init__(self, grammar: Grammar) -> None:
        """Begin a session."""
        super().__init__(grammar, open_speaker=True)
        own = self.listener._own_voice  # noqa: SLF001 - what it takes out, and at what cost, is measured where it is done
        self._take_out = own.take_out
        own.take_out = self._measured  # type: ignore[method-assign]

    @property
    def lowers_the_voice(self) -> bool:
        """Whether the coach is to be quieter now."""
        return self.DUCKS and self.listener.user_speaks

    def _measured(self, mic: Clip, played: Clip) -> tuple[Clip, Clip]:
        began = process_time()
        both = self._take_out(mic, played)
        self.note(mic, both[0], process_time() - began)
        return both


class OursLoud(Ours):
    """The same, but the coach does not lower its voice."""

    DUCKS = False


METHODS: Final = ("none", "half-duplex", "AEC3", "ours, no ducking", "ours")


def open_hearer(method: str, grammar: Grammar, condition: Condition) -> Hearer:
    """Return the hearer of that name, for one session."""
    match method:
        case "none":
            return Nothing(grammar)
        case "half-duplex":
            return HalfDuplex(grammar, condition)
        case "AEC3":
            return Aec3(grammar, condition)
        case "ours":
            return Ours(grammar)
        case _:
            return OursLoud(grammar)
