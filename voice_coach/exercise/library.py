"""All exercises that there are: the user's own and ours, the broken ones by name."""

from dataclasses import dataclass
from pathlib import Path

from voice_coach.errors import Problem
from voice_coach.exercise.load import read_exercise
from voice_coach.exercise.model import Exercise
from voice_coach.resources import APP, folders


@dataclass(frozen=True, slots=True)
class Entry:
    """An exercise file."""

    id: str
    """The file's name."""
    path: Path
    exercise: Exercise | None
    """None: it can't be used; `problems` says why."""
    problems: tuple[Problem, ...]
    """What keeps it from being used."""
    overrides: Path | None = None
    """The file of ours that this one of the user's stands for."""

    @property
    def own(self) -> bool:
        """Whether it lies in the user's folder."""
        return self.path.is_relative_to(APP.user_config_path)


def entries(language: str = "en") -> list[Entry]:
    """Return every exercise of a language by its id; a file of the user's comes before ours of the same name.

    A broken file of the user's does not bring ours back: it was replaced for a reason.
    """
    files: dict[str, list[Path]] = {}
    for folder in folders("exercises"):
        for path in sorted(folder.glob(f"{language}/*.toml")):
            files.setdefault(path.stem, []).append(path)
    return [_entry(identifier, paths) for identifier, paths in sorted(files.items())]


def _entry(identifier: str, paths: list[Path]) -> Entry:
    """Read the file that wins."""
    path, *others = paths
    exercise, problems = read_exercise(path)
    fatal = [problem for problem in problems if problem.fatal]
    if exercise and exercise.id != identifier:
        message = f'must be the name of its file; write "{identifier}", or name the file {exercise.id}.toml'
        exercise, fatal = None, [Problem(path, 0, "id", message)]
    return Entry(identifier, path, exercise, tuple(fatal), others[0] if others else None)
