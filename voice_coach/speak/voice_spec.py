"""The coach's voice and its rate of speech."""

from dataclasses import dataclass
from typing import Final

PACK: Final = "pack:"
"""Prefix of the name of a voice pack: `pack:NAME`."""

USUAL_VOICE: Final = "pack:woman"
"""The voice of a session if none was chosen."""

RATES: Final = (120, 200)
"""The slowest and the fastest rate, in words a minute."""


_RATE_FACTORS: Final = (1.1, 1.0, 0.9, 0.8, 0.7)
"""Factors on the rate of this computer's voice, by pace."""


def rate_at(rate: int, pace: int) -> int:
    """Return the rate of this computer's voice at a pace of 1 to 5 (`actions.PACES`), within `RATES`."""
    return min(max(round(rate * _RATE_FACTORS[pace - 1]), RATES[0]), RATES[1])


@dataclass(frozen=True, slots=True)
class VoiceSpec:
    """A voice at a rate."""

    name: str = "en-us"
    """The engine's name for it, or a voice pack (`PACK`); `voice-coach voices` lists both."""
    rate: int = 200
    """Words a minute (see `RATES`), measured from the first to the last voiced sample of texts of six words or more.

    V4: 150 to 170 is most comfortable for young and old. Echo cancelling was measured with the default. Servers and
    voice packs have their own rate.
    """

    @property
    def pack(self) -> str | None:
        """The name of the voice pack; None: it is an engine's voice."""
        return self.name.removeprefix(PACK) if self.name.startswith(PACK) else None

    @property
    def engine(self) -> "VoiceSpec":
        """The engine's voice for lines that a pack lacks; the voice itself if it is not a pack."""
        return self if self.pack is None else VoiceSpec(rate=self.rate)
