"""The sessions as a FHIR R4 Bundle: Procedures, Observations, QuestionnaireResponses and Flags.

A Procedure is a session; an Observation is a question about the pain, or a red event; a QuestionnaireResponse is a
screening; a Flag is a lock.
There is no Patient, so that the file contains no name; the recipient knows whose it is.
"""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from voice_coach.clinical import trends
from voice_coach.exercise.prompts import load_prompts
from voice_coach.records import Answered, Session, Stopped
from voice_coach.report.adherence import lock_spans
from voice_coach.report.safety import Words, done_about, sign_of
from voice_coach.report.words import answer_text, help_text, outcome_text, sign_text, where_text
from voice_coach.timebase import Samples, seconds

Resource = dict[str, Any]

PAIN: Final = {
    "system": "http://loinc.org",
    "code": "72514-3",
    "display": "Pain severity - 0-10 verbal numeric rating [Score] - Reported",
}
_ABSENT: Final = {"system": "http://terminology.hl7.org/CodeSystem/data-absent-reason", "code": "asked-unknown"}
_NO_WORDS: Final = {**_ABSENT, "code": "not-asked"}
_SAFETY: Final = {
    "system": "http://terminology.hl7.org/CodeSystem/flag-category",
    "code": "safety",
    "display": "Safety",
}
_SCREENING: Final = ("screen", "own_")
"""Prefix of the questions about red flags, and their result."""
_ENDS_SCREENING: Final = {"screening", "screen_daily"}
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
"""Namespace of our resource ids: the same session always has the same ones."""


def bundle(sessions: Sequence[Session], words: Words | None = None) -> Resource:
    """Return the Bundle, ready for JSON; `words` are those in which exercises and questions are named."""
    words = words or Words(load_prompts())
    resources = [
        *(resource for session in sessions for resource in _of_session(session, words)),
        *_locks(sorted(sessions, key=lambda one: one.id)),
    ]
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource} for resource in resources],
    }


def _of_session(session: Session, words: Words) -> Iterator[Resource]:
    yield _procedure(session, words)
    yield from _observations(session)
    yield from _screening(session, words)
    red = [stop for stop in session.stops if stop.red]
    yield from (_red(session, number, stop, words) for number, stop in enumerate(red, 1))


def _procedure(session: Session, words: Words) -> Resource:
    """Return the performed part of the exercise."""
    red = session.red
    notes = [f"{session.reps_coached} of {session.reps_target} repetitions were coached."]
    notes += [f"Note: {session.note}"] if session.note else []
    notes += [text] if (text := help_text(session)) else []
    return _known(
        resourceType="Procedure",
        id=_name(session, "session"),
        status=_STATUS.get(session.outcome or "", "unknown"),
        statusReason=_text(
            sign_text(red.intent)
            if red
            else outcome_text(session)
            if session.outcome not in {None, "completed"}
            else None
        ),
        code=_text(f"Exercise: {words.exercise(session)}"),
        subject=_SUBJECT,
        performedPeriod=_known(start=session.started, end=session.ended),
        bodySite=[_text(f"{session.painful_side} side of the back")] if session.painful_side else None,
        complication=[_text(f"Said: {red.words}")] if red and red.words else None,
        note=[{"text": " ".join(notes)}],
    )


def _observations(session: Session) -> Iterator[Resource]:
    """Return the answers about the pain's strength; asked but not answered is marked as such, never a number."""
    scores = {"pain_before": session.nprs_before, "pain_after": session.nprs_after}
    for question, when in _QUESTIONS.items():
        asked = [answer for answer in session.answers if answer.question == question]
        if asked:
            yield _observation(session, asked[-1], when, scores[question])
    told = [answer for answer in session.answers if answer.question == trends.QUESTION]
    if session.pgic is not None:
        yield _impression(session, told[0], session.pgic)


