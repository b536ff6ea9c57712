"""Asking: in other words each time, a safe end without an answer, and each natural answer leads somewhere (V7-V11)."""

import pytest

from tests.session.arrivals import ARRIVE, PRACTICE, PROMPTS
from voice_coach.actions import Earcon
from voice_coach.records import Answered, Ended
from voice_coach.session.intents import UNIVERSAL
from voice_coach.session.question_table import ACTIVE, ASKED, QUESTIONS
from voice_coach.session.states import Asking, Done, Ending, Instructing, Paused, Phase, Staying
from voice_coach.testing import Conversation, Where, at_step, counting

SAFE = {
    **{question: "no_answer" for question in ASKED if question.startswith("screen_")},
    "screen_new": "stopped",
    "moved_lower": "stopped",
    "easier": "cannot_start",
    "try_again": "completed",
    "onward": "completed",
    **dict.fromkeys(("since_began", "since_much", "delete_log", "delete_sure"), "completed"),
    "unsure_place": "no_answer",
    "unsure_pain": "no_answer",
    "settle_check": "stopped",
    "doubt_emergency": "stopped",
    "doubt_more": "stopped",
    "cleared": "no_answer",
    "cleared_sure": "no_answer",
    "two_weeks": "no_answer",
    "own": "no_answer",
    "taught": "no_answer",
    "acknowledge": "no_answer",
    "side": "no_answer",
    "side_told": "no_answer",
    "side_said": "no_answer",
    "side_sure": "no_answer",
    "side_again": "no_answer",
    "side_other": "no_answer",
    "check": "no_answer",
    "go_on": "stopped",
    "after_cry": "stopped",
    "doubt_worse": "stopped",
    "doubt_down": "stopped",
    "doubt_numb": "stopped",
    "doubt_new": "stopped",
    "doubt_less": "stopped",
    "still_there": "stopped",
    "heard_worse": "stopped",
    "doubt_same": "no_answer",
    "doubt_gone": "no_answer",
    "doubt_zero": "no_answer",
}
"""How the session ends if a question, and all that follow, stay without an answer."""

GOES_ON: dict[str, Where] = {
    "broken_off": "side",
    **dict.fromkeys(PRACTICE, "side"),
    "pain_before": "furthest_before",
    "furthest_before": Instructing,
    "sound_check": at_step("straight"),
    "pain_after": "furthest_after",
    "furthest_after": Ending,
    "doubt_ten": "furthest_before",
    "doubt_leg": Instructing,
    "doubt_done": Paused,
    "slower_which": at_step("bend"),
    "call_for_help": Staying,
}
"""Where the rest leads to: what was not said is left open, or there is a rest (V9)."""


def texts_of(question: str) -> list[str]:
    """Return the question's wordings, in the order in which they are said."""
    names = [f"ask.{question}", *(f"retry{n}.{question}" for n in range(1, 9))]
    if question in {one.name for one in QUESTIONS if one.phase is Phase.SCREENING}:
        names.append("say.yes_if_any")
    return [" ".join(PROMPTS.texts[name]) for name in names if name in PROMPTS.texts]


def test_a_question_is_never_asked_twice_in_the_same_words(subtests: pytest.Subtests) -> None:
    for question in sorted(ASKED):
        with subtests.test(question=question):
            texts = texts_of(question)
            assert 2 <= len(texts) <= 4 or question == "heard_worse"  # asked once: silence and doubt lock
            assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("question", sorted(ASKED))
def test_each_wording_is_said_once_in_order_and_then_it_is_settled_safely(
    question: str, subtests: pytest.Subtests
) -> None:
    for reply in ["", "brm flom"]:
        with subtests.test(reply=reply):
            talk = ARRIVE[question]()
            opened = talk.state
            said = []
            while isinstance(talk.state, Asking) and talk.state.question.name == question:
                talk.until(lambda state: not (isinstance(state, Asking) and state.token))
                since = len(talk.log)
                if reply:
                    talk.says(reply)
                else:
                    talk.wait(8)
                said.append(" ".join(line.text for line in talk.lines(since=since)))
            assert len(said) == len(texts_of(question))
            wordings = [text.split("{")[0] for text in texts_of(question)[1:]]
            assert [wording in heard for wording, heard in zip(wordings, said, strict=False)] == [True] * len(wordings)
            assert isinstance(opened, Asking)
            label = {"check": "check_1", "own": "own_wrist"}.get(question, question)
            assert question in PRACTICE or talk.answer_to(label) is None
            if question in GOES_ON:
                talk.until(GOES_ON[question])
            else:
                assert talk.until(Done).outcome == SAFE[question]


