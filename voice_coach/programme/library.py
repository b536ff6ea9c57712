"""All programmes that there are: the user's own and ours, the broken ones by name; and why one can't be offered now."""

from collections.abc import Iterable
from dataclasses import dataclass

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
