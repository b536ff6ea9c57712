"""Follow-ups of a session: an easier exercise, or the next step of a programme."""

from voice_coach.actions import Line
from voice_coach.clinical.trends import IMPROVED
from voice_coach.events import Intent
from voice_coach.exercise import timetable
from voice_coach.exercise.model import Follow
from voice_coach.session import transitions
from voice_coach.session.intents import PROPOSAL
from voice_coach.session.questions import ends, yes_or_no
from voice_coach.session.states import Asking, Phase, Question, State
from voice_coach.session.turn import Turn, hurts_more

CANNOT = "cannot"
"""The outcome of an exercise that the person could not do."""


def outcome_of(turn: Turn) -> str:
    """Return how it went: `better`, `same`, `unsure` or `stopped`; neither of the first two if it hurts more."""
    facts = turn.facts
    if facts.findings.change == "unsure" or (facts.findings.change and hurts_more(turn)):
        return "unsure"
    if facts.progress.outcome != "completed" or not facts.findings.change:
        return "stopped"
    return "better" if facts.findings.change in IMPROVED else "same"


def nothing_may_follow(turn: Turn) -> bool:
    """Tell whether nothing may follow this session, whatever the programme says."""
    facts = turn.facts
    return facts.findings.alarmed or facts.findings.red is not None or facts.plan.lock is not None


def end_or_follow(turn: Turn, outcome: str, *lines: Line, resume: State | None = None) -> State:
    """End the session; if a step of the programme follows, name it, and ask first if the programme says so."""
    facts = turn.facts
    follow = None if nothing_may_follow(turn) else facts.plan.exercise.follows.get(outcome)
    if follow is None:
        return transitions.end(turn, facts.progress.outcome, *lines, resume=resume)
    named = (*lines, *turn.prompt("say.then_comes"), timetable.name_line(follow.exercise, follow.name))
    if follow.asked:
        return transitions.ask(turn, ONWARD, before=named, about=outcome)
    return hand_over_to_step(turn, follow, *named)


def hand_over_to_step(turn: Turn, follow: Follow, *lines: Line) -> State:
    """End, to be followed by a step of the programme."""
    turn.know(then=follow.exercise, onward=follow.step)
    return transitions.end(turn, turn.facts.progress.outcome, *lines, short=True)


def offer_alternative(turn: Turn, refused: str = "", *, before: tuple[Line, ...] = ()) -> State:
    """Offer the alternative after the refused one; after the last, or under a lock, end the session kindly."""
    names = {} if turn.facts.plan.lock else timetable.alternatives(turn.facts.plan.exercise)
    offered = list(names)
    remaining = offered[offered.index(refused) + 1 :] if refused else offered
    if not remaining:
        ask = turn.prompt("say.ask_physio") if names else ()
        return end_or_follow(turn, CANNOT, *before, *ask)
    lead = (*before, *turn.prompt("say.another" if refused else "say.easier"), names[remaining[0]])
    return transitions.ask(turn, EASIER, before=lead, about=remaining[0])


def hand_over_to_exercise(turn: Turn, to: str) -> State:
    """End, to be followed by another exercise."""
    turn.know(then=to)
    return transitions.end(turn, turn.facts.progress.outcome, *turn.prompt("say.we_try"), short=True)


@yes_or_no
def easier(turn: Turn, state: Asking, intent: Intent, *, yes: bool) -> State:
    """Go to the exercise that was agreed to, or offer another one."""
    turn.answer("easier", state.about if yes else "no", intent)
    return hand_over_to_exercise(turn, state.about) if yes else offer_alternative(turn, state.about)


EASIER = Question("easier", PROPOSAL, Phase.FOLLOW_UP, answered=easier, unanswered=ends, takes_talk=True)


@yes_or_no
def try_again(turn: Turn, _state: Asking, intent: Intent, *, yes: bool) -> State:
    """Go back to the exercise that this one replaced, if the person wants to."""
    turn.answer("try_again", intent.name, intent)
    return hand_over_to_exercise(turn, turn.facts.plan.back_to) if yes else end_or_follow(turn, CANNOT)


TRY_AGAIN = Question("try_again", PROPOSAL, Phase.FOLLOW_UP, answered=try_again, unanswered=ends, takes_talk=True)


@yes_or_no
def onward(turn: Turn, state: Asking, intent: Intent, *, yes: bool) -> State:
    """Go on with the programme only after a "yes"."""
    follow = turn.facts.plan.exercise.follows[state.about]
    turn.answer("onward", follow.exercise if yes else "no", intent)
    if not yes or nothing_may_follow(turn):
        return transitions.end(turn, turn.facts.progress.outcome)
    return hand_over_to_step(turn, follow, *turn.prompt("say.we_try"))


ONWARD = Question("onward", PROPOSAL, Phase.FOLLOW_UP, answered=onward, unanswered=ends, takes_talk=True)
