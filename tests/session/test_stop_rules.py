"""Stop first, ask afterwards: from every state, on "stop" and on every red sign (R10, R31; T4)."""

import pytest

from tests.session.arrivals import ARRIVE, PRACTICE, RED_WORDS
from voice_coach.actions import Earcon, Hush, Line, Play, Record, Say
from voice_coach.records import Answered, Ended, RepetitionDone, Stopped
from voice_coach.session.question_table import QUESTIONS
from voice_coach.session.states import Asking, Done, Ending, Instructing, Paused, Settling
from voice_coach.testing import Conversation, at_step, counting

STOPS = {"stop": "stop", **RED_WORDS}
BEFORE = {
    "broken_off",
    "screen_new",
    "screen_recent",
    "screen_told",
    "screen_anyway",
    "cleared",
    "cleared_sure",
    "acknowledge",
    *PRACTICE,
    "two_weeks",
    "taught",
    "doubt_zero",
    "doubt_ten",
    "doubt_leg",
    "doubt_new",
}
BASELINE = {question.name for question in QUESTIONS if question.baseline}
HOLDING_NOTHING = {"sound_check", "first instruction", "slower_which", "doubt_done", "easier", "finished early"}
LYING = [name for name in ARRIVE if name not in BEFORE | BASELINE | {"try_again"}]  # that is another exercise


EARLY = {
    *PRACTICE,
    *("cleared", "cleared_sure", "screen_told", "screen_anyway", "two_weeks", "taught", "acknowledge", "easier"),
    *(
        "side",
        "side_again",
        "side_told",
        "side_said",
        "side_sure",
        "side_other",
        "pain_before",
        "furthest_before",
        "sound_check",
    ),
    *(
        "doubt_ten",
        "doubt_leg",
        "doubt_done",
        "slower_which",
        "first instruction",
        "short instruction",
        "last instruction",
        "before the first",
    ),
}
"""Before the first repetition, where nobody asked about a sign."""


def is_asked_first(state: str, intent: str) -> bool:
    """Return whether a red sign is asked about before it ends anything (test_false_alarms.py)."""
    return state in EARLY and intent in {"worse", "peripheralised", "numb_weak"}


def spoken(talk: Conversation) -> list[Line]:
    """Return the lines said at once, or as soon as a sign of an emergency is on disk."""
    return talk.wait(0.1).lines()


def place_is_asked(state: str, intent: str) -> bool:
    """Return whether "down my leg" may only tell where the pain always is: asked before anything was done."""
    return intent == "peripheralised" and state in BASELINE


def is_told_of_weeks(state: str, intent: str) -> bool:
    """Return whether "worse" is the answer to how it is since the first session: no sign of now (test_asking.py)."""
    return intent == "worse" and state in {"since_began", "since_much"}


@pytest.mark.parametrize("state", ARRIVE)
def test_it_falls_silent_first_and_nothing_is_asked_before_the_words_of_the_stop(
    state: str, subtests: pytest.Subtests
) -> None:
    for intent, words in STOPS.items():
        with subtests.test(intent=intent):
            talk = ARRIVE[state]().means(intent, text=words)
            assert isinstance(talk.turn[0], Hush)
            assert talk.counts() == []
            if (state, words) == ("practice_stop", "stop"):
                assert talk.question == "practice_repeat"
            elif place_is_asked(state, intent):
                assert talk.question == "doubt_new"
            elif is_asked_first(state, intent):
                assert talk.question.startswith("doubt_")
            elif is_told_of_weeks(state, intent):
                assert not any(line.text.startswith("Stop") for line in spoken(talk))
            elif isinstance(talk.state, Done):  # "stop" while the last words were said
                assert spoken(talk) == []
            else:
                assert Earcon.STOPPED in talk.earcons()
                assert spoken(talk)[0].text in {"Stop.", "Stopped."}
                questions = [i for i, line in enumerate(spoken(talk)) if line.text.endswith("?")]
                assert all(i > 0 for i in questions)


