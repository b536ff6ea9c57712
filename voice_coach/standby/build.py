"""Build the parts of standby: what it says and understands, what it reads from the history, what it deletes."""

import ctypes
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final

from voice_coach.actions import Line
from voice_coach.dialogue.emergency import PROMPTS
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
    """Return freed memory to the system, if the C library can do so on request (glibc).

    After standby's sentences have been rendered and packed, glibc would otherwise keep 18 MiB for good.
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
        DataError: there is no file for this language, or it is not a table of tables of texts.
    """
    own = read_texts(f"standby/{language}.toml")
    shared = load_prompts(language).texts
    names = names_in(shared) | {name for name in shared if name.startswith((*_DELETION, _SPEECH))} | {*PROMPTS}
    return Prompts(language, {**{name.replace("retry1.", "retry."): shared[name] for name in names}, **own})


def all_lines(prompts: Prompts) -> tuple[Line, ...]:
    """Return every line of standby without fields; for those with, see `session.status_answers.every_line`."""
    plain = (name for name, texts in prompts.texts.items() if not any(map(fields_of, texts)))
    return tuple(line for name in plain for line in prompts.lines(name))


def grammar_of(language: str) -> Grammar:
    """Return what is understood in standby.

    Raises:
        DataError: there is no grammar for this language, or it has mistakes.
    """
    path = find("grammars", f"standby/{language}.yaml")
    if path is None:
        message = f"there is no grammar of standby for the language {language!r}; take another language"
        raise DataError([Problem(Path("grammars") / "standby" / f"{language}.yaml", 0, "", message)])
    return load_grammar(path)


def look(exercise: Exercise, known: Sequence[Entry], history: Path, day: date) -> Day:
    """Return what this history says about a day, and which of these exercises can be chosen; never raises."""
    today = persistence.day_from_history(exercise.id, day, history)
    past = replace(today.past, choice=choice(exercise, known, dict(today.past.locks)))
    return replace(today, past=past, goal=exercise.per_day, enough=exercise.per_day if exercise.prescribed else 0)


def forget(profile: Profile) -> str:
    """Delete everything that `voice-coach forget` deletes; return why it failed, or an empty string."""
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
