"""Turn an exercise's templates into spoken lines, and into the timetable of one repetition. Pure.

A cue's name is `<exercise>.<part>[.<side>][.<n>]`, such as `flexion_rotation.lie.right.1`. The side stands in it
only where the text depends on it, so that one recording of "Keep breathing normally." serves both sides.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from voice_coach.actions import Line
from voice_coach.exercise import plan
from voice_coach.exercise.language import WORDS, number_word
from voice_coach.exercise.model import OTHER, Call, Exercise, Phase, Side, Step
from voice_coach.exercise.plan import phases_of
from voice_coach.timebase import Samples, samples

FIELDS = (*plan.SIDED, "number")
"""All template fields that a text may hold, in braces."""

_FIELD = re.compile("{(" + "|".join(FIELDS) + ")}")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


class Timed(NamedTuple):
    """A line and when its sound begins."""

    at: Samples
    """From the repetition's start."""
    line: Line


class Span(NamedTuple):
    """A phase's position in time."""

    name: str
    start: Samples
    end: Samples
    """The first sample after it."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """One repetition in samples, counted from its own start."""

    calls: tuple[Timed, ...]
    """In the order in which they begin."""
    phases: tuple[Span, ...]
    """In order and without gaps."""
    length: Samples

    def phase(self, at: Samples) -> str:
        """Return the phase's name at `at` samples from the start; before it the first phase, after it the last."""
        return next((span.name for span in self.phases if at < span.end), self.phases[-1].name)


def lines(texts: tuple[str, ...], cue: str, side: Side | None, language: str = "en") -> tuple[Line, ...]:
    """Return one line for each text (a sentence each), its cue numbered from 1.

    Raises:
        ValueError: a text needs a side and there is none.
    """
    return tuple(_line(text, cue, side, language, n=n) for n, text in enumerate(texts, 1))


def intro_lines(exercise: Exercise, side: Side | None) -> tuple[Line, ...]:
    """Return what is said before the first step, beginning with a plan's own sentence."""
    return (
        *plan_lines(exercise),
        *lines(exercise.intro, f"{exercise.id}.intro{_dose(exercise)}", side, exercise.language),
    )


def plan_lines(exercise: Exercise) -> tuple[Line, ...]:
    """Return what the professional whose plan it is wants to be said before the set-up."""
    plan_says = exercise.prescribed.say if exercise.prescribed else None
    return (Line(f"{exercise.id}.plan", plan_says),) if plan_says else ()


def question_lines(exercise: Exercise, identifier: str, *, again: bool = False) -> tuple[Line, ...]:
    """Return one of the exercise's own questions; `again`: in its other words."""
    question = next(one for one in exercise.questions if one.id == identifier)
    said, cue = (sentences(question.help), "again") if again else (question.ask, "ask")
    return lines(said, f"{exercise.id}.{cue}.{identifier}", None, exercise.language)


def caution_lines(exercise: Exercise, side: Side | None) -> tuple[Line, ...]:
    """Return what to take care of, said once before the set-up."""
    return lines(exercise.cautions, f"{exercise.id}.caution", side, exercise.language)


def short_lines(exercise: Exercise, side: Side | None) -> tuple[Line, ...]:
    """Return the short set-up for somebody who knows it; nothing if the exercise has none."""
    return lines(exercise.short, f"{exercise.id}.short", side, exercise.language)


def step_lines(exercise: Exercise, step: Step, side: Side | None) -> tuple[Line, ...]:
    """Return a step's instruction."""
    return lines(step.say, f"{exercise.id}.{step.id}", side, exercise.language)


def help_lines(exercise: Exercise, step: Step, side: Side | None) -> tuple[Line, ...]:
    """Return a step's help, a line for each of its sentences."""
    return lines(sentences(step.help), f"{exercise.id}.{step.id}.help", side, exercise.language)


def variant_lines(exercise: Exercise, step: Step, side: Side | None) -> tuple[Line, ...]:
    """Return the instruction of the step's other way; none where it has no other way."""
    if step.variant is None:
        return ()
    return lines(step.variant.say, f"{exercise.id}.{step.variant.id}", side, exercise.language)


def rest_lines(exercise: Exercise, side: Side | None) -> tuple[Line, ...]:
    """Return how to let go, said after a stop."""
    return lines(exercise.rest, f"{exercise.id}.rest", side, exercise.language)


def repetition_help_lines(exercise: Exercise, side: Side | None) -> tuple[Line, ...]:
    """Return what is said on "help" while it counts; nothing if the exercise has no such text."""
    return lines(exercise.repetition.help, f"{exercise.id}.counting.help", side, exercise.language)


def alternatives(exercise: Exercise) -> dict[str, Line]:
    """Return the names of the easier exercises that there are, by id, the first to be offered first."""
    names = {other: exercise.names[other] for other in exercise.alternatives if other in exercise.names}
    return {other: name_line(other, name) for other, name in names.items()}


def name_line(identifier: str, name: str) -> Line:
    """Return another exercise's name, as a sentence."""
    return Line(f"{identifier}.name", f"{name[0].upper()}{name[1:]}.")


