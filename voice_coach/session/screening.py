"""The questions about red flags before the first session, and the exercise's own (clinical rules 2c).

One at a time, yes or no. Alone each says little of what a person has, so the coach never says that; only who must be
asked first. A sign of an emergency ends the session and locks; what a professional must see first leads to the
question whether one has, and where nobody has, nothing begins and the next session asks everything again.
"""

from dataclasses import replace
from typing import Final

from voice_coach.actions import Line
from voice_coach.clinical.screening_questions import (
    ACCIDENT,
    BLADDER_OR_BOWEL,
    BOTH_LEGS_OR_GROWING_WEAKNESS,
    CLEARED_BY_CLINICIAN,
    NEEDS_CLINICIAN,
    NEEDS_EMERGENCY_SERVICE,
    RECENT_ACCIDENT,
    SADDLE_NUMBNESS,
    SCREENED,
)
from voice_coach.events import Intent
from voice_coach.exercise import timetable
from voice_coach.session import intake, stop_rules, transitions
from voice_coach.session.intents import ANSWER, YES_NO
from voice_coach.session.questions import does_not_begin, failed, yes_or_no
from voice_coach.session.states import Asking, Phase, Question, State
from voice_coach.session.turn import Turn

RESULT: Final = "screening"
"""Under this name the log has that a whole screening came to its end: `clear`, `told` (a professional knows and agrees)
or `anyway` (nobody was asked, and the person begins at their own wish)."""

RESULT_TOLD: Final = "told"

LONG_STANDING: Final = "long_standing"
"""Said of what has been so for years."""
MAY_BE_OLD: Final = frozenset({SADDLE_NUMBNESS, BLADDER_OR_BOWEL, BOTH_LEGS_OR_GROWING_WEAKNESS})
"""Where it is asked whether it is new; "numb" is an emergency there all the same."""


def first_question(turn: Turn, *, before: tuple[Line, ...] = ()) -> Asking:
    """Ask what must be known of the person: what speaks against it, whether it was taught, and then the rest."""
    exercise, settled = turn.facts.plan.exercise, turn.facts.plan.past.settled
    if identifier := next((one.id for one in exercise.questions if one.id not in settled), ""):
        words = timetable.question_lines(exercise, identifier)
        return transitions.ask(turn, OWN, before=(*before, *words), about=identifier)
    if exercise.taught:
        return transitions.ask(turn, intake.TAUGHT, before=before)
    return intake.about_pain(turn, before=before)


# What a yes leads to


def ask_whether_told(turn: Turn, question: str) -> State:
    """Ask whether a professional knows and agrees; `question` is the one to go on after."""
    return transitions.ask(turn, TOLD, before=turn.prompt("say.professional_first"), about=question)


@yes_or_no
def told(turn: Turn, state: Asking, intent: Intent, *, yes: bool) -> State:
    """Go on where a professional knows of it; else nothing begins."""
    turn.answer("screen_told", intent.name, intent)
    if not yes:
        return transitions.end(turn, "cannot_start", *turn.prompt("say.see_professional"))
    if state.about.startswith(f"{OWN.name}_"):
        turn.answer(state.about, RESULT_TOLD, None)
        return settle(turn, state.about.removeprefix(f"{OWN.name}_"))
    turn.know(told=True, news=False)
    return following(turn, state.about)


@yes_or_no
def anyway(turn: Turn, _state: Asking, intent: Intent, *, yes: bool) -> State:
    """Begin although nobody was asked, if that is what the person wants."""
    turn.answer("screen_anyway", intent.name, intent)
    return passed(turn, "anyway") if yes else transitions.end(turn, "cannot_start", *turn.prompt("say.not_started"))


TOLD = Question("screen_told", YES_NO, Phase.SCREENING, answered=told, unanswered=does_not_begin)
ANYWAY = Question("screen_anyway", YES_NO, Phase.SCREENING, answered=anyway, unanswered=does_not_begin)


# Signs, one by one


def answers_with_numb(state: State, intent: Intent) -> bool:
    """Tell whether "numb" is the answer to a question about a red flag; "my foot is numb" is a sign of its own."""
    asked = isinstance(state, Asking) and state.question.name in {SADDLE_NUMBNESS, BOTH_LEGS_OR_GROWING_WEAKNESS}
    return asked and "place" not in intent.slots


