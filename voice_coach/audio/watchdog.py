"""Watch whether a sound device still works. It may fail with an error, silently, or only in part."""

from collections import deque
from dataclasses import dataclass
from statistics import median
from typing import Final

MAX_SILENCE: Final = 0.85
"""Seconds without a callback after which the device counts as lost, so that it is known within a second; a busy machine
was seen to be late by 0.08."""

MAX_FIRST_WAIT: Final = 3.0
"""Seconds that the first callback may take; 0.1 is usual, but a Bluetooth headset has to connect."""

COUNTED_SECONDS: Final = 4.0
"""Seconds over which the microphone's samples are counted."""

MIN_SAMPLE_SHARE: Final = 0.75
"""The share of its samples that a microphone must deliver: with less no word is recognised any more (one known
driver fell to 0.47 after each playback and reported no error)."""

SLICE_SECONDS: Final = 0.2
"""Seconds of one slice in the search for half-lost sound, or `SLICE_BLOCKS` blocks if these are longer."""

SLICE_BLOCKS: Final = 10

MIN_HALF_LOST_SLICES: Final = 3
"""This many slices in a row with some of their sound, but less than `MIN_SAMPLE_SHARE` of it, are half-lost sound. One
gap, however long, leaves at most two such slices, with complete or empty ones between them."""

MAX_UNHEARD: Final = 2.0
"""Seconds of waiting microphone sound at which the coach can no longer answer in time."""

MAX_LAG_GROWTH: Final = 0.4
"""Seconds by which the delay from microphone to speaker may grow. On an overloaded computer, PortAudio on PulseAudio
increases it with each gap (from 0.06 to 0.7 was seen) and never decreases it; "stop" is delayed as much."""

MIN_LAGGING: Final = 2.0
"""Seconds for which it must have grown that much: the figure jumps at single gaps."""

MIN_LAG_JUMP: Final = 0.02
"""Seconds by which the delay from microphone to speaker must change to count as changed. PortAudio's figure fluctuates
by up to 0.016 in normal use, and sound is lost in whole blocks."""

MEDIAN_BLOCKS: Final = 5
"""Blocks of which the median is taken for that: the figure jumps at single ones."""


@dataclass(frozen=True, slots=True)
class Signs:
    """The device's state at one moment."""

    now: float
    """Seconds on a clock that never goes back."""
    captured: float
    """Seconds of sound that the microphone has delivered since the stream was started."""
    last: float | None
    """When it last delivered; None: never yet."""
    running: bool
    """True while PortAudio says that the stream runs."""
    waiting: float
    """Seconds of sound delivered and not yet heard by the coach."""
    lag: float = 0.0
    """Seconds from microphone to speaker, as PortAudio reports them."""
    block: float = 0.02
    """Seconds of sound in a block of the device."""


class Watchdog:
    """Watches one stream from its start."""

    def __init__(self, now: float) -> None:
        """Take the time of the stream's start."""
        self._started: Final = now
        self._since: float | None = None
        self._captured = 0.0
        self._pace = 1.0
        self._shortest = float("inf")
        self._in_time = now
        self._slice: tuple[float, float] | None = None
        self._halves = 0

    @property
    def pace(self) -> float:
        """The share of its samples that the microphone delivered in the last complete window; 1 before that."""
        return self._pace

    def check(self, signs: Signs) -> str:
        """Return what is wrong, as the beginning of a sentence; empty if nothing is."""
        if (trouble := self._stopped(signs)) or signs.last is None:
            return trouble
        return self._impaired(signs)

    def _stopped(self, signs: Signs) -> str:
        if not signs.running:
            return "the sound device has stopped"
        if signs.last is None:
            waited = signs.now - self._started > MAX_FIRST_WAIT
            return "the sound device was opened and delivers nothing" if waited else ""
        if signs.now - signs.last > MAX_SILENCE:
            return "the sound device delivers nothing any more"
        return ""

    def _impaired(self, signs: Signs) -> str:
        if self._loses_half(signs):
            return "the microphone delivers only half of its sound"
        if self._lacks_samples(signs):
            return f"the microphone delivers only {self._pace:.0%} of its sound"
        if signs.waiting > MAX_UNHEARD:
            return f"the computer is {signs.waiting:.0f} seconds behind with listening"
        if self._lags(signs):
            return f"the speaker lags {signs.lag:.1f} seconds behind"
        return ""

    def _lags(self, signs: Signs) -> bool:
        self._shortest = min(self._shortest, signs.lag)
        if signs.lag <= self._shortest + MAX_LAG_GROWTH:
            self._in_time = signs.now
        return signs.now - self._in_time > MIN_LAGGING

    def _loses_half(self, signs: Signs) -> bool:
        if self._slice is None:
            self._slice = signs.now, signs.captured
        since, captured = self._slice
        elapsed, got = signs.now - since, signs.captured - captured
        if elapsed >= max(SLICE_SECONDS, SLICE_BLOCKS * signs.block):
            self._halves = self._halves + 1 if 0 < got < MIN_SAMPLE_SHARE * elapsed else 0
            self._slice = signs.now, signs.captured
        return self._halves >= MIN_HALF_LOST_SLICES

    def _lacks_samples(self, signs: Signs) -> bool:
        if self._since is None:
            self._since, self._captured = signs.now, signs.captured
        elapsed = signs.now - self._since
        if elapsed >= COUNTED_SECONDS:
            self._pace = (signs.captured - self._captured) / elapsed
            self._since, self._captured = signs.now, signs.captured
        return self._pace < MIN_SAMPLE_SHARE


class Tears:
    """Notices changes in the sound of a running stream."""

    def __init__(self) -> None:
        """Start with a stream without gaps."""
        self._gaps = 0
        self._lag: float | None = None
        self._lags: deque[float] = deque(maxlen=MEDIAN_BLOCKS)

    def check(self, gaps: int, lag: float) -> bool:
        """Tell whether sound was lost, or the delay has changed, since the last call.

        Args:
            gaps: How often sound was lost or came too late since the stream was started.
            lag: Seconds from microphone to speaker, as PortAudio reports them; the first value is not a change.
        """
        self._lags.append(lag)
        sound_lost, self._gaps = gaps != self._gaps, gaps
        if len(self._lags) < MEDIAN_BLOCKS:
            return sound_lost
        recent_lag = median(self._lags)
        lag_changed = self._lag is not None and abs(recent_lag - self._lag) > MIN_LAG_JUMP
        if self._lag is None or lag_changed:
            self._lag = recent_lag
        return sound_lost or lag_changed
