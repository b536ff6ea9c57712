"""What the history implies for the next session: the lock, and what is due by day count. Pure.

The lock is derived afresh each time, from the order of the rows alone: a session's number and the instant within it.
Dates only choose words and reminders, so that a changed clock can't open a lock.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Literal

from voice_coach.clinical import routine, trends
from voice_coach.clinical.body_regions import moved
from voice_coach.clinical.past import Lock, Past
from voice_coach.clinical.red_signs import GRAVEST_FIRST, TAKE_BACK, RedSign
from voice_coach.clinical.screening_questions import ACCIDENT, CLEARED_BY_CLINICIAN
from voice_coach.records import Answered, Session, Stopped

CLEARANCE = "cleared_sure"
"""The question whose answer, a session's number, clears the lock of that session and of those before it."""
TWO_WEEKS = "two_weeks"
"""The question by which it is acknowledged that a professional must look at it (R36)."""

WEEK = timedelta(days=7)
FORTNIGHT = timedelta(days=14)
"""Days after which it must be acknowledged (R36). After a longer break the count of days restarts."""
DAYS_WITHOUT = 2
"""After this many days without improvement the exercise may not suit the person (clinical.md 2b, "same")."""

_CRY = "pain_cry"
_WORSE = "worse"
_MOVED_LOWER = "moved_lower"
_SCREEN = "screen_"
_SCREENED = "screening"
_DAILY = "screen_daily"
_TOLD = "told"
_OWN = "own_"
_HARMLESS = frozenset({ACCIDENT, CLEARED_BY_CLINICIAN, "screen_told", "screen_anyway"})
"""Questions of the screening whose "yes" is not by itself a reason to ask again."""
_EMERGENCY = "emergency"


def past_of(sessions: Iterable[Session], exercise_id: str, today: date, version: int | None = None) -> Past:
    """Return what these sessions, in any order, mean for the next one of this exercise.

    Args:
        sessions: all that there are, of any exercise.
        exercise_id: which exercise comes next.
        today: the day of the next session.
        version: the exercise's, as it is now; None: not known, so its instructions are given in full.
    """
    every = sorted(sessions, key=lambda one: one.id)
    own = [one for one in every if one.exercise_id == exercise_id]
    done = [one for one in own if one.repetitions]
    todays = [one for one in done if day_of(one) == today]
    days = count_of_days([day_of(one) for one in done if one.nprs_before != 0], today)
    told = count_of_days([day_of(one) for one in own if _said_yes(one, TWO_WEEKS)], today) is not None
    fortnight = days is not None and days >= FORTNIGHT
    return Past(
        screening=screening_due(every, exercise_id, today),
        settled=settled_questions(every, exercise_id),
        lock=lock_of(every, exercise_id, today),
        completed_today=sum(one.outcome == "completed" for one in todays),
        week=days is not None and days >= WEEK and not todays,
        two_weeks=fortnight and not told,
        no_better=not todays and _without(done, today),
        locks=tuple(sorted(locked_exercises(every).items())),
        course=trends.course_of(_lately(every, today), today, locking),
        impression_due=trends.is_due(every, today),
        familiar=frozenset() if version is None else routine.familiar_sides(own, version, today),
        last_side=routine.last_side(own),
        sound_checked=routine.sound_checked(every, today),
    )


def _lately(sessions: Sequence[Session], today: date) -> list[Session]:
    """Return the sessions since the first day of those that are no more than a fortnight apart."""
    since = count_of_days([day_of(one) for one in sessions], today)
    first = today if since is None else today - since
    return [one for one in sessions if first <= day_of(one) <= today]


def screening_due(sessions: Sequence[Session], exercise_id: str, today: date) -> Literal["", "daily", "full"]:
    """Return which questions about red flags are due, given these sessions of any exercise, the oldest first.

    The whole screening holds as long as nothing is new: what was answered with yes, or broken off, is asked again; and
    where a professional has agreed, for the exercise that was agreed to. The day's question holds for the day.
    """
    passed: date | None = None
    for session in sessions:
        for answer in standing(session):
            if answer.question == _SCREENED or (answer.question, answer.value) == (_DAILY, "no"):
                whole = answer.question == _SCREENED and (answer.value != _TOLD or session.exercise_id == exercise_id)
                passed = day_of(session) if whole or (passed and answer.question == _DAILY) else None
            elif answer.question.startswith(_SCREEN) and answer.value == "yes" and answer.question not in _HARMLESS:
                passed = None
        if locking(session) == _EMERGENCY:
            passed = None
    return "full" if passed is None else "" if passed == today else "daily"


def settled_questions(sessions: Sequence[Session], exercise_id: str) -> frozenset[str]:
    """Return the exercise's own questions that do not hold the person back, given these sessions, the oldest first.

    These are answered with "no", or known to a professional; all are asked again after a full screening.
    """
    settled: set[str] = set()
    for session in sessions:
        for answer in session.answers:
            if answer.question == _SCREENED:
                settled.clear()
            elif session.exercise_id == exercise_id and answer.question.startswith(_OWN):
                name = answer.question.removeprefix(_OWN)
                (settled.add if answer.value in {"no", _TOLD} else settled.discard)(name)
    return frozenset(settled)


