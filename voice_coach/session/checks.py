"""How it feels now: better, same, gone; whether to go on, and whether it has settled (R9, R30, V11)."""

from dataclasses import replace

from voice_coach.actions import Earcon, Line, Play
from voice_coach.clinical.trends import IMPROVED
from voice_coach.events import Intent
from voice_coach.exercise import plan
from voice_coach.records import Paused as PausedRecord
from voice_coach.session import aftercare, pain_scale, stop_rules, transitions
from voice_coach.session.doubts import DOUBT_WORSE
from voice_coach.session.intents import ANSWER, CHANGE, PROPOSAL, TROUBLE, YES_NO
from voice_coach.session.pain_scale import after_repetitions
from voice_coach.session.questions import GO_ON as GO_ON_WORDS
from voice_coach.session.questions import (
    LAST_WORDING,
    asked_first,
    asks_again,
    failed,
    following,
    is_plain,
    place_to_return,
)
from voice_coach.session.states import Asking, Between, Counting, Performing, Phase, Question, State
from voice_coach.session.stop_rules import MOVED_LOWER, PLACE, became_red, counts_as_red
from voice_coach.session.turn import Turn, is_higher, is_lower


def meant_by_wording(state: Asking, intent: Intent) -> str:
    """Return what the intent means; after the last wording, "Is it worse?", yes means worse and no means the same."""
    if state.question == AFTER_CRY and intent.name == "harmless" and not intent.ask:
        return "same"
    meanings = {"yes": "worse", "no": "same"} if state.failures == LAST_WORDING else {}
    return meanings.get(intent.name, intent.name)


def change(turn: Turn, state: Asking, intent: Intent) -> State:
    """Handle better, gone, same and so on; the red answers were handled before."""
    name = meant_by_wording(state, intent)
    if name == "worse":
        return stop_rules.red(turn, state, intent, name)
    if name in TROUBLE:
        return trouble(turn, state, intent)
    if name == "unsure" and state.question == CHECK:
        if "feels" in intent.slots and state.failures:  # it was asked about before
            return failed(turn, state, heard=True)
        turn.hush()
        if "feels" in intent.slots:  # "lovely": pleasant, but better?
            return transitions.ask(turn, DOUBT_SAME, resume=state)
        turn.answer(transitions.label(state), name, intent)
        return transitions.ask(turn, UNSURE_PLACE, resume=state)
    if name == "centralised" and is_placed_higher(turn, intent):
        return ask_still_there(turn, state, intent)
    # "Unsure" is never taken for better. A stretch is not an answer, nor is "I feel it in my ...".
    if name not in {*IMPROVED, "same"}:
        return failed(turn, state, heard=True)
    turn.hush()
    if intent.ask and (doubt := _doubt(name, intent)):
        if name == "same" and intent.slots.get("denied") == "worse":  # "no worse", or "no, worse"?
            return transitions.ask(turn, DOUBT_WORSE, resume=state, about="worse")
        return transitions.ask(turn, doubt, resume=state, about=name)
    turn.answer(transitions.label(state), name, intent)
    if state.question == AFTER_CRY:
        return after_harmless_cry(turn, state)
    if intent.ask and not turn.complete:  # out of the leg, but the back is sorer: go on only when that is said
        return transitions.ask(turn, GO_ON, resume=next_repetition(turn))
    before = turn.praise() if name in IMPROVED else turn.prompt("say.as_before") if name == "same" else ()
    if name == "same" and turn.complete:
        before = (*before, *turn.prompt("say.check_position"))
    return following(turn, state, before=before)


def after_harmless_cry(turn: Turn, state: Asking) -> State:
    """Ask whether to go on with what was interrupted, if anything was."""
    if state.resume is None:
        return transitions.end(turn, turn.facts.progress.outcome)
    return transitions.ask(turn, GO_ON, resume=state.resume)


def trouble(turn: Turn, state: Asking, intent: Intent) -> State:
    """Handle what the person could not do, said after a cry of pain."""
    if intent.name == "cant_side":
        return stop_rules.cannot_lie(turn, state, intent)
    turn.hush()
    turn.answer(state.question.name, intent.name, intent)
    easier = stop_rules.easier_way(turn, len(turn.facts.plan.exercise.steps), intent.name)
    return transitions.ask(turn, GO_ON, before=easier, resume=state.resume)


