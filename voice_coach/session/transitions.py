"""How each state is entered: what is said, what is listened to, and until when."""

from dataclasses import replace

from voice_coach.actions import Earcon, Finish, Line, Play
from voice_coach.clinical.routine import INSTRUCTIONS
from voice_coach.dialogue.turn import LISTENING_GAP, MAX_SPEECH_LENGTH
from voice_coach.exercise import plan
from voice_coach.exercise import timetable as timetables
from voice_coach.exercise.prompts import dose_words, number_text
from voice_coach.records import Ended
from voice_coach.records import Paused as PausedRecord
from voice_coach.session.states import (
    Asking,
    Between,
    Counting,
    Done,
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
from voice_coach.timebase import Samples, samples

ANSWER_TIMEOUT = samples(8)
"""Silence after a question for so long is no answer (V5)."""
SAVE_TIMEOUT = samples(3)
"""So long the next repetition waits for the last one to be on disk; then the user is told, and it goes on."""
LEAD = samples(0.6)
"""Between the end of what is said and the next repetition (V4); where nothing is said, the last rest is enough."""
PAUSE_REMINDER = samples(60)
"""V24."""
PAUSE_ENDS = 5
"""After so many reminders' time a paused session ends by itself (V5: five minutes)."""

_Lines = tuple[Line, ...]


def ask(
    turn: Turn,
    question: Question,
    *,
    before: _Lines = (),
    reply: _Lines = (),
    resume: State | None = None,
    about: str = "",
) -> Asking:
    """Ask a question, after an answer to what was said, and after what leads to it (kept for when it is cut off)."""
    before = (*before, *turn.take_pending())
    fields = {"side": about} if about in {"left", "right"} else {}
    general, special = f"ask.{question.name}", f"ask.{question.name}_{about}"
    asked = special if special in turn.facts.plan.prompts else general
    token = turn.say(*reply, *before, *turn.prompt(asked, **fields))
    turn.listen_for(question.name, question.accepts)
    return Asking(turn.facts, question, token, turn.at + MAX_SPEECH_LENGTH, resume=resume, about=about, before=before)


def is_short(turn: Turn) -> bool:
    """Tell whether the instructions are the short ones: the person knows them on this side, and has not asked (V2)."""
    facts = turn.facts
    side = facts.plan.side if facts.plan.exercise.sides == "painful" else None
    return not facts.plan.in_full and (side or "") in facts.plan.past.familiar


def short_instruction(turn: Turn) -> _Lines:
    """Return the whole set-up in short."""
    exercise, side = turn.facts.plan.exercise, turn.facts.plan.side
    general = turn.prompt("say.short_side" if exercise.sides == "painful" else "say.short")
    return (*(timetables.short_lines(exercise, side) or general), *turn.prompt("say.ready_or_help"))


def instruct_in_full(turn: Turn) -> State:
    """Give the whole set-up from its beginning to somebody who was given it in short."""
    exercise, side = turn.facts.plan.exercise, turn.facts.plan.side
    turn.know(in_full=True)
    turn.answer(INSTRUCTIONS, "full", None)
    first = (*timetables.intro_lines(exercise, side), *timetables.caution_lines(exercise, side))
    return instruct(turn, 0, before=() if turn.facts.progress.repetitions else first)


def instruction(turn: Turn, index: int) -> _Lines:
    """Return what is said at a step: its lines, or the whole set-up where it is given in short."""
    return short_instruction(turn) if is_short(turn) else step_instruction(turn, index)


def step_instruction(turn: Turn, index: int) -> _Lines:
    """Return the lines of a step, in the way that was chosen."""
    exercise = turn.facts.plan.exercise
    step = exercise.steps[index]
    chosen = step.variant and step.variant.id == turn.facts.plan.variant
    return (timetables.variant_lines if chosen else timetables.step_lines)(exercise, step, turn.facts.plan.side)


def instruct(turn: Turn, index: int, *, before: _Lines = (), reply: _Lines = ()) -> State:
    """Say a step of the set-up; past the last one repetitions begin. On the other side only what differs is said.

    In short there is one step, so any index above 0 is past the last one.
    """
    steps, done, short = turn.facts.plan.exercise.steps, turn.facts.progress.repetitions, is_short(turn)
    index = len(steps) if short and index else index
    while done and not short and index < len(steps) and not plan.sided(steps[index]):
        index += 1
    if index == len(steps):
        return prepare(turn, done + 1, before=(*reply, *before, *turn.prompt("say.begin")))
    turn.know(lying=True, holding=turn.facts.progress.holding or short or plan.lets_go(turn.facts.plan.exercise, index))
    before = (*before, *turn.take_pending())
    token = turn.say(*reply, *before, *instruction(turn, index))
    turn.listen("ready")
    return Instructing(turn.facts, index, token, turn.at + MAX_SPEECH_LENGTH, before=before)


def following(turn: Turn, *, before: _Lines = ()) -> State:
    """Go on with the repetition that follows, after a rest where it begins a set."""
    number, exercise = turn.facts.progress.repetitions + 1, turn.facts.plan.exercise
    place = plan.place(exercise, number)
    if place.set == plan.place(exercise, number - 1).set or not exercise.repetition.set_rest:
        return prepare(turn, number, before=before)
    (length,) = dose_words(exercise)["rest"]
    lines = (*before, *turn.take_pending(), *turn.prompt("say.set_rest", rest=length))
    return _lead_in(turn, number, lines, rest=samples(exercise.repetition.set_rest))


def rested(turn: Turn, state: Between) -> State:
    """Begin the set that follows a rest."""
    place = plan.place(turn.facts.plan.exercise, state.number)
    return prepare(turn, state.number, before=turn.prompt("say.set", set=number_text(place.set)))


def prepare(turn: Turn, number: int, *, before: _Lines = ()) -> State:
    """Say what is to be said before a repetition; it begins when that is over and the last one is on disk."""
    side = plan.place(turn.facts.plan.exercise, number).side
    if side != turn.facts.plan.side and side:
        turn.know(side=side)
        return instruct(turn, 0, before=(*before, *turn.prompt("say.other_side")))
    remark = timetables.remark_line(turn.facts.plan.exercise, number, turn.facts.plan.side)
    return _lead_in(turn, number, (*before, *turn.take_pending(), *((remark,) if remark else ())))


def _lead_in(turn: Turn, number: int, lines: _Lines, *, reply: _Lines = (), rest: Samples = 0) -> State:
    token = turn.say(*reply, *lines)
    turn.listen("counting")
    guard = MAX_SPEECH_LENGTH if token else SAVE_TIMEOUT
    return begin_if_ready(turn, Between(turn.facts, number, token, turn.at + guard, lines, rest))


def begin_if_ready(turn: Turn, state: Between) -> State:
    """Begin the repetition if nothing is left to wait for; what is to be told of the log is told first."""
    if state.token or turn.facts.log.unsaved:
        return state
    if news := turn.take_news():
        said = (*state.lines, *news)
        return replace(state, token=turn.say(*news), wake_at=turn.at + MAX_SPEECH_LENGTH, lines=said)
    if state.rest:
        state = replace(state, rest=0, rested_at=turn.at + state.rest)
    if state.rested_at:
        return replace(state, wake_at=state.rested_at) if turn.at < state.rested_at else rested(turn, state)
    if turn.facts.speech.deaf:  # nothing is counted while "stop" would be understood too late
        return rest_unheard(turn, state)
    return begin(turn, state.number, LEAD if state.lines else 0)


def waited(turn: Turn, state: Between) -> State:
    """Go on after a rest; or although the end of the speech was not heard of, or the log gives no answer."""
    if state.token:
        return begin_if_ready(turn, replace(state, token=0, wake_at=turn.at + SAVE_TIMEOUT))
    if turn.facts.log.unsaved:
        turn.know(unsaved=frozenset(), log_failed=True)
    return begin_if_ready(turn, state)


def begin(turn: Turn, number: int, lead: Samples) -> Performing:
    """Begin a repetition after a pause of `lead`: each of its calls is given its very sample."""
    turn.know(begun=True)
    facts = turn.facts
    timetable = timetables.timetable(facts.plan.exercise, number, facts.plan.side, facts.plan.tempo)
    started = turn.at + lead
    turn.listen("counting")
    turn.do(*(Play(line, started + offset) for offset, line in timetable.calls))
    return Performing(facts, number, started, timetable, started + timetable.length, facts.plan.tempo)


def pause(turn: Turn, resume: State, *lines: Line, by_device: bool = False) -> Paused:
    """Rest until "resume"; the interrupted repetition will be done again."""
    if not by_device:
        counting = isinstance(resume, Counting)
        turn.say(*(lines or turn.prompt("say.paused_counting" if counting else "say.paused")))
    turn.listen("paused")
    return Paused(turn.facts, resume, turn.at, turn.at + PAUSE_REMINDER, by_device=by_device)


def tell_of_trouble(turn: Turn) -> None:
    """Say that the user is understood too late, and what to do."""
    turn.do(Play(Earcon.PROBLEM, turn.at))
    turn.say(*turn.prompt("say.trouble_hearing"))


def rest_unheard(turn: Turn, resume: State) -> Paused:
    """Rest until the user is understood in time, and say why."""
    turn.record(PausedRecord(turn.at, "hearing: understood too late"))
    tell_of_trouble(turn)
    return pause(turn, resume, by_device=True)


def back_to(turn: Turn, state: State | None, *, before: _Lines = (), again: bool = False) -> State:
    """Go on where the dialogue was: a question is asked again, a step said again, an interrupted repetition done again.

    Args:
        turn: the turn.
        state: where to.
        before: what is said first.
        again: what led to a question is said again even if it had been said to its end.
    """
    match state:
        case Asking():
            lead = state.before if state.token or again else ()
            return ask(turn, state.question, before=lead, reply=before, resume=state.resume, about=state.about)
        case Instructing():
            return instruct(turn, state.index, before=state.before if state.token else (), reply=before)
        case Between() if state.token:  # cut off once more, "I'm back" may be among its lines
            reply = tuple(line for line in before if line not in state.lines)
            return _lead_in(turn, state.number, state.lines, reply=reply, rest=state.rest)
        case Between() if state.rested_at > turn.at:
            return _lead_in(turn, state.number, before, rest=state.rested_at - turn.at)
        case Between():
            return prepare(turn, state.number, before=before)
        case Performing():
            place = plan.place(turn.facts.plan.exercise, state.number)
            once = turn.facts.plan.exercise.repetition.count == 1
            redo = turn.prompt("say.redo_once") if once else turn.prompt("say.redo", done=number_text(place.number))
            return prepare(turn, state.number, before=(*before, *redo))
        case Paused():
            return pause(turn, state.resume, *before, *turn.prompt("say.still_paused"))
        case Settling():
            turn.say(*before, *state.lines)
            turn.listen("resting")
            return replace(state, wake_at=max(state.wake_at, turn.at + MAX_SPEECH_LENGTH))
        case Staying():
            return state
        case None | Ending() | Done():
            return end(turn, turn.facts.progress.outcome, *before)


def rest_lines(turn: Turn) -> _Lines:
    """Return how to rest, where the person has taken the position; how to let go only where they hold something."""
    if not turn.facts.progress.lying:
        return ()
    lines = timetables.rest_lines(turn.facts.plan.exercise, turn.facts.plan.side)
    return lines if turn.facts.progress.holding else lines[1:]


def end(turn: Turn, outcome: str, *lines: Line, short: bool = False, resume: State | None = None) -> Ending:
    """Say the last words. After a red word the session was stopped, whatever else happened."""
    turn.know(outcome="stopped" if turn.facts.findings.red else outcome)
    standing = turn.facts.plan.exercise.position == "standing"
    getting_up = turn.prompt("say.before_getting_up") if turn.facts.progress.lying and not (short or standing) else ()
    last = (*lines, *turn.take_pending(), *getting_up, *goodbye(turn, short=short))
    token = turn.say(*last)
    turn.listen("nothing")
    return Ending(turn.facts, token, turn.at + MAX_SPEECH_LENGTH, last, resume)


def goodbye(turn: Turn, *, short: bool) -> _Lines:
    """Return the farewell; after a whole session with how often (R33), never with an upper number (R34)."""
    if turn.facts.plan.then:
        return ()
    if turn.facts.progress.outcome != "completed" or short:
        return turn.prompt("say.goodbye_short")
    per_day, done = turn.facts.plan.exercise.per_day, turn.facts.plan.past.completed_today + 1
    count = {1: (), 2: turn.prompt("say.today_second")}.get(done, turn.prompt("say.today_third"))
    if done > max(per_day - 1, 1) or not per_day:
        return (*count, *turn.prompt("say.how_often"), *turn.prompt("say.goodbye_short"))
    match per_day:
        case 1:
            return (*count, *turn.prompt("say.goodbye_once"))
        case 3:
            return (*count, *turn.prompt("say.goodbye"))
        case _:
            return (*count, *turn.prompt("say.goodbye_times", times=number_text(per_day)))


def done(turn: Turn) -> Done:
    """Be over: the one place where a session ends."""
    facts = turn.facts
    repetitions = facts.progress.repetitions - facts.progress.earlier
    turn.record(Ended(turn.at, facts.progress.outcome, repetitions, facts.speech.noinput, facts.speech.nomatch))
    turn.do(Finish(facts.progress.outcome))
    return Done(turn.facts)


def summary(turn: Turn) -> _Lines:
    """Return what was done, and what the pain did; nothing after a red word."""
    facts = turn.facts
    if facts.findings.red:
        return ()
    done = number_text(facts.progress.repetitions)
    if facts.findings.pain_after is None or facts.findings.pain_before is None:
        return turn.prompt("summary.plain", done=done)
    pain = {"before": number_text(facts.findings.pain_before), "after": number_text(facts.findings.pain_after)}
    same = facts.findings.pain_before == facts.findings.pain_after
    return turn.prompt("summary.same" if same else "summary.change", done=done, **pain)


def listening(turn: Turn, at: Samples) -> None:
    """Sound the earcon that says: it is your turn."""
    turn.do(Play(Earcon.LISTENING, at + LISTENING_GAP))


def label(state: Asking) -> str:
    """Return the question's name in the log."""
    question = state.question
    return question.log_name(state) if question.log_name else question.name


def place_of(state: State, at: Samples) -> tuple[int, str]:
    """Return the repetition and the phase that a state stands in at an instant, for the log."""
    match state:
        case Performing():
            return state.number, state.timetable.phase(at - state.started)
        case Between():
            return state.number - 1, "between"
        case Paused():
            return place_of(state.resume, at)[0], "paused"
        case Asking():
            return place_of(state.resume, at)[
                0
            ] if state.resume else state.facts.progress.repetitions, state.question.name
        case Instructing():
            return 0, state.facts.plan.exercise.steps[state.index].id
        case _:
            return state.facts.progress.repetitions, "ending"
