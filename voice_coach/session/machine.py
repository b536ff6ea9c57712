"""The state machine of a session: `step(state, event)` returns the next state and the actions to carry out.

It decides everything and does nothing: it reads no clock, keeps nothing between calls, and has no side effects.
"""

from dataclasses import replace
from typing import assert_never

from voice_coach.actions import DEFAULT_PACE, DEFAULT_VOLUME, Action, Earcon, Play
from voice_coach.clinical.past import NO_PAST, Past
from voice_coach.clinical.red_signs import RED
from voice_coach.dialogue.turn import MAX_ANSWER_LENGTH
from voice_coach.events import (
    AudioBack,
    AudioLost,
    Event,
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
from voice_coach.exercise import plan
from voice_coach.exercise.model import Exercise
from voice_coach.exercise.prompts import Prompts
from voice_coach.records import RepetitionDone
from voice_coach.session import (
    checks,
    commands,
    deletion,
    disruptions,
    emergencies,
    impression,
    instructions,
    interruptions,
    misheard,
    opening,
    pain_scale,
    questions,
    replies,
    stop_rules,
    transitions,
)
from voice_coach.session.facts import Facts, Plan, Speech
from voice_coach.session.intents import AS_YES, QUESTIONS, TROUBLE
from voice_coach.session.states import (
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
    Staying,
)
from voice_coach.session.turn import Turn
from voice_coach.timebase import Samples

_MUST_BE_SURE = AS_YES | frozenset({"yes", "no", "side_left", "side_right", "side_both", "other_side", "amount"})
"""Answers that count only if they are not doubtful."""

Result = tuple[State, list[Action]]


def start(  # noqa: PLR0913 -- what is known of the person when a session begins
    exercise: Exercise,
    prompts: Prompts,
    *,
    first_run: bool = False,
    volume: int = DEFAULT_VOLUME,
    pace: int = DEFAULT_PACE,
    voices: tuple[str, ...] = (),
    past: Past = NO_PAST,
    back_to: str = "",
    help_ways: tuple[str, ...] = (),
    help_at_once: bool = False,
) -> Result:
    """Return the first state, and the actions that welcome the person (clinical rules 2d: longer on the first run).

    Args:
        exercise: from `load_exercise`.
        prompts: from `load_prompts`, in the exercise's language.
        first_run: whether the person has never held a session.
        volume: 1 to 7.
        pace: 1 to 5, see `PACES`.
        voices: names of those that can be asked for, in turn, the one that speaks first; `SERVER_VOICE` alone: a
            server speaks.
        past: what earlier sessions mean for this one.
        back_to: the id of the exercise that this one takes the place of; empty: none.
        help_ways: in which ways help can be called, other than aloud: names of `records.HELP_WAYS`.
        help_at_once: whether help is called at a sign of an emergency without being asked for.
    """
    side = plan.place(exercise, 1).side
    session_plan = Plan(
        exercise,
        prompts,
        side=side,
        first_run=first_run,
        past=past,
        lock=past.lock,
        back_to=back_to,
        help_ways=help_ways,
        help_at_once=help_at_once,
    )
    turn = Turn(Facts(session_plan, speech=Speech(volume=volume, pace=pace, voices=voices)), 0)
    state = opening.welcome(turn)
    return replace(state, facts=turn.facts), turn.actions


def step(state: State, event: Event) -> Result:
    """Return the next state, and the actions to be carried out in their order.

    Pure: equal arguments give equal results, and nothing else is read or changed. Events come in the order of their
    `at`. When the state's `wake_at` has come and nothing else has happened, the event is `Woke(wake_at)`. A session
    that is over stays over.
    """
    if isinstance(state, Done):
        return state, []
    turn = Turn(state.facts, event.at)
    following = _step(turn, state, event)
    misheard.remember(turn, state, event, following)
    return replace(following, facts=turn.facts), turn.actions


def _step(turn: Turn, state: State, event: Event) -> State:
    match event:
        case Intent():
            return _intent(turn, state, event)
        case NotRecognized():
            return _nomatch(turn, state, several=len(event.text.split()) > 1)
        case Played():
            return _played(turn, state, event)
        case Woke():
            return _woke(turn, state)
        case Saved():
            return disruptions.saved(turn, state, event)
        case VoiceStarted() | VoiceStopped() if isinstance(state, Staying):
            return emergencies.voice(turn, state, talking=isinstance(event, VoiceStarted))
        case VoiceStarted():
            return _wait_for_answer(state, event.at + MAX_ANSWER_LENGTH)
        case VoiceStopped():
            return _wait_for_answer(state, event.at + transitions.ANSWER_TIMEOUT)
        case AudioLost():
            return disruptions.lost(turn, state, event)
        case AudioBack():
            return disruptions.back(turn, state)
        case HearingLost():
            return disruptions.hearing_lost(turn, state, event)
        case HearingBack():
            return disruptions.hearing_back(turn, state)
        case HelpCalled():
            return disruptions.help_called(turn, state, event)
        case Interrupted():
            return disruptions.interrupted(turn, state)
        case _:
            assert_never(event)


def _wait_for_answer(state: State, until: Samples) -> State:
    return replace(state, wake_at=until) if isinstance(state, Asking) and not state.token else state


def _intent(turn: Turn, state: State, intent: Intent) -> State:
    if intent.name != "repeat":
        turn.know(repeated=("", 0))
    if isinstance(state, Staying) and (answered := emergencies.understood(turn, state, intent)) is not None:
        return answered
    if isinstance(state, Asking) and opening.is_practice(state, intent):
        return state.question.answered(turn, state, intent)
    if "denied" in intent.slots and intent.name in RED and not isinstance(state, Counting):
        return _denied_sign(turn, state)
    if intent.name in QUESTIONS:
        return commands.answer_question(turn, state, intent)
    is_report = impression.reports(state, intent)
    following = None if is_report else commands.understood(turn, state, intent)
    if following is not None:
        return following
    match state:
        case Asking():
            return _answer(turn, state, intent)
        case Instructing():
            return instructions.understood(turn, state, intent)
        case Paused() if intent.name == "yes" and intent.ask:  # "yes, two sugars"
            return _nomatch(turn, state, several=True)
        case Paused() if intent.name in {"resume", "ready_next", "yes"} and not (
            state.by_device or state.facts.speech.deaf
        ):
            return commands.resume(turn, state, before=turn.prompt("say.resumed"))
        case Between() if intent.name in {"ready_next", "resume"} and (state.rest or state.rested_at):
            turn.hush()
            return transitions.rested(turn, state)
        case Settling():
            return replies.reply(turn, state, turn.prompt("say.rest_on"))
        case Performing() | Between() | Paused() if intent.name in TROUBLE:
            return _trouble(turn, state, intent)
        case Performing() if not intent.ask:
            turn.do(Play(Earcon.HEARD, turn.at))  # a spontaneous "better": acknowledge, go on (5d rule 1)
            return state
        case _:
            return state


def _denied_sign(turn: Turn, state: State) -> State:
    """Take "I don't have chest pain" for none where nothing is being done; while counting it is asked about."""
    if isinstance(state, Staying):
        return emergencies.reply(turn, state, turn.prompt("say.still_with_you"))
    if isinstance(state, Settling):
        return replies.reply(turn, state, turn.prompt("say.rest_on"))
    return _nomatch(turn, state, several=True)


def _answer(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take an answer; ask again for a doubtful one that would let something go on (V11): "yes, no, I mean yes"."""
    if misheard.denies_number(turn, state, intent):
        return misheard.understood(turn, state, intent)
    if intent.besides and state.question.takes_talk:
        intent = replace(intent, ask=False, besides=False)
    if intent.ask and intent.name in _MUST_BE_SURE:
        return questions.failed(turn, state, heard=True)
    if intent.name in AS_YES & state.question.accepts:
        intent = replace(intent, name="yes")
    return state.question.answered(turn, state, intent)


def _trouble(turn: Turn, state: Performing | Between | Paused, intent: Intent) -> State:
    """Handle a report, while counting or resting, that something can't be done."""
    if intent.name == "cant_side":
        return stop_rules.cannot_lie(turn, state, intent)
    at_step = state.resume.index if isinstance(state, Paused) and isinstance(state.resume, Instructing) else None
    last = len(turn.facts.plan.exercise.steps) if at_step is None else at_step
    return replies.reply(turn, state, stop_rules.easier_way(turn, last, intent.name))


def _nomatch(turn: Turn, state: State, *, several: bool) -> State:
    match state:
        case Asking() if not state.token:
            return questions.failed(turn, state, heard=True)
        case Instructing():
            return instructions.misunderstood(turn, state)
        case Paused() if not state.by_device:  # once: the rest may be meant for somebody else in the room
            turn.know(nomatch=turn.facts.speech.nomatch + 1)
            lines = turn.prompt("say.still_paused") if not state.nomatch else ()
            turn.say(*lines)
            return replace(state, nomatch=state.nomatch + 1)
        case Settling() if several and not state.nomatch:  # likewise once
            turn.know(nomatch=turn.facts.speech.nomatch + 1)
            return replies.reply(turn, replace(state, nomatch=1), turn.prompt("say.rest_on"))
        case Performing():
            return commands.unclear(turn, state)
        case _:  # while the coach speaks, what is not a command is not meant for it (V12: hotword)
            return state


def _played(turn: Turn, state: State, event: Played) -> State:
    if not isinstance(state, Asking | Instructing | Between | Staying | Ending) or event.token not in {state.token} - {
        0
    }:
        return state
    match state:
        case Asking():
            transitions.listening(turn, event.at)
            return replace(state, token=0, wake_at=event.at + transitions.ANSWER_TIMEOUT)
        case Instructing():
            return instructions.played(state, event.at)
        case Between():
            return transitions.begin_if_ready(
                turn, replace(state, token=0, wake_at=event.at + transitions.SAVE_TIMEOUT)
            )
        case Staying():
            return emergencies.played(turn, state)
        case Ending():
            return interruptions.last_words_said(turn, state)


def _woke(turn: Turn, state: State) -> State:
    match state:
        case Asking() if state.token:
            return replace(state, token=0, wake_at=turn.at + transitions.ANSWER_TIMEOUT)
        case Asking(token=0) | Instructing(token=0) if turn.facts.speech.deaf and not turn.facts.findings.red:
            return transitions.rest_unheard(turn, state)  # silence may be an answer that was not understood in time
        case Asking():
            return questions.failed(turn, state, heard=False)
        case Instructing():
            return instructions.woke(turn, state)
        case Between():
            return transitions.waited(turn, state)
        case Performing():
            return _repetition_done(turn, state)
        case Paused():
            return disruptions.still_paused(turn, state)
        case Settling():
            return checks.ask_whether_settled(turn)
        case Staying():
            return emergencies.woke(turn, state)
        case Ending() if turn.facts.log.forgetting:
            return deletion.unknown(turn)
        case Ending() if state.token:
            return interruptions.last_words_said(turn, state)
        case Ending() | Done():
            return transitions.done(turn)


def _repetition_done(turn: Turn, state: Performing) -> State:
    exercise = turn.facts.plan.exercise
    within = plan.place(exercise, state.number).number
    turn.know(repetitions=state.number, change="")
    turn.record(RepetitionDone(turn.at, state.number, state.started, state.tempo))
    if within in exercise.repetition.checks_after:
        return transitions.ask(turn, checks.CHECK)
    if turn.complete:
        return pain_scale.after_repetitions(turn, before=transitions.rest_lines(turn))
    return transitions.following(turn)
