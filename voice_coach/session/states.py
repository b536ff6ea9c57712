"""The states of the dialogue and the questions: frozen values, one class a state, each with one timer, `wake_at`.

Every state but `Done` has a deadline at every moment, so that none can hang for ever. While the coach speaks, the
deadline is a guard long after the expected end of the speech.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from voice_coach.actions import CallForHelp, Line
from voice_coach.events import Intent
from voice_coach.exercise.timetable import Timetable
from voice_coach.session.facts import Facts
from voice_coach.session.turn import Turn
from voice_coach.timebase import Samples


class Phase(StrEnum):
    """When a question is asked."""

    SCREENING = "screening"
    """About red flags, before anything else; help says the question in more words."""
    INTAKE = "intake"
    """Questions before the exercise."""
    PRACTICE = "practice"
    """The words that are tried on the first run; what is said there, or not, is not recorded."""
    EXERCISE = "exercise"
    """How the exercise goes."""
    INTERRUPTION = "interruption"
    """After "stop" or a cry of pain; whatever was interrupted is what the dialogue goes back to."""
    CLARIFICATION = "clarification"
    """Asks what an answer, or something said in between, meant."""
    AFTERCARE = "aftercare"
    """After a red sign."""
    CLOSING = "closing"
    """After the exercise: "stop" and "finish" end the session."""
    FOLLOW_UP = "follow-up"
    """Which exercise comes next."""


Answered = Callable[[Turn, "Asking", Intent], "State"]
"""Takes an answer; universal intents never get here."""
Then = Callable[[Turn, "Asking", tuple[Line, ...]], "State"]
"""Goes on after a question that is settled; the lines are said first."""
Unanswered = Callable[[Turn, "Asking"], "State"]
"""Does what is safe where no answer came (V9)."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question of the dialogue, defined next to the functions that take its answer."""

    name: str
    """In logs, the history and prompts (`ask.NAME`, `retry1.NAME`): it never changes."""
    accepts: frozenset[str] = field(repr=False)
    """The intents that answer it, in addition to the universal ones."""
    phase: Phase = field(repr=False)
    answered: Answered = field(repr=False)
    unanswered: Unanswered = field(repr=False)
    """Handles silence and misunderstanding once all wordings have been tried."""
    then: Then | None = field(default=None, repr=False)
    """Continues once it is settled; None: back to what the question interrupted."""
    baseline: bool = field(default=False, repr=False)
    """Asked before anything was done: "down my leg" may be where the pain always is, so it is asked if that is new."""
    red_answers: bool = field(default=False, repr=False)
    """It asks how it feels, so a red sign is recorded as its answer."""
    takes_talk: bool = field(default=False, repr=False)
    """Takes an answer among other words that tell nothing ("yes, perfectly"): a wrong one is harmless, or noticed."""
    log_name: "Callable[[Asking], str] | None" = field(default=None, repr=False)
    """Its name in the log, where that tells more than `name`."""
    words: "Callable[[Turn, Asking], tuple[Line, ...]] | None" = field(default=None, repr=False)
    """The question in other words, if the prompts alone don't say."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question is open."""

    facts: Facts
    question: Question
    token: int
    """Of the prompt being said; 0: it was said, and the answer is waited for."""
    wake_at: Samples
    noinput: int = 0
    nomatch: int = 0
    resume: "State | None" = None
    """The state to return to once the question is settled."""
    about: str = ""
    """The subject of the question, such as the side to confirm or the intent in doubt."""
    before: tuple[Line, ...] = ()
    """Lines that led to the question, such as the words of a stop: repeated if they were cut off."""

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
    """Lines before the step; repeated if they were cut off."""


@dataclass(frozen=True, slots=True)
class Between:
    """Before a repetition: something is being said, or the last one is still being written."""

    facts: Facts
    number: int
    """The repetition that comes."""
    token: int
    wake_at: Samples
    lines: tuple[Line, ...] = ()
    """Lines before it; repeated if they were cut off."""
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
    """The coach can't hear or be heard; it goes on by itself when that is over soon."""
    no_sound: bool = False
    """Sound is lost, or the microphone brings nothing to be understood."""
    fault: str = ""
    """Why nothing can be heard although the coach can speak: a prompt's name in `fault`."""
    nomatch: int = 0


@dataclass(frozen=True, slots=True)
class Settling:
    """Resting for five minutes after a red sign; then it is asked whether that has settled."""

    facts: Facts
    wake_at: Samples
    lines: tuple[Line, ...]
    """The lines said last, for "repeat"."""
    nomatch: int = 0


@dataclass(frozen=True, slots=True)
class Staying:
    """With the person after a sign of an emergency, or after help was called for, until help is there."""

    facts: Facts
    token: int
    wake_at: Samples
    lines: tuple[Line, ...]
    """The words of the stop."""
    since: Samples
    """When the sign was."""
    unsaid: bool = False
    """The words wait until the sign is on disk."""
    talking: Samples = 0
    """Since when somebody speaks; 0: nobody does."""
    arrived: bool = False
    """Help is there, says the person."""
    call: CallForHelp | None = None
    """Waits, with the words, until it is on disk that help was called for."""
    shouting: bool = False
    """Each time the number is said, it is also said at full volume that help is needed."""
    loud: bool = False
    """What is being said sounds at full volume."""


@dataclass(frozen=True, slots=True)
class Ending:
    """The last words are being said, or "resume" can still take a "finish" back."""

    facts: Facts
    token: int
    wake_at: Samples
    lines: tuple[Line, ...] = ()
    """The last words, for "repeat"."""
    resume: "State | None" = None
    """The state to return to if "finish" is taken back (V10)."""
    unheard: bool = False
    """The sound was lost before the last words had been said; they are said again if it comes back soon."""


@dataclass(frozen=True, slots=True)
class Done:
    """Over."""

    facts: Facts
    wake_at: None = None


Counting = Performing | Between
"""A set of repetitions is under way."""

State = Asking | Instructing | Between | Performing | Paused | Settling | Staying | Ending | Done
