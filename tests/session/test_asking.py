"""What the person asks the coach: what can I do, how am I doing, what is this. The weekly question. Forgetting."""

import itertools
from dataclasses import replace

import pytest

from tests.session.arrivals import ARRIVE, LOCKED, PROMPTS, RED_WORDS, WEEKLY
from tests.session.explore import events
from voice_coach.actions import Forget, Line, Play
from voice_coach.clinical.body_regions import PLACES
from voice_coach.clinical.past import Choice, Course, Lock, Past
from voice_coach.clinical.red_signs import RED
from voice_coach.events import Intent
from voice_coach.exercise.lint import lint_length, lint_text
from voice_coach.session import machine
from voice_coach.session.intents import QUESTIONS
from voice_coach.session.states import Asking, Done, Ending, Instructing, Paused, Performing, Settling, Staying
from voice_coach.session.status_answers import choice_lines, every_line, lines_to_prepare, progress_lines
from voice_coach.testing import Conversation, counting

ASKED = {
    "what_can_i_do": "what can I do",
    "how_am_i_doing": "how am I doing",
    "about": "tell me about this exercise",
    "delete_my_log": "delete my log",
}
SIGN = Lock("worse", 3, 1, 3)
COURSE = Course(days=5, first_pain=6, last_pain=3, first_place="calf", last_place="buttock")
CHOICE = Choice(names=("flexion rotation", "rolling your knees"), taught=True, others=True)
PAST = Past(completed_today=1, course=COURSE, choice=CHOICE)


def told(past: Past, done: int = 1, goal: int = 3) -> str:
    """Return the answer to "how am I doing"."""
    return " ".join(line.text for line in progress_lines(PROMPTS, past, done, goal))


def offered(past: Past) -> str:
    """Return the answer to "what can I do"."""
    return " ".join(line.text for line in choice_lines(PROMPTS, past))


# How am I doing


def test_it_is_told_in_a_few_sentences() -> None:
    assert told(PAST) == (
        "You've done one today. Three a day is the aim. The pain was six at first. And it was three last time. "
        "That's clearly less. It stays nearer to your spine than at first."
    )


def test_of_fewer_than_four_days_no_word_says_where_it_goes() -> None:
    few = told(replace(PAST, course=replace(COURSE, days=3)))
    assert "six at first. And it was three last time. The furthest you felt it was your bottom." in few
    assert not {"clearly", "nearer", "further out"} & set(few.split())


def test_a_change_within_the_scales_own_error_is_not_commented_on() -> None:
    assert "clearly" not in told(replace(PAST, course=replace(COURSE, last_pain=5)))


def test_what_is_more_or_further_out_belongs_to_a_professional() -> None:
    more = told(replace(PAST, course=replace(COURSE, last_pain=8)))
    assert "That's clearly more." in more
    assert more.endswith("Please tell your doctor or physio.")
    out = told(replace(PAST, course=replace(COURSE, first_place="back", last_place="thigh")))
    assert out.endswith("It goes further from your spine than at first. Please tell your doctor or physio.")


def test_red_signs_are_named_first_and_never_part_of_a_figure() -> None:
    red = told(replace(PAST, course=replace(COURSE, sign=SIGN, signs=2), lock=SIGN))
    assert red.startswith(
        "On Tuesday it got worse. That's two warning signs in the last few weeks. "
        "I can't do this one with you yet. A doctor or physio needs to check it first. "
        "Please talk to your doctor or physio before you do this again. You've done one today."
    )


def test_what_was_not_answered_is_said_so_and_is_no_zero() -> None:
    silent = told(Past(completed_today=1))
    assert silent == (
        "You've done one today. Three a day is the aim. You haven't given me a number for the pain. "
        "I don't know how far down it went."
    )
    assert told(Past(), done=0) == "I don't know of any earlier sessions."
    assert told(Past(readable=False)).startswith("I can't read my notes")


def test_without_a_number_a_day_none_is_made_up() -> None:
    assert told(PAST, done=20, goal=0).startswith("You've done twelve today. The pain")


