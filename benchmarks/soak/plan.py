"""Which faults come in which session, and when: decided by a seed alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np


class Kind(StrEnum):
    """A fault or event in a session; the value is its name in the report."""

    UNPLUGGED = "speaker and microphone unplugged"
    KILLED = "sound server killed"
    FROZEN = "sound server frozen"
    MUTED = "microphone muted"
    MONITOR = "microphone moved to the speaker's monitor"
    PULLED = "microphone unplugged, the monitor is left"
    WORDS = "a word said over the coach"
    RECOGNISER = "recogniser's process killed"
    SPEECH = "speech engine's process killed"
    CTRL_C = "Ctrl-C"


LOST: Final = frozenset({Kind.UNPLUGGED, Kind.KILLED, Kind.FROZEN, Kind.MUTED, Kind.MONITOR, Kind.PULLED})
"""Those of which the coach must notice that it can't be heard, or hears nothing."""

WORDS: Final = ("pause", "slower", "faster", "louder", "quieter", "how many left", "repeat", "help")
"""Words said over the coach."""

SECONDS: Final = (2.0, 4.0, 8.0, 15.0)
"""After which a fault is mended; the shortest is twice what it may take to be noticed."""


class Moment(StrEnum):
    """When it comes: at the beginning of a sentence of that kind."""

    HOLD = "hold"
    COUNT = "count"
    INSTRUCTION = "instruction"
    QUESTION = "question"


_OFTEN: Final = {Moment.HOLD: 0.5, Moment.COUNT: 0.2, Moment.INSTRUCTION: 0.1, Moment.QUESTION: 0.2}
"""How likely each is: it is the hold that nobody keeps for ever."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """One fault."""

    kind: Kind
    moment: Moment
    skip: int
    """How many such moments pass first."""
    seconds: float
    """How long it lasts, where it is we who mend it."""
    words: str
    """The words, for `Kind.WORDS`."""


def troubles(seed: int, most: int = 4) -> Iterator[tuple[Trouble, ...]]:
    """Yield the faults of one session after another, two to `most` each; every kind comes before any comes again."""
    rng = np.random.default_rng(seed)
    deck: list[Kind] = []
    while True:
        size = int(rng.integers(2, most + 1))
        if len(deck) < size:
            deck += [list(Kind)[index] for index in rng.permutation(len(Kind))]
        taken, deck = deck[:size], deck[size:]
        taken.sort(key=lambda kind: kind is Kind.CTRL_C)  # nothing comes behind it
        yield tuple(_trouble(kind, rng) for kind in taken)


def _trouble(kind: Kind, rng: np.random.Generator) -> Trouble:
    moments = list(_OFTEN)
    return Trouble(
        kind,
        Moment.HOLD if kind is Kind.CTRL_C else moments[int(rng.choice(len(moments), p=list(_OFTEN.values())))],
        int(rng.integers(0, 2)),
        float(rng.choice(SECONDS)),
        str(rng.choice(WORDS)) if kind is Kind.WORDS else "",
    )


def moment_of(caption: str) -> Moment | None:
    """Return what kind of sentence the coach has begun; None: none at which anything happens."""
    line = caption.strip()
    if line == "one,":
        return Moment.HOLD
    if line.startswith(("Number ", "Roll back")):
        return Moment.COUNT
    if line.startswith(("Lie on", "Hook ", "Bend ", "Put ")):
        return Moment.INSTRUCTION
    return Moment.QUESTION if line.endswith("?") else None
