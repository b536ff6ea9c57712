"""States of the device set-up; each has the instant at which it moves on by itself."""

from dataclasses import dataclass
from typing import Literal

from voice_coach.actions import DEFAULT_VOLUME
from voice_coach.device_setup.events import Pair, Tried
from voice_coach.dialogue.emergency import Staying
from voice_coach.exercise.prompts import Prompts
from voice_coach.timebase import Samples

Question = Literal["offer", "hear", "volume", "again", "call"]
Outcome = Literal["kept", "not kept", "stopped", "declined", "nobody"]


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts shared by all states."""

    prompts: Prompts
    pairs: tuple[Pair, ...]
    """Those to be tried, in order."""
    place: int = 0
    volume: int = DEFAULT_VOLUME
    trials: int = 0
    tried: Tried | None = None
    returns: int = 0
    """How often the sound of this pair was lost and came back by itself."""
    help_ways: int = 0
    """In how many ways help can be called, other than aloud."""
    token: int = 0
    """The last `Say`'s."""
    outcome: Outcome = "stopped"

    @property
    def pair(self) -> Pair:
        """The one that is open, or being opened."""
        return self.pairs[self.place]


@dataclass(frozen=True, slots=True)
class Opening:
    """The devices are being opened."""

    facts: Facts
    question: Question
    """The question to ask then."""
    wake_at: None = None


@dataclass(frozen=True, slots=True)
class Asking:
    """A question is open."""

    facts: Facts
    question: Question
    token: int
    """Of the question being said; 0: it was said."""
    wake_at: Samples
    until: Samples = 0
    """Nothing keeps it open for longer."""
    retried: bool = False
    patient: bool = False
    """It waits for a microphone that has to be switched on first."""


@dataclass(frozen=True, slots=True)
class Trying:
    """It is said what is measured (`token`), or it is being measured (0)."""

    facts: Facts
    token: int
    wake_at: Samples


@dataclass(frozen=True, slots=True)
class Keeping:
    """The result is being written."""

    facts: Facts
    told: tuple[str, ...]
    """The prompts of what was found, said after that."""
    wake_at: None = None


@dataclass(frozen=True, slots=True)
class Calling:
    """Help is called for as a test, and it is said that it is one."""

    facts: Facts
    token: int
    """Of what is being said, at full volume; 0: it was said."""
    wake_at: Samples
    waiting: int
    """Ways of which it is not known yet whether they got through."""
    failed: bool = False
    """One of them did not."""


@dataclass(frozen=True, slots=True)
class Telling:
    """The last words are being said."""

    facts: Facts
    token: int
    wake_at: Samples


@dataclass(frozen=True, slots=True)
class Done:
    """Over."""

    facts: Facts
    wake_at: None = None


State = Opening | Asking | Trying | Keeping | Calling | Telling | Staying[Facts] | Done
