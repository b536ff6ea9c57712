"""The state machine of standby: `step(state, event)` returns the next state and the actions to carry out.

Like that of a session (`session.machine`), it reads no clock and keeps nothing. `Ticked` brings the time on the wall
clock. Deadlines are in samples, so setting that clock does not move them.
"""

from dataclasses import replace
from typing import assert_never

from voice_coach.actions import DEFAULT_PACE, Earcon, Hush, Play
from voice_coach.clinical.red_signs import contact
from voice_coach.dialogue import emergency
from voice_coach.dialogue.emergency import Staying
from voice_coach.dialogue.turn import LISTENING_GAP, MAX_ANSWER_LENGTH, opened, stays_open
from voice_coach.events import (
    AudioBack,
    AudioLost,
    HearingBack,
    HearingLost,
    HelpCalled,
    Intent,
    Interrupted,
    NotRecognized,
    Played,
    Saved,
    VoiceStarted,
    VoiceStopped,
    Woke,
)
from voice_coach.exercise.prompts import Prompts
from voice_coach.hear.grammar.grammar import UNKNOWN
from voice_coach.session.intents import QUESTIONS
from voice_coach.standby import commands
from voice_coach.standby.events import (
    Action,
    Begin,
    Break,
    Event,
    Forgotten,
    Look,
    Looked,
    Pressed,
    SessionOver,
    Ticked,
)
from voice_coach.standby.questions import (
    ANSWER_TIMEOUT,
    ANSWERS,
    SPEECH,
    WAKE,
    Turn,
    answered,
    ask,
    begin,
    retry,
    tell,
    unanswered,
    wait,
)
from voice_coach.standby.schedule import Remind, Tell, decide, is_due
from voice_coach.standby.settings import Reminders
from voice_coach.standby.states import NOTHING, Asking, Coaching, Done, Facts, Memory, State, Telling, Waiting
from voice_coach.timebase import samples

Result = tuple[State, list[Action]]


def start(
    reminders: Reminders,
    prompts: Prompts,
    memory: Memory = NOTHING,
    *,
    pace: int = DEFAULT_PACE,
    voices: tuple[str, ...] = (),
) -> Result:
    """Return the first state; nothing is said. Pace and voices are the same as for a session."""
    turn = Turn(Facts(reminders, prompts, memory, pace=pace, voices=voices), 0)
    return wait(turn), turn.actions


def step(state: State, event: Event) -> Result:
    """Return the next state and the actions to carry out; a standby that is over stays over."""
    if isinstance(state, Done):
        return state, []
    turn = Turn(state.facts, event.at)
    following = _stay(turn, state, event) or _step(turn, state, event)
    return replace(following, facts=turn.facts), turn.actions


def _stay(turn: Turn, state: State, event: Event) -> State | None:
    """Say whom to call after a sign of an emergency while a question is open, and stay; None: nothing of this is so.

    Asleep, it would hear the signs of a television.
    """
    if isinstance(state, Asking) and isinstance(event, Intent) and emergency.is_sign(event):
        return emergency.begin(turn, turn.facts.prompts)
    if isinstance(state, Staying) and not isinstance(event, Pressed | Ticked | AudioLost | Interrupted):
        return emergency.step(turn, state, event, turn.facts.prompts) or wait(turn)
    return None


def _step(turn: Turn, state: State, event: Event) -> State:  # noqa: C901, PLR0911, PLR0912 - an arm for each of a closed union
    match event:
        case Ticked():
            return _ticked(turn, state, event)
        case Looked():
            return _looked(turn, state, event)
        case Intent():
            return _understood(turn, state, event)
        case NotRecognized():
            return retry(turn, state)
        case Played():
            return _played(turn, state, event)
        case Woke():
            return _woke(turn, state)
        case VoiceStarted():
            return stays_open(state, event.at + MAX_ANSWER_LENGTH) if isinstance(state, Asking) else state
        case VoiceStopped():
            return stays_open(state, event.at + ANSWER_TIMEOUT) if isinstance(state, Asking) else state
        case Pressed():
            return _pressed(turn, state)
        case SessionOver():
            return _over(turn, state, event)
        case Forgotten():
            return commands.forgotten(turn, event)
        case AudioLost():
            return _lost(turn, state)
        case Saved() | HearingLost() | HearingBack() | HelpCalled():  # a session's: nothing is written here
            return state
        case AudioBack():
            turn.facts = replace(turn.facts, trouble=False)
            return state
        case Interrupted():
            turn.do(Break() if isinstance(state, Coaching) else Hush())
            return Done(turn.facts)
        case _:
            assert_never(event)


