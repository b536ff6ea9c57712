"""Sessions one after another: what a talk has written is what the next one knows of the past.

life = Life()
life.lives(talk)
Conversation(past=life.past())
"""

from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

from tests.session.arrivals import EXERCISE
from voice_coach.clinical.body_regions import rank
from voice_coach.clinical.eligibility import past_of
from voice_coach.clinical.past import Past
from voice_coach.records import Adjusted, Answered, Ended, RepetitionDone, Session, SessionRecord, Stopped
from voice_coach.testing import Conversation

DAY = date(2031, 5, 6)
"""A Tuesday."""


def session_of(records: Sequence[SessionRecord], number: int, day: date = DAY, exercise: str = EXERCISE.id) -> Session:
    """Return what the history would have of these records; what the past does not ask about stays None."""
    values: dict[str, Any] = dict.fromkeys(field.name for field in fields(Session))
    answers = tuple(record for record in records if isinstance(record, Answered))
    said = {answer.question: answer.value for answer in answers}
    pain = said.get("pain_before")
    adjusted = {record.what: record.value for record in records if isinstance(record, Adjusted)}
    other = said.get("side_other") if said.get("side_other") in {"left", "right"} else None
    return Session(
        **{
            **values,
            "id": number,
            "exercise_id": exercise,
            "exercise_version": 1,
            "started": f"{day.isoformat()}T12:00:00+00:00",
            "answers": answers,
            "repetitions": tuple(record for record in records if isinstance(record, RepetitionDone)),
            "stops": tuple(record for record in records if isinstance(record, Stopped)),
            "outcome": next((record.outcome for record in records if isinstance(record, Ended)), None),
            "nprs_before": pain if isinstance(pain, int | float) else None,
            "furthest_before": rank(said.get("furthest_before")),
            "lying_side": other or said.get("side_again") or said.get("side_sure"),
            "lying_side_reason": other and "told by clinician",
            "variant": adjusted.get("variant"),
            "furthest_after": rank(said.get("furthest_after")),
        }
    )


class Life:
    """The sessions of one person."""

    def __init__(self, *sessions: Session, screening: bool = False) -> None:
        """Take the sessions so far; without `screening` nothing of that is ever due: another test's part."""
        self.sessions = list(sessions)
        self.screening = screening

    def lives(
        self, talk: Conversation, *, records: int | None = None, day: date = DAY, exercise: str = EXERCISE.id
    ) -> None:
        """Add a session; only its first `records` came to the disk (None: all)."""
        self.sessions.append(session_of(talk.records[:records], len(self.sessions) + 1, day, exercise))

    def past(self, *, after: int = 1, exercise: str = EXERCISE.id) -> Past:
        """Return what a session so many days after the first `DAY` knows."""
        past = past_of(self.sessions, exercise, self.day(after))
        return past if self.screening else replace(past, screening="")

    def day(self, after: int) -> date:
        """Return the day that is so many days after the first."""
        return DAY + timedelta(days=after)
