"""Which answer belongs to which question."""

from collections.abc import Callable

from voice_coach.events import Intent
from voice_coach.session import (
    clearing,
    comparing,
    enter,
    forgetting,
    impression,
    intake,
    lying,
    screening,
    symptoms,
    trying,
)
from voice_coach.session.instructing import forward
from voice_coach.session.listening import DELETION, SCREENING
from voice_coach.session.questions import failed
from voice_coach.session.state import Asking, State
from voice_coach.session.turn import Turn


def doubted_done(turn: Turn, state: Asking, intent: Intent) -> State:
    """Settle "I'm done": with this instruction ("finish" is universal, and was taken before)."""
    if intent.name not in {"yes", "ready_next", "resume", "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    return enter.back_to(turn, state.resume) if intent.name == "no" else forward(turn, state.resume)


def taught(turn: Turn, state: Asking, intent: Intent) -> State:
    """Begin what is only for those whom a professional has taught it; who was not is told whom to ask."""
    if intent.ask or intent.name not in {"yes", "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("taught", intent.name, intent)
    if intent.name == "no":
        return enter.end(turn, "cannot_start", *turn.prompt("say.not_taught"))
    return enter.about_pain(turn)


_HANDLERS: dict[str, Callable[[Turn, Asking, Intent], State]] = {
    **dict.fromkeys(SCREENING, screening.answered),
    **dict.fromkeys(DELETION, forgetting.answered),
    "since_began": impression.direction,
    "since_much": impression.much,
    "cleared": clearing.cleared,
    "cleared_sure": clearing.cleared_sure,
    "two_weeks": clearing.two_weeks,
    "broken_off": clearing.broken_off,
    "acknowledge": intake.acknowledge,
    "taught": taught,
    "side": intake.side,
    "side_told": intake.side,
    "side_sure": intake.side_sure,
    "side_other": lying.told,
    "pain_before": intake.pain,
    "furthest_before": intake.furthest,
    "sound_check": intake.sound_check,
    "check": symptoms.change,
    "after_cry": symptoms.change,
    "pain_after": intake.pain,
    "furthest_after": intake.furthest,
    "moved_lower": comparing.moved_lower,
    "unsure_place": comparing.unsure_place,
    "unsure_pain": comparing.unsure_pain,
    "settle_check": symptoms.settled,
    "easier": trying.answered,
    "try_again": trying.again,
    "onward": trying.following,
    "go_on": symptoms.go_on,
    "doubt_emergency": symptoms.doubted_red,
    "doubt_more": comparing.doubted_more,
    "doubt_worse": symptoms.doubted_red,
    "doubt_down": symptoms.doubted_red,
    "doubt_numb": symptoms.doubted_red,
    "doubt_new": symptoms.doubted_red,
    "doubt_less": symptoms.doubted_change,
    "doubt_same": symptoms.doubted_change,
    "doubt_gone": symptoms.doubted_change,
    "doubt_zero": intake.doubted_number,
    "doubt_ten": intake.doubted_number,
    "doubt_leg": intake.doubted_place,
    "doubt_done": doubted_done,
}
"""One for each question of `listening.ASKED`."""


def answered(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take an answer that is not a universal intent (those were taken before)."""
    return _HANDLERS[state.question](turn, state, intent)
