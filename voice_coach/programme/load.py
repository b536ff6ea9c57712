"""From a TOML file to a programme that can be trusted: each mistake with its file, line, key and remedy."""

from pathlib import Path

from voice_coach.errors import DataError, Problem
from voice_coach.exercise.load import file_of, in_order, known, read_exercise
from voice_coach.exercise.model import Exercise
from voice_coach.files.resources import find
from voice_coach.files.validate import Mistake, nearest, read_toml
from voice_coach.programme.model import Programme, ProgrammeFile
from voice_coach.programme.rules import check_programme


def load_programme(name_or_path: str | Path, language: str = "en") -> Programme:
    """Return a programme by its id (in the user's, then our own programmes of this language) or by its file's path.

    Raises:
        DataError: there is none, or it has mistakes, or one of its exercises has.
    """
    programme, problems = read_programme(file_of("programmes", name_or_path, language))
    fatal = [problem for problem in problems if problem.fatal]
    if programme is None or fatal:
        raise DataError(fatal)
    return programme


def read_programme(path: Path) -> tuple[Programme | None, list[Problem]]:
    """Return the programme, None where it can't be used, and all mistakes in the order of the file."""
    written, problems, located = read_toml(path, ProgrammeFile)
    if written is None or located is None:
        return None, in_order(problems)
    exercises, found = _exercises(written)
    found += check_programme(written, exercises)
    problems = in_order([located.problem(mistake) for mistake in found])
    usable = not any(problem.fatal for problem in problems)
    return (Programme(written, exercises) if usable else None), problems


def _exercises(programme: ProgrammeFile) -> tuple[dict[str, Exercise], list[Mistake]]:
    """Return the exercises that can be used, by id, and why the others can't."""
    exercises: dict[str, Exercise] = {}
    found: list[Mistake] = []
    for n, step in enumerate(programme.steps):
        path = find("exercises", f"{programme.language}/{step.exercise}.toml")
        exercise = read_exercise(path)[0] if path else None
        if exercise and exercise.id == step.exercise:
            exercises[exercise.id] = exercise
            continue
        found.append(Mistake(("steps", n, "exercise"), _why_not(step.exercise, path, programme.language)))
    return exercises, found


def _why_not(exercise: str, path: Path | None, language: str) -> str:
    """Return why an exercise can't be used; `path` None: there is no file of it."""
    if path:
        return f'the exercise "{exercise}" has mistakes; `voice-coach check {path}` tells them'
    return f'there is no exercise "{exercise}"; {nearest(exercise, known("exercises", language))}'