def test_every_question_has_a_safe_end() -> None:
    assert set(SAFE) | set(GOES_ON) == set(ASKED)
    assert set(ARRIVE) >= set(ASKED)
    assert all(ACTIVE[question] >= UNIVERSAL for question in ACTIVE)


def test_a_question_waits_eight_seconds_and_sounds_the_earcon_when_it_is_said() -> None:
    talk = Conversation()
    talk.until(lambda state: isinstance(state, Asking) and not state.token)
    assert talk.earcons() == [Earcon.LISTENING]
    talk.wait(7.9)
    assert talk.heard("Which side hurts")
    assert not talk.heard("Left or right?")
    assert talk.wait(0.2).heard("Left or right?")


def test_silence_and_misunderstanding_are_counted_apart_and_together_end_the_question() -> None:
    talk = Conversation().goes_on_until("check").answers("brm flom")
    assert talk.heard("Sorry? How is the pain: better, same, or worse?")
    talk.until(lambda state: isinstance(state, Asking) and not state.token).wait(8)
    state = talk.state
    assert isinstance(state, Asking)
    assert (state.noinput, state.nomatch) == (1, 1)
    talk.answers("brm flom").until(Done)
    (*_, ended) = [record for record in talk.records if isinstance(record, Ended)]
    assert (ended.noinput, ended.nomatch) == (1, 2)
    assert talk.outcome == "no_answer"


def test_the_counters_begin_anew_with_the_next_question() -> None:
    talk = Conversation().answers("brm").answers("left side")
    assert isinstance(talk.state, Asking)
    assert talk.state.failures == 0


def test_while_somebody_speaks_the_question_waits() -> None:
    talk = Conversation().until(lambda state: isinstance(state, Asking) and not state.token).wait(7)
    from_now = talk.speaks_for(5)
    assert from_now.wait(7.9).said == ""
    assert talk.wait(0.2).heard("Left or right?")


def test_no_answer_to_the_check_is_never_fine() -> None:
    talk = Conversation().goes_on_until("check").until(Done)
    assert talk.heard("I didn't hear an answer, so let's leave it there. Let go of your knee.")
    assert talk.answer_to("check_1") is None
    assert talk.outcome == "no_answer"


def test_a_number_that_does_not_come_is_left_out_and_not_zero() -> None:
    talk = Conversation().goes_on_until("pain_before").until("furthest_before")
    assert talk.answer_to("pain_before") is None
    assert talk.state.facts.findings.pain_before is None
    assert talk.goes_on_until(Ending).heard("That's ten done. Have")


# The first run


def test_the_first_run_says_more_and_begins_only_after_yes() -> None:
    talk = ARRIVE["acknowledge"]()
    assert talk.heard("Please ask your doctor or physio before you start.")
    assert talk.answers("yes").question == "side"
    assert talk.answer_to("acknowledge") == "yes"
    assert ARRIVE["acknowledge"]().answers("no").until(Done).outcome == "cannot_start"


def test_louder_during_the_welcome_does_not_lose_the_safety_sentence() -> None:
    talk = ARRIVE["acknowledge"]().wait(1).says("louder")
    assert talk.heard("Louder. Hello.")
    assert talk.heard("I'm not a doctor")


# Which side


def test_the_side_is_confirmed_once() -> None:
    talk = Conversation().answers("left side")
    assert talk.heard("Pain on the left. Yes or no?")
    talk.answers("yes").goes_on_until(Done)
    asked = [r for r in talk.records if isinstance(r, Answered) and r.question == "side_sure"]
    assert [record.value for record in asked] == ["left"]
    assert talk.state.facts.plan.side == "left"


