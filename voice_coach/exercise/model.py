"""An exercise as data: frozen values, checked when they are made. Times are in seconds, as people write them.

A text may hold `{bottom}` or `{side}` (the side that is meant: the painful one where there is one), `{upper}` or
`{other}` (the other side) and `{number}` (a repetition's number in words). One file serves both sides (clinical.md 1c).
"""

from datetime import date
from typing import Annotated, Literal

import msgspec

Side = Literal["left", "right"]
Positive = Annotated[float, msgspec.Meta(gt=0)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Identifier = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]
Question = Literal["q1", "q2", "q3", "q4", "q5", "q6", "q7", "q8", "q9", "q10", "q11", "q12"]
Position = Literal["side", "back", "front", "hands_and_knees", "standing"]
Family = Literal["extension", "flexion", "lateral", "rotation", "neural", "stability", "mobility", "rest"]

# Limits of a hold, in seconds. `exercise/rules.py` reports an exercise that breaks one of them.
MAX_HOLD = 600
"""Longest hold, and longest of any other phase; no exercise of clinical.md section 3 is held for more than 300 s."""
ROTATION_HOLD = (1.0, 2.0)
"""Shortest and longest hold of a rotation, as the exercise was published (R28)."""
MAX_COUNTED_UP = 5
"""Longest hold that is counted up (V14)."""
MIN_COUNTED_DOWN = 10
"""Shortest hold that is counted down (V14). No hold may be between this and `MAX_COUNTED_UP`."""
MIN_TIMED = 60
"""From here on a hold is a timed position: the remaining time is announced every so often, not only halfway."""

OTHER: dict[Side, Side] = {"left": "right", "right": "left"}


class Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A frozen value that refuses keys it does not know, so that a typing mistake is found."""


class Call(Strict, frozen=True, kw_only=True):
    """Something said at an exact moment of a phase."""

    id: Identifier
    """The cue's name within the exercise, such as `roll_back`."""
    at: float
    """Seconds after the phase's start; negative: before its end."""
    say: Text


class Phase(Strict, frozen=True, kw_only=True):
    """A phase of a repetition, long form."""

    name: Literal["announce", "roll", "move", "hold", "return", "rest"]
    seconds: Positive
    calls: tuple[Call, ...] = ()
    scales: bool = True
    """True if "slower" and "faster" change it; never true of a hold (R28, V3)."""


class Move(Strict, frozen=True, kw_only=True):
    """A repetition, short form: a movement, a counted hold, and the way back. The calls follow from it."""

    say: Text | None = None
    """Said as the movement begins. Without it there is no movement: the position of the set-up is held."""
    seconds: Positive = 3.0
    """How long the movement takes."""
    hold: Annotated[int, msgspec.Meta(ge=0, le=MAX_HOLD)] = 0
    """Whole seconds, never made slower or faster. 1 to 5 are counted up, 10 and more down; 0: no hold (V14)."""
    back: Text
    """Said as the way back begins."""
    back_seconds: Positive = 3.0
    """How long the way back takes."""
    rest_seconds: Annotated[float, msgspec.Meta(ge=0)] = 0.7
    """The rest before the next repetition; 0: none."""


class Repetition(Strict, frozen=True, kw_only=True):
    """How one repetition goes and how often: either `move` or `phases`."""

    count: Annotated[int, msgspec.Meta(ge=1, le=30)]
    """In a set, and on a side; with sides = "alternate" one repetition is once on each side."""
    move: Move | None = None
    phases: tuple[Phase, ...] = ()
    sets: Annotated[int, msgspec.Meta(ge=1, le=5)] = 1
    max_count: Annotated[int, msgspec.Meta(ge=1, le=30)] | None = None
    """The most repetitions that a plan may ask for; default `count`."""
    max_sets: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    """The most sets that a plan may ask for; default `sets`."""
    set_rest: Annotated[int, msgspec.Meta(ge=0, le=300)] = 30
    """Seconds of rest before the next set."""
    checks_after: tuple[int, ...] = ()
    """Repetitions after which "better, same or worse" is asked, in each set and on each side (V16)."""
    remarks: dict[str, Text] = {}
    """Said before the repetition with this number: a reminder of form, or progress (V15)."""
    help: tuple[Text, ...] = ()
    """Said on "help" while it counts: what to do when."""


