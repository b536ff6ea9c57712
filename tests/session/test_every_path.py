"""Enumerated, not sampled: every place of a session x everything that can be said or happen x every past (2b, T4)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import get_args

import msgspec
import pytest

from tests.session.arrivals import ASKING, EXERCISE
from tests.session.explore import Explored, Way, explore
from voice_coach.actions import Hush, Line, Play, Record
from voice_coach.clinical.past import Lock, Past
from voice_coach.clinical.red_signs import RED
from voice_coach.clinical.screening_questions import SCREENED
from voice_coach.events import Intent
from voice_coach.records import Misheard, Resumed
from voice_coach.session import machine
from voice_coach.session.doubts import is_baseline
from voice_coach.session.facts import Heard
from voice_coach.session.false_alarms import asks_about_signs, has_begun
from voice_coach.session.intents import MISHEARD
from voice_coach.session.misheard import READY, TAKEN_BACK
from voice_coach.session.question_table import ASKED
from voice_coach.session.screening import answers_with_numb
from voice_coach.session.states import Asking, Between, Done, Instructing, Paused, Performing, State
from voice_coach.session.stop_rules import HEARD_WORSE
from voice_coach.session.turn import Turn

pytestmark = pytest.mark.slow

ONCE = msgspec.structs.replace(
    EXERCISE,
    steps=EXERCISE.steps[:2],
    repetition=msgspec.structs.replace(EXERCISE.repetition, count=2, checks_after=(1, 2), remarks={}),
)
"""Two instructions, two repetitions: the others lead nowhere else."""
DOING = Instructing | Performing | Between
LOCKS = [Lock(reason, 3, 1, 1) for reason in ("emergency", "numb_weak", "peripheralised", "worse", "pain_cry")]
LOCKED = [Past(lock=lock) for lock in LOCKS] + [Past(lock=LOCKS[0], screening="full", two_weeks=True)]
UNSCREENED = [Past(screening="daily"), Past(screening="full"), Past(screening="full", two_weeks=True)]


def is_red(way: Way) -> bool:
    """Tell whether a red sign was said, certain or doubtful."""
    state, event, _, _ = way
    return isinstance(event, Intent) and event.name in RED and not isinstance(state, Done)


def takes_back(way: Way) -> bool:
    """Tell whether it is the only way back from a red sign: a certain "no" to whether "worse" was said."""
    state, event, following, _ = way
    asked = isinstance(state, Asking) and state.question == HEARD_WORSE
    said = isinstance(event, Intent) and event.name == "no" and not event.ask
    return asked and said and isinstance(following, Paused)


def named(states: Iterable[State]) -> list[str]:
    """Return the names of the states: pytest takes gigabytes to show the states themselves where an assertion fails."""
    return [f"{type(state).__name__} {state.question.name if isinstance(state, Asking) else ''}" for state in states]


def described(ways: Iterable[Way]) -> list[tuple[str, ...]]:
    """Return from where, by what, to where the ways lead."""
    return [
        (*named([state]), f"{type(event).__name__} {getattr(event, 'name', '')}", *named([following]))
        for state, event, following, _ in ways
    ]


def counted(way: Way) -> list[Line]:
    """Return what is counted on the way."""
    return [action.sound for action in way[3] if isinstance(action, Play) and isinstance(action.sound, Line)]


def answer_is_open(state: State, intent: Intent) -> bool:
    """Tell whether it is asked about first: in doubt, where it may be old, where it was asked for."""
    early = not has_begun(Turn(state.facts, 0), state) and intent.name != "emergency" and not asks_about_signs(state)
    return early or intent.ask or is_baseline(state, intent) or answers_with_numb(state, intent)


@pytest.fixture(scope="module")
def usual() -> Explored:
    """Return every place, and every way on which a red sign is said or after one."""
    return explore(
        Past(),
        exercise=ONCE,
        keep=lambda way: is_red(way) or way[0].facts.findings.red is not None,
    )


def test_a_red_sign_in_any_place_is_answered_by_silence_first_and_nothing_is_counted(usual: Explored) -> None:
    red = [way for way in usual.ways if is_red(way)]
    assert len(red) > 1000
    wrong = [way for way in red if not isinstance(way[3][0], Hush) or counted(way) or isinstance(way[2], DOING)]
    assert described(wrong) == []


def test_a_certain_red_sign_ends_the_exercise_in_any_place(usual: Explored) -> None:
    for state, event, following, _ in (way for way in usual.ways if is_red(way)):
        assert isinstance(event, Intent)
        if event.name != "pain_cry" and not answer_is_open(state, event):
            assert following.facts.findings.red is not None
            assert following.facts.progress.outcome == "stopped"


def test_no_way_but_the_no_to_worse_leads_from_a_red_sign_back_to_the_exercise(usual: Explored) -> None:
    after = [way for way in usual.ways if way[0].facts.findings.red is not None]
    assert len(after) > 1000
    assert described(way for way in after if isinstance(way[2], DOING) or counted(way)) == []
    assert described(way for way in after if way[2].facts.findings.red is None and not takes_back(way)) == []
    assert any(map(takes_back, after))


@pytest.mark.parametrize("past", LOCKED, ids=str)
def test_no_way_leads_past_a_lock(past: Past) -> None:
    explored = explore(past, exercise=ONCE, enter=lambda way: way[2].facts.plan.lock is not None)
    assert named(state for state in explored.places if isinstance(state, DOING)) == []


@pytest.mark.parametrize("past", UNSCREENED, ids=str)
def test_no_way_leads_around_the_screening(past: Past) -> None:
    """Whoever is never taken to have said a plain "no" there, or "yes", comes to no other question and no exercise."""

    def enter(way: Way) -> bool:
        state, event, following, _ = way
        asked = isinstance(state, Asking) and state.question.name.startswith("screen_")
        return not (asked and isinstance(event, Intent) and event.name == "no" and not event.ask) and not isinstance(
            following, Done
        )

    places = explore(past, exercise=ONCE, enter=enter).places
    assert named(state for state in places if isinstance(state, DOING)) == []
    questions = {state.question.name for state in places if isinstance(state, Asking)}
    assert questions & {"screen_daily", *SCREENED}
    assert not questions & {"side", "pain_before"}


def test_no_way_leads_around_the_exercises_own_questions() -> None:
    """Whoever never says a plain "no" there, or "yes, they agree", comes to no other question and no exercise."""

    def enter(way: Way) -> bool:
        state, event, _, _ = way
        passes = {"own": "no", "screen_told": "yes"}
        said = isinstance(event, Intent) and not event.ask and event.name
        return not (isinstance(state, Asking) and passes.get(state.question.name) == said)

    asking = msgspec.structs.replace(ONCE, questions=ASKING.questions)
    places = explore(Past(), exercise=asking, enter=enter).places
    assert named(state for state in places if isinstance(state, DOING)) == []
    assert not {state.question.name for state in places if isinstance(state, Asking)} & {"side", "pain_before"}


def test_no_way_leads_past_two_weeks_without_a_yes() -> None:
    def enter(way: Way) -> bool:
        state, event, _, _ = way
        asked = isinstance(state, Asking) and state.question.name == "two_weeks"
        return not (asked and isinstance(event, Intent) and event.name == "yes" and not event.ask)

    places = explore(Past(two_weeks=True), exercise=ONCE, enter=enter).places
    assert named(state for state in places if isinstance(state, DOING)) == []


def test_what_was_misheard_changes_no_sign_and_no_count_wherever_it_is_said(usual: Explored) -> None:
    objection = Intent(0, MISHEARD, "that's not what i said")
    for state in usual.places:
        elsewhere = set() if isinstance(state, DOING) else {READY}  # "ready" leads to an instruction or to the counting
        for step in {"", *TAKEN_BACK} - elsewhere:
            last = Heard("somewhere", "anything", "anything", step)
            before = replace(state, facts=state.facts.with_changes({"last": last}))
            after, actions = machine.step(before, replace(objection, at=before.facts.findings.stopped_at))
            records = [action.record for action in actions if isinstance(action, Record)]
            assert after.facts.findings.red == before.facts.findings.red or before.facts.findings.red is None
            assert after.facts.progress.repetitions == before.facts.progress.repetitions
            assert not isinstance(after, Performing) or isinstance(before, Performing)
            assert not any(isinstance(record, Resumed) for record in records)
            if any(isinstance(record, Misheard) and record.taken_back for record in records):
                assert before.facts.findings.red is None
                assert after.facts.findings.red is None
                assert isinstance(after, Asking | Instructing)


def test_every_question_and_every_kind_of_state_was_come_to(usual: Explored) -> None:
    kinds = {type(state) for state in usual.places}
    assert kinds == set(get_args(State))
    asked = {state.question.name for state in usual.places if isinstance(state, Asking)}
    screening = {name for name in ASKED if name.startswith("screen_")}
    before = screening | {
        "own",
        "since_began",
        "since_much",
        "cleared",
        "cleared_sure",
        "acknowledge",
        "two_weeks",
        "broken_off",
        "taught",
        "try_again",
        "onward",
        "side_again",
    }
    practice = {name for name in ASKED if name.startswith("practice_")}  # on the first run
    placed = {"still_there"}  # after a place that is higher than the one before: no event of `explore` names one
    assert asked | before | practice | placed == set(ASKED)
