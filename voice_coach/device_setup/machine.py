"""All that decides while microphone and speaker are set up: `step(state, event)`.

One pair after another is tried until a "yes" is heard, then the volume is set, microphone and echo are measured, and
all is written down at the very end: whatever ends it before that, a sign of an emergency too, has changed nothing.
"""

from dataclasses import replace
from typing import Final, assert_never

from voice_coach.actions import DEFAULT_VOLUME, VOLUMES, CallForHelp, Earcon, Hush, Listen, Play, SetVolume
from voice_coach.device_setup.events import (
    Action,
    Event,
    Found,
    Keep,
    Open,
    Opened,
    Pair,
    Tried,
    Try,
    Unusable,
    Written,
)
from voice_coach.device_setup.questions import (
    ANSWER_TIMEOUT,
    ANSWERS_TAKEN,
    EXPECTS,
    LOUDNESS,
    STOP,
    YES,
    Turn,
    ask,
    retry,
    set_volume,
    stays_open,
)
from voice_coach.device_setup.states import (
    Asking,
    Calling,
    Done,
    Facts,
    Keeping,
    Opening,
    Outcome,
    State,
    Telling,
    Trying,
)
from voice_coach.dialogue import emergency
from voice_coach.dialogue.emergency import Staying
from voice_coach.dialogue.turn import LISTENING_GAP, MAX_ANSWER_LENGTH, MAX_QUESTION_OPEN, MAX_SPEECH_LENGTH, opened
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
from voice_coach.session.disruptions import FAULTS
from voice_coach.timebase import samples

MAX_TRIAL_LENGTH: Final = samples(120)
"""How long the end of the measurement is waited for; it takes 25 seconds."""
MAX_CALL_LENGTH: Final = samples(120)
"""How long it is waited for what came of the test of a call: three attempts of twenty seconds, and pauses."""
MAX_TRIALS: Final = 3
"""How often microphone and echo are measured at most."""
MAX_RETURNS: Final = 3
"""How often the sound of a pair may go and come back. A pair that goes on like that would do so in a session, too."""
MAX_FINDINGS_TOLD: Final = 2
"""How many findings are said at most: somebody on the floor remembers no more."""
MENDABLE: Final = frozenset({"soft", "loud", "noisy", "silent", "echo"})
"""Findings that the user can fix at once."""

Result = tuple[State, list[Action]]


def start(
    prompts: Prompts,
    pairs: tuple[Pair, ...],
    *,
    offered: bool = False,
    volume: int = DEFAULT_VOLUME,
    help_ways: int = 0,
) -> Result:
    """Open the first of the pairs, of which there is one at least.

    Args:
        prompts: what is said.
        pairs: what is tried.
        offered: ask first whether it is wanted.
        volume: 1 to 7.
        help_ways: in how many ways help can be called, other than aloud; they are tried at the end, if that is wanted.
    """
    turn = Turn(Facts(prompts, pairs, volume=volume, help_ways=help_ways), 0)
    turn.do(Open(pairs[0]))
    return Opening(turn.facts, "offer" if offered else "hear"), turn.actions


def step(state: State, event: Event) -> Result:
    """Return the next state and what is to be done; what is over stays so."""
    if isinstance(state, Done):
        return state, []
    turn = Turn(state.facts, event.at)
    following = _stay(turn, state, event) or _step(turn, state, event)
    return replace(following, facts=turn.facts), turn.actions


def _stay(turn: Turn, state: State, event: Event) -> State | None:
    """Say whom to call after a sign of an emergency, and stay; None: there was none, or it ends from outside."""
    if isinstance(event, Interrupted):
        return None
    if isinstance(state, Staying):
        return emergency.step(turn, state, event, turn.facts.prompts) or Done(turn.facts)
    if not (isinstance(event, Intent) and emergency.is_sign(event)):
        return None
    if isinstance(state, Calling):  # the test of a call was at full volume
        turn.do(SetVolume(turn.facts.volume))
    turn.facts = replace(turn.facts, outcome="stopped")
    return emergency.begin(turn, turn.facts.prompts)


