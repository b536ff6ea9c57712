"""`voice-coach backup`: a copy of the history in one file."""

from pathlib import Path

import click

from voice_coach.cli import options
from voice_coach.files.profiles import Profile, which


@click.command(name="backup")
@click.argument("file", type=options.FILE)
@options.profile
def command(file: Path, profile: Profile | None) -> None:
    """Copy your history to FILE, which must not exist yet. Works during a session too.

    The copy contains everything you said about your pain: keep it in a safe place. `voice-coach restore FILE` goes back
    to it.
    """
    from voice_coach.history import backups  # noqa: PLC0415 - the help of all commands needs no database

    number = backups.backup(which(profile).history, file)
    click.echo(f"{file} holds {number} session{'' if number == 1 else 's'}.")
