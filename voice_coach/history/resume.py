"""Whether and where a session may resume one that broke off. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from voice_coach.clinical.body_regions import place_of
from voice_coach.clinical.eligibility import locking, standing
from voice_coach.clinical.past import BrokenOff, Past
from voice_coach.clinical.trends import IMPROVED
from voice_coach.history.clock import Moment, between, goes_on
from voice_coach.history.continuation import QUESTION, joined, said
from voice_coach.history.journal import Entry
from voice_coach.records import Session, SessionStart

RESUME_WITHIN: Final = timedelta(minutes=15)
"""Maximum age of a session to resume: after that its answers no longer hold."""

_CUT_OFF: Final = (None, "interrupted")
_WELL: Final = IMPROVED | {"same"}
_OPENING: Final = ("screen", "two_weeks", "acknowledge", "cleared", QUESTION)
"""Prefixes of the questions that come before a session is resumed."""


def with_break(
    past: Past, sessions: Iterable[Session], start: SessionStart, lines: Sequence[Entry], now: Moment
) -> Past:
    """Return the past with a broken-off last session taken into account.

    Args:
        past: What the other sessions mean.
        sessions: All sessions.
        start: The session that begins now.
        lines: The second log's, which tell when something was last written.
        now: This instant.
    """
    every = sorted(sessions, key=lambda one: one.id)
    while every and _is_nothing(every[-1]):
        every.pop()
    if not every or every[-1].exercise_id != start.exercise_id or every[-1].outcome not in _CUT_OFF:
        return past
    last = every[-1]
    whole = joined(every)[-1]
    written = [line.at for line in lines if (line.session, line.start.exercise_id) == (last.id, last.exercise_id)]
    done = max((one.number for one in whole.repetitions), default=0)
    if not 0 < done < whole.reps_target or (written and goes_on(written[-1], now)):
        return past
    allowed = not past.lock and past.screening != "full" and _same_exercise(whole, start) and _is_calm(whole)
    length = between(written[-1], now) if written else None
    tempo = whole.tempo or 1.0
    return replace(
        past,
        broken_off=BrokenOff(
            session=last.id,
            repetitions=done,
            offered=allowed and length is not None and length <= RESUME_WITHIN,
            checked=any(answer.question == f"check_{done}" and answer.value in _WELL for answer in standing(whole)),
            side=whole.lying_side,
            variant=whole.variant or "",
            tempo=tempo,
            pain_before=whole.nprs_before,
            furthest_before=place_of(whole.furthest_before),
        ),
    )


def _is_nothing(session: Session) -> bool:
    """Tell whether a session was itself cut off before anything was done or decided."""
    return session.outcome in _CUT_OFF and not (session.repetitions or session.stops or said(session, QUESTION))


def _same_exercise(session: Session, start: SessionStart) -> bool:
    """Tell whether the exercise is still as it was when the session broke off."""
    now = (start.exercise_version, start.reps_target, start.hold_s)
    return (session.exercise_version, session.reps_target, session.hold_s) == now


def _is_calm(session: Session) -> bool:
    """Tell whether there was no red sign, and only good answers to checks since the last repetition."""
    last = max(one.at for one in session.repetitions)
    since = [answer for answer in session.answers if answer.at > last and not answer.question.startswith(_OPENING)]
    return (
        not locking(session)
        and not any(stop.red or stop.at > last for stop in session.stops)
        and all(answer.question.startswith("check_") and answer.value in _WELL for answer in since)
    )
