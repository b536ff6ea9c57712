"""Rehearsals with the real engines: of an exercise, or of a programme step by step."""

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

import msgspec

from voice_coach.app.run_session import tell_problems
from voice_coach.app.sequence import first_of
from voice_coach.config.engines import changeable, open_listener, open_voice, voice_names
from voice_coach.config.settings import Settings
from voice_coach.errors import CoachError
from voice_coach.exercise.model import Side
from voice_coach.files.resources import APP
from voice_coach.programme import route
from voice_coach.programme.model import Programme
from voice_coach.rehearsal.perform import Rehearsed, Stage, rehearse
from voice_coach.rehearsal.persona import Persona, load_persona
from voice_coach.rehearsal.voice import voice_of

MAX_EXERCISES: Final = 12
"""Maximum number of exercises before a programme is broken off."""


class Progress(Protocol):
    """Display for the progress of a rehearsal."""

    def show(self, text: str) -> None:
        """Show this in place of what was shown before."""

    def end(self) -> None:
        """Keep what is shown; the next text gets a line of its own."""

    def warn(self, text: str) -> None:
        """Show what is wrong, in a sentence."""


def rehearsals(
    settings: Settings, persona: str, side: Side, out: Path | None, progress: Progress, *, longest: int = MAX_EXERCISES,
) -> list[Rehearsed]:  # fmt: skip
    """Hold a rehearsal with the real engines; for a programme, one for each exercise in it that is done.

    Args:
        settings: exercise or programme, voice and model.
        persona: the name of a scripted person, or the path of a file.
        side: where it hurts.
        out: the folder for what is written; None: in the user's data folder.
        progress: told once a second of audio how far it is, and of problems with the voice.
        longest: after so many exercises a programme is broken off.

    Raises:
        CoachError: the persona, the exercise, an engine or the folder is not as it should be.
    """
    person = load_persona(persona)
    settings, exercise, programme, _ = first_of(settings)
    with ExitStack() as stack:
        first = open_voice(settings, blocking=True, tell=progress.warn)
        voice = changeable(first, settings, blocking=True, tell=progress.warn)
        stack.callback(voice.close)
        stack.callback(tell_problems, voice, progress.warn)
        hearing = open_listener(settings, inline=True)
        stack.callback(hearing.close)
        person_voice = voice_of(person)
        stack.callback(person_voice.close)
        progress.show(f"{person_voice.identity} answers")  # raises where there is no such voice
        stack.callback(progress.end)
        stage = Stage(exercise, voice, hearing, person_voice, voice_names(settings))
        folder = out or _own_folder()
        if programme:
            return one_by_one(stage, programme, person, side, folder, progress, longest=longest)
        return [rehearse(stage, person, side, folder, progress.show)]


def _own_folder() -> Path:
    """Return the folder for rehearsals in the user's data folder, which is made for the user alone, as by a session.

    Raises:
        CoachError: it can't be made.
    """
    data = APP.user_data_path
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        data.chmod(0o700)
    except OSError as error:
        raise CoachError(f"{data} can't be created ({error.strerror}): name another folder with --out.") from error
    return data / "rehearsals"


def one_by_one(  # noqa: PLR0913 - as `rehearse`, and the programme
    stage: Stage, programme: Programme, person: Persona, side: Side, folder: Path, progress: Progress,
    *, longest: int,
) -> list[Rehearsed]:  # fmt: skip
    """Rehearse the steps of a programme as they follow from one another, each in a folder of its own.

    Raises:
        CoachError: see `rehearsals`; or it does not come to an end, since the person always says yes.
    """
    done: list[Rehearsed] = []
    step = route.first(programme)
    while step:
        if len(done) == longest:
            message = f"After {longest} exercises it still goes on: let the programme end, or the persona say no."
            raise CoachError(message)
        exercise = route.placed(programme, step, route.exercise_of(programme, step), continues=bool(done))
        place = folder / f"{len(done) + 1}-{step}"
        done.append(rehearse(replace(stage, exercise=exercise), person, side, place, progress.show))
        person = msgspec.structs.replace(person, first_run=False, screening="")  # of the same day
        step = done[-1].onward
    return done
