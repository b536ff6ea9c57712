"""Facts of a session, shared by all states.

The groups are structs of msgspec and no dataclasses: each event changes a few of their fifty fields, and that takes a
tenth of the time.
"""

from dataclasses import dataclass, field
from typing import Any, TypedDict

from msgspec import Struct
from msgspec.structs import replace

from voice_coach.actions import DEFAULT_PACE, DEFAULT_VOLUME, VOLUMES, Line
from voice_coach.clinical.past import NO_PAST, Lock, Past
from voice_coach.exercise.model import Exercise, Side
from voice_coach.exercise.prompts import Prompts
from voice_coach.timebase import Samples

MAX_VOLUME = VOLUMES[1]


class Plan(Struct, frozen=True):
    """The plan of this session, and what earlier sessions mean for it."""

    exercise: Exercise
    prompts: Prompts
    first_run: bool = False
    past: Past = NO_PAST
    """What earlier sessions mean for this one."""
    lock: Lock | None = None
    """Why the exercise is locked; None: it never was, or the person has said that a professional has checked it."""
    side: Side | None = None
    """The painful side, once it is confirmed; or the one that is being done, where each is in turn."""
    tempo: float = 1.0
    variant: str = ""
    """The id of the variant chosen for the rest of the session (R22: sticky)."""
    back_to: str = ""
    """The id of the exercise that this one stands in for; empty: none."""
    then: str = ""
    """The id of the exercise that follows when this session is over; empty: none."""
    onward: str = ""
    """The step of the programme that this is; empty: none follows, or what follows is no step of one."""
    help_ways: tuple[str, ...] = ()
    """In which ways help can be called, other than aloud: names of `records.HELP_WAYS`."""
    help_at_once: bool = False
    """Whether help is called at a sign of an emergency without being asked for."""
    in_full: bool = False
    """The instructions are given in full although the person knows them: it was asked for."""


class Progress(Struct, frozen=True):
    """How far the session has come."""

    lying: bool = False
    """The person has taken the position, so that after a stop they must be told how to rest."""
    holding: bool = False
    """A step has been said since which there is something to let go of."""
    begun: bool = False
    """A repetition was begun, so that something was done that could have harmed."""
    repetitions: int = 0
    """Coached to the end."""
    earlier: int = 0
    """So many of them in the session that this one goes on with."""
    outcome: str = "completed"
    """How the session will have ended if nothing else happens."""
    finished_at: Samples = 0
    """When "finish" was said; it can be taken back for half a minute (V10)."""


class Findings(Struct, frozen=True):
    """The person's answers."""

    pain_before: float | None = None
    furthest_before: str | None = None
    pain_after: float | None = None
    change: str = ""
    """The answer to "better, same, or worse" since the last repetition; empty: none."""
    alarmed: bool = False
    """A red sign was said, whatever has become of it since."""
    red: tuple[str, int] | None = None
    """The red intent that ended the exercise and the repetition (0: before the first)."""
    stopped_at: Samples = 0
    """When the last red sign was."""
    heard_asked: bool = False
    """It was asked whether "worse" was said at all: once a session."""
    settled: bool = False
    """True if the coach has asked, or will ask, whether that has settled."""
    news: bool = False
    """Something is new since the last time, and it is not known yet what."""
    calling: int = 0
    """Ways of the last call for help of which it is not known yet whether they got through."""
    called: bool = False
    """One of them has."""
    told: bool = False
    """A professional knows of what the screening has found, and has agreed: says the person."""


@dataclass(frozen=True, slots=True)
class Heard:
    """Something that was understood, and the step that followed from it."""

    state: str
    """Where it was said: as in `records.Misheard`."""
    intent: str
    text: str
    step: str = ""
    """The question that is asked again if this is taken back, or `ready`; empty: it can't be taken back."""
    index: int = 0
    """With `ready`, the step of the set-up."""