@pytest.mark.parametrize("state", ARRIVE)
def test_no_count_follows_and_in_silence_it_comes_to_an_end(state: str, subtests: pytest.Subtests) -> None:
    for intent, words in STOPS.items():
        with subtests.test(intent=intent):
            talk = ARRIVE[state]().means(intent, text=words)
            since = len(talk.log)
            talk.until(Done, minutes=75)
            assert [
                action for _, action in talk.log[since:] if isinstance(action, Play) and isinstance(action.sound, Line)
            ] == []


@pytest.mark.parametrize("state", LYING)
def test_who_lies_there_is_told_how_to_let_go(state: str, subtests: pytest.Subtests) -> None:
    for intent, words in STOPS.items():
        with subtests.test(intent=intent):
            talk = ARRIVE[state]().means(intent, text=words)
            talk.wait(0.1)
            asked = is_told_of_weeks(state, intent) or is_asked_first(state, intent)
            if not isinstance(talk.state, Done) and not asked:
                assert talk.heard("Come back to where it's most comfortable, and rest.")
                assert talk.heard("Let go of your knee.") == (state not in HOLDING_NOTHING)


@pytest.mark.parametrize("state", ARRIVE)
def test_after_a_red_sign_the_contact_line_is_said_and_the_session_is_stopped(
    state: str, subtests: pytest.Subtests
) -> None:
    for intent in ("worse", "peripheralised", "numb_weak"):
        with subtests.test(intent=intent):
            talk = ARRIVE[state]().means(intent, text=STOPS[intent])
            if place_is_asked(state, intent) or is_asked_first(state, intent):
                talk.answers("yes")
            # In these two questions of the screening "numb" is the answer to be feared; here all but "no" is.
            graver = state == "screen_new" or (intent == "numb_weak" and state in {"screen_1", "screen_3"})
            talk.wait(0.1)
            assert talk.heard("This needs a doctor at once." if graver else "Please talk to your doctor or physio")
            assert not talk.heard("Shall we go on?")
            talk.until(Done)
            now = not is_told_of_weeks(state, intent)
            assert talk.outcome == ("stopped" if now else "completed")
            assert (talk.state.facts.findings.red is not None) == now


def test_worse_in_the_fourth_repetition() -> None:
    talk = Conversation().goes_on_until(counting(4)).wait(5).says("it's worse")
    assert talk.heard("Stop. Let go of your knee.")
    assert talk.heard("Please talk to your doctor or physio before you do this again. And how far down do you feel it?")
    talk.answers("thigh").until(Done)
    assert talk.outcome == "stopped"
    assert talk.state.facts.findings.red == ("worse", 4)
    assert sum(isinstance(record, RepetitionDone) for record in talk.records) == 3
    (stopped,) = [record for record in talk.records if isinstance(record, Stopped)]
    assert (stopped.repetition, stopped.phase, stopped.words, stopped.by) == (4, "hold", "it's worse", "user")
    assert talk.answer_to("furthest_after") == "thigh"


def test_numb_says_the_stronger_contact_line() -> None:
    talk = Conversation().goes_on_until(counting(2)).says("my leg is numb")
    assert talk.heard(
        "Please talk to your doctor or physio today. If it spreads or your leg gets weaker, get emergency help."
    )


def test_better_but_in_my_calf_is_red() -> None:
    talk = Conversation().goes_on_until("check").answers("it's better but it's in my calf now")
    assert talk.heard("Stop.")
    assert talk.state.facts.findings.red == ("peripheralised", 1)


def test_the_record_of_a_red_sign_comes_before_all_that_is_asked() -> None:
    talk = Conversation().goes_on_until(counting(4)).says("worse")
    kinds = [type(action) for action in talk.turn]
    assert kinds.index(Record) < kinds.index(Say)


def test_worse_to_the_very_first_question_ends_the_session() -> None:
    talk = Conversation().answers("worse").answers("yes")
    assert talk.heard("Stop. Please talk to your doctor or physio before you do this again.")
    assert not talk.heard("Let go")