def next_repetition(turn: Turn) -> Between:
    """Return the repetition that follows, as the place to go on at."""
    return Between(turn.facts, turn.facts.progress.repetitions + 1, 0, turn.at)


def next_or_closing(turn: Turn, state: Asking, before: tuple[Line, ...]) -> State:
    """Go on with the next repetition, or to the closing questions after the last."""
    if turn.complete:
        return after_repetitions(turn, before=(*before, *transitions.rest_lines(turn)))
    if state.resume:  # a stop came in between
        return take_position(turn, state.resume, before=before)
    return transitions.following(turn, before=before)


def ends_the_set(turn: Turn, _state: Asking) -> State:
    """The exercise ends, and so does the session."""
    lines = (*turn.prompt("say.no_answer"), *transitions.rest_lines(turn))
    return transitions.end(turn, "completed" if turn.complete else "no_answer", *lines)


def check_label(state: Asking) -> str:
    """Return the name of a check in the log: with its repetition."""
    return f"{CHECK.name}_{state.facts.progress.repetitions}"


CHECK = Question(
    "check",
    CHANGE | ANSWER,
    Phase.EXERCISE,
    answered=change,
    unanswered=ends_the_set,
    then=next_or_closing,
    red_answers=True,
    log_name=check_label,
    takes_talk=True,
)
AFTER_CRY = Question(
    "after_cry",
    CHANGE | ANSWER | TROUBLE | {"harmless"},
    Phase.INTERRUPTION,
    answered=change,
    unanswered=counts_as_red,
    red_answers=True,
)


def settled(turn: Turn, state: Asking, intent: Intent) -> State:
    """Log how it is five minutes after the stop; the red answers were handled before."""
    name = meant_by_wording(state, intent)
    if name == "worse":
        return stop_rules.red(turn, state, intent, name)
    unclear = (intent.ask and name in {"better", "same"}) or "feels" in intent.slots  # "no worse", or "no, worse"?
    if name not in {*IMPROVED, "same", "unsure"} or unclear:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("settle_check", "better" if name in IMPROVED else "same" if name == "same" else None, intent)
    return aftercare.over(turn)


def not_known_whether_settled(turn: Turn, _state: Asking) -> State:
    """The session ends with the words whom to contact."""
    return aftercare.over(turn)


SETTLE_CHECK = Question(
    "settle_check",
    CHANGE | ANSWER,
    Phase.AFTERCARE,
    answered=settled,
    unanswered=not_known_whether_settled,
    red_answers=True,
)


def ask_whether_settled(turn: Turn) -> State:
    """Ask five minutes after a red sign."""
    return transitions.ask(turn, SETTLE_CHECK, before=turn.prompt("say.five_minutes"))


# Whether to go on


def take_up(turn: Turn, state: State | None) -> State:
    """Go on after a stop; a person who has let go takes the position up before a repetition, at their own pace (V2)."""
    if isinstance(state, Counting):
        return take_position(turn, state)
    if isinstance(state, Asking) and state.question == CHECK and not turn.complete and not _changes_side(turn):
        state = replace(state, resume=next_repetition(turn))
    return transitions.back_to(turn, state, before=turn.prompt("say.resumed"))


def _changes_side(turn: Turn) -> bool:
    """Tell whether the next repetition is on the other side, for which the position is taught again."""
    side = plan.place(turn.facts.plan.exercise, turn.facts.progress.repetitions + 1).side
    return bool(side) and side != turn.facts.plan.side


def take_position(turn: Turn, resume: State, *, before: tuple[Line, ...] = ()) -> State:
    """Wait until the position is taken again."""
    turn.record(PausedRecord(turn.at, "taking the position again"))
    return transitions.pause(turn, resume, *before, *turn.prompt("say.position"))


def stopped_for_good(turn: Turn) -> State:
    """Close the session after "stop" was not taken back."""
    turn.know(outcome="completed" if turn.complete else "stopped")
    if turn.facts.progress.repetitions:
        return after_repetitions(turn)
    return transitions.end(turn, "stopped", *turn.prompt("say.not_started"))


def go_on(turn: Turn, state: Asking, intent: Intent) -> State:
    """Go on only when that is said."""
    if intent.name not in {*GO_ON_WORDS, "no"}:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("go_on", "no" if intent.name == "no" else "yes", intent)
    if intent.name == "no":
        return stopped_for_good(turn)
    return take_up(turn, state.resume)


