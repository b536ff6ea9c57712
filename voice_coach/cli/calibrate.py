"""`voice-coach calibrate`: half a minute in which the coach learns how this voice sounds in this room."""

from pathlib import Path
from typing import Any

import click

from voice_coach.app.learn_voice import learn
from voice_coach.app.resolve import Options, resolve, without_preferences
from voice_coach.cli import options
from voice_coach.files.profiles import Profile, which
from voice_coach.hear.decision import calibration
from voice_coach.hear.decision.calibration import ASKED, TIMES_EACH


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="[FILE]...")
@click.option("--forget", is_flag=True, help="Go back to the default thresholds.")
@options.model
@options.voice
@click.option("--microphone", metavar="NAME", help="Part of the microphone's name; see `devices`.")
@click.option("--speaker", metavar="NAME", help="Part of the speaker's name; see `devices`.")
@options.profile
def command(files: tuple[Path, ...], profile: Profile | None, *, forget: bool, **wanted: Any) -> int:
    """Teach the coach how you sound where you exercise: it asks for five commands, twice each, in half a minute.

    Lie down as you will for the exercise and say what the coach asks for. If you are hard to hear, it then accepts
    less clear speech; if you are easy to hear, it ignores more noise. Signs to stop never have to be clearer than
    before. To use recordings instead of the microphone, name a FILE for each of the ten commands, in order.
    """
    person = which(profile)
    if forget:
        click.echo("Forgotten." if calibration.forget(person) else "There was nothing to forget.")
        return 0
    if len(files) > TIMES_EACH * len(ASKED):
        raise click.UsageError("There are ten commands: name at most ten files.")
    settings = (without_preferences if files else resolve)(Options(**wanted), person)
    click.echo(learn(settings, files, click.echo))
    return 0
