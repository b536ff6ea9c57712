"""The answers to the offer of an easier exercise, of going back, and of the next step of a programme."""

from voice_coach.events import Intent
from voice_coach.session import follow_ups, transitions
from voice_coach.session.questions import failed
from voice_coach.session.states import Asking, State
from voice_coach.session.turn import Turn


def answered(turn: Turn, state: Asking, intent: Intent) -> State:
    """Go to the exercise that was agreed to, or offer another one."""
    if intent.ask or intent.name not in {"yes", "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    if intent.name == "no":
        turn.answer("easier", "no", intent)
        return follow_ups.offer_alternative(turn, state.about)
    turn.answer("easier", state.about, intent)
    return follow_ups.hand_over_to_exercise(turn, state.about)


def again(turn: Turn, state: Asking, intent: Intent) -> State:
    """Go back to the exercise that this one stood in for, where the person wants to."""
    if intent.ask or intent.name not in {"yes", "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("try_again", intent.name, intent)
    if intent.name == "no":
        return follow_ups.go(turn, follow_ups.CANNOT)
    return follow_ups.hand_over_to_exercise(turn, turn.facts.back_to)


def following(turn: Turn, state: Asking, intent: Intent) -> State:
    """Go on with the programme only when that is said."""
    if intent.ask or intent.name not in {"yes", "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    follow = turn.facts.exercise.follows[state.about]
    turn.answer("onward", "no" if intent.name == "no" else follow.exercise, intent)
    if intent.name == "no" or follow_ups.barred(turn):
        return transitions.end(turn, turn.facts.outcome)
    return follow_ups.hand_over_to_step(turn, follow, *turn.prompt("say.we_try"))
