"""Commands while standby waits: what can I do, how am I doing, about this exercise, delete my log, another voice.

The history is read first, so that the answer is up to date, and a lock is named before it is deleted.
"""

from dataclasses import replace
from typing import Final

from voice_coach.actions import PACES, SERVER_VOICE, Hush, SetPace, SetVoice, beginning_with
from voice_coach.events import Intent
from voice_coach.session import status_answers
from voice_coach.session.deletion import NAMES as DELETION
from voice_coach.session.intents import FORGET
from voice_coach.standby.events import Forget, Forgotten, Look, SessionOver
from voice_coach.standby.questions import Turn, ask, say, tell, wait
from voice_coach.standby.states import Asking, Day, State

NEW_VOICE: Final = "say.voice_new"
"""What a new voice says first."""

_ABOUT: Final = "about"


def wished(turn: Turn, state: State, intent: Intent) -> State:
    """Answer at once, or ask for the history first, after which `looked` answers."""
    if intent.name == _ABOUT:
        return tell(turn, "told.about")
    turn.facts = replace(turn.facts, wish=intent.name)
    turn.do(Look())
    return state


def looked(turn: Turn, day: Day) -> State:
    """Answer from the history."""
    facts = turn.facts
    turn.facts = replace(turn.facts, wish="")
    match facts.wish:
        case name if name == FORGET:
            turn.facts = replace(turn.facts, locked=bool(day.past.locks) or not day.past.readable)
            return ask(turn, "delete_log", *(["told.see_professional"] if turn.facts.locked else []))
        case "what_can_i_do":
            return say(turn, status_answers.choice_lines(facts.prompts, day.past))
        case _:
            return say(turn, status_answers.progress_lines(facts.prompts, day.past, day.completed, day.goal))


def change_speech(turn: Turn, wish: str) -> State:
    """Change the pauses or the voice, for the reply too."""
    if wish == "another_voice":
        return _change_voice(turn)
    slower = wish == "voice_slower"
    pace = min(max(turn.facts.pace + (1 if slower else -1), PACES[0]), PACES[1])
    if pace == turn.facts.pace:
        return tell(turn, "say.voice_slowest" if slower else "say.voice_fastest")
    turn.facts = replace(turn.facts, pace=pace)
    turn.do(SetPace(pace))
    return tell(turn, "say.voice_slower" if slower else "say.voice_faster")


def _change_voice(turn: Turn) -> State:
    voices = turn.facts.voices
    if len(voices) <= 1:
        return tell(turn, "say.voice_server" if SERVER_VOICE in voices else "say.voice_only")
    _take_voice(turn, voices[1])
    return tell(turn, NEW_VOICE)


def _take_voice(turn: Turn, name: str) -> None:
    turn.facts = replace(turn.facts, voices=beginning_with(turn.facts.voices, name))
    turn.do(SetVoice(name))


def adopt(turn: Turn, event: SessionOver) -> None:
    """Adopt the pace and the voice that the session ended with."""
    if event.pace is not None and event.pace != turn.facts.pace:
        turn.facts = replace(turn.facts, pace=event.pace)
        turn.do(SetPace(event.pace))
    if event.voice in turn.facts.voices[1:]:
        _take_voice(turn, event.voice)


def is_deletion(state: State) -> bool:
    """Tell whether the open question is whether to delete everything."""
    return isinstance(state, Asking) and state.question in DELETION


def confirmed(turn: Turn, state: Asking, intent: Intent) -> State:
    """Delete everything after a second "yes"; anything else deletes nothing."""
    if intent.also or intent.name not in {"yes", "no"}:
        return state
    turn.do(Hush())
    if intent.name == "no":
        return tell(turn, "told.kept")
    if state.question == "delete_log":
        return ask(turn, "delete_sure")
    turn.do(Forget())
    return wait(turn)


def forgotten(turn: Turn, event: Forgotten) -> State:
    """Say whether everything was deleted."""
    if event.error:
        return tell(turn, "told.not_forgotten")
    return tell(turn, "told.forgotten", *(["told.see_professional"] if turn.facts.locked else []))
