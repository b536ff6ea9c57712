"""The answers about what earlier sessions left: has a professional checked it, is it understood (R31, R36).

Only "yes" clears, and it is said twice: "ready" or "go on" may be habit, and an error would be costly (V10, V11).
"""

from voice_coach.events import Intent
from voice_coach.session import beginning, enter, resuming
from voice_coach.session.questions import failed
from voice_coach.session.state import Asking, State
from voice_coach.session.turn import Turn


def cleared(turn: Turn, state: Asking, intent: Intent) -> State:
    """Ask once more after "yes"; "no" leaves the exercise locked."""
    if intent.ask or intent.name not in {"yes", "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("cleared", intent.name, intent)
    if intent.name == "no":
        return beginning.stays_locked(turn, "cannot_start")
    return enter.ask(turn, "cleared_sure")


def cleared_sure(turn: Turn, state: Asking, intent: Intent) -> State:
    """Open the lock: the person says for the second time that it was checked. The log keeps what it was that opened."""
    lock = turn.facts.lock
    if intent.ask or lock is None or intent.name not in {"yes", "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    if intent.name == "no":
        turn.answer("cleared_sure", "no", intent)
        return beginning.stays_locked(turn, "cannot_start")
    turn.answer("cleared_sure", lock.session, intent)
    turn.know(lock=None)
    return beginning.after_lock(turn, before=turn.prompt("say.unlocked"))


def two_weeks(turn: Turn, state: Asking, intent: Intent) -> State:
    """Begin only when it is acknowledged that a professional must look at it (R36)."""
    if intent.ask or intent.name not in {"yes", "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("two_weeks", intent.name, intent)
    if intent.name == "no":
        return enter.end(turn, "cannot_start", *turn.prompt("say.not_started"))
    return beginning.screen(turn)


def broken_off(turn: Turn, state: Asking, intent: Intent) -> State:
    """Go on where the last session broke off, or begin anew. The log keeps which one it goes on with."""
    broken = turn.facts.past.broken_off
    if intent.ask or broken is None or intent.name not in {"yes", "ready_next", "resume", "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    if intent.name == "no":
        turn.answer("broken_off", "no", intent)
        return enter.first_question(turn)
    turn.answer("broken_off", broken.session, intent)
    return resuming.go_on(turn, broken)
