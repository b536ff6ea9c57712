"""Semantic checks of a programme whose structure is valid. Pure.

A programme never leads around what keeps its user safe: after a red sign, or no answer, it ends; who was unsure or
stopped is asked; two families are not mixed without asking; and nobody is led round and round.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from voice_coach.exercise import lint
from voice_coach.exercise.model import Exercise
from voice_coach.files.validate import Mistake, nearest, quoted
from voice_coach.programme.dose import check_dose
from voice_coach.programme.model import ALWAYS_END, ASK, ASK_FIRST, END, NEXT, OUTCOMES, Outcome, ProgrammeFile
from voice_coach.programme.route import Edge, edges, names, parsed

_RESERVED = (END, NEXT, ASK)
_WHY_END: dict[Outcome, str] = {
    "worse": "a red sign always ends a programme (R10, R31)",
    "no_answer": "who gives no answer is not led on (V9)",
}


def check_programme(programme: ProgrammeFile, exercises: Mapping[str, Exercise]) -> list[Mistake]:
    """Return what is wrong.

    Args:
        programme: as it is written.
        exercises: those of its exercises that can be used, by id; the others are reported elsewhere.
    """
    found = [*_in_names(programme), *_in_rules(programme), *_in_prescription(programme)]
    found += _in_exercises(programme, exercises)
    if found or any(step.exercise not in exercises for step in programme.steps):
        return found
    ways = list(edges(programme, exercises))
    return [*_mixed(programme, exercises, ways), *_unreached(programme, ways), *_rounds(programme, ways)]


def _in_names(programme: ProgrammeFile) -> Iterator[Mistake]:
    """Yield names that rules could not tell apart."""
    counted = Counter(names(programme))
    for n, step in enumerate(programme.steps):
        if step.name in _RESERVED:
            yield Mistake(("steps", n, "id"), f'"{step.name}" has a meaning in rules; choose another id')
        elif counted[step.name] > 1:
            yield Mistake(("steps", n), f'"{step.name}" is taken; write id = "..." with another name')


def _in_rules(programme: ProgrammeFile) -> Iterator[Mistake]:
    """Yield rules that lead nowhere, and those that lead where nobody may be led."""
    for n, step in enumerate(programme.steps):
        for outcome in OUTCOMES:
            if message := _in_rule(programme, outcome, getattr(step, outcome)):
                yield Mistake(("steps", n, outcome), message)


def _in_rule(programme: ProgrammeFile, outcome: Outcome, rule: str) -> str:
    """Return what is wrong with a rule; empty: nothing."""
    asked, name = parsed(rule)
    if outcome in ALWAYS_END and rule != END:
        return f'{_WHY_END[outcome]}, so nothing follows it; write "{END}" or leave it out'
    if name not in {*names(programme), NEXT} and rule != END:
        known = [*names(programme), NEXT] if asked else [*names(programme), *_RESERVED]
        return f"there is no step {quoted(name)}; {nearest(name, known)}"
    if outcome in ASK_FIRST and not asked and rule != END:
        remedy = ASK if name == NEXT else f"{ASK} {name}"
        return f'who was unsure or stopped is not led on without being asked; write "{remedy}" or "{END}"'
    return ""


def _in_prescription(programme: ProgrammeFile) -> Iterator[Mistake]:
    """Yield what is wrong with who prescribed it and when."""
    plan = programme.prescribed
    if plan is None:
        return
    if plan.review and plan.review <= plan.on:
        yield Mistake(("prescribed", "review"), f"must be after {plan.on}, the day on which it was prescribed")
    if plan.say:
        yield from (Mistake(("prescribed", "say"), message) for message in lint.lint_speakable(plan.say))
        yield from (Mistake(("prescribed", "say"), m, fatal=False) for m in lint.lint_length(plan.say))


def _in_exercises(programme: ProgrammeFile, exercises: Mapping[str, Exercise]) -> Iterator[Mistake]:
    """Yield exercises of which nobody would know how they went."""
    for n, step in enumerate(programme.steps):
        exercise = exercises.get(step.exercise)
        if exercise:
            yield from check_dose(programme, n, exercise)
        if exercise and exercise.repetition.count not in exercise.repetition.checks_after:
            message = (
                f'"{exercise.id}" does not ask how it is after its last repetition, so no rule can go by it;'
                f" write {exercise.repetition.count} into its checks_after"
            )
            yield Mistake(("steps", n, "exercise"), message)


def _mixed(programme: ProgrammeFile, exercises: Mapping[str, Exercise], ways: list[Edge]) -> Iterator[Mistake]:
    """Yield the first way of each step on which two families would follow one another, where that is not wanted."""
    told: set[int] = set()
    mixed = False
    for way in ways:
        one, other = (exercises[programme.steps[n].exercise] for n in (way.step, way.target.step))
        if one.family == other.family:
            continue
        mixed = True
        if programme.mixes is None and way.step not in told:
            told.add(way.step)
            message = (
                f'"{one.id}" ({one.family}) and "{other.id}" ({other.family}) are of two families, which are not mixed'
                ' without asking; write mixes = "asked" at the beginning, and the coach asks, or take others'
            )
            yield Mistake(("steps", way.step, way.outcome), message)
    if programme.mixes and not mixed:
        yield Mistake(("mixes",), "all that follow one another are of one family; leave it out", fatal=False)


def _unreached(programme: ProgrammeFile, ways: list[Edge]) -> Iterator[Mistake]:
    """Yield steps that no way leads to."""
    reached, waiting = {0}, [0]
    while waiting:
        here = waiting.pop()
        new = {way.target.step for way in ways if way.step == here} - reached
        reached |= new
        waiting += new
    for n, step in enumerate(programme.steps):
        if n not in reached:
            yield Mistake(("steps", n), f'no rule leads to "{step.name}"; name it in a rule, or leave it out')


def _rounds(programme: ProgrammeFile, ways: list[Edge]) -> Iterator[Mistake]:
    """Yield the ways that close a round in which nobody is asked: it might never end."""
    unasked: dict[int, list[Edge]] = {n: [] for n in range(len(programme.steps))}
    for way in ways:
        if not way.target.asked:
            unasked[way.step].append(way)
    for start in unasked:
        for way in _back_to(start, unasked):
            name = programme.steps[start].name
            message = f'leads back to "{name}" with nobody asked, and might never end; write "{ASK} {name}" or "{END}"'
            yield Mistake(("steps", way.step, way.outcome), message)


def _back_to(start: int, unasked: Mapping[int, list[Edge]]) -> Iterator[Edge]:
    """Yield the ways that lead from this step, or a later one in the file, back to it."""
    reached, waiting = {start}, [start]
    while waiting:
        for way in unasked[waiting.pop()]:
            if way.target.step == start:
                yield way
            elif way.target.step > start and way.target.step not in reached:
                reached.add(way.target.step)
                waiting.append(way.target.step)
