"""The answers about how it feels now: better, same, gone; and whether to go on (R9, R30, V11)."""

from dataclasses import replace

from voice_coach.events import Intent
from voice_coach.session import enter, settling, stopping
from voice_coach.session.intake import asked_first
from voice_coach.session.listening import TROUBLE
from voice_coach.session.questions import LAST_WORDING, became_red, failed, following
from voice_coach.session.state import Asking, Between, State
from voice_coach.session.turn import Turn

GOOD = frozenset({"better", "gone", "centralised"})
"""Green: go on (R9, R30)."""

_DOUBTFUL = {"better": "doubt_less", "same": "doubt_same", "gone": "doubt_gone"}
_GO_ON = frozenset({"yes", "ready_next", "resume"})


def worded(state: Asking, intent: Intent) -> str:
    """Return the intent's name; in the last wording, "Is it worse?", yes and no stand for worse and the same."""
    meant = {"yes": "worse", "no": "same"} if state.failures == LAST_WORDING else {}
    return meant.get(intent.name, intent.name)


def change(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take better, gone, same, ... (the red answers were taken before)."""
    name = worded(state, intent)
    if name == "worse":
        return stopping.red(turn, state, intent, name)
    if name in TROUBLE:
        return trouble(turn, state, intent)
    if name == "unsure" and state.question == "check":
        turn.hush()
        turn.answer(enter.label(state), name, intent)
        return enter.ask(turn, "unsure_place", resume=state)
    if name not in {
        *GOOD,
        "same",
    }:  # unsure is never taken for better; a stretch is no answer, "I feel it in my ..." none
        return failed(turn, state, heard=True)
    turn.hush()
    if intent.ask and name in _DOUBTFUL:
        return enter.ask(turn, _DOUBTFUL[name], resume=state, about=name)
    turn.answer(enter.label(state), name, intent)
    if state.question == "after_cry" and state.resume is None:
        return enter.end(turn, turn.facts.outcome)
    if state.question == "after_cry":
        return enter.ask(turn, "go_on", resume=state.resume)
    if intent.ask and not turn.complete:  # out of the leg, but the back is sorer: go on only when that is said
        return enter.ask(turn, "go_on", resume=next_repetition(turn))
    before = turn.praise() if name in GOOD else turn.prompt("say.as_before") if name == "same" else ()
    if name == "same" and turn.complete:
        before = (*before, *turn.prompt("say.check_position"))
    return following(turn, state, before=before)


def settled(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take how it is five minutes after the stop (the red answers were taken before); the log keeps it."""
    name = worded(state, intent)
    if name == "worse":
        return stopping.red(turn, state, intent, name)
    if name not in {*GOOD, "same", "unsure"}:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("settle_check", "better" if name in GOOD else "same" if name == "same" else None, intent)
    return settling.over(turn)


def trouble(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take after a cry of pain what it was that could not be done."""
    if intent.name == "cant_side":
        return stopping.cannot_lie(turn, state, intent)
    turn.hush()
    turn.answer(state.question, intent.name, intent)
    easier = stopping.cannot(turn, len(turn.facts.exercise.steps), intent.name)
    return enter.ask(turn, "go_on", before=easier, resume=state.resume)


def next_repetition(turn: Turn) -> Between:
    """Return the repetition that follows, as the place to go on at."""
    return Between(turn.facts, turn.facts.repetitions + 1, 0, turn.at)


def go_on(turn: Turn, state: Asking, intent: Intent) -> State:
    """Go on only when that is said."""
    if intent.name not in {*_GO_ON, "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("go_on", "no" if intent.name == "no" else "yes", intent)
    if intent.name == "no":
        return stopping.stopped_for_good(turn)
    return stopping.go_on(turn, state.resume)


def doubted_red(turn: Turn, state: Asking, intent: Intent) -> State:
    """Settle whether a red word was meant."""
    if intent.name == "yes":
        return became_red(turn, state, intent)
    if intent.name not in {"no", "better", "gone", "same", "centralised"} or intent.ask:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer(state.question, "no", intent)
    first = asked_first(state)
    if state.question == "doubt_new" and first.question == "furthest_before":
        return enter.ask(turn, "doubt_leg", resume=first)
    return enter.back_to(turn, state.resume)


def doubted_change(turn: Turn, state: Asking, intent: Intent) -> State:
    """Settle "it's going down", "no better" and "gone"; said again, the word is meant."""
    check = asked_first(state)
    name, question = intent.name, state.question
    if question == "doubt_less" and name in {"yes", "no"}:
        if state.failures == 0:  # "The pain is less, or it moves lower?" is not answered by "yes"
            return failed(turn, state, heard=True)
        if name == "yes":
            return stopping.red(turn, state, intent, "peripheralised")
        name = "better"
    elif question == "doubt_gone" and name == "yes":
        name = "gone"
    elif question == "doubt_gone" and name == "no":
        turn.hush()
        return enter.back_to(turn, check)
    meant_again = (question, name) in {("doubt_same", "same"), ("doubt_gone", "gone")}
    if name not in {*GOOD, "same"} or (intent.ask and not meant_again):
        return failed(turn, state, heard=True)
    return change(turn, check, replace(intent, name=name, ask=False))