def test_naming_the_side_again_is_a_yes_and_the_other_one_a_correction() -> None:
    assert ARRIVE["side_sure"]().answers("left").state.facts.plan.side == "left"
    talk = ARRIVE["side_sure"]().answers("no, the right side")
    assert talk.heard("Pain on the right.")
    assert talk.answers("yes").state.facts.plan.side == "right"


def test_no_asks_for_the_side_again() -> None:
    talk = ARRIVE["side_sure"]().answers("no")
    assert talk.question == "side"
    assert talk.state.facts.plan.side is None


def test_is_it_the_left_side_is_answered_by_yes_and_no() -> None:
    for reply, side in {"yes": "left", "no": "right"}.items():
        talk = Conversation().answers("brm").answers("brm").answers("brm")
        assert talk.heard("Is it the left side?")
        assert talk.answers(reply).heard(f"Pain on the {side}.")


def test_pain_on_both_sides_does_not_start_without_a_side() -> None:
    talk = Conversation().answers("both sides")
    assert talk.heard("This exercise is mainly for pain on one side.")
    assert ARRIVE["side_told"]().answers("no").until(Done).outcome == "cannot_start"
    assert ARRIVE["side_told"]().answers("the middle").heard("I can't start this one without knowing the side.")
    talk = ARRIVE["side_sure"]().answers("both")
    assert talk.question == "side_told"
    assert talk.answer_to("side") == "both"


@pytest.mark.parametrize("said", ["left", "my physio said left", "yes my physio said left", "they told me left"])
def test_with_pain_on_both_sides_a_side_is_done_only_if_a_professional_named_it(said: str) -> None:
    asked = ARRIVE["side_told"]().answers(said)
    assert asked.heard("Did they say to lie on your left side: yes or no?")
    assert asked.copy().answers("no").heard("I can't start this one without knowing the side.")
    assert asked.copy().answers("left").heard("Sorry? Say yes only if they told you to.")
    assert asked.copy().answers("my doctor said right").heard("Did they say to lie on your right side")
    for yes in ("yes", "my physio said left", "yes my physio said left"):
        talk = asked.copy().answers(yes)
        assert talk.question == "pain_before"
        assert (talk.state.facts.plan.side, talk.answer_to("side_other")) == ("left", "left")
    assert asked.until(Done).outcome == "no_answer"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("side", "yes"),
        ("side_told", "yes"),
        ("side_sure", "right"),  # of the left side: a yes, or the other side
        ("side_again", "right"),
        ("side_sure", "if my physio said the other side"),
    ],
)
def test_an_answer_about_the_side_that_settles_nothing_counts_as_heard(question: str, said: str) -> None:
    assert_asked_again_as_heard(ARRIVE[question]().answers(said), question)


def test_an_answer_that_the_side_does_not_accept_counts_as_heard() -> None:
    """One that was listened for a moment ago can be understood after the next question was asked."""
    for question in ("side_sure", "side_again"):
        talk = ARRIVE[question]().until(lambda state: isinstance(state, Asking) and not state.token)
        assert_asked_again_as_heard(talk.means("unsure"), question)


def assert_asked_again_as_heard(talk: Conversation, question: str) -> None:
    """Check that the coach says sorry and asks in other words, as after misheard words; after silence it only asks."""
    assert isinstance(talk.state, Asking)
    assert (talk.question, talk.state.nomatch, talk.state.noinput) == (question, 1, 0)
    assert (talk.state.facts.speech.nomatch, talk.state.facts.speech.noinput) == (1, 0)
    assert talk.heard("Sorry?")


# How strong, how far


def test_the_number_is_taken_and_said(subtests: pytest.Subtests) -> None:
    for text, value in [
        ("four", 4),
        ("four and a half", 4.5),
        ("between four and five", 4.5),
        ("no pain", 0),
        ("zero", 0),
        ("ten", 10),
    ]:
        with subtests.test(text=text, value=value):
            talk = Conversation().goes_on_until("pain_before").answers(text)
            assert talk.question == "furthest_before"
            assert talk.answer_to("pain_before") == value


def test_numbers_outside_the_scale_are_asked_about_again() -> None:
    for slots in ({"number": 11}, {"number": -1}, {"number": float("nan")}, {"number": "many"}, {}):
        talk = Conversation().goes_on_until("pain_before").means("number", **slots)
        assert talk.question == "pain_before"
        assert talk.heard("A number from zero to ten, please.")


