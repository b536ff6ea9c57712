"""`voice-coach setup`: microphone and speaker, set up by voice alone."""

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

import click

from voice_coach.actions import Say
from voice_coach.audio.live import LiveAudio
from voice_coach.audio.pcm import Clip
from voice_coach.audio.stream import open_devices
from voice_coach.cli import options
from voice_coach.cli.interruption import Interruption
from voice_coach.cli.news import hear_of
from voice_coach.config import preferences
from voice_coach.config.settings import Settings
from voice_coach.device_setup.build import opened
from voice_coach.device_setup.events import Action, Event, Keep, Open, Try, Written
from voice_coach.device_setup.runner import TRIED, Setup
from voice_coach.device_setup.states import Outcome
from voice_coach.errors import DeviceError
from voice_coach.files.profiles import FIRST, Profile, only
from voice_coach.speak.tts.synthesizer import VoiceSpec
from voice_coach.timebase import Samples

NOBODY: Final = (
    "No answer was heard with any of the microphones and speakers, and nothing was changed: see what "
    "`voice-coach doctor` finds, or name them (`--microphone`, `--speaker`)."
)
UNWRITTEN: Final = "What was found could not be kept"
NO_TEXT: Final = (
    "The set-up is done by voice, with the microphone and the speaker that it is about: leave out --text. "
    "What it finds can be written by hand too, see `voice-coach devices` and the file {path}."
)


@click.command(
    epilog="Exit code 0: it is set up, or you did not want it. 1: nothing was heard, or it can't be kept. 130: Ctrl-C."
)
@click.option("--microphone", metavar="NAME", help="Try this one only; a part of its name.")
@click.option("--speaker", metavar="NAME", help="Try this one only; a part of its name.")
@click.option("--text", is_flag=True, help="Not supported: it is done by voice alone.")
@options.model
@options.voice
@options.rate
@options.profile
def command(
    microphone: str | None, speaker: str | None, model: Path | None, voice: str, rate: int, profile: Profile | None, *,
    text: bool,
) -> int:  # fmt: skip
    """Set up microphone and speaker by voice: lie down as you will for the exercise, and answer.

    The coach speaks on one speaker after another until you say yes, lets you choose how loud it is, and listens to
    itself and to your voice. What it finds is kept for your sessions. "Stop" ends it at any time, with nothing changed.
    """
    settings = Settings(
        profile=profile or only() or FIRST, voice=VoiceSpec(voice, rate), model=model, microphone=microphone,
        speaker=speaker, open_speaker=True,
    )  # fmt: skip
    if text:
        raise click.UsageError(NO_TEXT.format(path=settings.profile.settings))
    held = hold(settings)
    if held.outcome == "nobody":
        raise DeviceError(NOBODY)
    return held.exit_code or int(held.outcome == "not kept")


@dataclass(frozen=True, slots=True)
class Held:
    """How a set-up ended."""

    outcome: Outcome
    exit_code: int
    """Not 0 after a signal."""


def offered(settings: Settings) -> Settings | int:
    """Offer a set-up to whoever is here for the first time and has chosen nothing; return how to go on.

    No answer is as good as "no". Where the session is to be ended instead, returns the exit code.

    Raises:
        CoachError: a part does not work.
    """
    profile = settings.profile
    known = profile.history.exists() or profile.settings.exists()
    if known or settings.microphone or settings.speaker:
        return settings
    held = hold(replace(settings, open_speaker=True, asr=None, tts=None), offered=True)
    if held.outcome == "stopped":
        return held.exit_code
    if held.outcome != "kept":
        return settings
    found = preferences.load(profile.settings)
    volume = settings.volume if found.volume is None else found.volume
    mouth = settings.open_speaker and not found.headphones
    return replace(
        settings, microphone=found.microphone, speaker=found.speaker, volume=volume, open_speaker=mouth,
        echo_delay=found.echo_delay,
    )  # fmt: skip


def hold(settings: Settings, *, offered: bool = False) -> Held:
    """Set up, opening one pair of devices after another; return how it ended.

    Raises:
        DeviceError: devices that were open are gone for good.
        CoachError: a part does not work.
    """
    with opened(settings, show, offered=offered) as setup, Interruption(setup) as interruption:
        while not setup.done:
            try:
                _with_pair(setup)
            except DeviceError as error:
                click.echo(f"voice-coach: {error}", err=True)
                if not setup.unusable():
                    raise
        return Held(setup.outcome, interruption.exit_code)


def _with_pair(setup: Setup) -> None:
    """Go on with the pair that is wanted now, until another one is, or it is over."""
    pair, flows = setup.wanted, False

    def advance(mic: Clip) -> Clip:
        nonlocal flows
        if not flows:
            setup.opened()
        flows = True
        return setup.advance(mic)

    audio = LiveAudio(partial(open_devices, pair.microphone, pair.speaker), partial(hear_of, setup))
    audio.run(advance, lambda: setup.done or setup.wanted is not pair)


def show(_at: Samples, what: Event | Action) -> None:
    """Write what is said and found to the screen too."""
    match what:
        case Open(pair):
            click.echo(f"Microphone: {pair.microphone}; speaker: {pair.speaker}")
        case Say(lines):
            for line in lines:
                click.echo(line.text)
        case Try():
            click.echo(" ".join(line.text for line in TRIED))
        case Keep(found):
            delay = "is not heard by it" if found.delay_ms is None else f"is heard {found.delay_ms:.0f} ms later"
            loss = "" if found.loss_db is None else f" and can be made {found.loss_db:.0f} dB quieter"
            click.echo(f"The coach {delay}{loss}; volume {found.volume} of 7.")
        case Written(error=error) if error:
            click.echo(f"voice-coach: {UNWRITTEN}: {error}", err=True)
        case _:
            pass
