"""`voice-coach setup`: microphone and speaker, set up by voice alone."""

import shlex
import sys
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

import click
import msgspec

from voice_coach.app.first_run import hold
from voice_coach.app.resolve import Options, without_preferences
from voice_coach.cli import options
from voice_coach.cli.console import Terminal
from voice_coach.config import preferences
from voice_coach.errors import DataError, DeviceError
from voice_coach.files.profiles import FIRST, Profile, only

NOBODY: Final = (
    "No answer was heard with any of the microphones and speakers, and nothing was changed: choose the right ones in "
    "the system's sound settings or here (`--microphone`, `--speaker`), or see what `voice-coach doctor` finds."
)
ABOUT_WAYS: Final = (
    'When you say "call someone" in a session, the coach says at full volume that help is needed in this room. It can '
    "also run a command, send a message by MQTT, or switch a pin: see docs/help-calls.md."
)
NO_TEXT: Final = (
    "The set-up is done by voice, with the microphone and speaker in question: leave out --text. "
    "You can also write its result by hand: see `voice-coach devices` and the file {path}."
)


def ask_for_ways(profile: Profile) -> None:
    """Ask in which ways help is to be called, and keep that; what is there already is the default.

    Raises:
        DataError: the settings can't be read, or an answer is none that is taken.
        HistoryError: they can't be written.
    """
    click.echo(ABOUT_WAYS)
    if not click.confirm("Set up other ways of calling for help?", default=False):
        return
    before = preferences.load(profile.settings)
    command = _asked("A command to run", shlex.join(before.help_command or ()))
    broker = _asked("A broker and topic, such as mqtt://host/help", before.help_mqtt or "")
    pin = _asked("A pin of a Raspberry Pi, by its BCM number", before.help_gpio)
    any_way = bool(command or broker or pin)
    at_once = any_way and click.confirm(
        "Call at a sign of an emergency too, without being asked?", default=bool(before.help_at_once)
    )
    try:
        words, number = tuple(shlex.split(command)), int(pin) if pin else None
    except ValueError as error:
        raise click.UsageError(f"This was not understood ({error}); nothing was changed.") from error
    after = msgspec.structs.replace(
        before, help_command=words or None, help_mqtt=broker or None, help_gpio=number, help_at_once=at_once or None
    )
    preferences.save(profile.settings, after)


def _asked(what: str, before: object) -> str:
    """Return what was typed; "-" is for nothing, where there was something."""
    default = "" if before is None else str(before)
    hint = f"{what} (- for none)" if default else f"{what} (empty for none)"
    answer: str = click.prompt(hint, default=default, show_default=bool(default))
    return "" if answer == "-" else answer.strip()


@click.command(
    epilog="Exit code 0: set up, or you declined. 1: nothing was heard, or the result can't be saved. 130: Ctrl-C."
)
@click.option("--microphone", metavar="NAME", help="Try only this one; part of its name.")
@click.option("--speaker", metavar="NAME", help="Try only this one; part of its name.")
@click.option("--text", is_flag=True, hidden=True, help="Not supported: the set-up is by voice alone.")
@options.model
@options.voice
@options.rate
@options.profile
def command(profile: Profile | None, *, text: bool, **wanted: Any) -> int:
    """Set up microphone and speaker by voice: lie down as you will for the exercise, and answer.

    The coach speaks on one speaker after another until you say yes, lets you choose the volume, and listens to itself
    and to your voice. It keeps the result for your sessions. "Stop" ends it at any time with nothing changed.

    Before that you can set up whom it calls when you can't get up (docs/help-calls.md). At the end it offers to try
    that call once, and says that it is a test.
    """
    settings = without_preferences(Options(**wanted), profile or only() or FIRST)
    if text:
        raise click.UsageError(NO_TEXT.format(path=settings.profile.settings))
    if sys.stdin.isatty():
        ask_for_ways(settings.profile)
    with suppress(DataError):  # the set-up says so when it can't keep what it has found
        settings = replace(settings, help_calls=preferences.load(settings.profile.settings).help_calls)
    held = hold(settings, Terminal())
    if held.outcome == "nobody":
        raise DeviceError(NOBODY)
    return held.exit_code or int(held.outcome == "not kept")
