"""The questions about red flags: before the first session all, later one a day (clinical rules 2c; R6)."""

import itertools
from dataclasses import replace

import pytest

from tests.session.arrivals import ARRIVE, EXERCISE, SCREENING, screened
from tests.session.life import Life
from voice_coach.clinical.past import Past
from voice_coach.clinical.screening_questions import NEEDS_CLINICIAN, NEEDS_EMERGENCY_SERVICE, SCREENED
from voice_coach.records import Answered, Stopped
from voice_coach.session.states import Done, Staying
from voice_coach.testing import Conversation

NUMBERED = [name for name in SCREENED if name not in {"screen_4", "screen_12"}]


def asked(talk: Conversation) -> list[str]:
    """Return the questions that were answered so far, in order, without the repeated ones."""
    found = [record.question for record in talk.records if isinstance(record, Answered)]
    return [question for question, _ in itertools.groupby(found)]


def test_all_twelve_are_asked_one_at_a_time_before_anything_else() -> None:
    talk = screened("side")
    assert asked(talk) == ["acknowledge", *SCREENED, "screening"]
    assert talk.answer_to("screening") == "clear"
    assert all(len(ARRIVE[name]().lines()) <= 2 for name in SCREENED[1:])


def test_every_question_has_one_verdict() -> None:
    assert set(SCREENED) == (NEEDS_EMERGENCY_SERVICE - {"screen_recent"}) | NEEDS_CLINICIAN | {"screen_4", "screen_12"}
    assert not NEEDS_EMERGENCY_SERVICE & NEEDS_CLINICIAN


@pytest.mark.parametrize("question", sorted(NEEDS_EMERGENCY_SERVICE))
def test_a_sign_of_an_emergency_ends_it_and_nothing_more_is_asked(question: str) -> None:
    talk = ARRIVE[question]().answers("yes").wait(0.1)
    assert talk.heard("This needs a doctor at once. Call the emergency number now, or get someone to call.")
    assert isinstance(talk.state, Staying)
    assert talk.until(Done).outcome == "stopped"
    (stopped,) = [record for record in talk.records if isinstance(record, Stopped)]
    assert (stopped.intent, stopped.red) == ("emergency", True)


def test_what_a_professional_must_know_first_begins_only_where_one_does(subtests: pytest.Subtests) -> None:
    for question in sorted(NEEDS_CLINICIAN):
        with subtests.test(question=question):
            talk = ARRIVE[question]().answers("yes")
            told = "A doctor or physio should know about that first. "
            assert talk.heard(f"{told}Have you asked, and did they say it's fine?")
            refused = ARRIVE[question]().answers("yes").answers("no").until(Done)
            assert refused.heard("Please ask a doctor or physio first.")
            assert refused.outcome == "cannot_start"
            agreed = talk.answers("yes").goes_on_until("side")
            assert agreed.answer_to("screening") == "told"
            assert "screen_12" not in asked(agreed)


@pytest.mark.parametrize(("recent", "ends"), [("yes", "stopped"), ("no", "cannot_start")])
def test_a_recent_accident_is_an_emergency_and_an_old_one_for_a_professional(recent: str, ends: str) -> None:
    talk = ARRIVE["screen_4"]().answers("yes").answers(recent)
    assert (talk.question == "screen_told") == (recent == "no")
    if recent == "no":
        talk.answers("no")
    assert talk.until(Done).outcome == ends


def test_who_asked_nobody_begins_only_at_their_own_wish() -> None:
    talk = ARRIVE["screen_12"]().answers("no")
    assert talk.heard("It's best to ask a doctor or physio first. Would you still like to begin?")
    assert ARRIVE["screen_anyway"]().answers("no").until(Done).outcome == "cannot_start"
    assert talk.answers("yes").question == "side"
    assert talk.answer_to("screening") == "anyway"


def test_neither_silence_nor_a_doubtful_word_passes_the_screening(subtests: pytest.Subtests) -> None:
    for question in ARRIVE:
        with subtests.test(question=question):
            if not question.startswith("screen_"):
                return
            silent = ARRIVE[question]().until(Done)
            assert silent.outcome == "no_answer"
            assert "screening" not in asked(silent)
            doubtful = ARRIVE[question]().means("no", ask=True)
            assert doubtful.question == question


def test_tell_me_more_says_it_in_other_words(subtests: pytest.Subtests) -> None:
    for question in SCREENED:
        with subtests.test(question=question):
            talk = ARRIVE[question]()
            first = {line.text for line in talk.lines()}
            talk = talk.answers("tell me more")
            assert talk.question == question
            assert talk.lines()
            assert not {line.text for line in talk.lines()} & first - {"Yes or no?"}


def test_numb_is_a_yes_where_it_is_asked_for_and_a_numb_foot_is_its_own_sign() -> None:
    assert ARRIVE["screen_1"]().answers("numb").state.facts.findings.red == ("emergency", 0)
    assert ARRIVE["screen_1"]().answers("my foot is numb").state.facts.findings.red == ("numb_weak", 0)
    assert ARRIVE["screen_8"]().answers("numb").state.facts.findings.red == ("numb_weak", 0)


def test_down_my_leg_in_the_screening_is_asked_about() -> None:
    talk = ARRIVE["screen_9"]().answers("down my leg")
    assert talk.question == "doubt_new"
    assert talk.answers("no").question == "screen_9"


# The days after


