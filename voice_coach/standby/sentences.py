"""What standby says: `prompts/standby/<language>.toml`, and of a session's sentences those about a lock."""

import tomllib
from pathlib import Path
from typing import Final

from voice_coach.actions import Line
from voice_coach.errors import DataError, Problem
from voice_coach.exercise.prompts import Prompts, load_prompts
from voice_coach.resources import find

_SHARED: Final = ("say.contact", "say.contact_numb", "say.emergency")
"""What is said of a lock has one wording."""


def prompts_of(language: str) -> Prompts:
    """Return what standby says.

    Raises:
        DataError: there is nothing for this language, or it is not the table of tables of texts that it should be.
    """
    name = f"standby/{language}.toml"
    path = find("prompts", name)
    if path is None:
        message = "there are no prompts of standby for this language; take another language"
        raise DataError([Problem(Path("prompts") / name, 0, "", message)])
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        texts = {f"{table}.{key}": tuple(map(str, one)) for table, keys in tables.items() for key, one in keys.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:  # TOML's and Unicode's errors are ValueErrors
        problem = Problem(path, 0, "", f"not readable as prompts ({error}); mend or remove the file")
        raise DataError([problem]) from error
    shared = load_prompts(language).texts
    return Prompts(language, {**texts, **{key: shared[key] for key in _SHARED}})


def all_lines(prompts: Prompts) -> tuple[Line, ...]:
    """Return every line that standby can say; none of them has a field."""
    return tuple(line for name in prompts.texts for line in prompts.lines(name))
