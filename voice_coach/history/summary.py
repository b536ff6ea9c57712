"""What the rows mean: the furthest place as a rank, where the pain moved, totals. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from voice_coach.history.continuation import joined
from voice_coach.history.rows import Session
from voice_coach.records import PLACES

Change = Literal["centralised", "peripheralised", "unchanged"]


def place_of(number: int | None) -> str | None:
    """Return the place of this rank, 0 to 6; None where it is not known."""
    return None if number is None else PLACES[number]


def moved(before: int | None, after: int | None) -> Change | None:
    """Return where the furthest place went: toward the spine (or away altogether), outward, or nowhere.

    None where one of the two is not known: that is not the same as unchanged.
    """
    if before is None or after is None:
        return None
    return "centralised" if after < before else "peripheralised" if after > before else "unchanged"


def pain_score(value: object) -> float | None:
    """Return a pain score on the scale of 0 to 10; None for what is no number or not on the scale."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 <= value <= 10 else None  # noqa: PLR2004 - NPRS is 0 to 10


@dataclass(frozen=True, slots=True)
class Totals:
    """What some sessions come to."""

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
    """Return the totals; what was not answered is left out of the means, not counted as 0. Parts of one count once."""
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
    """Return the mean of what is known."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
