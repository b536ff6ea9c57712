"""What is asked of it while it waits, and that all is deleted: the answers, and what they never do."""

from dataclasses import replace
from datetime import date

import pytest

from tests.standby.waiting import PROMPTS, Waiting
from voice_coach.actions import Listen
from voice_coach.clinical.past import Course, Lock, Past
from voice_coach.events import AudioLost
from voice_coach.exercise.availability import choice
from voice_coach.exercise.library import entries
from voice_coach.exercise.load import load_exercise
from voice_coach.files.profiles import FIRST
from voice_coach.history.store import Store
from voice_coach.session.deletion import NAMES as DELETION
from voice_coach.session.intents import QUESTIONS
from voice_coach.session.status_answers import every_line
from voice_coach.standby.build import all_lines, forget, look
from voice_coach.standby.events import Begin
from voice_coach.standby.questions import WAITING
from voice_coach.standby.states import Asking, Day
from voice_coach.standby.states import Waiting as Quiet

EXERCISE = load_exercise("flexion_rotation")
KNOWN = entries("en")
LOCK = Lock("worse", 3, 1, 1)
COURSE = Course(days=2, first_pain=5, last_pain=4, first_place="thigh", last_place="back")
PAST = Past(completed_today=1, course=COURSE, choice=choice(EXERCISE, KNOWN, {}))
DAY = Day(completed=1, past=PAST, goal=3)


def waiting(day: Day = DAY) -> Waiting:
    """Return a standby that nobody has spoken to."""
    return Waiting(day=day)


def test_it_tells_how_it_goes_and_waits_again() -> None:
    standby = waiting().hears("how_am_i_doing", "how am i doing").finishes()
    assert " ".join(standby.said) == (
        "You've done one today. Three a day is the aim. The pain was five at first. And it was four last time. "
        "The furthest you felt it was your back."
    )
    assert isinstance(standby.state, Quiet)
    assert not any(isinstance(action, Begin) for action in standby.actions)


def test_it_tells_what_can_be_chosen_and_why_no_more() -> None:
    said = " ".join(waiting().hears("what_can_i_do").finishes().said)
    assert said.startswith("Here's what you can choose. Flexion rotation. Rolling your knees on your back.")
    assert "Some others are only for people taught by a physio." in said
    locked = replace(PAST, locks=(("bridge", "worse"),), choice=choice(EXERCISE, KNOWN, {"bridge": "worse"}))
    said = " ".join(waiting(replace(DAY, past=locked)).hears("what_can_i_do").finishes().said)
    assert said == (
        "Lifting your hips on your back has to wait until you've been checked. Until then, let's leave the others, too."
    )


def test_it_tells_what_it_is() -> None:
    assert "Sometimes a doctor needs an X-ray or other tests first." in waiting().hears("about").finishes().said


def test_a_history_that_cannot_be_read_is_not_taken_for_none() -> None:
    day = Day(readable=False, past=Past(readable=False))
    for wish in ("how_am_i_doing", "what_can_i_do"):
        assert waiting(day).hears(wish).said[0] == "I can't read my notes from last time."


@pytest.mark.parametrize("wish", sorted(QUESTIONS))
def test_words_in_the_middle_of_talk_and_doubtful_ones_are_not_meant_for_it(wish: str) -> None:
    assert waiting().hears(wish, "[unk] how am i doing").said == []
    assert waiting().hears(wish, ask=True).said == []


def test_while_a_question_is_open_no_other_is_taken() -> None:
    standby = waiting().hears("wake").finishes()
    assert standby.hears("how_am_i_doing").said == ["Shall we start?", "Yes or no?"]
    assert [action for action in waiting().actions if isinstance(action, Listen)] == [Listen("nothing", WAITING)]


def test_a_reminder_is_not_answered_by_a_look_that_was_for_something_else() -> None:
    standby = waiting(Day(past=PAST)).hears("how_am_i_doing").finishes()
    assert standby.until("09:01").said[-2] == "It's time for your first session."