def _step(turn: Turn, state: State, event: Event) -> State:  # noqa: C901, PLR0911, PLR0912 - an arm for each of a closed union
    match event:
        case Opened():
            return ask(turn, state.question) if isinstance(state, Opening) else state
        case Unusable():
            return _try_next(turn) if isinstance(state, Opening) else state
        case Intent():
            return _understood(turn, state, event)
        case NotRecognized():
            return retry(turn, state)
        case Played(token=token):
            return _played(turn, state, token)
        case Tried():
            return _measured(turn, event) if isinstance(state, Trying) else state
        case Written():
            return _written(turn, state, event) if isinstance(state, Keeping) else state
        case Woke():
            return _woke(turn, state)
        case VoiceStarted():
            return stays_open(state, event.at + MAX_ANSWER_LENGTH)
        case VoiceStopped():
            return stays_open(state, event.at + ANSWER_TIMEOUT)
        case AudioLost():
            return _lost(turn, state, event)
        case AudioBack():
            return _again(turn, state)
        case HelpCalled():
            return _called(turn, state, event) if isinstance(state, Calling) else state
        case Saved() | HearingLost() | HearingBack():  # a session's
            return state
        case Interrupted():
            turn.do(Hush())
            turn.facts = replace(turn.facts, outcome="stopped")
            return Done(turn.facts)
        case _:
            assert_never(event)


def _understood(turn: Turn, state: State, intent: Intent) -> State:
    if intent.name in STOP and (isinstance(state, Calling) or (isinstance(state, Asking) and state.question == "call")):
        return _end(turn, "kept", "say.kept")  # all was written before
    if intent.name in STOP and not isinstance(state, Telling | Keeping):
        return _end(turn, "stopped", "say.stopped")
    if not isinstance(state, Asking) or intent.name not in ANSWERS_TAKEN[state.question]:
        return state
    taken = {intent.name, *intent.also}
    sure = not intent.ask or (intent.besides and state.question != "call")
    if not sure or ("no" in taken and taken & YES):
        return retry(turn, replace(state, token=0))
    return _answered(turn, state, intent.name)


def _answered(turn: Turn, state: Asking, answer: str) -> State:
    match state.question:
        case "offer":
            return _end(turn, "declined", "say.not_now") if answer == "no" else ask(turn, "volume")
        case "hear":
            return _try_next(turn) if answer == "no" else ask(turn, "volume")
        case "volume":
            return set_volume(turn, answer) if answer in LOUDNESS else _try(turn)
        case "again":
            return _keep(turn) if answer == "no" else _try(turn)
        case "call":
            return _end(turn, "kept", "say.kept") if answer == "no" else _call(turn)
        case _:
            assert_never(state.question)


def _try_next(turn: Turn, *, microphone: bool = False) -> State:
    """Open the next pair, `microphone`: the next one with another microphone; the end of the list ends it."""
    facts = turn.facts
    rest = range(facts.place + 1, len(facts.pairs))
    fits = (n for n in rest if not microphone or facts.pairs[n].microphone != facts.pair.microphone)
    following = next(fits, None)
    if following is None:
        return _end(turn, "nobody", "say.nobody")
    turn.facts = replace(facts, place=following, returns=0)
    turn.do(Hush(), Open(turn.facts.pair))
    return Opening(turn.facts, "hear")


def _try(turn: Turn) -> Trying:
    """Say what is measured."""
    turn.facts = replace(turn.facts, trials=turn.facts.trials + 1)
    token = turn.say("say.listen")
    turn.do(Listen(EXPECTS, STOP | YES))
    return Trying(turn.facts, token, turn.at + MAX_SPEECH_LENGTH)


def _measured(turn: Turn, tried: Tried) -> State:
    """Tell what was found; where something can be done about it, measure again when it was done."""
    turn.facts = replace(turn.facts, tried=tried)
    told = [f"found.{name}" for name in tried.advice[:MAX_FINDINGS_TOLD]]
    if turn.facts.trials >= MAX_TRIALS or not MENDABLE.intersection(tried.advice):
        return _keep(turn, *(told or ["found.fine"]))
    token = turn.say(*told, "ask.again")
    turn.do(Listen(EXPECTS, ANSWERS_TAKEN["again"]))
    return Asking(turn.facts, "again", token, turn.at + MAX_SPEECH_LENGTH)


def _keep(turn: Turn, *told: str) -> State:
    facts = turn.facts
    assert facts.tried is not None, "nothing is kept that was not measured"
    delay = facts.tried.delay_ms
    turn.do(Hush(), Keep(Found(facts.pair, facts.volume, delay is None, delay, facts.tried.loss_db)))
    return Keeping(turn.facts, told)


def _written(turn: Turn, state: Keeping, event: Written) -> State:
    if event.error:
        return _end(turn, "not kept", *state.told, "say.not_kept")
    if turn.facts.help_ways:
        return ask(turn, "call", before=state.told)
    return _end(turn, "kept", *state.told, "say.kept")


