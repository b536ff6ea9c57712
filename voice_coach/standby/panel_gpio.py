"""A button and a light on the pins of a Raspberry Pi, through gpiozero (extra `gpio`)."""

from typing import Final

from voice_coach.errors import DeviceError
from voice_coach.files.extras import install_command
from voice_coach.standby.settings import Pins
from voice_coach.standby.states import Light

try:
    from gpiozero import LED, Button, GPIOZeroError
except ImportError as _error:  # pragma: no cover - the tests have it
    raise DeviceError(
        "A button or a light needs the package gpiozero, or remove [gpio] from standby.toml. To install the package: "
        f"{install_command('gpio')}"
    ) from _error

BLINKS: Final = {Light.WAITING: (0.05, 4.95), Light.COACHING: (1.0, 1.0), Light.TROUBLE: (0.1, 0.1)}
"""Seconds on and off. While standby waits, a short flash now and then shows that it runs."""


class GpioPanel:
    """A button between its pin and ground, a light with its resistor between its pin and ground."""

    def __init__(self, pins: Pins) -> None:
        """Take the pins; the light is dark.

        Raises:
            DeviceError: they are in use, or this computer has no pins.
        """
        self._button: Button | None = None
        self._led: LED | None = None
        self._down = False
        self._shown = Light.DARK
        try:
            self._button = Button(pins.button) if pins.button is not None else None
            self._led = LED(pins.led) if pins.led is not None else None
        except (GPIOZeroError, OSError, RuntimeError) as error:
            self.close()
            raise DeviceError(
                f"The pins of [gpio] in standby.toml can't be used ({error}): see docs/raspberry-pi.md."
            ) from error

    def pressed(self) -> bool:
        """Return whether the button went down since the last call."""
        was_down, self._down = self._down, bool(self._button and self._button.is_pressed)
        return self._down and not was_down

    def show(self, light: Light) -> None:
        """Show this: steady for listening, slow blinking for coaching, fast for trouble, a short flash for waiting."""
        if light == self._shown or self._led is None:
            return
        self._shown = light
        if light == Light.LISTENING:
            self._led.on()
        elif light == Light.DARK:
            self._led.off()
        else:
            self._led.blink(*BLINKS[light])

    def close(self) -> None:
        """Turn the light off and free the pins; may be called twice."""
        self.show(Light.DARK)
        for device in (self._led, self._button):
            if device is not None:
                device.close()
        self._led = self._button = None
