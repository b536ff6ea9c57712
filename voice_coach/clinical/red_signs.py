"""Red signs: which there are, which is the graver, whom to contact, and how a doubtful one is asked about."""

ENDS_EXERCISE = ("emergency", "numb_weak", "peripheralised", "worse")
"""The red intents that end the exercise, the gravest first (clinical rules 2b)."""

GRAVEST_FIRST = (*ENDS_EXERCISE, "pain_cry")
"""All red signs; after a cry of pain that nobody answered the exercise is locked too."""

RED = frozenset(GRAVEST_FIRST)
"""Symptoms that end counting at once (R10, R31)."""

DOUBT_QUESTIONS = {
    "emergency": "doubt_emergency",
    "worse": "doubt_worse",
    "peripheralised": "doubt_down",
    "numb_weak": "doubt_numb",
}

_CONTACT = {"emergency": "say.emergency", "numb_weak": "say.contact_numb"}
LOCKED_BECAUSE = {
    "emergency": "say.locked_emergency",
    "worse": "say.locked_worse",
    "peripheralised": "say.locked_peripheralised",
    "numb_weak": "say.locked_numb_weak",
    "pain_cry": "say.locked_pain_cry",
}


def contact(sign: str) -> str:
    """Return the prompt that says whom to contact after a red sign; it never varies (R31)."""
    return _CONTACT.get(sign, "say.contact")


def locked_because(reason: str) -> str:
    """Return the prompt that says what red sign there was then: a fixed sentence, with the day."""
    return LOCKED_BECAUSE[reason]
