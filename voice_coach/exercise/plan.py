"""The order of a session's repetitions: rounds, by sets and sides. Pure.

Repetitions are numbered from 1 across all sets and sides, so that the log stays one list. A round is counted from
"one". Sides change faster than sets.
"""

from collections.abc import Iterator
from typing import NamedTuple

from voice_coach.exercise.language import WORDS, Words
from voice_coach.exercise.model import (
    MAX_COUNTED_UP,
    MIN_TIMED,
    OTHER,
    Call,
    ExerciseFile,
    Move,
    Phase,
    Side,
    Step,
)

SIDED = ("bottom", "upper", "side", "other")
"""The template fields that need a side."""
_ORDER: tuple[Side, ...] = tuple(OTHER)

_ANNOUNCE = 1.3  # seconds: a number of two words, and a breath
_HOLD_LEAD = 0.8  # seconds from "hold" to "one"
_LAST_NUMBERS = 3  # numbers of a countdown
_TIME_EVERY = 30  # seconds between two times that are told
_NO_TIME_WITHIN = 8  # seconds from the start and from halfway within which no time is told


class Place(NamedTuple):
    """A repetition's place in the session."""

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
    """Return the place of the repetition with this number, from 1 across all rounds."""
    sides = _sides(exercise)
    turn, within = divmod(number - 1, exercise.repetition.count)
    return Place(turn // len(sides) + 1, sides[turn % len(sides)], within + 1)


def sided(step: Step) -> bool:
    """Return whether a step is another one on the other side."""
    variant = step.variant.say if step.variant else ()
    return any(f"{{{field}}}" in text for text in (*step.say, *variant) for field in SIDED)


def lets_go(exercise: ExerciseFile, index: int) -> bool:
    """Return whether at the step with this index there is something to let go of."""
    return exercise.let_go_from in {None, *(step.id for step in exercise.steps[: index + 1])}


def _sides(exercise: ExerciseFile) -> tuple[Side | None, ...]:
    return _ORDER if exercise.sides == "each" else (None,)


def phases_of(exercise: ExerciseFile) -> tuple[Phase, ...]:
    """Return the phases of a repetition, in order; of one that was checked."""
    repetition = exercise.repetition
    words = WORDS.get(exercise.language)
    if repetition.move is None or words is None:
        return repetition.phases
    return tuple(_made(repetition.move, words, several=repetition.count > 1))


def _made(move: Move, words: Words, *, several: bool) -> Iterator[Phase]:
    """Yield the phases of a short form; a repetition that is the only one has no number and no rest."""
    if several:
        number = Call(id="number", at=0.0, say=words.announce)
        yield Phase(name="announce", seconds=_ANNOUNCE, calls=(number,), scales=False)
    if move.say is not None:
        begin = (Call(id="move", at=0.0, say=move.say),)
        hold = (Call(id="hold", at=-_HOLD_LEAD, say=words.hold),) if 0 < move.hold <= MAX_COUNTED_UP else ()
        yield Phase(name="move", seconds=move.seconds, calls=(*begin, *hold))
    if move.hold:
        calls = tuple((_up if move.hold <= MAX_COUNTED_UP else _down)(move.hold, words))
        yield Phase(name="hold", seconds=float(move.hold), calls=calls, scales=False)
    yield Phase(name="return", seconds=move.back_seconds, calls=(Call(id="back", at=0.0, say=move.back),))
    if several and move.rest_seconds:
        yield Phase(name="rest", seconds=move.rest_seconds, calls=(Call(id="rest", at=0.0, say=words.rest),))


def _up(hold: int, words: Words) -> Iterator[Call]:
    """Yield the numbers of a short hold, one a second."""
    for second in range(hold):
        word = words.number(second + 1)
        yield Call(id=f"count_{word}", at=float(second), say=f"{word}{'.' if second + 1 == hold else ','}")


def _down(hold: int, words: Words) -> Iterator[Call]:
    """Yield what is said in a long hold: its length, the remaining time, halfway, and the last three seconds."""
    begin = words.stay_for if hold >= MIN_TIMED else words.hold_for
    yield Call(id="hold", at=0.0, say=begin.replace("{time}", words.time(hold)))
    if hold >= MIN_TIMED:
        for to_go in range((hold - 1) // _TIME_EVERY * _TIME_EVERY, 0, -_TIME_EVERY):
            if min(abs(to_go - hold / 2), hold - to_go) >= _NO_TIME_WITHIN:
                text = words.to_go.replace("{time}", words.time(to_go))
                yield Call(id=f"to_go_{to_go}", at=float(hold - to_go), say=text[0].upper() + text[1:])
    yield Call(id="halfway", at=hold / 2, say=words.halfway)
    for second in range(_LAST_NUMBERS, 0, -1):
        word = words.number(second)
        yield Call(id=f"last_{word}", at=float(hold - second), say=f"{word}{'.' if second == 1 else ','}")
