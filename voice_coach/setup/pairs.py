"""Which microphones and speakers are tried, and in what order."""

from typing import Final

from voice_coach.audio.devices import Device, Direction, Inventory, choose_pair, lasting_name
from voice_coach.setup.happenings import Pair

MICROPHONES: Final = 3
"""As many are tried at most: who hears no answer gives up after two minutes."""

SPEAKERS: Final = 6
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
    mics = _tried(found, "microphone", first[0].device, MICROPHONES if microphone is None else 1)
    speakers = _tried(found, "speaker", first[1].device, SPEAKERS if speaker is None else 1)
    return tuple(Pair(mic, spk) for mic in mics for spk in speakers)


def _tried(found: Inventory, direction: Direction, first: Device, most: int) -> list[str]:
    there = [one for one in found.devices if one.channels(direction) and one.host_api == first.host_api]
    there.sort(key=lambda one: one != first)
    return list(dict.fromkeys(lasting_name(found, one, direction) for one in there))[:most]
