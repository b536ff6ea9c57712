"""What is understood in every state: volume, tempo, help, repeat, and questions about how it goes."""

from dataclasses import replace

from voice_coach.actions import Earcon, Line, Play, SetVolume
from voice_coach.clinical.screening_questions import BOTH_LEGS_OR_GROWING_WEAKNESS, SADDLE_NUMBNESS
from voice_coach.dialogue.turn import MAX_SPEECH_LENGTH
from voice_coach.events import Intent
from voice_coach.exercise import timetable
from voice_coach.records import Adjusted, Resumed
from voice_coach.records import Paused as PausedRecord
from voice_coach.session import aftercare, deletion, status_answers, stop_rules, transitions
from voice_coach.session.intents import FORGET, SCREENING
from voice_coach.session.states import (
    MAX_VOLUME,
    Asking,
    Between,
    Counting,
    Done,
    Ending,
    Instructing,
    Paused,
    Performing,
    Settling,
    State,
)
from voice_coach.session.turn import Turn

TEMPO_STEP = 1.25
TEMPO_RANGE = (0.64, 2.0)
"""Factor on the roll, return and rest times; the hold is never scaled (V3)."""


def understood(turn: Turn, state: State, intent: Intent) -> State | None:
    """Answer a universal intent; None: it is not one, or the state has its own answer to it."""
    match intent.name:
        case "numb_weak" if answers_screening(state, intent):
            return None
        case "emergency" | "worse" | "peripheralised" | "numb_weak":
            doubtful = intent.ask or stop_rules.is_baseline(state, intent)
            asked = stop_rules.doubt(turn, state, intent) if doubtful else None
            return asked or stop_rules.red(turn, state, intent, intent.name)
        case "stop" | "finish" if isinstance(state, Asking) and state.question == "moved_lower":
            return stop_rules.red(turn, state, intent, "peripheralised", by="timeout")  # left open, it counts (V9)
        case "pain_cry":
            return stop_rules.pain_cry(turn, state, intent)
        case "stop":
            return stop_rules.stop(turn, state, intent)
        case "finish":
            return stop_rules.finish(turn, state, intent)
        case "resume" if isinstance(state, Asking | Ending) and stop_rules.taken_back(turn, state):
            return stop_rules.take_back(turn, state.resume)
        case "pause":
            return pause(turn, state)
        case _:
            return wish(turn, state, intent)


def wish(turn: Turn, state: State, intent: Intent) -> State | None:
    """Answer what changes how the coach speaks, or asks for more words."""
    match intent.name:
        case "louder" | "quieter":
            return change_volume(turn, state, +1 if intent.name == "louder" else -1)
        case "slower" | "faster":
            return change_tempo(turn, state, slower=intent.name == "slower")
        case "how_many_left":
            return how_many(turn, state)
        case "help":
            return help_(turn, state)
        case "repeat":
            return repeat(turn, state)
        case _:
            return None


def reply(turn: Turn, state: State, lines: tuple[Line, ...]) -> State:
    """Say something and go on as before: while counting it waits for the end of the repetition."""
    match state:
        case Performing():
            turn.do(Play(Earcon.HEARD, turn.at))
            turn.know(pending=tuple(dict.fromkeys(turn.facts.pending + lines)))
            return state
        case Paused():
            turn.hush()
            turn.say(*lines)
            return state
        case Ending():
            return replace(state, token=turn.say(*lines), wake_at=turn.at + MAX_SPEECH_LENGTH)
        case Settling():
            turn.hush()
            return aftercare.reply(turn, state, lines)
        case _:
            turn.hush()
            return transitions.back_to(turn, state, before=lines)


def pause(turn: Turn, state: State) -> State:
    """Rest; in a repetition it will be done again (V24). Who asks for it while resting has the full time again."""
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


def resume(turn: Turn, state: Paused, *, before: tuple[Line, ...]) -> State:
    """Go on where the pause began."""
    turn.hush()
    turn.record(Resumed(turn.at, turn.at - state.since))
    return transitions.back_to(turn, state.resume, before=before)


def change_volume(turn: Turn, state: State, change: int) -> State:
    """Speak louder or quieter; the reply is heard at the new level (V18)."""
    level = min(max(turn.facts.volume + change, 1), MAX_VOLUME)
    if level == turn.facts.volume:
        return reply(turn, state, turn.prompt("say.loudest" if change > 0 else "say.quietest"))
    turn.know(volume=level)
    turn.do(SetVolume(level))
    turn.record(Adjusted(turn.at, "volume", level))
    return reply(turn, state, turn.prompt("say.louder" if change > 0 else "say.quieter"))


