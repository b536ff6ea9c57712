"""Totals over several sessions. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from voice_coach.history.continuation import joined
from voice_coach.records import Session


@dataclass(frozen=True, slots=True)
class Totals:
    """Totals over several sessions."""

    sessions: int
    completed: int
    repetitions: int
    """Coached, not performed."""
    red: int
    """Sessions in which a red word was said."""
    mean_pain_before: float | None
    """Of the sessions in which it was answered; None: in none of them."""
    mean_pain_after: float | None


def totals(sessions: Iterable[Session]) -> Totals:
    """Return the totals. Unanswered questions don't count in the means; parts of one session count once."""
    rows = joined(sessions)
    return Totals(
        sessions=len(rows),
        completed=sum(row.outcome == "completed" for row in rows),
        repetitions=sum(row.reps_coached for row in rows),
        red=sum(row.red is not None for row in rows),
        mean_pain_before=_mean(row.nprs_before for row in rows),
        mean_pain_after=_mean(row.nprs_after for row in rows),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    """Return the mean of the known values."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
