"""The set-up, paced by the user's "ready" (V2). Silence means that the person is moving, and is not an error (V5)."""

from dataclasses import replace

from voice_coach.actions import Earcon, Line, Play
from voice_coach.dialogue.turn import MAX_SPEECH_LENGTH
from voice_coach.events import Intent
from voice_coach.session import intake, replies, stop_rules, transitions
from voice_coach.session.facts import MAX_VOLUME
from voice_coach.session.intents import ANSWER, PROPOSAL
from voice_coach.session.questions import GO_ON, failed, following, goes_on
from voice_coach.session.states import Asking, Instructing, Phase, Question, State
from voice_coach.session.turn import Turn
from voice_coach.timebase import Samples, samples

NUDGES: tuple[tuple[Samples, str], ...] = (
    (samples(12), "tick"),
    (samples(20), "take_your_time"),
    (samples(30), "repeat"),
    *((samples(seconds), "tick") for seconds in (90, 150, 210, 270)),
    (samples(300), "pause"),
)
"""Nudges while "ready" does not come, timed from the end of the instruction (V5)."""

MAX_NOMATCHES = 2
"""After this many misunderstandings the coach only waits: what it hears is not meant for it."""


def played(state: Instructing, at: Samples) -> State:
    """Begin to wait: the instruction has been said."""
    if state.since:
        return replace(state, token=0)
    return replace(state, token=0, since=at, wake_at=at + NUDGES[0][0])


def woke(turn: Turn, state: Instructing) -> State:
    """Remind gently, then repeat, then rest."""
    if state.token and not state.since:
        return played(state, turn.at)
    _, kind = NUDGES[state.nudges]
    if kind == "pause":
        return transitions.pause(turn, replace(state, since=0, nudges=0, nomatch=0))
    state = replace(state, nudges=state.nudges + 1, wake_at=state.since + NUDGES[state.nudges + 1][0])
    if kind == "tick":
        turn.do(Play(Earcon.TICK, turn.at))
        return state
    if kind == "take_your_time":
        return replace(state, token=turn.say(*turn.prompt("say.take_your_time")))
    return replace(state, token=turn.say(*transitions.instruction(turn, state.index)))


def forward(turn: Turn, state: State | None) -> State:
    """Go on to the following instruction; once a day, after the first, ask whether the coach is heard (V18)."""
    if not isinstance(state, Instructing):
        return transitions.back_to(turn, state)
    first = state.index == 0 and not turn.facts.progress.repetitions
    if first and not turn.facts.plan.past.sound_checked:
        return transitions.ask(turn, SOUND_CHECK)
    return transitions.instruct(turn, state.index + 1)


def understood(turn: Turn, state: Instructing, intent: Intent) -> State:
    """Handle what is said at an instruction, other than universal intents."""
    match intent.name:
        case "yes" if intent.ask:
            return misunderstood(turn, state)
        case "ready_next" | "yes" | "resume":
            turn.hush()
            return forward(turn, state)
        case "start_over":
            turn.hush()
            if transitions.is_short(turn):
                return transitions.instruct_in_full(turn)
            back = any(word in intent.text.split() for word in ("previous", "back", "last"))
            return transitions.instruct(turn, max(state.index - 1, 0) if back else 0)
        case "cant_side":
            return stop_rules.cannot_lie(turn, state, intent)
        case "other_side" if not intent.ask and intake.may_change_side(state):
            return intake.ask_other_side(turn, str(turn.facts.plan.side), resume=state)
        case "cant_knee" | "cant_reach":
            turn.hush()
            last = len(turn.facts.plan.exercise.steps) if transitions.is_short(turn) else state.index
            lines = (*stop_rules.easier_way(turn, last, intent.name), *turn.prompt("say.then_ready"))
            token = turn.say(*lines)
            return replace(state, token=token, since=0, nudges=0, wake_at=turn.at + MAX_SPEECH_LENGTH)
        case _:
            return misunderstood(turn, state)


def misunderstood(turn: Turn, state: Instructing) -> State:
    """Say which words are understood here; after a few times only wait."""
    turn.know(nomatch=turn.facts.speech.nomatch + 1)
    state = replace(state, nomatch=state.nomatch + 1)
    if state.nomatch > MAX_NOMATCHES or state.token:
        return state
    lines = turn.prompt("say.sorry") if state.nomatch == 1 else turn.prompt("say.say_ready")
    return replace(state, token=turn.say(*lines))


def sound_check(turn: Turn, state: Asking, intent: Intent) -> State:
    """Go on if the coach is heard clearly; "no" makes it louder until it is at its loudest."""
    if intent.name == "no" and turn.facts.speech.volume < MAX_VOLUME:
        return replies.change_volume(turn, state, +1)
    if intent.name not in {*GO_ON, "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("sound_check", "no" if intent.name == "no" else "yes", intent)
    return following(turn, state, before=turn.prompt("say.loudest") if intent.name == "no" else ())


def second_instruction(turn: Turn, _state: Asking, before: tuple[Line, ...]) -> State:
    """Say the instruction after the one to lie down."""
    return transitions.instruct(turn, 1, reply=before)


SOUND_CHECK = Question(
    "sound_check",
    PROPOSAL,
    Phase.INTAKE,
    answered=sound_check,
    unanswered=goes_on,
    then=second_instruction,
    takes_talk=True,
)


def doubted_done(turn: Turn, state: Asking, intent: Intent) -> State:
    """Settle whether "I'm done" meant this instruction ("finish" is universal, and was handled before)."""
    if intent.name not in {*GO_ON, "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    return transitions.back_to(turn, state.resume) if intent.name == "no" else forward(turn, state.resume)


def pauses(turn: Turn, state: Asking) -> State:
    """The session pauses, with this instruction to come."""
    return transitions.pause(turn, state.resume or state)


DOUBT_DONE = Question("doubt_done", ANSWER, Phase.CLARIFICATION, answered=doubted_done, unanswered=pauses)
