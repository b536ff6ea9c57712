"""Take the last step back when the person says that they were misheard.

Only harmless steps are taken back: an answer about the side, the place, the number, or how it is, a "no" in the
screening, and a "ready"; and only while the dialogue is still where that step led. The question is then asked again,
and the first answer no longer counts. A stop, a red sign, an emergency, a lock and its release are never taken back.
What was misheard is recorded either way.
"""

from dataclasses import replace
from typing import Final

from voice_coach.actions import Earcon, Line, Play
from voice_coach.clinical.screening_questions import CLEARED_BY_CLINICIAN
from voice_coach.events import Event, Intent
from voice_coach.records import Misheard
from voice_coach.session import checks, intake, opening, pain_scale, screening, stop_rules, transitions
from voice_coach.session.facts import Heard
from voice_coach.session.follow_ups import ONWARD, TRY_AGAIN
from voice_coach.session.impression import SINCE_BEGAN
from voice_coach.session.intents import MISHEARD
from voice_coach.session.questions import GO_ON, LAST_WORDING, SKIP, asked_first, failed
from voice_coach.session.replies import reply
from voice_coach.session.states import (
    Asking,
    Between,
    Counting,
    Ending,
    Instructing,
    Paused,
    Performing,
    Question,
    Settling,
    State,
    Staying,
)
from voice_coach.session.turn import Turn

READY: Final = "ready"
"""Name of the step from one instruction of the set-up to the next."""

_SIDES = frozenset(
    {intake.SIDE, intake.SIDE_TOLD, intake.SIDE_SAID, intake.SIDE_SURE, intake.SIDE_AGAIN, intake.SIDE_OTHER}
)
_SIGNS = frozenset(one for name, one in screening.SIGNS.items() if name != CLEARED_BY_CLINICIAN)
_BEFORE = frozenset({intake.SIDE_TOLD, intake.SIDE_SAID, intake.SIDE_SURE, intake.SIDE_OTHER, pain_scale.PAIN_BEFORE})
_AFTER_OPENING = frozenset(
    {screening.OWN, intake.TAUGHT, intake.SIDE, intake.SIDE_AGAIN, opening.BROKEN_OFF, pain_scale.PAIN_BEFORE}
)
_LEADS_TO: Final[dict[Question, frozenset[Question]]] = {
    **dict.fromkeys(_SIDES, _BEFORE | {intake.SIDE}),
    pain_scale.PAIN_BEFORE: frozenset({stop_rules.FURTHEST_BEFORE}),
    stop_rules.FURTHEST_BEFORE: frozenset(),
    checks.CHECK: frozenset({checks.UNSURE_PLACE, pain_scale.PAIN_AFTER}),
    pain_scale.PAIN_AFTER: frozenset({stop_rules.FURTHEST_AFTER}),
    stop_rules.FURTHEST_AFTER: frozenset({SINCE_BEGAN, TRY_AGAIN, ONWARD}),
    **dict.fromkeys(_SIGNS, _SIGNS),
    opening.DAILY: _AFTER_OPENING,
    screening.OWN: _AFTER_OPENING,
}
"""The questions of which an answer can be taken back, and those that it is taken back from."""
_QUESTIONS: Final = {question.name: question for question in _LEADS_TO}
TAKEN_BACK: Final = (READY, *_QUESTIONS)
"""The steps that can be taken back."""
_ONLY_NO: Final = frozenset({*_SIGNS, opening.DAILY, screening.OWN})
"""Questions of which only a "no" can be taken back: a "yes" is a sign."""


def remember(turn: Turn, state: State, event: Event, following: State) -> None:
    """Remember what was understood, and whether the step that followed can still be taken back."""
    if isinstance(event, Intent):
        if event.name != MISHEARD:
            step, index = _step(turn, state, event, following)
            turn.know(last=Heard(_where(state), event.name, event.text, step, index))
        return
    last = turn.facts.speech.last
    if last is not None and last.step and _place(state) != _place(following):
        turn.know(last=replace(last, step=""))


def understood(turn: Turn, state: State, intent: Intent) -> State:
    """Take the last step back if that is safe; otherwise say a short sentence and stay."""
    last = turn.facts.speech.last
    step = last.step if last and not _is_settled(turn) else ""
    if last:
        turn.record(Misheard(turn.at, last.state, last.intent, last.text, intent.text, taken_back=bool(step)))
    turn.know(last=None)
    if last and step == READY:
        return transitions.instruct(turn, last.index, before=_sorry(turn, state))
    if last and step == screening.OWN.name:
        return _ask_own_again(turn, last.state, before=_sorry(turn, state))
    if step:
        return _ask_again(turn, state, _QUESTIONS[step])
    if isinstance(state, Asking):
        return failed(turn, state, heard=True)
    return reply(turn, state, turn.prompt("say.not_taken_back"))


