"""Find microphones and speakers, choose them by name, and find a common format.

The only file that imports sounddevice, and only when a device is wanted: without PortAudio all else works.
"""

import contextlib
import ctypes
import functools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from voice_coach.errors import DeviceError
from voice_coach.timebase import RATE

Direction = Literal["microphone", "speaker"]

_NO_PORTAUDIO: Final = (
    "The sound library PortAudio is missing, so neither microphone nor speaker can be used: "
    "install it (Debian, Ubuntu, Raspberry Pi OS: `sudo apt-get install libportaudio2`)."
)
_PLACE: Final = re.compile(r"(: - )? ?\(hw:\d+,\d+\)$")
"""Such as ` (hw:1,0)`."""

_IN_USE: Final = -9985
"""PortAudio's paDeviceUnavailable."""

_ALSA_LIBRARY: Final = "libasound.so.2"
"""The one that PortAudio takes, too, where sound goes through ALSA."""


_ALSA_HANDLER: Final = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)
"""Takes file, line, function, error and a form; the further arguments, for the form's fields, are ignored."""

_ignore_alsa_message: Final = _ALSA_HANDLER(lambda *_: None)
"""Kept for as long as the process lives: ALSA holds no reference to it."""


@dataclass(frozen=True, slots=True)
class Device:
    """One entry of PortAudio's list."""

    index: int
    """Its place in the list; changes when a device comes or goes."""
    name: str
    host_api: str
    """Such as `ALSA`, `Core Audio`, `Windows WASAPI`; microphone and speaker must share one."""
    inputs: int
    """Channels that can be recorded."""
    outputs: int
    """Channels that can be played."""
    rate: int
    """Its preferred rate in hertz."""
    default_for: frozenset[Direction] = frozenset()
    """The directions for which it is its host API's default."""

    @property
    def label(self) -> str:
        """Name and host API; what a user's choice is looked for in."""
        return f"{self.name}, {self.host_api}"

    def channels(self, direction: Direction) -> int:
        """Return how many channels it has in this direction."""
        return self.inputs if direction == "microphone" else self.outputs


@dataclass(frozen=True, slots=True)
class Inventory:
    """All devices, and which host API is asked first."""

    devices: tuple[Device, ...]
    host_api: str = ""
    """The host API of the system's default devices."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """The device that is used in one direction."""

    device: Device
    why: str
    """Such as "the system's default"."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything that a stream needs to be opened."""

    microphone: Chosen
    speaker: Chosen
    rate: int
    """Hertz; not `RATE` where one of the two refuses that."""
    inputs: int
    """Channels of the microphone to record."""
    outputs: int
    """Channels of the speaker to play."""


Takes = Callable[[Device, Direction, int, int], bool]
"""Tells if a device would be opened in that direction with that rate and so many channels."""


def portaudio() -> Any:  # noqa: ANN401 - sounddevice publishes no types
    """Return the module sounddevice.

    Raises:
        DeviceError: PortAudio is not installed.
    """
    silence_alsa()
    try:
        import sounddevice  # noqa: PLC0415 - it loads PortAudio, and fails where there is none
    except OSError as error:
        raise DeviceError(_NO_PORTAUDIO) from error
    return sounddevice


def refresh() -> None:
    """Let PortAudio look for devices again: its list is frozen when it starts. No stream may be open.

    Raises:
        DeviceError: PortAudio is not installed or does not start again.
    """
    library = portaudio()
    try:
        # Private, but the only way there is, and what sounddevice's own documentation of the frozen list leads to.
        while library._initialized:  # noqa: SLF001
            library._terminate()  # noqa: SLF001
        library._initialize()  # noqa: SLF001
    except library.PortAudioError as error:
        raise DeviceError(f"The sound system can't be started ({error}): start it and try again.") from error


def inventory() -> Inventory:
    """Return what PortAudio found when it started.

    Raises:
        DeviceError: PortAudio is not installed.
    """
    library = portaudio()
    host_apis = library.query_hostapis()
    devices = tuple(_device(index, entry, host_apis) for index, entry in enumerate(library.query_devices()))
    first = next((index for index in library.default.device if index >= 0), None)
    return Inventory(devices, "" if first is None else devices[first].host_api)


def _device(index: int, entry: dict[str, Any], host_apis: Sequence[dict[str, Any]]) -> Device:
    host_api = host_apis[entry["hostapi"]]
    defaults: dict[Direction, int] = {
        "microphone": host_api["default_input_device"],
        "speaker": host_api["default_output_device"],
    }
    return Device(
        index=index,
        name=entry["name"],
        host_api=host_api["name"],
        inputs=entry["max_input_channels"],
        outputs=entry["max_output_channels"],
        rate=round(entry["default_samplerate"]),
        default_for=frozenset(direction for direction, default in defaults.items() if default == index),
    )


