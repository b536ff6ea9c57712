"""The boundary to a synthesiser."""

from collections import deque
from typing import Protocol

from voice_coach.audio.pcm import Clip


class Waiting(deque[str]):
    """Texts that are still to be rendered, each once."""

    def put(self, text: str, *, urgent: bool) -> None:
        """Queue the text; an urgent one goes to the front."""
        if text in self:
            if not urgent:
                return
            self.remove(text)
        if urgent:
            self.appendleft(text)
        else:
            self.append(text)


class Synthesizer(Protocol):
    """Turns texts into clips. Rendering may go on elsewhere: `request`, then `poll`."""

    @property
    def identity(self) -> str:
        """Engine, version, voice and rate: two synthesisers with equal identities make equal sound."""

    def request(self, text: str, *, urgent: bool = False) -> None:
        """Ask for this text; an urgent one is rendered before those waiting. Never blocks."""

    def poll(self, timeout: float = 0.0) -> list[tuple[str, Clip]]:
        """Return the clips that have become ready, waiting up to `timeout` seconds for the first.

        An empty clip: this text can't be had.
        """

    def close(self) -> None:
        """End the engine; may be called twice."""
