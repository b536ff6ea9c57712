"""Remove the coach's own voice from the microphone's sound, so that the user is heard while the coach speaks."""

import math
from typing import Final

import numpy as np

from voice_coach.audio.pcm import FULL_SCALE, Clip, Signal, rms, silence, to_clip, to_signal
from voice_coach.hear.echo.adaptive_filter import HOP, PARTITIONS, EchoFilter, Suppressor
from voice_coach.hear.echo.clock_drift import HALF_WINDOW, Drift, between
from voice_coach.hear.echo.convergence import Trust
from voice_coach.hear.echo.delay_estimator import ESTIMATE_EVERY, MAX_DELAY, SPAN, DelayFinder
from voice_coach.hear.echo.echo_gate import MAX_OWN_WORD_RESIDUAL, EchoGate
from voice_coach.hear.echo.loudspeaker_model import REACH, STRETCH, DriveFinder, flattened
from voice_coach.timebase import Samples, samples

_LEAD: Final[Samples] = HOP
"""How much earlier than expected an echo may come and still be in reach of the filter."""

_MAX_LATER: Final[Samples] = samples(0.06)
"""How much later than expected an echo may come before the filter is moved: its end would be out of reach."""

_SILENCE_AMPLITUDE: Final = 4
"""Amplitude (-78 dB) below which what is played is silence: rounding and dither, which leave no audible echo."""

_ROOM_SILENT_AFTER: Final = PARTITIONS + 16
"""Hops after the last sound played until the room is silent too: the filter's length and 0.25 s."""

_RINGS: Final[Samples] = samples(0.25)
"""How long after a sound the room is full of it."""

_JITTER: Final[Samples] = samples(0.001)
"""Least difference between two delays that counts as a change."""

_NOTICED_WITHIN: Final[Samples] = samples(0.6)
"""The longest time to notice that the echo's path has changed."""

_MIN_AUDIBLE_POWER: Final = 1e-5
"""Mean power (-50 dB) of the played sound above which the coach can be heard."""


