"""The opening: a lock, the safety sentence, practising words, days of pain, red flags, or resuming the last session."""

from typing import Final, cast

from voice_coach.actions import Line
from voice_coach.clinical.past import BrokenOff, Lock
from voice_coach.clinical.red_signs import locked_because
from voice_coach.events import Intent
from voice_coach.exercise import plan
from voice_coach.exercise.model import Side
from voice_coach.exercise.prompts import number_text, when_text
from voice_coach.session import checks, screening, transitions
from voice_coach.session.intents import ANSWER, PROPOSAL, YES_NO
from voice_coach.session.questions import GO_ON, does_not_begin, failed, yes_or_no
from voice_coach.session.screening import first_question
from voice_coach.session.states import Asking, Between, Phase, Question, State
from voice_coach.session.turn import Turn


def screen(turn: Turn, *, before: tuple[Line, ...] = ()) -> State:
    """Ask about red flags if that is due (clinical rules 2c), then what the exercise needs to know."""
    match turn.facts.plan.past.screening:
        case "full":
            return screening.begin(turn, before=(*before, *turn.prompt("say.screening")))
        case "daily":
            return transitions.ask(turn, DAILY, before=before)
        case _:
            return ask_to_resume(turn, before=before)


def welcome(turn: Turn) -> State:
    """Greet; speak of a locked exercise before asking anything else."""
    facts = turn.facts
    again = "welcome.again" if facts.plan.back_to or facts.plan.exercise.continues else "welcome.back"
    hello = turn.prompt("welcome.first" if facts.plan.first_run else again)
    unknown = turn.prompt("say.mended") if facts.plan.past.mended else ()
    unknown = unknown if facts.plan.past.readable else turn.prompt("say.past_unknown")
    hello = hello if facts.plan.past.settings_readable else (*hello, *turn.prompt("say.settings_unknown"))
    if facts.plan.lock:
        return transitions.ask(
            turn, CLEARED, before=(*hello, *reason(turn, facts.plan.lock), *turn.prompt("say.locked"))
        )
    return after_lock(turn, before=(*hello, *unknown))


def reason(turn: Turn, lock: Lock) -> tuple[Line, ...]:
    """Return why and since when the exercise is locked."""
    other = turn.prompt("say.locked_other") if lock.elsewhere else ()
    return (*turn.prompt(locked_because(lock.reason), when=when_text(lock.weekday, lock.days_ago)), *other)


def after_lock(turn: Turn, *, before: tuple[Line, ...] = ()) -> State:
    """Go on with an exercise that is not, or no longer, locked: on the first run with the safety sentence (R6)."""
    if turn.facts.plan.first_run:
        return transitions.ask(turn, ACKNOWLEDGE, before=before)
    return after_acknowledged(turn, before=before)


def after_acknowledged(turn: Turn, *, before: tuple[Line, ...] = ()) -> State:
    """Say what is due after so many days (R36, D6); after two weeks the person must acknowledge it to begin."""
    past = turn.facts.plan.past
    before = (*before, *(turn.prompt("say.review_due") if past.review_due else ()))
    before = (*before, *(turn.prompt("say.no_better") if past.no_better else ()))
    if past.two_weeks:
        return transitions.ask(turn, TWO_WEEKS, before=(*before, *turn.prompt("say.two_weeks")))
    return screen(turn, before=(*before, *(turn.prompt("say.week") if past.week else ())))


def stays_locked(turn: Turn, outcome: str) -> State:
    """End kindly; say whom to see, and what can't wait."""
    return transitions.end(turn, outcome, *turn.prompt("say.still_locked"), *turn.prompt("say.emergency_signs"))


def ask_to_resume(turn: Turn, *, before: tuple[Line, ...] = ()) -> State:
    """Ask whether to go on where the last session broke off; if that is impossible, say so and begin again."""
    broken = turn.facts.plan.past.broken_off
    if not broken or broken.repetitions >= plan.total(turn.facts.plan.exercise):
        return first_question(turn, before=before)
    number = number_text(plan.place(turn.facts.plan.exercise, broken.repetitions + 1).number)
    if not broken.offered or (turn.facts.plan.exercise.sides == "painful" and not broken.side):
        return first_question(turn, before=(*before, *turn.prompt("say.broke_off", done=number)))
    return transitions.ask(turn, BROKEN_OFF, before=(*before, *turn.prompt("say.broke_off_now", done=number)))


def resume_session(turn: Turn, broken: BrokenOff) -> State:
    """Restore what was known; the person takes up the position, and the next repetition follows."""
    exercise, done = turn.facts.plan.exercise, broken.repetitions
    last = plan.place(exercise, done)
    turn.know(
        side=last.side or cast("Side | None", broken.side),
        variant=broken.variant,
        tempo=broken.tempo,
        lying=True,
        holding=True,
        repetitions=done,
        earlier=done,
        pain_before=broken.pain_before,
        furthest_before=broken.furthest_before,
    )
    due = last.number in exercise.repetition.checks_after and not broken.checked
    following = Asking(turn.facts, checks.CHECK, 0, turn.at) if due else Between(turn.facts, done + 1, 0, turn.at)
    return checks.take_up(turn, following)


# A lock


@yes_or_no
def cleared(turn: Turn, _state: Asking, intent: Intent, *, yes: bool) -> State:
    """Ask once more after "yes"; "no" leaves the exercise locked."""
    turn.answer("cleared", intent.name, intent)
    return transitions.ask(turn, CLEARED_SURE) if yes else stays_locked(turn, "cannot_start")


