"""The parts of standby: what it says and understands, what it learns from the history, what it deletes."""

import ctypes
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from voice_coach.actions import Line
from voice_coach.errors import DataError, HistoryError, Problem
from voice_coach.exercise.availability import choice
from voice_coach.exercise.library import Entry
from voice_coach.exercise.model import Exercise
from voice_coach.exercise.prompts import Prompts, fields_of, load_prompts, read_texts
from voice_coach.files.profiles import Profile
from voice_coach.files.resources import find
from voice_coach.hear.grammar.grammar import Grammar
from voice_coach.hear.grammar.load import load_grammar
from voice_coach.history import backups
from voice_coach.session.status_answers import names_in
from voice_coach.speak import clip_library
from voice_coach.standby import persistence
from voice_coach.standby.states import Day


def trim_heap() -> None:
    """Give back what was freed, where the C library can do so on request (glibc); elsewhere nothing happens.

    After standby's sentences were made and packed, this is 18 MiB that glibc would keep for good.
    """
    with suppress(AttributeError, OSError, TypeError):  # TypeError: Windows has no library without a name
        ctypes.CDLL(None).malloc_trim(0)


_DELETION: Final = ("ask.delete_", "retry1.delete_")
"""Prefixes of questions that a session asks too."""
_SPEECH: Final = "say.voice_"
"""Prefix of replies about how the coach speaks."""


def prompts_of(language: str) -> Prompts:
    """Return what standby says.

    Raises:
        DataError: there is nothing for this language, or it is not the table of tables of texts that it should be.
    """
    own = read_texts(f"standby/{language}.toml")
    shared = load_prompts(language).texts
    names = names_in(shared) | {name for name in shared if name.startswith((*_DELETION, _SPEECH))}
    return Prompts(language, {**{name.replace("retry1.", "retry."): shared[name] for name in names}, **own})


def all_lines(prompts: Prompts) -> tuple[Line, ...]:
    """Return every line that standby can say, but for those with a field (`session.status_answers.every_line`)."""
    plain = (name for name, texts in prompts.texts.items() if not any(map(fields_of, texts)))
    return tuple(line for name in plain for line in prompts.lines(name))


def grammar_of(language: str) -> Grammar:
    """Return what is understood in standby.

    Raises:
        DataError: there is nothing for this language, or it has mistakes.
    """
    path = find("grammars", f"standby/{language}.yaml")
    if path is None:
        message = f"there is no grammar of standby for the language {language!r}; take another language"
        raise DataError([Problem(Path("grammars") / "standby" / f"{language}.yaml", 0, "", message)])
    return load_grammar(path)


def look(exercise: Exercise, known: Sequence[Entry], history: Path, day: date) -> Day:
    """Return what this history tells of the day, with what can be chosen of these exercises; never raises."""
    found = persistence.day_from_history(exercise.id, day, history)
    past = replace(found.past, choice=choice(exercise, known, dict(found.past.locks)))
    return replace(found, past=past, goal=exercise.per_day, enough=exercise.per_day if exercise.prescribed else 0)


def forget(profile: Profile) -> str:
    """Delete what `voice-coach forget` deletes, and return why it could not be."""
    others = (
        profile.memory,
        clip_library.default_folder(),
        profile.calibration,
        profile.plan,
    )  # a service can't delete the last two
    try:
        backups.erase(profile.history, [path for path in others if path.exists()])
    except HistoryError as error:
        return str(error)
    return ""
