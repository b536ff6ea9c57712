"""Events: small frozen values.

The union `Event` is closed, so the type checker finds each place where a new one must be handled.

`at` is when the coach could first know of it, so within a session it never goes back.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from voice_coach.timebase import Samples

SlotValue = str | float


@dataclass(frozen=True, slots=True)
class VoiceStarted:
    """The user began to speak."""

    at: Samples


@dataclass(frozen=True, slots=True)
class VoiceStopped:
    """The user fell silent (the endpoint, so `at` is later than the last sound)."""

    at: Samples


LOGGED_IF_SET: Final = {"logged": "if set"}
"""The metadata of a field that an event log leaves out while it has its default: older logs still compare equal."""


@dataclass(frozen=True, slots=True)
class Intent:
    """Something the user said was understood."""

    at: Samples
    name: str
    """The intent's name in the grammar, such as `stop` or `side_left`."""
    text: str
    """The recognised text, in lower case; `[unk]` stands for unrecognised speech."""
    slots: Mapping[str, SlotValue] = field(default_factory=dict, hash=False)
    confidence: float = 1.0
    """0 to 1, as the recogniser gave it; 1 for typed text."""
    start: Samples = 0
    """Start of the speech."""
    end: Samples = 0
    """End of the speech, or how far it was heard when `final` is false."""
    ask: bool = False
    """The wording is doubtful: ask before acting on it, never pass over it."""
    also: tuple[str, ...] = ()
    """Other intents found in the same utterance."""
    final: bool = True
    """False: decided on a stable partial result, while the user may still be speaking."""
    besides: bool = field(default=False, metadata=LOGGED_IF_SET)
    """The only reason for `ask` is that more was said, none of it a sign, a denial or another answer: "yes, perfectly".
    A question where a wrong answer is soon noticed takes it as it is."""


@dataclass(frozen=True, slots=True)
class NotRecognized:
    """The user said something that the grammar does not hold (a nomatch)."""

    at: Samples
    text: str = ""
    start: Samples = 0
    end: Samples = 0


@dataclass(frozen=True, slots=True)
class Played:
    """The last sample of the `Say` with this token has been played (or its turn was taken by a caption)."""

    at: Samples
    token: int


@dataclass(frozen=True, slots=True)
class Saved:
    """The record with this number is on disk and survives a power cut (or could not be written: `error`)."""

    at: Samples
    number: int
    error: str = ""


@dataclass(frozen=True, slots=True)
class Woke:
    """The state's `wake_at` is due; `at` is that deadline itself."""

    at: Samples


@dataclass(frozen=True, slots=True)
class AudioLost:
    """The microphone or the speaker is gone, or nothing can be heard with them."""

    at: Samples
    reason: str
    fault: str = ""
    """Where the coach can still be heard: what is wrong with the microphone, by a name of
    `session.disruptions.FAULTS`."""


@dataclass(frozen=True, slots=True)
class AudioBack:
    """Sound works again."""

    at: Samples


@dataclass(frozen=True, slots=True)
class HearingLost:
    """The user is understood too late, or not at all; sound still works both ways."""

    at: Samples
    reason: str
    """The beginning of a sentence, or a sentence where it is for good."""
    for_good: bool = False
    """True if the recogniser was given up, so that no `HearingBack` follows."""


@dataclass(frozen=True, slots=True)
class HearingBack:
    """The user is understood in time again."""

    at: Samples


@dataclass(frozen=True, slots=True)
class HelpCalled:
    """One way of calling for help has been tried."""

    at: Samples
    way: str
    """A name of `records.HELP_WAYS`."""
    error: str = ""
    """Why it did not get through; empty: it did."""
    again: bool = False
    """It is tried again in a moment."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The program was asked to end from outside (Ctrl-C, SIGTERM, end of the input file)."""

    at: Samples


Event = (
    VoiceStarted
    | VoiceStopped
    | Intent
    | NotRecognized
    | Played
    | Saved
    | Woke
    | AudioLost
    | AudioBack
    | HearingLost
    | HearingBack
    | HelpCalled
    | Interrupted
)