class Variant(Strict, frozen=True, kw_only=True):
    """Another way to do a step for those who can't."""

    id: Identifier
    when: Identifier
    """The intent that leads to it, such as `cant_reach`."""
    say: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]


class Step(Strict, frozen=True, kw_only=True):
    """One instruction of the set-up, paced by the user's "ready" (V2)."""

    id: Identifier
    say: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    help: Text
    """Said on "help" here: the same in other words, with the words that can be said."""
    variant: Variant | None = None


class OwnQuestion(Strict, frozen=True, kw_only=True):
    """A question about what speaks against this exercise, in addition to those for everybody."""

    id: Identifier
    """Stored in the history; a question with another meaning needs another id."""
    ask: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    """A yes-or-no question where "yes" is the sign."""
    help: Text
    """The same in other words: said if no answer came, and on "tell me more"."""
    verdict: Literal["professional", "emergency"]
    """What "yes" means: a professional must know and agree first, or it is an emergency."""


class Source(Strict, frozen=True, kw_only=True):
    """The source of a fact."""

    title: Text
    note: str = ""


class ExerciseFile(Strict, frozen=True, kw_only=True):
    """A whole exercise, as in its file."""

    id: Identifier
    """The file's name without .toml."""
    version: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    """Raise it when the exercise itself changes; stored in the history."""
    language: Annotated[str, msgspec.Meta(pattern="^[a-z]{2}$")]
    name: Text
    """Its name, also said aloud when it is offered."""
    family: Family
    """Its effect on the back; families are not mixed without asking in between."""
    position: Position
    """The starting position."""
    sides: Literal["none", "painful", "alternate", "each"]
    """`painful`: on the side that hurts, which the coach asks. `alternate`: left and right in each repetition.
    `each`: all repetitions on the left, then all on the right."""
    taught: bool = False
    """Only for people whom a professional has taught it; the coach asks that first."""
    contraindications: tuple[Question, ...] = ()
    """Screening questions that this exercise needs."""
    questions: tuple[OwnQuestion, ...] = ()
    """Asked once before the first session of this exercise, and again when the whole screening is due."""
    per_day: Annotated[int, msgspec.Meta(ge=0, le=12)] = 0
    """Minimum number of times a day; 0: as your doctor or physiotherapist says."""
    max_per_day: Annotated[int, msgspec.Meta(ge=1, le=12)] | None = None
    """The most times a day that a plan may ask for; default 12."""
    intro: tuple[Text, ...] = ()
    cautions: tuple[Text, ...] = ()
    """Cautions, said once before the set-up."""
    short: tuple[Text, ...] = ()
    """The short set-up for somebody who knows it, said instead of `intro`, `cautions` and `steps`; default: to get
    into position as last time. Include any caution that must not be left out."""
    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1)]
    repetition: Repetition
    rest: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    """Said after a stop: how to let go (A11)."""
    let_go_from: Identifier | None = None
    """The step from which there is something to let go of: until it has been said, the first text of `rest` is left
    out; default: the first step."""
    alternatives: tuple[Identifier, ...] = ()
    """Ids of easier exercises, named when the position can't be taken (R17)."""
    additions: tuple[Text, ...] = ()
    """What was added to the published description (A10), for the reader of the file."""
    sources: tuple[Source, ...] = ()


class Follow(Strict, frozen=True, kw_only=True):
    """A step of a programme that may follow an exercise."""

    step: Identifier
    exercise: Identifier
    name: Text
    """The exercise's name."""
    asked: bool = False
    """Only if the person says yes to it."""


class Prescribed(Strict, frozen=True, kw_only=True):
    """What a professional's plan says about an exercise, besides its dose."""

    changed: bool = False
    """Its repetitions or sets are not those of the exercise's file."""
    say: Text | None = None
    """A sentence for the person who does it, said before the set-up."""
    side: Side | None = None
    """The side to do it on; None: that of the pain."""
    review: date | None = None
    """When the professional wants to review it."""


class Exercise(ExerciseFile, frozen=True, kw_only=True):
    """A whole exercise, with what is known about others."""

    names: dict[str, str] = {}
    """The names of its alternatives by id, from their own files; those that can't be used are left out."""
    follows: dict[str, Follow] = {}
    """In a programme: what follows, by how it went; anything else, such as a red sign, ends the programme."""
    continues: bool = False
    """It is not the first in its programme, so the greeting is short."""
    prescribed: Prescribed | None = None
    """It follows a professional's plan, with the plan's dose; None: as its file says."""