def lock_of(sessions: Sequence[Session], exercise_id: str, today: date) -> Lock | None:
    """Return the lock that these sessions, the oldest first, put on an exercise; None: it may be done.

    A red sign locks every exercise: a professional has to look at the back first, whatever the exercise (R31,
    clinical.md 3). An answer in a later session clears it if it names the session of the sign or a later one. It clears
    all exercises if that session was of the exercise with the sign, or if the sign needed a doctor at once; otherwise
    only its own exercise, as nobody has said that the other may be done again.
    """
    red = _signs(sessions, exercise_id)
    if not red:
        return None
    session, reason = min(reversed(red), key=lambda found: RedSign(found[1]).gravity)
    day = day_of(session)
    elsewhere = "" if session.exercise_id == exercise_id else session.exercise_id
    return Lock(reason, red[-1][0].id, day.weekday(), (today - day).days, elsewhere)


def _signs(sessions: Sequence[Session], exercise_id: str) -> list[tuple[Session, str]]:
    """Return the red signs, and in which sessions they were, that are not cleared for this exercise."""
    clearances = [(one, number) for one in sessions for number in clears(one)]
    return [
        (one, reason)
        for one in sessions
        if (reason := locking(one))
        and not any(
            one.id < by.id
            and one.id <= until
            and (reason == _EMERGENCY or by.exercise_id in {exercise_id, one.exercise_id})
            for by, until in clearances
        )
    ]


def locks_of(sessions: Iterable[Session], exercise_ids: Iterable[str]) -> dict[str, Lock]:
    """Return the locks of the locked ones among these exercises; `sessions` are all sessions, in any order."""
    every = sorted(sessions, key=lambda one: one.id)
    today = day_of(every[-1]) if every else date.min
    locks = ((name, lock_of(every, name, today)) for name in exercise_ids)
    return {name: lock for name, lock in locks if lock}


def locked_exercises(sessions: Iterable[Session]) -> dict[str, str]:
    """Return the lock of each exercise that had a red sign itself, by its id; these lock all others too."""
    every = sorted(sessions, key=lambda one: one.id)
    found: dict[str, str] = {}
    for name in sorted({one.exercise_id for one in every}):
        own = [reason for one, reason in _signs(every, name) if one.exercise_id == name]
        if own:
            found[name] = min(own, key=lambda sign: RedSign(sign).gravity)
    return found


def locking(session: Session) -> str:
    """Return the gravest sign of a session that locks its exercise; empty: there was none.

    A cry of pain counts if no word on how it is followed: the person never said that all is well. A red sign of an
    unknown kind counts as "worse"; a "worse" that the person, when asked, has not said does not count. A place further
    down than before counts, unless the person has said that it did not move there.
    """
    signs = {stop.intent for stop in _standing(session) if stop.red and stop.intent != _CRY}
    cries = [stop.at for stop in session.stops if stop.red and stop.intent == _CRY]
    settled = [
        answer.at
        for answer in standing(session)
        if answer.value is not None and (answer.question == "after_cry" or answer.question.startswith("check_"))
    ]
    if cries and max(cries) > max(settled, default=-1):
        signs.add(_CRY)
    stayed = any((answer.question, answer.value) == (_MOVED_LOWER, "no") for answer in session.answers)
    if moved(session.furthest_before, session.furthest_after) == "peripheralised" and not stayed:
        signs.add("peripheralised")
    known = {sign if sign in GRAVEST_FIRST else "worse" for sign in signs}
    return next((sign for sign in GRAVEST_FIRST if sign in known), "")


def _standing(session: Session) -> list[Stopped]:
    """Return the stops, without the last "worse" before each answer that it was not said."""
    stops = list(session.stops)
    for answer in session.answers:
        if (answer.question, answer.value) == (TAKE_BACK, "no"):
            heard = [stop for stop in stops if stop.red and stop.intent == _WORSE and stop.at <= answer.at]
            if heard:
                stops.remove(max(heard, key=lambda stop: stop.at))
    return stops


def standing(session: Session) -> list[Answered]:
    """Return the answers without those that were taken back: the same question stands after them without an answer."""
    taken_back = {answer.question: i for i, answer in enumerate(session.answers) if answer.value is None}
    return [answer for i, answer in enumerate(session.answers) if i >= taken_back.get(answer.question, 0)]


def clears(session: Session) -> tuple[int, ...]:
    """Return the numbers of the sessions up to which this one cleared the lock."""
    values = [answer.value for answer in session.answers if answer.question == CLEARANCE]
    return tuple(int(value) for value in values if isinstance(value, int | float))


def count_of_days(days: Iterable[date], today: date) -> timedelta | None:
    """Return how long ago the first day of the current run is, with gaps of at most a fortnight.

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
    said = any(isinstance(answer.value, str) and answer.value in trends.IMPROVED for answer in standing(session))
    return said or moved(session.furthest_before, session.furthest_after) == "centralised"


def _said_yes(session: Session, question: str) -> bool:
    """Tell whether a question was answered with yes."""
    return any(answer.question == question and answer.value == "yes" for answer in session.answers)
