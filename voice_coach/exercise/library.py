"""All exercises, the user's and ours, including broken ones."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from voice_coach.errors import Problem
from voice_coach.exercise.load import read_exercise
from voice_coach.exercise.model import Exercise
from voice_coach.files.resources import APP, folders

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DataFile:
    """One of the user's or of ours."""

    id: str
    """Its name."""
    path: Path
    problems: tuple[Problem, ...]
    """Why it can't be used."""
    overrides: Path | None
    """Our file that this user's file replaces."""

    @property
    def own(self) -> bool:
        """True if it is in the user's folder."""
        return self.path.is_relative_to(APP.user_config_path)


@dataclass(frozen=True, slots=True)
class Entry(DataFile):
    """An exercise file."""

    exercise: Exercise | None
    """None: it can't be used; `problems` says why."""


def entries(language: str = "en") -> list[Entry]:
    """Return every exercise of a language by its id; a user's file replaces ours of the same name.

    A broken file of the user's does not bring ours back: it was replaced for a reason.
    """
    return [Entry(*found) for found in read_files("exercises", language, read_exercise, lambda exercise: exercise.id)]


def read_files(
    kind: Literal["exercises", "programmes"],
    language: str,
    read: Callable[[Path], tuple[T | None, list[Problem]]],
    named: Callable[[T], str],
) -> list[tuple[str, Path, tuple[Problem, ...], Path | None, T | None]]:
    """Return the fields of a `DataFile`, and what it holds, for every id of this kind; `named` finds the id in that."""
    found: dict[str, list[Path]] = {}
    for folder in folders(kind):
        for path in sorted(folder.glob(f"{language}/*.toml")):
            found.setdefault(path.stem, []).append(path)
    rows = []
    for name, (path, *others) in sorted(found.items()):
        content, problems = read(path)
        fatal = [problem for problem in problems if problem.fatal]
        if content is not None and named(content) != name:
            fatal = [_misnamed(path, named(content))]
            content = None
        rows.append((name, path, tuple(fatal), others[0] if others else None, content))
    return rows


def _misnamed(path: Path, identifier: str) -> Problem:
    message = f'must be the name of its file; write "{path.stem}", or name the file {identifier}.toml'
    return Problem(path, 0, "id", message)