def test_yes_to_is_it_worse_is_red_and_is_answered_once_in_the_log() -> None:
    talk = Conversation().goes_on_until("check").answers("hmm brr").answers("hmm brr")
    assert talk.heard("Is it worse?")
    talk.answers("yes")
    assert isinstance(talk.turn[0], Hush)
    assert [r.value for r in talk.records if isinstance(r, Answered) and r.question == "check_1"] == ["worse"]


# What interrupts the words of a stop


def test_the_contact_line_is_said_again_where_it_was_cut_off(subtests: pytest.Subtests) -> None:
    for text in ["louder", "say that again", "help", "how many left", "pause", "worse", "ow", "stop"]:
        with subtests.test(text=text):
            talk = ARRIVE["red"]().wait(0.5).says(text)
            if isinstance(talk.state, Paused):
                talk.says("resume")
            assert talk.heard("Please talk to your doctor or physio")


def test_finish_while_the_words_of_the_stop_are_said_does_not_drop_them() -> None:
    talk = ARRIVE["red"]().wait(0.5).says("finish")
    assert talk.heard("Please talk to your doctor or physio")
    assert isinstance(talk.state, Ending)


def test_a_full_disk_does_not_cut_the_words_of_a_stop_off() -> None:
    talk = Conversation().goes_on_until(counting(4))
    talk.write_error = "no space left on device"
    talk.says("worse").wait(1)
    assert sum(isinstance(action, Hush) for _, action in talk.log[-8:]) == 1
    assert talk.heard("Please talk to your doctor or physio")


def test_resume_after_a_red_sign_does_not_resume() -> None:
    talk = ARRIVE["red"]()
    for text in ["resume", "go on", "ready", "yes"] * 3:
        if not isinstance(talk.state, Done):
            talk.says(text).wait(3)
            assert talk.counts() == []
    assert talk.state.facts.progress.repetitions == 3


def test_worse_again_and_again_ends_the_questions() -> None:
    talk = ARRIVE["red"]().answers("it's worse")
    assert isinstance(talk.state, Settling)
    assert talk.heard("Please talk to your doctor or physio")


def test_a_graver_sign_after_a_lesser_one_takes_its_place_and_never_the_other_way_round() -> None:
    talk = ARRIVE["red"]().wait(0.5).says("my leg is numb")
    assert talk.state.facts.findings.red == ("numb_weak", 4)
    assert talk.heard("doctor or physio today")
    talk.wait(0.5).says("worse")
    assert talk.state.facts.findings.red == ("numb_weak", 4)
    assert talk.heard("doctor or physio today")


def test_down_my_leg_after_the_exercise_tells_the_place_and_is_red() -> None:
    talk = Conversation().goes_on_until("furthest_after").answers("below my knee now")
    assert talk.answer_to("furthest_after") == "calf"
    talk = Conversation().goes_on_until("furthest_after").answers("it's going down my leg")
    assert talk.answer_to("furthest_after") is None
    assert talk.state.facts.findings.red == ("peripheralised", 10)
    assert talk.heard("Please talk to your doctor or physio")


# A cry of pain


@pytest.mark.parametrize("text", ["better", "the same", "no pain"])
def test_after_a_cry_it_goes_on_only_when_that_is_said(text: str) -> None:
    talk = ARRIVE["after_cry"]().answers(text)
    assert talk.question == "go_on"
    talk.answers("yes").until(Paused)
    assert talk.heard("Get back into position.")
    talk.says("ready").until(counting(4))


def test_no_answer_after_a_cry_is_taken_as_worse() -> None:
    talk = ARRIVE["after_cry"]().until(lambda state: state.facts.findings.red is not None)
    assert talk.answer_to("after_cry") is None
    (*_, stopped) = [record for record in talk.records if isinstance(record, Stopped)]
    assert (stopped.intent, stopped.repetition, stopped.by, stopped.red) == ("worse", 4, "timeout", True)


