"""`voice-coach rehearse`: hear how a session goes, without lying down."""

import sys
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Final

import click
import msgspec

from voice_coach.app.run_session import tell_problems
from voice_coach.app.sequence import first_of
from voice_coach.cli import options
from voice_coach.config.engines import open_ears, open_voice
from voice_coach.config.settings import Settings
from voice_coach.errors import CoachError
from voice_coach.exercise.model import Side
from voice_coach.files.resources import APP
from voice_coach.programme import route
from voice_coach.programme.model import Programme
from voice_coach.rehearsal.perform import Rehearsed, Stage, rehearse, to_json
from voice_coach.rehearsal.persona import Persona, load_persona, personas
from voice_coach.rehearsal.voice import voice_of
from voice_coach.speak.tts.synthesizer import VoiceSpec

LONGEST: Final = 12
"""So many exercises of a programme are rehearsed at most."""


@click.command(
    epilog=f"Personas: {', '.join(personas())}; `voice-coach check` tells what is wrong with one of your own. "
    "Exit code 0: it ended as the persona's script says; 1: it did not."
)
@click.option("--persona", default="goes-well", show_default=True, metavar="NAME|FILE", help="Who answers.")
@click.option("--side", type=click.Choice(["left", "right"]), default="left", show_default=True, help="Where it hurts.")
@click.option(
    "--out", type=options.FOLDER, metavar="FOLDER", help="For what is written; else the user's data folder is taken."
)
@options.programme
@options.spoken
@options.as_json
def command(
    persona: str,
    side: Side,
    out: Path | None,
    exercise: str,
    programme: str,
    model: Path | None,
    voice: str,
    rate: int,
    *,
    as_json: bool,
) -> int:
    """Let a scripted person do a session through the real recogniser, faster than life.

    Writes NAME-SIDE.wav (the coach is left, the person right), .vtt (captions) and .json (every event and action); of a
    programme in a folder for each exercise.
    """
    settings = Settings(exercise=exercise, programme=programme, voice=VoiceSpec(voice, rate), model=model)
    results = rehearsals(settings, persona, side, out)
    click.echo("\n".join(map(to_json if as_json else report, results)))
    return 0 if all(result.as_expected for result in results) else 1


def rehearsals(
    settings: Settings, persona: str, side: Side, out: Path | None, *, longest: int = LONGEST
) -> list[Rehearsed]:
    """Hold a rehearsal with the real engines, of a programme one for each exercise that is come to.

    Progress goes to standard error where that is a terminal. After `longest` exercises a programme is broken off.

    Raises:
        CoachError: the persona, the exercise, an engine or the folder is not as it should be.
    """
    person = load_persona(persona)
    settings, exercise, programme = first_of(settings)
    with ExitStack() as stack:
        voice = open_voice(settings, blocking=True)
        stack.callback(voice.close)
        stack.callback(tell_problems, voice)
        ears = open_ears(settings, inline=True)
        stack.callback(ears.close)
        person_voice = voice_of(person)
        stack.callback(person_voice.close)
        show(f"{person_voice.identity} answers")  # raises where there is no such voice
        stack.callback(show_end)
        stage = Stage(exercise, voice, ears, person_voice)
        folder = out or APP.user_data_path / "rehearsals"
        if programme:
            return one_by_one(stage, programme, person, side, folder, longest)
        return [rehearse(stage, person, side, folder, show)]


def one_by_one(
    stage: Stage, programme: Programme, person: Persona, side: Side, folder: Path, longest: int
) -> list[Rehearsed]:
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
        done.append(rehearse(replace(stage, exercise=exercise), person, side, place, show))
        person = msgspec.structs.replace(person, first_run=False, screening="")  # of the same day
        step = done[-1].onward
    return done


def show(text: str) -> None:
    """Show how far it is in one line that is written over; nothing where no one looks."""
    if sys.stderr.isatty():
        click.echo(f"\r\033[Krehearsing: {text}", nl=False, err=True)


def show_end() -> None:
    """Leave that line behind."""
    if sys.stderr.isatty():
        click.echo(err=True)


def report(result: Rehearsed) -> str:
    """Return the summary for a person."""
    red = f", {result.red['intent']} at repetition {result.red['repetition']}" if result.red else ""
    expected = "as the script says" if result.as_expected else "NOT as the script says"
    return (
        f"{result.persona} ({result.side} side): {result.outcome}, {result.repetitions} repetitions{red}; {expected}.\n"
        f"recording  {result.recording}\ncaptions   {result.captions}\nlog        {result.log}"
    )
