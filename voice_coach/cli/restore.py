"""`voice-coach restore`: the history as it was when a copy of it was kept."""

from pathlib import Path

import click

from voice_coach.cli import options
from voice_coach.files.profiles import Profile, which


@click.command(name="restore")
@click.argument("file", type=options.FILE)
@options.profile
def command(file: Path, profile: Profile | None) -> None:
    """Replace your history with the copy that `voice-coach backup` wrote to FILE.

    FILE is checked first; if anything is wrong with it, nothing changes. The present history is kept next to the new
    one. Don't do this during a session. A lock that is newer than the copy is lost: have a professional check that
    exercise all the same.
    """
    from voice_coach.history import backups  # noqa: PLC0415 - the help of all commands needs no database

    number, kept = backups.restore(which(profile).history, file)
    click.echo(f"The history holds {number} session{'' if number == 1 else 's'} now.")
    if kept:
        click.echo(f"The one before is kept as {kept}; `voice-coach forget` deletes it too.")
