"""Weeks of sessions in a real history, for the tests of what is made of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from voice_coach.history.store import Store
from voice_coach.records import Answered, Ended, RepetitionDone, Session, SessionStart, Stopped
from voice_coach.timebase import RATE

FIRST = datetime(2021, 5, 6, 8, 30, tzinfo=UTC)
TODAY = FIRST.date()


@dataclass(frozen=True)
class Done:
    """A session as a test tells it; pain of None was asked and not answered."""

    day: int = 0
    before: float | None = 6
    after: float | None = 4
    place_before: str | None = "calf"
    place_after: str | None = "thigh"
    repetitions: int = 10
    red: str = ""
    """The red word that was said."""
    outcome: str | None = "completed"


def write(path: Path | None, sessions: Sequence[Done]) -> None:
    """Write sessions into the history, three hours between those of a day."""
    with Store.open(path) as store:
        for number, done in enumerate(sessions):
            hours = 3 * sum(other.day == done.day for other in sessions[:number])
            _write(store, FIRST + timedelta(days=done.day, hours=hours), done)


def course(tmp_path: Path, *sessions: Done) -> list[Session]:
    """Return sessions, the newest first, as they are read back."""
    path = tmp_path / "course" / "history.db"
    write(path, sessions)
    with Store.open(path) as store:
        return store.sessions()


def _write(store: Store, started: datetime, done: Done) -> None:
    """Write one session."""
    number = store.begin(
        SessionStart(
            started=started,
            exercise_id="flexion_rotation",
            exercise_version=1,
            app_version="0.1.0",
            hold_s=2.0,
            reps_target=10,
        )
    )
    store.save(number, Answered(2 * RATE, "side_sure", "left", "yes", 1.0))
    store.save(number, Answered(3 * RATE, "pain_before", done.before, "", 0.9))
    store.save(number, Answered(4 * RATE, "furthest_before", done.place_before, "", 0.9))
    for repetition in range(1, done.repetitions + 1):
        store.save(number, RepetitionDone((10 + 10 * repetition) * RATE, repetition, 10 * repetition * RATE, 1.0))
    if done.red:
        store.save(number, Stopped(118 * RATE, 5, "hold", "peripheralised", done.red, "user", red=True))
    store.save(number, Answered(120 * RATE, "pain_after", done.after, "", 0.9))
    store.save(number, Answered(121 * RATE, "furthest_after", done.place_after, "", 0.9))
    if done.outcome:
        store.save(number, Ended(140 * RATE, done.outcome, done.repetitions, 0, 0))


def fortnight() -> list[Done]:
    """Return two weeks as they may go: days off, sessions broken off, answers left open, and one red event."""
    sessions: list[Done] = []
    for day in (day for day in range(15) if day not in {4, 8, 9}):
        pain = max(1.0, 7 - day / 2)
        near = day >= 7  # by then it has left the calf
        for number in range(2 if day % 3 == 1 else 3):
            silent = day == 6 and number == 1
            sessions.append(
                Done(
                    day=day,
                    before=None if silent else pain,
                    after=None if silent else max(0.0, pain - (2 if number == 0 else 0.5)),
                    place_before="buttock" if near else "calf",
                    place_after=None if silent else "one_side_back" if near else "thigh",
                    repetitions=7 if day == 2 and number == 1 else 10,
                    outcome="finished_early" if day == 2 and number == 1 else "completed",
                )
            )
    red = Done(
        day=5, before=5, after=8, place_after="foot", repetitions=4, outcome="stopped", red="it's going down my leg"
    )
    return [*sessions, red]
