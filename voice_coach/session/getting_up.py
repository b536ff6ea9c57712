"""Ask somebody who can't get up whether to call for help.

A plain "no" leaves the person resting. "Yes" calls, and so does silence: two silences of eight seconds with a sentence
in between, about twenty seconds in all.
"""

from voice_coach.actions import Line
from voice_coach.events import Intent
from voice_coach.records import By
from voice_coach.session import emergencies, transitions
from voice_coach.session.intents import PROPOSAL
from voice_coach.session.questions import asked_first, failed, is_plain
from voice_coach.session.states import Asking, Counting, Instructing, Phase, Question, State
from voice_coach.session.turn import Turn


def is_open(state: State) -> bool:
    """Tell whether the question whether to call for help is open, or one that clears up its answer."""
    return isinstance(state, Asking) and asked_first(state).question == CALL_FOR_HELP


def call(turn: Turn, state: State, words: str, by: By, *, before: tuple[Line, ...] = ()) -> State:
    """Call for help, and stay with the person."""
    return emergencies.stay(turn, state, *before, call=by, said=words)


def answered(turn: Turn, state: Asking, intent: Intent) -> State:
    """Call after a "yes"; after a plain "no" rest, and go on only when the person says so."""
    refused = intent.name in {"no", "harmless"}
    if intent.ask or not (is_plain(intent) or refused):
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer(CALL_FOR_HELP.name, "no" if refused else "yes", intent)
    if not refused:
        return call(turn, state, intent.text, "user")
    lines = turn.prompt("say.not_called")
    if isinstance(state.resume, Counting | Instructing):
        return transitions.pause(turn, state.resume, *lines, *turn.prompt("say.still_paused"))
    return transitions.back_to(turn, state.resume, before=lines)


def unanswered(turn: Turn, state: Asking) -> State:
    """Call: somebody who lies there and gives no answer may not be able to."""
    return call(turn, state, "", "timeout")


CALL_FOR_HELP = Question(
    "call_for_help", PROPOSAL | {"harmless"}, Phase.INTERRUPTION, answered=answered, unanswered=unanswered
)
