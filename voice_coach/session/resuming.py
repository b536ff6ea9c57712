"""Going on where a session broke off: the same side, the same way, at the repetition that comes (R30, V24).

What was counted then counts: no more is done in all than the exercise has. It goes on only when "ready" is said in the
position, and behind the question how it is where that was due.
"""

from voice_coach.actions import Line
from voice_coach.clinical.past import BrokenOff
from voice_coach.exercise import plan
from voice_coach.exercise.prompts import number_text
from voice_coach.session import enter, stopping
from voice_coach.session.state import Asking, Between, State
from voice_coach.session.turn import Turn


def first_question(turn: Turn, *, before: tuple[Line, ...] = ()) -> State:
    """Ask whether to go on where the last session broke off; where that can't be, say that it did, and begin anew."""
    broken = turn.facts.past.broken_off
    if not broken or broken.repetitions >= plan.total(turn.facts.exercise):
        return enter.first_question(turn, before=before)
    number = number_text(plan.place(turn.facts.exercise, broken.repetitions + 1).number)
    if not broken.offered or (turn.facts.exercise.sides == "painful" and not broken.side):
        return enter.first_question(turn, before=(*before, *turn.prompt("say.broke_off", done=number)))
    return enter.ask(turn, "broken_off", before=(*before, *turn.prompt("say.broke_off_now", done=number)))


def go_on(turn: Turn, broken: BrokenOff) -> State:
    """Take up what was known, and the position; then the next repetition follows."""
    exercise, done = turn.facts.exercise, broken.repetitions
    last = plan.place(exercise, done)
    turn.know(
        side=last.side or broken.side,
        variant=broken.variant,
        tempo=broken.tempo,
        lying=True,
        repetitions=done,
        earlier=done,
        pain_before=broken.pain_before,
        furthest_before=broken.furthest_before,
    )
    due = last.number in exercise.repetition.checks_after and not broken.checked
    following = Asking(turn.facts, "check", 0, turn.at) if due else Between(turn.facts, done + 1, 0, turn.at)
    return stopping.go_on(turn, following)
