"""A programme as data: frozen values, checked when they are made.

A rule says what follows when the exercise of a step has gone in a certain way: `next`, the id of a step, `end`, `ask`
(the next step, if the person says yes to it) or `ask ID` (that step, if so).
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Final, Literal, get_args

import msgspec

from voice_coach.exercise import model as exercise_model
from voice_coach.exercise.model import Exercise, Identifier, Side, Source, Strict, Text
from voice_coach.exercise.schema import as_text, schema_of

Outcome = Literal["better", "same", "worse", "unsure", "no_answer", "stopped", "cannot"]
"""How an exercise went, as the rules name it."""

OUTCOMES: Final[tuple[Outcome, ...]] = get_args(Outcome)
ALWAYS_END: Final[tuple[Outcome, ...]] = ("worse", "no_answer")
"""After these nothing follows, whatever a file says (R10, R31, V9)."""
ASK_FIRST: Final[tuple[Outcome, ...]] = ("unsure", "stopped")
"""After these nothing follows without a yes."""

END, NEXT, ASK = "end", "next", "ask"

SCHEMA_FILE = "programme.schema.json"
"""Its name in `programmes/`; the first line of a programme file there names it for editors."""


class Prescription(Strict, frozen=True, kw_only=True):
    """The prescription that makes a programme a plan: its steps may then say how much to do."""

    by: Text
    """The doctor or physiotherapist; shown in the report."""
    on: date
    """When; the report measures against the plan from this day on."""
    review: date | None = None
    """When they want to look at it again; from this day on the coach says so."""
    say: Text | None = None
    """One sentence for the person who does it, said before each set-up."""


class ProgrammeStep(Strict, frozen=True, kw_only=True):
    """An exercise of a programme, and what follows from how it went."""

    exercise: Identifier
    """The exercise's id; see `voice-coach exercises`."""
    id: Identifier | None = None
    """This step's name in rules; needed only if an exercise comes twice. Default: the exercise's id."""
    side: Side | None = None
    """In a plan: the side to do it on, where the exercise goes by the side of the pain. Nobody is asked for it then."""
    repetitions: Annotated[int, msgspec.Meta(ge=1, le=30)] | None = None
    """In a plan: how many, in a set; without it as many as the exercise says. So with the others."""
    sets: Annotated[int, msgspec.Meta(ge=1, le=5)] | None = None
    """In a plan: how many sets."""
    per_day: Annotated[int, msgspec.Meta(ge=1, le=12)] | None = None
    """In a plan: sessions of this exercise a day."""
    better: Text = NEXT
    """Better, gone, or closer to the spine, after the last repetition."""
    same: Text = NEXT
    """The same as before."""
    worse: Text = END
    """Any red sign: always "end"; worse, further down the leg, numb or weak, a cry of pain, an emergency."""
    unsure: Text = ASK
    """The person could not tell, or named a higher number than before. "end" or asked."""
    no_answer: Text = END
    """No answer came: always "end"."""
    stopped: Text = END
    """Stopped or finished by the person before all was done. "end" or asked."""
    cannot: Text = END
    """The position could not be taken, and of the easier exercises none was done, or the person stayed with it."""

    @property
    def name(self) -> str:
        """Its name in rules."""
        return self.id or self.exercise


class ProgrammeFile(Strict, frozen=True, kw_only=True):
    """A programme, as in its file."""

    id: Identifier
    """The file's name without .toml."""
    version: Annotated[int, msgspec.Meta(ge=1)]
    """Raised when what is done changes."""
    language: Annotated[str, msgspec.Meta(pattern="^[a-z]{2}$")]
    title: Text
    """Its name in lists."""
    prescribed: Prescription | None = None
    """The prescription; without it the steps are done as their exercises say."""
    mixes: Literal["asked"] | None = None
    """Exercises of two families may follow one another: the person is asked first, each time."""
    steps: Annotated[tuple[ProgrammeStep, ...], msgspec.Meta(min_length=1)]
    """In order; the first one begins."""
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme that can be used, with its exercises."""

    written: ProgrammeFile
    exercises: Mapping[str, Exercise]
    """By id, all that its steps name."""


def schema() -> dict[str, Any]:
    """Return the schema of a programme file."""
    return schema_of(ProgrammeFile, "programme", sys.modules[__name__], exercise_model)


def schema_text() -> str:
    """Return it as in its file."""
    return as_text(schema())
