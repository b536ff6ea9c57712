"""Three weeks of a person who does two exercises and has one red event, written as a session would write them.

Run it to have the history in a file: `python -m tests.history.three_weeks history.db`.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from voice_coach.clinical.screening_questions import ACCIDENT, CLEARED_BY_CLINICIAN, RECENT_ACCIDENT, SCREENED
from voice_coach.history.store import Store
from voice_coach.records import Answered, Ended, RepetitionDone, SessionRecord, SessionStart, Stopped
from voice_coach.timebase import RATE

FIRST_DAY = datetime(2031, 5, 6, tzinfo=UTC)
LAST_DAY = (FIRST_DAY + timedelta(days=20)).date()
RED_DAY = 8
RED_SESSION = 20
"""Its number: the second of that day."""
ROTATION, BRIDGE = "flexion_rotation", "bridge"
WORDS = "it's going down my leg"
_PER_DAY = {ROTATION: 3, BRIDGE: 1}
_REPETITIONS = {ROTATION: 10, BRIDGE: 5}


@dataclass
class Held:
    """A session."""

    day: int
    hour: int
    exercise: str = ROTATION
    before: float | None = 6
    after: float | None = 5
    place: str = "calf"
    place_after: str = "thigh"
    first: list[SessionRecord] = field(default_factory=list)
    """What comes before the questions about the pain."""
    repetitions: int | None = None
    """None: all."""
    then: list[SessionRecord] = field(default_factory=list)
    """What comes after the repetitions."""
    outcome: str = "completed"


def screened() -> list[SessionRecord]:
    """Return the answers of the first session: an accident long ago, of which a professional knows."""
    answers = {question: "no" for question in SCREENED if question != CLEARED_BY_CLINICIAN} | {ACCIDENT: "yes"}
    found: list[SessionRecord] = []
    for question, value in answers.items():
        found.append(Answered(1, question, value, value, 0.95))
        if question == ACCIDENT:
            found += [Answered(1, RECENT_ACCIDENT, "no", "no", 0.9), Answered(1, "screen_told", "yes", "yes", 0.9)]
    return [*found, Answered(1, "screening", "told")]


def daily() -> list[SessionRecord]:
    """Return the answer of a later day."""
    return [Answered(1, "screen_daily", "no", "no", 0.9)]


def red(place: str) -> Held:
    """Return the session with the red event: the fifth repetition, and what was said and asked after it."""
    after: list[SessionRecord] = [
        Stopped(118 * RATE, 5, "hold", "peripheralised", WORDS, "user", red=True),
        Answered(130 * RATE, "furthest_after", "foot", "my foot", 0.9),
        Answered(420 * RATE, "settle_check", "better", "better", 0.9),
    ]
    return Held(
        RED_DAY, 17, before=5, after=None, place=place, place_after="", repetitions=4, then=after, outcome="stopped"
    )


def three_weeks() -> Iterator[Held]:
    """Yield the sessions in order."""
    for day in range(21):
        if day in {5, 13}:
            continue
        pain = max(2.0, 7 - day // 2 / 2)
        place = "calf" if day < 7 else "thigh" if day < 14 else "buttock"
        nearer = {"calf": "thigh", "thigh": "buttock", "buttock": "one_side_back"}[place]
        opening = screened() if day == 0 else daily()
        if day == RED_DAY:
            yield Held(day, 8, before=pain, after=pain - 1, place=place, place_after=nearer, first=opening)
            yield red(place)
            continue
        if day == RED_DAY + 1:
            refused: list[SessionRecord] = [Answered(1, "cleared", "no", "not yet", 0.9)]
            yield Held(day, 9, first=refused, repetitions=-1, outcome="cannot_start")
            continue
        if day == RED_DAY + 2:
            continue
        if day == RED_DAY + 3:
            cleared: list[SessionRecord] = [Answered(1, "cleared", "yes", "yes", 0.9)]
            opening = [*cleared, Answered(1, "cleared_sure", RED_SESSION, "yes she did", 0.95), *opening]
        yield Held(day, 8, before=pain, after=pain - 2, place=place, place_after=nearer, first=opening)
        doubted: list[SessionRecord] = [Answered(119 * RATE, "doubt_worse", "no", "no no", 0.8)] if day == 16 else []
        yield Held(day, 12, BRIDGE, pain - 1, pain - 1.5, place, place, then=doubted)
        if day % 3:
            early = day == 4
            left: list[SessionRecord] = (
                [Stopped(90 * RATE, 6, "rest", "finish", "finish", "user", red=False)] if early else []
            )
            yield Held(
                day, 18, before=pain - 1, after=pain - 1.5, place=place, place_after=nearer,
                repetitions=6 if early else None, then=left, outcome="finished_early" if early else "completed",
            )  # fmt: skip


def write_three_weeks(path: Path | None) -> None:
    """Write them into a history; None: where it belongs."""
    with Store.open(path) as store:
        for held in three_weeks():
            _write(store, held)


def _write(store: Store, held: Held) -> None:
    started = FIRST_DAY + timedelta(days=held.day, hours=held.hour, minutes=30)
    goal = _REPETITIONS[held.exercise]
    number = store.begin(
        SessionStart(
            started=started,
            exercise_id=held.exercise,
            exercise_version=1,
            app_version="0.1.0",
            hold_s=2.0,
            reps_target=goal,
            per_day=_PER_DAY[held.exercise],
        )
    )
    done = goal if held.repetitions is None else max(held.repetitions, 0)
    records = list(held.first)
    if held.repetitions != -1:
        if held.exercise == ROTATION:
            records.append(Answered(2 * RATE, "side_sure", "left", "yes", 1.0))
        records += [
            Answered(3 * RATE, "pain_before", held.before, "", 0.9),
            Answered(4 * RATE, "furthest_before", held.place, "", 0.9),
        ]
        records += [RepetitionDone((10 + 10 * n) * RATE, n, 10 * n * RATE, 1.0) for n in range(1, done + 1)]
        if done == goal:
            records.append(Answered(118 * RATE, f"check_{goal}", "better", "it's better", 0.9))
    records += held.then
    if held.repetitions != -1 and held.after is not None:
        records += [
            Answered(120 * RATE, "pain_after", held.after, "", 0.9),
            Answered(121 * RATE, "furthest_after", held.place_after, "", 0.9),
        ]
    for record in records:
        store.save(number, record)
    store.save(number, Ended(440 * RATE, held.outcome, done, 0, 0))


if __name__ == "__main__":
    write_three_weeks(Path(sys.argv[1]))
