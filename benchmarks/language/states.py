"""The states in which something is said, each come to by the real dialogue, and what is listened for in the others."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Final

from tests.session.arrivals import ARRIVE
from voice_coach.config.engines import session_grammar
from voice_coach.device_setup.questions import ANSWERS_TAKEN
from voice_coach.dialogue.emergency import SIGNS
from voice_coach.files.profiles import Profile
from voice_coach.hear.grammar.grammar import Grammar
from voice_coach.hear.grammar.load import load_grammar
from voice_coach.identify import machine
from voice_coach.identify.build import grammar_file
from voice_coach.session.states import Asking, Ending, Instructing, State, Staying
from voice_coach.standby.build import grammar_of
from voice_coach.standby.questions import ANSWERS, WAITING
from voice_coach.testing import Conversation, at_step, counting

PEOPLE: Final = (Profile("Anna"), Profile("Ben"), Profile("Carol"))
"""Who uses the coach where it asks who it is; Ben is the one it asks about again."""

SESSION: Final[dict[str, Callable[[], Conversation]]] = {
    "count": ARRIVE["hold of number four"],
    "check": ARRIVE["check"],
    "count_from_back": lambda: Conversation().goes_on_until(counting(4), furthest_before="back").wait(5.5),
    "check_from_back": lambda: Conversation().goes_on_until("check", furthest_before="back"),
    "instruct": lambda: Conversation().goes_on_until(at_step("bend")),
    "number": ARRIVE["pain_before"],
    "place": ARRIVE["furthest_before"],
    "side": ARRIVE["side"],
    "confirm": ARRIVE["side_sure"],
    "screen": ARRIVE["screen_8"],
    "paused": ARRIVE["paused"],
    "settle": ARRIVE["settling"],
    "emergency": lambda: Conversation().goes_on_until(counting(4)).says("I have chest pain").until(Staying),
}
"""States of a session, by the names of the rows."""

_SETUP: Final = {f"setup_{question}": intents for question, intents in ANSWERS_TAKEN.items()}
_STANDBY: Final = {"standby": WAITING, "standby_start": ANSWERS | SIGNS, "standby_reminder": ANSWERS | SIGNS}


@dataclass(frozen=True)
class Listened:
    """The intents understood in a state outside a session."""

    grammar: Grammar
    intents: frozenset[str]


@cache
def arrived(name: str) -> Conversation:
    """Return a conversation that has come to a state of a session, with the coach's words said; copy it before use."""
    return SESSION[name]().until(waits)


def waits(state: State) -> bool:
    """Return whether the coach has said its words, and waits for an answer or counts."""
    return not (isinstance(state, Asking | Instructing | Ending) and state.token) or isinstance(state, Ending)


@cache
def listened(name: str) -> Listened:
    """Return what is understood in standby, in the set-up of the devices, or where it is asked who it is.

    Raises:
        KeyError: there is no such state.
    """
    if name in _SETUP:
        return Listened(session_grammar("en"), _SETUP[name])
    if name in {"who", "who_sure"}:
        people = frozenset(map(machine.person, range(len(PEOPLE))))
        sure = frozenset({machine.YES, machine.NO}) if name == "who_sure" else frozenset()
        with _who() as grammar:
            return Listened(grammar, people | sure | SIGNS | {machine.STOP})
    return Listened(grammar_of("en"), _STANDBY[name])


@contextmanager
def _who() -> Iterator[Grammar]:
    with grammar_file(PEOPLE, "en") as path:
        yield load_grammar(path)
