"""Events and actions of the device set-up, in addition to those of a session."""

from dataclasses import dataclass

from voice_coach.actions import CallForHelp, Hush, Listen, Play, Say, SetVolume
from voice_coach.events import Event as Heard
from voice_coach.timebase import Samples


@dataclass(frozen=True, slots=True)
class Pair:
    """A microphone and a speaker, by names that find them again."""

    microphone: str
    speaker: str


@dataclass(frozen=True, slots=True)
class Found:
    """The settings to remember."""

    pair: Pair
    volume: int
    headphones: bool
    """The microphone does not hear the speaker."""
    delay_ms: float | None
    """From the speaker to the microphone; None: it is not heard there."""
    loss_db: float | None
    """By how much the coach's own voice can be made quieter; None: it is not heard."""


@dataclass(frozen=True, slots=True)
class Opened:
    """Sound flows on the pair that was asked for."""

    at: Samples


@dataclass(frozen=True, slots=True)
class Unusable:
    """The pair that was asked for can't be opened."""

    at: Samples


@dataclass(frozen=True, slots=True)
class Tried:
    """Microphone and speaker have been tried."""

    at: Samples
    advice: tuple[str, ...]
    """Problems, by the names of the prompts `found.*`; the most important one first."""
    delay_ms: float | None
    loss_db: float | None


@dataclass(frozen=True, slots=True)
class Written:
    """The result has been written to the file, or can't be."""

    at: Samples
    error: str = ""


@dataclass(frozen=True, slots=True)
class Open:
    """Open this pair in place of the one before."""

    pair: Pair


@dataclass(frozen=True, slots=True)
class Try:
    """Measure the way from the speaker to the microphone, and the user's word."""

    volume: int


@dataclass(frozen=True, slots=True)
class Keep:
    """Write it down."""

    found: Found


Event = Heard | Opened | Unusable | Tried | Written
Action = Say | Play | Hush | Listen | SetVolume | Open | Try | Keep | CallForHelp
