"""Interruptions by the person: a cry of pain, "stop", "finish", and taking "finish" back (V10).

Stop first, ask afterwards (R10, R31); what a red sign leads to is in `stop_rules`.
"""

from dataclasses import replace

from voice_coach.clinical.red_signs import GRAVEST_FIRST
from voice_coach.events import Intent
from voice_coach.records import Stopped
from voice_coach.session import calling, getting_up, stop_rules, transitions
from voice_coach.session.checks import AFTER_CRY, GO_ON, stopped_for_good, take_up
from voice_coach.session.follow_ups import ONWARD
from voice_coach.session.getting_up import CALL_FOR_HELP
from voice_coach.session.instructions import DOUBT_DONE
from voice_coach.session.pain_scale import PAIN_AFTER
from voice_coach.session.questions import failed, origin
from voice_coach.session.states import Asking, Ending, Instructing, Phase, State, Staying
from voice_coach.session.turn import Turn
from voice_coach.timebase import Samples, samples

FINISH_TAKEN_BACK = samples(30)
"""How long "resume" can take a "finish" back (V10)."""


def pain_cry(turn: Turn, state: State, intent: Intent) -> State:
    """Pause at once and ask; no answer counts as worse."""
    stop_rules.silence(turn, state, intent, red=True)
    turn.drop_pending()
    if turn.facts.findings.red or isinstance(state, Staying) or stop_rules.who_calls(turn, state, intent):
        return stop_rules.after_red(turn, state, intent, "pain_cry", again=True)
    lines = (*turn.prompt("say.stopped"), *transitions.rest_lines(turn))
    if isinstance(state, Ending):
        return transitions.end(turn, turn.facts.progress.outcome, *lines)
    resume = None if isinstance(state, Asking) and state.question == ONWARD else origin(state)
    return transitions.ask(turn, AFTER_CRY, before=lines, resume=resume)  # nothing follows a cry


def stop(turn: Turn, state: State, intent: Intent) -> State:
    """Stop at once, then offer to go on. A second "stop" ends the session.

    A doubtful one does not end it, but has the question asked again: "okay, can go on" sounds like "stop".
    """
    if intent.ask and isinstance(state, Asking) and (state.question == GO_ON or state.question.phase is Phase.CLOSING):
        return failed(turn, state, heard=True)
    stop_rules.silence(turn, state, intent, red=False)
    turn.drop_pending()
    if isinstance(state, Ending):
        return transitions.done(turn)
    if turn.facts.findings.red:
        return transitions.end(turn, "stopped", *stop_rules.stop_words(turn), short=True)
    asked = state.question if isinstance(state, Asking) else None
    stopped = (*turn.prompt("say.stopped"), *transitions.rest_lines(turn))
    if asked == GO_ON:
        return transitions.end(turn, "completed" if turn.complete else "stopped", *stopped, short=True)
    if asked and asked.phase is Phase.CLOSING:
        return transitions.end(turn, turn.facts.progress.outcome, *stopped, short=True)
    return transitions.ask(turn, GO_ON, before=stopped, resume=origin(state))


def call_help(turn: Turn, state: State, intent: Intent) -> State:
    """Call for help at once, or ask if it was doubtful; a sign in the same breath counts as one."""
    if intent.ask:
        return cant_get_up(turn, state, intent)
    sign = next((name for name in GRAVEST_FIRST if name in intent.also), None)
    if sign and sign != "pain_cry":
        return stop_rules.red(turn, state, intent, sign)
    stop_rules.silence(turn, state, intent, red=sign is not None)
    if turn.facts.log.forgetting:  # the log is being deleted, so nothing more can be recorded
        return transitions.end(turn, "stopped", *calling.first_words(turn))
    return getting_up.call(turn, state, intent.text, "user")


def cant_get_up(turn: Turn, state: State, intent: Intent) -> State:
    """Stop at once, and ask whether to call for help."""
    stop_rules.silence(turn, state, intent, red=False)
    turn.drop_pending()
    if isinstance(state, Ending) and turn.facts.log.forgetting:
        return transitions.end(turn, "stopped", *turn.prompt("say.still_with_you"))
    return transitions.ask(turn, CALL_FOR_HELP, before=turn.prompt("say.stopped"), resume=origin(state))


def finish(turn: Turn, state: State, intent: Intent) -> State:
    """End early at the person's wish, which can be taken back for half a minute."""
    turn.hush()
    turn.know(then="", onward="")
    if isinstance(state, Ending):
        return transitions.done(turn)
    if turn.facts.findings.red:
        cut_off = isinstance(state, Asking) and state.token
        return transitions.end(turn, "stopped", *(stop_rules.stop_words(turn) if cut_off else ()))
    asked = state.question if isinstance(state, Asking) else None
    if asked == GO_ON:
        return stopped_for_good(turn)
    if asked and asked.phase is Phase.CLOSING:
        return transitions.end(
            turn, turn.facts.progress.outcome, resume=state.resume if isinstance(state, Asking) else None
        )
    if isinstance(state, Instructing) and (intent.ask or intent.text in {"i'm done", "i am done", "all done"}):
        return transitions.ask(turn, DOUBT_DONE, resume=state)
    return finished(turn, state, intent)


def finished(turn: Turn, state: State, intent: Intent) -> State:
    """Close the session at the person's wish."""
    repetition, phase = transitions.place_of(state, intent.at)
    turn.record(Stopped(intent.at, repetition, phase, intent.name, intent.text, "user", red=False))
    turn.know(outcome="completed" if turn.complete else "finished_early", finished_at=intent.at)
    turn.drop_pending()
    offer = () if turn.complete else turn.prompt("say.take_back")
    lines = (*turn.prompt("say.finishing"), *transitions.rest_lines(turn), *offer)
    if not turn.facts.progress.repetitions:
        return transitions.end(turn, "finished_early", *lines, resume=origin(state))
    return transitions.ask(turn, PAIN_AFTER, before=lines, resume=origin(state))


def can_take_back(turn: Turn, state: State) -> bool:
    """Tell whether "resume" would take back a "finish" now."""
    closing = isinstance(state, Ending) or (isinstance(state, Asking) and state.question.phase is Phase.CLOSING)
    return (
        closing
        and isinstance(state, Ending | Asking)
        and state.resume is not None
        and turn.facts.progress.outcome == "finished_early"
        and turn.at <= turn.facts.progress.finished_at + FINISH_TAKEN_BACK
    )


def take_back(turn: Turn, state: State | None) -> State:
    """Go on although "finish" was said."""
    turn.hush()
    turn.know(outcome="completed")
    return take_up(turn, state)


def last_words_said(turn: Turn, state: Ending) -> State:
    """End the session, or wait while "finish" can still be taken back."""
    until: Samples = turn.facts.progress.finished_at + FINISH_TAKEN_BACK
    if can_take_back(turn, state) and turn.at < until:
        return replace(state, token=0, wake_at=until)
    return transitions.done(turn)
