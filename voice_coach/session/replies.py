"""Replies to requests about speech: volume, pace, tempo, help, repeat (V3, V4, V18, V23)."""

from dataclasses import replace
from typing import Final

from voice_coach.actions import PACES, SERVER_VOICE, Earcon, Line, Play, SetPace, SetVolume
from voice_coach.dialogue.turn import MAX_SPEECH_LENGTH
from voice_coach.events import Intent
from voice_coach.exercise import timetable
from voice_coach.records import Adjusted
from voice_coach.session import aftercare, emergencies, transitions
from voice_coach.session.facts import MAX_VOLUME
from voice_coach.session.questions import failed, other_words, wording
from voice_coach.session.states import (
    Asking,
    Between,
    Done,
    Ending,
    Instructing,
    Paused,
    Performing,
    Phase,
    Question,
    Settling,
    State,
    Staying,
)
from voice_coach.session.turn import Turn

THE_VOICE: Final = "the_voice"
THE_MOVEMENT: Final = "the_movement"

OTHER_WORDS_FROM = 3
"""From so many times "repeat" in a row the same words do not help."""

TEMPO_STEP = 1.25
TEMPO_RANGE = (0.64, 2.0)
"""Factor on the roll, return and rest times; the hold is never scaled (V3)."""


def wish(turn: Turn, state: State, intent: Intent) -> State | None:
    """Answer what changes how the coach speaks, or asks for more words."""
    match intent.name:
        case "louder" | "quieter":
            return change_volume(turn, state, +1 if intent.name == "louder" else -1)
        case "slower" | "voice_slower" if isinstance(state, Asking) and state.question == SLOWER_WHICH:
            return _said_plainly(turn, state, intent)
        case "slower" if isinstance(state, Instructing) and is_unclear(intent):
            return slower(turn, state)
        case "slower" | "faster":
            return change_tempo(turn, state, slower=intent.name == "slower")
        case "voice_slower" | "voice_faster":
            return change_pace(turn, state, +1 if intent.name == "voice_slower" else -1)
        case "another_voice":
            return change_voice(turn, state)
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
            turn.know(pending=tuple(dict.fromkeys(turn.facts.speech.pending + lines)))
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
        case Staying():
            return emergencies.reply(turn, state, lines)
        case _:
            turn.hush()
            return transitions.back_to(turn, state, before=lines)


def remark(turn: Turn, state: State, lines: tuple[Line, ...]) -> State:
    """Say something short: a step that has been said is not said again."""
    if not (isinstance(state, Instructing) and state.since):
        return reply(turn, state, lines)
    turn.hush()
    return replace(state, token=turn.say(*lines))


def change_volume(turn: Turn, state: State, change: int) -> State:
    """Speak louder or quieter; the reply is heard at the new level (V18)."""
    level = min(max(turn.facts.speech.volume + change, 1), MAX_VOLUME)
    if level == turn.facts.speech.volume:
        return reply(turn, state, turn.prompt("say.loudest" if change > 0 else "say.quietest"))
    turn.know(volume=level)
    turn.do(SetVolume(level))
    turn.record(Adjusted(turn.at, "volume", level))
    return reply(turn, state, turn.prompt("say.louder" if change > 0 else "say.quieter"))


def change_tempo(turn: Turn, state: State, *, slower: bool) -> State:
    """Count slower or faster from the next repetition on; the hold stays as it is (V3)."""
    lowest, highest = TEMPO_RANGE
    factor = TEMPO_STEP if slower else 1 / TEMPO_STEP
    tempo = min(max(round(turn.facts.plan.tempo * factor, 4), lowest), highest)
    if tempo == turn.facts.plan.tempo:
        return remark(turn, state, turn.prompt("say.slowest" if slower else "say.fastest"))
    turn.know(tempo=tempo)
    turn.record(Adjusted(turn.at, "tempo", tempo))
    return remark(turn, state, turn.prompt("say.slower" if slower else "say.faster"))


def change_pace(turn: Turn, state: State, change: int) -> State:
    """Make the pauses between sentences longer or shorter, the reply's included (V4); the movement keeps its tempo."""
    pace = min(max(turn.facts.speech.pace + change, PACES[0]), PACES[1])
    if pace == turn.facts.speech.pace:
        return reply(turn, state, turn.prompt("say.voice_slowest" if change > 0 else "say.voice_fastest"))
    turn.know(pace=pace)
    turn.do(SetPace(pace))
    return reply(turn, state, turn.prompt("say.voice_slower" if change > 0 else "say.voice_faster"))


def change_voice(turn: Turn, state: State) -> State:
    """Speak with the next of the voices, the reply too; a repetition is counted to its end by the one that began it."""
    voices, due = turn.facts.speech.voices, turn.facts.speech.voice_due
    if len(voices) <= 1:
        return reply(turn, state, turn.prompt("say.voice_server" if SERVER_VOICE in voices else "say.voice_only"))
    following = voices[(voices.index(due or voices[0]) + 1) % len(voices)]
    if isinstance(state, Performing):
        turn.know(voice_due=following)
    else:
        turn.change_voice(following)
    return reply(turn, state, turn.prompt("say.voice_new"))


def is_unclear(intent: Intent) -> bool:
    """Tell whether "slower" was said in words that may be about the voice or the movement: "too fast"."""
    return "which" in intent.slots


