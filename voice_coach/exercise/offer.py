"""Which exercises can be offered to a person, and why one is not. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from voice_coach.exercise.library import Entry
from voice_coach.exercise.model import Exercise


@dataclass(frozen=True, slots=True)
class Offer:
    """An exercise, and whether it suits."""

    entry: Entry
    why_not: str = ""
    """A sentence; empty: it can be offered."""
    first: str = ""
    """What is asked before it begins; empty: nothing more than before each."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person looks for; empty: anything."""

    family: str = ""
    position: str = ""


def offers(entries: Iterable[Entry], locks: Mapping[str, str], wish: Wish = Wish()) -> list[Offer]:
    """Return all exercises, each with why it is not offered, if it is not.

    Args:
        entries: all that there are.
        locks: why an exercise is locked, by its id, such as {"bridge": "worse"}.
        wish: what is looked for.
    """
    return [_offer(entry, locks, wish) for entry in entries]


def _offer(entry: Entry, locks: Mapping[str, str], wish: Wish) -> Offer:
    exercise = entry.exercise
    if exercise is None:
        return Offer(entry, f"its file has mistakes: {entry.problems[0]}")
    if why := _locked(exercise, locks) or _unwanted(exercise, wish):
        return Offer(entry, why)
    return Offer(entry, first="whether a professional has taught it" if exercise.taught else "")


def _locked(exercise: Exercise, locks: Mapping[str, str]) -> str:
    """Return why a red sign keeps it back: its own, or another's, after which no family is offered (clinical.md 3)."""
    if exercise.id in locks:
        return f"it is locked ({locks[exercise.id]}) until a professional has checked it"
    if locks:
        name, reason = next(iter(sorted(locks.items())))
        return f"{name} is locked ({reason}); nothing else is offered until a professional has checked that"
    return ""


def _unwanted(exercise: Exercise, wish: Wish) -> str:
    """Return in what it is not what is looked for."""
    if wish.family and exercise.family != wish.family:
        return f"its family is {exercise.family}"
    if wish.position and exercise.position != wish.position:
        return f"its position is {exercise.position}"
    return ""
