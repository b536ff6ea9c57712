"""Which microphones and speakers are tried, in what order."""

from dataclasses import replace

import pytest

from voice_coach.audio.devices import Device, Inventory
from voice_coach.device_setup.build import MAX_MICROPHONES, MAX_SPEAKERS, pairs
from voice_coach.device_setup.events import Pair
from voice_coach.errors import DeviceError

DEFAULT = Device(0, "Built-in", "Core", 1, 2, 48_000, frozenset({"microphone", "speaker"}))
HEADSET = Device(1, "Headset", "Core", 1, 2, 48_000)
TELEVISION = Device(2, "Television", "Core", 0, 2, 48_000)
OLD = Device(3, "Built-in old", "MME", 1, 2, 44_100, frozenset({"microphone", "speaker"}))
ALL = Inventory((TELEVISION, HEADSET, OLD, DEFAULT), "Core")


def test_the_systems_choice_comes_first_and_each_speaker_before_the_next_microphone() -> None:
    assert pairs(ALL) == (
        Pair("Built-in", "Built-in"),
        Pair("Built-in", "Television"),
        Pair("Built-in", "Headset"),
        Pair("Headset", "Built-in"),
        Pair("Headset", "Television"),
        Pair("Headset", "Headset"),
    )


def test_what_was_named_is_the_only_one() -> None:
    assert {pair.microphone for pair in pairs(ALL, microphone="head")} == {"Headset"}
    assert {pair.speaker for pair in pairs(ALL, speaker="tele")} == {"Television"}
    assert pairs(ALL, "head", "tele") == (Pair("Headset", "Television"),)


def test_a_computer_with_very_many_is_not_tried_through() -> None:
    many = [replace(HEADSET, index=n, name=f"Card number {n:02}") for n in range(20)]
    assert len(pairs(Inventory(tuple(many), "Core"))) == MAX_MICROPHONES * MAX_SPEAKERS


def test_without_any_there_is_one_sentence() -> None:
    with pytest.raises(DeviceError, match="No microphone was found"):
        pairs(Inventory(()))
