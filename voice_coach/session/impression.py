"""Once a week, ask how it has been since the person began (PGIC, clinical.md section 6): two questions, seven steps.

Here "worse" is a report about weeks, so it ends and locks nothing; the coach says whom to contact. Every other red
word, and "worse" about this moment ("worse now", "it hurts more"), means what it always does.
"""

from typing import Final

from voice_coach.actions import Line
from voice_coach.clinical.red_signs import RED
from voice_coach.events import Intent
from voice_coach.session import follow_ups, transitions
from voice_coach.session.questions import failed, following, goes_on
from voice_coach.session.states import Asking, Phase, Question, State
from voice_coach.session.turn import Turn

_DIRECTIONS: Final = {"better": "better", "gone": "better", "worse": "worse", "same": "same"}
_STEPS: Final = {
    ("better", "very"): 1, ("better", "much"): 2, ("better", "little"): 3,
    ("worse", "little"): 5, ("worse", "much"): 6, ("worse", "very"): 7,
}  # fmt: skip
_NO_CHANGE: Final = 4
_OF_THIS_MOMENT: Final = frozenset({"now", "getting", "got", "made"})
"""Words that make a "worse" a report about this moment, not about weeks."""


def reports(state: State, intent: Intent) -> bool:
    """Tell whether "worse" answers this question, rather than describing this moment."""
    words = set(intent.text.split())
    return (
        isinstance(state, Asking)
        and state.question in {SINCE_BEGAN, SINCE_MUCH}
        and intent.name == "worse"
        and "worse" in words
        and not words & _OF_THIS_MOMENT
        and not RED.intersection(intent.also) - {"worse"}
    )


def direction(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take better, the same or worse; ask by how much unless it was said."""
    if intent.ask or intent.name not in {*_DIRECTIONS, "unsure"}:
        return failed(turn, state, heard=True)
    turn.hush()
    chosen = _DIRECTIONS.get(intent.name)
    turn.answer("since_began", chosen, intent)
    if chosen is None:
        return following(turn, state)
    return amount(turn, state, chosen, intent)


def much(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take by how much; another direction corrects the first answer."""
    if intent.ask or intent.name not in {*_DIRECTIONS, "amount", "unsure"}:
        return failed(turn, state, heard=True)
    chosen = _DIRECTIONS.get(intent.name, state.about)
    if intent.name == "unsure":
        turn.hush()
        return following(turn, state)
    if chosen == state.about and chosen != "same" and not _amount(intent):
        return failed(turn, state, heard=True)
    turn.hush()
    if chosen != state.about:
        turn.answer("since_began", chosen, intent)
    return amount(turn, state, chosen, intent)


def amount(turn: Turn, state: Asking, chosen: str, intent: Intent) -> State:
    """Record the step if it is known; otherwise ask by how much."""
    reply: tuple[Line, ...] = ()
    if chosen != state.about:
        reply = turn.prompt("say.contact") if chosen == "worse" else turn.praise() if chosen == "better" else ()
    step = _NO_CHANGE if chosen == "same" else _STEPS.get((chosen, _amount(intent)))
    if step is None:
        return transitions.ask(turn, SINCE_MUCH, before=reply, resume=state.resume, about=chosen)
    turn.answer("pgic", float(step), intent)
    return following(turn, state, before=(*reply, *turn.prompt("say.noted")))


def _amount(intent: Intent) -> str:
    """Return `little`, `much` or `very`; empty: it was not said."""
    if isinstance(said := intent.slots.get("amount"), str):
        return said
    words = intent.text.split()
    if "very" in words:
        return "very"
    if {"much", "lot"}.intersection(words):
        return "much"
    return "little" if {"little", "bit", "slightly"}.intersection(words) else ""


def over(turn: Turn, state: Asking, before: tuple[Line, ...]) -> State:
    """Go on to what follows the session."""
    return follow_ups.end_or_follow(turn, follow_ups.outcome_of(turn), *before, resume=state.resume)


SINCE_BEGAN = Question(
    "since_began",
    frozenset({"better", "gone", "same", "unsure"}),
    Phase.CLOSING,
    answered=direction,
    unanswered=goes_on,
    then=over,
    takes_talk=True,
)
SINCE_MUCH = Question(
    "since_much",
    SINCE_BEGAN.accepts | {"amount"},
    Phase.CLOSING,
    answered=much,
    unanswered=goes_on,
    then=over,
    takes_talk=True,
)