class EchoCanceller:
    """Microphone and loudspeaker in, microphone without loudspeaker out.

    Sample `k` that was played and sample `k` that was heard belong to the same instant of the coach's clock; between
    the two lie the buffers, the converters and the air. That delay is found by itself while the coach speaks (from
    about its first second on, up to 1.02 s, and again whenever it changes); `set_delay` saves that second.

    While the coach has been silent for 0.7 s, samples pass as they are, to the bit, and cost next to nothing.
    """

    def __init__(self, *, multiple: Samples = 1, delay: Samples | None = None) -> None:
        """Begin without knowledge of the room.

        Args:
            multiple: Of this the lengths of all blocks will be multiples; it decides on `latency`.
            delay: See `set_delay`; None: not known.
        """
        self.gate = EchoGate()
        """Tells afterwards whose voice it was; its instants are those of the microphone."""
        self._multiple: Final = multiple
        self._told: Final = delay
        self._start(0)

    def _start(self, at: Samples) -> None:
        self.gate.restart(at)
        self._filter = EchoFilter()
        self._suppressor = Suppressor()
        self._finder = DelayFinder()
        self._drive = DriveFinder()
        self._drift = Drift()
        self._trust = Trust()
        self._mic = Tape(at)
        self._far = Tape(at)
        self._out: Clip = np.stack([silence(self.latency)] * 2)
        self._began: Samples = at
        self._done: Samples = at
        self._offset: Samples = 0  # what is played reaches the filter so much later,
        self._shift = 0.0  # and so much more by now, as the clocks drift apart
        self._quiet: int = _ROOM_SILENT_AFTER  # hops since something was played
        self._audible_until: Samples = at
        if self._told is not None:
            self.set_delay(self._told)

    @property
    def latency(self) -> Samples:
        """The delay of the returned sound, in samples: 0 for blocks in multiples of 256, 255 for any blocks."""
        return HOP - math.gcd(HOP, self._multiple)

    @property
    def delay(self) -> Samples | None:
        """The measured delay from played to heard; None: no echo has been heard yet."""
        return self._finder.found

    def set_delay(self, delay: Samples) -> None:
        """Set the approximate delay from played to heard (`Duplex.delay`); within 16 ms is near enough.

        May be called again at any time, such as after a device was reopened; the same delay changes nothing.
        """
        if not self._reaches(delay):
            self._move(delay)

    def restart(self, at: Samples) -> None:
        """The stream goes on at `at`, perhaps elsewhere; what is handed over next was played from `at` on too."""
        self._start(at)

    def torn(self) -> None:
        """Note that sound was lost or came late just now: nothing is trusted until the echo is seen to be as before.

        Where no echo was found yet, the search goes on for longer; where it was given up, as with headphones, there is
        nothing to be mistaken about.
        """
        if self._finder.found is None:
            self._trust.seek_longer()
            return
        self._trust.restart(torn=True)
        self.gate.doubt(self._done - _NOTICED_WITHIN)

    @property
    def learnt(self) -> bool:
        """True if the echo is under control."""
        return self._trust.learnt

    @property
    def controlled(self) -> bool:
        """True if it is known how the coach is heard: its echo is learnt, or there has been none."""
        found = self._finder.found is not None
        return self._trust.learnt or not (found or self._trust.blind(found=False))

    def may_leave_words(self, start: Samples, end: Samples) -> bool:
        """Tell whether the residual from `start` to `end` may be words of the coach.

        For where it is known that the coach itself was saying them. Elsewhere the gate decides.
        """
        return not self._trust.learnt or self.gate.ratio(start, end) < MAX_OWN_WORD_RESIDUAL

    def process(self, mic: Clip, played: Clip) -> Clip:
        """Return what was heard, without the coach; as `take_out` does, and of the two the first."""
        return self.take_out(mic, played)[0]

    def take_out(self, mic: Clip, played: Clip) -> tuple[Clip, Clip]:
        """Return what was heard without the coach: as far as that can be, and so that words stay what they were.

        Both are as long as `mic`, and `latency` late.

        Args:
            mic: The next samples that were heard.
            played: The next samples that were handed to the loudspeaker. May be shorter or longer, and run behind by as
                much as the delay: the last turn's block beside this turn's microphone.

        Raises:
            ValueError: the length is not a multiple of the promised one.
        """
        if len(mic) % self._multiple:
            raise ValueError(f"{len(mic)} samples are not a multiple of {self._multiple}")
        self._mic.put(mic)
        self._far.put(played)
        hops = []
        while self._done + HOP <= self._mic.end:
            hops.append(self._hop(self._done))
            self._done += HOP
        self._mic.drop(self._done - SPAN)
        self._far.drop(self._done - 2 * MAX_DELAY - REACH - HALF_WINDOW)
        out = np.concatenate((self._out, *hops), axis=1)
        self._out = out[:, len(mic) :]
        clean, words = out[:, : len(mic)]
        return clean, words

    def _hop(self, at: Samples) -> Clip:
        """Return one hop without the coach, both ways."""
        heard = self._mic.read(at, HOP)
        played = self._played(at, HOP)
        self._shift += self._drift.rate * HOP
        still = float(np.abs(played).max()) * FULL_SCALE < _SILENCE_AMPLITUDE
        self._quiet = self._quiet + 1 if still else 0
        mic, far = to_signal(heard), flattened(played, self._drive.drive)
        if float(far @ far) > HOP * _MIN_AUDIBLE_POWER:
            self._audible_until = at + (_RINGS if self._finder.found is not None else MAX_DELAY)
        if self._quiet >= _ROOM_SILENT_AFTER:
            self._suppressor.rest(mic)
            self._note(mic, mic, 0.0, at)
            return np.stack((heard, heard))
        if self._finder.found is not None and not heard.any():
            return self._deaf(far, at)
        left, echo = self._filter.step(mic, far)
        both = self._suppressor.step(left, echo, self._filter.doubted, last=self._quiet == _ROOM_SILENT_AFTER - 1)
        if at < self._audible_until and self._trust.note(mic, left, echo):
            self._filter.doubt()
            self._drift.jumped()
            self.gate.doubt(at - _NOTICED_WITHIN)
        self._note(mic, both[0], float(echo @ echo), at)
        if (at - self._began) % ESTIMATE_EVERY == 0:
            self._look(at + HOP)
            self._shape(at + HOP)
        return to_clip(both)

    def _deaf(self, far: Signal, at: Samples) -> Clip:
        """Return silence where the microphone was silent, muted or cut off: there is no echo to subtract."""
        nothing = silence(HOP)
        self._filter.follow(far)
        self._suppressor.rest(to_signal(nothing))
        self._note(to_signal(nothing), to_signal(nothing), 0.0, at)
        return np.stack((nothing, nothing))

    def _note(self, mic: Signal, left: Signal, echo: float, at: Samples) -> None:
        blind = self._trust.blind(found=self._finder.found is not None)
        self.gate.add(mic, left, echo, audible=at < self._audible_until, blind=blind)

    def _played(self, at: Samples, length: Samples) -> Signal:
        """Return the played sound that belongs to what was heard from `at` on."""
        place = at - self._offset - self._shift
        if place + HALF_WINDOW > at or self._shift == 0:  # there is nothing behind it yet
            return to_signal(self._far.read(min(round(place), at), length))
        whole = math.floor(place)
        return between(self._far.read(whole - HALF_WINDOW + 1, length + 2 * HALF_WINDOW - 1), place - whole)

    def _look(self, now: Samples) -> None:
        """Check whether the delay has changed."""
        known = self._finder.found
        mic, far = self._mic.read(now - SPAN, SPAN), self._far.read(now - SPAN - MAX_DELAY, SPAN + MAX_DELAY)
        if not self._finder.look(to_signal(mic), to_signal(far)):
            return
        found = self._finder.found
        assert found is not None
        if known is not None and abs(found - known) > _JITTER:
            self._drift.jumped()
            self._offset = max(0, self._offset + found - known)  # the room is the same, so what was learnt still holds
            self._filter.doubt()
            self._trust.restart()
            self.gate.doubt(now - SPAN - _NOTICED_WITHIN)
        self._drift.note(now, self._finder.exact)
        if not self._reaches(found):
            self._move(found)
        if known is None:
            came_from = self._far.read(now - SPAN - found, SPAN)
            self._filter.doubt(rms(mic) ** 2 / max(rms(came_from), 1e-3) ** 2)

    def _shape(self, now: Samples) -> None:
        """Estimate how the loudspeaker flattens its input."""
        if self._finder.found is None:
            return
        mic = self._mic.read(now - STRETCH, STRETCH)
        far = self._played(now - STRETCH - REACH, STRETCH + REACH)
        scale = self._drive.look(to_signal(mic), far, self._filter.response)
        if scale is not None:
            self._filter.scale(scale)

    def _reaches(self, delay: Samples) -> bool:
        """Tell whether the filter covers an echo with this delay."""
        return 0 <= delay - self._offset - self._shift <= _LEAD + _MAX_LATER

    def _move(self, delay: Samples) -> None:
        self._offset = max(0, delay - _LEAD)
        self._shift = 0.0
        self._filter.forget()
        self._trust.restart()


