"""A red sign ends the exercise; and the question how far the pain reaches, by which one can show.

Stop first, ask afterwards (R10, R31): the first action is always to fall silent, the words of a stop come before any
question, and words of a stop that were cut off are said again. After a red sign it is asked once where the pain is; the
answer to that question may itself be a red sign, so both are in this module.
"""

from dataclasses import replace

from voice_coach.actions import Earcon, Line, Play
from voice_coach.clinical.red_signs import ENDS_EXERCISE, TAKE_BACK, RedSign
from voice_coach.clinical.routine import CANNOT, INSTRUCTIONS
from voice_coach.events import Intent
from voice_coach.exercise import timetable
from voice_coach.exercise.prompts import PLACES
from voice_coach.records import By, Stopped
from voice_coach.records import Paused as PausedRecord
from voice_coach.session import aftercare, calling, emergencies, follow_ups, getting_up, transitions
from voice_coach.session.follow_ups import TRY_AGAIN
from voice_coach.session.impression import SINCE_BEGAN
from voice_coach.session.intents import ANSWER, YES_NO
from voice_coach.session.questions import (
    LAST_WORDING,
    SKIP,
    asked_first,
    failed,
    following,
    goes_on,
    is_plain,
    leaves_open,
    origin,
)
from voice_coach.session.states import Asking, Counting, Ending, Paused, Phase, Question, Settling, State, Staying
from voice_coach.session.turn import Turn, hurts_more, is_higher, is_lower

PLACE = frozenset({"place", "unsure", "gone"})
"""Intents that answer where the pain is."""

_ONE_SIDE = "one_side_back"
"""The log's name for one side of the back."""
_KNOWN_PLACES = frozenset({*PLACES, _ONE_SIDE, "none"})


def silence(turn: Turn, state: State, intent: Intent, *, red: bool, by: By = "user") -> None:
    """Fall silent at once, say so by an earcon, and write down why."""
    turn.hush()
    turn.know(then="", onward="", alarmed=turn.facts.findings.alarmed or red)
    turn.do(Play(Earcon.STOPPED, turn.at))
    repetition, phase = transitions.place_of(state, intent.at)
    turn.record(Stopped(intent.at, repetition, phase, intent.name, intent.text, by, red))


def stop_words(turn: Turn) -> tuple[Line, ...]:
    """Return the fixed words after a red sign: stop, let go, rest, contact (R31; they never vary)."""
    return (*turn.prompt("say.red"), *transitions.rest_lines(turn), *turn.contact())


def red(turn: Turn, state: State, intent: Intent, name: str, *, by: By = "user") -> State:
    """End the exercise: symptoms got worse, moved down the leg, or are of the nerve."""
    silence(turn, state, replace(intent, name=name), red=True, by=by)
    if isinstance(state, Asking) and state.question.red_answers and by == "user":
        turn.answer(transitions.label(state), name, intent)
    before = turn.facts.findings.red
    graver = before is None or RedSign(name).gravity < RedSign(before[0]).gravity
    if graver:
        turn.know(red=(name, before[1] if before else transitions.place_of(state, intent.at)[0]))
    turn.know(outcome="stopped", stopped_at=turn.at)
    turn.drop_pending()
    if before is None and by == "user" and name == "worse" and may_be_misheard(turn, state, intent):
        turn.know(heard_asked=True)
        return transitions.ask(turn, HEARD_WORSE, before=stop_words(turn), resume=origin(state))
    return after_red(turn, state, intent, name, again=before is not None and not graver)


def may_be_misheard(turn: Turn, state: State, intent: Intent) -> bool:
    """Tell whether it is asked, once a session, if "worse" was said: a single word that answered no question."""
    alone = not intent.also and len(intent.text.split()) == 1
    return alone and isinstance(state, Counting | Paused) and not turn.facts.findings.heard_asked


