"""How the parts of the set-up are built, and where what it found is kept."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

import msgspec

from voice_coach.audio.bounded_calls import patiently
from voice_coach.audio.devices import Device, Direction, Inventory, choose_pair, inventory, lasting_name
from voice_coach.config import preferences
from voice_coach.config.engines import open_listener, open_voice
from voice_coach.config.settings import Settings
from voice_coach.device_setup.events import Found, Pair
from voice_coach.device_setup.runner import Setup, Watcher, all_lines
from voice_coach.errors import CoachError
from voice_coach.exercise.prompts import Prompts, load_prompts, read_texts
from voice_coach.session.disruptions import FAULTS
from voice_coach.speak.preloaded_voice import PreloadedVoice

MAX_MICROPHONES: Final = 3
"""As many are tried at most: who hears no answer gives up after two minutes."""

MAX_SPEAKERS: Final = 6
"""As many are tried at most with each microphone."""


def pairs(found: Inventory, microphone: str | None = None, speaker: str | None = None) -> tuple[Pair, ...]:
    """Return the pairs of one sound system, each speaker with the first microphone before those with the next one.

    Args:
        found: what there is.
        microphone: the only one to be tried, by a part of its name; None: all, the system's choice before the others.
        speaker: the same.

    Raises:
        DeviceError: there is none, several fit the name, or the two can't work together.
    """
    first = choose_pair(found, microphone, speaker)
    mics = _tried(found, "microphone", first[0].device, MAX_MICROPHONES if microphone is None else 1)
    speakers = _tried(found, "speaker", first[1].device, MAX_SPEAKERS if speaker is None else 1)
    return tuple(Pair(mic, spk) for mic in mics for spk in speakers)


def _tried(found: Inventory, direction: Direction, first: Device, most: int) -> list[str]:
    there = [one for one in found.devices if one.channels(direction) and one.host_api == first.host_api]
    there.sort(key=lambda one: one != first)
    return list(dict.fromkeys(lasting_name(found, one, direction) for one in there))[:most]


def prompts_of(language: str) -> Prompts:
    """Return what is said; of a session's sentences those about the microphone.

    Raises:
        DataError: there is nothing for this language, or it is not the table of tables of texts that it should be.
    """
    own = read_texts(f"setup/{language}.toml")
    shared = load_prompts(language).texts
    return Prompts(language, {**own, **{name: shared[name] for name in FAULTS.values()}})


def keep(found: Found, settings: Settings) -> str:
    """Write what was found to the person's settings; return why it could not, or an empty text."""
    path = settings.profile.settings
    try:
        before = preferences.load(path)
        after = msgspec.structs.replace(
            before,
            microphone=found.pair.microphone,
            speaker=found.pair.speaker,
            headphones=found.headphones,
            volume=found.volume,
            echo_delay_ms=found.delay_ms,
        )
        preferences.save(path, after)
    except CoachError as error:
        return str(error)
    return ""


@contextmanager
def opened(settings: Settings, watch: Watcher, *, offered: bool = False) -> Iterator[Setup]:
    """Give a set-up of the microphone and speaker that are named, or of all there are; its engines end with it.

    Raises:
        CoachError: there is no microphone, no speaker, no voice or no recogniser.
    """
    prompts = prompts_of(settings.language)
    tried = patiently(lambda: pairs(inventory(), settings.microphone, settings.speaker))
    voice = PreloadedVoice.taken_from(open_voice(settings, blocking=True), all_lines(prompts))
    with closing(open_listener(settings, inline=False)) as ears:
        yield Setup(
            prompts,
            tried,
            voice=voice,
            ears=ears,
            keep=lambda found: keep(found, settings),
            offered=offered,
            volume=settings.volume,
            watch=[watch],
        )
