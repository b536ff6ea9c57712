"""How the parts of standby are built from the settings of a session."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from pathlib import Path

from voice_coach.coach import Ears
from voice_coach.config import Settings, model_folder, open_voice
from voice_coach.errors import DataError, Problem
from voice_coach.exercise.load import load_exercise
from voice_coach.hear.grammar import Grammar
from voice_coach.hear.listener import Listener, open_listener
from voice_coach.resources import find
from voice_coach.standby import memory, settings, today
from voice_coach.standby.kept_voice import KeptVoice
from voice_coach.standby.loop import Standby, Watcher
from voice_coach.standby.sentences import all_lines, prompts_of
from voice_coach.standby.state import Day, Memory


def grammar_of(language: str) -> Grammar:
    """Return what is understood in standby.

    Raises:
        DataError: there is nothing for this language, or it has mistakes.
    """
    path = find("grammars", f"standby/{language}.yaml")
    if path is None:
        message = f"there is no grammar of standby for the language {language!r}; take another language"
        raise DataError([Problem(Path("grammars") / "standby" / f"{language}.yaml", 0, "", message)])
    return Grammar.load(path)


def open_ears(chosen: Settings) -> Listener:
    """Return what standby hears with: of a session's ears all but the grammar, which is small.

    Raises:
        RecognitionError: the model can't be loaded, or can't hear a single phrase.
        DataError: as `grammar_of`.
    """
    grammar = grammar_of(chosen.language)
    return open_listener(grammar, model_folder(chosen.model), apart=True, open_speaker=chosen.open_speaker)


def open_standby(chosen: Settings, ears: Ears, clock: Callable[[], datetime], watch: Watcher) -> Standby:
    """Return a standby that remembers what the last one has left.

    Args:
        chosen: as for the sessions that it starts.
        ears: from `open_ears`.
        clock: tells what the clock on the wall says.
        watch: who is told of what happens.

    Raises:
        SpeechError: there is no voice.
        DataError: a setting, the exercise or a prompt is wrong.
    """
    exercise = load_exercise(chosen.exercise, chosen.language)
    prompts = prompts_of(chosen.language)
    return Standby(
        reminders=settings.load(settings.file()),
        prompts=prompts,
        voice=KeptVoice.taken_from(open_voice(chosen, blocking=True), all_lines(prompts)),
        ears=ears,
        clock=clock,
        look=partial(_look, exercise.id),
        memory=memory.recall(memory.file()),
        keep=_keep,
        volume=chosen.volume,
        watch=[watch],
    )


def _look(exercise_id: str, day: date) -> Day:
    return today.look(exercise_id, day)


def _keep(kept: Memory) -> None:
    memory.keep(kept, memory.file())
