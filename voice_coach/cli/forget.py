"""`voice-coach forget`: deletes all that the coach knows of its user."""

import sys
from pathlib import Path
from typing import Final

import click

from voice_coach.app.run_session import files_beside_history
from voice_coach.cli import options
from voice_coach.errors import HistoryError
from voice_coach.files.profiles import Profile, which

_WORD: Final = "forget"


@click.command(name="forget")
@click.option("--yes", is_flag=True, help="Don't ask first.")
@options.profile
def command(profile: Profile | None, *, yes: bool) -> int:
    """Delete everything the coach knows about you, for good: history, plan, calibration, cached speech.

    This includes standby's memory, and old and damaged histories. What you exported or backed up elsewhere stays, and
    so do settings, and models, recordings and exercises that you added. An exercise that was locked because it made you
    worse is then no longer locked: have a professional check it all the same.
    """
    from voice_coach.history import backups  # noqa: PLC0415 - the help of all commands needs none of these

    person = which(profile)
    history = person.history
    others = files_beside_history(person, speech=True)
    if not backups.traces(history) and not others:
        click.echo("There is nothing to forget.")
        return 0
    if not yes and not confirmed([*backups.traces(history), *others]):
        click.echo("Nothing was deleted.")
        return 1
    backups.erase(history, others)
    click.echo("Everything has been deleted.")
    return 0


def confirmed(paths: list[Path]) -> bool:
    """Ask for a word that nobody types by mistake.

    Raises:
        HistoryError: there is nobody to ask.
    """
    if not sys.stdin.isatty():
        raise HistoryError(
            "Nothing was deleted: deleting is permanent, and there is no terminal on which to ask you first; "
            "give --yes to skip the question."
        )
    for path in paths:
        click.echo(f"  {path}")
    click.echo("A lock on an exercise that made it worse goes too: have a professional check it first.")
    answer: str = click.prompt(f"This is deleted for good. Type {_WORD} to go on", default="", show_default=False)
    return answer.strip().lower() == _WORD
