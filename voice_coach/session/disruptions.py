"""Events other than speech: sound or hearing is lost or back, a record is saved, the program must end."""

from dataclasses import replace

from voice_coach.actions import Earcon, Play
from voice_coach.dialogue.turn import MAX_SPEECH_LENGTH
from voice_coach.events import AudioLost, HearingLost, HelpCalled, Saved
from voice_coach.records import Paused as PausedRecord
from voice_coach.session import calling, commands, deletion, emergencies, replies, transitions
from voice_coach.session.states import Between, Counting, Done, Ending, Paused, Performing, State, Staying
from voice_coach.session.turn import Turn
from voice_coach.timebase import samples

LONG_SILENCE = samples(20)
"""After this long without sound nobody still holds the position, so counting goes on only when the person says so."""

LAST_WORDS_WAIT = samples(2.4)
"""How long the last words wait for lost sound: half a minute, as the clock then gets 20 ms every 0.25 s."""

FAULTS = {"muted": "fault.muted", "monitor": "fault.monitor", "clipped": "fault.clipped"}
"""The prompt for each fault of the microphone, by the fault's name."""


def saved(turn: Turn, state: State, event: Saved) -> State:
    """Note that a record is on disk, or can't be written, which the coach says with its next words."""
    facts = turn.facts
    if isinstance(state, Ending) and event.number == facts.log.forgetting:
        return deletion.over(turn, event)
    turn.know(unsaved=facts.log.unsaved - {event.number}, log_failed=facts.log.log_failed or bool(event.error))
    if isinstance(state, Staying):
        return emergencies.saved(turn, state)
    return transitions.begin_if_ready(turn, state) if isinstance(state, Between) else state


def help_called(turn: Turn, state: State, event: HelpCalled) -> State:
    """Note what came of a call for help."""
    if isinstance(state, Staying):
        return emergencies.called(turn, state, event)
    calling.record_attempt(turn, event)
    return state


def lost(turn: Turn, state: State, event: AudioLost) -> State:
    """Pause until there is sound again; last words wait no longer than `LAST_WORDS_WAIT`.

    The words of a stop are not cut off if they can be heard; the fault is named after them.
    """
    if isinstance(state, Paused):
        _tell(turn, event.fault)
        return replace(state, fault=event.fault, no_sound=True)
    if event.fault and (isinstance(state, Ending) or turn.facts.findings.red):
        _tell(turn, event.fault)
        return state
    turn.hush()
    if isinstance(state, Staying):  # the number is said again as soon as anything can be heard
        turn.record(PausedRecord(event.at, f"device: {event.reason}"))
        return emergencies.cut_off(turn, state)
    if isinstance(state, Ending):
        return _last_words_lost(turn, state)
    turn.record(PausedRecord(event.at, f"device: {event.reason}"))
    _tell(turn, event.fault)
    return replace(transitions.pause(turn, state, by_device=True), fault=event.fault, no_sound=True)


def _tell(turn: Turn, fault: str) -> None:
    """Say what to do about a fault, if the coach can be heard; once for each fault until the sound has been back."""
    if fault and fault != turn.facts.speech.fault:
        _say_fault(turn, fault)


def _say_fault(turn: Turn, fault: str) -> None:
    turn.know(fault=fault)
    turn.do(Play(Earcon.PROBLEM, turn.at))
    turn.say(*turn.prompt(FAULTS[fault]))


def _last_words_lost(turn: Turn, state: Ending) -> State:
    """Wait a little for the sound if there are words left to say; otherwise end."""
    if state.unheard:
        return state
    if not state.token:
        return transitions.done(turn)
    return replace(state, token=0, wake_at=turn.at + LAST_WORDS_WAIT, unheard=True)


