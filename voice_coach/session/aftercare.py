"""Five minutes after a red sign, ask whether it has settled. The answer is only logged; it opens no lock (rules 2b)."""

from dataclasses import replace
from typing import Final

from voice_coach.actions import Line
from voice_coach.session import transitions
from voice_coach.session.states import Settling, State
from voice_coach.session.turn import Turn
from voice_coach.timebase import Samples, samples

ASK_AFTER_STOP: Final[Samples] = samples(5 * 60)
"""How long after the stop the question comes."""

MIN_SINCE_SPEECH: Final[Samples] = samples(20)
"""How long after the last thing that was said the question comes at the earliest."""


def begin(turn: Turn, *lines: Line) -> State:
    """Say these lines and rest; end instead if the person has not taken the position, or was asked already."""
    if turn.facts.findings.settled or not turn.facts.progress.lying:
        return transitions.end(turn, "stopped", *lines, short=True)
    turn.know(settled=True)
    return _rest(turn, turn.facts.findings.stopped_at + ASK_AFTER_STOP, (*lines, *turn.prompt("say.settling")))


def rest_on(turn: Turn, state: Settling, *lines: Line) -> Settling:
    """Say lines that "repeat" will say again, and go on resting."""
    return _rest(turn, state.wake_at, lines)


def reply(turn: Turn, state: Settling, lines: tuple[Line, ...]) -> Settling:
    """Answer a request of the person while resting."""
    turn.say(*lines)
    return replace(state, wake_at=max(state.wake_at, turn.at + MIN_SINCE_SPEECH))


def goes_on(turn: Turn, state: Settling) -> Settling:
    """Rest on after a question in between."""
    turn.listen("resting")
    return reply(turn, state, turn.prompt("say.rest_on"))


def _rest(turn: Turn, until: Samples, lines: tuple[Line, ...]) -> Settling:
    turn.say(*lines)
    turn.listen("resting")
    return Settling(turn.facts, max(until, turn.at + MIN_SINCE_SPEECH), lines)


def over(turn: Turn) -> State:
    """End the session; the last words are whom to contact, as after the stop."""
    return transitions.end(turn, "stopped", *turn.contact(), short=True)