def test_worse_after_a_cry_is_red() -> None:
    assert ARRIVE["after_cry"]().answers("worse").state.facts.findings.red == ("worse", 4)


def test_a_cry_because_of_the_shoulder_leads_to_the_easier_way() -> None:
    talk = ARRIVE["after_cry"]().answers("my shoulder hurts")
    assert talk.heard("hand on the side of your head")
    assert talk.question == "go_on"
    talk = ARRIVE["after_cry"]().answers("it hurts to lie on my side")
    assert talk.heard("I have some easier ones.")


# What was perhaps a red word


@pytest.mark.parametrize("doubt", ["doubt_worse", "doubt_down", "doubt_numb"])
def test_a_doubtful_red_word_ends_counting_and_yes_or_silence_make_it_red(doubt: str) -> None:
    talk = ARRIVE[doubt]()
    assert isinstance(talk.turn[0], Hush)
    assert talk.heard("Come back to where you started.")
    assert talk.counts() == []
    assert ARRIVE[doubt]().answers("yes").state.facts.findings.red is not None
    silent = ARRIVE[doubt]().until(lambda state: state.facts.findings.red is not None)
    assert silent.counts() == []


@pytest.mark.parametrize("doubt", ["doubt_worse", "doubt_down", "doubt_numb"])
def test_a_red_word_that_was_not_meant_does_the_repetition_again(doubt: str) -> None:
    talk = ARRIVE[doubt]().answers("no")
    assert talk.heard("Let's do number four again.")
    talk.until(counting(4)).until(counting(5))
    assert talk.state.facts.progress.repetitions == 4


@pytest.mark.parametrize("question", ["go_on", "pain_after"])
def test_a_doubtful_stop_ends_no_session_that_a_certain_one_would(question: str) -> None:
    doubtful = ARRIVE[question]().means("stop", ask=True)
    assert doubtful.question == question
    assert not isinstance(doubtful.until(Done).state, Asking)  # silence still ends it
    assert isinstance(ARRIVE[question]().means("stop").state, Ending | Done)


def test_a_doubt_does_not_end_a_pause_or_the_question_whether_to_go_on() -> None:
    paused = ARRIVE["paused"]().means("worse", ask=True).answers("no")
    assert isinstance(paused.state, Paused)
    stopped = ARRIVE["go_on"]().means("worse", ask=True).answers("no")
    assert stopped.question == "go_on"
    cried = ARRIVE["after_cry"]().means("worse", ask=True).answers("no")
    assert cried.question == "after_cry"


def test_down_my_leg_where_it_always_is_goes_on_to_the_part_of_the_leg() -> None:
    talk = Conversation().goes_on_until("furthest_before").answers("down my leg")
    assert talk.heard("Did it move there just now?")
    talk.answers("no")
    assert talk.heard("Which part: your bottom, your upper leg, your calf, or your foot?")
    talk.answers("calf").until(Instructing)
    assert talk.answer_to("furthest_before") == "calf"
    talk = Conversation().answers("down my leg").answers("no")
    assert talk.question == "side"


def test_going_down_is_asked_about() -> None:
    talk = ARRIVE["doubt_less"]()
    assert talk.heard("Do you mean it hurts less, or it's further down?")
    assert ARRIVE["doubt_less"]().answers("less").heard("Let your right arm move")
    assert ARRIVE["doubt_less"]().answers("yes").question == "doubt_less"
    assert ARRIVE["doubt_less"]().answers("yes").answers("yes").state.facts.findings.red == ("peripheralised", 1)
    assert ARRIVE["doubt_less"]().answers("yes").answers("no").state.facts.findings.red is None
    assert ARRIVE["doubt_less"]().until(lambda state: state.facts.findings.red is not None).counts() == []


# Stop


