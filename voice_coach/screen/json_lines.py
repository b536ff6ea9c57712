"""A session as lines for programs, one JSON object each, as things happen; docs/command-line.md has the table.

Each has `type` and `t`, the seconds into the session.
"""

from collections.abc import Callable
from typing import Any, Final

import msgspec

from voice_coach.actions import Action, Finish
from voice_coach.app.console import Console
from voice_coach.audio.pcm import Clip
from voice_coach.coach import Coach
from voice_coach.config.settings import Settings
from voice_coach.events import Event, Intent
from voice_coach.exercise.model import Exercise
from voice_coach.exercise.plan import total
from voice_coach.screen.follower import level_of, peak_of
from voice_coach.screen.scene import Moment, heard, moment_of
from voice_coach.timebase import RATE, Samples, seconds

LEVEL_EVERY: Final[Samples] = RATE
"""Between two lines on the microphone."""


class JsonLines:
    """The console and the onlooker of a session that a program follows."""

    def __init__(self, console: Console, write: Callable[[str], None]) -> None:
        """Take who is told of what is wrong, as ever, and where the lines go."""
        self._console = console
        self._write = write
        self._now: Samples = 0
        self._speaks = False
        self._moment = Moment(doing="")
        self._peak = 0
        self._level_at: Samples = LEVEL_EVERY

    # The console.

    def show(self, text: str) -> None:
        """Write what the coach says; outside of a session it is another dialogue's, or what came of it."""
        self._line("said" if self._speaks else "shown", text=text)

    def note(self, text: str) -> None:
        """Write a line that nobody says."""
        self._line("note", text=text)
        self._console.note(text)

    def warn(self, text: str) -> None:
        """Write what is wrong."""
        self._line("warning", text=text)
        self._console.warn(text)

    def read(self) -> str | None:
        """Return a typed line."""
        return self._console.read()

    # The onlooker.

    def begin(self, exercise: Exercise, settings: Settings) -> None:
        """Write which session begins."""
        self._now, self._level_at, self._speaks = 0, LEVEL_EVERY, True
        self._line(
            "session", exercise=exercise.id, name=exercise.name, repetitions=total(exercise),
            profile=settings.profile.name,
        )  # fmt: skip

    def watch(self, at: Samples, item: Event | Action) -> None:
        """Write what was heard, and that it is over."""
        self._now = max(self._now, at)
        if isinstance(item, Finish):
            self._line("over", outcome=item.outcome)
            return
        if (one := heard(item)) is not None:
            intent = item.name if isinstance(item, Intent) else None
            self._line("heard", words=one.words, certainty=one.certainty, meaning=one.meaning or None, intent=intent)

    def turned(self, coach: Coach, mic: Clip) -> None:
        """Write where it stands when that has changed, and the level once a second."""
        self._now = coach.now
        self._peak = max(self._peak, peak_of(mic))
        moment = moment_of(coach.state, coach.now)
        where = (moment.doing, moment.part, moment.place, moment.grave)
        if where != (self._moment.doing, self._moment.part, self._moment.place, self._moment.grave):
            left = None if moment.left is None else round(seconds(moment.left), 2)
            self._line(
                "moment", doing=moment.doing, part=moment.part, place=moment.place, left=left, grave=moment.grave,
                done=coach.state.facts.progress.repetitions,
            )  # fmt: skip
            self._moment = moment
        if coach.now >= self._level_at:
            self._line("level", level=round(level_of(self._peak), 2))
            self._peak, self._level_at = 0, coach.now + LEVEL_EVERY
        self._speaks = not coach.done

    def _line(self, kind: str, **values: Any) -> None:  # noqa: ANN401 -- what JSON knows
        row = {"t": round(seconds(self._now), 3), "type": kind, **values}
        self._write(msgspec.json.encode(row).decode())