# Delete my log


def asked(day: Day = DAY) -> Waiting:
    """Return a standby that has asked whether to delete all."""
    return waiting(day).hears("delete_my_log", "delete my log").finishes()


def test_yes_twice_deletes_all_and_the_outcome_is_told() -> None:
    standby = asked()
    assert standby.said == [
        "This deletes all your sessions, and anything I noted for safety.",
        "I can't bring them back.",
        "Say yes to delete everything, or no.",
    ]
    standby.hears("yes").finishes()
    assert standby.said[-2:] == ["Every session will be gone for good.", "Shall I delete them: yes or no?"]
    assert standby.forgotten == 0
    standby.hears("yes").finishes()
    assert standby.forgotten == 1
    assert standby.said[-1] == "I've deleted all your sessions."
    assert isinstance(standby.state, Quiet)


@pytest.mark.parametrize("past", [replace(PAST, locks=(("bridge", "worse"),)), Past(readable=False)])
def test_a_lock_that_goes_is_named_before_and_behind(past: Past) -> None:
    standby = asked(replace(DAY, past=past))
    sentence = "If an exercise made it hurt more, have it checked first."
    assert standby.said[0] == sentence
    assert standby.hears("yes").finishes().hears("yes").finishes().said[-1] == sentence


def test_what_could_not_be_deleted_is_told() -> None:
    standby = asked()
    standby.trouble = "a session uses it"
    standby.hears("yes").finishes().hears("yes").finishes()
    assert standby.said[-1] == "I couldn't delete all of it; perhaps a session is open."


@pytest.mark.parametrize("times", [0, 1])
@pytest.mark.parametrize(
    "answer", ["no", "start", "wake", "later", "doubt", "both", "mumble", "silence", "sound", "press"]
)
def test_anything_else_deletes_nothing(times: int, answer: str) -> None:
    standby = asked()
    for _ in range(times):
        standby.hears("yes").finishes()
    assert isinstance(standby.state, Asking)
    assert standby.state.question in DELETION
    match answer:
        case "doubt":
            standby.hears("yes", ask=True)
        case "both":
            standby.hears("yes", "yes no", also=["no"])
        case "mumble":
            standby.mumbles().finishes().mumbles()
        case "silence":
            pass
        case "sound":
            standby.take(AudioLost(0, "unplugged"))
        case "press":
            standby.press()
        case _:
            standby.hears(answer)
    standby.finishes().until("08:05")
    assert standby.forgotten == 0
    assert ("I haven't deleted anything." in standby.said) == (answer != "press")


# The shell


def test_all_that_it_can_tell_is_in_memory() -> None:
    names = [one.exercise.name for one in KNOWN if one.exercise]
    kept = {*all_lines(PROMPTS), *every_line(PROMPTS, names, 3)}
    texts = {line.text for line in kept}
    signs = replace(PAST, course=replace(COURSE, sign=LOCK, signs=4), lock=LOCK)
    for past in (PAST, signs, replace(signs, locks=(("bridge", "worse"),)), Past(readable=False)):
        for wish in sorted(QUESTIONS):
            assert set(waiting(replace(DAY, past=past)).hears(wish).said) <= texts


def test_the_history_is_looked_at_and_deleted_where_it_lies() -> None:
    Store.open().close()
    FIRST.memory.parent.mkdir(parents=True)
    FIRST.memory.write_text("{}")
    day = look(EXERCISE, KNOWN, FIRST.history, date(2030, 5, 6))
    assert (day.goal, day.past.choice.names[0]) == (3, "flexion rotation")
    assert forget(FIRST) == ""
    assert not FIRST.history.exists()
    assert not FIRST.memory.exists()


def test_while_somebody_writes_it_nothing_is_deleted() -> None:
    with Store.open() as store:
        store.sessions()
        assert "history" in forget(FIRST)
    assert FIRST.history.exists()
