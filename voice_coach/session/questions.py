"""What follows a question that is settled, and what is done where no answer comes (V5-V9)."""

from dataclasses import replace

from voice_coach.actions import Line
from voice_coach.clinical import red_signs
from voice_coach.dialogue.turn import MAX_SPEECH_LENGTH
from voice_coach.events import Intent
from voice_coach.exercise import timetable
from voice_coach.records import By
from voice_coach.session import aftercare, follow_ups, opening, stop_rules, transitions
from voice_coach.session.intents import DELETION, IMPRESSION, SCREENING
from voice_coach.session.states import Asking, State
from voice_coach.session.turn import Turn

LAST_WORDING = 2
"""After so many failures most questions stand in their last wording, which "yes" or "no" answers (V7)."""

_NEEDED = SCREENING | {"acknowledge", "two_weeks", "taught", "side", "side_told", "side_sure", "side_other"}
"""Nothing begins without their answer."""
_LEFT_OPEN = IMPRESSION | {"pain_before", "furthest_before", "sound_check", "pain_after", "furthest_after"}
"""Without their answer it goes on as with it."""


def failed(turn: Turn, state: Asking, *, heard: bool) -> State:
    """Ask again in other words, up to the question's last wording; then take the safe default."""
    if heard:
        turn.know(nomatch=turn.facts.nomatch + 1)
        state = replace(state, nomatch=state.nomatch + 1)
    else:
        turn.know(noinput=turn.facts.noinput + 1)
        state = replace(state, noinput=state.noinput + 1)
    turn.hush()
    name = f"retry{state.failures}.{state.question}"
    if state.question in SCREENING and state.failures == LAST_WORDING:
        name = "say.yes_if_any"
    if name not in turn.facts.prompts:
        return unanswered(turn, state)
    sorry = turn.prompt("say.sorry") if heard and state.nomatch == 1 else ()
    fields = {"side": state.about} if state.about in {"left", "right"} else {}
    lead = state.before if state.token else ()
    token = turn.say(*lead, *sorry, *transitions.own_question_words(turn, state), *turn.prompt(name, **fields))
    return replace(state, token=token, wake_at=turn.at + MAX_SPEECH_LENGTH)


def unanswered(turn: Turn, state: Asking) -> State:
    """Do what is safe where no answer came (V9). Silence is never "fine"."""
    turn.answer(transitions.label(state), None, None)
    match state.question:
        case question if question in _NEEDED:
            return transitions.end(turn, "no_answer", *turn.prompt("say.not_started"))
        case "easier" | "try_again" | "onward":
            return transitions.end(turn, turn.facts.outcome)
        case "broken_off":
            return transitions.first_question(turn)
        case "settle_check":
            return aftercare.over(turn)
        case "cleared" | "cleared_sure":
            return opening.stays_locked(turn, "no_answer")
        case question if question in _LEFT_OPEN:
            return following(turn, state)
        case "check" | "unsure_place" | "unsure_pain":
            lines = (*turn.prompt("say.no_answer"), *transitions.rest_lines(turn))
            return transitions.end(turn, "completed" if turn.complete else "no_answer", *lines)
        case "go_on":
            return stop_rules.stopped_for_good(turn)
        case "doubt_done":
            return transitions.pause(turn, state.resume or state)
        case "doubt_gone" | "doubt_same" | "delete_log" | "delete_sure":
            kept = turn.prompt("told.kept") if state.question in DELETION else ()
            return transitions.back_to(turn, state.resume, before=kept)
        case "doubt_zero" | "doubt_ten" | "doubt_leg":
            return left_open(turn, state)
        case _:  # a cry of pain or a doubtful red word without an answer counts as red
            return became_red(turn, state, Intent(turn.at, "worse", ""), by="timeout")


def left_open(turn: Turn, state: Asking) -> State:
    """Leave a number or a place open; where it might have been "numb" before the exercise, do not begin."""
    question = state.resume
    assert isinstance(question, Asking)
    turn.answer(question.question, None, None)
    if state.question == "doubt_zero" and question.question == "pain_before":
        return transitions.end(turn, "no_answer", *turn.prompt("say.not_started"))
    return following(turn, question)


def became_red(turn: Turn, state: Asking, intent: Intent, *, by: By = "user") -> State:
    """Take a question as answered by the red intent that it was about."""
    about = state.about if state.about in red_signs.ENDS_EXERCISE else "worse"
    return stop_rules.red(turn, state, intent, about, by=by)


def following(turn: Turn, state: Asking, *, before: tuple[Line, ...] = ()) -> State:
    """Go on to what follows a question that is settled."""
    match state.question:
        case "pain_before":
            return transitions.ask(turn, "furthest_before", before=before)
        case "furthest_before":
            exercise, side = turn.facts.exercise, turn.facts.side
            first = (*timetable.intro_lines(exercise, side), *timetable.caution_lines(exercise, side))
            return transitions.instruct(turn, 0, before=(*before, *first))
        case "sound_check":
            return transitions.instruct(turn, 1, reply=before)
        case "pain_after":
            return transitions.ask(turn, "furthest_after", before=before, resume=state.resume)
        case "furthest_after":
            if turn.facts.red:
                return aftercare.begin(turn, *before)
            lines = (*before, *transitions.summary(turn))
            if turn.facts.back_to and turn.facts.outcome == "completed":
                return transitions.ask(turn, "try_again", before=lines)
            if turn.facts.past.impression_due and not turn.facts.red:
                return transitions.ask(turn, "since_began", before=lines, resume=state.resume)
            return follow_ups.go(turn, follow_ups.outcome_of(turn), *lines, resume=state.resume)
        case question if question in IMPRESSION:
            return follow_ups.go(turn, follow_ups.outcome_of(turn), *before, resume=state.resume)
        case "check" if turn.complete:
            return transitions.after_repetitions(turn, before=(*before, *transitions.rest_lines(turn)))
        case "check":
            return transitions.following(turn, before=before)
        case _:
            return transitions.back_to(turn, state.resume, before=before)
