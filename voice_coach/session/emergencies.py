"""After a sign of an emergency or a call for help, the coach stays with the person until help arrives.

The sign is on disk before the first word, and a call for help before it is made. Then the coach says the number, and
repeats it every 30 seconds, after ten minutes every five minutes; never while somebody speaks, who may be on the phone.
After an hour, or at "finish", the session ends.
"""

from dataclasses import replace
from typing import Final

from voice_coach.actions import Line
from voice_coach.clinical.red_signs import RED
from voice_coach.dialogue.emergency import MAX_TALK, OFTEN, OFTEN_FOR, QUIET
from voice_coach.dialogue.turn import MAX_ANSWER_LENGTH, MAX_SPEECH_LENGTH
from voice_coach.events import HelpCalled, Intent
from voice_coach.records import By
from voice_coach.session import calling, transitions
from voice_coach.session.states import State, Staying
from voice_coach.session.turn import Turn
from voice_coach.timebase import Samples, samples

MAX_WRITING: Final = samples(2)
"""The longest that the words wait for the disk: a disk that hangs must not hold the number back."""
SELDOM: Final = samples(5 * 60)
"""How often the number is repeated after `OFTEN_FOR`."""
MAX_STAY: Final = samples(60 * 60)


def stay(turn: Turn, state: State, *words: Line, call: By | None = None, said: str = "") -> Staying:
    """Say the words of the stop once the sign is on disk, and stay; `call`: by whom help is called, if at all."""
    turn.know(outcome="completed" if turn.complete and not turn.facts.findings.red else "stopped", then="", onward="")
    turn.drop_pending()
    turn.listen("emergency")
    before = state if isinstance(state, Staying) else None
    since = before.since if before and not call else turn.at
    staying = Staying(
        turn.facts,
        0,
        turn.at + MAX_WRITING,
        (*words, *(calling.first_words(turn) if call else _offer(turn, before))),
        since,
        unsaid=True,
        call=calling.call(turn, said, call) if call else before.call if before else None,
        shouting=bool(call or (before and before.shouting)),
        loud=bool(before and before.loud),
    )
    return staying if turn.facts.log.unsaved else _first_words(turn, staying)


def saved(turn: Turn, state: Staying) -> Staying:
    """Say the first words, now that everything is on disk or known to have failed."""
    return _first_words(turn, state) if state.unsaid and not turn.facts.log.unsaved else state


def played(turn: Turn, state: Staying) -> Staying:
    """Wait until the number is due again."""
    if state.loud:
        calling.restore_volume(turn)
    return replace(state, token=0, loud=False, wake_at=_due(turn, state))


def woke(turn: Turn, state: Staying) -> State:
    """Say the number again; while somebody speaks wait for them, and after an hour end."""
    if state.unsaid:
        return _first_words(turn, state)
    if turn.at >= state.since + MAX_STAY:
        return transitions.done(turn)
    if state.token:  # no event has told the end of the speech
        return played(turn, state)
    if state.talking and turn.at < state.talking + MAX_TALK:
        return replace(state, wake_at=_before_the_end(turn.at + MAX_ANSWER_LENGTH, state))
    shout = turn.prompt("say.help_needed") if state.shouting else ()
    return _say(turn, replace(state, talking=0), (*turn.prompt("say.still_with_you"), *shout), loud=state.shouting)


def voice(turn: Turn, state: Staying, *, talking: bool) -> Staying:
    """Keep silent while somebody speaks, and for a moment after it."""
    if state.unsaid or state.token:
        return replace(state, talking=turn.at if talking else 0)
    quiet = MAX_ANSWER_LENGTH if talking else QUIET
    wake_at = max(state.wake_at, turn.at + quiet)
    return replace(state, talking=turn.at if talking else 0, wake_at=_before_the_end(wake_at, state))


def reply(turn: Turn, state: Staying, lines: tuple[Line, ...]) -> Staying:
    """Say something; words that still wait for the disk come first."""
    turn.hush()
    if state.unsaid:
        return replace(state, lines=(*state.lines, *lines))
    return _say(turn, state, lines)


def called(turn: Turn, state: Staying, event: HelpCalled) -> Staying:
    """Say what came of the call."""
    prompt = calling.record_attempt(turn, event)
    return reply(turn, state, turn.prompt(prompt)) if prompt else state


def cut_off(turn: Turn, state: Staying) -> Staying:
    """Note that the speech was cut off; the number is said again when the sound is back."""
    if state.loud:
        calling.restore_volume(turn)
    return replace(state, token=0, loud=False)


def heard_again(turn: Turn, state: Staying) -> Staying:
    """Say the number: sound works again."""
    return reply(turn, state, _whom(turn))


def understood(turn: Turn, state: Staying, intent: Intent) -> State | None:
    """Answer what the person says; None: it is another sign, or about volume or pace, and is handled as usual."""
    intent = calling.prefer_call(intent)
    match intent.name:
        case "louder" | "quieter" | "voice_slower" | "voice_faster":
            return None
        case calling.CALL_HELP if not intent.ask:
            turn.hush()
            return stay(turn, state, call="user", said=intent.text)
        case calling.CALL_HELP | calling.CANT_GET_UP:
            return reply(turn, state, (*_whom(turn), *turn.prompt("say.can_call")))
        case "help_here":
            return _arrived(turn, state)
        case "help_coming":
            return _coming(turn, state)
        case "may_move":
            return reply(turn, state, turn.prompt("say.may_move"))
        case "are_you_there":
            return reply(turn, state, turn.prompt("say.still_with_you"))
        case "finish" if intent.slots.get("plainly") and not intent.ask:
            turn.hush()
            return transitions.done(turn)
        case "stop" | "finish" | "pause":  # it also stops shouting
            return reply(turn, replace(state, shouting=False), turn.prompt("say.finish_ends"))
        case name if name in RED:
            return None
        case _:
            return reply(turn, state, _whom(turn))


def _arrived(turn: Turn, state: Staying) -> Staying:
    return reply(turn, replace(state, arrived=True, shouting=False), turn.prompt("say.help_here"))


def _coming(turn: Turn, state: Staying) -> Staying:
    return reply(turn, replace(state, shouting=False), turn.prompt("say.help_coming"))


def _whom(turn: Turn) -> tuple[Line, ...]:
    """Return whom to call after a sign; without one the number."""
    return turn.contact() if turn.facts.findings.red else turn.prompt("say.still_with_you")


def _offer(turn: Turn, before: Staying | None) -> tuple[Line, ...]:
    """Return, at the first sign, that the coach can call: where it was set up to."""
    return turn.prompt("say.can_call") if turn.facts.plan.help_ways and not before else ()


def _first_words(turn: Turn, state: Staying) -> Staying:
    if state.call:
        turn.do(state.call)
    return _say(turn, replace(state, unsaid=False, call=None), state.lines, loud=state.shouting)


def _say(turn: Turn, state: Staying, lines: tuple[Line, ...], *, loud: bool = False) -> Staying:
    if loud:
        calling.raise_volume(turn)
    elif state.loud:
        calling.restore_volume(turn)
    return replace(state, token=turn.say(*lines), loud=loud, wake_at=turn.at + MAX_SPEECH_LENGTH)


def _due(turn: Turn, state: Staying) -> Samples:
    often = turn.at < state.since + OFTEN_FOR and not state.arrived
    return _before_the_end(turn.at + (OFTEN if often else SELDOM), state)


def _before_the_end(at: Samples, state: Staying) -> Samples:
    return min(at, state.since + MAX_STAY)
