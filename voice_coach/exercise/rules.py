"""Semantic checks of an exercise whose structure is valid; `files/validate.py` checks the structure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from string import Formatter

from voice_coach.exercise import lint, plan
from voice_coach.exercise.language import WORDS
from voice_coach.exercise.model import (
    MAX_COUNTED_UP,
    MAX_HOLD,
    MIN_COUNTED_DOWN,
    MIN_TIMED,
    ROTATION_HOLD,
    Call,
    Exercise,
    Phase,
)
from voice_coach.exercise.timetable import FIELDS, exercise_lines, sides_of, timetable
from voice_coach.files.positions import Place, key_of
from voice_coach.files.validate import Mistake
from voice_coach.timebase import seconds

_NUMBERED = ("calls", "remarks")  # the keys whose texts are about one repetition
_PACE = 2.6  # words a second at the usual rate of speech (V4)
_MOVES = ("calls", "move")  # the keys whose texts are about one side where sides alternate


def check_exercise(exercise: Exercise) -> list[Mistake]:
    """Return what is wrong with the meaning of an exercise whose shape is good."""
    found = [*_in_texts(exercise), *_in_move(exercise), *_in_phases(exercise), *_in_repetitions(exercise)]
    found += [*_in_ids(exercise), *_alike(exercise), *_in_alternatives(exercise)]
    if not any(mistake.fatal for mistake in found):
        found += [*_in_cues(exercise), *_in_time(exercise)]
    return found


def texts(exercise: Exercise) -> Iterator[tuple[Place, str]]:
    """Yield every spoken text and its place, except the name."""
    for key in ("intro", "cautions", "short", "rest"):
        yield from (((key, n), text) for n, text in enumerate(getattr(exercise, key)))
    for number, question in enumerate(exercise.questions):
        yield from ((("questions", number, "ask", n), text) for n, text in enumerate(question.ask))
        yield ("questions", number, "help"), question.help
    for number, step in enumerate(exercise.steps):
        yield from ((("steps", number, "say", n), text) for n, text in enumerate(step.say))
        yield ("steps", number, "help"), step.help
        if step.variant:
            yield from ((("steps", number, "variant", "say", n), text) for n, text in enumerate(step.variant.say))
    repetition = exercise.repetition
    yield from ((("repetition", "help", n), text) for n, text in enumerate(repetition.help))
    yield from ((("repetition", "remarks", key), text) for key, text in repetition.remarks.items())
    yield from (((*place, "say"), call.say) for place, _, call in _calls(exercise))
    if repetition.move:
        said = {"say": repetition.move.say, "back": repetition.move.back}
        yield from ((("repetition", "move", key), text) for key, text in said.items() if text is not None)


def _calls(exercise: Exercise) -> Iterator[tuple[Place, Phase, Call]]:
    """Yield each call with its place and its phase."""
    for n, phase in enumerate(exercise.repetition.phases):
        for m, call in enumerate(phase.calls):
            yield ("repetition", "phases", n, "calls", m), phase, call


def _in_texts(exercise: Exercise) -> Iterator[Mistake]:
    """Yield mistakes in what is said."""
    for place, text in texts(exercise):
        yield from (Mistake(place, message) for message in _template_faults(exercise, place, text))
        yield from (Mistake(place, message) for message in lint.lint_text(text, language=exercise.language))
        yield from (Mistake(place, message) for message in lint.lint_speakable(text))
        yield from (Mistake(place, message, fatal=False) for message in lint.lint_length(text))
        yield from (Mistake(place, message, fatal=False) for message in lint.lint_reading(text, exercise.language))
        if exercise.language in WORDS:
            yield from _fixed_sides(exercise, place, text)
    yield from (Mistake(("name",), message) for message in lint.lint_text(exercise.name, language=exercise.language))


def _template_faults(exercise: Exercise, place: Place, text: str) -> Iterator[str]:
    """Yield what is wrong with the fields in braces."""
    found = _fields(text)
    if not found <= set(FIELDS):
        yield f"only {', '.join(f'{{{name}}}' for name in FIELDS)} may stand in braces; write one of them or no braces"
        return
    if "number" in found and not set(_NUMBERED) & set(place):
        yield "{number} is known only in calls and remarks; write the number"
    if found & set(plan.SIDED):
        if "questions" in place:
            yield "no side is known yet when this is asked; ask without one"
        elif exercise.sides == "none":
            yield 'there is no side with sides = "none"; write "painful", "alternate" or "each", or name the part'
        elif exercise.sides == "alternate" and not set(_MOVES) & set(place):
            yield 'with sides = "alternate" only what is said in a repetition has a side; leave it out, or write "each"'
        elif exercise.language not in WORDS:
            yield (
                f'the words for left and right are not known in "{exercise.language}"; add them to WORDS in language.py'
            )


def _fields(text: str) -> set[str]:
    """Return all that stands in braces; the whole text where they don't match."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return {text}
    return {name + "!" * bool(kind or form) for _, name, form, kind in parts if name is not None} | (
        {text} if "{{" in text or "}}" in text else set()
    )


