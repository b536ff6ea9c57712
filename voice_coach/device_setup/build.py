"""The parts of the set-up: which devices it tries, what it says, and where what it found is kept."""

from pathlib import Path
from typing import Final

import msgspec

from voice_coach.audio.devices import Device, Direction, Inventory, choose_pair, lasting_name
from voice_coach.config import preferences
from voice_coach.device_setup.events import Found, Pair
from voice_coach.dialogue.emergency import PROMPTS
from voice_coach.errors import CoachError
from voice_coach.exercise.prompts import Prompts, load_prompts, read_texts
from voice_coach.session.disruptions import FAULTS

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
    """Return what is said; of a session's sentences those about the microphone and an emergency.

    Raises:
        DataError: there is nothing for this language, or it is not the table of tables of texts that it should be.
    """
    own = read_texts(f"setup/{language}.toml")
    shared = load_prompts(language).texts
    return Prompts(language, {**own, **{name: shared[name] for name in (*FAULTS.values(), *PROMPTS)}})


def keep(found: Found, path: Path) -> str:
    """Write what was found to a file of preferences; return why it could not, or an empty text."""
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
