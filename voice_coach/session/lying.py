"""Lying on the side that does not hurt: only where the person says that a clinician told them so (R12, A6).

It is said instead of "yes" to the painful side, or at the instruction to lie on it; then asked once, as an error would
be costly (V10), and written down.
"""

from typing import cast

from voice_coach.events import Intent
from voice_coach.exercise.model import OTHER, Side
from voice_coach.session import enter
from voice_coach.session.questions import failed
from voice_coach.session.state import Asking, Instructing, State
from voice_coach.session.turn import Turn


def may_change(state: Instructing) -> bool:
    """Tell whether the side can still be another one: nobody lies yet, and it goes by the side of the pain."""
    facts = state.facts
    return state.index == 0 and not facts.repetitions and facts.exercise.sides == "painful"


def ask(turn: Turn, painful: str, *, resume: Instructing | None = None) -> State:
    """Ask whether a clinician has said so; `resume`: the instruction to lie on the painful side."""
    turn.hush()
    return enter.ask(turn, "side_other", about=OTHER[cast("Side", painful)], resume=resume)


def told(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take the other side after "yes"; else it is that of the pain, or is asked again where that was not sure yet."""
    if intent.ask or intent.name not in {"yes", "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    at_instruction = isinstance(state.resume, Instructing)
    if intent.name == "no":
        turn.answer("side_other", "no", intent)
        return enter.back_to(turn, state.resume) if at_instruction else enter.ask(turn, "side")
    if not at_instruction:
        turn.answer("side_sure", OTHER[cast("Side", state.about)], intent)
    turn.know(side=state.about)
    turn.answer("side_other", state.about, intent)
    return enter.instruct(turn, 0) if at_instruction else enter.ask(turn, "pain_before")
