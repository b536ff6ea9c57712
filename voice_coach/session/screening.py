"""The questions about red flags before the first session, and the short one each day (clinical rules 2c).

One at a time, yes or no. Alone each says little of what a person has, so the coach never says that; only who must be
asked first. A sign of an emergency ends the session and locks; what a professional must see first leads to the
question whether one has, and where nobody has, nothing begins and the next session asks everything anew.
"""

from dataclasses import replace
from typing import Final

from voice_coach.clinical.screening_questions import (
    ACCIDENT,
    CLEARED_BY_CLINICIAN,
    NEEDS_CLINICIAN,
    NEEDS_EMERGENCY_SERVICE,
    RECENT_ACCIDENT,
    SCREENED,
)
from voice_coach.events import Intent
from voice_coach.session import opening, stop_rules, transitions
from voice_coach.session.intents import OWN
from voice_coach.session.questions import failed
from voice_coach.session.states import Asking, State
from voice_coach.session.turn import Turn

RESULT: Final = "screening"
"""Under this name the log has that a whole screening came to its end: `clear`, `told` (a professional knows and agrees)
or `anyway` (nobody was asked, and the person begins at their own wish)."""

RESULT_TOLD: Final = "told"


def answered(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take "yes" or "no"; "numb" is a yes where it is asked for (`universal` lets it through)."""
    if intent.ask or intent.name not in {"yes", "no", "numb_weak"}:
        return failed(turn, state, heard=True)
    yes = intent.name != "no"
    turn.hush()
    turn.answer(transitions.label(state), "yes" if yes else "no", intent)
    match state.question:
        case "screen_daily":
            return something_new(turn) if yes else opening.ask_to_resume(turn)
        case "screen_told":
            return told(turn, state, yes=yes)
        case "screen_anyway":
            return (
                passed(turn, "anyway")
                if yes
                else transitions.end(turn, "cannot_start", *turn.prompt("say.not_started"))
            )
        case question if question == OWN:
            return own(turn, state, intent, yes=yes)
        case _:
            return sign(turn, state, intent, yes=yes)


def own(turn: Turn, state: Asking, intent: Intent, *, yes: bool) -> State:
    """Go on to what the answer to the exercise's own question leads to."""
    if not yes:
        return settle(turn, state.about)
    question = next(one for one in turn.facts.exercise.questions if one.id == state.about)
    if question.verdict == "emergency":
        return stop_rules.red(turn, state, intent, "emergency")
    return ask_whether_told(turn, transitions.label(state))


def settle(turn: Turn, identifier: str) -> State:
    """Go on: this one of the exercise's own questions keeps nobody back."""
    past = turn.facts.past
    turn.know(past=replace(past, settled=past.settled | {identifier}))
    return transitions.first_question(turn)


def sign(turn: Turn, state: Asking, intent: Intent, *, yes: bool) -> State:
    """Go on to what the answer about a sign leads to."""
    question = state.question
    if yes and question in NEEDS_EMERGENCY_SERVICE:
        return stop_rules.red(turn, state, intent, "emergency")
    if yes and question == ACCIDENT:
        return transitions.ask(turn, RECENT_ACCIDENT)
    if question == RECENT_ACCIDENT:  # long ago: no emergency, but somebody must have looked at it
        return ask_whether_told(turn, ACCIDENT)
    if yes and question in NEEDS_CLINICIAN:
        return ask_whether_told(turn, question)
    if question == CLEARED_BY_CLINICIAN:
        if yes:
            return passed(turn, "clear")
        return transitions.ask(turn, "screen_anyway", before=turn.prompt("say.ask_first"))
    return following(turn, question)


def something_new(turn: Turn) -> State:
    """Ask everything again: the day's question does not tell what it is."""
    turn.know(news=True)
    return transitions.ask(turn, SCREENED[0], before=turn.prompt("say.screening_again"))


def ask_whether_told(turn: Turn, question: str) -> State:
    """Ask whether a professional knows and agrees; `question` is the one to go on behind."""
    return transitions.ask(turn, "screen_told", before=turn.prompt("say.professional_first"), about=question)


def told(turn: Turn, state: Asking, *, yes: bool) -> State:
    """Go on where a professional knows of it; else nothing begins."""
    if not yes:
        return transitions.end(turn, "cannot_start", *turn.prompt("say.see_professional"))
    if state.about.startswith(f"{OWN}_"):
        turn.answer(state.about, RESULT_TOLD, None)
        return settle(turn, state.about.removeprefix(f"{OWN}_"))
    turn.know(told=True, news=False)
    return following(turn, state.about)


def following(turn: Turn, question: str) -> State:
    """Ask what comes behind a question; who was told by a professional is not asked for that once more."""
    coming = SCREENED[SCREENED.index(question) + 1]
    if coming != CLEARED_BY_CLINICIAN:
        return transitions.ask(turn, coming)
    if turn.facts.told:
        return passed(turn, RESULT_TOLD)
    if turn.facts.news:  # something is new, and none of the questions has found it
        return ask_whether_told(turn, question)
    return transitions.ask(turn, coming)


def passed(turn: Turn, result: str) -> State:
    """Write down that the screening came to its end, and begin."""
    turn.answer(RESULT, result, None)
    turn.know(past=replace(turn.facts.past, settled=frozenset()))  # the exercise's own questions too are asked anew
    return transitions.first_question(turn, before=turn.prompt("say.screened"))


def cleared(turn: Turn, state: Asking, intent: Intent) -> State:
    """Ask once more after "yes"; "no" leaves the exercise locked."""
    if intent.ask or intent.name not in {"yes", "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("cleared", intent.name, intent)
    if intent.name == "no":
        return opening.stays_locked(turn, "cannot_start")
    return transitions.ask(turn, "cleared_sure")


def cleared_sure(turn: Turn, state: Asking, intent: Intent) -> State:
    """Open the lock: the person says for the second time that it was checked. The log keeps what it was that opened."""
    lock = turn.facts.lock
    if intent.ask or lock is None or intent.name not in {"yes", "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    if intent.name == "no":
        turn.answer("cleared_sure", "no", intent)
        return opening.stays_locked(turn, "cannot_start")
    turn.answer("cleared_sure", lock.session, intent)
    turn.know(lock=None)
    return opening.after_lock(turn, before=turn.prompt("say.unlocked"))


def two_weeks(turn: Turn, state: Asking, intent: Intent) -> State:
    """Begin only when it is acknowledged that a professional must look at it (R36)."""
    if intent.ask or intent.name not in {"yes", "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("two_weeks", intent.name, intent)
    if intent.name == "no":
        return transitions.end(turn, "cannot_start", *turn.prompt("say.not_started"))
    return opening.screen(turn)


def broken_off(turn: Turn, state: Asking, intent: Intent) -> State:
    """Go on where the last session broke off, or begin anew. The log keeps which one it goes on with."""
    broken = turn.facts.past.broken_off
    if intent.ask or broken is None or intent.name not in {"yes", "ready_next", "resume", "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    if intent.name == "no":
        turn.answer("broken_off", "no", intent)
        return transitions.first_question(turn)
    turn.answer("broken_off", broken.session, intent)
    return opening.resume_session(turn, broken)