def test_none_may_have_been_numb() -> None:
    talk = ARRIVE["doubt_zero"]()
    assert talk.heard("Zero pain, or numb?")
    assert ARRIVE["doubt_zero"]().answers("zero").answer_to("pain_before") == 0
    assert ARRIVE["doubt_zero"]().answers("none").answer_to("pain_before") == 0
    assert ARRIVE["doubt_zero"]().answers("numb").state.facts.findings.red == ("numb_weak", 0)
    assert ARRIVE["doubt_zero"]().answers("yes").question == "doubt_zero"
    assert ARRIVE["doubt_zero"]().answers("no").answers("yes").answers("yes").state.facts.findings.red == (
        "numb_weak",
        0,
    )
    assert ARRIVE["doubt_zero"]().answers("no").answers("no").answers("no").answer_to("pain_before") == 0


def test_the_worst_ever_is_confirmed() -> None:
    assert ARRIVE["doubt_ten"]().heard("Ten, the strongest pain you can imagine?")
    assert ARRIVE["doubt_ten"]().answers("yes").answer_to("pain_before") == 10
    assert ARRIVE["doubt_ten"]().answers("eight").answer_to("pain_before") == 8
    assert ARRIVE["doubt_ten"]().answers("no").question == "pain_before"
    assert ARRIVE["doubt_ten"]().answers("left").question == "doubt_ten"


def test_who_does_not_know_leaves_it_open() -> None:
    talk = Conversation().goes_on_until("pain_before").answers("I don't know").answers("I don't know")
    assert (talk.answer_to("pain_before"), talk.answer_to("furthest_before")) == (None, None)
    assert isinstance(talk.state, Instructing)


def test_somewhere_in_the_leg_is_asked_more_exactly() -> None:
    assert ARRIVE["doubt_leg"]().answers("calf").answer_to("furthest_before") == "calf"
    assert ARRIVE["doubt_leg"]().answers("I don't know").answer_to("furthest_before") is None
    assert ARRIVE["doubt_leg"]().answers("yes").question == "doubt_leg"
    assert Conversation().goes_on_until("furthest_before").means("place").question == "furthest_before"


@pytest.mark.parametrize(("text", "question"), [("yes", ""), ("no", "doubt_leg")])
def test_is_it_only_in_your_back(text: str, question: str) -> None:
    talk = Conversation().goes_on_until("furthest_before").answers("brm").answers("brm")
    assert talk.heard("Is it only in your back?")
    assert talk.answers(text).question == question


def test_one_side_of_the_back_is_a_place() -> None:
    talk = Conversation().goes_on_until("furthest_before").answers("one side of my back")
    assert talk.answer_to("furthest_before") == "one_side_back"


def test_without_pain_anywhere() -> None:
    assert Conversation().goes_on_until("furthest_before").answers("no pain").answer_to("furthest_before") == "none"


# Do you hear me


def test_no_to_the_sound_check_makes_it_louder_as_far_as_it_goes() -> None:
    talk = ARRIVE["sound_check"]()
    for level in (5, 6, 7):
        talk.answers("no")
        assert talk.state.facts.speech.volume == level
        assert talk.heard("Louder. Can you hear me clearly?")
    talk.answers("no").until(at_step("straight"))
    assert talk.answer_to("sound_check") == "no"


@pytest.mark.parametrize("text", ["yes", "ready", "I can't hear you", "quieter"])
def test_the_sound_check_takes_what_people_say(text: str) -> None:
    talk = ARRIVE["sound_check"]().answers(text)
    assert talk.question == ("" if text in {"yes", "ready"} else "sound_check")


# Better, same, worse


@pytest.mark.parametrize(
    ("text", "value", "reply"),
    [
        ("better", "better", "That's good to hear."),
        ("it's gone", "gone", "That's good to hear."),
        ("it moved up", "centralised", "That's good to hear."),
        ("the same", "same", "The same, then."),
        ("not worse", "same", "The same, then."),
    ],
)
def test_the_exercise_goes_on(text: str, value: str, reply: str) -> None:
    talk = Conversation().goes_on_until("check").answers(text)
    assert talk.answer_to("check_1") == value
    assert talk.said.startswith(reply) or talk.heard("I'm glad.")
    talk.until(counting(2))


