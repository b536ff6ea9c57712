"""How much a plan asks for: an exercise with the repetitions, sets and sessions a day of a step of it. Pure.

A plan stays within what the exercise's file allows, which goes by its sources; its texts follow the numbers.
"""

import re
from collections.abc import Iterator

import msgspec

from voice_coach.exercise.language import number_word
from voice_coach.exercise.model import Exercise, Prescribed, Repetition
from voice_coach.files.validate import Mistake
from voice_coach.programme.model import Prescription, ProgrammeFile, ProgrammeStep

MAX_PER_DAY = 12
"""Sessions a day that a plan may ask for where the exercise names no fewer: one an hour of the day."""
MIN_HALFWAY = 6
"""Minimum number of repetitions for which the halfway point is announced."""

_DOSE = ("side", "repetitions", "sets", "per_day")


def dosed(exercise: Exercise, step: ProgrammeStep, prescription: Prescription | None) -> Exercise:
    """Return an exercise as a step of a plan asks for it; as it is where the programme is no plan."""
    if prescription is None:
        return exercise
    repetition = exercise.repetition
    count, sets = step.repetitions or repetition.count, step.sets or repetition.sets
    changed = (count, sets) != (repetition.count, repetition.sets)
    prescribed = Prescribed(changed=changed, say=prescription.say, side=step.side, review=prescription.review)
    per_day = exercise.per_day if step.per_day is None else step.per_day
    return msgspec.structs.replace(
        exercise,
        prescribed=prescribed,
        per_day=per_day,
        intro=tuple(_counted(text, repetition.count, count, exercise.language) for text in exercise.intro),
        repetition=_resized(repetition, count, sets),
    )


def dose_text(exercise: Exercise) -> str:
    """Return an exercise's dose in words, such as `2 sets of 8, 3 times a day, left side`."""
    count, sets = exercise.repetition.count, exercise.repetition.sets
    repetitions = f"{sets} sets of {count}" if sets > 1 else f"{count} time{'' if count == 1 else 's'}"
    often = {0: "", 1: ", once a day"}.get(exercise.per_day, f", {exercise.per_day} times a day")
    side = exercise.prescribed.side if exercise.prescribed else None
    return f"{repetitions}{often}" + (f", on the {side} side" if side else "")


def check_dose(programme: ProgrammeFile, step: int, exercise: Exercise) -> Iterator[Mistake]:
    """Yield what a step, from 0, asks for that its exercise does not allow."""
    asked, place = programme.steps[step], ("steps", step)
    given = [name for name in _DOSE if getattr(asked, name) is not None]
    if given and programme.prescribed is None:
        message = 'only a plan says how much is done; add [prescribed] with by = "..." and on = a date, or leave it out'
        yield from (Mistake((*place, name), message) for name in given)
        return
    if asked.side and exercise.sides != "painful":
        message = f'"{exercise.id}" does not go by the side of the pain, so there is none to choose; leave it out'
        yield Mistake((*place, "side"), message)
    limits = {
        "repetitions": exercise.repetition.max_count or exercise.repetition.count,
        "sets": exercise.repetition.max_sets or exercise.repetition.sets,
        "per_day": exercise.max_per_day or MAX_PER_DAY,
    }
    for name, most in limits.items():
        if (getattr(asked, name) or 0) > most:
            message = f'"{exercise.id}" allows at most {most}, as its sources do; write {most} or less'
            yield Mistake((*place, name), message)


def _counted(text: str, former: int, count: int, language: str) -> str:
    """Return a sentence that says "ten times" with another number."""
    if former == count:
        return text
    pattern = re.compile(rf"\b({former}|{re.escape(number_word(former, language))}) times\b", re.IGNORECASE)
    return pattern.sub("once" if count == 1 else f"{number_word(count, language)} times", text)


def _resized(repetition: Repetition, count: int, sets: int) -> Repetition:
    """Return a repetition that is done another number of times: what is asked and said moves with its end."""
    former = repetition.count
    if count == former:
        return msgspec.structs.replace(repetition, sets=sets)
    checks = {number for number in repetition.checks_after if number < count} | {count}
    return msgspec.structs.replace(
        repetition,
        count=count,
        sets=sets,
        checks_after=tuple(sorted(checks)),
        remarks=_moved(repetition.remarks, former, count),
    )


def _moved(remarks: dict[str, str], former: int, count: int) -> dict[str, str]:
    """Return the remarks at their new places: the last two go by the end, "halfway" by the middle, others stay."""
    ends = {former: count, former - 1: count - 1}
    halfway = former // 2 + 1 if former >= MIN_HALFWAY else 0
    found: dict[str, str] = {}
    for key, text in remarks.items():
        number = int(key)
        if number in ends:
            continue
        if number == halfway:
            if count >= MIN_HALFWAY and count % 2 == 0:
                found[str(count // 2 + 1)] = text
        elif number < count - 1:
            found.setdefault(key, text)
    for number, place in ends.items():
        if str(number) in remarks and place > 1:
            found[str(place)] = remarks[str(number)]
    return found