def _fixed_sides(exercise: Exercise, place: Place, text: str) -> Iterator[Mistake]:
    """Yield what would keep the two sides from mirroring each other (D1)."""
    words = WORDS[exercise.language]
    spoken = Counter(word.strip(".,;:!?\"'").lower() for word in text.split())
    if exercise.sides == "none":
        if spoken[words.left] != spoken[words.right]:
            message = "one side is named more often than the other; name both alike, or write sides and {side}"
            yield Mistake(place, message, fatal=False)
        return
    for word in sorted({words.left, words.right} & set(spoken)):
        message = f'"{word}" stays the same on both sides; write {{bottom}} or {{side}}, or {{upper}} or {{other}}'
        yield Mistake(place, message)


def _in_move(exercise: Exercise) -> Iterator[Mistake]:
    """Yield mistakes in the short form of a repetition."""
    move, place = exercise.repetition.move, ("repetition", "move")
    if (move is None) == (not exercise.repetition.phases):
        yield Mistake(("repetition",), "write either [repetition.move] or [[repetition.phases]], and not both")
    if move is None:
        return
    if exercise.language not in WORDS:
        message = f'the words of a hold are not known in "{exercise.language}"; add them to WORDS in language.py'
        yield Mistake(place, message)
    if MAX_COUNTED_UP < move.hold < MIN_COUNTED_DOWN:
        message = f"a hold is counted up to {MAX_COUNTED_UP} s or down from {MIN_COUNTED_DOWN} s (V14)"
        yield Mistake((*place, "hold"), f"{message}; write {MAX_COUNTED_UP} or {MIN_COUNTED_DOWN}")
    if move.say is None and move.hold < MIN_COUNTED_DOWN:
        message = (
            f'nothing moves and nothing is held for {MIN_COUNTED_DOWN} s or more; write say = "..." or a longer hold'
        )
        yield Mistake(place, message)
    yield from _hold_of_rotation(exercise, move.hold, (*place, "hold"))


def _hold_of_rotation(exercise: Exercise, seconds: float, place: Place) -> Iterator[Mistake]:
    """Yield a hold longer than that of the published rotation; a timed position does not count as one."""
    least, most = ROTATION_HOLD
    if exercise.family == "rotation" and seconds < MIN_TIMED and not least <= seconds <= most:
        yield Mistake(place, f"a rotation is held {least:g} to {most:g} s (R28); write {most:g}", fatal=False)


def _in_phases(exercise: Exercise) -> Iterator[Mistake]:
    """Yield mistakes in the times of a repetition."""
    for n, phase in enumerate(exercise.repetition.phases):
        place: Place = ("repetition", "phases", n)
        if phase.seconds > MAX_HOLD:
            yield Mistake((*place, "seconds"), f"must be at most {MAX_HOLD}; this is in seconds")
        if phase.name != "hold":
            continue
        if phase.scales:
            yield Mistake((*place, "scales"), "a hold is never made slower or faster (R28); write scales = false")
        yield from _hold_of_rotation(exercise, phase.seconds, (*place, "seconds"))
    for place, phase, call in _calls(exercise):
        if not -phase.seconds <= call.at < phase.seconds:
            limits = f"-{phase.seconds:g} (its start) to below {phase.seconds:g} (its end)"
            yield Mistake((*place, "at"), f"{call.at:g} lies outside the phase; write {limits}")


