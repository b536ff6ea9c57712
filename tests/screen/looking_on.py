"""A session that is typed, without sound, and somebody who looks on at it."""

from collections.abc import Callable
from typing import Self

import numpy as np

from voice_coach.app.onlooker import Onlooker
from voice_coach.app.publish import pass_on_news, shown
from voice_coach.app.run_session import looked_at
from voice_coach.audio.live import DeviceNews
from voice_coach.audio.pcm import Clip, silence
from voice_coach.cli.console import Terminal
from voice_coach.coach import Coach, MemoryJournal
from voice_coach.config.engines import session_grammar
from voice_coach.config.settings import Settings
from voice_coach.event_log import EventLog
from voice_coach.exercise.load import load_exercise
from voice_coach.screen.follower import Follower, View
from voice_coach.screen.json_lines import JsonLines
from voice_coach.screen.scene import Scene
from voice_coach.session.states import Asking, Instructing, State
from voice_coach.testing import ANSWERS
from voice_coach.text import SilentVoice, Subtitles, TypedHearing
from voice_coach.timebase import BLOCK, RATE, Samples

MINUTES = 20
"""Of a session's clock: what doesn't come within them is a failure."""


class Gallery:
    """A view that keeps all that it is to draw, and on which somebody may press Stop."""

    def __init__(self) -> None:
        self.scenes: list[Scene] = []
        self.pressed = False

    def draw(self, scene: Scene) -> None:
        self.scenes.append(scene)

    def take_stop(self) -> bool:
        pressed, self.pressed = self.pressed, False
        return pressed


class LookedAt:
    """A session of the usual exercise, of a person with whom all goes well unless they are told otherwise."""

    def __init__(self, *views: View, lines: JsonLines | None = None) -> None:
        self.gallery = Gallery()
        console = lines or Terminal()
        self.follower = Follower(console, [self.gallery, *views], captions=lines is not None)
        onlookers: list[Onlooker] = [self.follower, *([lines] if lines else [])]
        exercise = load_exercise("flexion_rotation")
        self.log = EventLog()
        for one in onlookers:
            one.begin(exercise, Settings())
        self.hearing = TypedHearing(session_grammar("en"))
        self.coach = Coach(
            exercise,
            voice=SilentVoice(),
            hearing=self.hearing,
            journal=MemoryJournal(),
            watch=[*(one.watch for one in onlookers), shown(self.follower), self.log],
        )
        self._advance = looked_at(Subtitles(self.coach, self.follower.show).advance, self.coach, onlookers)
        self.microphone: Callable[[Samples], Clip] = silence

    @property
    def scene(self) -> Scene:
        """What was drawn last."""
        return self.gallery.scenes[-1]

    def waits(self, seconds: float) -> Self:
        for _ in range(round(seconds * RATE) // BLOCK):
            self._advance(self.microphone(BLOCK))
        return self

    def says(self, text: str) -> Self:
        self.hearing.type(text)
        return self.waits(BLOCK / RATE)

    def hears_of(self, news: DeviceNews) -> Self:
        pass_on_news(self.coach, news, self.follower)
        return self.waits(BLOCK / RATE)

    def until(self, where: Callable[[State], bool]) -> Self:
        """Answer, and let time pass, until the state is this one."""
        answered: State | None = None
        while not where(self.coach.state):
            state = self.coach.state
            assert self.coach.now < MINUTES * 60 * RATE, "it did not come"
            if isinstance(state, Asking | Instructing) and not state.token and state is not answered:
                self.hearing.type("ready" if isinstance(state, Instructing) else ANSWERS[state.question.name])
                answered = state
            self._advance(silence(BLOCK))
        return self


def tone(length: Samples, loudest: int = 8000) -> Clip:
    """Return a square wave of this amplitude."""
    return np.resize(np.array([loudest, -loudest], np.int16), length)
