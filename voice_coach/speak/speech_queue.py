"""The speech queue: lines one after another, with pauses between them. A disturbed line is resumed at a phrase."""

from collections import deque
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from voice_coach.actions import DEFAULT_PACE, Earcon, Line
from voice_coach.audio.pcm import Clip, speech_rms, to_signal
from voice_coach.events import Played
from voice_coach.speak.mixer import Sounding
from voice_coach.speak.voice import Voice
from voice_coach.timebase import Samples, samples

PAUSES_BETWEEN_LINES: Final = tuple(map(samples, (0.3, 0.45, 0.7, 1.0, 1.4)))
"""The pause between two lines, by pace: pauses, not stretched words, make speech slow enough (V4: 0.3 to 0.6 s).

Longer ones are for a person who asks for slower speech.
"""

PAUSE_AFTER_CUT: Final = samples(0.2)
"""The pause after a line that was cut off: without it, "tw-" and "Stop." are heard as one word."""

MAX_RENDERING_WAIT: Final = samples(3)
"""How long to wait for a line that is still being rendered; then an earcon and a caption replace it."""

FRAME: Final[Samples] = samples(0.01)
"""The resolution at which phrases are found."""

MIN_PAUSE_FRAMES: Final = 12
"""Frames of quiet that separate two phrases: longer than the stop before a "p" or a "t"."""

MAX_PAUSE_LOUDNESS: Final = 10 ** (-30 / 20)
"""Fraction of the speech's loudness below which a frame is a pause."""


@dataclass(slots=True)
class _Utterance:
    """The lines of one `say` that have not begun."""

    token: int
    lines: deque[Line]


class SpeechQueue:
    """Lines waiting to be said, and the one that is being said."""

    def __init__(self, voice: Voice, pace: int = DEFAULT_PACE) -> None:
        """Take the clips from `voice`; `pace`: 1 to 5."""
        self._voice = voice
        self.pace = pace
        """1 (shortest pauses) to 5; a change applies from the next pause on."""
        self._waiting: deque[_Utterance] = deque()
        self._said: list[Sounding] = []  # the lines of the first utterance that have begun
        self._free: Samples = 0
        self._waiting_since: Samples | None = None
        self._last: Samples = 0
        self.played: list[Played] = []
        """Lines said to their end, in order; the reader empties it."""
        self.sounding: Sounding | None = None
        """The line that has begun and not ended."""

    @property
    def busy(self) -> bool:
        """True if anything is being said or waiting."""
        return bool(self._waiting)

    def add(self, lines: tuple[Line, ...], token: int) -> None:
        """Append the lines."""
        self._waiting.append(_Utterance(token, deque(lines)))

    def clear(self, free: Samples) -> Sounding | None:
        """Forget everything and return what is sounding, to be faded out. No line begins before `free`."""
        sounding, self.sounding = self.sounding, None
        self._waiting.clear()
        self._said.clear()
        self._free = free
        self._waiting_since = None
        return sounding

    def again(self, since: Samples, at: Samples) -> Sounding | None:
        """Go back, a short pause after `at`, to the phrase that was being said at `since`; return the sound to cut off.

        If `since` was in a pause, it is the phrase before. Nothing happens if the phrase was repeated already, or if
        everything was said.
        """
        disturbed = next((sounding for sounding in self._said if sounding.end > since), None)
        if disturbed is None or disturbed.again or disturbed.missing:
            return None
        position = self._said.index(disturbed)
        later = [sounding.sound for sounding in self._said[position + 1 :] if isinstance(sounding.sound, Line)]
        self._waiting[0].lines.extendleft(reversed(later))
        left_out = phrase_at(disturbed.clip, since - disturbed.start)
        cut, self.sounding = (
            self.sounding,
            replace(disturbed, start=at + PAUSE_AFTER_CUT - left_out, cut=None, left_out=left_out, again=True),
        )
        self._said[position:] = [self.sounding]
        self._waiting_since = None
        return cut

    def advance(self, at: Samples, end: Samples) -> list[Sounding]:
        """Go on from `at` to `end` and return what sounds in between, in order."""
        sounded = []
        while (sounding := self.sounding or self._begin(at, end)) is not None:
            self.sounding = sounding
            sounded.append(sounding)
            if sounding.end > end:
                break
            self._finish(sounding)
        return sounded

    def _begin(self, at: Samples, end: Samples) -> Sounding | None:
        """Return the next line if it begins before `end`."""
        while self._waiting and not self._waiting[0].lines:  # an utterance without lines
            self.played.append(Played(max(at, self._last), self._waiting.popleft().token))
        start = max(at, self._free)
        if not self._waiting or start >= end:
            return None
        line = self._waiting[0].lines[0]
        clip = self._voice.clip(line)
        if clip is None:
            self._waiting_since = start if self._waiting_since is None else self._waiting_since
            start = self._waiting_since + MAX_RENDERING_WAIT
            if start >= end:
                return None
        self._waiting_since = None
        self._waiting[0].lines.popleft()
        self._said.append(sounding_of(line, clip, start, self._voice))
        return self._said[-1]

    def _finish(self, sounding: Sounding) -> None:
        self.sounding = None
        self._last = sounding.end
        self._free = sounding.end + PAUSES_BETWEEN_LINES[self.pace - 1]
        if not self._waiting[0].lines:
            self._said.clear()
            self.played.append(Played(sounding.end, self._waiting.popleft().token))


def sounding_of(line: Line, clip: Clip | None, start: Samples, voice: Voice) -> Sounding:
    """Return a line's sound from `start` on; a line without a clip sounds as the earcon for a problem."""
    if clip is not None and clip.size:
        return Sounding(line, clip, start, words=voice.words(line))
    return Sounding(line, voice.earcon(Earcon.PROBLEM), start, missing=True)


def phrase_at(clip: Clip, position: Samples) -> Samples:
    """Return where the phrase at `position` begins, in samples from the clip's start; in a pause, the one before."""
    return max(start for start in phrases(clip) if start <= max(position, 0))


def phrases(clip: Clip) -> list[Samples]:
    """Return where each phrase begins, in order; the first at 0, each other at a frame within the pause before it."""
    frames = to_signal(clip[: clip.size // FRAME * FRAME]).reshape(-1, FRAME)
    quiet = np.square(frames, dtype=np.float64).mean(axis=1) < (MAX_PAUSE_LOUDNESS * speech_rms(clip)) ** 2
    starts, quiet_frames = [0], 0
    for number, is_quiet in enumerate(quiet):
        if not is_quiet and quiet_frames >= MIN_PAUSE_FRAMES:
            starts.append((number - 1) * FRAME)
        quiet_frames = quiet_frames + 1 if is_quiet else 0
    return starts
