"""What follows in a programme: how the exercise went is looked up among the exercise's `follows`.

It is come to only from where an exercise ends in order: behind its last questions, and where it can't be done. What
else ends a session (a lock, a question about red flags, no answer, "stop" said twice) ends the programme. So does any
red sign, also one that was settled, whatever `follows` has (R10, R31).
"""

from voice_coach.actions import Line
from voice_coach.exercise import timetable
from voice_coach.exercise.model import Follow
from voice_coach.session import enter, places
from voice_coach.session.state import State
from voice_coach.session.turn import Turn

CANNOT = "cannot"
"""How an exercise went that the person could not do."""
_BETTER = frozenset({"better", "gone", "centralised"})


def outcome_of(turn: Turn) -> str:
    """Return how it went: `better`, `same`, `unsure` or `stopped`; if it hurts more, neither of the first two."""
    facts = turn.facts
    if facts.change == "unsure" or (facts.change and places.hurts_more(turn)):
        return "unsure"
    if facts.outcome != "completed" or not facts.change:
        return "stopped"
    return "better" if facts.change in _BETTER else "same"


def barred(turn: Turn) -> bool:
    """Tell whether nothing may follow, whatever the programme says."""
    facts = turn.facts
    return facts.alarmed or facts.red is not None or facts.lock is not None


def go(turn: Turn, outcome: str, *lines: Line, resume: State | None = None) -> State:
    """End the session; where a step of the programme follows, it is named, and asked about where it is to be."""
    facts = turn.facts
    follow = None if barred(turn) else facts.exercise.follows.get(outcome)
    if follow is None:
        return enter.end(turn, facts.outcome, *lines, resume=resume)
    named = (*lines, *turn.prompt("say.then_comes"), timetable.name_line(follow.exercise, follow.name))
    if follow.asked:
        return enter.ask(turn, "onward", before=named, about=outcome)
    return hand_over(turn, follow, *named)


def hand_over(turn: Turn, follow: Follow, *lines: Line) -> State:
    """End, to be followed by a step of the programme."""
    turn.know(then=follow.exercise, onward=follow.step)
    return enter.end(turn, turn.facts.outcome, *lines, short=True)
