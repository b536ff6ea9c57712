"""Commands understood in every state: stop and red signs first, then pauses, wishes and questions (V21)."""

from dataclasses import replace

from voice_coach.actions import Line
from voice_coach.events import Intent
from voice_coach.records import Paused as PausedRecord
from voice_coach.records import Resumed
from voice_coach.session import (
    calling,
    checks,
    deletion,
    doubts,
    false_alarms,
    interruptions,
    misheard,
    replies,
    screening,
    status_answers,
    stop_rules,
    transitions,
)
from voice_coach.session.intents import FORGET
from voice_coach.session.replies import reply
from voice_coach.session.states import Asking, Counting, Ending, Paused, Performing, Settling, State
from voice_coach.session.stop_rules import MOVED_LOWER
from voice_coach.session.turn import Turn
from voice_coach.timebase import samples

UNCLEAR_TWICE = samples(5)
"""Speech that is not understood twice within this time pauses the counting."""


def understood(turn: Turn, state: State, intent: Intent) -> State | None:
    """Answer a universal intent; None: it is not one, or the state has its own answer to it."""
    intent = calling.prefer_call(intent)
    match intent.name:
        case "numb_weak" if screening.answers_with_numb(state, intent):
            return None
        case "worse" | "peripheralised" | "numb_weak" | "stop" | "finish" if _asks_if_new(state):
            return None
        case "emergency" | "worse" | "peripheralised" | "numb_weak":
            if calling.CALL_HELP in intent.also:
                return stop_rules.red(turn, state, intent, intent.name)
            intent, settled = checks.by_place(turn, state, intent)
            if settled is not None:
                return settled
            doubtful = intent.ask or doubts.is_baseline(state, intent)
            asking = doubts.ask_if_meant(turn, state, intent) if doubtful else None
            asking = asking or false_alarms.ask_before_start(turn, state, intent)
            return asking or stop_rules.red(turn, state, intent, intent.name)
        case "stop" | "finish" if isinstance(state, Asking) and state.question == MOVED_LOWER:
            return stop_rules.red(turn, state, intent, "peripheralised", by="timeout")  # left open, it counts (V9)
        case calling.CALL_HELP:
            return interruptions.call_help(turn, state, intent)
        case calling.CANT_GET_UP:
            return interruptions.cant_get_up(turn, state, intent)
        case "pain_cry":
            answered = false_alarms.answer_taken_up(turn, state, intent)
            return answered or interruptions.pain_cry(turn, state, intent)
        case "stop":
            return interruptions.stop(turn, state, intent)
        case "finish" if intent.ask and isinstance(state, Counting):  # "I finished the washing up"
            return pause(turn, state)
        case "finish":
            return interruptions.finish(turn, state, intent)
        case "resume" if isinstance(state, Asking | Ending) and interruptions.can_take_back(turn, state):
            return interruptions.take_back(turn, state.resume)
        case "pause":
            return pause(turn, state)
        case "misheard":
            return misheard.understood(turn, state, intent)
        case _:
            return replies.wish(turn, state, intent)


def _asks_if_new(state: State) -> bool:
    """Tell whether the question is open to which anything but a plain "no" is an emergency."""
    return isinstance(state, Asking) and state.question == screening.NEW


def pause(turn: Turn, state: State) -> State:
    """Pause; an interrupted repetition will be done again (V24). In a pause, the full time begins again."""
    if isinstance(state, Ending):
        return state
    if isinstance(state, Settling):
        return reply(turn, state, turn.prompt("say.rest_on"))
    turn.hush()
    if isinstance(state, Paused):
        turn.say(*turn.prompt("say.still_paused"))
        return replace(state, wake_at=turn.at + transitions.PAUSE_REMINDER, reminders=0, nomatch=0)
    turn.record(PausedRecord(turn.at, "user"))
    return transitions.pause(turn, state)


def unclear(turn: Turn, state: Performing) -> State:
    """Pause if speech was not understood twice while counting: it may have been a cry for help (V12).

    Only once a session; otherwise a session with a television in the room would never end.
    """
    last = turn.facts.speech.unclear_at
    turn.know(unclear_at=turn.at)
    if turn.facts.speech.unclear_told or last is None or turn.at - last > UNCLEAR_TWICE:
        return state
    turn.know(unclear_told=True)
    turn.hush()
    turn.record(PausedRecord(turn.at, "speech: not understood"))
    return transitions.pause(turn, state, *turn.prompt("say.unclear_counting"))


def resume(turn: Turn, state: Paused, *, before: tuple[Line, ...]) -> State:
    """Go on where the pause began."""
    turn.hush()
    turn.record(Resumed(turn.at, turn.at - state.since))
    return transitions.back_to(turn, state.resume, before=before)


def answer_question(turn: Turn, state: State, intent: Intent) -> State:
    """Answer a question to the coach, or say when to ask it; after a red sign the answer is whom to contact."""
    facts = turn.facts
    if isinstance(state, Counting):
        return reply(turn, state, turn.prompt("say.ask_later"))
    if intent.name == FORGET:
        return _forget(turn, state)
    if intent.name == "about":
        return reply(turn, state, turn.prompt("told.about"))
    if facts.findings.red:
        return reply(turn, state, turn.contact())
    return reply(turn, state, _answer_lines(turn, state, intent))


def _answer_lines(turn: Turn, state: State, intent: Intent) -> tuple[Line, ...]:
    facts = turn.facts
    if intent.name == "what_can_i_do":
        cleared = facts.plan.past.lock is not None and facts.plan.lock is None
        return status_answers.choice_lines(facts.plan.prompts, facts.plan.past, cleared=cleared)
    ended = isinstance(state, Ending) and facts.progress.outcome == "completed"
    done = facts.plan.past.completed_today + ended
    return status_answers.progress_lines(facts.plan.prompts, facts.plan.past, done, facts.plan.exercise.per_day)


def _forget(turn: Turn, state: State) -> State:
    """Ask whether to delete everything, once the session is over; not after a red sign or at a locked exercise."""
    if turn.facts.findings.red or turn.facts.plan.lock:
        return reply(turn, state, (*turn.prompt("told.kept"), *turn.contact()))
    if isinstance(state, Ending) and not turn.facts.log.forgetting:
        return deletion.ask(turn, state)
    return reply(turn, state, turn.prompt("say.delete_later"))
