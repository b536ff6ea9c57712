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
    """A part of a repetition, written out."""

    name: Literal["announce", "roll", "move", "hold", "return", "rest"]
    seconds: Positive
    calls: tuple[Call, ...] = ()
    scales: bool = True
    """Whether "slower" and "faster" change it; never true of a hold (R28, V3)."""


class Move(Strict, frozen=True, kw_only=True):
    """A repetition in short: a movement, a hold that is counted aloud, and the way back. The calls follow from it."""

    say: Text | None = None
    """Said as the movement begins. Without it nothing moves: the position of the set-up is held."""
    seconds: Positive = 3.0
    """How long the movement takes."""
    hold: Annotated[int, msgspec.Meta(ge=0, le=600)] = 0
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
    """The most repetitions that a plan may ask for; without it no more than `count`."""
    max_sets: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    """The most sets that a plan may ask for; without it no more than `sets`."""
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
    """Something that speaks against this exercise, beside what the coach asks everybody."""

    id: Identifier
    """Stands in the history; a question that means something else needs another one."""
    ask: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    """To be answered with yes or no, where "yes" is the sign."""
    help: Text
    """The same in other words: said where no answer came, and on "tell me more"."""
    verdict: Literal["professional", "emergency"]
    """What "yes" means: a professional must know and agree first, or it is for an emergency service."""


class Source(Strict, frozen=True, kw_only=True):
    """Where a fact comes from."""

    title: Text
    note: str = ""


class ExerciseFile(Strict, frozen=True, kw_only=True):
    """A whole exercise, as it stands in its file."""

    id: Identifier
    """The file's name without .toml."""
    version: Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
    """Raised when what is done changes; it stands in the history."""
    language: Annotated[str, msgspec.Meta(pattern="^[a-z]{2}$")]
    name: Text
    """What it is called, also aloud where it is offered."""
    family: Family
    """What it does to the back; two families are not mixed without asking in between."""
    position: Position
    """What one is in, or on."""
    sides: Literal["none", "painful", "alternate", "each"]
    """`painful`: on the side that hurts, which is asked. `alternate`: left and right in each repetition.
    `each`: all repetitions on the left, then all on the right."""
    taught: bool = False
    """Only for those whom a professional has taught it: that is asked before anything else."""
    contraindications: tuple[Question, ...] = ()
    """Screening questions that are asked for this exercise's sake."""
    questions: tuple[OwnQuestion, ...] = ()
    """Asked once before the first session of this exercise, and again where the whole screening is due."""
    per_day: Annotated[int, msgspec.Meta(ge=0, le=12)] = 0
    """How often a day it is done at least; 0: as doctor or physiotherapist says."""
    max_per_day: Annotated[int, msgspec.Meta(ge=1, le=12)] | None = None
    """The most times a day that a plan may ask for; without it 12."""
    intro: tuple[Text, ...] = ()
    cautions: tuple[Text, ...] = ()
    """What to take care of, said once before the set-up."""
    short: tuple[Text, ...] = ()
    """The set-up for somebody who knows it, said in place of `intro`, `cautions` and `steps`; without it, to get into
    position as last time. Only what is said here of the cautions is said."""
    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1)]
    repetition: Repetition
    rest: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    """Said after a stop: how to let go (A11)."""
    alternatives: tuple[Identifier, ...] = ()
    """Ids of easier exercises, named when the position can't be taken (R17)."""
    additions: tuple[Text, ...] = ()
    """What we added to the published description (A10), for the reader of the file."""
    sources: tuple[Source, ...] = ()


class Follow(Strict, frozen=True, kw_only=True):
    """A step of a programme that may come behind an exercise."""

    step: Identifier
    exercise: Identifier
    name: Text
    """What the exercise is called."""
    asked: bool = False
    """Only where the person says yes to it."""


class Prescribed(Strict, frozen=True, kw_only=True):
    """What a professional's plan says of an exercise, beside its dose."""

    changed: bool = False
    """Its repetitions or sets are not those of the exercise's file."""
    say: Text | None = None
    """A sentence for the person who does it, said before the set-up."""
    side: Side | None = None
    """The side to do it on; None: that of the pain."""
    review: date | None = None
    """When the professional wants to look at it again."""


class Exercise(ExerciseFile, frozen=True, kw_only=True):
    """A whole exercise, with what is known of others."""

    names: dict[str, str] = {}
    """What its alternatives are called, by id, from their own files; one that can't be used is not here."""
    follows: dict[str, Follow] = {}
    """In a programme: what comes behind it, by how it went; what is not here, such as a red sign, ends it."""
    continues: bool = False
    """It is not the first of its programme, so the greeting is short."""
    prescribed: Prescribed | None = None
    """It is done by a professional's plan, with the plan's dose; None: as its file says."""
