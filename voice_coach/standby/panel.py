"""A button and a light, for people who can't or don't want to speak: the protocol, and a stand-in without hardware."""

from typing import Protocol

from voice_coach.standby.settings import Pins
from voice_coach.standby.states import Light


class Panel(Protocol):
    """A button and a light."""

    def pressed(self) -> bool:
        """Return whether the button was pressed since the last call; it is asked many times a second."""

    def show(self, light: Light) -> None:
        """Show this with the light from now on."""

    def close(self) -> None:
        """Turn the light off and free the pins."""


class NoPanel:
    """A stand-in for a computer without button and light."""

    def pressed(self) -> bool:
        """Return False."""
        return False

    def show(self, light: Light) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def open_panel(pins: Pins) -> Panel:
    """Return the button and light on these pins.

    Raises:
        DeviceError: they can't be used.
    """
    if pins.button is None and pins.led is None:
        return NoPanel()
    from voice_coach.standby.panel_gpio import GpioPanel  # noqa: PLC0415 - an extra that few have

    return GpioPanel(pins)