def test_what_says_nothing_of_the_pain_is_asked_about_again(subtests: pytest.Subtests) -> None:
    for text in ["yes", "no", "ready", "continue", "left", "a bit tight"]:
        with subtests.test(text=text):
            talk = Conversation().goes_on_until("check").answers(text)
            assert talk.heard("How is the pain: better, same, or worse?")


def test_is_it_worse_no_is_the_same() -> None:
    talk = Conversation().goes_on_until("check").answers("brm").answers("brm").answers("no")
    assert talk.answer_to("check_1") == "same"
    assert talk.heard("The same, then.")


def test_no_better_twice_is_the_same_and_gone_twice_is_gone() -> None:
    assert ARRIVE["doubt_same"]().answers("no better").answer_to("check_1") == "same"
    assert ARRIVE["doubt_same"]().answers("better").answer_to("check_1") == "better"
    assert ARRIVE["doubt_gone"]().answers("gone").answer_to("check_1") == "gone"
    assert ARRIVE["doubt_gone"]().answers("yes").answer_to("check_1") == "gone"
    assert ARRIVE["doubt_gone"]().answers("no").question == "check"
    assert ARRIVE["doubt_gone"]().answers("left").question == "doubt_gone"


def test_out_of_the_leg_but_sorer_in_the_back_goes_on_only_when_that_is_said() -> None:
    talk = Conversation().goes_on_until("check").answers("my leg's better but my back's sore")
    assert talk.answer_to("check_1") == "centralised"
    assert talk.question == "go_on"
    assert talk.answers("brm").question == "go_on"
    talk.answers("yes").says("ready").until(counting(2))
    last = Conversation().goes_on_until(counting(10)).until("check").answers("my leg's better but my back's sore")
    assert last.question == "pain_after"


# Done with this, or for today


def test_i_am_done_is_asked_about_in_the_set_up() -> None:
    assert ARRIVE["doubt_done"]().answers("ready").heard("Hook your right foot")
    assert ARRIVE["doubt_done"]().answers("no").heard("Slowly bend your right knee")
    assert ARRIVE["doubt_done"]().answers("finish").until(Done).outcome == "finished_early"
    assert ARRIVE["doubt_done"]().answers("left").question == "doubt_done"


def test_finish_can_be_taken_back_for_half_a_minute() -> None:
    talk = Conversation().goes_on_until(counting(4)).says("that's enough")
    assert talk.heard("Say resume if you want to go on.")
    assert talk.question == "pain_after"
    talk.answers("three").answers("resume")
    assert talk.heard("Get back into position.")
    talk.says("ready").goes_on_until(Done)
    assert (talk.outcome, talk.state.facts.progress.repetitions) == ("completed", 10)


def test_after_half_a_minute_it_stays_finished() -> None:
    talk = Conversation().goes_on_until(counting(4)).says("finish").wait(29).says("brm").wait(1.1).says("resume")
    talk.until(Done)
    assert (talk.outcome, talk.state.facts.progress.repetitions) == ("finished_early", 3)


def test_finish_in_the_set_up_waits_for_half_a_minute_and_is_taken_back() -> None:
    talk = ARRIVE["finished early"]().says("resume")
    assert talk.heard("Slowly bend your right knee")
    talk = ARRIVE["finished early"]().says("louder").until(Done)
    assert talk.now == talk.state.facts.progress.finished_at + 30 * 16_000
    assert ARRIVE["finished early"]().says("goodbye").outcome == "finished_early"


@pytest.mark.parametrize("question", ["pain_after", "furthest_after"])
def test_finish_at_the_closing_questions_ends_the_completed_session(question: str) -> None:
    assert ARRIVE[question]().answers("finish").until(Done).outcome == "completed"


def test_the_whole_set_is_told_in_short_sentences() -> None:
    talk = Conversation().goes_on_until(Ending)
    assert talk.heard("That's ten done. The pain was six before we started. It's three now.")
    assert Conversation().goes_on_until(Ending, pain_after="six").heard("The pain stayed at six.")
    assert talk.heard("at least three times a day while it helps. Goodbye.")
