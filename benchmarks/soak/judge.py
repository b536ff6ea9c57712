"""Compare a session's log, history and recording: events lost, repetitions miscounted, drift."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import numpy as np

from benchmarks.monitor import likest
from voice_coach.audio.pcm import Clip
from voice_coach.exercise.model import Exercise
from voice_coach.exercise.plan import phases_of
from voice_coach.exercise.timetable import Timetable, sides_of, timetable
from voice_coach.records import Adjusted, Answered, Ended, PauseRow, RepetitionDone, Session, Stopped
from voice_coach.timebase import RATE, Samples

Row = Mapping[str, Any]
"""Of the log, see `voice_coach.event_log`."""

AROUND: Final[Samples] = RATE // 10
"""So far from where it belongs a count is looked for in the recording."""

ALIKE: Final = 0.9
"""Likeness from which on it is that count; spoken over by an earcon, or ducked halfway, it is not measured."""

_KINDS: Final = {"question": Answered, "tempo": RepetitionDone, "intent": Stopped, "what": Adjusted}
"""The kind of a record, by a field that only this kind has. Pauses are judged separately."""


def missing(rows: Sequence[Row], session: Session) -> list[str]:
    """Return what the log has recorded and the history does not hold, and the other way round; empty: nothing."""
    records = [row["record"] for row in rows if row["type"] == "Record"]
    kept: Counter[object] = Counter(
        [*session.answers, *session.repetitions, *session.stops, *session.adjustments, *session.pauses]
    )
    said: Counter[object] = Counter(_records(records))
    found = [f"not in the history: {one}" for one in (said - kept).elements()]
    found += [f"not in the log: {one}" for one in (kept - said).elements()]
    ends = [msgspec.convert(one, Ended) for one in records if "outcome" in one]
    found += [] if len(ends) == 1 else [f"{len(ends)} ends"]
    for end in ends:
        log = (end.outcome, end.repetitions, end.noinput, end.nomatch)
        history = (session.outcome, session.reps_coached, session.noinput, session.nomatch)
        found += [] if log == history else [f"ended as {log}, in the history as {history}"]
    return found


def _records(records: Sequence[Row]) -> Iterator[object]:
    """Yield each record as the history gives it back; its end is none of them."""
    pauses: list[PauseRow] = []
    for record in records:
        if "reason" in record and "what" not in record:
            pauses.append(PauseRow(record["at"], record["reason"], None))
        elif "length" in record:
            pauses[-1] = PauseRow(pauses[-1].at, pauses[-1].reason, record["length"])
        elif "outcome" not in record:
            kind = next(kind for field, kind in _KINDS.items() if field in record)
            yield msgspec.convert(record, kind)
    yield from pauses


@dataclass(frozen=True, slots=True)
class Attempt:
    """A repetition as it was announced."""

    number: int
    planned: tuple[tuple[str, Samples], ...]
    """Text and sample of each of its calls, in order; the first is its beginning."""
    late: Samples
    """By how much the coach planned one of them too late for its sample; 0: none."""
    done: RepetitionDone | None
    """None: it was broken off."""


def attempts(rows: Sequence[Row]) -> list[Attempt]:
    """Return each repetition that was begun, in order."""
    found: list[Attempt] = []
    plan: list[Row] = []
    for row in rows:
        done = _done(row)
        if plan and (done or _begins(row)):
            found.append(_attempt(plan, done))
            plan = []
        if _begins(row) or (plan and row["type"] == "Play" and isinstance(row["sound"], Mapping)):
            plan.append(row)
    return [*found, _attempt(plan, None)] if plan else found


def _attempt(plan: Sequence[Row], done: RepetitionDone | None) -> Attempt:
    known = [round(row["t"] * RATE) - 1 for row in plan]  # the log tells it to 0.1 ms, which are 1.6 samples
    late = max(0, *(when - row["at"] for when, row in zip(known, plan, strict=True)))
    return Attempt(_begins(plan[0]), tuple((row["sound"]["text"], row["at"]) for row in plan), late, done)


def _begins(row: Row) -> int:
    """Return the number of the repetition that is announced in this row; 0: none is."""
    if row["type"] != "Play" or not isinstance(row["sound"], Mapping) or ".number." not in row["sound"]["cue"]:
        return 0
    return int(row["sound"]["cue"].rpartition(".")[2])


def _done(row: Row) -> RepetitionDone | None:
    if row["type"] != "Record" or "tempo" not in row["record"]:
        return None
    return msgspec.convert(row["record"], RepetitionDone)


def miscounted(made: Sequence[Attempt]) -> list[str]:
    """Return where a repetition was left out, done twice, or gone on from at another one than it was broken off at."""
    found = []
    expected = made[0].number if made else 0
    for one in made:
        if one.number != expected or (one.done and one.done.number != one.number):
            found.append(f"number {one.number} was begun where {expected} was to come")
        expected = one.number + 1 if one.done else one.number
    return found


def planned_drift(made: Sequence[Attempt], exercise: Exercise) -> list[Samples]:
    """Return how far each call of the repetitions that were finished was planned from where the exercise has it.

    The end of a repetition, and what was planned too late to sound in time, count too.
    """
    found: list[Samples] = []
    for one in made:
        if one.done:
            table = _table(exercise, one.done)
            wanted = [one.done.started + timed.at for timed in table.calls]
            found += (at - due for (_, at), due in zip(one.planned, wanted, strict=True))
            found += (one.done.at - one.done.started - table.length, one.late)
    return found


def heard_drift(
    made: Sequence[Attempt], exercise: Exercise, sound: Clip, clips: Mapping[str, Clip]
) -> list[Samples | None]:
    """Return how far from where the exercise has it each count was heard.

    Args:
        made: the repetitions.
        exercise: whose holds are looked at.
        sound: the coach's side of the recording.
        clips: the sound of each count, by its text.

    Returns:
        Samples; None where the count was not found, as something else sounded with it.
    """
    found: list[Samples | None] = []
    for one in made:
        for timed in _table(exercise, one.done).calls if one.done else ():
            if one.done and (clip := clips.get(timed.line.text)) is not None:
                first = one.done.started + timed.at - AROUND
                place, likeness = likest(sound[first : first + len(clip) + 2 * AROUND], clip)
                found.append(place - AROUND if likeness >= ALIKE else None)
    return found


def _table(exercise: Exercise, done: RepetitionDone) -> Timetable:
    return timetable(exercise, done.number, sides_of(exercise)[0], done.tempo)  # the side changes no time


def counts_of(exercise: Exercise) -> list[str]:
    """Return what is counted in the holds of an exercise."""
    return list(
        dict.fromkeys(call.say for phase in phases_of(exercise) if phase.name == "hold" for call in phase.calls)
    )


def unsaid(rows: Sequence[Row], meant: set[str]) -> list[str]:
    """Return what was understood that cannot have been said, of which `meant` are the intents."""
    return [f"{row['name']} ({row['text']})" for row in rows if row["type"] == "Intent" and row["name"] not in meant]


def understood(rows: Sequence[Row], name: str) -> int:
    """Return how often this intent was."""
    return sum(row["type"] == "Intent" and row["name"] == name for row in rows)


def largest(values: Sequence[Samples | None]) -> Samples:
    """Return the largest deviation, whichever way it goes."""
    return int(np.max(np.abs([value for value in values if value is not None]), initial=0))
