"""From a TOML file to an exercise that can be trusted: each mistake with its file, line, key and remedy."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from voice_coach.errors import DataError, Problem
from voice_coach.exercise.lint import lint_length, lint_text
from voice_coach.exercise.locate import Place
from voice_coach.exercise.model import Call, Exercise, Phase
from voice_coach.exercise.render import FIELDS, SIDED, WORDS, exercise_lines
from voice_coach.exercise.shape import Mistake, nearest, read_toml
from voice_coach.resources import find, folders

HOLD = (1.0, 2.0)
"""Seconds that a rotation is held, as the exercise was published (R28)."""
_LONGEST_PHASE = 600.0  # seconds; no exercise of clinical.md section 3 holds for longer than five minutes
_NUMBERED = ("calls", "remarks")  # the keys whose texts are about one repetition


def load_exercise(name_or_path: str | Path, language: str = "en") -> Exercise:
    """Return an exercise by its id (in the user's, then our own exercises of this language) or by its file's path.

    Raises:
        DataError: there is none, or it has mistakes.
    """
    exercise, problems = read_exercise(_file_of(name_or_path, language))
    fatal = [problem for problem in problems if problem.fatal]
    if exercise is None or fatal:
        raise DataError(fatal)
    return exercise


def read_exercise(path: Path) -> tuple[Exercise | None, list[Problem]]:
    """Return the exercise, None where it can't be used, and all mistakes in the order of the file."""
    exercise, problems, located = read_toml(path, Exercise)
    if exercise is None or located is None:
        return None, _sorted(problems)
    problems = _sorted([located.problem(mistake) for mistake in check_exercise(exercise)])
    return (None if any(problem.fatal for problem in problems) else exercise), problems


def check_exercise(exercise: Exercise) -> list[Mistake]:
    """Return what is wrong with the meaning of an exercise whose shape is good."""
    found = [*_in_texts(exercise), *_in_phases(exercise), *_in_repetitions(exercise), *_in_ids(exercise)]
    if not any(mistake.fatal for mistake in found):
        found += _in_cues(exercise)
    return found


def texts(exercise: Exercise) -> Iterator[tuple[Place, str]]:
    """Yield every text that is said, and where it stands."""
    for key in ("intro", "rest", "alternatives"):
        yield from (((key, n), text) for n, text in enumerate(getattr(exercise, key)))
    for number, step in enumerate(exercise.steps):
        yield from ((("steps", number, "say", n), text) for n, text in enumerate(step.say))
        yield ("steps", number, "help"), step.help
        if step.variant:
            yield from ((("steps", number, "variant", "say", n), text) for n, text in enumerate(step.variant.say))
    yield from ((("repetition", "remarks", key), text) for key, text in exercise.repetition.remarks.items())
    yield from (((*place, "say"), call.say) for place, _, call in _calls(exercise))


def _file_of(name_or_path: str | Path, language: str) -> Path:
    """Return the exercise's file."""
    name = str(name_or_path)
    if isinstance(name_or_path, Path) or name.endswith(".toml") or "/" in name or "\\" in name:
        return Path(name_or_path)
    if path := find("exercises", f"{language}/{name}.toml"):
        return path
    known = sorted({file.stem for folder in folders("exercises") for file in folder.glob(f"{language}/*.toml")})
    raise DataError(
        [Problem(Path(f"{language}/{name}.toml"), 0, "", f"there is no such exercise; {nearest(name, known)}")]
    )


def _sorted(problems: list[Problem]) -> list[Problem]:
    """Return the problems in the order in which they are met in the file."""
    return sorted(problems, key=lambda problem: problem.line)


def _calls(exercise: Exercise) -> Iterator[tuple[Place, Phase, Call]]:
    """Yield each call with its place and its phase."""
    for n, phase in enumerate(exercise.repetition.phases):
        for m, call in enumerate(phase.calls):
            yield ("repetition", "phases", n, "calls", m), phase, call


def _in_texts(exercise: Exercise) -> Iterator[Mistake]:
    """Yield mistakes in what is said."""
    for place, text in texts(exercise):
        yield from (Mistake(place, message) for message in _template_faults(exercise, place, text))
        yield from (Mistake(place, message) for message in lint_text(text, language=exercise.language))
        yield from (Mistake(place, message, fatal=False) for message in lint_length(text))
        if exercise.sides == "painful" and exercise.language in WORDS:
            yield from (Mistake(place, message) for message in _fixed_sides(exercise.language, text))


def _template_faults(exercise: Exercise, place: Place, text: str) -> Iterator[str]:
    """Yield what is wrong with the fields in braces."""
    found = _fields(text)
    if not found <= set(FIELDS):
        yield f"only {', '.join(f'{{{name}}}' for name in FIELDS)} may stand in braces; write one of them or no braces"
        return
    if "number" in found and not set(_NUMBERED) & set(place):
        yield "{number} is known only in calls and remarks; write the number"
    if found & set(SIDED):
        if exercise.sides == "none":
            yield 'there is no {bottom} and {upper} with sides = "none"; write sides = "painful" or name the part'
        elif exercise.language not in WORDS:
            yield f'the words for left and right are not known in "{exercise.language}"; add them to WORDS in render.py'


def _fields(text: str) -> set[str]:
    """Return all that stands in braces; the whole text where they don't match."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        return {text}
    return {name + "!" * bool(kind or form) for _, name, form, kind in parts if name is not None} | (
        {text} if "{{" in text or "}}" in text else set()
    )


def _fixed_sides(language: str, text: str) -> Iterator[str]:
    """Yield what would make the exercise on one side another than the mirror image of that on the other (D1)."""
    words = WORDS[language]
    spoken = {word.strip(".,;:!?\"'").lower() for word in text.split()}
    for word in sorted(spoken & {words.left, words.right}):
        yield f'"{word}" stays the same on both sides; write {{bottom}} for the side lain on or {{upper}} for the other'


def _in_phases(exercise: Exercise) -> Iterator[Mistake]:
    """Yield mistakes in the times of a repetition."""
    for n, phase in enumerate(exercise.repetition.phases):
        place: Place = ("repetition", "phases", n)
        if phase.seconds > _LONGEST_PHASE:
            yield Mistake((*place, "seconds"), f"must be at most {_LONGEST_PHASE:g}; this is in seconds")
        if phase.name != "hold":
            continue
        if phase.scales:
            yield Mistake((*place, "scales"), "a hold is never made slower or faster (R28); write scales = false")
        if exercise.family == "rotation" and not HOLD[0] <= phase.seconds <= HOLD[1]:
            yield Mistake(
                (*place, "seconds"), f"a rotation is held {HOLD[0]:g} to {HOLD[1]:g} s (R28); write 2.0", fatal=False
            )
    for place, phase, call in _calls(exercise):
        if not -phase.seconds <= call.at < phase.seconds:
            limits = f"-{phase.seconds:g} (its start) to below {phase.seconds:g} (its end)"
            yield Mistake((*place, "at"), f"{call.at:g} lies outside the phase; write {limits}")


def _in_repetitions(exercise: Exercise) -> Iterator[Mistake]:
    """Yield remarks and checks for repetitions that there are not."""
    count = exercise.repetition.count
    known = {str(number) for number in range(1, count + 1)}
    for key in exercise.repetition.remarks:
        if key not in known:
            yield Mistake(("repetition", "remarks", key), f"must be a repetition's number, 1 to {count}")
    for n, number in enumerate(exercise.repetition.checks_after):
        if str(number) not in known:
            yield Mistake(
                ("repetition", "checks_after", n), f"must be a repetition's number, 1 to {count}, not {number}"
            )


def _in_ids(exercise: Exercise) -> Iterator[Mistake]:
    """Yield names that are taken twice: cues and the log would mix them up."""
    places: list[tuple[Place, str]] = []
    for n, step in enumerate(exercise.steps):
        places.append((("steps", n, "id"), step.id))
        if step.variant:
            places.append((("steps", n, "variant", "id"), step.variant.id))
    counted = Counter(name for _, name in places)
    yield from (Mistake(place, f'"{name}" is taken; choose another id') for place, name in places if counted[name] > 1)
    calls = [((*place, "id"), call.id) for place, _, call in _calls(exercise)]
    counted = Counter(name for _, name in calls)
    yield from (Mistake(place, f'"{name}" is taken; choose another id') for place, name in calls if counted[name] > 1)


def _in_cues(exercise: Exercise) -> Iterator[Mistake]:
    """Yield cues that would stand for two texts, so that one recording would be heard for both."""
    said: dict[str, str] = {}
    for line in exercise_lines(exercise):
        if said.setdefault(line.cue, line.text) != line.text:
            yield Mistake((), f'the cue {line.cue} has two texts, "{said[line.cue]}" and "{line.text}"; rename an id')
