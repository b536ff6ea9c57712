"""The question whether to call for help, for somebody who can't get up.

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
    """Tell whether it is asked whether to call for help, or what the answer to that meant."""
    return isinstance(state, Asking) and asked_first(state).question == CALL_FOR_HELP


def call(turn: Turn, state: State, words: str, by: By, *, before: tuple[Line, ...] = ()) -> State:
    """Call for help, and stay with the person."""
    return emergencies.stay(turn, state, *before, call=by, said=words)


def answered(turn: Turn, state: Asking, intent: Intent) -> State:
    """Call at "yes"; at a plain "no" rest, and go on only when that is said."""
    no = intent.name in {"no", "harmless"}
    if intent.ask or not (is_plain(intent) or no):
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer(CALL_FOR_HELP.name, "no" if no else "yes", intent)
    if not no:
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
