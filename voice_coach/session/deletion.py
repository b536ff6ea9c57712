"""Deleting the log by voice: the coach asks twice, in different words. Only a plain "yes" to both deletes it."""

from typing import Final

from voice_coach.actions import Forget
from voice_coach.events import Intent, Saved
from voice_coach.session import transitions
from voice_coach.session.intents import YES_NO
from voice_coach.session.questions import yes_or_no
from voice_coach.session.states import Asking, Ending, Phase, Question, State
from voice_coach.session.turn import Turn
from voice_coach.timebase import Samples, samples

DELETION_TIMEOUT: Final[Samples] = samples(10)
"""How long to wait for the result of the deletion."""


def ask(turn: Turn, state: State) -> State:
    """Ask for the first time; say that what led to a lock must be checked all the same."""
    turn.hush()
    past = turn.facts.plan.past
    lock = turn.prompt("told.see_professional") if past.locks or not past.readable else ()
    return transitions.ask(turn, DELETE_LOG, before=lock, resume=state)


def kept(turn: Turn, state: Asking) -> State:
    """Nothing is deleted, and it goes on where it was asked."""
    return transitions.back_to(turn, state.resume, before=turn.prompt("told.kept"))


@yes_or_no
def first_yes(turn: Turn, state: Asking, _intent: Intent, *, yes: bool) -> State:
    """Ask a second time after "yes"."""
    return transitions.ask(turn, DELETE_SURE, resume=state.resume) if yes else kept(turn, state)


@yes_or_no
def second_yes(turn: Turn, state: Asking, _intent: Intent, *, yes: bool) -> State:
    """Delete after the second "yes"."""
    if not yes:
        return kept(turn, state)
    number = turn.facts.log.record + 1
    turn.know(record=number, forgetting=number)
    turn.do(Forget(number))
    turn.listen("nothing")
    return Ending(turn.facts, 0, turn.at + DELETION_TIMEOUT)


DELETE_LOG = Question("delete_log", YES_NO, Phase.CLOSING, answered=first_yes, unanswered=kept)
DELETE_SURE = Question("delete_sure", YES_NO, Phase.CLOSING, answered=second_yes, unanswered=kept)
NAMES: Final = frozenset({DELETE_LOG.name, DELETE_SURE.name})
"""Standby asks the same two questions."""


def over(turn: Turn, event: Saved) -> State:
    """Say whether the log was deleted."""
    if event.error:
        return _end(turn, "told.not_forgotten")
    return _end(turn, "told.forgotten", *(["told.see_professional"] if turn.facts.plan.past.locks else []))


def unknown(turn: Turn) -> State:
    """Say that it is not known whether the log was deleted."""
    return _end(turn, "say.unknown_forgotten")


def _end(turn: Turn, *names: str) -> State:
    turn.know(forgetting=0)
    lines = (line for name in names for line in turn.prompt(name))
    return transitions.end(turn, turn.facts.progress.outcome, *lines, short=True)