def remark_line(exercise: Exercise, number: int, side: Side | None) -> Line | None:
    """Return what is said before repetition `number` (from 1, through all rounds), if anything is."""
    within = plan.place(exercise, number).number
    text = exercise.repetition.remarks.get(str(within))
    if text is None:
        return None
    cue = f"{exercise.id}.remark{_dose(exercise)}"
    return _line(text, cue, side, exercise.language, n=within, number=within)


def timetable(exercise: Exercise, number: int, side: Side | None, tempo: float) -> Timetable:
    """Return when what is said in repetition `number` (from 1).

    Args:
        exercise: what is done.
        number: which repetition, from 1 through all rounds; it is said by its place within its round.
        side: the side that is done, where the exercise has one; one that alternates has both in each repetition.
        tempo: factor on the length of each phase that scales: 2.0 is half as fast. Calls keep their distance in seconds
            from the phase's start or end, within the phase.
    """
    within = plan.place(exercise, number).number
    calls: list[Timed] = []
    phases: list[Span] = []
    start = 0
    for phase, on in _course(exercise, side):
        span = Span(phase.name, start, start + samples(phase.seconds * (tempo if phase.scales else 1.0)))
        calls += (Timed(_onset(call, span), _call_line(exercise, call, within, on)) for call in phase.calls)
        phases.append(span)
        start = span.end
    return Timetable(tuple(sorted(calls, key=lambda timed: timed.at)), tuple(phases), start)


def exercise_lines(exercise: Exercise) -> tuple[Line, ...]:
    """Return every line that the exercise can say, on both sides and with all numbers, about in the order of need."""
    found: list[Line] = []
    for question in exercise.questions:
        found += question_lines(exercise, question.id)
        found += question_lines(exercise, question.id, again=True)
    for side in sides_of(exercise):
        found += intro_lines(exercise, side)
        found += caution_lines(exercise, side)
        found += short_lines(exercise, side)
        for step in exercise.steps:
            found += step_lines(exercise, step, side)
            found += help_lines(exercise, step, side)
            found += variant_lines(exercise, step, side)
        for number in range(1, exercise.repetition.count + 1):
            found += (line for line in [remark_line(exercise, number, side)] if line)
            found += (timed.line for timed in timetable(exercise, number, side, 1.0).calls)
        found += repetition_help_lines(exercise, side)
        found += rest_lines(exercise, side)
    found += alternatives(exercise).values()
    found += (name_line(follow.exercise, follow.name) for follow in exercise.follows.values())
    return tuple(dict.fromkeys(found))


def sides_of(exercise: Exercise) -> tuple[Side | None, ...]:
    """Return the sides that it is done on, one after the other or as it hurts; `(None,)`: none, or both at once."""
    return tuple(OTHER) if exercise.sides in {"painful", "each"} else (None,)


def fields(text: str) -> set[str]:
    """Return the template fields that the text holds."""
    return set(_FIELD.findall(text))


def sentences(text: str) -> tuple[str, ...]:
    """Return the text's sentences."""
    return tuple(_SENTENCE_END.split(text.strip()))


def _dose(exercise: Exercise) -> str:
    """Return what the cue's name says of a dose that is not the file's, so that no recording says another number."""
    changed = exercise.prescribed and exercise.prescribed.changed
    return f".{exercise.repetition.sets}x{exercise.repetition.count}" if changed else ""


def _course(exercise: Exercise, side: Side | None) -> Iterator[tuple[Phase, Side | None]]:
    """Yield the phases of a repetition in order; where sides alternate, what moves comes twice, the left side first."""
    phases = phases_of(exercise)
    if exercise.sides != "alternate":
        yield from ((phase, side) for phase in phases)
        return
    yield from ((phase, None) for phase in phases if phase.name == "announce")
    for on in OTHER:
        yield from ((phase, on) for phase in phases if phase.name not in {"announce", "rest"})
    yield from ((phase, None) for phase in phases if phase.name == "rest")


def _onset(call: Call, span: Span) -> Samples:
    """Return when the call begins, kept within its phase."""
    offset = samples(call.at)
    return min(max(offset + (span.end if offset < 0 else span.start), span.start), span.end)


def _call_line(exercise: Exercise, call: Call, number: int, side: Side | None) -> Line:
    """Return the line of a call; its cue is numbered only where the text is."""
    n = number if "number" in fields(call.say) else None
    return _line(call.say, f"{exercise.id}.{call.id}", side, exercise.language, n=n, number=number)


def _line(
    text: str, cue: str, side: Side | None, language: str, *, n: int | None = None, number: int | None = None
) -> Line:
    """Fill the text's fields and finish the cue's name."""
    words = WORDS.get(language, WORDS["en"])
    values: dict[str, str] = {}
    if side is not None:
        values = dict(zip(plan.SIDED, 2 * (words.of(side), words.of(OTHER[side])), strict=True))
    if number is not None:
        values["number"] = number_word(number, language)
    if missing := fields(text) - set(values):
        message = f"{text!r} needs a value for {', '.join(sorted(missing))}"
        raise ValueError(message)
    sided = side if side and fields(text) & set(plan.SIDED) else None
    name = ".".join(part for part in (cue, sided, n and str(n)) if part)
    return Line(name, _FIELD.sub(lambda field: values[field[1]], text))