def _screening(session: Session, words: Words) -> Iterator[Resource]:
    """Return the answers about red flags; an unanswered question is included without an answer."""
    found = [one for one in session.answers if one.question.startswith(_SCREENING)]
    if not found:
        return
    ended = any(one.question in _ENDS_SCREENING and one.value is not None for one in found)
    last: dict[str, Answered] = {one.question: one for one in found}
    yield _known(
        resourceType="QuestionnaireResponse",
        id=_name(session, "screening"),
        partOf=[{"reference": f"urn:uuid:{_name(session, 'session')}"}],
        status="completed" if ended else "stopped",
        subject=_SUBJECT,
        authored=_instant(session, found[-1].at),
        item=[
            _known(linkId=one.question, text=words.question(one), answer=_answer(one.value)) for one in last.values()
        ],
    )


def _answer(value: str | float | None) -> list[Resource] | None:
    if value is None:
        return None
    return [{"valueBoolean": value == "yes"} if value in {"yes", "no"} else {"valueString": answer_text(value)}]


def _red(session: Session, number: int, stop: Stopped, words: Words) -> Resource:
    """Return a red event: the words, the place in the exercise, and the coach's reaction."""
    said = stop.words or ("No answer came, which counts as worse." if stop.by == "timeout" else None)
    return _known(
        resourceType="Observation",
        id=_name(session, f"red {number}"),
        status="final",
        code=_text(f"Red event: {sign_text(stop.intent)}"),
        subject=_SUBJECT,
        partOf=[{"reference": f"urn:uuid:{_name(session, 'session')}"}],
        effectiveDateTime=_instant(session, stop.at),
        valueString=said,
        dataAbsentReason=None if said else {"coding": [_NO_WORDS]},
        note=[{"text": f"{where_text(stop, words.prompts).capitalize()}. {done_about(stop)}"}],
    )


def _locks(every: Sequence[Session]) -> Iterator[Resource]:
    """Return a Flag for each lock; it holds for every exercise, so each is there once."""
    names = dict.fromkeys(one.exercise_id for one in every)
    spans = {since.id: (since, until) for name in names for since, until in lock_spans(every, name)}
    for since, until in spans.values():
        yield _known(
            resourceType="Flag",
            id=_name(since, "lock"),
            status="inactive" if until else "active",
            category=[{"coding": [_SAFETY]}],
            code=_text(f"No exercise until a professional has checked it: {sign_of(since)}"),
            subject=_SUBJECT,
            period=_known(start=since.started, end=until.started if until else None),
        )


def _instant(session: Session, at: Samples) -> str:
    """Return an instant of a session by the clock on the wall."""
    return (datetime.fromisoformat(session.started) + timedelta(seconds=seconds(at))).isoformat(timespec="seconds")


def _observation(session: Session, answer: Answered, when: str, score: float | None) -> Resource:
    """Return a score, or that there is none."""
    unit = {"unit": "{score}", "system": "http://unitsofmeasure.org", "code": "{score}"}
    return _known(
        resourceType="Observation",
        id=_name(session, answer.question),
        status="final",
        code={"coding": [PAIN], "text": f"Pain {when}, 0 to 10"},
        subject=_SUBJECT,
        partOf=[{"reference": f"urn:uuid:{_name(session, 'session')}"}],
        effectiveDateTime=_instant(session, answer.at),
        valueQuantity=None if score is None else {"value": score, **unit},
        dataAbsentReason={"coding": [_ABSENT]} if score is None else None,
    )


def _impression(session: Session, answer: Answered, step: int) -> Resource:
    """Return the weekly impression of change: a step, and its words. It has no code of its own here."""
    return _known(
        resourceType="Observation",
        id=_name(session, answer.question),
        status="final",
        code=_text("Patient Global Impression of Change, 1 (very much improved) to 7 (very much worse)"),
        subject=_SUBJECT,
        partOf=[{"reference": f"urn:uuid:{_name(session, 'session')}"}],
        effectiveDateTime=_instant(session, answer.at),
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
    """Return the values without None: FHIR has no null."""
    return {name: value for name, value in values.items() if value is not None}
