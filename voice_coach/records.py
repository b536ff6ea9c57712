"""Records of a session, as they become known: everything that a physiotherapist would want to know.

Below them is what earlier rows tell a session that begins.

The fields follow clinical.md section 6. `at` is audio time; the wall clock is stamped once, at the start.
Coached is not performed: a repetition is logged when it was counted to its end.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from voice_coach.timebase import Samples

By = Literal["user", "coach", "timeout", "outside"]

HELP_WAYS: Final = ("voice", "command", "mqtt", "gpio")
"""In which ways help can be called: aloud in the room, which always works; the others have to be set up."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer to a question, or that there was none."""

    at: Samples
    question: str
    """Such as `side`, `pain_before`, `furthest_before`, `check_1`, `pain_after`."""
    value: str | float | None
    """None: not answered. Never to be read as "fine" or as zero."""
    words: str = ""
    confidence: float = 0.0


@dataclass(frozen=True, slots=True)
class RepetitionDone:
    """A repetition was coached from its announcement to its rest."""

    at: Samples
    number: int
    """From 1."""
    started: Samples
    tempo: float
    """Factor on the roll, return and rest times; the hold is never scaled."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """Counting was ended, or a red word was said (`red` says which)."""

    at: Samples
    repetition: int
    """The repetition that was under way or came last; 0 before the first."""
    phase: str
    """`roll`, `hold`, `return`, `rest` or the name of the dialogue state."""
    intent: str
    words: str
    by: By
    red: bool


@dataclass(frozen=True, slots=True)
class Paused:
    """Counting paused; the interrupted repetition will be done again."""

    at: Samples
    reason: str


@dataclass(frozen=True, slots=True)
class Resumed:
    """Counting goes on."""

    at: Samples
    length: Samples
    """How long the pause was."""


@dataclass(frozen=True, slots=True)
class Adjusted:
    """A setting was changed by voice: `tempo`, `volume`, or the exercise's `variant`."""

    at: Samples
    what: Literal["tempo", "volume", "variant"]
    value: str | float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class HelpCall:
    """Help was called for, or what came of one of the ways."""

    at: Samples
    what: Literal["asked", "done", "failed"]
    """`asked`: it was called for; before anything is done. `done`, `failed`: one attempt of the way `way`."""
    way: str
    """A name of `HELP_WAYS`; of what was asked for all of them, separated by spaces: the voice is always one."""
    by: By = "user"
    """As in `CallForHelp`."""
    words: str = ""
    """What the person said, or why the attempt failed."""


@dataclass(frozen=True, slots=True)
class Misheard:
    """The person said that they were misheard."""

    at: Samples
    state: str
    """Where it was: the name of a question in the log, or `instruct`, `count`, `paused`, `settle`, `emergency`,
    `ending`."""
    intent: str
    """The intent that was understood."""
    text: str
    """The text that it was understood from, as the recogniser gave it."""
    words: str
    """How the person objected, such as "that's not what I said"."""
    taken_back: bool
    """Whether the step that followed was taken back: an answer is then also recorded as not given."""


@dataclass(frozen=True, slots=True)
class Ended:
    """The session is over."""

    at: Samples
    outcome: str
    """`completed`, `finished_early`, `stopped`, `no_answer`, `cannot_start` or `interrupted`."""
    repetitions: int
    noinput: int
    nomatch: int


SessionRecord = Answered | RepetitionDone | Stopped | Paused | Resumed | Adjusted | HelpCall | Misheard | Ended


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStart:
    """Facts about a session when it begins."""

    started: datetime
    """Wall-clock time with its offset; the only look at the clock."""
    exercise_id: str
    exercise_version: int
    app_version: str
    hold_s: float | None
    """Seconds that each repetition is held; None: nothing is held."""
    reps_target: int
    per_day: int | None = None
    """Sessions a day that the exercise, or the plan, asks for; 0: it names no number. None: not known, as in the lines
    of a second log of version 0.1.0, which had a 3 for every exercise under another name."""
    timezone: str = ""
    """Empty: the name of the offset of `started`."""
    speech_rate: int | None = None
    """Words a minute."""
    volume: int | None = None


@dataclass(frozen=True, slots=True)
class PauseRow:
    """A pause in the counting."""

    at: Samples
    reason: str
    length: Samples | None
    """None: never ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """All that is known of a session. None: not asked or not answered, never to be read as 0 or as "fine"."""

    id: int
    schema_version: int
    app_version: str
    exercise_id: str
    exercise_version: int
    started: str
    """ISO 8601 with offset."""
    ended: str | None
    timezone: str
    session_no_today: int
    """From 1."""
    target_per_day: int | None
    """Sessions a day that the exercise, or the plan, asked for then; 0: it named no number. None: not known."""
    outcome: str | None
    """None: it never came to its end (power cut, crash)."""
    painful_side: str | None
    lying_side: str | None
    lying_side_reason: str | None
    nprs_before: float | None
    nprs_after: float | None
    furthest_before: int | None
    """0 to 6, see `clinical.body_regions.PLACES`."""
    furthest_after: int | None
    said_change: str | None
    said_change_words: str | None
    said_change_confidence: float | None
    derived_light: str | None
    derived_rule: str | None
    variant: str | None
    variant_reason: str | None
    reps_target: int
    reps_coached: int
    reps_self_reported: int | None
    hold_s: float | None
    tempo: float | None
    """The last one; None: never changed."""
    settle_check_5min: str | None
    alternative_used: str | None
    alternative_reason: str | None
    noinput: int | None
    nomatch: int | None
    volume: int | None
    speech_rate: int | None
    note: str | None
    answers: tuple[Answered, ...]
    repetitions: tuple[RepetitionDone, ...]
    stops: tuple[Stopped, ...]
    pauses: tuple[PauseRow, ...]
    adjustments: tuple[Adjusted, ...]
    help_calls: tuple[HelpCall, ...] = ()
    """Help was called for, and what came of it."""
    misheard: tuple[Misheard, ...] = ()
    """Utterances that the person said were misheard."""

    @property
    def red(self) -> Stopped | None:
        """The first red word, if one was said."""
        return next((stop for stop in self.stops if stop.red), None)

    @property
    def pgic(self) -> int | None:
        """The step from 1 to 7 of the impression of change that was told; None: it was not asked or not answered."""
        told = [answer.value for answer in self.answers if answer.question == "pgic"]
        return next((int(value) for value in told if isinstance(value, int | float)), None)
