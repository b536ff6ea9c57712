"""On the first run, practise saying stop, repeat, help and worse once each, before the exercise.

While the coach asks for a word, that exact word is practice, once: it stops nothing, locks nothing and is not recorded.
Any other word, and any other wording of the same sign, means what it always does.
"""

from typing import Final

from voice_coach.events import Intent
from voice_coach.session.states import Asking, Phase, State

WORDS: Final = ("stop", "repeat", "help", "worse")
"""The words in the order in which they are asked for; each is also the name of its intent."""
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
    """Tell whether exactly the word that is asked for was said, and nothing else."""
    if not isinstance(state, Asking) or state.question.phase is not Phase.PRACTICE:
        return False
    word = word_of(state)
    return intent.name == word and intent.text == word and not intent.also
