"""What a regular user need not hear or be asked again (V2, V18). Pure."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

from voice_coach.records import Session

FAMILIAR_DAYS: Final = 3
"""On how many days the instructions must have been heard in full before they are shortened."""
FAMILIAR_WITHIN: Final = timedelta(days=14)
"""Length of the window of days for that, today included; so the full form comes back from time to time."""
INSTRUCTIONS: Final = "instructions"
"""The name of the answer that tells whether the set-up was `short`, or given in `full` after that."""
CANNOT: Final = "cannot"
"""The name of the answer by which something could not be done as it was told."""

_SIDES: Final = frozenset({"left", "right"})


def familiar_sides(sessions: Sequence[Session], version: int, today: date) -> frozenset[str]:
    """Return the sides on which the instructions need not be given in full.

    After a stop, a red sign or "I can't", what was heard before no longer counts, whatever the exercise's version.

    Args:
        sessions: those of one exercise, the oldest first.
        version: the exercise's, as it is now.
        today: the day of the session that begins.

    Returns:
        `left` or `right`, or both; the empty string for an exercise that doesn't go by the painful side.
    """
    since = max((n for n, one in enumerate(sessions, 1) if _went_wrong(one)), default=0)
    heard: dict[str, set[date]] = {}
    for session in sessions[since:]:
        day = date.fromisoformat(session.started[:10])
        if session.exercise_version == version and today - FAMILIAR_WITHIN < day <= today and _heard_in_full(session):
            heard.setdefault(session.lying_side or "", set()).add(day)
    return frozenset(side for side, days in heard.items() if len(days) >= FAMILIAR_DAYS)


def last_side(sessions: Sequence[Session]) -> str:
    """Return the painful side of the last session of an exercise; empty: not known, or a clinician chose it."""
    last = sessions[-1] if sessions else None
    if last is None or last.lying_side_reason is not None or last.lying_side not in _SIDES:
        return ""
    return str(last.lying_side)


def sound_checked(sessions: Sequence[Session], today: date) -> bool:
    """Tell whether it was said today, with any exercise, that the coach is heard clearly."""
    return any(
        (answer.question, answer.value) == ("sound_check", "yes")
        for session in sessions
        if session.started[:10] == today.isoformat()
        for answer in session.answers
    )


def _went_wrong(session: Session) -> bool:
    """Tell whether there was a stop, a red sign or something that could not be done; "finish" is none of these."""
    stopped = any(stop.red or stop.intent != "finish" for stop in session.stops)
    moved = any(answer.question in {"moved_lower", CANNOT} and answer.value != "no" for answer in session.answers)
    return stopped or moved or session.derived_light == "red" or session.variant is not None


def _heard_in_full(session: Session) -> bool:
    """Tell whether the set-up was given in full up to its end; a session that went on with another one had none."""
    said = {answer.question: answer.value for answer in session.answers}
    went_on = isinstance(said.get("broken_off"), int | float)
    return bool(session.repetitions) and not went_on and said.get(INSTRUCTIONS) != "short"
