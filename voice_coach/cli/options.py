"""Options that several commands have, worded once."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from voice_coach.actions import DEFAULT_VOLUME, VOLUMES
from voice_coach.config.settings import VOICE_VARIABLE, Settings
from voice_coach.files import profiles
from voice_coach.files.profiles import Profile
from voice_coach.remote.address import MQTT, WYOMING, Address, need, parse
from voice_coach.speak.voice_spec import RATES, USUAL_VOICE

F = TypeVar("F", bound=Callable[..., Any])
V = TypeVar("V")

FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)


USUAL = Settings()
"""Shown by the help as defaults; what is not given is resolved by `app.resolve`."""


def if_given(context: click.Context, option: click.Parameter, value: V) -> V | None:
    """Return what was given on the command line or by an environment variable; None: nothing was."""
    source = context.get_parameter_source(option.name or "")
    return None if source in {None, ParameterSource.DEFAULT, ParameterSource.DEFAULT_MAP} else value


def _one_of_two(context: click.Context, option: click.Parameter, value: str) -> str | None:
    """Refuse an exercise and a programme at once; called for each of the two, in the order on the command line."""
    given = [context.get_parameter_source(name) for name in ("exercise", "programme")]
    if given == [ParameterSource.COMMANDLINE] * 2:
        raise click.UsageError("A programme has its own exercises: leave out --exercise, or --programme.")
    return if_given(context, option, value)


exercise = click.option(
    "--exercise",
    default=USUAL.exercise,
    show_default=True,
    callback=_one_of_two,
    metavar="ID|FILE",
    help="Exercise to do; see `voice-coach exercises`.",
)
programme = click.option(
    "--programme",
    default="",
    callback=_one_of_two,
    metavar="ID|FILE",
    help="Programme (several exercises in a row) to do; see `voice-coach exercises`.",
)
model = click.option(
    "--model",
    type=FOLDER,
    metavar="NAME|FOLDER",
    help="Use another speech model (Vosk); see `voice-coach models` [env: VOICE_COACH_MODEL].",
)
allow_gaps = click.option(
    "--allow-gaps", is_flag=True, help="Use a model that lacks words: phrases with those words are not understood."
)
voice = click.option(
    "--voice",
    default=USUAL_VOICE,
    show_default=True,
    callback=if_given,
    help=f"Voice pack, or voice of this computer, to speak with; see `voice-coach voices` [env: {VOICE_VARIABLE}].",
)
rate = click.option(
    "--rate", type=click.IntRange(*RATES), default=USUAL.voice.rate, show_default=True, callback=if_given,
    help="Words a minute, for a voice of this computer: en-us unless --voice names another.",
)  # fmt: skip
volume = click.option(
    "--volume", type=click.IntRange(*VOLUMES), default=DEFAULT_VOLUME, show_default=True, callback=if_given,
    help="Volume of the coach at the start.",
)  # fmt: skip
headphones = click.option(
    "--headphones/--no-headphones", callback=if_given,
    help="You wear headphones: the microphone can't hear the coach, so you can answer while it speaks.",
)  # fmt: skip
microphone = click.option(
    "--microphone", metavar="NAME", help="Part of the microphone's name; see `voice-coach devices`."
)
speaker = click.option("--speaker", metavar="NAME", help="Part of the speaker's name; see `voice-coach devices`.")
earcons = click.option(
    "--earcons/--no-earcons", default=True, callback=if_given, help="Play short sounds in addition to the words."
)


def _profile(_context: click.Context, _option: click.Parameter, name: str | None) -> Profile | None:
    return profiles.find(name) if name else None


profile = click.option(
    "--profile",
    envvar=profiles.VARIABLE,
    callback=_profile,
    metavar="NAME",
    help=f"Whose history, locks and settings to use; see `voice-coach profiles` [env: {profiles.VARIABLE}].",
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
    help="Let this server recognise speech too. Your voice is sent there, unencrypted, and nowhere else.",
)
tts = click.option(
    "--tts",
    callback=_server(WYOMING),
    metavar="wyoming://HOST:PORT[/VOICE]",
    help="Let this server speak. The coach's sentences are sent there.",
)
mqtt = click.option(
    "--mqtt",
    callback=_server(MQTT),
    metavar="mqtt://[USER@]HOST[:PORT]/TOPIC",
    help="Send session events to this broker: no words, no sound, no pain figures.",
)
mqtt_figures = click.option("--mqtt-figures", is_flag=True, help="Send the pain figures too.")
as_json = click.option("--json", "as_json", is_flag=True, help="Write JSON, for other programs.")


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
