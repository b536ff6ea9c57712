"""The first words, and what earlier sessions ask for before this one: a lock, a week or two of pain, nothing better.

A locked exercise has one way on: `clearing.cleared_sure`. Before it nothing else is asked (R10, R31).
"""

from voice_coach.actions import Line
from voice_coach.clinical.past import Lock
from voice_coach.clinical.red_signs import locked_because
from voice_coach.exercise.prompts import when_text
from voice_coach.session import enter, resuming
from voice_coach.session.listening import SCREENED
from voice_coach.session.state import State
from voice_coach.session.turn import Turn


def screen(turn: Turn, *, before: tuple[Line, ...] = ()) -> State:
    """Ask about red flags as far as that is due (clinical rules 2c), then what is to be known for the exercise."""
    match turn.facts.past.screening:
        case "full":
            return enter.ask(turn, SCREENED[0], before=(*before, *turn.prompt("say.screening")))
        case "daily":
            return enter.ask(turn, "screen_daily", before=before)
        case _:
            return resuming.first_question(turn, before=before)


def welcome(turn: Turn) -> State:
    """Greet; a locked exercise is spoken of before anything else is asked."""
    facts = turn.facts
    again = "welcome.again" if facts.back_to or facts.exercise.continues else "welcome.back"
    hello = turn.prompt("welcome.first" if facts.first_run else again)
    unknown = turn.prompt("say.mended") if facts.past.mended else ()
    unknown = unknown if facts.past.readable else turn.prompt("say.past_unknown")
    if facts.lock:
        return enter.ask(turn, "cleared", before=(*hello, *reason(turn, facts.lock), *turn.prompt("say.locked")))
    return after_lock(turn, before=(*hello, *unknown))


def reason(turn: Turn, lock: Lock) -> tuple[Line, ...]:
    """Return why and since when the exercise is locked."""
    other = turn.prompt("say.locked_other") if lock.elsewhere else ()
    return (*turn.prompt(locked_because(lock.reason), when=when_text(lock.weekday, lock.days_ago)), *other)


def after_lock(turn: Turn, *, before: tuple[Line, ...] = ()) -> State:
    """Go on where the exercise is not locked (any more): on the first run with the safety sentence (R6)."""
    if turn.facts.first_run:
        return enter.ask(turn, "acknowledge", before=before)
    return after_acknowledged(turn, before=before)


def after_acknowledged(turn: Turn, *, before: tuple[Line, ...] = ()) -> State:
    """Say what is due by the days (R36, D6); after two weeks only who acknowledges it begins."""
    past = turn.facts.past
    before = (*before, *(turn.prompt("say.no_better") if past.no_better else ()))
    if past.two_weeks:
        return enter.ask(turn, "two_weeks", before=(*before, *turn.prompt("say.two_weeks")))
    return screen(turn, before=(*before, *(turn.prompt("say.week") if past.week else ())))


def stays_locked(turn: Turn, outcome: str) -> State:
    """End kindly, and name what to do: whom to see, and what can't wait."""
    return enter.end(turn, outcome, *turn.prompt("say.still_locked"), *turn.prompt("say.emergency_signs"))
