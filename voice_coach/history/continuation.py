"""Join sessions of which one resumed another that had broken off. Pure."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from voice_coach.records import Session
from voice_coach.timebase import Samples, samples

QUESTION: Final = "broken_off"
"""The answer is the number of the session that this one resumes; "no": it starts from the beginning."""

_LATER: Final = (
    "nprs_after", "furthest_after", "said_change", "said_change_words", "said_change_confidence", "derived_light",
    "derived_rule", "variant", "variant_reason", "tempo", "settle_check_5min", "alternative_used",
    "alternative_reason", "volume", "note",
)  # fmt: skip
"""Fields of which the later part's value holds, where it has one."""
_COUNTED: Final = ("reps_coached", "reps_self_reported", "noinput", "nomatch")


def joined(sessions: Iterable[Session]) -> list[Session]:
    """Return the sessions, the oldest first; a session that resumed another is merged into it."""
    found: dict[int, Session] = {}
    into: dict[int, int] = {}
    for session in sorted(sessions, key=lambda one: one.id):
        former = into.get(origin := went_on_from(session) or 0, origin)
        if former in found:
            found[former] = _together(found[former], session)
            into[session.id] = former
        else:
            found[session.id] = session
    return list(found.values())


def went_on_from(session: Session) -> int | None:
    """Return the number of the session that this one resumed; None: it started from the beginning."""
    number = said(session, QUESTION)
    return int(number) if isinstance(number, int | float) else None


def _together(first: Session, second: Session) -> Session:
    """Return a session merged with the one that resumed it; the later part's times follow the first one's."""
    apart = datetime.fromisoformat(second.started) - datetime.fromisoformat(first.started)
    shift = max(samples(apart.total_seconds()), _end(first))
    values: dict[str, Any] = {
        **{name: _later(getattr(first, name), getattr(second, name)) for name in _LATER},
        **{name: _sum(getattr(first, name), getattr(second, name)) for name in _COUNTED},
        **{
            name: (*getattr(first, name), *(replace(one, at=one.at + shift) for one in getattr(second, name)))
            for name in ("answers", "stops", "pauses", "adjustments", "help_calls", "misheard")
        },
        "repetitions": (
            *first.repetitions,
            *(replace(one, at=one.at + shift, started=one.started + shift) for one in second.repetitions),
        ),
    }
    return replace(first, ended=second.ended, outcome=second.outcome, **values)


def _end(session: Session) -> Samples:
    """Return an instant after everything in a session."""
    parts: tuple[Any, ...] = (
        *session.answers, *session.repetitions, *session.stops, *session.pauses, *session.adjustments,
        *session.help_calls, *session.misheard,
    )  # fmt: skip
    return max((part.at for part in parts), default=0) + 1


def _later(first: object, second: object) -> object:
    return first if second is None else second


def _sum(first: int | None, second: int | None) -> int | None:
    return None if first is None and second is None else (first or 0) + (second or 0)


def said(session: Session, question: str) -> str | float | None:
    """Return the last answer to a question; None: there is none, or it was not answered."""
    return next((answer.value for answer in reversed(session.answers) if answer.question == question), None)