def _call(turn: Turn) -> Calling:
    """Call for help in each way, and say at full volume that it is a test."""
    turn.do(SetVolume(VOLUMES[1]), CallForHelp("", "user", test=True))
    token = turn.say("say.test")
    turn.do(Listen(EXPECTS, STOP))
    return Calling(turn.facts, token, turn.at + MAX_CALL_LENGTH, turn.facts.help_ways)


def _called(turn: Turn, state: Calling, event: HelpCalled) -> State:
    """Note what came of a way; tell it when all are known."""
    if event.again:
        return state
    state = replace(state, waiting=max(state.waiting - 1, 0), failed=state.failed or bool(event.error))
    return state if state.waiting or state.token else _tell_of_call(turn, state)


def _tell_of_call(turn: Turn, state: Calling) -> Telling:
    through = not (state.waiting or state.failed)
    return _end(turn, "kept", "say.call_sent" if through else "say.call_failed", "say.kept")


def _played(turn: Turn, state: State, token: int) -> State:
    match state:
        case Asking() if token == state.token:
            turn.do(Play(Earcon.LISTENING, turn.at + LISTENING_GAP))
            return opened(state, turn.at, MAX_QUESTION_OPEN if state.patient else ANSWER_TIMEOUT)
        case Trying() if token == state.token:
            return _begin_trial(turn, state)
        case Calling() if token == state.token:
            turn.do(SetVolume(turn.facts.volume))
            state = replace(state, token=0)
            return state if state.waiting else _tell_of_call(turn, state)
        case Telling() if token == state.token:
            return Done(turn.facts)
        case _:
            return state


def _begin_trial(turn: Turn, state: Trying) -> Trying:
    turn.do(Try(turn.facts.volume))
    return replace(state, token=0, wake_at=turn.at + MAX_TRIAL_LENGTH)


def _woke(turn: Turn, state: State) -> State:
    match state:
        case Asking():
            return _unanswered(turn, state)
        case Trying(token=token) if token:
            return _begin_trial(turn, state)
        case Trying():
            return _end(turn, "nobody", "say.nobody")
        case Calling():
            return _tell_of_call(turn, state)
        case _:
            return Done(turn.facts)


def _unanswered(turn: Turn, state: Asking) -> State:
    """Do without an answer, wherever something sensible can be done."""
    match state.question:
        case "offer":
            turn.do(Hush())
            turn.facts = replace(turn.facts, outcome="declined")
            return Done(turn.facts)
        case "hear":
            return _try_next(turn)
        case "volume":
            return _try(turn) if state.retried else retry(turn, replace(state, token=0))
        case "again":
            return _keep(turn)
        case "call":
            return _end(turn, "kept", "say.kept")
        case _:
            assert_never(state.question)


def _lost(turn: Turn, state: State, event: AudioLost) -> State:
    """Try another microphone for one that brings nothing; where there is none, say what to do, and wait."""
    if not event.fault or not isinstance(state, Asking | Trying):
        return state
    others = {pair.microphone for pair in turn.facts.pairs[turn.facts.place :]} - {turn.facts.pair.microphone}
    question = state.question if isinstance(state, Asking) else "hear"
    if others and question == "hear" and event.fault != "clipped":
        return _try_next(turn, microphone=True)
    token = turn.say(FAULTS[event.fault])
    turn.do(Listen(EXPECTS, ANSWERS_TAKEN[question]))
    return Asking(turn.facts, question, token, turn.at + MAX_SPEECH_LENGTH, patient=True)


def _again(turn: Turn, state: State) -> State:
    """Ask again: nobody was heard meanwhile, or heard. Try another pair where the sound does not stay."""
    match state:
        case Asking(question="offer" | "call" as question) | Asking(question=question, patient=True):
            return ask(turn, question)
        case Asking() | Trying() if turn.facts.returns >= MAX_RETURNS:
            return _try_next(turn)
        case Asking(question=question):
            turn.facts = replace(turn.facts, returns=turn.facts.returns + 1)
            return ask(turn, question)
        case Trying():
            turn.facts = replace(turn.facts, returns=turn.facts.returns + 1)
            return _try(turn)
        case _:
            return state


def _end(turn: Turn, outcome: Outcome, *names: str) -> Telling:
    turn.facts = replace(turn.facts, outcome=outcome)
    token = turn.say(*names)
    if turn.facts.help_ways:  # the test of a call may have been cut off
        turn.do(SetVolume(turn.facts.volume))
    turn.do(Listen("nothing", frozenset()))
    return Telling(turn.facts, token, turn.at + MAX_SPEECH_LENGTH)
