"""Conversations that have come to each state of the dialogue, by name; and the exercises that tests hold them with."""

from collections.abc import Callable
from functools import cache

import msgspec

from voice_coach.clinical.past import BrokenOff, Lock, Past
from voice_coach.clinical.screening_questions import SCREENED
from voice_coach.config.engines import session_grammar
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.model import Follow, OwnQuestion
from voice_coach.exercise.prompts import load_prompts
from voice_coach.session.opening import PRACTICE_WORDS, practice_question
from voice_coach.session.states import Between, Ending, Settling, State
from voice_coach.testing import Conversation, at_step, counting

EXERCISE = load_exercise("flexion_rotation")
TAUGHT = msgspec.structs.replace(EXERCISE, taught=True)
"""The same, if it were only for those who were taught it."""
FOLLOWED = msgspec.structs.replace(
    EXERCISE, follows={"better": Follow(step="last", exercise="knee_rolls", name="rolling your knees", asked=True)}
)
"""The same in a programme, in which another one comes behind it when it went well, if the person wants to."""
ASKING = msgspec.structs.replace(
    EXERCISE,
    questions=(
        OwnQuestion(
            id="wrist", ask=("Is a wrist broken?",), help="A bone of the hand, not healed yet.", verdict="professional"
        ),
        OwnQuestion(
            id="faint", ask=("Did you faint today?",), help="You fell, and know nothing of it.", verdict="emergency"
        ),
    ),
)
"""The same with two questions of its own."""
PROMPTS = load_prompts("en")
GRAMMAR = session_grammar("en")

# How each state is come to, in words. The keys name them in the tests.

LOCKED = Past(lock=Lock("peripheralised", 7, 1, 3))
"""On Tuesday it moved down the leg."""
BROKEN = Past(broken_off=BrokenOff(session=7, repetitions=5, offered=True, checked=True, side="left", pain_before=6))
"""A few minutes ago it broke off behind number five."""
WEEKLY = Past(impression_due=True)
"""It is time for the question how it is since the beginning."""
REGULAR = Past(familiar=frozenset({"left", ""}), last_side="left")
"""The instructions were heard in full on three days of the last 14, for the left side."""
SCREENING = Past(screening="full")
"""Nobody has asked about red flags yet."""

PRACTICE = tuple(practice_question(word) for word in PRACTICE_WORDS)


def screened(last: str, **answers: str) -> Conversation:
    """Return a first session that has come to this question of the screening."""
    return Conversation(first_run=True, past=SCREENING).goes_on_until(last, **answers)


def practising(name: str) -> Conversation:
    """Return a first session that asks for a word for practice."""
    return Conversation(first_run=True, past=Past(practice=True)).goes_on_until(name)


