"""Events and actions of standby, in addition to those of a session (`events.py`, `actions.py`)."""

from dataclasses import dataclass
from datetime import datetime

from voice_coach import events
from voice_coach.actions import Hush, Listen, Play, Say, SetPace, SetVoice
from voice_coach.standby.states import Day, Memory
from voice_coach.timebase import Samples


@dataclass(frozen=True, slots=True)
class Ticked:
    """A few seconds have passed; the wall clock may have jumped in either direction."""

    at: Samples
    wall: datetime
    """Local time where the person is, with its UTC offset."""


@dataclass(frozen=True, slots=True)
class Looked:
    """The history was read, after `Look`."""

    at: Samples
    day: Day


@dataclass(frozen=True, slots=True)
class Pressed:
    """The button was pressed."""

    at: Samples


@dataclass(frozen=True, slots=True)
class SessionOver:
    """The session has given microphone and speaker back."""

    at: Samples
    held: bool
    """False: it could not begin, or a fault ended it."""
    pace: int | None = None
    """The pace at its end; None: not known."""
    voice: str = ""
    """The voice at its end; empty: not known."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Result of `Forget`."""

    at: Samples
    error: str = ""
    """Why it failed; empty: everything is deleted."""


Event = events.Event | Ticked | Looked | Pressed | SessionOver | Forgotten


@dataclass(frozen=True, slots=True)
class Look:
    """Read the history; `Looked` follows at once."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Store this on disk."""

    memory: Memory


@dataclass(frozen=True, slots=True)
class Begin:
    """Hand microphone and speaker over to a session; `SessionOver` follows."""


@dataclass(frozen=True, slots=True)
class Break:
    """Interrupt the session."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete everything about the person; `Forgotten` follows at once."""


Action = Say | Play | Hush | Listen | SetPace | SetVoice | Look | Keep | Begin | Break | Forget