def back(turn: Turn, state: State) -> State:
    """Go on after a short loss, unless nothing can be understood for another reason."""
    turn.know(fault="")
    if isinstance(state, Ending) and state.unheard:
        token = turn.say(*state.lines)
        return replace(state, token=token, wake_at=turn.at + MAX_SPEECH_LENGTH, unheard=False)
    if isinstance(state, Staying):
        return emergencies.heard_again(turn, state)
    if not isinstance(state, Paused):
        return state
    if state.fault:
        turn.hush()  # the fault is over
    state = replace(state, fault="", no_sound=False)
    if turn.facts.speech.deaf:
        transitions.tell_of_trouble(turn)
        return state
    return _go_on(turn, state)


def hearing_lost(turn: Turn, state: State, event: HearingLost) -> State:
    """Stop counting while "stop" would be understood too late, until it is understood in time again; or end for good.

    A question or step stays open, as its answer may still come. When it would time out, the session pauses instead.
    """
    if isinstance(state, Ending | Staying):
        return state
    if event.for_good:
        return _deaf_for_good(turn, state, event)
    turn.know(deaf=True)
    if isinstance(state, Performing):
        turn.hush()
        return transitions.rest_unheard(turn, state)
    if isinstance(state, Paused) and not _is_unheard(state):
        transitions.tell_of_trouble(turn)
    return state


def hearing_back(turn: Turn, state: State) -> State:
    """Go on without being asked to, unless the sound is lost as well."""
    turn.know(deaf=False)
    return _go_on(turn, state) if isinstance(state, Paused) and not state.no_sound else state


def _deaf_for_good(turn: Turn, state: State, event: HearingLost) -> State:
    """Say that the session ends and how to let go; if nobody can hear that, end at once."""
    if not turn.facts.findings.red:
        turn.hush()
    turn.know(then="", onward="")
    turn.record(PausedRecord(event.at, f"hearing: {event.reason}"))
    outcome = "completed" if turn.complete else "interrupted"
    if _is_unheard(state):
        turn.know(outcome="stopped" if turn.facts.findings.red else outcome)
        return transitions.done(turn)
    return transitions.end(turn, outcome, *turn.prompt("say.hearing_gone"), *transitions.rest_lines(turn))


def _is_unheard(state: State) -> bool:
    """Tell whether the sound is lost, so that nobody would hear the coach."""
    return isinstance(state, Paused) and state.no_sound and not state.fault


def _go_on(turn: Turn, state: Paused) -> State:
    """Go on without being asked to after a short loss; a pause that the user asked for goes on."""
    if not state.by_device:
        return replies.reply(turn, state, turn.prompt("say.still_paused"))
    lines = turn.prompt("say.back_again")
    if isinstance(state.resume, Counting) and turn.at - state.since > LONG_SILENCE:
        turn.say(*lines, *turn.prompt("say.position"))
        return replace(state, by_device=False, reminders=0, wake_at=turn.at + transitions.PAUSE_REMINDER)
    return commands.resume(turn, state, before=lines)


def interrupted(turn: Turn, state: State) -> Done:
    """End at once; the outcome is what had been reached, and nothing follows."""
    turn.hush()
    turn.know(then="", onward="")
    if not isinstance(state, Ending):
        turn.know(outcome="stopped" if turn.facts.findings.red else "interrupted")
    return transitions.done(turn)


def still_paused(turn: Turn, state: Paused) -> State:
    """Remind of the pause each minute; after five the session ends by itself, and is saved (V5, V24)."""
    if state.reminders + 1 >= transitions.PAUSE_ENDS:
        outcome = "completed" if turn.complete else "interrupted" if state.by_device else "no_answer"
        lines = (*turn.prompt("say.no_answer"), *transitions.rest_lines(turn))
        return transitions.end(turn, outcome, *lines, short=True)
    if state.fault:
        _say_fault(turn, state.fault)
    elif turn.facts.speech.deaf and not state.no_sound:
        turn.say(*turn.prompt("say.still_trouble"))
    elif not state.by_device:
        turn.say(*turn.prompt("say.still_paused"))
    return replace(state, reminders=state.reminders + 1, wake_at=turn.at + transitions.PAUSE_REMINDER)
