"""Reading Wyoming messages from somebody who may send anything, or nothing, or never stop."""

import asyncio
from typing import Final

from wyoming.event import Event, async_read_event

LINE: Final = 1 << 16
"""Bytes of a message's first line."""

PART: Final = 1 << 20
"""Bytes of its data or payload; a second of sound in CD quality has 176,400."""


class WaryReader(asyncio.StreamReader):
    """Refuses parts that are announced larger than `PART`, before they are there."""

    def __init__(self) -> None:
        """Read lines up to `LINE`."""
        super().__init__(limit=LINE)

    async def readexactly(self, n: int) -> bytes:
        """Return so many bytes.

        Raises:
            ValueError: that is too much.
            asyncio.IncompleteReadError: the connection ended before.
        """
        if n > PART:
            raise ValueError(f"a part of {n} bytes is announced")
        return await super().readexactly(n)


async def receive(reader: asyncio.StreamReader) -> Event | None:
    """Return the next message; None: there is none any more, or what came is none.

    Raises:
        OSError: the connection broke.
    """
    try:
        event = await async_read_event(reader)
    except (AttributeError, EOFError, KeyError, RecursionError, TypeError, ValueError):  # JSON, but not what was agreed
        return None
    return event if event and _is_proper(event.type, event.data) else None


def _is_proper(kind: object, data: object) -> bool:
    return isinstance(kind, str) and isinstance(data, dict)
