"""Which answer belongs to which question."""

from collections.abc import Callable

from voice_coach.events import Intent
from voice_coach.session import checks, deletion, easier_exercise, impression, intake, screening, transitions
from voice_coach.session.instructions import forward
from voice_coach.session.intents import DELETION, SCREENING
from voice_coach.session.questions import failed
from voice_coach.session.states import Asking, State
from voice_coach.session.turn import Turn


def doubted_done(turn: Turn, state: Asking, intent: Intent) -> State:
    """Settle "I'm done": with this instruction ("finish" is universal, and was taken before)."""
    if intent.name not in {"yes", "ready_next", "resume", "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    return transitions.back_to(turn, state.resume) if intent.name == "no" else forward(turn, state.resume)


def taught(turn: Turn, state: Asking, intent: Intent) -> State:
    """Begin what is only for those whom a professional has taught it; who was not is told whom to ask."""
    if intent.ask or intent.name not in {"yes", "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("taught", intent.name, intent)
    if intent.name == "no":
        return transitions.end(turn, "cannot_start", *turn.prompt("say.not_taught"))
    return transitions.about_pain(turn)


_HANDLERS: dict[str, Callable[[Turn, Asking, Intent], State]] = {
    **dict.fromkeys(SCREENING, screening.answered),
    **dict.fromkeys(DELETION, deletion.answered),
    "since_began": impression.direction,
    "since_much": impression.much,
    "cleared": screening.cleared,
    "cleared_sure": screening.cleared_sure,
    "two_weeks": screening.two_weeks,
    "broken_off": screening.broken_off,
    "acknowledge": intake.acknowledge,
    "taught": taught,
    "side": intake.side,
    "side_told": intake.side,
    "side_sure": intake.side_sure,
    "side_other": intake.other_side_told,
    "pain_before": intake.pain,
    "furthest_before": intake.furthest,
    "sound_check": intake.sound_check,
    "check": checks.change,
    "after_cry": checks.change,
    "pain_after": intake.pain,
    "furthest_after": intake.furthest,
    "moved_lower": checks.moved_lower,
    "unsure_place": checks.unsure_place,
    "unsure_pain": checks.unsure_pain,
    "settle_check": checks.settled,
    "easier": easier_exercise.answered,
    "try_again": easier_exercise.again,
    "onward": easier_exercise.following,
    "go_on": checks.go_on,
    "doubt_emergency": checks.doubted_red,
    "doubt_more": checks.doubted_more,
    "doubt_worse": checks.doubted_red,
    "doubt_down": checks.doubted_red,
    "doubt_numb": checks.doubted_red,
    "doubt_new": checks.doubted_red,
    "doubt_less": checks.doubted_change,
    "doubt_same": checks.doubted_change,
    "doubt_gone": checks.doubted_change,
    "doubt_zero": intake.doubted_number,
    "doubt_ten": intake.doubted_number,
    "doubt_leg": intake.doubted_place,
    "doubt_done": doubted_done,
}
"""One for each question of `intents.ASKED`."""


def answered(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take an answer that is not a universal intent (those were taken before)."""
    return _HANDLERS[state.question](turn, state, intent)
