"""A phrase: words, and the intent that they stand for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from voice_coach.events import SlotValue

Situation = tuple[frozenset[str], frozenset[str]]
"""A condition on active intents: all of the first, and none of the second."""

UNKNOWN: Final = "[unk]"
"""A recogniser's text for speech outside the grammar."""

STOP_RANK: Final = 90
"""Rank of a bare "stop". Signs, which tell how it feels, have a higher one."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that stand for an intent."""

    words: tuple[str, ...]
    intent: str
    slots: Mapping[str, SlotValue] = field(default_factory=dict, hash=False)
    rank: int = 0
    red: bool = False
    ask: bool = False
    careful: bool = False
    negated: str = ""
    """What it means when negated: an intent, `ask` or `drop`; empty: a negation changes nothing."""
    answers: tuple[str, ...] = ()
    only: tuple[Situation, ...] = ()
    """Understood only in one of these situations; empty: always."""
    unless: frozenset[str] = frozenset()
    """Not understood while one of these intents is asked for."""
    line: int = 0
    """The line of its template in the file."""

    @property
    def text(self) -> str:
        """The words with one blank between them."""
        return " ".join(self.words)

    def with_words(self, words: tuple[str, ...], slots: Mapping[str, SlotValue]) -> "Phrase":
        """Return the same meaning for other words."""
        return replace(self, words=words, slots=slots)

    def may_be_said(self, asked: frozenset[str]) -> bool:
        """Tell whether it is understood while these intents are asked for."""
        if self.unless & asked:
            return False
        return holds(self.only, asked)


def holds(only: tuple[Situation, ...], asked: frozenset[str]) -> bool:
    """Tell whether one of the situations holds while these intents are asked for; true if there are none."""
    return not only or any(needed <= asked and not barred & asked for needed, barred in only)
