"""The blocks that wait for the loudspeaker, and by how much they wait: an adaptive playout delay.

Each block belongs to one of the microphone's and is played a fixed time after it, so that the coach knows when what it
says is heard. The delay must be as long as the coach's slowest turns, and no longer, because its reaction to "stop" is
delayed too. How slow they are depends on the computer: the delay starts short, and grows when blocks come too late.
"""

from collections import deque
from typing import Final

FIRST_BLOCKS: Final = 4
"""Blocks by which the loudspeaker is behind the microphone at first, apart from the hardware: 80 ms. Of 3,725 turns of
a live session the longest took 41 ms, and one in a thousand took 23 ms or more."""

MAX_BLOCKS: Final = 12
"""The longest delay, in blocks: a computer that needs more than 0.24 s for a turn is too slow."""

GROW_EVERY: Final = 50
"""Callbacks, a second of them, within which the delay grows by one block at most: a single hitch passes."""


class Playout:
    """Filled by the coach's thread, emptied by PortAudio's; neither waits for the other."""

    def __init__(self) -> None:
        """Start empty."""
        self.lead = FIRST_BLOCKS
        """Blocks by which the loudspeaker is behind the microphone now."""
        self.late = 0
        """How many blocks came too late, including those that made `lead` grow."""
        self._blocks: Final[deque[tuple[int, bytes]]] = deque()
        self._grown: int | None = None

    def put(self, number: int, block: bytes) -> None:
        """Play this block `lead` blocks after the microphone's block of the same number."""
        self._blocks.append((number, block))

    def take(self, number: int) -> bytes | None:
        """Return the block to play while the microphone's block of this number is heard; None: there is none."""
        while self._blocks and self._blocks[0][0] < number - self.lead:
            self.late += 1
            if not self._grows(number):
                self._blocks.popleft()
        due = self._blocks and self._blocks[0][0] == number - self.lead
        return self._blocks.popleft()[1] if due else None

    def _grows(self, number: int) -> bool:
        """Increase the delay, if it may grow further and did not grow just now; return whether it grew."""
        if self.lead >= MAX_BLOCKS or (self._grown is not None and number - self._grown < GROW_EVERY):
            return False
        self.lead += 1
        self._grown = number
        return True
