"""A trial of microphone and speaker: some silence, a chirp, some sentences, and a word from the user."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final, Literal

import numpy as np

from voice_coach.audio.pcm import FADE, Clip, fade, silence, to_clip
from voice_coach.hear.echo.canceller import EchoCanceller
from voice_coach.hear.echo.delay_estimator import MAX_DELAY
from voice_coach.hear.echo.prompt_words import Spoken
from voice_coach.timebase import RATE, Samples, samples

SENTENCES: Final = (
    "I'll try the microphone and the speaker.",
    "I'll talk for a bit, and listen to my own voice.",
    "That tells me how I sound in this room.",
    "Then I can ignore my own voice, and hear just you.",
)
"""Said while the echo is measured: contains no command (V13)."""

_CANCELS: Final[Samples] = 512
"""Samples that the canceller gets at a time, as in a session."""

REQUEST: Final = "Please say yes."

ANSWER: Final = "yes"
"""The intent that is waited for."""

QUIET: Final[Samples] = samples(2.5)
"""Of this the first half second does not count: microphones wake up with a click."""

WAKES: Final[Samples] = samples(0.5)

CHIRP: Final[Samples] = samples(0.5)
"""Long enough to stand out of noise as loud as itself."""

_FROM, _TO = 300.0, 4000.0
"""Hertz: what small loudspeakers and telephones' microphones have in common."""

_AMPLITUDE: Final = 0.15
"""Full scale is 1.0; about as loud as speech."""

PAUSE: Final[Samples] = samples(0.4)
"""Between two sentences."""

REPLY: Final[Samples] = samples(4)
"""For the user's word."""

Part = Literal["quiet", "chirp", "speech", "request", "reply"]


@dataclass(frozen=True, slots=True)
class Take:
    """The sound played and heard; both clips have the same length and begin at the same instant."""

    mic: Clip
    played: Clip
    parts: dict[Part, slice]
    spoken: tuple[Spoken, ...] = ()
    """The sentences of it."""

    def heard(self, part: Part) -> Clip:
        """Return what was heard in a part, and in the second after it: echoes come late."""
        place = self.parts[part]
        return self.mic[place.start : place.stop + MAX_DELAY]

    def said(self, part: Part) -> Clip:
        """Return what was played in a part."""
        return self.played[self.parts[part]]


class Trial:
    """Microphone blocks in, speaker blocks out, until all has been played and heard."""

    def __init__(self, sentences: list[Clip], request: Clip) -> None:
        """Take the clips of `SENTENCES` and `REQUEST`."""
        speech = [part for clip in sentences for part in (clip, silence(PAUSE))]
        sounds: dict[Part, list[Clip]] = {
            "quiet": [silence(QUIET)],
            "chirp": [chirp(), silence(MAX_DELAY)],
            "speech": [*speech, silence(MAX_DELAY)],
            "request": [request],
            "reply": [silence(REPLY)],
        }
        clips = {part: np.concatenate(sound) for part, sound in sounds.items()}
        ends = accumulate((len(clip) for clip in clips.values()), initial=0)
        self._parts = {part: slice(*span) for part, span in zip(clips, pairwise(ends), strict=True)}
        self._parts["quiet"] = slice(WAKES, QUIET)
        self._played = np.concatenate(list(clips.values()))
        self._spoken = tuple(self._place(sentences, request))
        self._heard: list[Clip] = []
        self._now: Samples = 0
        self.trouble = ""
        """Why it was broken off; to be set by whoever learns of it."""

    def _place(self, sentences: list[Clip], request: Clip) -> Iterator[Spoken]:
        """Yield each sentence at its place."""
        at = self._parts["speech"].start
        for text, clip in zip(SENTENCES, sentences, strict=True):
            yield Spoken(text, at, at + len(clip), at + len(clip))
            at += len(clip) + PAUSE
        asked = self._parts["request"]
        yield Spoken(REQUEST, asked.start, asked.start + len(request), asked.stop)

    @property
    def done(self) -> bool:
        """True once it is over."""
        return bool(self.trouble) or self._now >= len(self._played)

    @property
    def spoken(self) -> tuple[Spoken, ...]:
        """Its sentences, each at its place from the trial's beginning."""
        return self._spoken

    @property
    def length(self) -> Samples:
        """How long it takes."""
        return len(self._played)

    def advance(self, mic: Clip) -> Clip:
        """Take the next block of the microphone and return the speaker's."""
        self._heard.append(mic)
        block = self._played[self._now : self._now + len(mic)]
        self._now += len(mic)
        return np.concatenate((block, silence(len(mic) - len(block))))

    def take(self) -> Take:
        """Return what came of it, once it is over."""
        heard = np.concatenate([*self._heard, silence(0)])[: self.length]
        return Take(np.concatenate((heard, silence(self.length - len(heard)))), self._played, self._parts, self._spoken)


def without_echo(take: Take) -> Clip:
    """Return what our canceller leaves of what was heard; as long."""
    canceller = EchoCanceller(multiple=_CANCELS)
    length = -(-len(take.mic) // _CANCELS) * _CANCELS
    mic, played = (np.concatenate((clip, silence(length - len(clip)))) for clip in (take.mic, take.played))
    starts = range(0, length, _CANCELS)
    parts = [canceller.process(mic[at : at + _CANCELS], played[at : at + _CANCELS]) for at in starts]
    return np.concatenate(parts)[: len(take.mic)]


def chirp() -> Clip:
    """Return a tone that rises from 300 to 4000 Hz within half a second."""
    time = np.arange(CHIRP) / RATE
    rate = (_TO - _FROM) / (CHIRP / RATE)
    tone = _AMPLITUDE * np.sin(2 * np.pi * (_FROM * time + rate / 2 * time**2))
    return fade(to_clip(tone.astype(np.float32)), head=FADE, tail=FADE)