def does_not_go_on(turn: Turn, _state: Asking) -> State:
    """The exercise is over: the closing questions follow if anything was done."""
    return stopped_for_good(turn)


GO_ON = Question("go_on", PROPOSAL, Phase.INTERRUPTION, answered=go_on, unanswered=does_not_go_on)


# Doubts about an answer


def doubted_less(turn: Turn, state: Asking, intent: Intent) -> State:
    """Settle "it's going down": the pain is less, or it moves lower."""
    if intent.name in YES_NO:
        if state.failures == 0:  # "Do you mean it hurts less, or it's further down?" is not answered by "yes"
            return failed(turn, state, heard=True)
        if intent.name == "yes":
            return stop_rules.red(turn, state, intent, "peripheralised")
        return settle_doubt(turn, state, intent, "better")
    return settle_doubt(turn, state, intent, intent.name)


def doubted_same(turn: Turn, state: Asking, intent: Intent) -> State:
    """Settle "no better"; said again, the word is meant."""
    return settle_doubt(turn, state, intent, intent.name, again="same")


def doubted_gone(turn: Turn, state: Asking, intent: Intent) -> State:
    """Settle "gone"; said again, the word is meant."""
    if intent.name == "no":
        turn.hush()
        return transitions.back_to(turn, asked_first(state))
    return settle_doubt(turn, state, intent, "gone" if intent.name == "yes" else intent.name, again="gone")


def settle_doubt(turn: Turn, state: Asking, intent: Intent, name: str, *, again: str = "") -> State:
    """Take `name` as the answer to the question that was in doubt, even a doubtful one if it is the word `again`."""
    if name not in {*IMPROVED, "same"} or (intent.ask and name != again):
        return failed(turn, state, heard=True)
    return change(turn, asked_first(state), replace(intent, name=name, ask=False))


DOUBT_LESS = Question(
    "doubt_less", CHANGE | ANSWER, Phase.CLARIFICATION, answered=doubted_less, unanswered=counts_as_red
)
DOUBT_SAME = Question("doubt_same", CHANGE, Phase.CLARIFICATION, answered=doubted_same, unanswered=asks_again)
DOUBT_GONE = Question("doubt_gone", CHANGE | ANSWER, Phase.CLARIFICATION, answered=doubted_gone, unanswered=asks_again)


def _doubt(name: str, intent: Intent) -> Question | None:
    """Return what is asked about a doubtful answer: "it's going down" may be the leg, "far from better" the same."""
    if name == "better":
        return DOUBT_LESS if "down" in intent.text.split() else DOUBT_SAME
    return {"same": DOUBT_SAME, "gone": DOUBT_GONE}.get(name)


# A higher place than before

_AT = "at"
"""The slot for an utterance that names just a place: `said`, `felt`, or `only` if no other place is left."""


def is_placed_higher(turn: Turn, intent: Intent) -> bool:
    """Tell whether a place closer to the spine was named, without saying that the pain has left the one before."""
    kind = intent.slots.get(_AT)
    return not intent.ask and kind in {"said", "felt"} and is_higher(turn, _named_place(intent))


def by_place(turn: Turn, state: State, intent: Intent) -> tuple[Intent, State | None]:
    """Compare the place that was named with the one before the exercise (R9, R10).

    Returns:
        The intent, doubtful if the place shows no direction; and the next state if the place alone decides it: a higher
        place leads to a question, or counts as good news if it is the only one.
    """
    kind, place = intent.slots.get(_AT), _named_place(intent)
    if intent.name != "peripheralised" or intent.ask or kind is None or turn.facts.findings.red:
        return intent, None
    if is_lower(turn, place):
        return intent, None
    if is_higher(turn, place) and isinstance(state, Counting | Asking):
        if kind != "only":
            return intent, ask_still_there(turn, state, intent)
        if isinstance(state, Asking) and "centralised" in state.question.accepts:
            return intent, state.question.answered(turn, state, replace(intent, name="centralised"))
    same_place = turn.facts.findings.furthest_before is not None and place != "leg"
    return replace(intent, ask=same_place or kind == "felt"), None


def _named_place(intent: Intent) -> str:
    return str(intent.slots.get("place", ""))