_WAYS: dict[str, Callable[[], Conversation]] = {
    "cleared": lambda: Conversation(past=LOCKED),
    "cleared_sure": lambda: Conversation(past=LOCKED).answers("yes"),
    **{name: lambda name=name: screened(name) for name in SCREENED},  # type: ignore[misc]
    "screen_new": lambda: screened("screen_new", screen_2="yes for years"),
    "screen_recent": lambda: screened("screen_recent", screen_4="yes"),
    "screen_told": lambda: screened("screen_told", screen_7="yes"),
    "screen_anyway": lambda: screened("screen_anyway", screen_12="no"),
    "screen_daily": lambda: Conversation(past=Past(screening="daily")),
    "own": lambda: Conversation(exercise=ASKING),
    "two_weeks": lambda: Conversation(past=Past(two_weeks=True)),
    "broken_off": lambda: Conversation(past=BROKEN),
    "taught": lambda: Conversation(exercise=TAUGHT),
    "acknowledge": lambda: Conversation(first_run=True),
    **{name: lambda name=name: practising(name) for name in PRACTICE},  # type: ignore[misc]
    "side": Conversation,
    "side_told": lambda: Conversation().answers("both"),
    "side_said": lambda: Conversation().answers("both").answers("left"),
    "side_sure": lambda: Conversation().answers("left side"),
    "side_again": lambda: Conversation(past=REGULAR),
    "side_other": lambda: Conversation().answers("left side").answers("my physio said the other side"),
    "pain_before": lambda: Conversation().goes_on_until("pain_before"),
    "furthest_before": lambda: Conversation().goes_on_until("furthest_before"),
    "sound_check": lambda: Conversation().goes_on_until("sound_check"),
    "check": lambda: Conversation().goes_on_until("check"),
    "after_cry": lambda: Conversation().goes_on_until(counting(4)).says("ow"),
    "pain_after": lambda: Conversation().goes_on_until("pain_after"),
    "furthest_after": lambda: Conversation().goes_on_until("furthest_after"),
    "go_on": lambda: Conversation().goes_on_until(counting(4)).says("stop"),
    "call_for_help": lambda: Conversation().goes_on_until(counting(4)).says("I can't get up"),
    "moved_lower": lambda: Conversation().goes_on_until("moved_lower", furthest_after="calf"),
    "unsure_place": lambda: Conversation().goes_on_until("check").answers("I don't know"),
    "unsure_pain": lambda: Conversation().goes_on_until("check").answers("I don't know").answers("back"),
    "settle_check": lambda: Conversation().goes_on_until(counting(4)).says("it's worse").goes_on_until("settle_check"),
    "since_began": lambda: Conversation(past=WEEKLY).goes_on_until("since_began"),
    "since_much": lambda: Conversation(past=WEEKLY).goes_on_until("since_much"),
    "delete_log": lambda: Conversation().goes_on_until(Ending).says("delete my log"),
    "delete_sure": lambda: Conversation().goes_on_until(Ending).says("delete my log").answers("yes"),
    "easier": lambda: Conversation().goes_on_until(at_step("lie")).says("I can't lie on my side"),
    "onward": lambda: Conversation(exercise=FOLLOWED).goes_on_until("onward"),
    "try_again": lambda: Conversation(exercise=load_exercise("pelvic_tilt"), back_to=EXERCISE.id).goes_on_until(
        "try_again"
    ),
    "doubt_emergency": lambda: Conversation().goes_on_until(counting(4)).means("emergency", ask=True),
    "doubt_more": lambda: (
        Conversation().goes_on_until("check").answers("I don't know").answers("back").answers("eight")
    ),
    "doubt_worse": lambda: Conversation().goes_on_until(counting(4)).means("worse", ask=True),
    "heard_worse": lambda: Conversation().goes_on_until(counting(4)).says("worse"),
    "doubt_down": lambda: Conversation().goes_on_until(counting(4)).means("peripheralised", ask=True),
    "doubt_numb": lambda: Conversation().goes_on_until(counting(4)).means("numb_weak", ask=True),
    "doubt_new": lambda: Conversation().goes_on_until("furthest_before").answers("down my leg"),
    "still_there": lambda: (
        Conversation().goes_on_until(counting(4), furthest_before="calf").says("it's in my upper leg now")
    ),
    "doubt_less": lambda: Conversation().goes_on_until("check").answers("it's going down"),
    "doubt_same": lambda: Conversation().goes_on_until("check").answers("no better"),
    "doubt_gone": lambda: Conversation().goes_on_until("check").answers("gone"),
    "doubt_zero": lambda: Conversation().goes_on_until("pain_before").answers("none"),
    "doubt_ten": lambda: Conversation().goes_on_until("pain_before").answers("worst ever"),
    "doubt_leg": lambda: Conversation().goes_on_until("furthest_before").answers("in my leg"),
    "slower_which": lambda: Conversation().goes_on_until(at_step("bend")).says("too fast"),
    "doubt_done": lambda: Conversation().goes_on_until(at_step("bend")).answers("I'm done"),
    "first instruction": lambda: Conversation().goes_on_until(at_step("lie")),
    "short instruction": lambda: Conversation(past=REGULAR).goes_on_until(at_step("lie")),
    "last instruction": lambda: Conversation().goes_on_until(at_step("how")),
    "before the first": lambda: Conversation().goes_on_until(Between),
    "number four": lambda: Conversation().goes_on_until(counting(4)),
    "hold of number four": lambda: Conversation().goes_on_until(counting(4)).wait(5.5),
    "paused": lambda: Conversation().goes_on_until(counting(4)).says("pause"),
    "paused while asked": lambda: Conversation().goes_on_until("check").says("pause"),
    "no sound": lambda: Conversation().goes_on_until(counting(4)).loses_sound(),
    "heard too late": lambda: Conversation().goes_on_until(counting(4)).is_heard_too_late(),
    "red": lambda: Conversation().goes_on_until(counting(4)).says("it's worse"),
    "settling": lambda: Conversation().goes_on_until(counting(4)).says("it's worse").goes_on_until(Settling),
    "ending": lambda: Conversation().goes_on_until(Ending),
    "finished early": lambda: Conversation().goes_on_until(at_step("bend")).says("finish").until(_last_words_said),
}


def _last_words_said(state: State) -> bool:
    return isinstance(state, Ending) and not state.token


@cache
def _arrived(name: str) -> Conversation:
    return _WAYS[name]()


def _copy_of(name: str) -> Callable[[], Conversation]:
    return lambda: _arrived(name).copy()


ARRIVE = {name: _copy_of(name) for name in _WAYS}
"""By name: a talk that has come to this state. The way there is gone once."""

IN_COUNTING = ("number four", "hold of number four")
RED_WORDS = {
    "emergency": "I have chest pain",
    "worse": "it's worse",
    "peripheralised": "down my leg",
    "numb_weak": "my leg is numb",
    "pain_cry": "ow",
}
