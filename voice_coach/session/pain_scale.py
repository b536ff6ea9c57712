"""How strong the pain is, from zero to ten, before and after the exercise (R3)."""

from math import isfinite

from voice_coach.actions import Line
from voice_coach.events import Intent
from voice_coach.exercise.prompts import number_text
from voice_coach.session import stop_rules, transitions
from voice_coach.session.intents import ANSWER, YES_NO
from voice_coach.session.questions import (
    LAST_WORDING,
    SKIP,
    asked_first,
    does_not_begin,
    failed,
    following,
    goes_on,
    leaves_open,
)
from voice_coach.session.states import Asking, Phase, Question, State
from voice_coach.session.stop_rules import FURTHEST_AFTER, FURTHEST_BEFORE
from voice_coach.session.turn import Turn

MAX_PAIN = 10
"""The scale's end (NPRS)."""
NUMBER = frozenset({"number", "gone", "unsure"})
"""Intents that answer how strong the pain is."""


def after_repetitions(turn: Turn, *, before: tuple[Line, ...] = ()) -> State:
    """Ask the closing questions."""
    return transitions.ask(turn, PAIN_AFTER, before=before)


def number_of(intent: Intent) -> float | None:
    """Return the number from 0 to 10 that was said, to the nearest half; None: there is none."""
    if intent.name == "gone":
        return 0.0
    value = intent.slots.get("number")
    if intent.name != "number" or not isinstance(value, int | float) or not isfinite(value):
        return None
    return round(value * 2) / 2 if 0 <= value <= MAX_PAIN else None


def pain(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take the number from 0 to 10; a doubtful one is asked about ("none" sounds like "numb")."""
    if intent.name in SKIP:
        turn.hush()
        turn.answer(state.question.name, None, intent)
        return following(turn, state)
    value = number_of(intent)
    if value is None:
        return failed(turn, state, heard=True)
    if "none" in intent.text.split():
        turn.hush()
        return transitions.ask(turn, DOUBT_ZERO, resume=state)
    if intent.ask and value == MAX_PAIN:
        turn.hush()
        return transitions.ask(turn, DOUBT_TEN, resume=state)
    if intent.ask and intent.name == "number":  # "it's okay now but it was nine"
        return failed(turn, state, heard=True)
    return number(turn, state, value, intent)


def number(turn: Turn, state: Asking, value: float, intent: Intent) -> State:
    """Record the number and repeat it, which confirms it (V10: implicit)."""
    turn.hush()
    turn.answer(state.question.name, value, intent)
    repeated = turn.prompt("say.number", number=number_text(value))
    if state.question == PAIN_AFTER:
        turn.know(pain_after=value)
        return following(turn, state, before=repeated)
    turn.know(pain_before=value)
    free = () if value else turn.prompt("say.pain_free")
    return following(turn, state, before=(*repeated, *free))


def ask_place_before(turn: Turn, _state: Asking, before: tuple[Line, ...]) -> State:
    """Ask how far the pain reaches before the exercise."""
    return transitions.ask(turn, FURTHEST_BEFORE, before=before)


def ask_place_after(turn: Turn, state: Asking, before: tuple[Line, ...]) -> State:
    """Ask how far the pain reaches after the exercise."""
    return transitions.ask(turn, FURTHEST_AFTER, before=before, resume=state.resume)


PAIN_BEFORE = Question(
    "pain_before",
    NUMBER,
    Phase.INTAKE,
    answered=pain,
    unanswered=goes_on,
    then=ask_place_before,
    baseline=True,
    takes_talk=True,
)
PAIN_AFTER = Question(
    "pain_after",
    NUMBER,
    Phase.CLOSING,
    answered=pain,
    unanswered=goes_on,
    then=ask_place_after,
    takes_talk=True,
)


def doubted_ten(turn: Turn, state: Asking, intent: Intent) -> State:
    """Settle "worst ever"."""
    question = asked_first(state)
    value = number_of(intent)
    if value is not None:
        return number(turn, question, value, intent)
    if intent.name == "yes":
        return number(turn, question, float(MAX_PAIN), intent)
    if intent.name != "no":
        return failed(turn, state, heard=True)
    turn.hush()
    return transitions.back_to(turn, question)


def doubted_zero(turn: Turn, state: Asking, intent: Intent) -> State:
    """Settle "none"."""
    question = asked_first(state)
    value = number_of(intent)
    if value is not None:
        return number(turn, question, value, intent)
    # "Zero pain, or numb?" is not answered by "yes"; its last wording is
    if intent.name not in YES_NO or state.failures < LAST_WORDING:
        return failed(turn, state, heard=True)
    if intent.name == "yes":
        return stop_rules.red(turn, state, intent, "numb_weak")
    return number(turn, question, 0.0, intent)


def maybe_numb(turn: Turn, state: Asking) -> State:
    """The number stays unanswered; before the exercise the session ends, as "none" may have been "numb"."""
    question = asked_first(state)
    if question.question == PAIN_BEFORE:
        turn.answer(question.question.name, None, None)
        return does_not_begin(turn, question)
    return leaves_open(turn, state)


DOUBT_ZERO = Question(
    "doubt_zero",
    frozenset({"number", "gone"}) | ANSWER,
    Phase.CLARIFICATION,
    answered=doubted_zero,
    unanswered=maybe_numb,
)
DOUBT_TEN = Question(
    "doubt_ten",
    frozenset({"number"}) | ANSWER,
    Phase.CLARIFICATION,
    answered=doubted_ten,
    unanswered=leaves_open,
)
