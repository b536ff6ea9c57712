"""How much of each exercise was done, compared with the plan or the exercise's own number. Pure."""

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
    """The part of the prescribed plan that the report compares with."""

    by: str
    on: date
    review: date | None
    per_day: Mapping[str, int]
    """Exercise -> sessions a day; 0: the plan names no number."""
    doses: Mapping[str, str]
    """Exercise -> how much, in words."""


@dataclass(frozen=True, slots=True)
class Share:
    """What was done of one exercise in the reported days."""

    exercise_id: str
    days: tuple[Day, ...]
    """All reported days, with the sessions of this exercise only."""
    locked: int
    """Number of these days on which the exercise was locked."""

    @property
    def done(self) -> int:
        """Sessions that came to their end."""
        return sum(day.completed for day in self.days)

    @property
    def meant(self) -> int | None:
        """Planned sessions; None: not known."""
        known = [day.meant for day in self.days if day.meant is not None]
        return sum(known) if known else None

    @property
    def per_day(self) -> tuple[int, ...]:
        """Planned sessions a day, each number once, in order of time."""
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
    """Return the share of each exercise in these days, the one with most sessions first.

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
    """Return when an exercise was locked: the session with the sign, and the one that opened it; None: none has."""
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
    due = _due_days(every, own, name, plan)
    targets = iter([(day_of(one), one.target_per_day) for one in own if one.target_per_day is not None])
    target, coming = None, next(targets, None)
    meant = {}
    for day in days:
        while coming and coming[0] <= day.date:
            target, coming = coming[1], next(targets, None)
        by_plan = plan is not None and day.date >= plan.on
        number = plan.per_day.get(name) if plan and by_plan else target if _within(day.date, due) else None
        if number and day.date not in locked:
            meant[day.date] = number
    return Share(name, of_exercise(days, name, meant), len(locked))


def _due_days(
    every: Sequence[Session], own: Sequence[Session], name: str, plan: Plan | None
) -> tuple[date, date | None] | None:
    """Return the first and the last day on which an exercise was to be done before there was a plan; None: on none.

    The last one is None where it goes on: one that was left for another more than a week ago was to be done up to its
    last day.
    """
    if not own:
        return None
    latest = max(day_of(one) for one in every if one.repetitions)
    left = latest - day_of(own[-1]) > WEEK and not (plan and name in plan.per_day)
    return day_of(own[0]), day_of(own[-1]) if left else None


def _within(day: date, days: tuple[date, date | None] | None) -> bool:
    return days is not None and days[0] <= day and (days[1] is None or day <= days[1])