@yes_or_no
def cleared_sure(turn: Turn, _state: Asking, intent: Intent, *, yes: bool) -> State:
    """Open the lock after the second "yes"; the log keeps which lock was opened."""
    lock = turn.facts.plan.lock
    assert lock is not None, "asked only about a lock"
    if not yes:
        turn.answer("cleared_sure", "no", intent)
        return stays_locked(turn, "cannot_start")
    turn.answer("cleared_sure", lock.session, intent)
    turn.know(lock=None)
    return after_lock(turn, before=turn.prompt("say.unlocked"))


def not_cleared(turn: Turn, _state: Asking) -> State:
    """The exercise stays locked, and the session ends."""
    return stays_locked(turn, "no_answer")


CLEARED = Question("cleared", YES_NO, Phase.INTAKE, answered=cleared, unanswered=not_cleared)
CLEARED_SURE = Question("cleared_sure", YES_NO, Phase.INTAKE, answered=cleared_sure, unanswered=not_cleared)


# The safety sentence, and what is due by the days


def acknowledge(turn: Turn, state: Asking, intent: Intent) -> State:
    """Begin only after "yes" (R6)."""
    if intent.name not in {*GO_ON, "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("acknowledge", "no" if intent.name == "no" else "yes", intent)
    if intent.name == "no":
        return transitions.end(turn, "cannot_start", *turn.prompt("say.not_started"))
    if not turn.facts.plan.past.practice:
        return after_acknowledged(turn)
    return transitions.ask(turn, PRACTICE[PRACTICE_WORDS[0]], before=turn.prompt("say.practice"))


@yes_or_no
def two_weeks(turn: Turn, _state: Asking, intent: Intent, *, yes: bool) -> State:
    """Begin only if the person acknowledges that a professional must look at it (R36)."""
    turn.answer("two_weeks", intent.name, intent)
    return screen(turn) if yes else transitions.end(turn, "cannot_start", *turn.prompt("say.not_started"))


ACKNOWLEDGE = Question(
    "acknowledge", PROPOSAL, Phase.INTAKE, answered=acknowledge, unanswered=does_not_begin, takes_talk=True
)
TWO_WEEKS = Question("two_weeks", YES_NO, Phase.INTAKE, answered=two_weeks, unanswered=does_not_begin)


@yes_or_no
def something_new(turn: Turn, _state: Asking, intent: Intent, *, yes: bool) -> State:
    """Ask everything again after "yes": the daily question does not tell what is new."""
    turn.answer("screen_daily", intent.name, intent)
    if not yes:
        return ask_to_resume(turn)
    turn.know(news=True)
    return screening.begin(turn, before=turn.prompt("say.screening_again"))


DAILY = Question(
    "screen_daily",
    ANSWER,
    Phase.SCREENING,
    answered=something_new,
    unanswered=does_not_begin,
    baseline=True,
    takes_talk=True,
)


# On the first run, practise saying stop, repeat, help and worse once each, before the exercise. While the coach asks
# for a word, that exact word is practice, once: it stops nothing, locks nothing and is not recorded. Any other word,
# and any other wording of the same sign, means what it always does.

PRACTICE_WORDS: Final = ("stop", "repeat", "help", "worse")
"""The words in the order in which they are asked for; each is also the name of its intent."""

ENDS_PRACTICE: Final = frozenset({"skip", "no", "ready_next", "resume", "unsure"})
"""Intents that end the practice early."""

_PRACTICE_PREFIX: Final = "practice_"


def practice_question(word: str) -> str:
    """Return the name of the question that asks for a word."""
    return _PRACTICE_PREFIX + word


def is_practice(state: State, intent: Intent) -> bool:
    """Tell whether exactly the word that is asked for was said, and nothing else."""
    if not isinstance(state, Asking) or state.question.phase is not Phase.PRACTICE:
        return False
    word = _word_asked_for(state)
    return intent.name == word and intent.text == word and not intent.also


def _word_asked_for(state: Asking) -> str:
    return state.question.name.removeprefix(_PRACTICE_PREFIX)


def practised(turn: Turn, state: Asking, intent: Intent) -> State:
    """Go on to the next word once this one was said; "skip" ends the practice."""
    word = _word_asked_for(state)
    if is_practice(state, intent):
        turn.hush()
        left = PRACTICE_WORDS[PRACTICE_WORDS.index(word) + 1 :]
        if left:
            return transitions.ask(turn, PRACTICE[left[0]], reply=turn.prompt("say.practice_heard"))
        return after_acknowledged(turn, before=turn.prompt("say.practised"))
    if intent.ask or intent.name not in ENDS_PRACTICE:
        return failed(turn, state, heard=True)
    turn.hush()
    return after_acknowledged(turn, before=turn.prompt("say.practice_left"))


def not_practised(turn: Turn, _state: Asking) -> State:
    """The practice ends, and the session goes on."""
    return after_acknowledged(turn, before=turn.prompt("say.practice_left"))


PRACTICE = {
    word: Question(practice_question(word), ENDS_PRACTICE, Phase.PRACTICE, answered=practised, unanswered=not_practised)
    for word in PRACTICE_WORDS
}


# Going on where the last session broke off


def broken_off(turn: Turn, state: Asking, intent: Intent) -> State:
    """Go on where the last session broke off, or begin again. The log keeps which session it goes on with."""
    broken = turn.facts.plan.past.broken_off
    if intent.ask or broken is None or intent.name not in {*GO_ON, "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    if intent.name == "no":
        turn.answer("broken_off", "no", intent)
        return first_question(turn)
    turn.answer("broken_off", broken.session, intent)
    return resume_session(turn, broken)


def begins_again(turn: Turn, _state: Asking) -> State:
    """The session begins from the start."""
    return first_question(turn)


BROKEN_OFF = Question(
    "broken_off", PROPOSAL, Phase.INTAKE, answered=broken_off, unanswered=begins_again, takes_talk=True
)