def _ticked(turn: Turn, state: State, event: Ticked) -> State:
    """Check whether a reminder is due; never twice within the delay of "later", even if the clock is changed."""
    turn.facts = replace(turn.facts, wall=event.wall)
    facts = turn.facts
    rested = facts.asked_at is None or turn.at - facts.asked_at >= samples(facts.reminders.later.total_seconds())
    if isinstance(state, Waiting) and rested and is_due(facts.reminders, facts.memory, event.wall):
        turn.do(Look())
    return state


def _looked(turn: Turn, state: State, event: Looked) -> State:
    facts = turn.facts
    if facts.wish:
        return commands.looked(turn, event.day)
    if not isinstance(state, Waiting) or facts.wall is None:
        return state
    memory, verdict = decide(facts.reminders, facts.memory, facts.wall, event.day)
    turn.remember(memory)
    match verdict:
        case Remind(number):
            turn.facts = replace(turn.facts, number=number, asked_at=turn.at)
            turn.do(Play(Earcon.LISTENING, turn.at))  # a sound first, so that somebody listens when the words come
            return ask(turn, "reminder")
        case Tell(reason):
            turn.facts = replace(turn.facts, asked_at=turn.at)
            return tell(turn, "say.locked", contact(reason))
        case None:
            return state
        case _:
            assert_never(verdict)


def _understood(turn: Turn, state: State, intent: Intent) -> State:
    if intent.ask or UNKNOWN in intent.text.split():  # probably not said to the coach
        return retry(turn, state) if intent.name in emergency.SIGNS else state
    if isinstance(state, Waiting) and intent.name == WAKE:
        return ask(turn, "start")
    if isinstance(state, Waiting) and intent.name in QUESTIONS:
        return commands.wished(turn, state, intent)
    if isinstance(state, Waiting) and intent.name in SPEECH:
        return commands.change_speech(turn, intent.name)
    if isinstance(state, Asking) and commands.is_deletion(state):
        return commands.confirmed(turn, state, intent)
    return answered(turn, state, intent) if isinstance(state, Asking) and intent.name in ANSWERS else state


def _played(turn: Turn, state: State, event: Played) -> State:
    match state:
        case Asking(token=token) if token == event.token:
            turn.do(Play(Earcon.LISTENING, turn.at + LISTENING_GAP))
            return opened(state, turn.at, ANSWER_TIMEOUT)
        case Telling(token=token) if token == event.token:
            return _after_words(turn, state)
        case _:
            return state


def _after_words(turn: Turn, state: Telling) -> State:
    if state.starts:
        turn.facts = replace(turn.facts, trouble=False)
        turn.do(Begin())
        return Coaching(turn.facts)
    return wait(turn)


def _woke(turn: Turn, state: State) -> State:
    match state:
        case Asking(token=0):
            return unanswered(turn, state)
        case Asking():
            return opened(state, turn.at, ANSWER_TIMEOUT)
        case Telling():
            return _after_words(turn, state)
        case _:
            return state


def _pressed(turn: Turn, state: State) -> State:
    match state:
        case Coaching():
            turn.do(Break())
            return state
        case Telling(starts=True):
            return state
        case _:
            return begin(turn)


def _over(turn: Turn, state: State, event: SessionOver) -> State:
    if not isinstance(state, Coaching):
        return state
    turn.facts = replace(turn.facts, trouble=not event.held)
    commands.adopt(turn, event)
    return wait(turn) if event.held else tell(turn, "say.failed")


def _lost(turn: Turn, state: State) -> State:
    """Drop the open question or sentence: without sound nobody can hear or answer it."""
    turn.facts = replace(turn.facts, trouble=True)
    if isinstance(state, Waiting | Staying | Coaching):
        return state
    turn.do(Hush())
    return unanswered(turn, state) if isinstance(state, Asking) else wait(turn)
