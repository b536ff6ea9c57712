"""Observers of a session: a screen, a page in a browser, a program that reads lines."""

from typing import Protocol

from voice_coach.actions import Action
from voice_coach.audio.pcm import Clip
from voice_coach.coach import Coach
from voice_coach.config.settings import Settings
from voice_coach.events import Event
from voice_coach.exercise.model import Exercise
from voice_coach.timebase import Samples


class Onlooker(Protocol):
    """Sees each event and action, like the log. Its methods run on the audio thread and must not block.

    What the coach says, and what goes wrong, goes to the session's `Console`.
    """

    def begin(self, exercise: Exercise, settings: Settings) -> None:
        """Take the next session's exercise and settings, before its first event."""

    def watch(self, at: Samples, item: Event | Action) -> None:
        """Take an event or action, in order, with the time at which the coach handled it."""

    def turned(self, coach: Coach, mic: Clip) -> None:
        """Look at the coach after it has taken this microphone block."""