def passed(**answers: str) -> Life:
    life = Life(screening=True)
    life.lives(screened("side", **answers).says("bye").until(Done))
    return life


def test_a_session_on_the_same_day_asks_nothing_of_it_and_the_next_day_one_question() -> None:
    life = passed()
    assert life.past(after=0).screening == ""
    assert life.past(after=1).screening == "daily"
    talk = Conversation(past=Past(screening="daily"))
    assert talk.heard(
        "Is anything new since last time? Numbness, weakness, bladder or bowel trouble, a fever, or a fall?"
    )
    talk = talk.answers("no")
    assert talk.question == "side"


def test_the_days_question_holds_for_the_day() -> None:
    life = passed()
    life.lives(Conversation(past=life.past()).answers("no").says("bye").until(Done), day=life.day(1))
    assert life.past(after=1).screening == ""
    assert life.past(after=2).screening == "daily"


def test_something_new_asks_everything_again_and_is_never_passed_over() -> None:
    talk = Conversation(past=Past(screening="daily")).answers("yes")
    assert talk.question == "screen_1"
    talk = talk.goes_on_until("screen_told")
    assert asked(talk)[-1] == "screen_11"
    assert talk.answers("no").until(Done).outcome == "cannot_start"


@pytest.mark.parametrize(
    ("answers", "last"),
    [({}, "screen_1"), ({}, "screen_12"), ({"screen_7": "yes"}, "screen_told"), ({"screen_12": "no"}, "screen_anyway")],
)
def test_a_screening_that_was_broken_off_is_done_again(answers: dict[str, str], last: str) -> None:
    life = Life(screening=True)
    life.lives(screened(last, **answers).is_interrupted())
    assert life.past().screening == "full"


def test_who_said_that_something_is_new_and_went_is_asked_everything_the_next_time() -> None:
    life = passed()
    life.lives(Conversation(past=life.past()).answers("yes").is_interrupted(), day=life.day(1))
    assert life.past(after=1).screening == "full"
    assert life.past(after=2).screening == "full"


def test_what_a_professional_has_agreed_to_holds_for_that_exercise() -> None:
    life = passed(screen_10="yes")
    assert life.past().screening == "daily"
    assert life.past(exercise="another").screening == "full"
    assert passed().past(exercise="another").screening == "daily"


def test_after_a_yes_that_nobody_has_looked_at_the_next_session_asks_everything(subtests: pytest.Subtests) -> None:
    for last in NUMBERED:
        with subtests.test(last=last):
            life = Life(screening=True)
            life.lives(screened(last).says("yes").is_interrupted())
            assert life.past().screening == "full"


def test_after_an_emergency_every_exercise_is_locked_and_everything_is_asked_again() -> None:
    life = Life(screening=True)
    life.lives(ARRIVE["screen_5"]().answers("yes").until(Done))
    past = life.past()
    assert past.lock is not None
    assert (past.lock.reason, past.screening) == ("emergency", "full")
    assert life.past(exercise="another").lock == replace(past.lock, elsewhere=EXERCISE.id)
    talk = Conversation(past=past)
    assert talk.heard("Yesterday you told me something that needs a doctor at once.")
    life.lives(talk.answers("yes").answers("yes").until("screen_1").goes_on_until("side").is_interrupted())
    assert life.past(exercise="another").lock is None
    assert life.past().screening != "full"


def test_the_first_session_of_all_is_due_for_the_whole_screening() -> None:
    assert Life(screening=True).past().screening == "full"
    assert SCREENING.screening == "full"


# What has been so for years

OLD = ("screen_1", "screen_2", "screen_3")


def test_yes_for_years_is_asked_about_and_a_plain_no_needs_a_professional(subtests: pytest.Subtests) -> None:
    for text in [
        "yes for years",
        "for years",
        "I've had it for years",
        "yes but I've had it for years",
        "yes all my life",
    ]:
        for question in OLD:
            with subtests.test(text=text, question=question):
                talk = ARRIVE[question]().answers(text)
                assert talk.question == "screen_new"
                assert talk.heard("Is it new, or has it got worse? Yes or no?")
                talk.answers("no")
                assert talk.question == "screen_told"
                assert talk.state.facts.findings.red is None
                assert talk.copy().answers("no").until(Done).outcome == "cannot_start"
                assert talk.answers("yes").question == f"screen_{int(question[-1]) + 1}"


def test_all_but_a_plain_no_to_is_it_new_is_an_emergency(subtests: pytest.Subtests) -> None:
    for answer in ["yes", "it's got worse", "my leg is numb", "no yes", "finish", "I don't know", "brm", ""]:
        for question in OLD:
            with subtests.test(answer=answer, question=question):
                talk = ARRIVE[question]().answers("yes for years")
                while talk.question == "screen_new":
                    talk = talk.answers(answer) if answer else talk.until_next()
                assert talk.state.facts.findings.red == ("emergency", 0)
                assert talk.until(Done).outcome == "stopped"


def test_a_saddle_that_is_numb_for_years_is_an_emergency() -> None:
    assert ARRIVE["screen_1"]().answers("yes it's been numb for years").state.facts.findings.red == ("emergency", 0)


@pytest.mark.parametrize("question", ["screen_4", "screen_5", "screen_6"])
def test_for_years_is_no_answer_to_the_other_questions(question: str) -> None:
    assert ARRIVE[question]().answers("for years").question == question
