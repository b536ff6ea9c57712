"""Load and validate exercises from TOML: each mistake with its file, line, key and remedy."""

from pathlib import Path
from typing import Literal

from voice_coach.errors import DataError, Problem
from voice_coach.exercise.model import Exercise, ExerciseFile
from voice_coach.exercise.rules import check_exercise
from voice_coach.files.resources import find, folders
from voice_coach.files.validate import nearest, read_toml


def load_exercise(name_or_path: str | Path, language: str = "en") -> Exercise:
    """Return an exercise by its id (the user's exercises of this language first, then ours) or by its file's path.

    Raises:
        DataError: there is none, or it has mistakes.
    """
    exercise, problems = read_exercise(file_of("exercises", name_or_path, language))
    fatal = [problem for problem in problems if problem.fatal]
    if exercise is None or fatal:
        raise DataError(fatal)
    return exercise


def read_exercise(path: Path) -> tuple[Exercise | None, list[Problem]]:
    """Return the exercise, None where it can't be used, and all mistakes in the order of the file."""
    return _read(path, named=True)


def _read(path: Path, *, named: bool) -> tuple[Exercise | None, list[Problem]]:
    """Read an exercise; `named`: with the names of its alternatives, whose own are not needed."""
    written, problems, located = read_toml(path, ExerciseFile)
    if written is None or located is None:
        return None, in_order(problems)
    names = _names(written) if named else {}
    exercise = Exercise(**{field: getattr(written, field) for field in written.__struct_fields__}, names=names)
    found = check_exercise(exercise) if named else [one for one in check_exercise(exercise) if one.fatal]
    problems = in_order([located.problem(mistake) for mistake in found])
    return (None if any(problem.fatal for problem in problems) else exercise), problems


def _names(exercise: ExerciseFile) -> dict[str, str]:
    """Return the names of the alternatives that can be used."""
    names = {}
    for other in exercise.alternatives:
        path = find("exercises", f"{exercise.language}/{other}.toml")
        found = _read(path, named=False)[0] if path else None
        if found:
            names[other] = found.name
    return names


def file_of(kind: Literal["exercises", "programmes"], name_or_path: str | Path, language: str) -> Path:
    """Return the file that is meant by an id or a path; only the first must be there.

    Raises:
        DataError: nothing of this kind has this id.
    """
    name = str(name_or_path)
    if isinstance(name_or_path, Path) or name.lower().endswith(".toml") or "/" in name or "\\" in name:
        return Path(name_or_path)
    if path := find(kind, f"{language}/{name}.toml"):
        return path
    message = f"there is no such {kind.removesuffix('s')}; {nearest(name, known(kind, language))}"
    raise DataError([Problem(Path(f"{language}/{name}.toml"), 0, "", message)])


def known(kind: Literal["exercises", "programmes"], language: str) -> list[str]:
    """Return the ids of all files of this kind, the broken ones too."""
    return sorted({file.stem for folder in folders(kind) for file in folder.glob(f"{language}/*.toml")})


def in_order(problems: list[Problem]) -> list[Problem]:
    """Return the problems in the order in which they are met in the file."""
    return sorted(problems, key=lambda problem: problem.line)
