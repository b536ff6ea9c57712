"""The lock: after worse, moved down, numb or an unanswered cry nothing is done until it has been checked (T10).

Enumerated, not sampled: every sign, every way that its session can break off, every answer of the next one; and every
state that a locked session can come to.
"""

from collections.abc import Callable

import pytest

from tests.session.arrivals import ARRIVE, LOCKED, RED_WORDS
from tests.session.explore import Explored, explore
from tests.session.life import DAY, Life
from voice_coach.actions import Line, Play, Record
from voice_coach.clinical.past import Lock, Past
from voice_coach.events import Intent
from voice_coach.exercise.load import load_exercise
from voice_coach.records import Answered, Stopped
from voice_coach.session.states import Asking, Done, Paused
from voice_coach.testing import Conversation, counting

PRONE = load_exercise("prone_lying")

# Every state of a locked session


@pytest.fixture(scope="module")
def explored() -> Explored:
    """Return all places of a locked session."""
    return explore(
        LOCKED,
        keep=lambda way: way[2].facts.plan.lock is None,
        enter=lambda way: way[2].facts.plan.lock is not None,
    )


@pytest.mark.enumerated
def test_no_place_of_a_locked_session_is_an_instruction_or_a_repetition(explored: Explored) -> None:
    states = explored.places
    assert len(states) > 50
    assert {type(state).__name__ for state in states} == {"Asking", "Paused", "Staying", "Ending", "Done"}
    asked = {state.question.name for state in states if isinstance(state, Asking)}
    doubts = {question for question in asked if question.startswith("doubt_")}
    assert asked - doubts == {"cleared", "cleared_sure", "go_on", "after_cry", "furthest_after", "call_for_help"}


@pytest.mark.enumerated
def test_the_only_way_out_of_a_lock_is_yes_for_the_second_time_and_it_is_written_down(explored: Explored) -> None:
    openings = explored.ways
    assert openings
    for state, event, following, actions in openings:
        assert isinstance(state, Asking)
        assert state.question.name == "cleared_sure"
        assert isinstance(event, Intent)
        assert (event.name, event.ask) == ("yes", False)
        written = [action.record for action in actions if isinstance(action, Record)]
        assert [(r.question, r.value) for r in written if isinstance(r, Answered)] == [("cleared_sure", 7)]
        assert isinstance(following, Asking)
        assert following.question.name == "side"


# Every sign x how its session ends x what is said at the next one

SIGNS: dict[str, Callable[[Conversation], Conversation]] = {
    **{name: lambda talk, text=text: talk.says(text) for name, text in RED_WORDS.items()},  # type: ignore[misc]
    "no answer to ow": lambda talk: talk.says("ow").until(Done),
    "doubtful, no answer": lambda talk: talk.means("worse", ask=True).until(Done),
    "in the check": lambda talk: talk.goes_on_until("check").answers("it's worse"),
    "better but lower": lambda talk: talk.goes_on_until("check").answers("it's better but it's in my calf now"),
    "at the very end": lambda talk: talk.goes_on_until("furthest_after").answers("down my leg"),
    "worse, then better": lambda talk: talk.says("worse").until("furthest_after").says("better"),
    "ow, then worse": lambda talk: talk.says("ow").answers("it's worse"),
    "ow, then stop": lambda talk: talk.says("ow").answers("stop"),
}
REASONS = {
    **{name: name for name in RED_WORDS},
    "no answer to ow": "worse",
    "better but lower": "peripheralised",
    "at the very end": "peripheralised",
    "ow, then stop": "pain_cry",
}
"""What is said of it the next time; the others: it got worse."""


def to_the_end(talk: Conversation) -> None:
    if not isinstance(talk.state, Done):
        talk.until(Done)


def ctrl_c(talk: Conversation) -> None:
    if not isinstance(talk.state, Done):
        talk.is_interrupted()


def at_once(_talk: Conversation) -> None:
    """Lose power: what is not on disk by now is lost."""


def lost_sound(talk: Conversation) -> None:
    if not isinstance(talk.state, Done):
        talk.loses_sound()
    to_the_end(talk)


ENDS = [to_the_end, ctrl_c, at_once, lost_sound]

