"""The sessions as a FHIR R4 Bundle: a Procedure for each, and an Observation for each question about the pain.

There is no Patient, so that the file tells nobody's name; who receives it knows whose it is.
"""

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any, Final

from voice_coach.clinical import trends
from voice_coach.records import Answered, Session
from voice_coach.timebase import seconds

Resource = dict[str, Any]

PAIN: Final = {
    "system": "http://loinc.org",
    "code": "72514-3",
    "display": "Pain severity - 0-10 verbal numeric rating [Score] - Reported",
}
_ABSENT: Final = {"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "asked-unknown"}
_SUBJECT: Final = {"display": "The person who did the exercise"}
_STATUS: Final = {
    "completed": "completed",
    "finished_early": "stopped",
    "stopped": "stopped",
    "no_answer": "stopped",
    "interrupted": "stopped",
    "cannot_start": "not-done",
}
_QUESTIONS: Final = {"pain_before": "before the exercise", "pain_after": "after the exercise"}
_SPACE: Final = uuid.UUID("c3f6bb0e-2c54-5d1e-9d0c-7f1d4a4f7a10")
"""Makes the names of our resources: the same session always has the same ones."""


def bundle(sessions: Iterable[Session]) -> Resource:
    """Return the Bundle, ready for JSON."""
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [
            {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}
            for session in sessions
            for resource in (_procedure(session), *_observations(session))
        ],
    }


def _procedure(session: Session) -> Resource:
    """Return the exercise, as far as it went."""
    red = session.red
    notes = [f"{session.reps_coached} of {session.reps_target} repetitions were coached."]
    notes += [f"Note: {session.note}"] if session.note else []
    return _known(
        resourceType="Procedure",
        id=_name(session, "session"),
        status=_STATUS.get(session.outcome or "", "unknown"),
        statusReason=_text(red.intent if red else session.outcome if session.outcome != "completed" else None),
        code=_text(f"Exercise: {session.exercise_id.replace('_', ' ')}"),
        subject=_SUBJECT,
        performedPeriod=_known(start=session.started, end=session.ended),
        bodySite=[_text(f"{session.painful_side} side of the back")] if session.painful_side else None,
        complication=[_text(f"Said: {red.words}")] if red and red.words else None,
        note=[{"text": " ".join(notes)}],
    )


def _observations(session: Session) -> Iterator[Resource]:
    """Return what was answered about the pain's strength; asked and not answered is said so, never a number."""
    scores = {"pain_before": session.nprs_before, "pain_after": session.nprs_after}
    for question, when in _QUESTIONS.items():
        asked = [answer for answer in session.answers if answer.question == question]
        if asked:
            yield _observation(session, asked[-1], when, scores[question])
    told = [answer for answer in session.answers if answer.question == trends.QUESTION]
    if session.pgic is not None:
        yield _impression(session, told[0], session.pgic)


def _observation(session: Session, answer: Answered, when: str, score: float | None) -> Resource:
    """Return a score, or that there is none."""
    at = datetime.fromisoformat(session.started) + timedelta(seconds=seconds(answer.at))
    unit = {"unit": "{score}", "system": "http://unitsofmeasure.org", "code": "{score}"}
    return _known(
        resourceType="Observation",
        id=_name(session, answer.question),
        status="final",
        code={"coding": [PAIN], "text": f"Pain {when}, 0 to 10"},
        subject=_SUBJECT,
        partOf=[{"reference": f"urn:uuid:{_name(session, 'session')}"}],
        effectiveDateTime=at.isoformat(timespec="seconds"),
        valueQuantity=None if score is None else {"value": score, **unit},
        dataAbsentReason={"coding": [_ABSENT]} if score is None else None,
    )


def _impression(session: Session, answer: Answered, step: int) -> Resource:
    """Return the weekly impression of change: a step, and its words. It has no code of its own here."""
    at = datetime.fromisoformat(session.started) + timedelta(seconds=seconds(answer.at))
    return _known(
        resourceType="Observation",
        id=_name(session, answer.question),
        status="final",
        code=_text("Patient Global Impression of Change, 1 (very much improved) to 7 (very much worse)"),
        subject=_SUBJECT,
        partOf=[{"reference": f"urn:uuid:{_name(session, 'session')}"}],
        effectiveDateTime=at.isoformat(timespec="seconds"),
        valueInteger=step,
        note=[{"text": trends.label(step)}],
    )


def _name(session: Session, what: str) -> str:
    """Return the name of a resource."""
    return str(uuid.uuid5(_SPACE, f"{session.started} {session.id} {what}"))


def _text(text: str | None) -> Resource | None:
    """Return a concept that has no code."""
    return {"text": text} if text else None


def _known(**values: object) -> Resource:
    """Return what is known of the values: FHIR has no null."""
    return {name: value for name, value in values.items() if value is not None}
