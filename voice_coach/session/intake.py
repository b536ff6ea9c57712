"""The answers about the person: may we begin, which side, how strong, how far, do you hear me (R3, R4, R6, V10)."""

from math import isfinite
from typing import cast

from voice_coach.events import Intent
from voice_coach.exercise.model import OTHER, Side
from voice_coach.exercise.prompts import PLACES, number_text
from voice_coach.session import opening, stop_rules, transitions
from voice_coach.session.commands import change_volume
from voice_coach.session.questions import LAST_WORDING, failed, following
from voice_coach.session.states import MAX_VOLUME, Asking, Instructing, State
from voice_coach.session.turn import Turn, hurts_more, is_higher, is_lower

MAX_PAIN = 10
"""The scale's end (NPRS)."""

_GO_ON = frozenset({"yes", "ready_next", "resume"})
_SKIP = frozenset({"ready_next", "unsure", "resume"})
_SIDES = {"side_left": "left", "side_right": "right"}
_LAST_OF_SIDE = 3
_ONE_SIDE = "one_side_back"
"""What the log calls one side of the back."""
_KNOWN_PLACES = frozenset({*PLACES, _ONE_SIDE, "none"})


def acknowledge(turn: Turn, state: Asking, intent: Intent) -> State:
    """Begin only after "yes" (R6)."""
    if intent.name not in {*_GO_ON, "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("acknowledge", "no" if intent.name == "no" else "yes", intent)
    if intent.name == "no":
        return transitions.end(turn, "cannot_start", *turn.prompt("say.not_started"))
    return opening.after_acknowledged(turn)


def side(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take the painful side; it is confirmed once (V10)."""
    last = state.question == "side" and state.failures == _LAST_OF_SIDE  # "Is it the left side?"
    match intent.name:
        case "side_left" | "side_right":
            return sure(turn, state, _SIDES[intent.name], intent)
        case "yes" | "no" if last:
            return sure(turn, state, "left" if intent.name == "yes" else "right", intent)
        case "side_both" if state.question == "side":  # D7: for one-sided pain only
            turn.hush()
            turn.answer(state.question, "both", intent)
            return transitions.ask(turn, "side_told")
        case "side_both" | "no" | "unsure" if state.question == "side_told":
            turn.hush()
            turn.answer(state.question, "both", intent)
            return transitions.end(turn, "cannot_start", *turn.prompt("say.no_side"))
        case _:
            return failed(turn, state, heard=True)


def sure(turn: Turn, state: Asking, chosen: str, intent: Intent) -> State:
    """Ask once whether it is that side: an error would be costly."""
    turn.hush()
    turn.answer(state.question, chosen, intent)
    return transitions.ask(turn, "side_sure", about=chosen)


def side_sure(turn: Turn, state: Asking, intent: Intent) -> State:
    """Confirm the side, or ask again."""
    corrected = _SIDES.get(intent.name)
    if intent.name in {"yes", "ready_next"} or corrected == state.about:
        turn.hush()
        turn.know(side=state.about)
        turn.answer("side_sure", state.about, intent)
        return transitions.ask(turn, "pain_before")
    if intent.name == "no":
        turn.hush()
        return transitions.ask(turn, "side", before=turn.prompt("say.sorry"))
    if intent.name == "other_side" and not intent.ask:
        return ask_other_side(turn, state.about)
    if intent.name == "side_both":
        turn.hush()
        turn.answer("side", "both", intent)
        return transitions.ask(turn, "side_told")
    if corrected:
        turn.hush()
        return transitions.ask(turn, "side_sure", about=corrected)
    return failed(turn, state, heard=True)


def asked_first(state: Asking) -> Asking:
    """Return the question that a doubt about its answer belongs to; the question itself where there is no doubt."""
    return state.resume if stop_rules.is_doubt(state) and isinstance(state.resume, Asking) else state


def number_of(intent: Intent) -> float | None:
    """Return the number from 0 to 10 that was said, to the nearest half; None: there is none."""
    if intent.name == "gone":
        return 0.0
    said = intent.slots.get("number")
    if intent.name != "number" or not isinstance(said, int | float) or not isfinite(said):
        return None
    return round(said * 2) / 2 if 0 <= said <= MAX_PAIN else None


def pain(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take the number from 0 to 10; a doubtful one is asked about ("none" sounds like "numb")."""
    if intent.name in _SKIP:
        turn.hush()
        turn.answer(state.question, None, intent)
        return following(turn, state)
    value = number_of(intent)
    if value is None:
        return failed(turn, state, heard=True)
    doubt = "doubt_zero" if "none" in intent.text.split() else "doubt_ten" if intent.ask and value == MAX_PAIN else ""
    if doubt:
        turn.hush()
        return transitions.ask(turn, doubt, resume=state)
    return number(turn, state, value, intent)


def number(turn: Turn, question: Asking, value: float, intent: Intent) -> State:
    """Write the number down and say it, which confirms it (V10: implicit)."""
    turn.hush()
    turn.answer(question.question, value, intent)
    turn.know(**{question.question: value})
    free = turn.prompt("say.pain_free") if question.question == "pain_before" and not value else ()
    return following(turn, question, before=(*turn.prompt("say.number", number=number_text(value)), *free))


def doubted_number(turn: Turn, state: Asking, intent: Intent) -> State:
    """Settle "none" and "worst ever"."""
    question = asked_first(state)
    value = number_of(intent)
    if value is not None:
        return number(turn, question, value, intent)
    if intent.name not in {"yes", "no"}:
        return failed(turn, state, heard=True)
    if state.question == "doubt_ten":
        if intent.name == "yes":
            return number(turn, question, float(MAX_PAIN), intent)
        turn.hush()
        return transitions.back_to(turn, question)
    if state.failures < LAST_WORDING:  # "Zero pain, or numb?" is not answered by "yes"
        return failed(turn, state, heard=True)
    if intent.name == "yes":
        return stop_rules.red(turn, state, intent, "numb_weak")
    return number(turn, question, 0.0, intent)


def furthest(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take the furthest place that the pain is felt at."""
    last = state.failures == LAST_WORDING  # "Is it only in your back?"
    place = place_of(intent)
    if place in _KNOWN_PLACES:
        return at_place(turn, state, place, intent)
    if last and intent.name == "yes":
        return at_place(turn, state, "back", intent)
    if place or (last and intent.name == "no"):
        turn.hush()
        return transitions.ask(turn, "doubt_leg", resume=state)
    if intent.name in _SKIP:
        return at_place(turn, state, None, intent)
    return failed(turn, state, heard=True)


def place_of(intent: Intent) -> str:
    """Return the place that was named; empty: none."""
    if intent.name == "gone":
        return "none"
    place = str(intent.slots.get("place", "")) if intent.name == "place" else ""
    return _ONE_SIDE if place == "one_side" else place


def known_place(intent: Intent) -> str | None:
    """Return the place that was named, if it is one of those that are told apart."""
    place = place_of(intent)
    return place if place in _KNOWN_PLACES else None


def at_place(turn: Turn, question: Asking, place: str | None, intent: Intent) -> State:
    """Write the place down; one that is further down than before is asked about (R10)."""
    turn.hush()
    turn.answer(question.question, place, intent)
    if question.question == "furthest_before":
        turn.know(furthest_before=place)
    elif is_lower(turn, place) and not turn.facts.red:
        lower = turn.prompt("say.lower_than_before")
        return transitions.ask(turn, "moved_lower", before=lower, resume=question, about="peripheralised")
    elif is_higher(turn, place) and hurts_more(turn):
        return following(turn, question, before=turn.prompt("say.tell_physio"))
    return following(turn, question)


def doubted_place(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take the part of the leg."""
    place = place_of(intent)
    if place in _KNOWN_PLACES:
        return at_place(turn, asked_first(state), place, intent)
    if intent.name in _SKIP:
        return at_place(turn, asked_first(state), None, intent)
    return failed(turn, state, heard=True)


def sound_check(turn: Turn, state: Asking, intent: Intent) -> State:
    """Go on when the coach is heard clearly; "no" makes it louder, as long as it can."""
    if intent.name == "no" and turn.facts.volume < MAX_VOLUME:
        return change_volume(turn, state, +1)
    if intent.name not in {*_GO_ON, "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer(state.question, "no" if intent.name == "no" else "yes", intent)
    return following(turn, state, before=turn.prompt("say.loudest") if intent.name == "no" else ())


def may_change_side(state: Instructing) -> bool:
    """Tell whether the side can still be another one: nobody lies yet, and it goes by the side of the pain."""
    facts = state.facts
    return state.index == 0 and not facts.repetitions and facts.exercise.sides == "painful"


def ask_other_side(turn: Turn, painful: str, *, resume: Instructing | None = None) -> State:
    """Ask whether a clinician has said so; `resume`: the instruction to lie on the painful side."""
    turn.hush()
    return transitions.ask(turn, "side_other", about=OTHER[cast("Side", painful)], resume=resume)


def other_side_told(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take the other side after "yes"; else it is that of the pain, or is asked again where that was not sure yet."""
    if intent.ask or intent.name not in {"yes", "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    at_instruction = isinstance(state.resume, Instructing)
    if intent.name == "no":
        turn.answer("side_other", "no", intent)
        return transitions.back_to(turn, state.resume) if at_instruction else transitions.ask(turn, "side")
    if not at_instruction:
        turn.answer("side_sure", OTHER[cast("Side", state.about)], intent)
    turn.know(side=state.about)
    turn.answer("side_other", state.about, intent)
    return transitions.instruct(turn, 0) if at_instruction else transitions.ask(turn, "pain_before")
