"""Ending: what is said and done on "stop", on a red symptom, on a cry of pain, on "finish".

Stop first, ask afterwards (R10, R31): the first action is always to fall silent, the words of a stop come before any
question, and words of a stop that were cut off are said again.
"""

from dataclasses import replace

from voice_coach.actions import Earcon, Line, Play
from voice_coach.clinical.red_signs import DOUBT_QUESTIONS, ENDS_EXERCISE
from voice_coach.clinical.screening_questions import SCREENED
from voice_coach.events import Intent
from voice_coach.records import By, Stopped
from voice_coach.records import Paused as PausedRecord
from voice_coach.session import aftercare, follow_ups, transitions
from voice_coach.session.intents import DELETION, IMPRESSION, OWN
from voice_coach.session.states import Asking, Counting, Ending, Instructing, Paused, Performing, Settling, State
from voice_coach.session.turn import Turn
from voice_coach.timebase import Samples, samples

FINISH_TAKEN_BACK = samples(30)
"""So long "finish" can be taken back by "resume" (V10)."""

CLOSING = frozenset({"pain_after", "furthest_after", *IMPRESSION, *DELETION})
"""The questions after the exercise."""
BASELINE = frozenset(
    {*SCREENED, OWN, "screen_daily", "side", "side_told", "side_sure", "side_other", "pain_before", "furthest_before"}
)
"""Asked before anything was done: "down my leg" may be where it always is, so it is asked whether that is new."""
_HOW_IS_IT = frozenset({"check", "after_cry", "settle_check"})
"""Questions that a red word answers."""
_INTERRUPTIONS = frozenset({"go_on", "after_cry"})


def silence(turn: Turn, state: State, intent: Intent, *, red: bool, by: By = "user") -> None:
    """Fall silent at once, say so by an earcon, and write down why."""
    turn.hush()
    turn.know(then="", onward="", alarmed=turn.facts.alarmed or red)
    turn.do(Play(Earcon.STOPPED, turn.at))
    repetition, phase = transitions.place_of(state, intent.at)
    turn.record(Stopped(intent.at, repetition, phase, intent.name, intent.text, by, red))


def stop_words(turn: Turn) -> tuple[Line, ...]:
    """Return the fixed words after a red sign: stop, let go, rest, contact (R31; they never vary)."""
    return (*turn.prompt("say.red"), *transitions.rest_lines(turn), *turn.contact())


def is_doubt(state: State) -> bool:
    """Return whether a question only clears up what was meant by the answer to another one."""
    return isinstance(state, Asking) and state.question.startswith("doubt")


def origin(state: State | None) -> State | None:
    """Return where to go on after an interruption: what is itself an interruption leads to its own origin."""
    match state:
        case Asking() if is_doubt(state) or state.question in _INTERRUPTIONS:
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


def red(turn: Turn, state: State, intent: Intent, name: str, *, by: By = "user") -> State:
    """End the exercise: symptoms got worse, moved down the leg, or are of the nerve."""
    silence(turn, state, replace(intent, name=name), red=True, by=by)
    if isinstance(state, Asking) and state.question in _HOW_IS_IT and by == "user":
        turn.answer(transitions.label(state), name, intent)
    before = turn.facts.red
    graver = before is None or ENDS_EXERCISE.index(name) < ENDS_EXERCISE.index(before[0])
    if graver:
        turn.know(red=(name, before[1] if before else transitions.place_of(state, intent.at)[0]))
    turn.know(outcome="stopped", stopped_at=turn.at)
    turn.drop_pending()
    return after_red(turn, state, intent, name, again=before is not None and not graver)