def _in_repetitions(exercise: Exercise) -> Iterator[Mistake]:
    """Yield remarks and checks for repetitions that don't exist."""
    count = exercise.repetition.count
    known = {str(number) for number in range(1, count + 1)}
    for key in exercise.repetition.remarks:
        if key not in known:
            yield Mistake(("repetition", "remarks", key), f"must be a repetition's number, 1 to {count}")
    for name in ("count", "sets"):
        usual, most = getattr(exercise.repetition, name), getattr(exercise.repetition, f"max_{name}")
        if most is not None and most < usual:
            yield Mistake(("repetition", f"max_{name}"), f"must be at least {name}, which is {usual}; raise it")
    if exercise.max_per_day is not None and exercise.max_per_day < exercise.per_day:
        yield Mistake(("max_per_day",), f"must be at least per_day, which is {exercise.per_day}; raise it")
    for n, number in enumerate(exercise.repetition.checks_after):
        if str(number) not in known:
            yield Mistake(
                ("repetition", "checks_after", n), f"must be a repetition's number, 1 to {count}, not {number}"
            )
    if count not in exercise.repetition.checks_after:
        message = f'"better, same, or worse" is not asked after the last repetition (V16); add {count} to the list'
        yield Mistake(("repetition", "checks_after"), message, fatal=False)


def _in_ids(exercise: Exercise) -> Iterator[Mistake]:
    """Yield duplicate names, which cues and the log would mix up, and the name of a step that there is not."""
    places: list[tuple[Place, str]] = []
    for n, step in enumerate(exercise.steps):
        places.append((("steps", n, "id"), step.id))
        if step.variant:
            places.append((("steps", n, "variant", "id"), step.variant.id))
    counted = Counter(name for _, name in places)
    yield from (Mistake(place, f'"{name}" is taken; choose another id') for place, name in places if counted[name] > 1)
    if exercise.let_go_from is not None and exercise.let_go_from not in {step.id for step in exercise.steps}:
        yield Mistake(("let_go_from",), f'there is no step "{exercise.let_go_from}"; write the id of one of the steps')
    counted = Counter(question.id for question in exercise.questions)
    for n, question in enumerate(exercise.questions):
        if counted[question.id] > 1:
            yield Mistake(("questions", n, "id"), f'"{question.id}" is taken; choose another id')
    calls = [((*place, "id"), call.id) for place, _, call in _calls(exercise)]
    counted = Counter(name for _, name in calls)
    yield from (Mistake(place, f'"{name}" is taken; choose another id') for place, name in calls if counted[name] > 1)


def _alike(exercise: Exercise) -> Iterator[Mistake]:
    """Yield what can't be told apart by ear: two steps, a step and its other way, a step and its help, two calls."""
    said: dict[Place, str] = {}
    for n, step in enumerate(exercise.steps):
        said["steps", n, "say"] = " ".join(step.say)
        said["steps", n, "help"] = step.help
        if step.variant:
            said["steps", n, "variant", "say"] = " ".join(step.variant.say)
    yield from _told_twice(said)
    yield from _told_twice({place: text for place, text in texts(exercise) if place[1] in {"phases", "move"}})


def _told_twice(said: Mapping[Place, str]) -> Iterator[Mistake]:
    """Yield each text that sounds like one before it."""
    heard: dict[str, Place] = {}
    for place, text in said.items():
        first = heard.setdefault(lint.sound_of(text), place)
        if first != place:
            yield Mistake(place, f"sounds like {key_of(first)}; say it in other words", fatal=False)


def _in_alternatives(exercise: Exercise) -> Iterator[Mistake]:
    """Yield easier exercises that can't be named."""
    for n, other in enumerate(exercise.alternatives):
        if other == exercise.id:
            yield Mistake(("alternatives", n), "is this exercise itself; name another one")
        elif other not in exercise.names:
            message = (
                f'there is no exercise "{other}" that could be named, so it is left out; see `voice-coach exercises`'
            )
            yield Mistake(("alternatives", n), message, fatal=False)


def _in_cues(exercise: Exercise) -> Iterator[Mistake]:
    """Yield cues that would name two texts, so that one recording would be played for both."""
    said: dict[str, str] = {}
    for line in exercise_lines(exercise):
        if said.setdefault(line.cue, line.text) != line.text:
            yield Mistake((), f'the cue {line.cue} has two texts, "{said[line.cue]}" and "{line.text}"; rename an id')


def _in_time(exercise: Exercise) -> Iterator[Mistake]:
    """Yield calls too long to end before the next one, or the next repetition, begins."""
    table = timetable(exercise, 1, sides_of(exercise)[0], 1.0)
    begins = [*(at for at, _ in table.calls[1:]), table.length]
    found = {
        f'"{line.text}" takes about {needed:.1f} s, and {room:.1f} s later something else is said; give it more seconds'
        for (at, line), begin in zip(table.calls, begins, strict=True)
        if (needed := len(line.text.split()) / _PACE) > (room := seconds(begin - at))
    }
    yield from (Mistake(("repetition",), message, fatal=False) for message in sorted(found))
