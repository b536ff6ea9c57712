"""Microphone and speaker, live: a stream that is watched, and opened again when it is lost.

The caller's thread turns microphone blocks into speaker blocks. Opening and closing happen on threads of their own
(`bounded_calls.py`).
"""

import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import partial
from math import ceil
from typing import Any, Final

from voice_coach.audio.bounded_calls import Reopening, leave_behind, patiently
from voice_coach.audio.input_faults import REASONS, REOPEN_AFTER, Fault, Soundness
from voice_coach.audio.pcm import Clip, silence
from voice_coach.audio.resample import FromDevice, ToDevice
from voice_coach.audio.stream import Duplex, open_devices
from voice_coach.errors import DeviceError
from voice_coach.timebase import BLOCK, RATE, Samples

GIVE_UP_AFTER: Final = 600.0
"""Seconds after which a lost device is given up."""

IDLE_BLOCK_EVERY: Final = 0.25
"""Seconds for which the coach gets one silent block while the device is lost: its clock all but stands still, and it
hears of a Ctrl-C within this time."""

LOOK_AFTER: Final = 0.1
"""Seconds without a block after which the stream is looked at: what is wrong is to be known within a second."""

MAX_REOPEN_AFTER: Final = 8 * REOPEN_AFTER
"""Samples between two attempts at most to find a better microphone for one that brings nothing."""

SOON: Final = 10 * RATE
"""Samples of sound after which a loss has nothing to do with the one before."""

FIRST_PROBATION: Final = 2 * RATE
MAX_PROBATION: Final = 2 * FIRST_PROBATION
"""Samples of sound that there must be before sound counts as back, after losses that soon follow one another: a plug
with a loose contact would otherwise make the coach begin a sentence each time."""

Advance = Callable[[Clip], Clip]
"""Takes a microphone block, returns the speaker block of the same length."""


@dataclass(frozen=True, slots=True)
class Lost:
    """Microphone or speaker are gone, and looked for."""

    reason: str
    """The beginning of a sentence, such as "the sound device has stopped"."""


@dataclass(frozen=True, slots=True)
class Back:
    """Sound works again."""


@dataclass(frozen=True, slots=True)
class Reopened:
    """The devices were reopened, after a loss or because they were useless: the speaker's delay may have changed."""


@dataclass(frozen=True, slots=True)
class Torn:
    """Sound was lost or came late, but continues: the speaker's delay may have changed."""


@dataclass(frozen=True, slots=True)
class Ailing:
    """The microphone's sound is useless; the speaker works."""

    fault: Fault

    @property
    def reason(self) -> str:
        """The beginning of a sentence, as of `Lost`."""
        return REASONS[self.fault]


@dataclass(frozen=True, slots=True)
class Healed:
    """The microphone brings the sound of a room again."""


DeviceNews = Lost | Reopened | Back | Torn | Ailing | Healed


@dataclass(frozen=True, slots=True)
class DeviceStats:
    """Statistics of the sound, over all streams of a run unless stated otherwise."""

    callbacks: int = 0
    """Each brings one block of 20 ms."""
    xruns: int = 0
    """Callbacks with which PortAudio reported lost or invented samples."""
    dropped: int = 0
    """Speaker blocks that came too late."""
    losses: int = 0
    """How often the devices were lost."""
    loop_delay: Samples = 0
    """From a microphone block to when the microphone hears the coach's answer to it, as PortAudio reports it for the
    present stream; the way through the air is not in it."""
    captured: float = 0.0
    """Samples a second that the microphone delivered in the last 4 seconds; 16 000 is perfect."""


