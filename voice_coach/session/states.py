"""The states of the dialogue: frozen values, one class a state, each with its only timer `wake_at`.

Every state but `Done` has a deadline at every moment, so that none can hang for ever: while the coach speaks it is
a guard, far behind the end of what is said.
"""

from dataclasses import dataclass

from voice_coach.actions import DEFAULT_VOLUME, VOLUMES, Line
from voice_coach.clinical.past import NO_PAST, Lock, Past
from voice_coach.exercise.model import Exercise, Side
from voice_coach.exercise.prompts import Prompts
from voice_coach.exercise.timetable import Timetable
from voice_coach.timebase import Samples

MAX_VOLUME = VOLUMES[1]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known in this session, whatever state it is in."""

    exercise: Exercise
    prompts: Prompts
    first_run: bool = False
    past: Past = NO_PAST
    """What earlier sessions mean for this one."""
    lock: Lock | None = None
    """Why the exercise is locked; None: it never was, or the person has said that a professional has checked it."""
    side: Side | None = None
    """The painful side, once it is confirmed; or the one that is being done, where each is in turn."""
    volume: int = DEFAULT_VOLUME
    tempo: float = 1.0
    variant: str = ""
    """The id of the variant chosen for the rest of the session (R22: sticky)."""
    lying: bool = False
    """The person has taken the position, so that after a stop they must be told how to let go."""
    repetitions: int = 0
    """Coached to the end."""
    earlier: int = 0
    """So many of them in the session that this one goes on with."""
    pain_before: float | None = None
    furthest_before: str | None = None
    pain_after: float | None = None
    outcome: str = "completed"
    """How the session will have ended if nothing else happens."""
    back_to: str = ""
    """The id of the exercise that this one stands in for; empty: none."""
    then: str = ""
    """The id of the exercise that follows when this session is over; empty: none."""
    onward: str = ""
    """The step of the programme that this is; empty: none follows, or what follows is no step of one."""
    change: str = ""
    """What was answered to "better, same, or worse" since the last repetition; empty: nothing."""
    alarmed: bool = False
    """A red sign was said, whatever has become of it since."""
    red: tuple[str, int] | None = None
    """The red intent that ended the exercise and the repetition (0: before the first)."""
    stopped_at: Samples = 0
    """When the last red sign was."""
    settled: bool = False
    """Whether it was asked, or will be, if that has settled."""
    news: bool = False
    """Something is new since the last time, and it is not known yet what."""
    told: bool = False
    """A professional knows of what the screening has found, and has agreed: says the person."""
    finished_at: Samples = 0
    """When "finish" was said; it can be taken back for half a minute (V10)."""
    pending: tuple[Line, ...] = ()
    """What was asked for while counting and is said at the next pause in it."""
    progress_asked: bool = False
    """"How many" was asked while counting; the numbers are filled in when they are said."""
    noinput: int = 0
    nomatch: int = 0
    token: int = 0
    """The last `Say`'s."""
    record: int = 0
    """The last record's number."""
    forgetting: int = 0
    """The number of the wish that all be deleted, while it is not known what has become of it; 0: there is none."""
    unsaved: frozenset[int] = frozenset()
    """The records not yet known to be on disk; no repetition begins before they are."""
    log_failed: bool = False
    """A record could not be written, or was not within reasonable time."""
    said_not_saved: bool = False
    """The user has been told."""
    praise: int = 0
    """Turns through the short forms of acknowledgement (V22)."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question is open."""

    facts: Facts
    question: str
    token: int
    """Of the prompt being said; 0: it was said, and the answer is waited for."""
    wake_at: Samples
    noinput: int = 0
    nomatch: int = 0
    resume: "State | None" = None
    """Where to go on when the question is settled."""
    about: str = ""
    """What is asked about, such as the side to confirm or the intent in doubt."""
    before: tuple[Line, ...] = ()
    """What led to the question, such as the words of a stop: said again where it was cut off."""

    @property
    def failures(self) -> int:
        """How often no answer came, for either reason (V8: the combined count)."""
        return self.noinput + self.nomatch


@dataclass(frozen=True, slots=True)
class Instructing:
    """A step of the set-up was said and "ready" is waited for."""

    facts: Facts
    index: int
    token: int
    wake_at: Samples
    since: Samples = 0
    """When the step had been said."""
    nudges: int = 0
    nomatch: int = 0
    before: tuple[Line, ...] = ()
    """What was said before the step; said again where it was cut off."""


@dataclass(frozen=True, slots=True)
class Between:
    """Before a repetition: something is being said, or the last one is still being written."""

    facts: Facts
    number: int
    """The repetition that comes."""
    token: int
    wake_at: Samples
    lines: tuple[Line, ...] = ()
    """What is said before it; said again where it was cut off."""
    rest: Samples = 0
    """How long it is rested behind these lines: a set is over."""
    rested_at: Samples = 0
    """When that rest is over, once it has begun."""


@dataclass(frozen=True, slots=True)
class Performing:
    """A repetition is under way; all its calls are with the player."""

    facts: Facts
    number: int
    started: Samples
    timetable: Timetable
    wake_at: Samples
    tempo: float = 1.0
    """As it was at the start: a change takes effect with the next one."""


@dataclass(frozen=True, slots=True)
class Paused:
    """Resting until "resume"."""

    facts: Facts
    resume: "State"
    since: Samples
    wake_at: Samples
    reminders: int = 0
    by_device: bool = False
    """The sound is gone; it goes on by itself when the sound is back soon."""
    fault: str = ""
    """Why nothing can be heard although the coach can speak: a prompt's name in `fault`."""
    nomatch: int = 0


@dataclass(frozen=True, slots=True)
class Settling:
    """Resting for five minutes after a red sign; then it is asked whether that has settled."""

    facts: Facts
    wake_at: Samples
    lines: tuple[Line, ...]
    """What was said, for "repeat"."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The last words are being said, or "resume" can still take a "finish" back."""

    facts: Facts
    token: int
    wake_at: Samples
    lines: tuple[Line, ...] = ()
    """The last words, for "repeat"."""
    resume: "State | None" = None
    """Where to go on if "finish" is taken back (V10)."""


@dataclass(frozen=True, slots=True)
class Done:
    """Over."""

    facts: Facts
    wake_at: None = None


Counting = Performing | Between
"""A set of repetitions is under way."""

State = Asking | Instructing | Between | Performing | Paused | Settling | Ending | Done
