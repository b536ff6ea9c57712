"""Tries each way of calling for help, a few times, off the audio path."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from voice_coach.actions import CallForHelp
from voice_coach.events import HelpCalled
from voice_coach.help_calls.ways import Message, Way
from voice_coach.timebase import Samples, samples
from voice_coach.workers.thread import Background

MAX_ATTEMPTS: Final = 3
"""So often each way is tried for one call."""

RETRY_AFTER: Final = samples(10)
"""From a failed attempt to the next one."""


@dataclass
class _Line:
    """One way, and where it has come to."""

    way: Way
    jobs: Background[None]
    attempts: int = 0
    """Of the call that is under way."""
    message: Message | None = None
    due: Samples | None = None
    """When it is tried again; None: it is being tried, or nothing is."""


class Caller:
    """Calls for help by all ways at the same time, each on a thread of its own.

    It does nothing before `call`. What fails is tried again after ten seconds of the session's clock, three times in
    all; never once it is closed.
    """

    def __init__(
        self, ways: Iterable[Way], *, profile: str, now: Callable[[], datetime], at_once: bool = False
    ) -> None:
        """Take the ways, none of which is touched yet.

        Args:
            ways: what is tried.
            profile: whose session it is.
            now: the time of day with its offset, for the message.
            at_once: whether a sign of an emergency is enough.
        """
        self.at_once = at_once
        self._profile = profile
        self._now = now
        self._lines = [_Line(way, Background(f"help by {way.name}")) for way in ways]

    @property
    def ways(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(line.way.name for line in self._lines)

    def call(self, call: CallForHelp) -> None:
        """Begin to call by each way; never blocks."""
        message = Message(
            time=self._now().isoformat(timespec="seconds"),
            profile=self._profile,
            words=call.words,
            reason=call.by,
            test=call.test,
        )
        for line in self._lines:
            line.message, line.attempts = message, 0
            self._try(line)

    def poll(self, at: Samples) -> list[HelpCalled]:
        """Return what has come of attempts since the last call, and begin those that are due again at sample `at`."""
        found = []
        for line in self._lines:
            for done in line.jobs.poll():
                again = done is not None and line.attempts < MAX_ATTEMPTS
                line.due = at + RETRY_AFTER if again else None
                error = "" if done is None else str(done) or type(done).__name__
                found.append(HelpCalled(at, line.way.name, error, again))
            if line.due is not None and at >= line.due:
                self._try(line)
        return found

    def catch_up(self) -> None:
        """Wait until each attempt that is under way has come to its end."""
        for line in self._lines:
            line.jobs.catch_up()

    def close(self) -> None:
        """Wait for the attempts that are under way, each limited by its way, and stop calling; may be called twice."""
        for line in self._lines:
            line.jobs.close()
            line.way.close()

    def _try(self, line: _Line) -> None:
        message, line.due = line.message, None
        assert message is not None, "there is a message once somebody has called"
        line.attempts += 1
        line.jobs.submit(lambda: line.way.call(message))

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()
