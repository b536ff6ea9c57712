"""What the person asks the coach: what can I do, how am I doing, what is this; and that all of it is forgotten.

An answer leads back to where the talk was. While it counts the person is only told when to ask: nothing is said into a
repetition, and none waits for a long answer.
"""

from voice_coach.actions import Line
from voice_coach.events import Intent
from voice_coach.session import forgetting, telling, universal
from voice_coach.session.listening import FORGET
from voice_coach.session.state import Counting, Ending, State
from voice_coach.session.turn import Turn


def answered(turn: Turn, state: State, intent: Intent) -> State:
    """Answer, or say when it can be asked; after a red sign the answer is whom to contact."""
    facts = turn.facts
    if isinstance(state, Counting):
        return universal.reply(turn, state, turn.prompt("say.ask_later"))
    if intent.name == FORGET:
        return _forget(turn, state)
    if intent.name == "about":
        return universal.reply(turn, state, turn.prompt("told.about"))
    if facts.red:
        return universal.reply(turn, state, turn.contact())
    return universal.reply(turn, state, _facts(turn, state, intent))


def _facts(turn: Turn, state: State, intent: Intent) -> tuple[Line, ...]:
    facts = turn.facts
    if intent.name == "what_can_i_do":
        cleared = facts.past.lock is not None and facts.lock is None
        return telling.what(facts.prompts, facts.past, cleared=cleared)
    ended = isinstance(state, Ending) and facts.outcome == "completed"
    done = facts.past.completed_today + ended
    return telling.how(facts.prompts, facts.past, done, facts.exercise.per_day)


def _forget(turn: Turn, state: State) -> State:
    """Ask whether all is to be deleted once the session is over; never behind a red sign or at a locked exercise."""
    if turn.facts.red or turn.facts.lock:
        return universal.reply(turn, state, (*turn.prompt("told.kept"), *turn.contact()))
    if isinstance(state, Ending) and not turn.facts.forgetting:
        return forgetting.ask(turn, state)
    return universal.reply(turn, state, turn.prompt("say.delete_later"))
