"""Weeks of sessions in a real history, for the tests of what is made of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from voice_coach.history.rows import Session, SessionStart
from voice_coach.history.store import Store
from voice_coach.records import Answered, Ended, RepetitionDone, Stopped
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