def slower(turn: Turn, state: Instructing) -> State:
    """Slow down what "too fast" is about while the coach explains; ask once in a session which it is."""
    if not turn.facts.speech.slower:
        turn.hush()
        return transitions.ask(turn, SLOWER_WHICH, resume=replace(state, since=0))  # the step is said again after it
    return _slow_down(turn, state)


def _slow_down(turn: Turn, state: State) -> State:
    if turn.facts.speech.slower == "voice":
        return change_pace(turn, state, +1)
    return change_tempo(turn, state, slower=True)


def _said_plainly(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take "speak slower" or "count slower" as the answer to which of both is meant."""
    if is_unclear(intent):
        return failed(turn, state, heard=True)
    return which_slower(turn, state, replace(intent, name=THE_VOICE if intent.name == "voice_slower" else THE_MOVEMENT))


def which_slower(turn: Turn, state: Asking, intent: Intent) -> State:
    """Slow down what is meant, and keep that for the rest of the session."""
    if intent.name not in {THE_VOICE, THE_MOVEMENT} or intent.ask:
        return failed(turn, state, heard=True)
    turn.know(slower="voice" if intent.name == THE_VOICE else "movement")
    return _slow_down(turn, state.resume or state)


def counts_as_movement(turn: Turn, state: Asking) -> State:
    """Slow the movement down, as without the question; it is not asked again."""
    turn.know(slower="movement")
    return _slow_down(turn, state.resume or state)


SLOWER_WHICH = Question(
    "slower_which",
    frozenset({THE_VOICE, THE_MOVEMENT}),
    Phase.CLARIFICATION,
    answered=which_slower,
    unanswered=counts_as_movement,
)


def how_many(turn: Turn, state: State) -> State:
    """Say how many are done and to go; while counting, when the repetition under way is one of them."""
    if isinstance(state, Settling):
        return reply(turn, state, turn.prompt("say.rest_on"))
    if not isinstance(state, Performing):
        begun = turn.facts.progress.repetitions or not isinstance(state, Instructing)
        return remark(turn, state, turn.progress() if begun else turn.progress()[-1:])
    turn.know(progress_asked=True)
    return reply(turn, state, ())


def help_(turn: Turn, state: State) -> State:
    """Say where we are, what to do, and what can be said (V23)."""
    match state:
        case Instructing() if transitions.is_short(turn):
            turn.hush()
            return transitions.instruct_in_full(turn)
        case Instructing():
            turn.hush()
            facts = turn.facts
            token = turn.say(
                *timetable.help_lines(facts.plan.exercise, facts.plan.exercise.steps[state.index], facts.plan.side)
            )
            return replace(state, token=token, wake_at=turn.at + MAX_SPEECH_LENGTH, since=0, nudges=0)
        case Performing() | Between():
            turn.hush()
            come_back = turn.prompt("say.come_back") if isinstance(state, Performing) else ()
            return transitions.back_to(turn, state, before=(*come_back, *turn.progress(), *counting_help(turn)))
        case Paused():
            return reply(turn, state, turn.prompt("help.paused"))
        case Settling():
            return reply(turn, state, turn.prompt("say.rest_on"))
        case Staying():
            return reply(turn, state, turn.contact())
        case Ending() | Done():
            return reply(turn, state, turn.prompt("help.ending"))
        case Asking() if state.question.phase is Phase.SCREENING:
            return more(turn, state)
        case Asking():
            return reply(turn, state, turn.prompt("help.question"))


def more(turn: Turn, state: Asking) -> State:
    """Say a question in other words, one about a red flag in more ("tell me more")."""
    turn.hush()
    token = turn.say(*other_words(turn, state), *wording(turn, state, f"retry1.{state.question.name}"))
    return replace(state, token=token, wake_at=turn.at + MAX_SPEECH_LENGTH)


def counting_help(turn: Turn) -> tuple[Line, ...]:
    """Return what to do when, in the exercise's own words where it has some, and what can be said."""
    own = timetable.repetition_help_lines(turn.facts.plan.exercise, turn.facts.plan.side)
    return (*(own or turn.prompt("help.counting")), *turn.prompt("help.counting_words"))


def in_other_words(turn: Turn, state: Asking | Instructing) -> State | None:
    """Count that it is to be said again; return what says it in other words once the same ones did not help."""
    here = state.question.name if isinstance(state, Asking) else f"{state.index}"
    before, times = turn.facts.speech.repeated
    times = times + 1 if here == before else 1
    turn.know(repeated=(here, times))
    if times < OTHER_WORDS_FROM:
        return None
    if isinstance(state, Instructing):
        return help_(turn, state)
    return more(turn, state) if f"retry1.{state.question.name}" in turn.facts.plan.prompts else None


def repeat(turn: Turn, state: State) -> State:
    """Say it again; from the third time at the same step or question in other words."""
    if isinstance(state, Asking | Instructing) and (other := in_other_words(turn, state)):
        return other
    match state:
        case Paused():
            return reply(turn, state, turn.prompt("say.still_paused"))
        case Ending():
            turn.hush()
            return replace(state, token=turn.say(*state.lines), wake_at=turn.at + MAX_SPEECH_LENGTH)
        case Performing():
            turn.hush()
            return transitions.back_to(turn, state, before=turn.prompt("say.come_back"))
        case Instructing() if transitions.is_short(turn):
            turn.hush()
            return transitions.instruct_in_full(turn)
        case _:
            turn.hush()
            return transitions.back_to(turn, state, again=True)
