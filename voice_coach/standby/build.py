"""How the parts of standby are built from the settings of a session."""

import ctypes
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Final

from voice_coach.actions import Line
from voice_coach.config.engines import model_folder, open_voice
from voice_coach.config.settings import Settings
from voice_coach.dialogue.runner import Hearing
from voice_coach.errors import DataError, HistoryError, Problem
from voice_coach.exercise.availability import choice
from voice_coach.exercise.library import Entry, entries
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.model import Exercise
from voice_coach.exercise.prompts import Prompts, fields_of, load_prompts, read_texts
from voice_coach.files.profiles import Profile
from voice_coach.files.resources import find
from voice_coach.hear.grammar.grammar import Grammar
from voice_coach.hear.grammar.load import load_grammar
from voice_coach.hear.listener import Listener, build_listener
from voice_coach.history import backups
from voice_coach.programme import route
from voice_coach.programme.load import load_programme
from voice_coach.session.status_answers import every_line, names_in
from voice_coach.speak import clip_library
from voice_coach.speak.preloaded_voice import PreloadedVoice
from voice_coach.standby import persistence, settings
from voice_coach.standby.runner import Standby, Watcher
from voice_coach.standby.states import Day, Memory


def trim_heap() -> None:
    """Give back what was freed, where the C library can do so on request (glibc); elsewhere nothing happens.

    After standby's sentences were made and packed, this is 18 MiB that glibc would keep for good.
    """
    with suppress(AttributeError, OSError, TypeError):  # TypeError: Windows has no library without a name
        ctypes.CDLL(None).malloc_trim(0)


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


def open_listener(chosen: Settings) -> Listener:
    """Return what standby hears with: of a session's ears all but the grammar, which is small.

    Raises:
        RecognitionError: the model can't be loaded, or can't hear a single phrase.
        DataError: as `grammar_of`.
    """
    grammar = grammar_of(chosen.language)
    return build_listener(
        grammar, model_folder(chosen.model), apart=True, open_speaker=chosen.open_speaker,
        echo_delay=chosen.echo_delay, profile=chosen.profile,
    )  # fmt: skip


def open_standby(chosen: Settings, ears: Hearing, clock: Callable[[], datetime], watch: Watcher) -> Standby:
    """Return a standby that remembers what the last one has left.

    Args:
        chosen: as for the sessions that it starts.
        ears: from `open_listener`.
        clock: tells what the clock on the wall says.
        watch: who is told of what happens.

    Raises:
        SpeechError: there is no voice.
        DataError: a setting, the exercise or a prompt is wrong.
    """
    exercise = _exercise_of(chosen)
    prompts = prompts_of(chosen.language)
    known = entries(chosen.language)
    told = every_line(prompts, (one.exercise.name for one in known if one.exercise), exercise.per_day)
    voice = PreloadedVoice.taken_from(open_voice(chosen, blocking=True), (*all_lines(prompts), *told))
    trim_heap()
    return Standby(
        reminders=settings.load(settings.file(chosen.profile)),
        prompts=prompts,
        voice=voice,
        ears=ears,
        clock=clock,
        look=partial(look, exercise, known, chosen.profile.history),
        memory=persistence.recall(chosen.profile.memory),
        keep=partial(_keep, chosen.profile.memory),
        forget=partial(forget, chosen.profile),
        volume=chosen.volume,
        watch=[watch],
    )


def _exercise_of(chosen: Settings) -> Exercise:
    """Return what is reminded of: of a programme, or a plan, what it begins with.

    Raises:
        DataError: it can't be used.
    """
    if not chosen.programme:
        return load_exercise(chosen.exercise, chosen.language)
    programme = load_programme(chosen.programme, chosen.language)
    step = route.first(programme)
    return route.placed(programme, step, route.exercise_of(programme, step), continues=False)


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


def _keep(path: Path, kept: Memory) -> None:
    persistence.keep(kept, path)
