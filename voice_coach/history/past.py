"""What the history means for the next session: the lock, and what is due by the days. Pure but for `read_past`.

The lock is derived anew each time, from the order of the rows alone: a session's number and the instant within it.
Dates only choose words and reminders, so that a changed clock can't open a lock.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Literal

from voice_coach.errors import HistoryError
from voice_coach.history.rows import Session
from voice_coach.history.store import Store
from voice_coach.history.summary import moved
from voice_coach.records import Lock, Past

CLEARANCE = "cleared_sure"
"""The question whose answer, a session's number, clears the lock of that session and of those before it."""
TWO_WEEKS = "two_weeks"
"""The question by which it is acknowledged that a professional must look at it (R36)."""

WEEK = timedelta(days=7)
FORTNIGHT = timedelta(days=14)
"""From here on it must be acknowledged (R36). Where nothing was done for longer, the count of days begins anew."""
DAYS_WITHOUT = 2
"""After so many days without anything better the exercise may not be the one that suits (clinical.md 2b, "same")."""

_CRY = "pain_cry"
_MOVED_LOWER = "moved_lower"
_SCREEN = "screen_"
_SCREENED = "screening"
_DAILY = "screen_daily"
_TOLD = "told"
_HARMLESS = frozenset({"screen_4", "screen_12", "screen_told", "screen_anyway"})
"""Questions of the screening whose "yes" is not by itself a reason to ask again."""
_EMERGENCY = "emergency"
_GRAVEST = (_EMERGENCY, "numb_weak", "peripheralised", "worse", _CRY)
_GOOD = frozenset({"better", "gone", "centralised"})


def read_past(exercise_id: str, today: date, path: Path | None = None) -> Past:
    """Return what the history at this path (None: where it belongs) means for a session of this exercise.

    It never raises: where the history can't be read, `readable` is false, and the person is told.
    """
    try:
        store = Store.look(path)
        if store is None:
            return Past(screening="full")
        with store:
            return past_of(store.sessions(), exercise_id, today)
    except HistoryError:
        return Past(readable=False, screening="full")


def past_of(sessions: Iterable[Session], exercise_id: str, today: date) -> Past:
    """Return what these sessions, in any order, mean for the next one of this exercise."""
    every = sorted(sessions, key=lambda one: one.id)
    own = [one for one in every if one.exercise_id == exercise_id]
    done = [one for one in own if one.repetitions]
    todays = [one for one in done if day_of(one) == today]
    days = count_of_days([day_of(one) for one in done if one.nprs_before != 0], today)
    told = count_of_days([day_of(one) for one in own if _said_yes(one, TWO_WEEKS)], today) is not None
    fortnight = days is not None and days >= FORTNIGHT
    return Past(
        screening=screening_due(every, exercise_id, today),
        lock=lock_of(every, exercise_id, today),
        completed_today=sum(one.outcome == "completed" for one in todays),
        week=days is not None and days >= WEEK and not todays,
        two_weeks=fortnight and not told,
        no_better=not todays and _without(done, today),
    )


def screening_due(sessions: Sequence[Session], exercise_id: str, today: date) -> Literal["", "daily", "full"]:
    """Return which questions about red flags are due, after these sessions of any exercise, the oldest first.

    The whole screening holds as long as nothing is new: what was answered with yes, or broken off, is asked again; and
    where a professional has agreed, for the exercise that was agreed to. The day's question holds for the day.
    """
    passed: date | None = None
    for session in sessions:
        for answer in session.answers:
            if answer.question == _SCREENED or (answer.question, answer.value) == (_DAILY, "no"):
                whole = answer.question == _SCREENED and (answer.value != _TOLD or session.exercise_id == exercise_id)
                passed = day_of(session) if whole or (passed and answer.question == _DAILY) else None
            elif answer.question.startswith(_SCREEN) and answer.value == "yes" and answer.question not in _HARMLESS:
                passed = None
        if locking(session) == _EMERGENCY:
            passed = None
    return "full" if passed is None else "" if passed == today else "daily"