class Tape:
    """The latest samples of a stream, by their instants."""

    def __init__(self, start: Samples) -> None:
        """Be empty; the first sample will be at `start`."""
        self.end = start
        self._room = silence(0)
        self._kept = self._room  # the part of it that is taken,
        self._free: Samples = 0  # and how much there is behind that

    def put(self, clip: Clip) -> None:
        """Append samples; move the kept ones to the front only when there is no room after them."""
        first = len(self._room) - self._free
        if len(clip) > self._free:
            kept = self._kept
            first = len(kept)
            self._room = silence(2 * (first + len(clip)))
            self._room[:first] = kept
            self._kept = self._room[:first]
        behind = first + len(clip)
        self._room[first:behind] = clip
        self._kept = self._room[behind - len(self._kept) - len(clip) : behind]
        self._free = len(self._room) - behind
        self.end += len(clip)

    def drop(self, before: Samples) -> None:
        """Forget what is older."""
        self._kept = self._kept[max(0, before - (self.end - len(self._kept))) :]

    def read(self, start: Samples, length: Samples) -> Clip:
        """Return what was there from `start` on; silence where nothing is kept, or nothing was yet."""
        clip = silence(length)
        first = self.end - len(self._kept)
        low, high = max(start, first), min(start + length, self.end)
        if low < high:
            clip[low - start : high - start] = self._kept[low - first : high - first]
        return clip
