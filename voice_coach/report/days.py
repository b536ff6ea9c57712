"""The sessions day by day, and which changes are worth marking. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from voice_coach.clinical.eligibility import FORTNIGHT, WEEK, count_of_days, day_of
from voice_coach.clinical.trends import MIN_NOTABLE_CHANGE, MIN_TREND_DAYS
from voice_coach.history.continuation import joined
from voice_coach.records import Session

_MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar, with or without sessions."""

    date: date
    sessions: tuple[Session, ...]
    """In the order in which they were done."""
    meant: int | None = None
    """Planned sessions of one exercise; None: not known, or several exercises."""

    @property
    def completed(self) -> int:
        """Sessions that came to their end."""
        return sum(session.outcome == "completed" for session in self.sessions)

    @property
    def repetitions(self) -> int:
        """Coached, not performed."""
        return sum(session.reps_coached for session in self.sessions)

    @property
    def red(self) -> bool:
        """True if a red word was said."""
        return any(session.red for session in self.sessions)

    @property
    def first_pain(self) -> float | None:
        """The day's first score before an exercise; None: there is none."""
        return next((session.nprs_before for session in self.sessions if session.nprs_before is not None), None)


def calendar(sessions: Iterable[Session], today: date, days: int | None = None) -> tuple[Day, ...]:
    """Return each day from that of the first session to today, those without a session too; today at least.

    A session that went on with another one is a part of that one.

    Args:
        sessions: In any order. Those that a wrong clock has dated after today are left out.
        today: The day of the report.
        days: Maximum number of days, the last ones; None: all.
    """
    of_day: dict[date, list[Session]] = {}
    for session in joined(sessions):
        of_day.setdefault(day_of(session), []).append(session)
    first = min([*of_day, today])
    if days is not None:
        first = max(first, today - timedelta(days=min(days - 1, (today - date.min).days)))
    dates = [first + timedelta(days=number) for number in range((today - first).days + 1)]
    return tuple(Day(day, tuple(of_day.get(day, ()))) for day in dates)


def of_exercise(days: Iterable[Day], exercise_id: str, meant: Mapping[date, int]) -> tuple[Day, ...]:
    """Return the days with only the sessions of one exercise, and the planned number."""
    return tuple(
        Day(day.date, tuple(one for one in day.sessions if one.exercise_id == exercise_id), meant.get(day.date))
        for day in days
    )


def pain_change(session: Session) -> float | None:
    """Return the points by which the pain changed, -10 to 10; None where a score is missing."""
    if session.nprs_before is None or session.nprs_after is None:
        return None
    return session.nprs_after - session.nprs_before


def is_notable(change: float | None) -> bool:
    """Tell whether a change of pain exceeds the scale's own error."""
    return change is not None and abs(change) >= MIN_NOTABLE_CHANGE


def shows_trend(days: Iterable[Day]) -> bool:
    """Tell whether there are scores on enough days for a trend line."""
    return sum(day.first_pain is not None for day in days) >= MIN_TREND_DAYS


def day_count(sessions: Iterable[Session], today: date) -> str:
    """Return how long it has been going on, and what the rule of one to two weeks says about that (R36)."""
    done = (day_of(session) for session in sessions if session.repetitions and session.nprs_before != 0)
    since = count_of_days(done, today)
    if since is None:
        return "No exercise with pain in the last two weeks."
    rule = "pain that lasts longer than a week or two should be seen by a doctor."
    past = "" if since < WEEK else f"That is {'two weeks' if since >= FORTNIGHT else 'a week'} or more: "
    return f"Day {since.days + 1}, the first was {named(today - since)}. {past}{rule if past else rule.capitalize()}"


def named(day: date) -> str:
    """Return a date in words that need no locale, such as `6 May 2031`."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
