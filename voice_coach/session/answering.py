"""Which answer belongs to which question."""

from collections.abc import Callable

from voice_coach.events import Intent
from voice_coach.session import clearing, enter, intake, symptoms
from voice_coach.session.instructing import forward
from voice_coach.session.questions import failed
from voice_coach.session.state import Asking, State
from voice_coach.session.turn import Turn


def doubted_done(turn: Turn, state: Asking, intent: Intent) -> State:
    """Settle "I'm done": with this instruction ("finish" is universal, and was taken before)."""
    if intent.name not in {"yes", "ready_next", "resume", "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    return enter.back_to(turn, state.resume) if intent.name == "no" else forward(turn, state.resume)


_HANDLERS: dict[str, Callable[[Turn, Asking, Intent], State]] = {
    "cleared": clearing.cleared,
    "cleared_sure": clearing.cleared_sure,
    "two_weeks": clearing.two_weeks,
    "acknowledge": intake.acknowledge,
    "side": intake.side,
    "side_told": intake.side,
    "side_sure": intake.side_sure,
    "pain_before": intake.pain,
    "furthest_before": intake.furthest,
    "sound_check": intake.sound_check,
    "check": symptoms.change,
    "after_cry": symptoms.change,
    "pain_after": intake.pain,
    "furthest_after": intake.furthest,
    "go_on": symptoms.go_on,
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
