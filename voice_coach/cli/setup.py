"""`voice-coach setup`: microphone and speaker, set up by voice alone."""

from typing import Any, Final

import click

from voice_coach.app.first_run import hold
from voice_coach.app.resolve import Options, without_preferences
from voice_coach.cli import options
from voice_coach.cli.console import Terminal
from voice_coach.errors import DeviceError
from voice_coach.files.profiles import FIRST, Profile, only

NOBODY: Final = (
    "No answer was heard with any of the microphones and speakers, and nothing was changed: see what "
    "`voice-coach doctor` finds, or name them (`--microphone`, `--speaker`)."
)
NO_TEXT: Final = (
    "The set-up is done by voice, with the microphone and speaker in question: leave out --text. "
    "You can also write its result by hand: see `voice-coach devices` and the file {path}."
)


@click.command(
    epilog="Exit code 0: set up, or you declined. 1: nothing was heard, or the result can't be saved. 130: Ctrl-C."
)
@click.option("--microphone", metavar="NAME", help="Try only this one; part of its name.")
@click.option("--speaker", metavar="NAME", help="Try only this one; part of its name.")
@click.option("--text", is_flag=True, help="Not supported: the set-up is by voice alone.")
@options.model
@options.voice
@options.rate
@options.profile
def command(profile: Profile | None, *, text: bool, **wanted: Any) -> int:
    """Set up microphone and speaker by voice: lie down as you will for the exercise, and answer.

    The coach speaks on one speaker after another until you say yes, lets you choose the volume, and listens to itself
    and to your voice. It keeps the result for your sessions. "Stop" ends it at any time with nothing changed.
    """
    settings = without_preferences(Options(**wanted), profile or only() or FIRST)
    if text:
        raise click.UsageError(NO_TEXT.format(path=settings.profile.settings))
    held = hold(settings, Terminal())
    if held.outcome == "nobody":
        raise DeviceError(NOBODY)
    return held.exit_code or int(held.outcome == "not kept")
