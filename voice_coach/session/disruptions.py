"""Events that nobody spoke: the sound is lost or back, a record is saved, the program is asked to end."""

from dataclasses import replace

from voice_coach.actions import Earcon, Play
from voice_coach.events import AudioLost, Saved
from voice_coach.records import Paused as PausedRecord
from voice_coach.session import commands, deletion, replies, transitions
from voice_coach.session.states import Between, Counting, Done, Ending, Paused, State
from voice_coach.session.turn import Turn
from voice_coach.timebase import samples

LONG_SILENCE = samples(20)
"""After so long without sound nobody holds the position any more: counting goes on only when that is said."""

FAULTS = {"muted": "fault.muted", "monitor": "fault.monitor", "clipped": "fault.clipped"}
"""What is said of a microphone that brings nothing to be understood, by the fault's name."""


def saved(turn: Turn, state: State, event: Saved) -> State:
    """Note that a record is on disk, or that it cannot be; that is told when the next thing is said."""
    facts = turn.facts
    if isinstance(state, Ending) and event.number == facts.forgetting:
        return deletion.over(turn, event)
    turn.know(unsaved=facts.unsaved - {event.number}, log_failed=facts.log_failed or bool(event.error))
    return transitions.begin_if_ready(turn, state) if isinstance(state, Between) else state


def lost(turn: Turn, state: State, event: AudioLost) -> State:
    """Rest until there is sound again; last words that nobody can hear end the session.

    The words of a stop are not cut off where they can be heard: what is wrong is told behind them.
    """
    if isinstance(state, Paused):
        _tell(turn, event.fault)
        return replace(state, fault=event.fault)
    if event.fault and (isinstance(state, Ending) or turn.facts.red):
        _tell(turn, event.fault)
        return state
    turn.hush()
    if isinstance(state, Ending):
        return transitions.done(turn)
    turn.record(PausedRecord(event.at, f"device: {event.reason}"))
    _tell(turn, event.fault)
    return replace(transitions.pause(turn, state, by_device=True), fault=event.fault)


def _tell(turn: Turn, fault: str) -> None:
    """Say what to do, where anything can be heard."""
    if fault:
        turn.do(Play(Earcon.PROBLEM, turn.at))
        turn.say(*turn.prompt(FAULTS[fault]))


def back(turn: Turn, state: State) -> State:
    """Go on by oneself after a short loss; a pause that the user asked for stays one."""
    if not isinstance(state, Paused):
        return state
    if state.fault:
        turn.hush()  # what was wrong is so no more
    state = replace(state, fault="")
    if not state.by_device:
        return replies.reply(turn, state, turn.prompt("say.still_paused"))
    lines = turn.prompt("say.back_again")
    if isinstance(state.resume, Counting) and turn.at - state.since > LONG_SILENCE:
        turn.say(*lines, *turn.prompt("say.position"))
        return replace(state, by_device=False, reminders=0, wake_at=turn.at + transitions.PAUSE_REMINDER)
    return commands.resume(turn, state, before=lines)


def interrupted(turn: Turn, state: State) -> Done:
    """End at once; what had been reached stays as it was, and nothing follows."""
    turn.hush()
    turn.know(then="", onward="")
    if not isinstance(state, Ending):
        turn.know(outcome="stopped" if turn.facts.red else "interrupted")
    return transitions.done(turn)


def still_paused(turn: Turn, state: Paused) -> State:
    """Remind of the pause each minute; after five the session ends by itself, and is saved (V5, V24)."""
    if state.reminders + 1 >= transitions.PAUSE_ENDS:
        outcome = "completed" if turn.complete else "interrupted" if state.by_device else "no_answer"
        lines = (*turn.prompt("say.no_answer"), *transitions.rest_lines(turn))
        return transitions.end(turn, outcome, *lines, short=True)
    if state.fault:
        _tell(turn, state.fault)
    elif not state.by_device:
        turn.say(*turn.prompt("say.still_paused"))
    return replace(state, reminders=state.reminders + 1, wake_at=turn.at + transitions.PAUSE_REMINDER)