def change_tempo(turn: Turn, state: State, *, slower: bool) -> State:
    """Count slower or faster from the next repetition on; the hold stays as it is (V3)."""
    lowest, highest = TEMPO_RANGE
    factor = TEMPO_STEP if slower else 1 / TEMPO_STEP
    tempo = min(max(round(turn.facts.tempo * factor, 4), lowest), highest)
    if tempo == turn.facts.tempo:
        return reply(turn, state, turn.prompt("say.slowest" if slower else "say.fastest"))
    turn.know(tempo=tempo)
    turn.record(Adjusted(turn.at, "tempo", tempo))
    return reply(turn, state, turn.prompt("say.slower" if slower else "say.faster"))


def how_many(turn: Turn, state: State) -> State:
    """Say how many are done and to go; while counting, when the repetition under way is one of them."""
    if not isinstance(state, Performing):
        return reply(turn, state, turn.progress())
    turn.know(progress_asked=True)
    return reply(turn, state, ())


def help_(turn: Turn, state: State) -> State:
    """Say where we are, what to do, and what can be said (V23)."""
    match state:
        case Instructing():
            turn.hush()
            facts = turn.facts
            token = turn.say(*timetable.help_lines(facts.exercise, facts.exercise.steps[state.index], facts.side))
            return replace(state, token=token, wake_at=turn.at + MAX_SPEECH_LENGTH, since=0, nudges=0)
        case Performing() | Between():
            turn.hush()
            come_back = turn.prompt("say.come_back") if isinstance(state, Performing) else ()
            return transitions.back_to(turn, state, before=(*come_back, *turn.progress(), *counting_help(turn)))
        case Paused():
            return reply(turn, state, turn.prompt("help.paused"))
        case Settling():
            return reply(turn, state, turn.prompt("say.rest_on"))
        case Ending() | Done():
            return reply(turn, state, turn.prompt("help.ending"))
        case Asking() if state.question in SCREENING:
            return more(turn, state)
        case Asking():
            return reply(turn, state, turn.prompt("help.question"))


def more(turn: Turn, state: Asking) -> State:
    """Say a question about a red flag in more words ("tell me more")."""
    turn.hush()
    token = turn.say(*transitions.own_question_words(turn, state), *turn.prompt(f"retry1.{state.question}"))
    return replace(state, token=token, wake_at=turn.at + MAX_SPEECH_LENGTH)


def answers_screening(state: State, intent: Intent) -> bool:
    """Tell whether "numb" is the answer to a question about a red flag; "my foot is numb" is a sign of its own."""
    asked = isinstance(state, Asking) and state.question in {SADDLE_NUMBNESS, BOTH_LEGS_OR_GROWING_WEAKNESS}
    return asked and "place" not in intent.slots


def counting_help(turn: Turn) -> tuple[Line, ...]:
    """Return what to do when, in the exercise's own words where it has some, and what can be said."""
    own = timetable.repetition_help_lines(turn.facts.exercise, turn.facts.side)
    return (*(own or turn.prompt("help.counting")), *turn.prompt("help.counting_words"))


def repeat(turn: Turn, state: State) -> State:
    """Say it again."""
    match state:
        case Paused():
            return reply(turn, state, turn.prompt("say.still_paused"))
        case Ending():
            turn.hush()
            return replace(state, token=turn.say(*state.lines), wake_at=turn.at + MAX_SPEECH_LENGTH)
        case Performing():
            turn.hush()
            return transitions.back_to(turn, state, before=turn.prompt("say.come_back"))
        case _:
            turn.hush()
            return transitions.back_to(turn, state, again=True)


def answer_question(turn: Turn, state: State, intent: Intent) -> State:
    """Answer, or say when it can be asked; after a red sign the answer is whom to contact."""
    facts = turn.facts
    if isinstance(state, Counting):
        return reply(turn, state, turn.prompt("say.ask_later"))
    if intent.name == FORGET:
        return _forget(turn, state)
    if intent.name == "about":
        return reply(turn, state, turn.prompt("told.about"))
    if facts.red:
        return reply(turn, state, turn.contact())
    return reply(turn, state, _facts_told(turn, state, intent))


def _facts_told(turn: Turn, state: State, intent: Intent) -> tuple[Line, ...]:
    facts = turn.facts
    if intent.name == "what_can_i_do":
        cleared = facts.past.lock is not None and facts.lock is None
        return status_answers.what(facts.prompts, facts.past, cleared=cleared)
    ended = isinstance(state, Ending) and facts.outcome == "completed"
    done = facts.past.completed_today + ended
    return status_answers.how(facts.prompts, facts.past, done, facts.exercise.per_day)


def _forget(turn: Turn, state: State) -> State:
    """Ask whether all is to be deleted once the session is over; never behind a red sign or at a locked exercise."""
    if turn.facts.red or turn.facts.lock:
        return reply(turn, state, (*turn.prompt("told.kept"), *turn.contact()))
    if isinstance(state, Ending) and not turn.facts.forgetting:
        return deletion.ask(turn, state)
    return reply(turn, state, turn.prompt("say.delete_later"))
