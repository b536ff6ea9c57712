"""`voice-coach plan`: takes what a physiotherapist has prescribed, and tells what it says."""

from datetime import date
from pathlib import Path

import click

from voice_coach.cli import options
from voice_coach.errors import DataError, HistoryError, Problem
from voice_coach.files import atomic
from voice_coach.files.profiles import Profile, which
from voice_coach.files.read import read_text
from voice_coach.programme import route
from voice_coach.programme.dose import dose_text
from voice_coach.programme.load import read_programme
from voice_coach.programme.model import Prescription, Programme

NOTHING = "There is no plan. Your physiotherapist can write one: docs/physiotherapist.md shows how."


@click.command(name="plan")
@click.argument("file", required=False, type=click.Path(path_type=Path), metavar="[FILE]")
@click.option("--remove", is_flag=True, help="Stop following the plan, and delete it.")
@options.profile
def command(file: Path | None, profile: Profile | None, *, remove: bool) -> int:
    """Check the plan in FILE and follow it: from now on `voice-coach run` uses it. Without FILE, show the plan.

    A plan is a programme file with a [prescribed] table: who wrote it and when, which exercises, how many and how
    often, and the date of the review. The coach says when the review is due, and `voice-coach report` compares your
    sessions with the plan. --exercise and --programme override it for one session.
    """
    person = which(profile)
    if remove and file:
        raise click.UsageError("Give either FILE or --remove.")
    if remove:
        return _removed(person.plan)
    if file is None:
        click.echo("\n".join(described(_read(person.plan), date.today())) if person.plan.exists() else NOTHING)  # noqa: DTZ011 - the day on the user's wall
        return 0
    programme = _read(file)
    try:
        text = read_text(file)
        person.plan.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise atomic.unwritable(person.plan, error) from error
    atomic.write_user_file(person.plan, text)
    click.echo("\n".join(described(programme, date.today())))  # noqa: DTZ011 - as above
    click.echo("Accepted: `voice-coach run` follows it from now on.")
    return 0


def described(programme: Programme, today: date) -> list[str]:
    """Return what a plan says, as lines of words.

    Raises:
        ValueError: the programme is no plan.
    """
    written, plan = programme.written, programme.written.prescribed
    if plan is None:
        raise ValueError(written.id)
    lines = [f"{written.title}, by {plan.by}, {plan.on}"]
    for step in written.steps:
        own = programme.exercises[step.exercise]
        exercise = route.placed(programme, step.name, own, continues=False)
        lines.append(f"  {exercise.name}: {dose_text(exercise)}")
    if plan.say:
        lines.append(f"  {plan.say}")
    return [*lines, _review(plan, today)]


def _review(plan: Prescription, today: date) -> str:
    """Return when the plan is to be reviewed."""
    if plan.review is None:
        return "No day is named for the review."
    if plan.review <= today:
        return f"The review was due on {plan.review}: see {plan.by}."
    return f"Review on {plan.review}."


def _read(path: Path) -> Programme:
    """Return the plan in a file.

    Raises:
        DataError: it has mistakes, or is no plan.
    """
    programme, problems = read_programme(path)
    for problem in problems:
        if not problem.fatal:
            click.echo(f"warning: {problem}", err=True)
    if programme is None:
        raise DataError([problem for problem in problems if problem.fatal])
    if programme.written.prescribed is None:
        message = 'who prescribed it is missing; add [prescribed] with by = "NAME" and on = DATE'
        raise DataError([Problem(path, 0, "prescribed", f"{message}, or do it once with `run --programme {path}`")])
    return programme


def _removed(path: Path) -> int:
    """Delete the plan."""
    if not path.exists():
        click.echo(NOTHING)
        return 0
    try:
        path.unlink()
    except OSError as error:
        raise HistoryError(f"{path} can't be deleted ({error.strerror}): delete it yourself.") from error
    click.echo("The plan is removed; `voice-coach run` does its usual exercise again.")
    return 0
