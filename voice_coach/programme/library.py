"""All programmes, the user's own and ours, as `voice-coach exercises` lists them, with why one can't be offered."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from voice_coach.exercise.availability import Offer
from voice_coach.exercise.library import DataFile, read_files
from voice_coach.programme.load import read_programme
from voice_coach.programme.model import Programme


@dataclass(frozen=True, slots=True)
class Entry(DataFile):
    """A programme file."""

    programme: Programme | None
    """None: it can't be used; `problems` says why."""


def entries(language: str = "en") -> list[Entry]:
    """Return every programme of a language by its id, as `exercise.library.entries` does it."""
    found = read_files("programmes", language, read_programme, lambda programme: programme.written.id)
    return [Entry(*fields) for fields in found]


def why_not(entry: Entry, exercises: Iterable[Offer]) -> str:
    """Return in a sentence why a programme can't be offered: its file, or one of its exercises. Empty: it can.

    Args:
        entry: the programme.
        exercises: all that there are, each with why it is not offered.
    """
    if entry.programme is None:
        return f"its file has mistakes: {entry.problems[0]}"
    reasons = {offer.entry.id: offer.why_not for offer in exercises}
    for step in entry.programme.written.steps:
        if reason := reasons[step.exercise]:
            return f"{step.exercise}: {reason}"
    return ""


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