def test_stop_and_on_again_takes_the_position_first() -> None:
    talk = Conversation().goes_on_until(counting(4)).says("stop")
    assert talk.heard("Stopped. Let go of your knee.")
    assert talk.question == "go_on"
    talk.answers("yes")
    assert talk.heard("Get back into position. Say ready when you're there.")
    talk.wait(100)
    assert talk.counts() == []
    talk.says("ready").until(counting(4))
    assert talk.heard("Let's do number four again.")


@pytest.mark.parametrize("text", ["stop", "ow"])
def test_stop_at_a_check_and_yes_asks_it_again_and_takes_the_position_before_the_next_repetition(text: str) -> None:
    talk = Conversation().goes_on_until("check").answers(text)
    if talk.question == "after_cry":
        talk.answers("better")
    talk.answers("yes")
    assert talk.said == "Here we go. Better, same, or worse?"
    talk.answers("the same")
    assert talk.heard("Get back into position. Say ready when you're there.")
    talk.wait(100)
    assert talk.counts() == []
    talk.says("ready").until(counting(2))


@pytest.mark.parametrize("text", ["resume", "yes"])
def test_stop_at_the_last_check_and_on_again_asks_it_and_closes(text: str) -> None:
    talk = Conversation().goes_on_until(counting(10)).until("check").answers("stop").answers(text)
    assert talk.said == "Here we go. Better, same, or worse?"
    assert talk.answers("better").question == "pain_after"


@pytest.mark.parametrize("answer", ["worse", "it's going down my leg"])
def test_worse_at_a_check_after_stop_and_yes_ends_the_exercise(answer: str) -> None:
    talk = Conversation().goes_on_until("check").answers("stop").answers("yes").answers(answer)
    assert talk.state.facts.findings.red is not None
    assert not talk.heard("position")


def test_i_dont_know_at_a_check_after_stop_and_yes_takes_the_position_too() -> None:
    talk = Conversation().goes_on_until("check").answers("stop").answers("yes").answers("I don't know")
    talk.answers("back").answers("five")
    assert talk.heard("Get back into position.")
    talk.says("ready").until(counting(2))


@pytest.mark.parametrize("text", ["no", "stop", "finish"])
def test_stop_and_no_more(text: str) -> None:
    talk = ARRIVE["go_on"]().answers(text).until(Done)
    assert talk.outcome == "stopped"
    assert talk.state.facts.progress.repetitions == 3


def test_do_not_stop_pauses_all_the_same() -> None:
    talk = Conversation().goes_on_until(counting(4)).says("don't stop")
    assert talk.question == "go_on"


def test_stop_while_being_asked_asks_the_same_again_after_yes() -> None:
    talk = Conversation().goes_on_until("pain_before").answers("stop").answers("yes")
    assert talk.question == "pain_before"
    talk = ARRIVE["doubt_zero"]().answers("stop").answers("yes")
    assert talk.question == "pain_before"
    talk = ARRIVE["paused"]().says("stop").answers("pause").says("stop").answers("yes").says("ready")
    assert talk.until(counting(4)).state.facts.progress.repetitions == 3


def test_stop_at_the_end_is_silence_at_once() -> None:
    talk = ARRIVE["ending"]().says("stop")
    assert isinstance(talk.state, Done)
    assert talk.outcome == "completed"


def test_stop_in_the_closing_questions_keeps_what_was_reached() -> None:
    talk = Conversation().goes_on_until("pain_after").answers("stop").until(Done)
    assert talk.outcome == "completed"


def test_the_end_is_written_once(subtests: pytest.Subtests) -> None:
    for state in ARRIVE:
        with subtests.test(state=state):
            talk = ARRIVE[state]().says("bye").wait(1)
            if not isinstance(talk.state, Done):
                talk.says("stop")
            talk.until(Done)
            assert sum(isinstance(record, Ended) for record in talk.records) == 1


def test_after_a_red_sign_nothing_easier_is_offered() -> None:
    talk = ARRIVE["red"]().says("pause").says("I can't lie on my side")
    assert not talk.heard("There are easier ones")
    assert talk.heard("Please talk to your doctor or physio")
    assert at_step("lie")(talk.state) is False
