"""The red signs: their order of gravity, whom to contact, and the rule behind each (clinical.md)."""

from enum import StrEnum
from typing import Final

_LOCKED_BECAUSE: Final = {
    "emergency": "say.locked_emergency",
    "numb_weak": "say.locked_numb_weak",
    "peripheralised": "say.locked_peripheralised",
    "worse": "say.locked_worse",
    "pain_cry": "say.locked_pain_cry",
}


class RedSign(StrEnum):
    """A symptom that ends counting at once, the gravest first. The value is the intent, and is stored."""

    EMERGENCY = "emergency"
    NUMB_WEAK = "numb_weak"
    PERIPHERALISED = "peripheralised"
    WORSE = "worse"
    PAIN_CRY = "pain_cry"
    """It pauses the exercise, and the coach asks about it; unanswered it locks like the others."""

    @property
    def gravity(self) -> int:
        """The rank: 0 is the gravest (clinical rules 2b)."""
        return GRAVEST_FIRST.index(self)

    @property
    def contact(self) -> str:
        """Prompt that says whom to contact; it never varies (R31)."""
        return {"emergency": "say.emergency", "numb_weak": "say.contact_numb"}.get(self.value, "say.contact")

    @property
    def locked_because(self) -> str:
        """The prompt that says at the next start which red sign there was: a fixed sentence, with the day."""
        return _LOCKED_BECAUSE[self.value]

    @property
    def rule(self) -> str:
        """The clinical requirement that it follows."""
        return "R10" if self is RedSign.PERIPHERALISED else "R31"


GRAVEST_FIRST: Final = tuple(sign.value for sign in RedSign)

ENDS_EXERCISE: Final = tuple(sign.value for sign in RedSign if sign is not RedSign.PAIN_CRY)
"""The red intents that end the exercise without a question first, the gravest first (clinical rules 2b)."""

RED: Final = frozenset(GRAVEST_FIRST)

TAKE_BACK: Final = "heard_worse"
"""The question whether "worse" was said at all: its answer "no" takes back the red sign before it (R31)."""

LOCKED_BECAUSE: Final = {sign.value: sign.locked_because for sign in RedSign}


def contact(sign: str) -> str:
    """Return the prompt that says whom to contact after a red sign, or after an unknown sign."""
    return RedSign(sign).contact if sign in RED else "say.contact"


def locked_because(reason: str) -> str:
    """Return the prompt that says which red sign there was then."""
    return RedSign(reason).locked_because
