"""Ask about a red word that may have been misheard, or may describe what was there before (V11)."""

from voice_coach.actions import Earcon, Line, Play
from voice_coach.events import Intent
from voice_coach.session import aftercare, transitions
from voice_coach.session.intents import ANSWER, CHANGE
from voice_coach.session.questions import asked_first, failed, place_to_return
from voice_coach.session.states import Asking, Counting, Ending, Performing, Phase, Question, Settling, State, Staying
from voice_coach.session.stop_rules import DOUBT_LEG, FURTHEST_BEFORE, became_red, counts_as_red
from voice_coach.session.turn import Turn


def ask_if_meant(turn: Turn, state: State, intent: Intent) -> State | None:
    """Ask about a doubtful red word; None: no question is needed."""
    if isinstance(state, Staying) or not (_may_be_graver(turn, intent) or _is_first(turn, state)):
        return None
    turn.hush()
    before: tuple[Line, ...] = ()
    if isinstance(state, Counting):
        turn.do(Play(Earcon.STOPPED, turn.at))
        before = turn.prompt("say.come_back" if isinstance(state, Performing) else "say.stopped")
    question = DOUBT_NEW if is_baseline(state, intent) else _DOUBTS[intent.name]
    return transitions.ask(turn, question, before=before, resume=place_to_return(state), about=intent.name)


def _is_first(turn: Turn, state: State) -> bool:
    return not (turn.facts.findings.red or isinstance(state, Ending))


def _may_be_graver(turn: Turn, intent: Intent) -> bool:
    """Tell whether it may be an emergency, where there was a lesser sign at most: "no chest pain", while resting."""
    sign = turn.facts.findings.red
    return intent.name == "emergency" and (sign is None or sign[0] != "emergency")


def is_baseline(state: State, intent: Intent) -> bool:
    """Tell whether "down my leg", before anything was done, may just say where the pain always is."""
    return intent.name == "peripheralised" and isinstance(state, Asking) and state.question.baseline


def doubted_red(turn: Turn, state: Asking, intent: Intent) -> State:
    """Settle whether a red word was meant."""
    if intent.name == "yes":
        return became_red(turn, state, intent)
    if intent.name not in {"no", "better", "gone", "same", "centralised"} or intent.ask:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer(state.question.name, "no", intent)
    first = asked_first(state)
    if state.question == DOUBT_NEW and first.question == FURTHEST_BEFORE:
        return transitions.ask(turn, DOUBT_LEG, resume=first)
    if isinstance(state.resume, Settling):
        return aftercare.goes_on(turn, state.resume)
    return transitions.back_to(turn, state.resume)


def _asking(name: str, answers: frozenset[str] = CHANGE | ANSWER) -> Question:
    return Question(name, answers, Phase.CLARIFICATION, answered=doubted_red, unanswered=counts_as_red)


DOUBT_EMERGENCY = _asking("doubt_emergency")
DOUBT_WORSE = _asking("doubt_worse")
DOUBT_DOWN = _asking("doubt_down")
DOUBT_NUMB = _asking("doubt_numb")
DOUBT_NEW = _asking("doubt_new", ANSWER)
_DOUBTS = {
    "emergency": DOUBT_EMERGENCY,
    "worse": DOUBT_WORSE,
    "peripheralised": DOUBT_DOWN,
    "numb_weak": DOUBT_NUMB,
}
