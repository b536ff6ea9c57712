"""Sessions that follow one another: an easier exercise, and back to the first one (R17)."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from voice_coach.coach import Coach
from voice_coach.config import Settings
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.model import Exercise

Hold = Callable[[Settings, Exercise, str, Path | None], tuple[Coach, int]]
"""Holds a session of an exercise, the one to go back to behind it and its log; returns it with the exit code."""


def one_after_another(settings: Settings, first: Exercise, log: Path | None, hold: Hold) -> int:
    """Hold the session that was asked for and those that follow from it; return the exit code of the last.

    Args:
        settings: for all of them; the volume stays as it was changed by voice.
        first: what `settings.exercise` names.
        log: where the events of the first one go; those of the second go to the same name with `-2`.
        hold: see `Hold`.

    Raises:
        DataError: an exercise can't be used.
    """
    files = {first.id: settings.exercise}  # what came from a file of the user's goes back to it
    exercise, back_to, number = first, "", 1
    while True:
        coach, code = hold(settings, exercise, back_to, numbered(log, number))
        then = coach.state.facts.then
        if code or not (coach.done and then):
            return code
        back_to = "" if then == back_to else exercise.id
        exercise, number = load_exercise(files.get(then, then), settings.language), number + 1
        settings = replace(settings, volume=coach.state.facts.volume)


def numbered(log: Path | None, number: int) -> Path | None:
    """Return the file of the session with this number, from 1."""
    return log if log is None or number == 1 else log.with_stem(f"{log.stem}-{number}")
