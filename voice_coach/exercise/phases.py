"""The phases of a repetition: as they are written, or made from its short form `[repetition.move]`.

A hold up to five seconds is counted up, a second each, with "hold" just before it. A longer one is counted down: its
length, "halfway", and the last three (V14). From a minute on it is quiet in between but for the time every half minute.
"""

from collections.abc import Iterator

from voice_coach.exercise.model import Call, ExerciseFile, Move, Phase
from voice_coach.exercise.words import WORDS, Words

COUNTED_UP = 5
COUNTED_DOWN = 10
"""Whole seconds: the longest hold that is counted up, and the shortest that is counted down; between them is none."""
TIMED = 60
"""From so many seconds on it is a position in which time is told, not a hold that is counted."""

_ANNOUNCE = 1.3  # seconds: a number of two words, and a breath
_HOLD_LEAD = 0.8  # seconds from "hold" to "one"
_LAST = 3  # numbers of a countdown
_INTERVAL = 30  # seconds between two times that are told
_CLEAR = 8  # seconds from the start and from halfway within which no time is told


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
        hold = (Call(id="hold", at=-_HOLD_LEAD, say=words.hold),) if 0 < move.hold <= COUNTED_UP else ()
        yield Phase(name="move", seconds=move.seconds, calls=(*begin, *hold))
    if move.hold:
        calls = tuple((_up if move.hold <= COUNTED_UP else _down)(move.hold, words))
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
    """Yield what is said in a long hold: its length, the time to go, halfway, and the last three seconds."""
    begin = words.stay_for if hold >= TIMED else words.hold_for
    yield Call(id="hold", at=0.0, say=begin.replace("{time}", words.time(hold)))
    if hold >= TIMED:
        for to_go in range((hold - 1) // _INTERVAL * _INTERVAL, 0, -_INTERVAL):
            if min(abs(to_go - hold / 2), hold - to_go) >= _CLEAR:
                text = words.to_go.replace("{time}", words.time(to_go))
                yield Call(id=f"to_go_{to_go}", at=float(hold - to_go), say=text[0].upper() + text[1:])
    yield Call(id="halfway", at=hold / 2, say=words.halfway)
    for second in range(_LAST, 0, -1):
        word = words.number(second)
        yield Call(id=f"last_{word}", at=float(hold - second), say=f"{word}{'.' if second == 1 else ','}")