def after_red(turn: Turn, state: State, intent: Intent, name: str, *, again: bool) -> State:
    """Say the words of the stop; where the pain is, is asked once; five minutes later, whether it has settled."""
    words = stop_words(turn)
    if isinstance(state, Ending) or (turn.facts.red and turn.facts.red[0] == "emergency"):
        return transitions.end(turn, "stopped", *words, short=True)
    if isinstance(state, Settling):
        return aftercare.rest_on(turn, state, *words)
    if isinstance(state, Asking) and state.question in {"moved_lower", "settle_check"} and turn.facts.red:
        return aftercare.begin(turn, *words)
    asked = isinstance(state, Asking) and state.question == "furthest_after"
    if asked and name == "peripheralised":
        place = str(intent.slots.get("place", "leg"))
        turn.answer("furthest_after", None if place == "leg" else place, intent)
        return aftercare.begin(turn, *words)
    heard = asked and isinstance(state, Asking) and not state.token
    if again and heard:
        return aftercare.begin(turn, *words)
    return transitions.ask(turn, "furthest_after", before=words)


def pain_cry(turn: Turn, state: State, intent: Intent) -> State:
    """Pause at once and ask; no answer counts as worse."""
    silence(turn, state, intent, red=True)
    turn.drop_pending()
    if turn.facts.red:
        return after_red(turn, state, intent, "pain_cry", again=True)
    lines = (*turn.prompt("say.stopped"), *transitions.rest_lines(turn))
    if isinstance(state, Ending):
        return transitions.end(turn, turn.facts.outcome, *lines)
    back = None if isinstance(state, Asking) and state.question == "onward" else origin(state)
    return transitions.ask(turn, "after_cry", before=lines, resume=back)  # nothing follows a cry


def stop(turn: Turn, state: State, intent: Intent) -> State:
    """Stop at once, without a question first; then offer to go on. A second "stop" ends the session."""
    silence(turn, state, intent, red=False)
    turn.drop_pending()
    if isinstance(state, Ending):
        return transitions.done(turn)
    if turn.facts.red:
        return transitions.end(turn, "stopped", *stop_words(turn), short=True)
    asked = state.question if isinstance(state, Asking) else ""
    stopped = (*turn.prompt("say.stopped"), *transitions.rest_lines(turn))
    if asked == "go_on":
        return transitions.end(turn, "completed" if turn.complete else "stopped", *stopped, short=True)
    if asked in CLOSING:
        return transitions.end(turn, turn.facts.outcome, *stopped, short=True)
    return transitions.ask(turn, "go_on", before=stopped, resume=origin(state))


def go_on(turn: Turn, state: State | None) -> State:
    """Go on after a stop; who has let go of the position takes it up first, at their own pace (V2)."""
    checking = isinstance(state, Asking) and state.question == "check" and not turn.complete
    if state is None or not (checking or isinstance(state, Counting)):
        return transitions.back_to(turn, state, before=turn.prompt("say.resumed"))
    turn.record(PausedRecord(turn.at, "taking the position again"))
    return transitions.pause(turn, state, *turn.prompt("say.position"))


def stopped_for_good(turn: Turn) -> State:
    """Close the session after "stop" was not taken back."""
    turn.know(outcome="completed" if turn.complete else "stopped")
    if turn.facts.repetitions:
        return transitions.after_repetitions(turn)
    return transitions.end(turn, "stopped", *turn.prompt("say.not_started"))


def finish(turn: Turn, state: State, intent: Intent) -> State:
    """End early because the person wants to; can be taken back for half a minute."""
    turn.hush()
    turn.know(then="", onward="")
    if isinstance(state, Ending):
        return transitions.done(turn)
    if turn.facts.red:
        cut_off = isinstance(state, Asking) and state.token
        return transitions.end(turn, "stopped", *(stop_words(turn) if cut_off else ()))
    asked = state.question if isinstance(state, Asking) else ""
    if asked == "go_on":
        return stopped_for_good(turn)
    if asked in CLOSING:
        return transitions.end(turn, turn.facts.outcome, resume=state.resume if isinstance(state, Asking) else None)
    if isinstance(state, Instructing) and (intent.ask or intent.text in {"i'm done", "i am done", "all done"}):
        return transitions.ask(turn, "doubt_done", resume=state)
    return finished(turn, state, intent)


