"""Keep a misheard word from locking the exercises, where that is safe.

Before the first repetition nothing was done that could have done harm. So the coach first asks whether an unexpected
red sign was meant, and a "hurts" that only repeats the topic of the coach's question is part of the answer. From the
first repetition on, a red sign ends the exercise at once (R31).
"""

from dataclasses import replace
from typing import Final

from voice_coach.events import Intent
from voice_coach.session.doubts import ask_if_meant
from voice_coach.session.pain_scale import DOUBT_ZERO
from voice_coach.session.questions import failed
from voice_coach.session.screening import NEW, RECENT
from voice_coach.session.states import Asking, Performing, Phase, State
from voice_coach.session.stop_rules import counts_as_red
from voice_coach.session.turn import Turn

_ABOUT_PAIN: Final = frozenset(
    {"side", "side_again", "side_told", "side_said", "side_sure", "pain_before", "furthest_before"}
)
"""Questions of the intake about a pain that was there before: an answer may say that it hurts."""


def ask_before_start(turn: Turn, state: State, intent: Intent) -> State | None:
    """Ask whether a red sign before the first repetition was meant; None: act on it at once."""
    if intent.name == "emergency" or has_begun(turn, state) or asks_about_signs(state):
        return None
    return ask_if_meant(turn, state, intent)


def has_begun(turn: Turn, state: State) -> bool:
    """Tell whether anything was done today that could have done harm, in this exercise or the one that it follows."""
    facts = turn.facts
    broken_off = facts.plan.past.broken_off
    continues_session = broken_off is not None and broken_off.offered
    follows_exercise = bool(facts.plan.back_to) or facts.plan.exercise.continues
    began_here = facts.progress.begun or facts.progress.repetitions > 0 or isinstance(state, Performing)
    return began_here or follows_exercise or continues_session


def asks_about_signs(state: State) -> bool:
    """Tell whether an open question is about red signs, so that a red sign is its answer."""
    if not isinstance(state, Asking):
        return False
    question = state.question
    about_flags = question.phase is Phase.SCREENING and (question.baseline or question in {RECENT, NEW})
    return about_flags or question.red_answers or question == DOUBT_ZERO or question.unanswered is counts_as_red


def answer_taken_up(turn: Turn, state: State, intent: Intent) -> State | None:
    """Take "it hurts on the left" as the answer to "which side hurts?"; None: it is a cry of pain."""
    if not (isinstance(state, Asking) and state.question.name in _ABOUT_PAIN) or has_begun(turn, state):
        return None
    if not intent.slots.get("taken_up"):
        return None
    answers = [name for name in intent.also if name in state.question.accepts]
    if len(answers) != 1 or answers[0] in {"place", "number"}:  # which place or number, only their own intents tell
        return failed(turn, state, heard=True)
    return state.question.answered(turn, state, replace(intent, name=answers[0], also=()))
