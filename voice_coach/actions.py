"""Actions. The dialogue answers each event with a few of these; it never does anything itself."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from voice_coach.records import By, SessionRecord
from voice_coach.timebase import Samples

VOLUMES: Final = (1, 7)
"""The quietest and the loudest level at which the coach plays (V18: five or more levels)."""
DEFAULT_VOLUME: Final = 4
"""The level of a first session."""


PACES: Final = (1, 5)
"""The paces with the shortest and the longest pauses between the coach's sentences; see `SetPace`."""
DEFAULT_PACE: Final = 2
"""The pace of a first session."""
SERVER_VOICE: Final = "server"
"""Stands in place of the voices that can be asked for where a speech server has the voice."""


def beginning_with(voices: tuple[str, ...], name: str) -> tuple[str, ...]:
    """Return the voices in the same round, the one of this name first.

    Raises:
        ValueError: it is none of them.
    """
    at = voices.index(name)
    return voices[at:] + voices[:at]


class Earcon(StrEnum):
    """A short sound with one meaning, never the only carrier of it (V17); the value names its file in audio_cues/."""

    LISTENING = "listening"
    HEARD = "heard"
    STOPPED = "stopped"
    HOLD_START = "hold_start"
    HOLD_END = "hold_end"
    DONE = "done"
    TICK = "tick"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence that the coach can say."""

    cue: str
    """Its name: `audio_cues/<language>/<cue>.wav` (or flac, mp3, ogg) replaces the synthetic voice."""
    text: str
    """The text said, and shown as the caption."""


@dataclass(frozen=True, slots=True)
class Say:
    """Say these lines one after another, after what is already being said; `Played(token)` follows."""

    lines: tuple[Line, ...]
    token: int


@dataclass(frozen=True, slots=True)
class Play:
    """Let this sound begin at exactly that sample, over whatever is being said; too late means at once."""

    sound: Line | Earcon
    at: Samples


@dataclass(frozen=True, slots=True)
class Hush:
    """Fall silent at once and forget all that was going to be said or played."""


@dataclass(frozen=True, slots=True)
class Listen:
    """From now on take these intents (the universal ones are always taken)."""

    expecting: str
    """What the coach waits for: a question's name such as `side`, or `ready`, `counting`, `paused`, `nothing`."""
    intents: frozenset[str]


@dataclass(frozen=True, slots=True)
class SetVolume:
    """Play everything at this level from now on."""

    level: int
    """1 (quietest) to 7; see `VOLUMES` and `DEFAULT_VOLUME`."""


@dataclass(frozen=True, slots=True)
class SetPace:
    """Set the length of the pauses between sentences from now on; counts stay at their samples."""

    pace: int
    """1 (shortest pauses) to 5; see `PACES` and `DEFAULT_PACE`."""


@dataclass(frozen=True, slots=True)
class SetVoice:
    """Speak with this voice from the next line on; nothing is being counted."""

    name: str
    """One of those that the dialogue was given."""


@dataclass(frozen=True, slots=True)
class Record:
    """Write this to the history; `Saved(number)` follows."""

    record: SessionRecord
    number: int


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete all sessions, this one's records too, and write no more; `Saved(number)` follows."""

    number: int


@dataclass(frozen=True, slots=True)
class CallForHelp:
    """Call for help in every way that was set up; a `HelpCalled` follows for each attempt of each way."""

    words: str
    """What the person said; empty where nobody answered."""
    by: By
    """`user`: the person asked for it. `timeout`: they could not get up and gave no answer. `coach`: an emergency, for
    which they wanted help to be called at once."""
    test: bool = False
    """It is only tried, and whoever is called is told so."""


@dataclass(frozen=True, slots=True)
class Finish:
    """The session is over; nothing follows."""

    outcome: str


Action = Say | Play | Hush | Listen | SetVolume | SetPace | SetVoice | Record | Forget | CallForHelp | Finish