def finished(turn: Turn, state: State, intent: Intent) -> State:
    """Close the session at the person's wish."""
    repetition, phase = transitions.place_of(state, intent.at)
    turn.record(Stopped(intent.at, repetition, phase, intent.name, intent.text, "user", red=False))
    turn.know(outcome="completed" if turn.complete else "finished_early", finished_at=intent.at)
    turn.drop_pending()
    offer = () if turn.complete else turn.prompt("say.take_back")
    lines = (*turn.prompt("say.finishing"), *transitions.rest_lines(turn), *offer)
    if not turn.facts.repetitions:
        return transitions.end(turn, "finished_early", *lines, resume=origin(state))
    return transitions.ask(turn, "pain_after", before=lines, resume=origin(state))


def taken_back(turn: Turn, state: State) -> bool:
    """Return whether "resume" now takes back a "finish"."""
    closing = isinstance(state, Ending) or (isinstance(state, Asking) and state.question in CLOSING)
    return (
        closing
        and isinstance(state, Ending | Asking)
        and state.resume is not None
        and turn.facts.outcome == "finished_early"
        and turn.at <= turn.facts.finished_at + FINISH_TAKEN_BACK
    )


def take_back(turn: Turn, state: State | None) -> State:
    """Go on although "finish" was said."""
    turn.hush()
    turn.know(outcome="completed")
    return go_on(turn, state)


def last_words_said(turn: Turn, state: Ending) -> State:
    """End the session, or wait as long as "finish" can be taken back."""
    until: Samples = turn.facts.finished_at + FINISH_TAKEN_BACK
    if taken_back(turn, state) and turn.at < until:
        return replace(state, token=0, wake_at=until)
    return transitions.done(turn)


def doubt(turn: Turn, state: State, intent: Intent) -> State | None:
    """Ask about a doubtful wording; None: it needs no question of its own."""
    if turn.facts.red or isinstance(state, Ending):
        return None
    turn.hush()
    before: tuple[Line, ...] = ()
    if isinstance(state, Counting):
        turn.do(Play(Earcon.STOPPED, turn.at))
        before = turn.prompt("say.come_back" if isinstance(state, Performing) else "say.stopped")
    question = "doubt_new" if is_baseline(state, intent) else DOUBT_QUESTIONS[intent.name]
    return transitions.ask(turn, question, before=before, resume=place_to_return(state), about=intent.name)


def is_baseline(state: State, intent: Intent) -> bool:
    """Return whether "down my leg" may only tell where the pain is, before anything was done."""
    return intent.name == "peripheralised" and isinstance(state, Asking) and state.question in BASELINE


def cannot_lie(turn: Turn, state: State, intent: Intent) -> State:
    """Leave this exercise and offer easier ones (R17); after a red word there are none (clinical rules 3)."""
    turn.hush()
    repetition, phase = transitions.place_of(state, intent.at)
    turn.record(Stopped(intent.at, repetition, phase, intent.name, intent.text, "user", red=False))
    if turn.facts.red:
        return transitions.end(turn, "stopped", *stop_words(turn), short=True)
    turn.know(outcome="finished_early" if turn.facts.repetitions else "cannot_start")
    return follow_ups.offer_alternative(turn, before=(*turn.prompt("say.cannot_lie"), *transitions.rest_lines(turn)))


def cannot(turn: Turn, index: int, intent: str) -> tuple[Line, ...]:
    """Return the easier way to do what can't be done at the step with this index or since; it is kept (R22)."""
    steps = turn.facts.exercise.steps
    found = next((i for i, s in enumerate(steps) if s.variant and s.variant.when == intent and i <= index), None)
    variant = None if found is None else steps[found].variant
    if found is None or variant is None or not turn.facts.lying:
        return turn.prompt("say.do_your_best")
    turn.adopt_variant(variant.id, variant.when)
    return transitions.instruction(turn, found)
