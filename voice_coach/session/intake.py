"""Questions before the exercise: was it taught, and which side hurts (R4, V10, D7)."""

from typing import cast

from voice_coach.actions import Line
from voice_coach.events import Intent
from voice_coach.exercise.model import OTHER, Side
from voice_coach.session import transitions
from voice_coach.session.intents import ANSWER, YES_NO
from voice_coach.session.pain_scale import PAIN_BEFORE
from voice_coach.session.questions import does_not_begin, failed, yes_or_no
from voice_coach.session.states import Asking, Instructing, Phase, Question, State
from voice_coach.session.turn import Turn

_SIDES = {"side_left": "left", "side_right": "right"}
_SIDE_ANSWERS = frozenset({"side_left", "side_right", "side_both"}) | ANSWER
_LAST_OF_SIDE = 3
_SURE_ANSWERS = _SIDE_ANSWERS | {"other_side"}


@yes_or_no
def taught(turn: Turn, _state: Asking, intent: Intent, *, yes: bool) -> State:
    """Begin an exercise that must be taught only if a professional has taught it; otherwise say whom to ask."""
    turn.answer("taught", intent.name, intent)
    return about_pain(turn) if yes else transitions.end(turn, "cannot_start", *turn.prompt("say.not_taught"))


TAUGHT = Question("taught", YES_NO, Phase.INTAKE, answered=taught, unanswered=does_not_begin)


def about_pain(turn: Turn, *, before: tuple[Line, ...] = ()) -> Asking:
    """Ask about the pain; first about the side, if the exercise depends on it and no plan has set it."""
    exercise = turn.facts.plan.exercise
    plan_side = exercise.prescribed and exercise.prescribed.side
    if plan_side:
        turn.know(side=plan_side)
        turn.answer("side_other", plan_side, None)  # as where a clinician has said so (D7)
        return transitions.ask(turn, PAIN_BEFORE, before=(*before, *turn.prompt("say.plan_side")))
    last = turn.facts.plan.past.last_side
    if exercise.sides == "painful" and last and last in turn.facts.plan.past.familiar:
        return transitions.ask(turn, SIDE_AGAIN, before=before, about=last)
    return transitions.ask(turn, SIDE if exercise.sides == "painful" else PAIN_BEFORE, before=before)


