"""A button and a light for who can't, or need not, speak: the protocol, and what stands for it where there is none."""

from enum import Enum, auto
from typing import Protocol, assert_never

from voice_coach.standby.settings import Pins
from voice_coach.standby.state import Asking, Coaching, Done, State, Telling, Waiting


class Light(Enum):
    """What a light tells; the coach never tells it by light alone."""

    DARK = auto()
    """It is not running."""
    WAITING = auto()
    LISTENING = auto()
    """An answer is waited for."""
    COACHING = auto()
    TROUBLE = auto()
    """There is no sound, or the last session could not be held."""


def light(state: State) -> Light:
    """Return what is to be shown."""
    match state:
        case Done():
            return Light.DARK
        case Coaching():
            return Light.COACHING
        case _ if state.facts.trouble:
            return Light.TROUBLE
        case Asking():
            return Light.LISTENING
        case Waiting() | Telling():
            return Light.WAITING
        case _:
            assert_never(state)


class Panel(Protocol):
    """A button and a light."""

    def pressed(self) -> bool:
        """Return whether the button was pressed since the last call; it is asked many times a second."""

    def show(self, light: Light) -> None:
        """Let the light tell this from now on."""

    def close(self) -> None:
        """Put the light out and let go of the pins."""


class NoPanel:
    """Nothing is wired."""

    def pressed(self) -> bool:
        """Return False."""
        return False

    def show(self, light: Light) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def open_panel(pins: Pins) -> Panel:
    """Return what is wired to these pins.

    Raises:
        DeviceError: they can't be used.
    """
    if pins.button is None and pins.led is None:
        return NoPanel()
    from voice_coach.standby.panel_gpio import GpioPanel  # noqa: PLC0415 - an extra that few have

    return GpioPanel(pins)