def heard_worse(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take "worse" back after a single, certain "no"; after anything else the sign stands.

    The sign was recorded when it was heard. The record of the answer is what lifts the lock that follows from it
    (`clinical.eligibility.locking`), so that without it, as after a crash, the exercise is locked.
    """
    turn.hush()
    single = not intent.also and len(intent.text.split()) == 1
    if intent.name != "no" or intent.ask or not single or state.resume is None:
        turn.answer(HEARD_WORSE.name, "yes" if intent.name == "yes" and not intent.ask else None, intent)
        return transitions.ask(turn, FURTHEST_AFTER)
    turn.answer(HEARD_WORSE.name, "no", intent)
    turn.know(red=None, outcome="completed")
    turn.record(PausedRecord(turn.at, "taking the position again"))
    return transitions.pause(turn, state.resume, *turn.prompt("say.misheard"), *turn.prompt("say.position"))


def worse_stands(turn: Turn, _state: Asking) -> State:
    """The red sign stands: the exercise stays ended."""
    return transitions.ask(turn, FURTHEST_AFTER)


HEARD_WORSE = Question(TAKE_BACK, YES_NO, Phase.CLARIFICATION, answered=heard_worse, unanswered=worse_stands)
"""Has no other wording: what is no plain answer leaves the sign as it is."""


def after_red(turn: Turn, state: State, intent: Intent, name: str, *, again: bool) -> State:
    """Say the words of the stop; where the pain is, is asked once; five minutes later, whether it has settled."""
    words = stop_words(turn)
    emergency = turn.facts.findings.red is not None and turn.facts.findings.red[0] == "emergency"
    call = who_calls(turn, state, intent)
    if isinstance(state, Staying) and again and not call:  # "it hurts": all has been said, and the number is due again
        certain = name in ENDS_EXERCISE and not intent.ask
        return emergencies.reply(turn, state, turn.contact() if certain else turn.prompt("say.still_with_you"))
    if (emergency or call or isinstance(state, Staying)) and not turn.facts.log.forgetting:
        return emergencies.stay(turn, state, *words, call=call, said=intent.text)
    if emergency or isinstance(state, Ending):
        return transitions.end(turn, "stopped", *words, short=True)
    if isinstance(state, Settling):
        return aftercare.rest_on(turn, state, *words)
    if not isinstance(state, Asking):
        return transitions.ask(turn, FURTHEST_AFTER, before=words)
    if state.question == MOVED_LOWER or state.question.phase is Phase.AFTERCARE:
        return aftercare.begin(turn, *words)
    asked = state.question == FURTHEST_AFTER
    if asked and name == "peripheralised":
        place = str(intent.slots.get("place", "leg"))
        turn.answer("furthest_after", None if place == "leg" else place, intent)
        return aftercare.begin(turn, *words)
    if again and asked and not state.token:
        return aftercare.begin(turn, *words)
    return transitions.ask(turn, FURTHEST_AFTER, before=words)


def who_calls(turn: Turn, state: State, intent: Intent) -> By | None:
    """Return by whom help is called for with a red sign; None: it is not.

    While it is open whether to call, another sign is no "no".
    """
    if calling.asks_for_help(intent) or (getting_up.is_open(state) and "no" not in intent.also):
        return "user"
    sign = turn.facts.findings.red
    first = not isinstance(state, Staying)
    return "coach" if first and turn.facts.plan.help_at_once and sign and sign[0] == "emergency" else None


def became_red(turn: Turn, state: Asking, intent: Intent, *, by: By = "user") -> State:
    """Take a question as answered by the red intent that it was about."""
    about = state.about if state.about in ENDS_EXERCISE else "worse"
    return red(turn, state, intent, about, by=by)


def counts_as_red(turn: Turn, state: Asking) -> State:
    """It counts as the red sign that it is about, or as "worse": the exercise ends."""
    return became_red(turn, state, Intent(turn.at, "worse", ""), by="timeout")


def cannot_lie(turn: Turn, state: State, intent: Intent) -> State:
    """Leave this exercise and offer easier ones (R17); after a red word there are none (clinical rules 3)."""
    turn.hush()
    repetition, phase = transitions.place_of(state, intent.at)
    turn.record(Stopped(intent.at, repetition, phase, intent.name, intent.text, "user", red=False))
    if turn.facts.findings.red:
        return transitions.end(turn, "stopped", *stop_words(turn), short=True)
    turn.know(outcome="finished_early" if turn.facts.progress.repetitions else "cannot_start")
    return follow_ups.offer_alternative(turn, before=(*turn.prompt("say.cannot_lie"), *transitions.rest_lines(turn)))


def easier_way(turn: Turn, index: int, intent: str) -> tuple[Line, ...]:
    """Return the easier way to do what can't be done at the step with this index or since; it is kept (R22)."""
    steps = turn.facts.plan.exercise.steps
    found = next((i for i, s in enumerate(steps) if s.variant and s.variant.when == intent and i <= index), None)
    variant = None if found is None else steps[found].variant
    if found is None or variant is None or not turn.facts.progress.lying:
        turn.answer(CANNOT, intent, None)
        return turn.prompt("say.do_your_best")
    turn.adopt_variant(variant.id, variant.when)
    return transitions.step_instruction(turn, found)


# How far the pain reaches


def place_of(intent: Intent) -> str:
    """Return the place that was named; empty: none."""
    if intent.name == "gone":
        return "none"
    place = str(intent.slots.get("place", "")) if intent.name == "place" else ""
    return _ONE_SIDE if place == "one_side" else place


def known_place(intent: Intent) -> str | None:
    """Return the place that was named, if it is one of those that are told apart."""
    place = place_of(intent)
    return place if place in _KNOWN_PLACES else None


def furthest(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take the furthest place that the pain is felt at."""
    last = state.failures == LAST_WORDING  # "Is it only in your back?"
    place = place_of(intent)
    if place in _KNOWN_PLACES and intent.name == "place" and intent.ask:  # "my foot went through the floor once"
        return failed(turn, state, heard=True)
    if place in _KNOWN_PLACES:
        return at_place(turn, state, place, intent)
    if last and intent.name == "yes":
        return at_place(turn, state, "back", intent)
    if place or (last and intent.name == "no"):
        turn.hush()
        return transitions.ask(turn, DOUBT_LEG, resume=state)
    if intent.name in SKIP:
        return at_place(turn, state, None, intent)
    return failed(turn, state, heard=True)


def at_place(turn: Turn, state: Asking, place: str | None, intent: Intent) -> State:
    """Write the place down; one that is further down than before is asked about (R10)."""
    turn.hush()
    turn.answer(state.question.name, place, intent)
    if state.question == FURTHEST_BEFORE:
        turn.know(furthest_before=place)
    elif is_lower(turn, place) and not turn.facts.findings.red:
        lower = turn.prompt("say.lower_than_before")
        return transitions.ask(turn, MOVED_LOWER, before=lower, resume=state, about="peripheralised")
    elif is_higher(turn, place) and hurts_more(turn):
        return following(turn, state, before=turn.prompt("say.tell_physio"))
    return following(turn, state)


def begin_instructions(turn: Turn, _state: Asking, before: tuple[Line, ...]) -> State:
    """Say what the exercise is, and its first instruction."""
    exercise, side = turn.facts.plan.exercise, turn.facts.plan.side
    first = (*timetable.intro_lines(exercise, side), *timetable.caution_lines(exercise, side))
    if transitions.is_short(turn):
        turn.answer(INSTRUCTIONS, "short", None)
        first = timetable.plan_lines(exercise)
    return transitions.instruct(turn, 0, before=(*before, *first))


def sum_up(turn: Turn, state: Asking, before: tuple[Line, ...]) -> State:
    """Rest after a red sign; else sum the session up, and go on to what is asked or done after it."""
    if turn.facts.findings.red:
        return aftercare.begin(turn, *before)
    lines = (*before, *transitions.summary(turn))
    if turn.facts.plan.back_to and turn.facts.progress.outcome == "completed":
        return transitions.ask(turn, TRY_AGAIN, before=lines)
    if turn.facts.plan.past.impression_due:
        return transitions.ask(turn, SINCE_BEGAN, before=lines, resume=state.resume)
    return follow_ups.end_or_follow(turn, follow_ups.outcome_of(turn), *lines, resume=state.resume)


FURTHEST_BEFORE = Question(
    "furthest_before",
    PLACE | ANSWER,
    Phase.INTAKE,
    answered=furthest,
    unanswered=goes_on,
    then=begin_instructions,
    baseline=True,
    takes_talk=True,
)
FURTHEST_AFTER = Question(
    "furthest_after",
    PLACE | ANSWER,
    Phase.CLOSING,
    answered=furthest,
    unanswered=goes_on,
    then=sum_up,
    takes_talk=True,
)


def part_of_leg(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take the part of the leg."""
    place = place_of(intent)
    if place in _KNOWN_PLACES:
        return at_place(turn, asked_first(state), place, intent)
    if intent.name in SKIP:
        return at_place(turn, asked_first(state), None, intent)
    return failed(turn, state, heard=True)


DOUBT_LEG = Question(
    "doubt_leg",
    frozenset({"place", "unsure"}),
    Phase.CLARIFICATION,
    answered=part_of_leg,
    unanswered=leaves_open,
)


def moved_lower(turn: Turn, state: Asking, intent: Intent) -> State:
    """Settle whether the pain moved down since the beginning."""
    if not is_plain(intent):
        return failed(turn, state, heard=True)
    if intent.name == "yes":
        return became_red(turn, state, intent)
    turn.hush()
    turn.answer("moved_lower", "no", intent)
    assert isinstance(state.resume, Asking)
    return following(turn, state.resume)


MOVED_LOWER = Question("moved_lower", ANSWER, Phase.EXERCISE, answered=moved_lower, unanswered=counts_as_red)