def side(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take the painful side; it is confirmed once (V10)."""
    last = state.failures == _LAST_OF_SIDE  # "Is it the left side?"
    match intent.name:
        case "side_left" | "side_right":
            return confirm_side(turn, state, _SIDES[intent.name], intent)
        case "yes" | "no" if last:
            return confirm_side(turn, state, "left" if intent.name == "yes" else "right", intent)
        case "side_both":  # D7: for one-sided pain only
            return on_both_sides(turn, intent)
        case _:
            return failed(turn, state, heard=True)


def side_told(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take the side that a professional has named, and ask whether one did; without one nothing begins."""
    match intent.name:
        case "side_left" | "side_right":
            turn.hush()
            turn.answer("side_told", _SIDES[intent.name], intent)
            return transitions.ask(turn, SIDE_SAID, about=_SIDES[intent.name])
        case "side_both" | "no" | "unsure":
            return without_a_side(turn, intent)
        case _:
            return failed(turn, state, heard=True)


def side_said(turn: Turn, state: Asking, intent: Intent) -> State:
    """Begin on the side that a professional has named: "yes", or "my physio said left" again."""
    named = _SIDES.get(intent.name)
    if named and named != state.about:
        turn.hush()
        return transitions.ask(turn, SIDE_SAID, about=named)
    if intent.name == "yes" or (named and "told" in intent.slots):
        turn.hush()
        turn.know(side=cast("Side", state.about))
        turn.answer("side_other", state.about, intent)
        return transitions.ask(turn, PAIN_BEFORE)
    if intent.name in {"no", "side_both"}:
        return without_a_side(turn, intent)
    return failed(turn, state, heard=True)


def without_a_side(turn: Turn, intent: Intent) -> State:
    """Begin nothing: the pain is on both sides, and no professional has named one."""
    turn.hush()
    turn.answer("side_told", "both", intent)
    return transitions.end(turn, "cannot_start", *turn.prompt("say.no_side"))


def on_both_sides(turn: Turn, intent: Intent) -> State:
    """Ask whether a professional has named a side."""
    turn.hush()
    turn.answer("side", "both", intent)
    return transitions.ask(turn, SIDE_TOLD)


def confirm_side(turn: Turn, state: Asking, chosen: str, intent: Intent) -> State:
    """Ask once whether that is the side: a mistake would be costly."""
    turn.hush()
    turn.answer(state.question.name, chosen, intent)
    return transitions.ask(turn, SIDE_SURE, about=chosen)


def side_sure(turn: Turn, state: Asking, intent: Intent) -> State:
    """Confirm the side, or ask again. A bare "right" is a yes or a side, so it counts only if both mean the same."""
    corrected = _SIDES.get(intent.name)
    if intent.slots.get("or_yes") and corrected != state.about and "no" not in intent.also:
        return failed(turn, state, heard=True)
    if intent.name in {"yes", "ready_next"} or corrected == state.about:
        turn.hush()
        turn.know(side=cast("Side", state.about))
        turn.answer(state.question.name, state.about, intent)
        return transitions.ask(turn, PAIN_BEFORE)
    if intent.name == "no":
        turn.hush()
        return transitions.ask(turn, SIDE, before=turn.prompt("say.sorry") if state.question == SIDE_SURE else ())
    if intent.name == "other_side" and not intent.ask:
        return ask_other_side(turn, state.about)
    if intent.name == "side_both":
        return on_both_sides(turn, intent)
    if corrected:
        turn.hush()
        return transitions.ask(turn, SIDE_SURE, about=corrected)
    return failed(turn, state, heard=True)


def may_change_side(state: Instructing) -> bool:
    """Tell whether the side can still change: the person is not lying yet, and the exercise depends on the side."""
    facts = state.facts
    return state.index == 0 and not facts.progress.repetitions and facts.plan.exercise.sides == "painful"


def ask_other_side(turn: Turn, painful: str, *, resume: Instructing | None = None) -> State:
    """Ask whether a clinician has said so; `resume`: the instruction to lie on the painful side."""
    turn.hush()
    return transitions.ask(turn, SIDE_OTHER, about=OTHER[cast("Side", painful)], resume=resume)


@yes_or_no
def other_side_told(turn: Turn, state: Asking, intent: Intent, *, yes: bool) -> State:
    """Take the other side after "yes"; after "no" keep the painful one, or ask again if it was not confirmed yet."""
    at_instruction = isinstance(state.resume, Instructing)
    if not yes:
        turn.answer("side_other", "no", intent)
        return transitions.back_to(turn, state.resume) if at_instruction else transitions.ask(turn, SIDE)
    if not at_instruction:
        turn.answer("side_sure", OTHER[cast("Side", state.about)], intent)
    turn.know(side=cast("Side", state.about))
    turn.answer("side_other", state.about, intent)
    return transitions.instruct(turn, 0) if at_instruction else transitions.ask(turn, PAIN_BEFORE)


SIDE = Question(
    "side", _SIDE_ANSWERS, Phase.INTAKE, answered=side, unanswered=does_not_begin, baseline=True, takes_talk=True
)
SIDE_TOLD = Question(
    "side_told",
    _SIDE_ANSWERS,
    Phase.INTAKE,
    answered=side_told,
    unanswered=does_not_begin,
    baseline=True,
    takes_talk=True,
)
SIDE_SAID = Question(
    "side_said",
    YES_NO | {"side_left", "side_right", "side_both"},
    Phase.INTAKE,
    answered=side_said,
    unanswered=does_not_begin,
    baseline=True,
    takes_talk=True,
)
SIDE_SURE = Question(
    "side_sure",
    _SURE_ANSWERS,
    Phase.INTAKE,
    answered=side_sure,
    unanswered=does_not_begin,
    baseline=True,
    takes_talk=True,
)
SIDE_AGAIN = Question(
    "side_again",
    _SURE_ANSWERS,
    Phase.INTAKE,
    answered=side_sure,
    unanswered=does_not_begin,
    baseline=True,
    takes_talk=True,
)
"""Takes the place of the two questions about the side for somebody who comes often."""
SIDE_OTHER = Question(
    "side_other",
    YES_NO,
    Phase.INTAKE,
    answered=other_side_told,
    unanswered=does_not_begin,
    baseline=True,
    takes_talk=True,
)
