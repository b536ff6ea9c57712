"""The answers about how it feels now: better, same, gone; and whether to go on (R9, R30, V11)."""

from dataclasses import replace

from voice_coach.events import Intent
from voice_coach.session import aftercare, intake, stop_rules, transitions
from voice_coach.session.intake import asked_first
from voice_coach.session.intents import TROUBLE
from voice_coach.session.questions import LAST_WORDING, became_red, failed, following
from voice_coach.session.states import Asking, Between, State
from voice_coach.session.turn import Turn, is_lower

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
        return stop_rules.red(turn, state, intent, name)
    if name in TROUBLE:
        return trouble(turn, state, intent)
    if name == "unsure" and state.question == "check":
        turn.hush()
        turn.answer(transitions.label(state), name, intent)
        return transitions.ask(turn, "unsure_place", resume=state)
    if name not in {
        *GOOD,
        "same",
    }:  # unsure is never taken for better; a stretch is no answer, "I feel it in my ..." none
        return failed(turn, state, heard=True)
    turn.hush()
    if intent.ask and name in _DOUBTFUL:
        return transitions.ask(turn, _DOUBTFUL[name], resume=state, about=name)
    turn.answer(transitions.label(state), name, intent)
    if state.question == "after_cry" and state.resume is None:
        return transitions.end(turn, turn.facts.outcome)
    if state.question == "after_cry":
        return transitions.ask(turn, "go_on", resume=state.resume)
    if intent.ask and not turn.complete:  # out of the leg, but the back is sorer: go on only when that is said
        return transitions.ask(turn, "go_on", resume=next_repetition(turn))
    before = turn.praise() if name in GOOD else turn.prompt("say.as_before") if name == "same" else ()
    if name == "same" and turn.complete:
        before = (*before, *turn.prompt("say.check_position"))
    return following(turn, state, before=before)


def settled(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take how it is five minutes after the stop (the red answers were taken before); the log keeps it."""
    name = worded(state, intent)
    if name == "worse":
        return stop_rules.red(turn, state, intent, name)
    if name not in {*GOOD, "same", "unsure"}:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("settle_check", "better" if name in GOOD else "same" if name == "same" else None, intent)
    return aftercare.over(turn)


def trouble(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take after a cry of pain what it was that could not be done."""
    if intent.name == "cant_side":
        return stop_rules.cannot_lie(turn, state, intent)
    turn.hush()
    turn.answer(state.question, intent.name, intent)
    easier = stop_rules.cannot(turn, len(turn.facts.exercise.steps), intent.name)
    return transitions.ask(turn, "go_on", before=easier, resume=state.resume)


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
        return stop_rules.stopped_for_good(turn)
    return stop_rules.go_on(turn, state.resume)


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
        return transitions.ask(turn, "doubt_leg", resume=first)
    return transitions.back_to(turn, state.resume)


def doubted_change(turn: Turn, state: Asking, intent: Intent) -> State:
    """Settle "it's going down", "no better" and "gone"; said again, the word is meant."""
    check = asked_first(state)
    name, question = intent.name, state.question
    if question == "doubt_less" and name in {"yes", "no"}:
        if state.failures == 0:  # "The pain is less, or it moves lower?" is not answered by "yes"
            return failed(turn, state, heard=True)
        if name == "yes":
            return stop_rules.red(turn, state, intent, "peripheralised")
        name = "better"
    elif question == "doubt_gone" and name == "yes":
        name = "gone"
    elif question == "doubt_gone" and name == "no":
        turn.hush()
        return transitions.back_to(turn, check)
    meant_again = (question, name) in {("doubt_same", "same"), ("doubt_gone", "gone")}
    if name not in {*GOOD, "same"} or (intent.ask and not meant_again):
        return failed(turn, state, heard=True)
    return change(turn, check, replace(intent, name=name, ask=False))


def moved_lower(turn: Turn, state: Asking, intent: Intent) -> State:
    """Settle whether the pain moved down since the beginning."""
    if intent.ask or intent.name not in {"yes", "no"}:
        return failed(turn, state, heard=True)
    if intent.name == "yes":
        return became_red(turn, state, intent)
    turn.hush()
    turn.answer("moved_lower", "no", intent)
    question = state.resume
    assert isinstance(question, Asking)
    if question.question == "unsure_place":
        return transitions.ask(turn, "unsure_pain", resume=question.resume)
    return following(turn, question)


def unsure_place(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take the place from who does not know how it is; who does not know that either ends the set."""
    if intent.name == "unsure":
        return unsure_again(turn, state, intent)
    place = intake.known_place(intent)
    if place is None:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("unsure_place", place, intent)
    if is_lower(turn, place):
        return transitions.ask(turn, "moved_lower", resume=state, about="peripheralised")
    return transitions.ask(turn, "unsure_pain", resume=state.resume)


def unsure_pain(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take the number; more than before is asked about, anything else counts as the same."""
    if intent.name == "unsure":
        return unsure_again(turn, state, intent)
    value = intake.number_of(intent)
    if value is None:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("unsure_pain", value, intent)
    before = turn.facts.pain_before
    if before is not None and value > before:
        return transitions.ask(turn, "doubt_more", resume=state.resume, about="worse")
    return as_before(turn, state)


def doubted_more(turn: Turn, state: Asking, intent: Intent) -> State:
    """Settle whether a higher number means worse."""
    if intent.name == "yes":
        return became_red(turn, state, intent)
    if intent.ask or intent.name not in {"no", "better", "same", "gone", "centralised"}:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("doubt_more", "no", intent)
    return as_before(turn, state)


def as_before(turn: Turn, state: Asking) -> State:
    """Go on as after "same": never as after "better"."""
    check = state.resume
    assert isinstance(check, Asking)
    return following(turn, check, before=turn.prompt("say.as_before"))


def unsure_again(turn: Turn, state: Asking, intent: Intent) -> State:
    """End the set safely: who can't tell how it is does no more of it."""
    turn.hush()
    turn.answer(state.question, None, intent)
    turn.know(outcome="completed" if turn.complete else "finished_early")
    return transitions.after_repetitions(turn, before=(*turn.prompt("say.unsure_end"), *transitions.rest_lines(turn)))