def denies_number(turn: Turn, state: Asking, intent: Intent) -> bool:
    """Tell whether a "no" denies the number that the coach has just repeated, rather than answers a question (V10)."""
    last = turn.facts.speech.last
    after_number = last is not None and last.step in {pain_scale.PAIN_BEFORE.name, pain_scale.PAIN_AFTER.name}
    asks_place = state.question in {stop_rules.FURTHEST_BEFORE, stop_rules.FURTHEST_AFTER}
    return after_number and asks_place and intent.name == "no" and state.failures < LAST_WORDING


def _ask_again(turn: Turn, state: State, question: Question) -> State:
    """Discard the answer to a question, and ask it again."""
    before = _sorry(turn, state)
    resume = state.resume if isinstance(state, Asking | Ending) else None
    turn.answer(f"check_{turn.facts.progress.repetitions}" if question == checks.CHECK else question.name, None, None)
    if question in _SIDES:
        turn.know(side=None)
        return transitions.ask(turn, intake.SIDE, before=before)
    if question == pain_scale.PAIN_BEFORE:
        turn.know(pain_before=None)
    elif question == stop_rules.FURTHEST_BEFORE:
        turn.know(furthest_before=None)
    elif question == pain_scale.PAIN_AFTER:
        turn.know(pain_after=None)
    closing = question in {pain_scale.PAIN_AFTER, stop_rules.FURTHEST_AFTER}
    return transitions.ask(turn, question, before=before, resume=resume if closing else None)


def _ask_own_again(turn: Turn, label: str, *, before: tuple[Line, ...]) -> State:
    """Ask the exercise's own question with this name in the log again."""
    turn.answer(label, None, None)
    past = turn.facts.plan.past
    turn.know(past=replace(past, settled=past.settled - {label.removeprefix(f"{screening.OWN.name}_")}))
    return screening.first_question(turn, before=before)


def _sorry(turn: Turn, state: State) -> tuple[Line, ...]:
    """Stop speaking and return the apology; somebody who is moving is also told to come back."""
    turn.hush()
    if isinstance(state, Performing):
        turn.do(Play(Earcon.STOPPED, turn.at))
        return (*turn.prompt("say.misheard"), *turn.prompt("say.come_back"))
    return turn.prompt("say.misheard")


def _step(turn: Turn, state: State, intent: Intent, following: State) -> tuple[str, int]:
    """Return the name and index of the step between two states if it can be taken back; otherwise an empty name."""
    if _is_settled(turn):
        return "", 0
    match state:
        case Instructing() if intent.name in GO_ON and _led_on(state, following):
            return READY, state.index
        case Asking():
            question = asked_first(state).question
            answers = state.question.accepts | SKIP
            answered = (intent.name in answers or intent.name == "agrees") and question in _LEADS_TO
            moved = _place(state) != _place(following)
            if answered and moved and (intent.name == "no" or question not in _ONLY_NO) and _leads(question, following):
                return question.name, 0
        case _:
            pass
    return "", 0


def _is_settled(turn: Turn) -> bool:
    """Tell whether nothing can be taken back any more: after a red sign, under a lock, while all is being deleted."""
    facts = turn.facts
    return facts.findings.red is not None or facts.plan.lock is not None or facts.log.forgetting > 0


def _led_on(state: Instructing, following: State) -> bool:
    """Tell whether the next instruction follows, or the counting."""
    return isinstance(following, Counting) or (isinstance(following, Instructing) and following.index > state.index)


def _leads(question: Question, following: State) -> bool:
    """Tell whether an answer to the question led to this state, rather than something said in between."""
    match following:
        case Asking():
            return following.question in _LEADS_TO[question]
        case Instructing():
            return question == stop_rules.FURTHEST_BEFORE
        case Performing() | Between():
            return question == checks.CHECK
        case Ending():
            return question == stop_rules.FURTHEST_AFTER
        case _:
            return False


def _place(state: State) -> tuple[object, ...]:
    """Return what stays the same for as long as the last step can be taken back."""
    match state:
        case Asking():
            return "asking", state.question.name, state.about
        case Instructing():
            return "instructing", state.index
        case Performing() | Between():
            return "counting", state.number
        case _:
            return (type(state).__name__,)


def _where(state: State) -> str:
    """Return a state's name in the record."""
    match state:
        case Asking():
            return transitions.label(state)
        case Instructing():
            return "instruct"
        case Paused():
            return "paused"
        case Settling():
            return "settle"
        case Staying():
            return "emergency"
        case Ending():
            return "ending"
        case _:
            return "count"
