"""Is the sound device still alive? It may die with an error, in silence, or by halves."""

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
"""Seconds over which half-lost sound is looked at, or `SLICE_BLOCKS` blocks where these are longer."""

SLICE_BLOCKS: Final = 10

MIN_HALF_LOST_SLICES: Final = 3
"""So many slices in a row that hold some of their sound, but less than `MIN_SAMPLE_SHARE` of it, are half-lost sound.
One gap, however long, leaves at most two such slices: between them are whole ones, or ones that hold nothing."""

MAX_UNHEARD: Final = 2.0
"""Seconds of unheard microphone sound with which a coach no longer answers but stammers."""

MAX_LAG_GROWTH: Final = 0.4
"""Seconds by which the way from microphone to speaker may grow: PortAudio on PulseAudio makes it longer with each gap
on an overloaded machine (0.06 to 0.7 was seen) and never shorter, and with it the time from "stop" to silence."""

MIN_LAGGING: Final = 2.0
"""Seconds for which it must have been longer than that: the figure jumps at single gaps."""

MIN_LAG_JUMP: Final = 0.02
"""Seconds by which the way from microphone to speaker must change to be another one: PortAudio's figure trembles by up
to 0.016 where nothing is amiss, and what is lost is lost by whole blocks."""

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
    """Seconds of sound that it delivers at a time."""


class Watchdog:
    """Watches one stream from its start on."""

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
        """The share of its samples that the microphone delivered in the last whole window; 1 before that."""
        return self._pace

    def check(self, signs: Signs) -> str:
        """Return what is wrong, as the beginning of a sentence; empty: nothing."""
        if (trouble := self._dead(signs)) or signs.last is None:
            return trouble
        return self._ill(signs)

    def _dead(self, signs: Signs) -> str:
        if not signs.running:
            return "the sound device has stopped"
        if signs.last is None:
            waited = signs.now - self._started > MAX_FIRST_WAIT
            return "the sound device was opened and delivers nothing" if waited else ""
        if signs.now - signs.last > MAX_SILENCE:
            return "the sound device delivers nothing any more"
        return ""

    def _ill(self, signs: Signs) -> str:
        if self._halved(signs):
            return "the microphone delivers only half of its sound"
        if self._deaf(signs):
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

    def _halved(self, signs: Signs) -> bool:
        if self._slice is None:
            self._slice = signs.now, signs.captured
        since, captured = self._slice
        elapsed, got = signs.now - since, signs.captured - captured
        if elapsed >= max(SLICE_SECONDS, SLICE_BLOCKS * signs.block):
            self._halves = self._halves + 1 if 0 < got < MIN_SAMPLE_SHARE * elapsed else 0
            self._slice = signs.now, signs.captured
        return self._halves >= MIN_HALF_LOST_SLICES

    def _deaf(self, signs: Signs) -> bool:
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
        """Begin with an unharmed stream."""
        self._gaps = 0
        self._lag: float | None = None
        self._lags: deque[float] = deque(maxlen=MEDIAN_BLOCKS)

    def check(self, gaps: int, lag: float) -> bool:
        """Return whether there is something new.

        Args:
            gaps: How often sound was lost or came too late since the stream was started.
            lag: Seconds from microphone to speaker, as PortAudio reports them; how long they are at first is no news.
        """
        self._lags.append(lag)
        gone, self._gaps = gaps != self._gaps, gaps
        if len(self._lags) < MEDIAN_BLOCKS:
            return gone
        lately = median(self._lags)
        moved = self._lag is not None and abs(lately - self._lag) > MIN_LAG_JUMP
        if self._lag is None or moved:
            self._lag = lately
        return gone or moved
