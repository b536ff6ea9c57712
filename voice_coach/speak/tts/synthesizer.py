"""The boundary to a synthesiser."""

from collections import deque
from dataclasses import dataclass
from typing import Final, Protocol

from voice_coach.audio.pcm import Clip

PACK: Final = "pack:"
"""How the name of a voice begins that is a voice pack: `pack:NAME`."""


@dataclass(frozen=True, slots=True)
class VoiceSpec:
    """Which voice, and how fast."""

    name: str = "en-us"
    """As the engine names it, or a voice pack (`PACK`); `voice-coach voices` lists both."""
    rate: int = 155
    """Words a minute, 120 to 200 (V4: 150-170 is what young and old find most comfortable)."""

    @property
    def pack(self) -> str | None:
        """The name of the voice pack; None: it is an engine's voice."""
        return self.name.removeprefix(PACK) if self.name.startswith(PACK) else None

    @property
    def engine(self) -> "VoiceSpec":
        """The engine's voice that says what a pack lacks; itself, where it is no pack."""
        return self if self.pack is None else VoiceSpec(rate=self.rate)


class Waiting(deque[str]):
    """Texts that are still to be rendered, each once."""

    def put(self, text: str, *, urgent: bool) -> None:
        """Let the text wait behind the others, or, an urgent one, before them."""
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
        """Ask for this text; an urgent one goes before those that are waiting. Never blocks."""

    def poll(self, timeout: float = 0.0) -> list[tuple[str, Clip]]:
        """Return the clips that have become ready, waiting up to `timeout` seconds for the first.

        An empty clip: this text can't be had.
        """

    def close(self) -> None:
        """End the engine; may be called twice."""
