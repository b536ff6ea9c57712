"""Easier exercises where the position can't be taken, one at a time, and the way back (R17, clinical rules 3).

Each is a session of its own, with its own lock and log; this one ends and names what follows.
"""

from voice_coach.actions import Line
from voice_coach.exercise import timetable
from voice_coach.session import enter, onward
from voice_coach.session.state import State
from voice_coach.session.turn import Turn


def offer(turn: Turn, refused: str = "", *, before: tuple[Line, ...] = ()) -> State:
    """Offer the alternative behind the refused one; behind the last, and under a lock, the session ends kindly."""
    names = {} if turn.facts.lock else timetable.alternatives(turn.facts.exercise)
    offered = list(names)
    left = offered[offered.index(refused) + 1 :] if refused else offered
    if not left:
        ask = turn.prompt("say.ask_physio") if names else ()
        return onward.go(turn, onward.CANNOT, *before, *ask)
    lead = (*before, *turn.prompt("say.another" if refused else "say.easier"), names[left[0]])
    return enter.ask(turn, "easier", before=lead, about=left[0])


def hand_over(turn: Turn, to: str) -> State:
    """End, to be followed by another exercise."""
    turn.know(then=to)
    return enter.end(turn, turn.facts.outcome, *turn.prompt("say.we_try"), short=True)
