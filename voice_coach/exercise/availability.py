"""Which exercises can be offered to a person, and why one is not. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from voice_coach.clinical.past import Choice, Lock
from voice_coach.exercise.library import Entry
from voice_coach.exercise.model import Exercise

NAMED = 3
"""How many exercises are named aloud: nobody remembers more."""


@dataclass(frozen=True, slots=True)
class Offer:
    """An exercise, and whether it can be offered."""

    entry: Entry
    why_not: str = ""
    """A sentence; empty: it can be offered."""
    first: str = ""
    """What is asked before it begins, in addition to the usual questions; empty: nothing."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person is looking for; empty: anything."""

    family: str = ""
    position: str = ""


def offers(entries: Iterable[Entry], locks: Mapping[str, Lock], wish: Wish = Wish()) -> list[Offer]:
    """Return all exercises, each with the reason if it is not offered.

    Args:
        entries: all that there are.
        locks: those of the exercises that are locked, by their ids.
        wish: what is looked for.
    """
    return [_offer(entry, locks, wish) for entry in entries]


def choice(exercise: Exercise, entries: Sequence[Entry], locks: Mapping[str, str]) -> Choice:
    """Return what is said aloud of that: only this exercise's family, as families are not mixed unasked."""
    found = [] if locks else offers(entries, {})  # one red sign keeps back all (clinical.md 3)
    offered = [one.entry.exercise for one in found if one.entry.exercise and not one.why_not]
    kin = sorted((one for one in offered if one.family == exercise.family), key=lambda one: one.id != exercise.id)
    return Choice(
        names=tuple(one.name for one in kin if not one.taught or one.id == exercise.id)[:NAMED],
        taught=any(one.taught and one.id != exercise.id for one in kin),
        others=any(one.family != exercise.family for one in offered),
        locked=tuple(_name(identifier, entries) for identifier in locks),
        broken=any(entry.exercise is None for entry in entries),
    )


def _name(identifier: str, entries: Iterable[Entry]) -> str:
    """Return the name of a locked exercise, which may no longer exist."""
    names = (entry.exercise.name for entry in entries if entry.id == identifier and entry.exercise)
    return next(names, identifier.replace("_", " "))


def _offer(entry: Entry, locks: Mapping[str, Lock], wish: Wish) -> Offer:
    exercise = entry.exercise
    if exercise is None:
        return Offer(entry, f"its file has mistakes: {entry.problems[0]}")
    if why := _locked(exercise, locks) or _unwanted(exercise, wish):
        return Offer(entry, why)
    return Offer(entry, first="whether a professional has taught it" if exercise.taught else "")


def _locked(exercise: Exercise, locks: Mapping[str, Lock]) -> str:
    """Return why a red sign locks it: its own, or another's, after which no family is offered (clinical.md 3)."""
    lock = locks.get(exercise.id)
    if lock is None:
        return ""
    if lock.elsewhere:
        return (
            f"{lock.elsewhere} is locked ({lock.reason}); nothing else is offered until a professional has checked that"
        )
    return f"it is locked ({lock.reason}) until a professional has checked it"


def _unwanted(exercise: Exercise, wish: Wish) -> str:
    """Return in what respect it does not match the wish."""
    if wish.family and exercise.family != wish.family:
        return f"its family is {exercise.family}"
    if wish.position and exercise.position != wish.position:
        return f"its position is {exercise.position}"
    return ""