def test_each_place_has_its_words(subtests: pytest.Subtests) -> None:
    for place in PLACES:
        with subtests.test(place=place):
            known = told(Past(course=Course(days=1, first_pain=2, first_place=place)))
            words = {
                "none": "anywhere",
                "one_side_back": "one side of your back",
                "buttock": "bottom",
                "thigh": "upper leg",
            }
            assert known.endswith(f" {words.get(place, place)}.")


def test_a_session_that_is_over_counts() -> None:
    talk = Conversation(past=PAST).goes_on_until(Ending).says("how am I doing")
    assert talk.heard("You've done two today. Three a day is the aim.")
    assert (
        Conversation(past=PAST)
        .until("side")
        .says("how am I doing")
        .heard("You've done one today. Three a day is the aim.")
    )


# What can I do


def test_a_few_are_named_and_why_the_others_are_not() -> None:
    assert offered(PAST) == (
        "Here's what you can choose. Flexion rotation. Rolling your knees. "
        "Some others are only for people taught by a physio. "
        "For the others, please ask your physio first. Say help to hear the words I know."
    )


def test_under_a_lock_nothing_is_offered() -> None:
    past = Past(locks=(("bridge", "worse"),), choice=Choice(names=("nothing",), locked=("lifting your hips",)))
    assert offered(past) == (
        "Lifting your hips has to wait until you've been checked. Until then, let's leave the others, too."
    )
    assert offered(Past(readable=False)).startswith("I can't read my notes")


def test_behind_a_clearance_the_exercise_can_be_done() -> None:
    past = replace(LOCKED, locks=(("flexion_rotation", "peripheralised"),))
    talk = Conversation(past=past).goes_on_until("side").says("what can I do")
    assert talk.heard("You can do the one we've started.")


def test_an_own_file_with_mistakes_is_told() -> None:
    assert "One of your own exercises has a mistake" in offered(Past(choice=Choice(broken=True)))


# About


def test_about_says_what_it_is_and_what_comes_first_and_names_no_illness() -> None:
    talk = Conversation().says("tell me about this exercise")
    assert talk.heard("They may ease back pain, but nobody can promise that.")
    assert talk.heard("Sometimes a doctor needs an X-ray or other tests first.")
    assert talk.question == "side"


# Where it is answered


@pytest.mark.parametrize("state", [name for name in ARRIVE if name not in {"no sound", "ending", "finished early"}])
def test_each_is_answered_anywhere_and_leaves_the_place_as_it_was(state: str, subtests: pytest.Subtests) -> None:
    for intent in sorted(QUESTIONS):
        with subtests.test(intent=intent):
            talk = ARRIVE[state]()
            before = talk.state
            talk.says(ASKED[intent])
            assert talk.lines() or talk.earcons()
            assert type(talk.state) is type(before)
            assert (talk.state.facts.progress.repetitions, talk.state.facts.plan.lock) == (
                before.facts.progress.repetitions,
                before.facts.plan.lock,
            )
            if isinstance(before, Asking) and isinstance(talk.state, Asking):
                assert (talk.question, talk.state.about, talk.state.resume) == (
                    before.question.name,
                    before.about,
                    before.resume,
                )
            if isinstance(before, Paused) and isinstance(talk.state, Paused):
                assert talk.state.resume == before.resume


@pytest.mark.parametrize("intent", sorted(QUESTIONS))
def test_while_it_counts_the_count_goes_on_and_it_is_told_when_to_ask(intent: str) -> None:
    talk = Conversation(past=PAST).goes_on_until(counting(4))
    before = talk.state
    talk.says(ASKED[intent])
    assert (talk.said, talk.counts()) == ("", [])
    assert isinstance(talk.state, Performing)
    assert isinstance(before, Performing)
    assert talk.state.wake_at == before.wake_at
    assert talk.until(lambda state: state.facts.progress.repetitions == 4).until(counting(5)).heard("Ask me again")


def test_after_a_red_sign_the_answer_is_whom_to_contact(subtests: pytest.Subtests) -> None:
    for red in RED_WORDS.values():
        for intent in ["what_can_i_do", "how_am_i_doing"]:
            with subtests.test(red=red, intent=intent):
                talk = Conversation(past=PAST).goes_on_until(counting(4)).says(red).wait(0.1).says(ASKED[intent])
                if talk.state.facts.findings.red:
                    assert talk.heard("doctor")
                    assert not talk.heard("You can choose")
                    assert not talk.heard("a day is the aim")