ANSWERS: dict[str, tuple[tuple[str, ...], bool]] = {
    "yes, yes": (("yes", "yes"), True),
    "yes, I have, yes": (("yes I have", "yes please"), True),
    "mumbles, yes, mumbles, yes": (("brm", "yes", "brm", "yes"), True),
    "louder, yes, yes": (("louder", "yes", "yes"), True),
    "no": (("no",), False),
    "yes, no": (("yes", "no"), False),
    "silence": ((), False),
    "yes, silence": (("yes",), False),
    "mumbling": (("brm", "brm", "brm"), False),
    "yes, mumbling": (("yes", "brm", "brm", "brm"), False),
    "ready": (("ready", "ready", "ready"), False),
    "resume": (("yes", "resume", "go on", "next"), False),
    "stop": (("stop", "no"), False),
    "stop, then go on and no": (("stop", "yes", "no"), False),
    "finish": (("finish",), False),
    "pause": (("pause",), False),
    "worse": (("worse",), False),
    "yes, worse": (("yes", "worse"), False),
    "numb": (("my leg is numb",), False),
    "ow, better, go on, no": (("ow", "better", "yes", "no"), False),
    "left side": (("left side", "left side", "left side"), False),
}
"""What is said to "Has a professional checked it?", and whether that clears the lock."""


def says_all(talk: Conversation, texts: tuple[str, ...]) -> Conversation:
    """Say one text after the other, each when it is one's turn; then stay silent."""
    for text in texts:
        if not isinstance(talk.state, Done):
            talk.until(lambda state: isinstance(state, Done | Paused) or not getattr(state, "token", 0))
            if not isinstance(talk.state, Done):
                talk.says(text)
    return talk


@pytest.mark.parametrize("sign", SIGNS)
def test_after_every_sign_the_exercise_is_locked_until_it_was_checked(sign: str, subtests: pytest.Subtests) -> None:
    for ending in ENDS:
        with subtests.test(ending=ending.__name__):
            talk = SIGNS[sign](ARRIVE["number four"]())
            ending(talk)
            life = Life()
            life.lives(talk)
            lock = life.past().lock
            assert lock is not None
            reason = REASONS.get(sign, "worse")
            if sign == "pain_cry" and ending is to_the_end:  # silence to "how is it?" counts as worse
                reason = "worse"
            assert (lock.reason, lock.session) == (reason, 1)
            for said, (texts, clears) in ANSWERS.items():
                again = Life(*life.sessions)
                second = says_all(Conversation(past=life.past()), texts)
                if not clears:
                    to_the_end(second)
                assert (second.question == "side") == clears, said
                again.lives(second)
                assert (again.past().lock is None) == clears, said
                if not clears:
                    third = Conversation(past=again.past())
                    assert third.question == "cleared", said
                    assert not any(
                        isinstance(action, Play) and isinstance(action.sound, Line) for _, action in second.log
                    ), said


@pytest.mark.parametrize("records", range(3))
def test_a_crash_while_it_is_cleared_leaves_it_locked_unless_the_clearance_is_on_disk(records: int) -> None:
    life = Life()
    life.lives(ARRIVE["red"]())
    second = Conversation(past=life.past()).answers("yes").answers("yes")
    assert [r.question for r in second.records if isinstance(r, Answered)] == ["cleared", "cleared_sure"]
    life.lives(second, records=records)
    assert (life.past().lock is None) == (records == 2)


def test_what_gets_worse_after_a_clearance_locks_again() -> None:
    life = Life()
    life.lives(ARRIVE["red"]())
    second = Conversation(past=life.past()).goes_on_until(counting(2)).says("my leg is numb").until(Done)
    life.lives(second)
    assert life.past().lock == Lock("numb_weak", 2, 1, 1)
    third = Conversation(past=life.past()).goes_on_until(Done)
    life.lives(third)
    assert life.past().lock is None
    assert third.outcome == "completed"


