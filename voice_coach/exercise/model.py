"""An exercise as data: frozen values, checked when they are made. Times are in seconds, as people write them.

A text may hold `{bottom}` (the side lain on, which is the painful one), `{upper}` (the other side) and
`{number}` (a repetition's number in words). One file serves both sides (clinical.md 1c).
"""

from typing import Annotated, Literal

import msgspec

Side = Literal["left", "right"]
Positive = Annotated[float, msgspec.Meta(gt=0)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Identifier = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]

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
    """A part of a repetition."""

    name: Literal["announce", "roll", "hold", "return", "rest"]
    seconds: Positive
    calls: tuple[Call, ...] = ()
    scales: bool = True
    """Whether "slower" and "faster" change it; never true of a hold (R28, V3)."""


class Repetition(Strict, frozen=True, kw_only=True):
    """How one repetition goes and how often."""

    count: Annotated[int, msgspec.Meta(ge=1, le=30)]
    phases: Annotated[tuple[Phase, ...], msgspec.Meta(min_length=1)]
    checks_after: tuple[int, ...] = ()
    """Repetitions after which "better, same or worse" is asked (V16)."""
    remarks: dict[str, Text] = {}
    """Said before the repetition with this number: a reminder of form, or progress (V15)."""


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


class Source(Strict, frozen=True, kw_only=True):
    """Where a fact comes from."""

    title: Text
    note: str = ""


class Exercise(Strict, frozen=True, kw_only=True):
    """A whole exercise."""

    id: Identifier
    version: Annotated[int, msgspec.Meta(ge=1)]
    language: Annotated[str, msgspec.Meta(pattern="^[a-z]{2}$")]
    name: Text
    family: Literal["extension", "flexion", "lateral", "rotation", "neural", "stability", "rest"]
    position: Text
    sides: Literal["painful", "none"]
    intro: tuple[Text, ...] = ()
    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1)]
    repetition: Repetition
    rest: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1)]
    """Said after a stop: how to let go (A11)."""
    alternatives: tuple[Text, ...] = ()
    """Easier exercises named when the position can't be taken (R17)."""
    additions: tuple[Text, ...] = ()
    """What we added to the published description (A10), for the reader of the file."""
    sources: tuple[Source, ...] = ()
