"""Events and actions of standby, in addition to those of a session (`events.py`, `actions.py`)."""

from dataclasses import dataclass
from datetime import datetime

from voice_coach import events
from voice_coach.actions import Hush, Listen, Play, Say, SetPace, SetVoice
from voice_coach.standby.states import Day, Memory
from voice_coach.timebase import Samples


@dataclass(frozen=True, slots=True)
class Ticked:
    """A few seconds have passed; or, by the clock on the wall, any time in either direction."""

    at: Samples
    wall: datetime
    """Local time where the person is, with its UTC offset."""


@dataclass(frozen=True, slots=True)
class Looked:
    """The history was looked at, as `Look` wanted."""

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
    """False: it could not be held, or ended by a fault."""
    pace: int | None = None
    """As it was left for the next session; None: that is not known."""
    voice: str = ""
    """The same; empty: that is not known."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Result of `Forget`."""

    at: Samples
    error: str = ""
    """Empty: all is deleted."""


Event = events.Event | Ticked | Looked | Pressed | SessionOver | Forgotten


@dataclass(frozen=True, slots=True)
class Look:
    """Look at the history; `Looked` follows at once."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Keep this on the disk."""

    memory: Memory


@dataclass(frozen=True, slots=True)
class Begin:
    """Leave microphone and speaker to a session; `SessionOver` follows."""


@dataclass(frozen=True, slots=True)
class Break:
    """End the session that is being held, as if it were interrupted."""


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete all that is known of the person; `Forgotten` follows at once."""


Action = Say | Play | Hush | Listen | SetPace | SetVoice | Look | Keep | Begin | Break | Forget
