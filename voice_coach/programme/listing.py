"""The programmes as `voice-coach exercises` lists them: what each strings together, and why one is not offered."""

from typing import Any

from voice_coach.exercise.availability import Offer
from voice_coach.programme.library import Entry, entries, why_not


def listed(exercises: list[Offer]) -> list[str]:
    """Return a heading and a line for each programme; nothing if there are none.

    Args:
        exercises: all that there are, each with why it is not offered.
    """
    found = entries()
    width = max((len(one.id) for one in found), default=0)
    lines = [f"{one.id:<{width}}  {described(one, why_not(one, exercises))}" for one in found]
    return ["Programmes (run --programme ID):", *lines] if lines else []


def described(entry: Entry, why: str) -> str:
    """Return what is to be known of a programme; `why` it is not offered, empty if it is."""
    if entry.programme is None or why:
        return f"not offered: {why}"
    own = " (yours)" if entry.own else ""
    return f"{', '.join(steps_of(entry))}  {entry.programme.written.title}{own}"


def steps_of(entry: Entry) -> list[str]:
    """Return the exercises' ids in order; of a broken file they are not known."""
    return [step.exercise for step in entry.programme.written.steps] if entry.programme else []


def as_objects(exercises: list[Offer]) -> list[dict[str, Any]]:
    """Return the programmes ready for JSON; `exercises` as above."""
    return [_as_object(one, why_not(one, exercises)) for one in entries()]


def _as_object(entry: Entry, why: str) -> dict[str, Any]:
    written = entry.programme and entry.programme.written
    return {
        "id": entry.id,
        "path": str(entry.path),
        "own": entry.own,
        "overrides": str(entry.overrides) if entry.overrides else None,
        "offered": not why,
        "why_not": why or None,
        "problems": list(map(str, entry.problems)),
        "programme": written and {"title": written.title, "version": written.version, "steps": steps_of(entry)},
    }
