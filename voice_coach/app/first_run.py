"""Microphone and speaker set up by voice, on the first day or on request."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from voice_coach.actions import Say
from voice_coach.app.console import Console
from voice_coach.app.publish import pass_on_news, show_call
from voice_coach.app.signals import Interruption
from voice_coach.audio.bounded_calls import patiently
from voice_coach.audio.devices import inventory
from voice_coach.audio.live import LiveAudio
from voice_coach.audio.pcm import Clip
from voice_coach.audio.stream import open_devices
from voice_coach.config import preferences
from voice_coach.config.engines import open_caller, open_listener, open_voice
from voice_coach.config.settings import Settings
from voice_coach.device_setup.build import keep, pairs, prompts_of
from voice_coach.device_setup.events import Action, Event, Keep, Open, Try, Written
from voice_coach.device_setup.runner import TRIED, Setup, Watcher, all_lines
from voice_coach.device_setup.states import Outcome
from voice_coach.errors import DeviceError
from voice_coach.events import HelpCalled
from voice_coach.speak.preloaded_voice import PreloadedVoice
from voice_coach.timebase import Samples

UNWRITTEN: Final = "The result could not be saved"


@dataclass(frozen=True, slots=True)
class Held:
    """Result of a set-up."""

    outcome: Outcome
    exit_code: int
    """Not 0 after a signal."""


def offered(settings: Settings, console: Console) -> Settings | int:
    """Offer a set-up to whoever is here for the first time and has chosen nothing; return how to go on.

    Silence counts as "no". Where the session is to be ended instead, returns the exit code.

    Raises:
        CoachError: a part does not work.
    """
    profile = settings.profile
    known = profile.history.exists() or profile.settings.exists()
    if known or settings.microphone or settings.speaker:
        return settings
    held = hold(replace(settings, open_speaker=True, asr=None, tts=None), console, offered=True)
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


def hold(settings: Settings, console: Console, *, offered: bool = False) -> Held:
    """Set up, opening one pair of devices after another; return how it ended.

    Raises:
        DeviceError: devices that were open are gone for good.
        CoachError: a part does not work.
    """
    with opened(settings, partial(show, console), offered=offered) as setup, Interruption(setup) as interruption:
        while not setup.done:
            try:
                _with_pair(setup, console)
            except DeviceError as error:
                console.warn(str(error))
                if not setup.unusable():
                    raise
        return Held(setup.outcome, interruption.exit_code)


def _with_pair(setup: Setup, console: Console) -> None:
    """Go on with the pair that is wanted now, until another one is, or it is over."""
    pair, flows = setup.wanted, False

    def advance(mic: Clip) -> Clip:
        nonlocal flows
        if not flows:
            setup.opened()
        flows = True
        return setup.advance(mic)

    audio = LiveAudio(
        partial(open_devices, pair.microphone, pair.speaker), lambda news: pass_on_news(setup, news, console)
    )
    audio.run(advance, lambda: setup.done or setup.wanted is not pair)


def show(console: Console, _at: Samples, what: Event | Action) -> None:
    """Write what is said and found to the screen too."""
    match what:
        case Open(pair):
            console.show(f"Microphone: {pair.microphone}; speaker: {pair.speaker}")
        case Say(lines):
            for line in lines:
                console.show(line.text)
        case Try():
            console.show(" ".join(line.text for line in TRIED))
        case Keep(found):
            delay = "is not heard by it" if found.delay_ms is None else f"is heard {found.delay_ms:.0f} ms later"
            loss = "" if found.loss_db is None else f" and can be made {found.loss_db:.0f} dB quieter"
            console.show(f"The coach {delay}{loss}; volume {found.volume} of 7.")
        case Written(error=error) if error:
            console.warn(f"{UNWRITTEN}: {error}")
        case HelpCalled():
            show_call(what, console)
        case _:
            pass


@contextmanager
def opened(settings: Settings, watch: Watcher, *, offered: bool = False) -> Iterator[Setup]:
    """Give a set-up of the microphone and speaker that are named, or of all there are; its engines end with it.

    Raises:
        CoachError: there is no microphone, no speaker, no voice or no recogniser.
    """
    prompts = prompts_of(settings.language)
    tried = patiently(lambda: pairs(inventory(), settings.microphone, settings.speaker))
    voice = PreloadedVoice.taken_from(open_voice(settings, blocking=True), all_lines(prompts))
    with closing(open_listener(settings, inline=False)) as hearing, open_caller(settings) as caller:
        yield Setup(
            prompts,
            tried,
            voice=voice,
            hearing=hearing,
            keep=lambda found: keep(found, settings.profile.settings),
            offered=offered,
            volume=settings.volume,
            caller=caller,
            watch=[watch],
        )
