"""The blocks that wait for the loudspeaker, and by how much they wait: an adaptive playout delay.

Each block belongs to one of the microphone's and is played a fixed time after it, so that the coach knows when what it
says is heard. The time must be as long as the coach's turns take at worst, and no longer, for its "stop" takes so long
too. How long turns take is known only where they are taken: it begins short, and grows where blocks come too late.
"""

from collections import deque
from typing import Final

FIRST_BLOCKS: Final = 4
"""Blocks that the loudspeaker is behind the microphone at first, besides what the hardware adds: 80 ms. Of 3,725 turns
of a live session the longest took 41 ms, one of a thousand 23 ms."""

MAX_BLOCKS: Final = 12
"""Blocks that it grows to at most: who needs more than 0.24 s for a turn needs another machine."""

GROW_EVERY: Final = 50
"""Callbacks, a second of them, in which it grows by no more than one block: a single hitch passes."""


class Playout:
    """Filled by the coach's thread, emptied by PortAudio's; neither waits for the other."""

    def __init__(self) -> None:
        """Be empty."""
        self.lead = FIRST_BLOCKS
        """Blocks that the loudspeaker is behind the microphone now."""
        self.late = 0
        """Blocks that came too late, as one does with which `lead` grows."""
        self._blocks: Final[deque[tuple[int, bytes]]] = deque()
        self._grown: int | None = None

    def put(self, number: int, block: bytes) -> None:
        """Let this be played `lead` blocks after the microphone's block of the same number."""
        self._blocks.append((number, block))

    def take(self, number: int) -> bytes | None:
        """Return what is played while the microphone's block of this number is heard; None: nothing is there."""
        while self._blocks and self._blocks[0][0] < number - self.lead:
            self.late += 1
            if not self._grows(number):
                self._blocks.popleft()
        due = self._blocks and self._blocks[0][0] == number - self.lead
        return self._blocks.popleft()[1] if due else None

    def _grows(self, number: int) -> bool:
        """Wait longer from now on, if that is possible and was not done just now."""
        if self.lead >= MAX_BLOCKS or (self._grown is not None and number - self._grown < GROW_EVERY):
            return False
        self.lead += 1
        self._grown = number
        return True
