"""How much of each exercise was done, of what was meant to be done: by the plan, or by the exercise. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from voice_coach.clinical.eligibility import WEEK, clears, day_of, lock_of, locking
from voice_coach.programme import route
from voice_coach.programme.dose import dose_text
from voice_coach.programme.model import Programme
from voice_coach.records import Session
from voice_coach.report.days import Day, of_exercise


@dataclass(frozen=True, slots=True)
class Plan:
    """What a professional has prescribed, as far as the report measures against it."""

    by: str
    on: date
    review: date | None
    per_day: Mapping[str, int]
    """Exercise -> sessions a day; 0: the plan names no number."""
    doses: Mapping[str, str]
    """Exercise -> how much, in words."""


@dataclass(frozen=True, slots=True)
class Share:
    """What was done of one exercise in the days that are shown."""

    exercise_id: str
    days: tuple[Day, ...]
    """All that are shown, with the sessions of this exercise alone."""
    locked: int
    """Days of them on which it could not be done because it was locked."""

    @property
    def done(self) -> int:
        """Sessions that came to their end."""
        return sum(day.completed for day in self.days)

    @property
    def meant(self) -> int | None:
        """Sessions that were meant to be done; None: not known."""
        known = [day.meant for day in self.days if day.meant is not None]
        return sum(known) if known else None

    @property
    def per_day(self) -> tuple[int, ...]:
        """How many were meant to be done a day, each number once, in the order of time."""
        return tuple(dict.fromkeys(day.meant for day in self.days if day.meant))

    @property
    def left_early(self) -> int:
        """Sessions that were begun and did not come to their end."""
        return sum(one.outcome != "completed" and bool(one.repetitions) for day in self.days for one in day.sessions)

    @property
    def days_done(self) -> int:
        """Days with at least one repetition."""
        return sum(any(one.repetitions for one in day.sessions) for day in self.days)


def planned(programme: Programme) -> Plan | None:
    """Return what a plan says; None: it is a programme that nobody has prescribed."""
    prescribed = programme.written.prescribed
    if prescribed is None:
        return None
    exercises = {
        step.exercise: route.placed(programme, step.name, programme.exercises[step.exercise], continues=False)
        for step in programme.written.steps
    }
    return Plan(
        prescribed.by,
        prescribed.on,
        prescribed.review,
        {name: exercise.per_day for name, exercise in exercises.items()},
        {name: dose_text(exercise) for name, exercise in exercises.items()},
    )


def shares(every: Sequence[Session], days: Sequence[Day], plan: Plan | None) -> list[Share]:
    """Return the share of each exercise of these days, that with most sessions first.

    Args:
        every: all sessions that there are, the oldest first.
        days: those that are shown.
        plan: what was prescribed.
    """
    counted = Counter(one.exercise_id for day in days for one in day.sessions)
    names = [name for name, _ in counted.most_common()]
    names += [name for name in (plan.per_day if plan else ()) if name not in counted]
    return [_share(every, days, name, plan) for name in names]


def lock_spans(every: Sequence[Session], exercise_id: str) -> list[tuple[Session, Session | None]]:
    """Return when an exercise was locked: the session with the sign, and that which opened it; None: none has."""
    found: list[tuple[Session, Session | None]] = []
    since: Session | None = None
    for number, session in enumerate(every, 1):
        if not (locking(session) or clears(session)):
            continue
        locked = lock_of(every[:number], exercise_id, day_of(session)) is not None
        if locked and since is None:
            since = session
        elif since and not locked:
            found.append((since, session))
            since = None
    return [*found, (since, None)] if since else found


def _share(every: Sequence[Session], days: Sequence[Day], name: str, plan: Plan | None) -> Share:
    own = [one for one in every if one.exercise_id == name and one.repetitions]
    locked = {
        day.date
        for since, until in lock_spans(every, name)
        for day in days
        if day_of(since) < day.date and (until is None or day.date < day_of(until))
    }
    meant = {
        day.date: number
        for day in days
        if _is_due(every, own, name, day.date, days[-1].date, plan)
        and day.date not in locked
        and (number := _meant(own, name, day.date, plan)) is not None
    }
    return Share(name, of_exercise(days, name, meant), len(locked))


def _is_due(
    every: Sequence[Session], own: Sequence[Session], name: str, day: date, today: date, plan: Plan | None
) -> bool:
    """Tell whether an exercise was to be done on a day: from its first day on, or as the plan says from its day on.

    One that was left for another more than a week ago is due up to its last day.
    """
    if plan and day >= plan.on:
        return name in plan.per_day
    if not own:
        return False
    latest = max(day_of(one) for one in every if one.repetitions)
    left = latest - day_of(own[-1]) > WEEK and not (plan and name in plan.per_day)
    return day_of(own[0]) <= day <= (day_of(own[-1]) if left else today)


def _meant(own: Sequence[Session], name: str, day: date, plan: Plan | None) -> int | None:
    """Return how many sessions were meant to be done on a day; None: no number is known."""
    if plan and name in plan.per_day and day >= plan.on:
        return plan.per_day[name] or None
    known = [one.target_per_day for one in own if day_of(one) <= day and one.target_per_day is not None]
    return (known[-1] or None) if known else None