class Probation:
    """Holds back the news that sound works again, where it was soon lost again the last time."""

    def __init__(self) -> None:
        """Begin with sound that works."""
        self._length: Samples = 0
        self._sound: Samples | None = SOON
        self._held: Back | Healed | None = None

    def lost(self) -> None:
        """Take note that sound is lost, or of no use; news that is held back is dropped."""
        if self._sound is None:
            self._length = max(self._length, FIRST_PROBATION)
        elif self._held or self._sound < SOON:
            self._length = min(max(2 * self._length, FIRST_PROBATION), MAX_PROBATION)
        else:
            self._length = 0
        self._sound = self._held = None

    def returned(self, news: Back | Healed) -> None:
        """Take note that sound works again."""
        self._sound, self._held = 0, news

    def feed(self, length: Samples) -> Back | Healed | None:
        """Take note of so much sound; return the news that is due, if any."""
        if self._sound is not None:
            self._sound += length
            if self._held and self._sound >= self._length:
                news, self._held = self._held, None
                return news
        return None


def ignore(_: DeviceNews) -> None:
    """Ignore the news."""


class LiveAudio:
    """The live backend: drives a coach until it is done, whatever happens to the devices meanwhile."""

    def __init__(
        self,
        opener: Callable[[], Duplex] = open_devices,
        on_news: Callable[[DeviceNews], None] = ignore,
        *,
        judged: bool = True,
    ) -> None:
        """Take the function that opens the devices, and the callback for news of them.

        Args:
            opener: also after a loss.
            on_news: called with each.
            judged: whether the sound itself is looked at, to find a microphone that is muted, none at all or far too
                loud; False where somebody else judges it.
        """
        self._open: Final = opener
        self._on_news: Final = on_news
        self._stream: Duplex | None = None
        self._to_device: ToDevice | None = None
        self._stats = DeviceStats()
        self._past = DeviceStats()
        self._hung: Final[list[Future[Any]]] = []
        self._judged: Final = judged
        self._soundness = Soundness()
        self._patience: Samples = REOPEN_AFTER
        self._probation: Final = Probation()

    def run(self, advance: Advance, done: Callable[[], bool]) -> None:
        """Feed `advance` block by block until `done()`, then let what it said be played to its end.

        Raises:
            DeviceError: the devices cannot be opened, or were lost and did not come back within `GIVE_UP_AFTER`.
        """
        self._stream = patiently(self._open)
        try:
            while self._stream is not None and (trouble := self._flow(self._stream, advance, done)):
                self._stream = self._recover(self._stream, trouble, advance, done)
            if self._stream is not None:
                self._drain(self._stream)
        finally:
            self.stats()
            if self._stream is not None:
                leave_behind(self._stream.close)
                self._stream = None

    def stats(self) -> DeviceStats:
        """Return how the sound goes; to be called from `advance` or after the run."""
        past, stream = self._past, self._stream
        if stream is not None:
            self._stats = DeviceStats(
                past.callbacks + stream.callbacks,
                past.xruns + stream.xruns,
                past.dropped + stream.dropped,
                past.losses,
                stream.delay + (self._to_device.delay if self._to_device else 0),
                stream.pace * RATE,
            )
        return self._stats

    def _flow(self, stream: Duplex, advance: Advance, done: Callable[[], bool]) -> str:
        """Turn microphone blocks into speaker blocks until `done()`; return what went wrong if that comes first."""
        setup = stream.setup
        from_device = FromDevice(setup.rate, setup.inputs)
        self._to_device = ToDevice(setup.rate, setup.outputs, stream.frames)
        while not done():
            if trouble := stream.trouble():
                self._soundness = Soundness()  # what comes back may be another microphone
                return trouble
            if trouble := self._stuck():
                return trouble
            if (heard := stream.read(LOOK_AFTER)) is not None:
                number, raw = heard
                if stream.take_torn():
                    self._on_news(Torn())
                for block in from_device.feed(raw):
                    played = silence(BLOCK) if done() else advance(self._heard(block))
                    self._to_device.feed(played)
                    self._judge(block, played)
                    self._tell_of_sound(len(block))
                stream.write(number, self._to_device.take())
        return ""

    def _heard(self, block: Clip) -> Clip:
        """Return the coach's input: silence while it hears only itself, because its words are not the user's."""
        return silence(len(block)) if self._soundness.fault is Fault.MONITOR else block

    def _judge(self, mic: Clip, played: Clip) -> None:
        """Report when the microphone's sound becomes useless, or useful again."""
        if not self._judged:
            return
        before, fault = self._soundness.fault, self._soundness.feed(mic, played)
        if fault is not None and fault is not before:
            self._probation.lost()
            self._on_news(Ailing(fault))
        elif fault is None and before is not None:
            self._patience = REOPEN_AFTER
            self._probation.returned(Healed())
            self._tell_of_sound(0)

    def _tell_of_sound(self, length: Samples) -> None:
        """Report after this much sound that it works again, if that is due."""
        if news := self._probation.feed(length):
            self._on_news(news)

    def _stuck(self) -> str:
        """Return what is wrong if only reopening the devices may help."""
        fault = self._soundness.fault
        return REASONS[fault] if fault and self._soundness.stuck else ""

    def _drain(self, stream: Duplex) -> None:
        """Wait until everything said has been played, or can't be."""
        assert self._to_device is not None
        left = ceil(self.stats().loop_delay / BLOCK) + stream.backlog + 1
        while left and not stream.trouble():
            if (heard := stream.read(IDLE_BLOCK_EVERY)) is not None:
                self._to_device.feed(silence(BLOCK))
                stream.write(heard[0], self._to_device.take())
                left -= 1

    def _recover(self, lost: Duplex, trouble: str, advance: Advance, done: Callable[[], bool]) -> Duplex | None:
        """Return a new stream, or None if the coach was done before there was one."""
        fault = self._soundness.fault
        self._past = self._stats = replace(self.stats(), losses=self._past.losses + (fault is None))
        self._stream = None
        if fault is None:
            self._probation.lost()
            self._on_news(Lost(trouble))
        end = time.monotonic() + GIVE_UP_AFTER
        reopening = Reopening(lost.close, self._open, self._hung)
        try:
            stream = None
            while stream is None:
                advance(silence(BLOCK))
                if done():
                    return None
                if time.monotonic() > end:
                    raise DeviceError(
                        f"{trouble.capitalize()}, and did not come back for {GIVE_UP_AFTER / 60:.0f} minutes."
                    )
                if reopening.hangs:
                    reopening.leave()
                    reopening = Reopening(None, self._open, self._hung)
                stream = reopening.wait(IDLE_BLOCK_EVERY)
        finally:
            reopening.leave()
        self._patience = min(2 * self._patience, MAX_REOPEN_AFTER) if fault else REOPEN_AFTER
        self._soundness = Soundness(fault, self._patience)
        self._on_news(Reopened())
        if fault is None:
            self._probation.returned(Back())
            self._tell_of_sound(0)
        return stream


def run_device(
    advance: Advance,
    done: Callable[[], bool],
    *,
    microphone: str | None = None,
    speaker: str | None = None,
    on_news: Callable[[DeviceNews], None] = ignore,
    judged: bool = True,
) -> DeviceStats:
    """Run a coach on microphone and speaker, in real time, until it is done.

    Args:
        advance: `Coach.advance`: takes a block from the microphone (320 samples: 20 ms), returns one as long.
        done: asked before each block, such as `lambda: coach.done`. What was said is still played to its end.
        microphone: part of the device's name; None: the system's choice.
        speaker: part of the device's name; None: the system's choice.
        on_news: told when a device is gone or back, or the sound is of no use; see `app.publish.pass_on_news`.
        judged: whether a microphone that is muted, dead or far too loud is noticed.

    Returns:
        How the sound went on the whole.

    Raises:
        DeviceError: there is no such device, it can't be opened, or it was lost and did not come back.
    """
    audio = LiveAudio(partial(open_devices, microphone, speaker), on_news, judged=judged)
    audio.run(advance, done)
    return audio.stats()
