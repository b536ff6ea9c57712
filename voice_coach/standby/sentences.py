"""What standby says: `prompts/standby/<language>.toml`, and of a session's sentences those that are told in both."""

from typing import Final

from voice_coach.actions import Line
from voice_coach.exercise.prompts import Prompts, fields_of, load_prompts, read_texts
from voice_coach.session.telling import names_in

_DELETION: Final = ("ask.delete_", "retry1.delete_")
"""How the names of the questions begin that a session asks too."""


def prompts_of(language: str) -> Prompts:
    """Return what standby says.

    Raises:
        DataError: there is nothing for this language, or it is not the table of tables of texts that it should be.
    """
    own = read_texts(f"standby/{language}.toml")
    shared = load_prompts(language).texts
    names = names_in(shared) | {name for name in shared if name.startswith(_DELETION)}
    return Prompts(language, {**{name.replace("retry1.", "retry."): shared[name] for name in names}, **own})


def all_lines(prompts: Prompts) -> tuple[Line, ...]:
    """Return every line that standby can say but for what has a field: those are `session.telling.every_line`."""
    plain = (name for name, texts in prompts.texts.items() if not any(map(fields_of, texts)))
    return tuple(line for name in plain for line in prompts.lines(name))