def choose(found: Inventory, direction: Direction, wanted: str | None = None) -> Chosen:
    """Return the one device whose name or host API holds `wanted`, upper or lower case; the default one for None.

    Raises:
        DeviceError: there is none, or several fit.
    """
    usable = [device for device in found.devices if device.channels(direction)]
    if not usable:
        hint = " (a Bluetooth headset has one only in its headset profile)" if direction == "microphone" else ""
        raise DeviceError(f"No {direction} was found: connect one{hint}; `voice-coach devices` lists what is there.")
    # The same device appears once for each host API; the one that the system prefers comes first.
    usable.sort(key=lambda device: device.host_api != found.host_api)
    if wanted is None:
        default = next((device for device in usable if direction in device.default_for), None)
        return Chosen(default, "the system's default") if default else Chosen(usable[0], "the first there is")
    return Chosen(_named(usable, direction, wanted), f"it fits {wanted!r}")


def _named(usable: list[Device], direction: Direction, wanted: str) -> Device:
    text = wanted.casefold()
    fits = [device for device in usable if text in device.label.casefold()]
    exact = [device for device in fits if text in (device.name.casefold(), device.label.casefold())]
    if not fits:
        names = _names(device.label for device in usable)
        raise DeviceError(f"There is no {direction} with {wanted!r} in its name; choose from {names}.")
    if len({device.name for device in exact or fits}) > 1:
        names = _names(device.label for device in fits)
        raise DeviceError(f"{wanted!r} matches more than one {direction}: {names}; give more of the name.")
    return (exact or fits)[0]


def lasting_name(found: Inventory, device: Device, direction: Direction) -> str:
    """Return a name by which `choose` finds a device again, even if it was plugged in elsewhere meanwhile.

    ALSA appends the numbers of card and device to the name, and gives cards other numbers as they come and go.
    """
    short = _PLACE.sub("", device.name)
    fits = {
        other.name
        for other in found.devices
        if other.channels(direction) and short.casefold() in other.label.casefold()
    }
    return short if fits == {device.name} else device.name


def _names(labels: Iterable[str]) -> str:
    return " · ".join(labels)


def choose_pair(found: Inventory, microphone: str | None = None, speaker: str | None = None) -> tuple[Chosen, Chosen]:
    """Return microphone and speaker; one that was not asked for comes from the host API of the one that was.

    Raises:
        DeviceError: there is none, several fit, or the two cannot work together.
    """
    mic = choose(found, "microphone", microphone)
    spk = choose(Inventory(found.devices, mic.device.host_api) if speaker is None else found, "speaker", speaker)
    if microphone is None:
        mic = choose(Inventory(found.devices, spk.device.host_api), "microphone")
    if mic.device.host_api != spk.device.host_api:
        raise DeviceError(
            f"The microphone {mic.device.label} and the speaker {spk.device.label} can't be used together: "
            "choose two of the same sound system, which is the last part of the name."
        )
    return mic, spk


def accepts(device: Device, direction: Direction, rate: int = RATE, channels: int = 1) -> bool:
    """Tell if PortAudio would open it so; a device in use refuses everything."""
    library = portaudio()
    check = library.check_input_settings if direction == "microphone" else library.check_output_settings
    try:
        check(device=device.index, channels=channels, dtype="int16", samplerate=rate)
    except (library.PortAudioError, ValueError):
        return False
    return True


def settle(microphone: Chosen, speaker: Chosen, takes: Takes = accepts) -> Setup:
    """Return a form that both take: 16 kHz mono if it can be had; `takes` is what tells.

    Raises:
        DeviceError: they have no rate in common, or one of them is in use.
    """
    mic, spk = microphone.device, speaker.device
    for rate in dict.fromkeys((RATE, mic.rate, spk.rate, 48_000, 44_100)):
        inputs = _channels(mic, "microphone", rate, takes)
        outputs = _channels(spk, "speaker", rate, takes)
        if inputs and outputs:
            return Setup(microphone, speaker, rate, inputs, outputs)
    raise DeviceError(
        f"The microphone {mic.label} and the speaker {spk.label} could not be opened together: "
        "close other programs that use them, or choose others (`voice-coach devices`)."
    )


def _channels(device: Device, direction: Direction, rate: int, takes: Takes) -> int:
    most = device.channels(direction)
    fits = (count for count in dict.fromkeys((1, 2, most)) if count <= most and takes(device, direction, rate, count))
    return next(fits, 0)


def explain(error: Exception, setup: Setup) -> DeviceError:
    """Return a PortAudio error in words for the user."""
    names = f"The microphone {setup.microphone.device.label} or the speaker {setup.speaker.device.label}"
    if len(error.args) > 1 and error.args[1] == _IN_USE:
        return DeviceError(f"{names} is in use by another program: close it, or choose others (`voice-coach devices`).")
    return DeviceError(
        f"{names} could not be opened ({error}): check the connection, or choose another (`voice-coach devices`)."
    )


@functools.cache
def silence_alsa() -> None:
    """Let ALSA write nothing in this process from now on; where there is no ALSA, nothing happens."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(_ALSA_LIBRARY).snd_lib_error_set_handler(_ignore_alsa_message)