@pytest.mark.parametrize("sign", RED_WORDS)
def test_another_exercise_is_not_begun_either_before_it_was_checked(sign: str) -> None:
    life = Life()
    life.lives(ARRIVE["number four"]().says(RED_WORDS[sign]).until(Done))
    another = Conversation(exercise=PRONE, past=life.past(exercise=PRONE.id))
    assert another.question == "cleared"
    assert another.heard("That was with another exercise.")
    assert another.until(Done).outcome == "no_answer"
    checked = Conversation(exercise=PRONE, past=life.past(exercise=PRONE.id)).answers("yes").answers("yes")
    assert checked.question == "pain_before"
    life.lives(checked, exercise=PRONE.id)
    assert life.past(exercise=PRONE.id).lock is None
    assert (life.past().lock is None) == (sign == "emergency")


def test_a_session_in_which_all_goes_well_locks_nothing() -> None:
    life = Life()
    life.lives(Conversation().goes_on_until(Done))
    life.lives(
        Conversation().goes_on_until(counting(4)).says("ow").answers("it's the same").answers("yes").says("resume")
    )
    life.lives(Conversation().goes_on_until(counting(4)).says("stop").until(Done))
    assert life.past().lock is None
    assert Conversation(past=life.past()).question == "side"


# What is heard


@pytest.mark.parametrize(
    ("reason", "sentence"),
    [
        ("worse", "On Tuesday it got worse."),
        ("peripheralised", "On Tuesday your pain moved lower in your leg."),
        ("numb_weak", "On Tuesday your leg was numb or weak."),
        ("pain_cry", "On Tuesday you had a sharp pain, and I didn't hear an answer."),
    ],
)
def test_it_is_the_first_thing_that_is_said_with_the_reason_and_the_day(reason: str, sentence: str) -> None:
    talk = Conversation(
        past=Past(lock=Lock(reason, 7, 1, 3), week=True, two_weeks=True, no_better=True), first_run=True
    )
    said = " ".join(line.text for line in talk.lines(since=0))
    locked = "I can't do this one with you yet. A doctor or physio needs to check it first."
    question = "Has a doctor or physio checked you since, and said it's fine?"
    assert said.endswith(f"{sentence} {locked} {question} Yes or no?")
    assert talk.question == "cleared"


def test_the_day_is_named_while_its_name_is_clear(subtests: pytest.Subtests) -> None:
    for days_ago, words in [
        (0, "Earlier today"),
        (1, "Yesterday"),
        (2, "On Tuesday"),
        (6, "On Tuesday"),
        (7, "Some time ago"),
        (-1, "Some time"),
    ]:
        with subtests.test(days_ago=days_ago, words=words):
            talk = Conversation(past=Past(lock=Lock("worse", 7, DAY.weekday(), days_ago)))
            assert f"{words}" in " ".join(line.text for line in talk.lines(since=0))


@pytest.mark.parametrize("texts", [("no",), (), ("brm", "brm", "brm"), ("yes", "no")])
def test_without_a_clearance_it_ends_kindly_and_says_what_to_do(texts: tuple[str, ...]) -> None:
    talk = says_all(Conversation(past=LOCKED), texts).until(Done)
    said = " ".join(line.text for line in talk.lines(since=0))
    assert "Then let's wait with this one. Please see a doctor or physio first." in said
    assert "Get emergency help if both legs are numb or weak. Or if you're numb between your legs." in said
    assert "Or if you have chest pain, or new bladder or bowel trouble. Goodbye." in said
    assert talk.outcome == ("cannot_start" if texts[-1:] == ("no",) else "no_answer")


def test_on_a_first_run_the_safety_sentence_is_acknowledged_after_the_clearance() -> None:
    talk = Conversation(past=LOCKED, first_run=True).answers("yes").answers("yes")
    assert talk.question == "acknowledge"
    assert talk.heard("Good. I've noted that it's been checked.")


def test_red_words_are_taken_while_it_is_locked() -> None:
    talk = Conversation(past=LOCKED).says("my leg is numb").answers("yes")
    assert [r.intent for r in talk.records if isinstance(r, Stopped) and r.red] == ["numb_weak"]
    assert talk.heard("Stop. Please talk to your doctor or physio today.")


def test_a_history_that_cannot_be_read_is_told_before_anything_is_asked() -> None:
    talk = Conversation(past=Past(readable=False))
    said = " ".join(line.text for line in talk.lines(since=0))
    assert (
        "I can't read my notes from last time. If it got worse then, see a doctor or physio first. Which side" in said
    )
