"""Options that several commands have, worded once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from voice_coach.files import profiles
from voice_coach.files.profiles import Profile
from voice_coach.remote.address import MQTT, WYOMING, Address, need, parse

F = TypeVar("F", bound=Callable[..., Any])

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


def _one_of_two(context: click.Context, _option: click.Parameter, value: str) -> str:
    """Refuse an exercise and a programme at once; asked for each of the two, whichever comes first."""
    given = [context.get_parameter_source(name) for name in ("exercise", "programme")]
    if given == [ParameterSource.COMMANDLINE] * 2:
        raise click.UsageError("A programme has its own exercises: leave out --exercise, or --programme.")
    return value


exercise = click.option(
    "--exercise",
    default="flexion_rotation",
    show_default=True,
    callback=_one_of_two,
    metavar="ID|FILE",
    help="Which exercise.",
)
programme = click.option(
    "--programme",
    default="",
    callback=_one_of_two,
    metavar="ID|FILE",
    help="Several exercises, one after another; see `exercises`.",
)
model = click.option(
    "--model", type=FOLDER, metavar="NAME|FOLDER", help="Another Vosk model, see `models` [env: VOICE_COACH_MODEL]."
)
allow_gaps = click.option(
    "--allow-gaps", is_flag=True, help="Do without the phrases that hold a word which the model does not know."
)
voice = click.option(
    "--voice", default="en-us", show_default=True, help="The coach's voice; en-us+m8 is lower; see `cues --voices`."
)
rate = click.option(
    "--rate", type=click.IntRange(120, 200), default=155, show_default=True, help="Words a minute of the coach."
)
earcons = click.option("--earcons/--no-earcons", default=True, help="Short sounds beside the words, which carry all.")


def _profile(_context: click.Context, _option: click.Parameter, name: str | None) -> Profile | None:
    return profiles.find(name) if name else None


profile = click.option(
    "--profile",
    envvar=profiles.VARIABLE,
    callback=_profile,
    metavar="NAME",
    help=f"Whose history, locks and settings; see `profiles` [env: {profiles.VARIABLE}].",
)


def _server(kind: str) -> Callable[[click.Context, click.Parameter, str | None], Address | None]:
    """Return what reads an address of one kind; the package that talks to such a server must be there."""

    def read(_context: click.Context, _option: click.Parameter, text: str | None) -> Address | None:
        if text is None:
            return None
        need(kind)
        return parse(text, kind)

    return read


asr = click.option(
    "--asr",
    callback=_server(WYOMING),
    metavar="wyoming://HOST:PORT[/MODEL]",
    help="Let this server read what is said too; your voice is sent there (not encrypted), and nowhere else.",
)
tts = click.option(
    "--tts",
    callback=_server(WYOMING),
    metavar="wyoming://HOST:PORT[/VOICE]",
    help="Let this server speak; the coach's sentences are sent there.",
)
mqtt = click.option(
    "--mqtt",
    callback=_server(MQTT),
    metavar="mqtt://[USER@]HOST[:PORT]/TOPIC",
    help="Tell this broker how the session goes: no words, no sound, no pain figures.",
)
mqtt_figures = click.option("--mqtt-figures", is_flag=True, help="Tell it the pain figures too.")
as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON, for programs.")


def spoken(command: F) -> F:
    """Add the options of a session that speaks and hears."""
    for option in (rate, voice, model, exercise):
        command = option(command)
    return command


def networked(command: F) -> F:
    """Add the options for other machines; none of them is called without its option."""
    for option in (mqtt_figures, mqtt, tts, asr):
        command = option(command)
    return command
