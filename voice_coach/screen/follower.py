"""Follows a session and hands its scenes to the views: on the thread that carries the sound, so nothing here waits."""

from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from math import log10
from typing import Final, Protocol

import numpy as np

from voice_coach.actions import Action
from voice_coach.app.console import Console
from voice_coach.audio.pcm import Clip
from voice_coach.coach import Coach
from voice_coach.config.settings import Settings
from voice_coach.events import Event, VoiceStarted, VoiceStopped
from voice_coach.exercise.model import Exercise
from voice_coach.files.profiles import FIRST
from voice_coach.screen.scene import Scene, heard, moment_of, title
from voice_coach.timebase import Samples, samples

MAX_SAID: Final = 12
"""Sentences of the coach that are kept; a terminal shows as many of them as there is room for."""
MAX_HEARD: Final = 4
MAX_NEWS: Final = 3

NOTE_STAYS: Final = samples(15)
WARNING_STAYS: Final = samples(60)
"""Both by the session's clock, which all but stands still while the sound is gone: so that stays to be read."""

REDRAW_EVERY: Final = samples(0.2)
"""Between two scenes where nothing happens but that time passes."""

QUIETEST: Final = -60.0
"""Decibels below full scale at which the microphone's level is shown as none."""
FALL: Final = 0.1
"""How far the level falls from one scene to the next at most: what falls at once can't be read."""

_FULL_SCALE: Final = 32768


class View(Protocol):
    """Draws scenes. It is called on the thread that carries the sound, so it may not wait."""

    def draw(self, scene: Scene) -> None:
        """Show this, from now on."""

    def take_stop(self) -> bool:
        """Return whether somebody has pressed Stop since the last call."""


class Follower:
    """The console and the onlooker of a session that is shown by views."""

    def __init__(self, console: Console, views: Sequence[View], *, captions: bool = True) -> None:
        """Take where each line goes too, and who draws; `captions`: what the coach says is written there as well."""
        self.scene = Scene()
        self._captions = captions
        self._console = console
        self._views = views
        self._said: deque[str] = deque(maxlen=MAX_SAID)
        self._level = 0.0
        self._peak = 0
        self._next: Samples = 0
        self._news_until: Samples = 0
        self._dirty = True

    # The console.

    def show(self, text: str) -> None:
        """Take what the coach says, and what came of the session."""
        if self._captions or self.scene.over:
            self._console.show(text)
        if self.scene.over:
            return
        self._said.append(text)
        self._change(replace(self.scene, said=tuple(self._said), sentences=self.scene.sentences + 1, speaking=True))

    def note(self, text: str) -> None:
        """Take a line that nobody says."""
        self._console.note(text)
        self._add_news(text, NOTE_STAYS)

    def warn(self, text: str) -> None:
        """Take what is wrong."""
        self._console.warn(text)
        self._add_news(text, WARNING_STAYS)

    def read(self) -> str | None:
        """Return a typed line."""
        return self._console.read()

    # The onlooker.

    def begin(self, exercise: Exercise, settings: Settings) -> None:
        """Begin a scene of this exercise."""
        person = "" if settings.profile == FIRST else settings.profile.name
        self._next, self._news_until = 0, WARNING_STAYS
        before = self.scene
        self._change(
            Scene(
                exercise=title(exercise), person=person, said=before.said, sentences=before.sentences, news=before.news
            )
        )  # fmt: skip
        self._draw()

    def watch(self, _at: Samples, item: Event | Action) -> None:
        """See what was heard."""
        match item:
            case VoiceStarted():
                self._change(replace(self.scene, talking=True))
            case VoiceStopped():
                self._change(replace(self.scene, talking=False))
            case _ if (one := heard(item)) is not None:
                self._change(replace(self.scene, heard=(*self.scene.heard, one)[-MAX_HEARD:]))
            case _:
                pass

    def turned(self, coach: Coach, mic: Clip) -> None:
        """Look at the coach; draw where something has happened, or it is time. Stop, where somebody pressed it."""
        for view in self._views:
            if view.take_stop():
                coach.stop_pressed()
        self._peak = max(self._peak, peak_of(mic))
        if not (self._dirty or coach.now >= self._next or coach.done):
            return
        self._level = max(level_of(self._peak), self._level - FALL)
        self._peak, self._next, self._dirty = 0, coach.now + REDRAW_EVERY, False
        self.scene = replace(
            self.scene,
            at=coach.now,
            moment=moment_of(coach.state, coach.now),
            speaking=coach.saying is not None,
            level=round(self._level, 2),
            news=self.scene.news if coach.now < self._news_until else (),
            over=coach.done,
        )
        self._draw()

    def _add_news(self, text: str, stays: Samples) -> None:
        self._news_until = self.scene.at + stays
        self._change(replace(self.scene, news=(*self.scene.news, text)[-MAX_NEWS:]))

    def _change(self, scene: Scene) -> None:
        self.scene, self._dirty = scene, True
        if scene.over or not scene.exercise:  # nothing turns before and after a session
            self._draw()

    def _draw(self) -> None:
        for view in self._views:
            view.draw(self.scene)


def peak_of(clip: Clip) -> int:
    """Return the largest amplitude of some samples; 0 of none."""
    return int(np.abs(clip.astype(np.int32)).max(initial=0))


def level_of(peak: int) -> float:
    """Return how loud the loudest of some samples is: 0, at `QUIETEST` or below, to 1, at full scale."""
    decibels = 20 * log10(max(peak, 1) / _FULL_SCALE)
    return min(max(1 - decibels / QUIETEST, 0.0), 1.0)
