"""The player: a queue of speech, and a lane of sounds that begin at exactly their sample.

Block boundaries change nothing: what is said, played, cut and reported depends on time alone.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from voice_coach.actions import DEFAULT_PACE, DEFAULT_VOLUME, VOLUMES, Earcon, Line
from voice_coach.audio.pcm import Clip, silence, to_clip
from voice_coach.events import Played
from voice_coach.speak.changeable_voice import MAX_OPENING, ChangeableVoice
from voice_coach.speak.mixer import RAMP, RISE, Loudness, Sounding
from voice_coach.speak.speech_queue import PAUSE_AFTER_CUT, SpeechQueue, sounding_of
from voice_coach.speak.voice import Voice
from voice_coach.timebase import Samples

VOLUME_STEP: Final = 4.0
"""Decibels between two levels of volume; at `DEFAULT_VOLUME` clips are played as they are."""

DUCKING: Final = -12.0
"""Decibels by which the coach is quieter while it is ducked."""


@dataclass(frozen=True, slots=True)
class Caption:
    """A line that sounded, and when."""

    start: Samples
    end: Samples
    sound: Line | Earcon
    missing: bool = False
    """The line was not available; the `problem` earcon was played instead."""


class Player:
    """Lines and earcons in, blocks out."""

    def __init__(self, voice: Voice, *, volume: int = DEFAULT_VOLUME, pace: int = DEFAULT_PACE) -> None:
        """Play what `voice` gives, at a level of 1 to 7 and a pace of 1 to 5."""
        self._voice = voice
        self._speech = SpeechQueue(voice, pace)
        self._scheduled: list[tuple[Samples, Line | Earcon]] = []
        self._lane: list[Sounding] = []
        self._captions: list[Caption] = []
        self._spoken: dict[Samples, Sounding] = {}
        self._now: Samples = 0
        self._volume = volume
        self._ducked = False
        self._ducked_at: Samples | None = None
        self._loudness = Loudness(self._gain())
        self._changed_by: Samples | None = None

    @property
    def saying(self) -> Line | None:
        """The line that sounds at the end of the last block, the one begun last if there are two; None: no line."""
        sounds = [*self._lane, self._speech.sounding]
        spoken = [one for one in sounds if one and isinstance(one.sound, Line) and one.cut is None and not one.missing]
        heard = [one for one in spoken if (one.again or one.start < self._now) and self._now < one.end]
        latest = max(heard, key=lambda one: one.start, default=None)
        return latest.sound if latest and isinstance(latest.sound, Line) else None

    @property
    def busy(self) -> bool:
        """True if anything sounds or is going to."""
        return bool(self._speech.busy or self._scheduled or self._lane)

    def say(self, lines: tuple[Line, ...], token: int) -> None:
        """Queue the lines after what is being said, a pause apart; a `Played` with this token follows."""
        self._voice.prepare(lines)
        self._speech.add(lines, token)

    def play(self, sound: Line | Earcon, at: Samples) -> None:
        """Let the sound begin at sample `at`, or at the next block's first if that is past.

        A line cuts an older one of this lane off; earcons sound on top of everything.
        """
        if isinstance(sound, Line):
            self._voice.clip(sound)  # not to be heard yet: it becomes urgent
        self._scheduled.append((max(at, self._now), sound))
        self._scheduled.sort(key=lambda due: due[0])  # stable: equal instants keep their order

    def hush(self) -> None:
        """Fade out within 5 ms of the next block and forget all that was going to sound; no `Played` follows.

        Where a line was cut off, the next one begins a breath later. What sounds from now on is no longer ducked.
        """
        cut = self._speech.sounding or any(isinstance(sounding.sound, Line) for sounding in self._lane)
        if said := self._speech.clear(self._now + PAUSE_AFTER_CUT if cut else 0):
            self._lane.append(said)
        self._scheduled.clear()
        for sounding in self._lane:
            sounding.stop(self._now)
        self._ducked, self._ducked_at = False, None
        self._loudness.change(self._gain(), self._now, RAMP)

    def set_volume(self, level: int) -> None:
        """Glide to this level, 1 to 7, 4 dB apart; a level beyond is the nearest."""
        self._volume = level
        self._loudness.change(self._gain(), self._now)

    def set_pace(self, pace: int) -> None:
        """Set the length of the pauses between lines, 1 (shortest) to 5, from the next pause on."""
        self._speech.pace = pace

    def set_voice(self, name: str) -> None:
        """Speak with this voice from the next line on, where the voice can be changed."""
        if isinstance(self._voice, ChangeableVoice):
            self._voice.change(name)
            self._changed_by = self._now + MAX_OPENING

    @property
    def ducked(self) -> bool:
        """True if it is quieter than its volume."""
        return self._ducked

    def duck(self, *, on: bool) -> None:
        """Be 12 dB quieter within 20 ms, or no longer within 0.2 s: while the user seems to be speaking."""
        if on and not self._ducked:
            self._ducked_at = self._now
        self._ducked = on
        self._loudness.change(self._gain(), self._now, RAMP if on else RISE)

    def say_again(self, since: Samples) -> None:
        """Go on, a breath from now, from the beginning of the phrase over which the player was ducked; once for each.

        Nothing happens where it was not ducked at `since` or later, where all has been said, and where a line is to
        sound at a sample of its own: counting waits for nobody.
        """
        bound = any(isinstance(sound, Line) for _, sound in self._scheduled)
        counting = any(isinstance(one.sound, Line) and one.cut is None for one in self._lane)
        if self._ducked_at is None or self._ducked_at < since or bound or counting:
            return
        if cut := self._speech.again(self._ducked_at, self._now):
            cut.stop(self._now)
            self._lane.append(cut)
        self._ducked_at = None
        self.duck(on=False)

    def next_block(self, at: Samples, length: int) -> Clip:
        """Return the samples from `at` to `at + length`; blocks follow one another."""
        self._voice.prepare(())  # lets clips that have become ready in
        if self._changed_by is not None and at >= self._changed_by and isinstance(self._voice, ChangeableVoice):
            self._voice.go_on()
            self._changed_by = None
        end = at + length
        self._now = at
        self._start_scheduled(end)
        sounds = [*self._speech.advance(at, end), *self._lane]
        if not sounds:
            self._now = end
            return silence(length)
        block = np.zeros(length, np.float32)
        for sounding in sounds:
            sounding.add_to(block, at)
            if isinstance(sounding.sound, Line) and not sounding.missing:
                self._spoken[sounding.begin] = sounding
        self._lane = [sounding for sounding in self._lane if sounding.end > end]
        over = [sounding for sounding in sounds if sounding.begin < sounding.end <= end]
        ended = sorted(over, key=lambda sounding: sounding.end)
        self._captions += [Caption(one.begin, one.end, one.sound, missing=one.missing) for one in ended]
        self._now = end
        return to_clip(self._loudness.apply(block, at))

    def take_played(self) -> list[Played]:
        """Return what has been said to its end since the last call; `at` is the instant after its last sample."""
        played, self._speech.played = self._speech.played, []
        return played

    def take_captions(self) -> list[Caption]:
        """Return what has ended since the last call, in the order of the ends; also what was cut off."""
        captions, self._captions = self._captions, []
        return captions

    def take_spoken(self) -> list[Sounding]:
        """Return the lines that have sounded since the last call, also if they sound on."""
        spoken, self._spoken = self._spoken, {}
        return list(spoken.values())

    def _gain(self) -> float:
        level = min(max(self._volume, VOLUMES[0]), VOLUMES[1])
        decibels = VOLUME_STEP * (level - DEFAULT_VOLUME) + (DUCKING if self._ducked else 0)
        return float(10 ** (decibels / 20))

    def _start_scheduled(self, end: Samples) -> None:
        while self._scheduled and self._scheduled[0][0] < end:
            at, sound = self._scheduled.pop(0)
            if isinstance(sound, Line):
                for older in self._lane:
                    if isinstance(older.sound, Line):
                        older.stop(at)
                self._lane.append(sounding_of(sound, self._voice.clip(sound), at, self._voice))
            else:
                self._lane.append(Sounding(sound, self._voice.earcon(sound), at))
