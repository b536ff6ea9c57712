"""A standby that a test talks with: the clock on the wall and the samples go on together, unless the test moves one."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from voice_coach.actions import Say
from voice_coach.dialogue.emergency import Staying
from voice_coach.events import Intent, NotRecognized, Played, Woke
from voice_coach.standby import machine
from voice_coach.standby.build import prompts_of
from voice_coach.standby.events import (
    Action,
    Event,
    Forget,
    Forgotten,
    Keep,
    Look,
    Looked,
    Pressed,
    SessionOver,
    Ticked,
)
from voice_coach.standby.runner import CLOCK_EVERY
from voice_coach.standby.settings import Reminders
from voice_coach.standby.states import NOTHING, Asking, Day, Memory, State, Telling
from voice_coach.timebase import samples, seconds

BERLIN = ZoneInfo("Europe/Berlin")
PROMPTS = prompts_of("en")
USUAL = Reminders()
IDLE = Day()
SPEECH = samples(3)
"""How long whatever is said takes."""


def clock(text: str, *, day: int = 6, month: int = 5) -> datetime:
    """Return a time of day in Berlin, such as "08:59"."""
    hour, minute = text.split(":")
    return datetime(2030, month, day, int(hour), int(minute), tzinfo=BERLIN)


class Waiting:
    """Feeds events to `step`, answers `Look` from `day`, and lets what is said end."""

    def __init__(
        self,
        at: str = "08:00",
        *,
        reminders: Reminders = USUAL,
        memory: Memory = NOTHING,
        day: Day = IDLE,
        voices: tuple[str, ...] = (),
    ) -> None:
        """Start it at this time of day."""
        self.wall = clock(at)
        self.now = 0
        self.day = day
        self.kept = memory
        self.forgotten = 0
        self.trouble = ""
        self.actions: list[Action] = []
        self.state: State
        self.state, actions = machine.start(reminders, PROMPTS, memory, voices=voices)
        self._do(actions)

    @property
    def said(self) -> list[str]:
        """All sentences so far."""
        return [line.text for action in self.actions if isinstance(action, Say) for line in action.lines]

    def take(self, event: Event) -> "Waiting":
        """Hand it an event of this moment."""
        self.state, actions = machine.step(self.state, replace(event, at=self.now))
        self._do(actions)
        return self

    def until(self, text: str) -> "Waiting":
        """Let the time pass until the clock on the wall shows this time of day, today or tomorrow."""
        aim = self.wall.replace(hour=clock(text).hour, minute=clock(text).minute, second=0)
        return self.lasts((aim - self.wall) % timedelta(days=1))

    def lasts(self, length: timedelta) -> "Waiting":
        """Let the time pass, on both clocks."""
        for _ in range(round(length.total_seconds() / seconds(CLOCK_EVERY))):
            self.tick(timedelta(seconds=seconds(CLOCK_EVERY)))
        return self

    def tick(self, passed: timedelta) -> "Waiting":
        """Let five seconds of sound pass while the clock on the wall moves by this, as it does in this place."""
        self.now += CLOCK_EVERY
        while self.state.wake_at is not None and self.state.wake_at <= self.now:
            self.state, actions = machine.step(self.state, Woke(self.state.wake_at))
            self._do(actions)
        self.wall = (self.wall.astimezone(ZoneInfo("UTC")) + passed).astimezone(BERLIN)
        offset = self.wall.utcoffset()
        assert offset is not None
        return self.take(Ticked(0, self.wall.astimezone(timezone(offset))))  # as the system tells it

    def hears(self, name: str, text: str = "", *, also: Iterable[str] = (), ask: bool = False) -> "Waiting":
        """Understand something."""
        return self.take(Intent(0, name, text or name, also=tuple(also), ask=ask))

    def mumbles(self) -> "Waiting":
        """Understand nothing of what was said."""
        return self.take(NotRecognized(0))

    def press(self) -> "Waiting":
        """Press the button."""
        return self.take(Pressed(0))

    def comes_back(self, *, held: bool = True, pace: int | None = None, voice: str = "") -> "Waiting":
        """Let the session be over, with the pace and the voice that it has kept."""
        return self.take(SessionOver(0, held, pace, voice))

    def finishes(self) -> "Waiting":
        """Let all that is being said be said to its end."""
        while isinstance(self.state, Asking | Telling | Staying) and self.state.token:
            self.now += SPEECH
            self.take(Played(0, self.state.facts.token))
        return self

    def _do(self, actions: Iterable[Action]) -> None:
        for action in actions:
            self.actions.append(action)
            if isinstance(action, Keep):
                self.kept = action.memory
            if isinstance(action, Look):
                self.take(Looked(0, self.day))
            if isinstance(action, Forget):
                self.forgotten += 1
                self.take(Forgotten(0, self.trouble))
