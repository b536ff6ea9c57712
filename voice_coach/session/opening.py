"""What earlier sessions ask for first: a lock, days of pain, or going on where the last one broke off."""

from voice_coach.actions import Line
from voice_coach.clinical.past import BrokenOff, Lock
from voice_coach.clinical.red_signs import locked_because
from voice_coach.clinical.screening_questions import SCREENED
from voice_coach.exercise import plan
from voice_coach.exercise.prompts import number_text, when_text
from voice_coach.session import stop_rules, transitions
from voice_coach.session.states import Asking, Between, State
from voice_coach.session.turn import Turn


def screen(turn: Turn, *, before: tuple[Line, ...] = ()) -> State:
    """Ask about red flags as far as that is due (clinical rules 2c), then what is to be known for the exercise."""
    match turn.facts.past.screening:
        case "full":
            return transitions.ask(turn, SCREENED[0], before=(*before, *turn.prompt("say.screening")))
        case "daily":
            return transitions.ask(turn, "screen_daily", before=before)
        case _:
            return ask_to_resume(turn, before=before)


def welcome(turn: Turn) -> State:
    """Greet; a locked exercise is spoken of before anything else is asked."""
    facts = turn.facts
    again = "welcome.again" if facts.back_to or facts.exercise.continues else "welcome.back"
    hello = turn.prompt("welcome.first" if facts.first_run else again)
    unknown = turn.prompt("say.mended") if facts.past.mended else ()
    unknown = unknown if facts.past.readable else turn.prompt("say.past_unknown")
    if facts.lock:
        return transitions.ask(turn, "cleared", before=(*hello, *reason(turn, facts.lock), *turn.prompt("say.locked")))
    return after_lock(turn, before=(*hello, *unknown))


def reason(turn: Turn, lock: Lock) -> tuple[Line, ...]:
    """Return why and since when the exercise is locked."""
    other = turn.prompt("say.locked_other") if lock.elsewhere else ()
    return (*turn.prompt(locked_because(lock.reason), when=when_text(lock.weekday, lock.days_ago)), *other)


def after_lock(turn: Turn, *, before: tuple[Line, ...] = ()) -> State:
    """Go on where the exercise is not locked (any more): on the first run with the safety sentence (R6)."""
    if turn.facts.first_run:
        return transitions.ask(turn, "acknowledge", before=before)
    return after_acknowledged(turn, before=before)


def after_acknowledged(turn: Turn, *, before: tuple[Line, ...] = ()) -> State:
    """Say what is due by the days (R36, D6); after two weeks only who acknowledges it begins."""
    past = turn.facts.past
    before = (*before, *(turn.prompt("say.review_due") if past.review_due else ()))
    before = (*before, *(turn.prompt("say.no_better") if past.no_better else ()))
    if past.two_weeks:
        return transitions.ask(turn, "two_weeks", before=(*before, *turn.prompt("say.two_weeks")))
    return screen(turn, before=(*before, *(turn.prompt("say.week") if past.week else ())))


def stays_locked(turn: Turn, outcome: str) -> State:
    """End kindly, and name what to do: whom to see, and what can't wait."""
    return transitions.end(turn, outcome, *turn.prompt("say.still_locked"), *turn.prompt("say.emergency_signs"))


def ask_to_resume(turn: Turn, *, before: tuple[Line, ...] = ()) -> State:
    """Ask whether to go on where the last session broke off; where that can't be, say that it did, and begin anew."""
    broken = turn.facts.past.broken_off
    if not broken or broken.repetitions >= plan.total(turn.facts.exercise):
        return transitions.first_question(turn, before=before)
    number = number_text(plan.place(turn.facts.exercise, broken.repetitions + 1).number)
    if not broken.offered or (turn.facts.exercise.sides == "painful" and not broken.side):
        return transitions.first_question(turn, before=(*before, *turn.prompt("say.broke_off", done=number)))
    return transitions.ask(turn, "broken_off", before=(*before, *turn.prompt("say.broke_off_now", done=number)))


def resume_session(turn: Turn, broken: BrokenOff) -> State:
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
    return stop_rules.go_on(turn, following)
