"""Keep a misheard word from locking the exercises, if that is safe.

Before the first repetition nothing was done that could have harmed. There a red sign that nobody asked about is asked
about first, and a "hurts" that only takes up the coach's own question is part of the answer. From the first repetition
on a red sign ends the exercise at once (R31).
"""

from dataclasses import replace
from typing import Final

from voice_coach.events import Intent
from voice_coach.session.doubts import doubt
from voice_coach.session.pain_scale import DOUBT_ZERO
from voice_coach.session.questions import failed
from voice_coach.session.screening import NEW, RECENT
from voice_coach.session.states import Asking, Performing, Phase, State
from voice_coach.session.stop_rules import counts_as_red
from voice_coach.session.turn import Turn

_ABOUT_PAIN: Final = frozenset({"side", "side_again", "side_told", "side_sure", "pain_before", "furthest_before"})
"""Questions of the intake about a pain that was there before: whoever answers may say that it hurts."""


def asked_first(turn: Turn, state: State, intent: Intent) -> State | None:
    """Ask about a red sign before the first repetition; None: it is to be acted on at once."""
    if intent.name == "emergency" or has_begun(turn, state) or asks_about_signs(state):
        return None
    return doubt(turn, state, intent)


def has_begun(turn: Turn, state: State) -> bool:
    """Tell whether something was done today that could have harmed, here or in the exercise that this one follows."""
    facts = turn.facts
    broken = facts.plan.past.broken_off
    follows = bool(facts.plan.back_to) or facts.plan.exercise.continues or (broken is not None and broken.offered)
    return facts.progress.begun or facts.progress.repetitions > 0 or follows or isinstance(state, Performing)


def asks_about_signs(state: State) -> bool:
    """Tell whether an open question is about red signs, so that a red sign is its answer."""
    if not isinstance(state, Asking):
        return False
    question = state.question
    about_flags = question.phase is Phase.SCREENING and (question.baseline or question in {RECENT, NEW})
    return about_flags or question.red_answers or question == DOUBT_ZERO or question.unanswered is counts_as_red


def taken_up(turn: Turn, state: State, intent: Intent) -> State | None:
    """Take "it hurts on the left" as the answer to "which side hurts?"; None: it is a cry of pain."""
    if not (isinstance(state, Asking) and state.question.name in _ABOUT_PAIN) or has_begun(turn, state):
        return None
    if not intent.slots.get("taken_up"):
        return None
    answers = [name for name in intent.also if name in state.question.accepts]
    if len(answers) != 1 or answers[0] in {"place", "number"}:  # which one, only the intent of its own says
        return failed(turn, state, heard=True)
    return state.question.answered(turn, state, replace(intent, name=answers[0], also=()))
