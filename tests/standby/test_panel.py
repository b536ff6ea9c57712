"""The button and the light: gpiozero's own pins of no hardware, pressed by the test."""

from collections.abc import Iterator

import pytest
from gpiozero import Device
from gpiozero.pins.mock import MockFactory

from tests.standby.waiting import Waiting
from voice_coach.errors import DeviceError
from voice_coach.events import AudioLost, Interrupted
from voice_coach.standby.panel import NoPanel, open_panel
from voice_coach.standby.settings import Pins
from voice_coach.standby.states import Light, light

BUTTON, LED = 17, 27


@pytest.fixture
def board() -> Iterator[MockFactory]:
    """Return a board without hardware."""
    before, Device.pin_factory = Device.pin_factory, MockFactory()
    yield Device.pin_factory
    Device.pin_factory.reset()
    Device.pin_factory = before


def test_a_press_is_told_once(board: MockFactory) -> None:
    panel = open_panel(Pins(button=BUTTON))
    assert not panel.pressed()
    board.pin(BUTTON).drive_low()
    assert [panel.pressed() for _ in range(3)] == [True, False, False]
    board.pin(BUTTON).drive_high()
    assert not panel.pressed()
    board.pin(BUTTON).drive_low()
    assert panel.pressed()
    panel.close()


def test_the_light_is_steady_while_an_answer_is_waited_for(board: MockFactory) -> None:
    panel = open_panel(Pins(led=LED))
    assert not board.pin(LED).state
    panel.show(Light.LISTENING)
    assert board.pin(LED).state
    panel.show(Light.DARK)
    assert not board.pin(LED).state
    assert not panel.pressed()
    panel.close()
    panel.close()


@pytest.mark.parametrize("shown", [Light.WAITING, Light.COACHING, Light.TROUBLE])
def test_else_it_blinks_each_in_its_own_way(board: MockFactory, shown: Light) -> None:
    """By gpiozero's own thread; how fast is not looked at here."""
    panel = open_panel(Pins(led=LED))
    panel.show(shown)
    panel.show(shown)
    panel.close()
    assert not board.pin(LED).state


def test_a_pin_that_is_not_there_is_told(board: MockFactory) -> None:
    assert board is Device.pin_factory
    with pytest.raises(DeviceError, match=r"The pins of \[gpio\] in standby.toml can't be used"):
        open_panel(Pins(button=BUTTON, led=99))


def test_without_pins_there_is_no_panel() -> None:
    panel = open_panel(Pins())
    assert isinstance(panel, NoPanel)
    assert not panel.pressed()
    panel.show(Light.TROUBLE)
    panel.close()


def test_the_light_tells_what_it_does() -> None:
    asking = Waiting().hears("wake")
    assert light(Waiting().state) == Light.WAITING
    assert light(asking.state) == Light.LISTENING
    assert light(Waiting().press().state) == Light.WAITING
    assert light(Waiting().press().finishes().state) == Light.COACHING
    assert light(Waiting().press().finishes().comes_back(held=False).finishes().state) == Light.TROUBLE
    assert light(asking.take(AudioLost(0, "gone")).state) == Light.TROUBLE
    assert light(asking.take(Interrupted(0)).state) == Light.DARK
