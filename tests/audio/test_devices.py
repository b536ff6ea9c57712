"""Which device is meant, and in what form it is opened."""

import subprocess
import sys
from dataclasses import replace

import pytest

from voice_coach.audio.devices import (
    Chosen,
    Device,
    Direction,
    Inventory,
    choose,
    choose_pair,
    explain,
    lasting_name,
    settle,
)
from voice_coach.errors import DeviceError

BUILT_IN = Device(0, "Built-in Audio", "Core", 2, 2, 48_000, frozenset({"microphone", "speaker"}))
HEADSET = Device(1, "Jabra Headset", "Core", 1, 2, 16_000)
CAMERA = Device(2, "Jabra Camera", "Core", 1, 0, 48_000)
HEADSET_OLD = Device(3, "Jabra Headset", "MME", 1, 2, 44_100, frozenset({"microphone", "speaker"}))
ALL = Inventory((HEADSET_OLD, BUILT_IN, HEADSET, CAMERA), "Core")

_OPEN_NOTHING = """
import ctypes
from voice_coach.audio.devices import silence_alsa
{silent}
print(ctypes.CDLL("libasound.so.2").snd_pcm_open(ctypes.byref(ctypes.c_void_p()), b"no_such_device", 0, 0))
"""


def test_nobody_asked_so_the_systems_default_is_taken() -> None:
    assert choose(ALL, "microphone") == Chosen(BUILT_IN, "the system's default")


def test_a_part_of_the_name_is_enough_in_any_case() -> None:
    assert choose(ALL, "microphone", "CAM").device == CAMERA


def test_a_device_that_appears_twice_is_taken_from_the_preferred_host_api() -> None:
    assert choose(ALL, "speaker", "jabra").device == HEADSET
    assert choose(ALL, "speaker", "headset, mme").device == HEADSET_OLD


def test_without_a_default_the_first_is_taken() -> None:
    assert choose(Inventory((CAMERA, HEADSET)), "speaker") == Chosen(HEADSET, "the first there is")


def test_several_that_fit_are_listed() -> None:
    with pytest.raises(DeviceError, match=r"'jabra' matches more than one microphone: Jabra Headset, Core · .*Camera"):
        choose(ALL, "microphone", "jabra")


def test_an_exact_name_is_never_ambiguous() -> None:
    twin = replace(HEADSET, index=9, name="Jabra Headset 2")
    assert choose(Inventory((twin, HEADSET)), "microphone", "jabra headset").device == HEADSET


def test_one_that_cannot_record_is_no_microphone() -> None:
    deaf = Inventory((replace(HEADSET, inputs=0),))
    with pytest.raises(DeviceError, match="No microphone was found"):
        choose(deaf, "microphone")


def test_who_has_a_bluetooth_headset_is_told_of_its_profile() -> None:
    with pytest.raises(DeviceError, match="Bluetooth headset has one only in its headset profile"):
        choose(Inventory(()), "microphone")
    with pytest.raises(DeviceError, match="No speaker was found: connect one; `voice-coach devices`"):
        choose(Inventory(()), "speaker")


def test_the_other_one_comes_from_the_same_host_api() -> None:
    mic, speaker = choose_pair(ALL, microphone="MME")
    assert (mic.device, speaker.device) == (HEADSET_OLD, HEADSET_OLD)
    mic, speaker = choose_pair(ALL, speaker="MME")
    assert (mic.device, speaker.device) == (HEADSET_OLD, HEADSET_OLD)


def test_two_host_apis_do_not_mix() -> None:
    with pytest.raises(DeviceError, match="can't be used together"):
        choose_pair(ALL, "Camera", "MME")


@pytest.mark.parametrize(
    ("forms", "expected"),
    [
        ({(16_000, 1), (48_000, 1), (48_000, 2)}, (16_000, 1, 1)),
        ({(16_000, 2)}, (16_000, 2, 2)),
        ({(48_000, 2)}, (48_000, 2, 2)),
        ({(44_100, 1)}, (44_100, 1, 1)),
    ],
)
def test_what_a_card_refuses_is_got_round(forms: set[tuple[int, int]], expected: tuple[int, int, int]) -> None:
    def takes(_device: Device, _direction: Direction, rate: int, channels: int) -> bool:
        return (rate, channels) in forms

    chosen = Chosen(BUILT_IN, "")
    setup = settle(chosen, chosen, takes)
    assert (setup.rate, setup.inputs, setup.outputs) == expected


def test_devices_that_refuse_everything_are_named() -> None:
    chosen = Chosen(BUILT_IN, "")
    with pytest.raises(
        DeviceError, match=r"Built-in Audio, Core .* could not be opened together: close other programs"
    ):
        settle(chosen, chosen, lambda *_: False)


@pytest.mark.parametrize(("code", "sentence"), [(-9985, "in use by another program"), (-9999, "could not be opened")])
def test_portaudios_errors_become_sentences(code: int, sentence: str) -> None:
    chosen = Chosen(BUILT_IN, "")
    setup = settle(chosen, chosen, lambda *_: True)
    assert sentence in str(explain(OSError("Error opening RawStream", code), setup))


ALSA = Inventory(
    (
        Device(0, "HDA Intel PCH: ALC3234 Analog (hw:0,0)", "ALSA", 2, 2, 44_100),
        Device(1, "HDA Intel PCH: HDMI 0 (hw:0,3)", "ALSA", 0, 8, 44_100),
        Device(2, "USB Headset: - (hw:1,0)", "ALSA", 1, 2, 48_000),
        Device(3, "sysdefault", "ALSA", 128, 0, 48_000),
        Device(4, "default", "ALSA", 32, 32, 44_100, frozenset({"microphone", "speaker"})),
    )
)


@pytest.mark.parametrize("direction", ["microphone", "speaker"])
def test_what_is_remembered_of_a_device_finds_it_again_on_another_socket(direction: Direction) -> None:
    for device in (one for one in ALSA.devices if one.channels(direction)):
        name = lasting_name(ALSA, device, direction)
        assert choose(ALSA, direction, name).device == device
        moved = [replace(one, index=9 - one.index, name=one.name.replace("hw:1", "hw:2")) for one in ALSA.devices]
        assert choose(Inventory(tuple(moved)), direction, name).device.index == 9 - device.index
    assert lasting_name(ALSA, ALSA.devices[2], direction) == "USB Headset"


def test_two_alike_are_told_apart_by_their_sockets() -> None:
    twin = replace(ALSA.devices[2], index=7, name="USB Headset: - (hw:2,0)")
    both = Inventory((*ALSA.devices, twin))
    assert lasting_name(both, twin, "speaker") == twin.name


@pytest.mark.skipif(sys.platform != "linux", reason="ALSA is a part of Linux")
@pytest.mark.parametrize(("silent", "lines"), [("", 1), ("silence_alsa()", 0)])
def test_alsa_fails_without_a_word_once_it_is_silenced(silent: str, lines: int) -> None:
    command = [sys.executable, "-c", _OPEN_NOTHING.format(silent=silent)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert int(done.stdout) < 0
    assert done.stderr.count("ALSA lib") == lines
