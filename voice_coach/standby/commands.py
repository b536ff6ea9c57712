"""Commands while standby waits: what can I do, how am I doing, tell me about this exercise, delete my log.

The history is looked at first, so that the answer is of this moment, and a lock is named before it goes.
"""

from dataclasses import replace
from typing import Final

from voice_coach.actions import Hush
from voice_coach.events import Intent
from voice_coach.session import status_answers
from voice_coach.session.deletion import NAMES as DELETION
from voice_coach.session.intents import FORGET
from voice_coach.standby.events import Forget, Forgotten, Look
from voice_coach.standby.questions import Turn, ask, say, tell, wait
from voice_coach.standby.states import Asking, Day, State

_ABOUT: Final = "about"


def wished(turn: Turn, state: State, intent: Intent) -> State:
    """Answer at once, or look at the history first; then `looked` follows."""
    if intent.name == _ABOUT:
        return tell(turn, "told.about")
    turn.facts = replace(turn.facts, wish=intent.name)
    turn.do(Look())
    return state


def looked(turn: Turn, day: Day) -> State:
    """Answer by what the history tells."""
    facts = turn.facts
    turn.facts = replace(turn.facts, wish="")
    match facts.wish:
        case name if name == FORGET:
            turn.facts = replace(turn.facts, locked=bool(day.past.locks) or not day.past.readable)
            return ask(turn, "delete_log", *(["told.see_professional"] if turn.facts.locked else []))
        case "what_can_i_do":
            return say(turn, status_answers.what(facts.prompts, day.past))
        case _:
            return say(turn, status_answers.how(facts.prompts, day.past, day.completed, day.goal))


def is_deletion(state: State) -> bool:
    """Tell whether it was asked if all is to be deleted."""
    return isinstance(state, Asking) and state.question in DELETION


def confirmed(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take "yes" for the first time, and for the second; anything else deletes nothing."""
    if intent.also or intent.name not in {"yes", "no"}:
        return state
    turn.do(Hush())
    if intent.name == "no":
        return tell(turn, "told.kept")
    if state.question == "delete_log":
        return ask(turn, "delete_sure")
    turn.do(Forget())
    return wait(turn)


def forgotten(turn: Turn, event: Forgotten) -> State:
    """Say what has become of it."""
    if event.error:
        return tell(turn, "told.not_forgotten")
    return tell(turn, "told.forgotten", *(["told.see_professional"] if turn.facts.locked else []))