def test_all_that_is_told_was_rendered_beforehand() -> None:
    for past in (PAST, Past(readable=False), replace(PAST, course=replace(COURSE, sign=SIGN, signs=3))):
        lines = lines_to_prepare(PROMPTS, past, 3)
        assert set(lines) <= set(every_line(PROMPTS, CHOICE.names, 3))
        asked = (
            Conversation(past=past).says("how am I doing").lines()
            + Conversation(past=past).says("what can I do").lines()
        )
        assert {line for line in asked if line.cue.startswith("told.")} <= set(lines)


def test_every_line_keeps_to_the_house_rules_with_its_fields_filled_in() -> None:
    lines = every_line(PROMPTS, CHOICE.names, 3)
    assert [line.text for line in lines if lint_text(line.text)] == []
    assert [line.text for line in lines if line.cue.startswith("told.") and lint_length(line.text)] == []
    assert len({line.cue for line in lines}) == len(lines)


# How is it since you began


STEPS = [
    (("much better",), 2),
    (("better", "a little"), 3),
    (("better", "a lot"), 2),
    (("it's gone", "very much"), 1),
    (("about the same",), 4),
    (("worse", "slightly"), 5),
    (("worse", "much"), 6),
    (("a lot worse",), 6),
    (("worse", "very much"), 7),
    (("better", "the same"), 4),
    (("better", "worse", "a little"), 5),
]


def test_two_answers_come_to_one_of_seven_steps(subtests: pytest.Subtests) -> None:
    for said, step in STEPS:
        with subtests.test(said=said, step=step):
            talk = Conversation(past=WEEKLY).goes_on_until("since_began")
            for text in said:
                talk.answers(text)
            assert talk.answer_to("pgic") == step
            assert talk.until(Done).outcome == "completed"


def test_worse_over_the_weeks_ends_nothing_and_names_whom_to_contact() -> None:
    talk = Conversation(past=WEEKLY).goes_on_until("since_began").answers("worse")
    assert talk.question == "since_much"
    assert talk.heard("Please talk to your doctor or physio before you do this again.")
    assert talk.state.facts.findings.red is None
    assert talk.answers("much").until(Done).outcome == "completed"


def test_every_other_red_sign_is_what_it_always_is(subtests: pytest.Subtests) -> None:
    for question in ["since_began", "since_much"]:
        for red in ["down my leg", "my leg is numb", "I have chest pain", "it hurts more", "it's worse now"]:
            with subtests.test(question=question, red=red):
                talk = ARRIVE[question]().says(red).wait(0.1)
                assert talk.state.facts.findings.red is not None
                assert talk.heard("Stop.")


def test_who_does_not_know_or_says_nothing_has_no_step() -> None:
    for silent in (
        Conversation(past=WEEKLY).goes_on_until("since_began"),
        Conversation(past=WEEKLY).goes_on_until("since_much"),
    ):
        talk = silent.copy().answers("I don't know").until(Done)
        assert talk.outcome == silent.until(Done).outcome == "completed"
        assert [record for record in talk.records if getattr(record, "question", "") == "pgic"] == []


def test_it_is_asked_only_when_it_is_due_and_never_after_a_red_sign() -> None:
    assert "since_began" not in str(Conversation().goes_on_until(Done).events)
    talk = Conversation(past=WEEKLY).goes_on_until(counting(2)).says("worse").goes_on_until(Done)
    assert not any("since your first" in line.text.lower() for line in talk.lines(since=0))