def sign(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take "yes" or "no"; "numb" is a yes where it is asked for (`answers_with_numb` lets it through)."""
    if intent.name == LONG_STANDING and LONG_STANDING in state.question.accepts and not intent.ask:
        turn.hush()
        turn.answer(state.question.name, "yes", intent)
        return transitions.ask(turn, NEW, about=state.question.name)
    if intent.ask or intent.name not in {*YES_NO, "numb_weak"}:
        return failed(turn, state, heard=True)
    yes, question = intent.name != "no", state.question.name
    turn.hush()
    turn.answer(question, "yes" if yes else "no", intent)
    if yes and question in NEEDS_EMERGENCY_SERVICE:
        return stop_rules.red(turn, state, intent, "emergency")
    if yes and question == ACCIDENT:
        return transitions.ask(turn, RECENT)
    if question == RECENT_ACCIDENT:  # long ago: no emergency, but somebody must have looked at it
        return ask_whether_told(turn, ACCIDENT)
    if yes and question in NEEDS_CLINICIAN:
        return ask_whether_told(turn, question)
    if question == CLEARED_BY_CLINICIAN:
        return passed(turn, "clear") if yes else transitions.ask(turn, ANYWAY, before=turn.prompt("say.ask_first"))
    return following(turn, question)


def following(turn: Turn, question: str) -> State:
    """Ask what comes after a question; the last one is left out where a professional knows."""
    coming = SCREENED[SCREENED.index(question) + 1]
    if coming != CLEARED_BY_CLINICIAN:
        return transitions.ask(turn, SIGNS[coming])
    if turn.facts.findings.told:
        return passed(turn, RESULT_TOLD)
    if turn.facts.findings.news:  # something is new, and none of the questions has found it
        return ask_whether_told(turn, question)
    return transitions.ask(turn, SIGNS[coming])


def passed(turn: Turn, result: str) -> State:
    """Write down that the screening came to its end, and begin."""
    turn.answer(RESULT, result, None)
    turn.know(
        past=replace(turn.facts.plan.past, settled=frozenset())
    )  # the exercise's own questions are asked again too
    return first_question(turn, before=turn.prompt("say.screened"))


def new_or_worse(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take whether a sign that is there "for years" is new or worse: only a plain "no" makes it no emergency.

    Somebody must know of it all the same, so that never leads straight on.
    """
    turn.hush()
    if intent.ask or intent.name != "no":
        turn.answer("screen_new", "yes", intent)
        return stop_rules.red(turn, state, intent, "emergency")
    turn.answer("screen_new", "no", intent)
    return ask_whether_told(turn, state.about)


def perhaps_new(turn: Turn, state: Asking) -> State:
    """It counts as new: the session ends as with any sign of an emergency."""
    return stop_rules.red(turn, state, Intent(turn.at, "emergency", ""), "emergency", by="timeout")


NEW = Question("screen_new", ANSWER, Phase.SCREENING, answered=new_or_worse, unanswered=perhaps_new)

SIGNS: Final = {
    name: Question(
        name,
        YES_NO if name == CLEARED_BY_CLINICIAN else ANSWER | ({LONG_STANDING} if name in MAY_BE_OLD else set()),
        Phase.SCREENING,
        answered=sign,
        unanswered=does_not_begin,
        baseline=True,
        takes_talk=True,
    )
    for name in SCREENED
}
"""The twelve questions, in order."""
RECENT = Question(RECENT_ACCIDENT, ANSWER, Phase.SCREENING, answered=sign, unanswered=does_not_begin)


def begin(turn: Turn, *, before: tuple[Line, ...]) -> State:
    """Ask the first of the twelve."""
    return transitions.ask(turn, SIGNS[SCREENED[0]], before=before)


# The exercise's own questions


@yes_or_no
def own(turn: Turn, state: Asking, intent: Intent, *, yes: bool) -> State:
    """Go on to what the answer to the exercise's own question leads to."""
    turn.answer(transitions.label(state), intent.name, intent)
    if not yes:
        return settle(turn, state.about)
    question = next(one for one in turn.facts.plan.exercise.questions if one.id == state.about)
    if question.verdict == "emergency":
        return stop_rules.red(turn, state, intent, "emergency")
    return ask_whether_told(turn, transitions.label(state))


def settle(turn: Turn, identifier: str) -> State:
    """Go on: this one of the exercise's own questions keeps nobody back."""
    past = turn.facts.plan.past
    turn.know(past=replace(past, settled=past.settled | {identifier}))
    return first_question(turn)


def own_label(state: Asking) -> str:
    """Return the name of an exercise's own question in the log."""
    return f"{OWN.name}_{state.about}"


def own_words(turn: Turn, state: Asking) -> tuple[Line, ...]:
    """Return an exercise's own question in its other words."""
    return timetable.question_lines(turn.facts.plan.exercise, state.about, again=True)


OWN = Question(
    "own",
    ANSWER,
    Phase.SCREENING,
    answered=own,
    unanswered=does_not_begin,
    baseline=True,
    log_name=own_label,
    words=own_words,
    takes_talk=True,
)
"""The exercise's own questions, one after the other."""