def ask_still_there(turn: Turn, state: State, intent: Intent) -> State:
    """Ask whether the lower place still hurts; only if it does not, a higher one is good news."""
    turn.hush()
    before: tuple[Line, ...] = ()
    if isinstance(state, Counting):
        turn.do(Play(Earcon.STOPPED, turn.at))
        before = turn.prompt("say.come_back" if isinstance(state, Performing) else "say.stopped")
    lower = str(turn.facts.findings.furthest_before)
    turn.answer("place_told", _named_place(intent), intent)
    return transitions.ask(turn, STILL_THERE, before=before, resume=place_to_return(state), about=lower)


def still_there(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take "no" as good news, and "yes" as no change."""
    if not is_plain(intent):
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("still_there", intent.name, intent)
    first = asked_first(state)
    if first is not state and "centralised" in first.question.accepts:
        return change(turn, first, replace(intent, name="centralised" if intent.name == "no" else "same", slots={}))
    return transitions.back_to(turn, state.resume, before=turn.praise() if intent.name == "no" else ())


def counts_as_lower(turn: Turn, state: Asking) -> State:
    """It counts as moved down: the exercise ends."""
    return stop_rules.red(turn, state, Intent(turn.at, "peripheralised", ""), "peripheralised", by="timeout")


STILL_THERE = Question("still_there", ANSWER, Phase.CLARIFICATION, answered=still_there, unanswered=counts_as_lower)


# "I don't know"


def unsure_place(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take the place from a person who can't say how it is; the set ends if they can't say where it is either."""
    if intent.name == "unsure":
        return unsure_again(turn, state, intent)
    place = stop_rules.known_place(intent)
    if place is None or (intent.name == "place" and intent.ask):
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("unsure_place", place, intent)
    if is_lower(turn, place):
        return transitions.ask(turn, MOVED_LOWER, resume=state, about="peripheralised")
    return following(turn, state)


def ask_pain(turn: Turn, state: Asking, before: tuple[Line, ...]) -> State:
    """Ask how strong the pain is now."""
    return transitions.ask(turn, UNSURE_PAIN, before=before, resume=state.resume)


def unsure_pain(turn: Turn, state: Asking, intent: Intent) -> State:
    """Take the number; more than before is asked about, anything else counts as the same."""
    if intent.name == "unsure":
        return unsure_again(turn, state, intent)
    value = pain_scale.number_of(intent)
    if value is None or (intent.name == "number" and intent.ask):
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("unsure_pain", value, intent)
    before = turn.facts.findings.pain_before
    if before is not None and value > before:
        return transitions.ask(turn, DOUBT_MORE, resume=state.resume, about="worse")
    return as_before(turn, state)


def doubted_more(turn: Turn, state: Asking, intent: Intent) -> State:
    """Settle whether a higher number means worse."""
    if intent.name == "yes":
        return became_red(turn, state, intent)
    if intent.ask or intent.name not in {"no", "better", "same", "gone", "centralised"}:
        return failed(turn, state, heard=True)
    turn.hush()
    turn.answer("doubt_more", "no", intent)
    return as_before(turn, state)


def as_before(turn: Turn, state: Asking) -> State:
    """Go on as after "same": never as after "better"."""
    check = state.resume
    assert isinstance(check, Asking)
    return following(turn, check, before=turn.prompt("say.as_before"))


def unsure_again(turn: Turn, state: Asking, intent: Intent) -> State:
    """End the set: a person who can't say how it is does no more of it."""
    turn.hush()
    turn.answer(state.question.name, None, intent)
    turn.know(outcome="completed" if turn.complete else "finished_early")
    return after_repetitions(turn, before=(*turn.prompt("say.unsure_end"), *transitions.rest_lines(turn)))


UNSURE_PLACE = Question(
    "unsure_place", PLACE | ANSWER, Phase.EXERCISE, answered=unsure_place, unanswered=ends_the_set, then=ask_pain
)
UNSURE_PAIN = Question("unsure_pain", pain_scale.NUMBER, Phase.EXERCISE, answered=unsure_pain, unanswered=ends_the_set)
DOUBT_MORE = Question(
    "doubt_more", CHANGE | ANSWER, Phase.CLARIFICATION, answered=doubted_more, unanswered=counts_as_red
)