def lock_of(sessions: Sequence[Session], exercise_id: str, today: date) -> Lock | None:
    """Return the lock that these sessions, the oldest first, have left on an exercise; None: it may be done.

    A red sign is cleared by an answer of a later session that names its session or one behind it. What needed a doctor
    at once locks every exercise, and is cleared in a session of any.
    """
    found = [
        (one, reason)
        for one in sessions
        if (reason := locking(one)) and (reason == _EMERGENCY or one.exercise_id == exercise_id)
    ]
    clearances = [(one, number) for one in sessions for number in clears(one)]
    red = [
        (one, reason)
        for one, reason in found
        if not any(
            one.id < by.id and one.id <= until and (reason == _EMERGENCY or by.exercise_id == exercise_id)
            for by, until in clearances
        )
    ]
    if not red:
        return None
    session, reason = min(reversed(red), key=lambda found: _GRAVEST.index(found[1]))
    day = day_of(session)
    return Lock(reason, red[-1][0].id, day.weekday(), (today - day).days)


def locked_exercises(sessions: Iterable[Session]) -> dict[str, str]:
    """Return why each locked exercise is, by its id; `sessions` are all that there are, in any order."""
    every = sorted(sessions, key=lambda one: one.id)
    names = sorted({one.exercise_id for one in every})
    locks = {name: lock_of(every, name, day_of(every[-1])) for name in names}
    return {name: lock.reason for name, lock in locks.items() if lock}


def locking(session: Session) -> str:
    """Return the gravest sign of a session that locks its exercise; empty: there was none.

    A cry of pain is one where no word on how it is followed: it was never heard that all is well. A red sign of a
    kind that is not known here counts as "worse". A place further down than before is one, unless the person has
    said that it did not move there.
    """
    signs = {stop.intent for stop in session.stops if stop.red and stop.intent != _CRY}
    cries = [stop.at for stop in session.stops if stop.red and stop.intent == _CRY]
    settled = [
        answer.at
        for answer in session.answers
        if answer.value is not None and (answer.question == "after_cry" or answer.question.startswith("check_"))
    ]
    if cries and max(cries) > max(settled, default=-1):
        signs.add(_CRY)
    stayed = any((answer.question, answer.value) == (_MOVED_LOWER, "no") for answer in session.answers)
    if moved(session.furthest_before, session.furthest_after) == "peripheralised" and not stayed:
        signs.add("peripheralised")
    known = {sign if sign in _GRAVEST else "worse" for sign in signs}
    return next((sign for sign in _GRAVEST if sign in known), "")


def clears(session: Session) -> tuple[int, ...]:
    """Return the numbers of the sessions up to which this one cleared the lock."""
    values = [answer.value for answer in session.answers if answer.question == CLEARANCE]
    return tuple(int(value) for value in values if isinstance(value, int | float))


def count_of_days(days: Iterable[date], today: date) -> timedelta | None:
    """Return how long ago the first of these days is, as far as they are no more than a fortnight apart.

    Days in the future are left out. None: there is no such day, or the last one is more than a fortnight ago.
    """
    first = today
    found = False
    for day in sorted({day for day in days if day <= today}, reverse=True):
        if first - day > FORTNIGHT:
            break
        first, found = day, True
    return today - first if found else None


def day_of(session: Session) -> date:
    """Return the calendar day, where the person was, on which a session began."""
    return date.fromisoformat(session.started[:10])


def _without(done: Sequence[Session], today: date) -> bool:
    """Tell whether nothing got better on the last two days before this one on which something was done."""
    days = sorted({day_of(one) for one in done if day_of(one) < today and not locking(one)})[-DAYS_WITHOUT:]
    if len(days) < DAYS_WITHOUT or today - days[0] > FORTNIGHT:
        return False
    return not any(_got_better(one) for one in done if day_of(one) in days)


def _got_better(session: Session) -> bool:
    """Tell whether anything good was said, or the pain moved toward the spine."""
    said = any(isinstance(answer.value, str) and answer.value in _GOOD for answer in session.answers)
    return said or moved(session.furthest_before, session.furthest_after) == "centralised"


def _said_yes(session: Session, question: str) -> bool:
    """Tell whether a question was answered with yes."""
    return any(answer.question == question and answer.value == "yes" for answer in session.answers)
