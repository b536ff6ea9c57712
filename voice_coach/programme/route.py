"""The order of exercises in a programme. Pure: looked up before an exercise begins; the dialogue only chooses."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Final, NamedTuple

import msgspec

from voice_coach.exercise.model import Exercise, Follow
from voice_coach.programme.dose import dosed
from voice_coach.programme.model import (
    ALWAYS_END,
    ASK,
    END,
    NEXT,
    OUTCOMES,
    Outcome,
    Programme,
    ProgrammeFile,
    ProgrammeStep,
)

NOTHING_DONE: Final[Mapping[str, int]] = MappingProxyType({})
"""How often each exercise was done today, where that does not matter or is not known."""


class Target(NamedTuple):
    """The target of a rule."""

    step: int
    """From 0."""
    asked: bool
    """Only where the person says yes to it."""


class Edge(NamedTuple):
    """A way from one step to another."""

    step: int
    outcome: Outcome
    target: Target


def target_of(programme: ProgrammeFile, step: int, outcome: Outcome) -> Target | None:
    """Return where the rule of this step, from 0, leads; None: to the end. Behind the last step there is only that.

    Raises:
        ValueError: it names a step that there is not.
    """
    rule = getattr(programme.steps[step], outcome)
    if outcome in ALWAYS_END or rule == END:
        return None
    asked, name = parsed(rule)
    number = step + 1 if name == NEXT else names(programme).index(name)
    return Target(number, asked) if number < len(programme.steps) else None


def parsed(rule: str) -> tuple[bool, str]:
    """Return whether a rule asks, and the step that it names, or `next`, or `end`."""
    first, *rest = rule.split()
    if first != ASK:
        return False, rule
    return True, " ".join(rest) or NEXT


def names(programme: ProgrammeFile) -> list[str]:
    """Return what rules call the steps."""
    return [step.name for step in programme.steps]


def edges(programme: ProgrammeFile, exercises: Mapping[str, Exercise]) -> Iterator[Edge]:
    """Yield all ways from step to step; between two families each asks, whatever its rule says (clinical rules 3)."""
    for step, one in enumerate(programme.steps):
        for outcome in OUTCOMES:
            if target := target_of(programme, step, outcome):
                other = programme.steps[target.step].exercise
                mixed = exercises[one.exercise].family != exercises[other].family
                yield Edge(step, outcome, Target(target.step, target.asked or mixed))


def first(programme: Programme, done: Mapping[str, int] = NOTHING_DONE) -> str:
    """Return the name of the step that begins: of a plan, the first that was not done as often as it says.

    `done` is how often each exercise was done today, by its id.
    """
    steps = programme.written.steps
    return next((step.name for step in steps if not _is_enough(programme, step, done)), steps[0].name)


def exercise_of(programme: Programme, step: str) -> Exercise:
    """Return the exercise of a step, by the step's name."""
    return programme.exercises[programme.written.steps[names(programme.written).index(step)].exercise]


def placed(
    programme: Programme, step: str, exercise: Exercise, *, continues: bool, done: Mapping[str, int] = NOTHING_DONE
) -> Exercise:
    """Return an exercise with what follows it at a step: the step's own, by its dose, or an easier one instead of it.

    Args:
        programme: what it is part of.
        step: the name of its step.
        exercise: what is done there.
        continues: an exercise of the programme came before it.
        done: how often each exercise was done today, by its id; a step of a plan that was done as often as it says is
            passed over.
    """
    number = names(programme.written).index(step)
    ways = list(edges(programme.written, programme.exercises))
    follows = {
        edge.outcome: _follow(programme, target)
        for edge in ways
        if edge.step == number and (target := _still_due(programme, edge, ways, done))
    }
    asked = programme.written.steps[number]
    own = exercise.id == asked.exercise
    exercise = dosed(exercise, asked, programme.written.prescribed) if own else exercise
    return msgspec.structs.replace(exercise, follows=follows, continues=continues)


def _still_due(programme: Programme, edge: Edge, ways: Sequence[Edge], done: Mapping[str, int]) -> Target | None:
    """Return where a way leads when steps that were done often enough today are passed over; None: to the end."""
    steps = programme.written.steps
    target, seen = edge.target, set[int]()
    while _is_enough(programme, steps[target.step], done):
        if target.step in seen:
            return None
        seen.add(target.step)
        onward = next((one.target for one in ways if (one.step, one.outcome) == (target.step, edge.outcome)), None)
        if onward is None:
            return None
        families = {programme.exercises[steps[number].exercise].family for number in (edge.step, onward.step)}
        target = Target(onward.step, target.asked or onward.asked or len(families) > 1)
    return target


def _is_enough(programme: Programme, step: ProgrammeStep, done: Mapping[str, int]) -> bool:
    """Tell whether a step of a plan was done as often today as the plan says."""
    often = step.per_day if programme.written.prescribed else None
    return often is not None and done.get(step.exercise, 0) >= often


def _follow(programme: Programme, target: Target) -> Follow:
    step = programme.written.steps[target.step]
    exercise = programme.exercises[step.exercise]
    return Follow(step=step.name, exercise=exercise.id, name=exercise.name, asked=target.asked)
