"""Five minutes after a red sign: has it settled? Only for the log; it opens no lock (clinical rules 2b)."""

from dataclasses import replace
from typing import Final

from voice_coach.actions import Line
from voice_coach.session import transitions
from voice_coach.session.states import Settling, State
from voice_coach.session.turn import Turn
from voice_coach.timebase import Samples, samples

ASK_AFTER_STOP: Final[Samples] = samples(5 * 60)
"""From the stop to the question."""

MIN_SINCE_SPEECH: Final[Samples] = samples(20)
"""From the last thing that was said to the question."""


def begin(turn: Turn, *lines: Line) -> State:
    """Say the last of what is to be said now and rest, once; who had not begun, or was asked, is seen off."""
    if turn.facts.findings.settled or not turn.facts.progress.lying:
        return transitions.end(turn, "stopped", *lines, short=True)
    turn.know(settled=True)
    return _rest(turn, turn.facts.findings.stopped_at + ASK_AFTER_STOP, (*lines, *turn.prompt("say.settling")))


def rest_on(turn: Turn, state: Settling, *lines: Line) -> Settling:
    """Say something, which "repeat" says again, and go on resting."""
    return _rest(turn, state.wake_at, lines)


def reply(turn: Turn, state: Settling, lines: tuple[Line, ...]) -> Settling:
    """Answer a wish of the person who rests."""
    turn.say(*lines)
    return replace(state, wake_at=max(state.wake_at, turn.at + MIN_SINCE_SPEECH))


def _rest(turn: Turn, until: Samples, lines: tuple[Line, ...]) -> Settling:
    turn.say(*lines)
    turn.listen("nothing")
    return Settling(turn.facts, max(until, turn.at + MIN_SINCE_SPEECH), lines)


def over(turn: Turn) -> State:
    """End; what was said after the stop stays the last word."""
    return transitions.end(turn, "stopped", *turn.contact(), short=True)
