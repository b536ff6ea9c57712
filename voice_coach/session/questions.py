"""Shared by all questions: yes or no, asking again, no answer, and where to continue (V5-V9)."""

from dataclasses import replace
from functools import wraps
from typing import Protocol

from voice_coach.actions import Line
from voice_coach.clinical.red_signs import TAKE_BACK
from voice_coach.dialogue.turn import MAX_SPEECH_LENGTH
from voice_coach.events import Intent
from voice_coach.session import transitions
from voice_coach.session.intents import YES_NO
from voice_coach.session.states import Answered, Asking, Paused, Phase, State
from voice_coach.session.turn import Turn

LAST_WORDING = 2
"""After this many failures most questions are in their last wording, which "yes" or "no" answers (V7)."""

GO_ON = frozenset({"yes", "ready_next", "resume"})
"""Intents that mean "yes" to the question whether to go on."""
SKIP = frozenset({"ready_next", "unsure", "resume"})
"""Intents that leave an optional question open."""


class YesOrNo(Protocol):
    """Takes the answer to a yes-or-no question."""

    def __call__(self, turn: Turn, state: Asking, intent: Intent, /, *, yes: bool) -> State:
        """Return the state that follows."""


def is_plain(intent: Intent) -> bool:
    """Tell whether an answer is a "yes" or "no" that is not doubtful."""
    return not intent.ask and intent.name in YES_NO


def yes_or_no(handler: YesOrNo) -> Answered:
    """Return the handler of a yes-or-no question; it asks again unless the answer is a plain yes or no."""

    @wraps(handler)
    def answered(turn: Turn, state: Asking, intent: Intent) -> State:
        if not is_plain(intent):
            return failed(turn, state, heard=True)
        turn.hush()
        return handler(turn, state, intent, yes=intent.name == "yes")

    return answered


def failed(turn: Turn, state: Asking, *, heard: bool) -> State:
    """Ask again in other words, up to the question's last wording; then take the safe default."""
    if heard:
        turn.know(nomatch=turn.facts.speech.nomatch + 1)
        state = replace(state, nomatch=state.nomatch + 1)
    else:
        turn.know(noinput=turn.facts.speech.noinput + 1)
        state = replace(state, noinput=state.noinput + 1)
    turn.hush()
    name = f"retry{state.failures}.{state.question.name}"
    if state.question.phase is Phase.SCREENING and state.failures == LAST_WORDING:
        name = "say.yes_if_any"
    if name not in turn.facts.plan.prompts:
        return unanswered(turn, state)
    sorry = turn.prompt("say.sorry") if heard and state.nomatch == 1 else ()
    lead = state.before if state.token else ()
    token = turn.say(*lead, *sorry, *other_words(turn, state), *wording(turn, state, name))
    return replace(state, token=token, wake_at=turn.at + MAX_SPEECH_LENGTH)


def wording(turn: Turn, state: Asking, name: str) -> tuple[Line, ...]:
    """Return the question in the words of this prompt, with the side that it is about."""
    fields = {"side": state.about} if state.about in {"left", "right"} else {}
    return turn.prompt(name, **fields)


def other_words(turn: Turn, state: Asking) -> tuple[Line, ...]:
    """Return the question in other words, if its prompts alone don't have them."""
    return state.question.words(turn, state) if state.question.words else ()


def unanswered(turn: Turn, state: Asking) -> State:
    """Do what is safe without an answer (V9). Silence never means "fine"."""
    if state.question.phase is not Phase.PRACTICE:
        turn.answer(transitions.label(state), None, None)
    return state.question.unanswered(turn, state)


def following(turn: Turn, state: Asking, *, before: tuple[Line, ...] = ()) -> State:
    """Go on after a question that is settled."""
    then = state.question.then
    return then(turn, state, before) if then else transitions.back_to(turn, state.resume, before=before)


# What no answer leads to


def does_not_begin(turn: Turn, _state: Asking) -> State:
    """The session ends: nothing begins without an answer."""
    return transitions.end(turn, "no_answer", *turn.prompt("say.not_started"))


def ends(turn: Turn, _state: Asking) -> State:
    """The session ends as it would have, and nothing follows."""
    return transitions.end(turn, turn.facts.progress.outcome)


def goes_on(turn: Turn, state: Asking) -> State:
    """It stays unanswered, and the session goes on as after an answer."""
    return following(turn, state)


def asks_again(turn: Turn, state: Asking) -> State:
    """The question in doubt is asked in other words, which is a miss of its own: so this ends."""
    if not isinstance(state.resume, Asking):
        return transitions.back_to(turn, state.resume)
    turn.listen_for(state.resume.question.name, state.resume.question.accepts)
    return failed(turn, state.resume, heard=state.nomatch > 0)


def leaves_open(turn: Turn, state: Asking) -> State:
    """The question in doubt stays unanswered, and the session goes on."""
    first = asked_first(state)
    turn.answer(first.question.name, None, None)
    return following(turn, first)


# Where a question leads back to


def is_doubt(state: State) -> bool:
    """Tell whether a question only clears up what was meant by the answer to another one."""
    return isinstance(state, Asking) and state.question.phase is Phase.CLARIFICATION


def asked_first(state: Asking) -> Asking:
    """Return the question whose answer is being cleared up; the question itself if it clears up nothing."""
    return state.resume if is_doubt(state) and isinstance(state.resume, Asking) else state


def origin(state: State | None) -> State | None:
    """Return where to go on after an interruption; one that interrupts another has the same origin.

    The question whether "worse" was said is asked again, because while it is open the exercise has ended (R31).
    """
    match state:
        case Asking() if state.question.name == TAKE_BACK:
            return state
        case Asking() if state.question.phase in {Phase.CLARIFICATION, Phase.INTERRUPTION}:
            return origin(state.resume)
        case Paused():
            return origin(state.resume)
        case _:
            return state


def place_to_return(state: State) -> State:
    """Return where a settled doubt leads back to: a pause stays a pause, a question whether to go on stays open."""
    match state:
        case Asking() if is_doubt(state) and state.resume is not None:
            return place_to_return(state.resume)
        case Paused() if is_doubt(state.resume):
            inner = place_to_return(state.resume)
            return inner if isinstance(inner, Paused) else replace(state, resume=inner)
        case _:
            return state
