"""In which order the repetitions of a session come: rounds of so many each, by sets and sides. Pure.

Repetitions are numbered through from 1, whatever set and side they belong to; so the log stays one list. A round is
what is counted from "one" on. Sides change faster than sets.
"""

from typing import NamedTuple

from voice_coach.exercise.model import OTHER, ExerciseFile, Side, Step

SIDED = ("bottom", "upper", "side", "other")
"""The template fields that need a side."""
_ORDER: tuple[Side, ...] = tuple(OTHER)


class Place(NamedTuple):
    """Where a repetition stands."""

    set: int
    """From 1."""
    side: Side | None
    """With sides = "each"; else None."""
    number: int
    """Within its round, from 1: what is said aloud."""


def total(exercise: ExerciseFile) -> int:
    """Return how many repetitions there are, on all sides and in all sets."""
    return exercise.repetition.count * exercise.repetition.sets * len(_sides(exercise))


def place(exercise: ExerciseFile, number: int) -> Place:
    """Return where the repetition with this number, from 1 on through all rounds, stands."""
    sides = _sides(exercise)
    turn, within = divmod(number - 1, exercise.repetition.count)
    return Place(turn // len(sides) + 1, sides[turn % len(sides)], within + 1)


def sided(step: Step) -> bool:
    """Return whether a step is another one on the other side."""
    variant = step.variant.say if step.variant else ()
    return any(f"{{{field}}}" in text for text in (*step.say, *variant) for field in SIDED)


def _sides(exercise: ExerciseFile) -> tuple[Side | None, ...]:
    return _ORDER if exercise.sides == "each" else (None,)