class Speech(Struct, frozen=True):
    """The coach's speech and hearing."""

    volume: int = DEFAULT_VOLUME
    pace: int = DEFAULT_PACE
    voices: tuple[str, ...] = ()
    """The names of the voices that can be asked for, in turn; the first one speaks. `SERVER_VOICE`: a server does."""
    voice_due: str = ""
    """The one that was asked for while counting and speaks at the next pause in it; empty: none."""
    slower: str = ""
    """What "too fast" is about: `voice` or `movement`; empty: it has not been asked yet."""
    pending: tuple[Line, ...] = ()
    """Requests made while counting, answered at the next pause in it."""
    progress_asked: bool = False
    """"How many" was asked while counting; the numbers are filled in when they are said."""
    repeated: tuple[str, int] = ("", 0)
    """The question or step that was asked to be repeated last, and how often in a row."""
    noinput: int = 0
    nomatch: int = 0
    token: int = 0
    """The last `Say`'s."""
    deaf: bool = False
    """The user is understood too late, so nothing is counted."""
    fault: str = ""
    """The microphone's fault that the user was told of last; empty: sound has been back since."""
    unclear_at: Samples | None = None
    """When something was last said, while it counted, that was not understood."""
    unclear_told: bool = False
    """It has paused for that once; from then on it may be a television."""
    praise: int = 0
    """Turns through the short forms of acknowledgement (V22)."""
    last: Heard | None = None
    """The last thing understood, to which "that's not what I said" refers."""


class Log(Struct, frozen=True):
    """The state of the records."""

    record: int = 0
    """The last record's number."""
    unsaved: frozenset[int] = frozenset()
    """The records not yet known to be on disk; no repetition begins before they are."""
    forgetting: int = 0
    """The number of the wish that all be deleted, while it is not known what has become of it; 0: there is none."""
    log_failed: bool = False
    """A record could not be written, or was not within reasonable time."""
    said_not_saved: bool = False
    """The user has been told."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Facts of a session, shared by all states."""

    plan: Plan
    progress: Progress = field(default_factory=Progress)
    findings: Findings = field(default_factory=Findings)
    speech: Speech = field(default_factory=Speech)
    log: Log = field(default_factory=Log)

    @property
    def token(self) -> int:
        """The last `Say`'s."""
        return self.speech.token

    def with_changes(self, changes: "Changes") -> "Facts":
        """Return the facts with some fields changed, whichever group they are in."""
        groups: dict[str, dict[str, Any]] = {}
        for name, value in changes.items():
            groups.setdefault(_GROUP_OF[name], {})[name] = value
        now: dict[str, Any] = {group: getattr(self, group) for group in _GROUPS}
        for group, values in groups.items():
            now[group] = replace(now[group], **values)
        return Facts(**now)


_GROUPS: dict[str, type[Struct]] = {
    "plan": Plan,
    "progress": Progress,
    "findings": Findings,
    "speech": Speech,
    "log": Log,
}
_GROUP_OF = {field: name for name, group in _GROUPS.items() for field in group.__struct_fields__}


class Changes(TypedDict, total=False):
    """The fields of all groups, so that `Turn.know` is checked; a test holds them the same."""

    # plan
    exercise: Exercise
    prompts: Prompts
    first_run: bool
    past: Past
    lock: Lock | None
    side: Side | None
    tempo: float
    variant: str
    back_to: str
    then: str
    onward: str
    help_ways: tuple[str, ...]
    help_at_once: bool
    in_full: bool
    # progress
    lying: bool
    holding: bool
    begun: bool
    repetitions: int
    earlier: int
    outcome: str
    finished_at: Samples
    # findings
    pain_before: float | None
    furthest_before: str | None
    pain_after: float | None
    change: str
    alarmed: bool
    red: tuple[str, int] | None
    stopped_at: Samples
    heard_asked: bool
    settled: bool
    news: bool
    calling: int
    called: bool
    told: bool
    # speech
    volume: int
    pace: int
    voices: tuple[str, ...]
    voice_due: str
    slower: str
    pending: tuple[Line, ...]
    progress_asked: bool
    repeated: tuple[str, int]
    noinput: int
    nomatch: int
    token: int
    deaf: bool
    fault: str
    unclear_at: Samples | None
    unclear_told: bool
    praise: int
    last: Heard | None
    # log
    record: int
    unsaved: frozenset[int]
    forgetting: int
    log_failed: bool
    said_not_saved: bool
