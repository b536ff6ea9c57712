"""Sessions that follow each other: an easier exercise and back to the first one (R17), or the steps of a programme.

Each is a session of its own: `hold` reads the history again, so a new lock applies.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from voice_coach.coach import Coach
from voice_coach.config.engines import with_voice
from voice_coach.config.settings import Settings
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.model import Exercise
from voice_coach.programme import route
from voice_coach.programme.load import load_programme
from voice_coach.programme.model import Programme

Hold = Callable[[Settings, Exercise, str, Path | None], tuple[Coach, int]]
"""Holds a session of an exercise, given the one to return to afterwards and the log; returns it with the exit code."""


class First(NamedTuple):
    """The first session: its settings, its exercise, and the programme that it begins."""

    settings: Settings
    exercise: Exercise
    programme: Programme | None = None
    """The programme that the exercise begins; None: there is none."""
    step: str = ""
    """Its step in the programme; empty: there is no programme."""


def first_of(settings: Settings, done: Mapping[str, int] = route.NOTHING_DONE) -> First:
    """Return the first session of these settings.

    Args:
        settings: name the exercise or the programme.
        done: how often each exercise was done today; a plan begins with the first that is still due.

    Raises:
        DataError: the exercise or the programme can't be used.
    """
    if not settings.programme:
        return First(settings, load_exercise(settings.exercise, settings.language))
    programme = load_programme(settings.programme, settings.language)
    step = route.first(programme, done)
    exercise = route.exercise_of(programme, step)
    return First(replace(settings, exercise=exercise.id, language=exercise.language), exercise, programme, step)


def one_after_another(first: First, log: Path | None, hold: Hold, done: Callable[[], Mapping[str, int]] = dict) -> int:
    """Hold the session that was asked for and those that follow from it; return the exit code of the last.

    Args:
        first: the first session. Its settings hold for all; volume, pace and voice stay as they were changed by voice.
        log: the file for the first session's events; the second's has the same name with `-2`.
        hold: see `Hold`.
        done: tells how often each exercise was done today.

    Raises:
        DataError: an exercise can't be used.
    """
    settings, exercise, programme, step = first
    files = {exercise.id: settings.exercise}  # an exercise from a user's file returns to that file
    back_to, number = "", 1
    while True:
        if programme:
            exercise = route.placed(programme, step, exercise, continues=number > 1, done=done())
        coach, code = hold(settings, exercise, back_to, numbered(log, number))
        then, onward = coach.state.facts.plan.then, coach.state.facts.plan.onward
        if code or not (coach.done and then):
            return code
        back_to = "" if onward or then == back_to else exercise.id
        step = onward or step
        exercise, number = load_exercise(files.get(then, then), settings.language), number + 1
        speech = coach.state.facts.speech
        settings = replace(settings, volume=speech.volume, pace=speech.pace)
        if not settings.tts and speech.voices:
            settings = with_voice(settings, speech.voices[0])


def numbered(log: Path | None, number: int) -> Path | None:
    """Return the file of the session with this number, from 1."""
    return log if log is None or number == 1 else log.with_stem(f"{log.stem}-{number}")
