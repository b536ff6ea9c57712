"""What is derived where no word tells it: the furthest place before and after, the number before and now.

People rarely say "it moved down": the places do. What is derived is asked about once before it ends or locks anything,
for "thigh" and "calf" are misheard as well; no answer counts as yes (clinical rules 2b).
"""

from voice_coach.events import Intent
from voice_coach.session import enter, intake, places
from voice_coach.session.questions import became_red, failed, following
from voice_coach.session.state import Asking, State
from voice_coach.session.turn import Turn


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
        return enter.ask(turn, "unsure_pain", resume=question.resume)
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
    if places.is_lower(turn, place):
        return enter.ask(turn, "moved_lower", resume=state, about="peripheralised")
    return enter.ask(turn, "unsure_pain", resume=state.resume)


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
        return enter.ask(turn, "doubt_more", resume=state.resume, about="worse")
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
    return enter.after_repetitions(turn, before=(*turn.prompt("say.unsure_end"), *enter.rest_lines(turn)))
