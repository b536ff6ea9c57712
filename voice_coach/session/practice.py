"""The first run: stop, repeat, help and worse are said once each, before anything is done.

While a word is asked for, that very word is practice, once: it stops nothing, locks nothing and is not recorded. Any
other word, and any other wording of the same sign, is what it always is.
"""

from typing import Final

from voice_coach.events import Intent
from voice_coach.session.states import Asking, Phase, State

WORDS: Final = ("stop", "repeat", "help", "worse")
"""Each is the name of its intent, too; in the order in which they are asked for."""
LEAVES: Final = frozenset({"skip", "no", "ready_next", "resume", "unsure"})
"""Intents that end the practice early."""

_PREFIX: Final = "practice_"


def name_of(word: str) -> str:
    """Return the name of the question that asks for a word."""
    return _PREFIX + word


def word_of(state: Asking) -> str:
    """Return the word that is asked for."""
    return state.question.name.removeprefix(_PREFIX)


def is_practice(state: State, intent: Intent) -> bool:
    """Tell whether this is the very word that is asked for, and nothing else was said."""
    if not isinstance(state, Asking) or state.question.phase is not Phase.PRACTICE:
        return False
    word = word_of(state)
    return intent.name == word and intent.text == word and not intent.also
