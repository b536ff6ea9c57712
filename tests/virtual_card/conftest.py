"""The fixture `virtual_card`: each test has a sound card of its own."""

import sys
from collections.abc import Iterator

import pytest

from tests.virtual_card.card import VirtualCard


@pytest.fixture
def virtual_card() -> Iterator[VirtualCard]:
    """Return a running card."""
    if sys.platform != "linux":
        pytest.skip("PulseAudio's null sinks are for Linux")
    with VirtualCard() as card:
        yield card
