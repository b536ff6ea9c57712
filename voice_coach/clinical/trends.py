"""Trends over weeks: the course of the pain, and the weekly impression of change (PGIC). Pure."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from voice_coach.clinical.body_regions import place_of
from voice_coach.clinical.past import Course, Lock
from voice_coach.records import Session

QUESTION: Final = "pgic"
"""Under which the seven steps are in the log; the words before them under `ASKED`."""
ASKED: Final = "since_began"
WEEK: Final = timedelta(days=7)
"""Between two answers, and from the first session to the first answer."""

IMPROVED: Final = frozenset({"better", "gone", "centralised"})
"""Answers to a check that count as improvement (R9, R30)."""

MIN_NOTABLE_CHANGE: Final = 2.0
"""Change of pain, in points on the scale of 0 to 10, that exceeds the scale's own error in low back pain
(Childs 2005; clinical.md section 6)."""

MIN_TREND_DAYS: Final = 4
"""Minimum number of days with a score for a trend to be told or drawn; fewer would show one where there is none."""

LABELS: Final = (
    "very much improved",
    "much improved",
    "minimally improved",
    "no change",
    "minimally worse",
    "much worse",
    "very much worse",
)
"""The steps of the Patient Global Impression of Change, from 1 to 7."""


def label(step: int | None) -> str:
    """Return a step in words; `-` where it was not asked or not answered."""
    return "-" if step is None else LABELS[step - 1]


def is_due(sessions: Iterable[Session], today: date) -> bool:
    """Tell whether it is time to ask: a week of history, a week since the last answer, and once a day at most.

    Sessions that a wrong clock has dated after today are ignored.
    """
    known = [(day, one) for one in sessions if (day := date.fromisoformat(one.started[:10])) <= today]
    begun = [day for day, one in known if one.repetitions]
    if not begun or today - min(begun) < WEEK:
        return False
    if any(day == today and any(answer.question == ASKED for answer in one.answers) for day, one in known):
        return False
    return not any(one.pgic is not None and today - day < WEEK for day, one in known)


def course_of(sessions: Sequence[Session], today: date, sign: Callable[[Session], str]) -> Course:
    """Return a summary of sessions.

    Args:
        sessions: of the days that are looked at, the oldest first.
        today: the day from which the days are counted back.
        sign: tells the gravest red sign of a session that locks its exercise; empty: there was none.
    """
    told = [one for one in sessions if one.nprs_before is not None]
    placed = [place_of(one.furthest_before) for one in sessions if one.furthest_before is not None]
    red = [(one, reason) for one in sessions if (reason := sign(one))]
    return Course(
        days=len({one.started[:10] for one in told}),
        first_pain=told[0].nprs_before if told else None,
        last_pain=told[-1].nprs_before if len(told) > 1 else None,
        first_place=placed[0] if placed else None,
        last_place=placed[-1] if len(placed) > 1 else None,
        sign=_when(*red[-1], today) if red else None,
        signs=len(red),
    )


def _when(session: Session, reason: str, today: date) -> Lock:
    day = date.fromisoformat(session.started[:10])
    return Lock(reason, session.id, day.weekday(), (today - day).days)