@pytest.mark.parametrize("question", ["since_began", "since_much"])
def test_from_the_weekly_question_no_red_sign_leads_back_to_the_exercise(question: str) -> None:
    """Whatever red sign is said there, certain or doubtful, in whichever words, spoken into it or behind it."""
    spoken_into = ARRIVE[question]()
    behind = spoken_into.copy().until(lambda state: isinstance(state, Asking) and not state.token)
    reds = [
        (talk.state, event)
        for talk in (spoken_into, behind)
        for event in events(talk.state)
        if isinstance(event, Intent) and event.name in RED
    ]
    assert len(reds) == 2 * 2 * len(RED)
    for state, event in reds:
        following, actions = machine.step(state, event)
        assert isinstance(following, Asking | Settling | Staying | Ending)
        assert not any(isinstance(action, Play) and isinstance(action.sound, Line) for action in actions)
        if event.name in {"emergency", "numb_weak", "peripheralised"} and not event.ask:
            assert following.facts.findings.red is not None


# Delete my log


def asked() -> Conversation:
    """Return a session that is over, in which it is asked whether to delete all."""
    return Conversation(past=PAST).goes_on_until(Ending).says("delete my log")


def forgets(talk: Conversation) -> bool:
    """Tell whether anything was to be deleted."""
    return any(isinstance(action, Forget) for _, action in talk.log)


def test_all_is_deleted_after_yes_twice_and_the_outcome_is_told() -> None:
    talk = asked().answers("yes")
    assert talk.heard("Every session will be gone for good.")
    talk.answers("yes")
    assert forgets(talk)
    assert isinstance(talk.state, Ending)
    assert talk.until_next().heard("I've deleted all your sessions.")
    assert talk.until(Done).outcome == "completed"


def test_what_could_not_be_deleted_is_told() -> None:
    talk = asked().answers("yes")
    talk.write_error = "another program uses it"
    assert talk.answers("yes").until_next().heard("I couldn't delete all of it")
    talk = asked().answers("yes")
    talk.writing = None
    talk.answers("yes").until_next()
    assert talk.heard("I don't know yet if it's been deleted.")
    assert talk.until(Done).outcome == "completed"


UNSURE = ["no", "maybe", "brm flom", "stop", "finish", "yes I mean no", ""]


def test_anything_but_yes_twice_deletes_nothing(subtests: pytest.Subtests) -> None:
    for first, second in list(itertools.product(["yes", *UNSURE], UNSURE)):
        with subtests.test(first=first, second=second):
            talk = asked()
            for text in (first, second):
                if isinstance(talk.state, Asking):
                    talk.until(lambda state: not isinstance(state, Asking) or not state.token)
                    talk = talk.says(text) if text else talk.wait(9)
            talk.until(Done)
            assert not forgets(talk)


def test_a_doubtful_yes_deletes_nothing() -> None:
    talk = asked().answers("yes").until(lambda state: isinstance(state, Asking) and not state.token)
    assert not forgets(talk.means("yes", ask=True))
    assert talk.until(Done).outcome == "completed"


def test_a_lock_on_another_exercise_is_named_before_it_goes() -> None:
    past = replace(PAST, locks=(("bridge", "worse"),))
    talk = Conversation(past=past).goes_on_until(Ending).says("delete my log")
    assert talk.heard(
        "If an exercise made it hurt more, have it checked first. "
        "This deletes all your sessions, and anything I noted for safety."
    )
    talk.answers("yes").answers("yes").until_next()
    assert talk.heard("If an exercise made it hurt more, have it checked first.")


@pytest.mark.parametrize("where", [Asking, Instructing, Paused, Settling])
def test_within_a_session_it_is_told_when_to_ask(where: type) -> None:
    states = [ARRIVE[name]() for name in ARRIVE if name not in {"no sound", "delete_log", "delete_sure"}]
    for talk in (talk for talk in states if isinstance(talk.state, where)):
        talk.says("delete my log")
        assert not forgets(talk)
        assert talk.question not in {"delete_log", "delete_sure"}
        assert talk.heard("Ask me that at the end, or between sessions.") or talk.heard("I haven't deleted anything.")


def test_behind_a_red_sign_and_at_a_locked_exercise_it_is_not_even_asked() -> None:
    red = Conversation().goes_on_until(counting(4)).says("my leg is numb").until(Ending).says("delete my log")
    assert red.heard("I haven't deleted anything.")
    locked = Conversation(past=LOCKED).answers("no").until(Ending).says("delete my log")
    assert locked.heard("I haven't deleted anything.")
    assert not forgets(red.until(Done))
    assert not forgets(locked.until(Done))
