"""Somebody who can't get up: what asks for help, when it is called, and what the coach says and writes down."""

import pytest

from tests.session.arrivals import ARRIVE
from voice_coach.actions import CallForHelp, Hush, Record, SetVolume
from voice_coach.events import VoiceStarted
from voice_coach.records import HelpCall, Stopped
from voice_coach.session.question_table import ASKED
from voice_coach.session.states import Asking, Done, Paused, Settling, Staying
from voice_coach.testing import Conversation, counting
from voice_coach.timebase import samples

NEEDED = "Help is needed in this room."
ALL_WAYS = ("command", "mqtt", "gpio")


def at_number_four(*ways: str, at_once: bool = False) -> Conversation:
    """Return a conversation in the fourth repetition of somebody who has set up these ways."""
    return Conversation(help_ways=ways, help_at_once=at_once).goes_on_until(counting(4)).wait(3)


def calls(talk: Conversation) -> list[CallForHelp]:
    """Return what was called so far."""
    return [action for _, action in talk.log if isinstance(action, CallForHelp)]


def kept(talk: Conversation) -> list[tuple[str, str, str]]:
    """Return what the history has of calls: what, in which way, by whom."""
    return [(one.what, one.way, one.by) for one in talk.records if isinstance(one, HelpCall)]


def is_silent(state: object) -> bool:
    return isinstance(state, Staying) and not (state.token or state.unsaid)


# "Call someone"


@pytest.mark.parametrize("text", ["call someone", "please call somebody", "call for help"])
def test_it_is_called_at_once_in_every_way_and_aloud(text: str) -> None:
    talk = at_number_four(*ALL_WAYS).says(text)
    assert isinstance(talk.turn[0], Hush)
    talk.wait(0.1)
    assert calls(talk) == [CallForHelp(text, "user")]
    assert talk.heard(f"{NEEDED} I'm asking for help. Call the emergency number")
    assert isinstance(talk.state, Staying)
    assert kept(talk) == [("asked", "voice command mqtt gpio", "user")]


def test_it_is_called_from_every_place(subtests: pytest.Subtests) -> None:
    for where in [name for name in ARRIVE if name != "no sound"]:
        with subtests.test(where=where):
            talk = ARRIVE[where]().says("call someone").wait(0.1)
            assert isinstance(talk.state, Staying)
            assert talk.heard(NEEDED)
            assert kept(talk) == [("asked", "voice", "user")]


def test_without_any_set_up_it_says_the_number_and_shouts() -> None:
    talk = at_number_four().says("call someone").wait(0.1)
    assert calls(talk) == []
    assert talk.heard(f"{NEEDED} Call the emergency number if you can reach a phone. {NEEDED}")
    assert talk.until(is_silent).wait(31).heard(f"I'm still here. The number is the emergency number. {NEEDED}")


def test_what_is_shouted_sounds_at_full_volume_and_the_rest_as_loud_as_before() -> None:
    talk = Conversation(volume=3).goes_on_until(counting(4)).says("call someone")
    start = len(talk.log)
    talk.until(is_silent).says("can I get up").until(is_silent)
    levels = [action.level for _, action in talk.log[start:] if isinstance(action, SetVolume)]
    assert levels == [7, 3]
    assert talk.wait(31).state.facts.speech.volume == 3
    assert [one.level for _, one in talk.log[start:] if isinstance(one, SetVolume)] == [7, 3, 7]
    talk.loses_sound()
    assert [one for one in talk.turn if isinstance(one, SetVolume)] == [SetVolume(3)]


def test_a_word_that_cuts_the_shouting_off_brings_the_own_volume_back() -> None:
    talk = Conversation(volume=3).says("call someone").wait(0.5).says("can I get up")
    assert [one for one in talk.turn if isinstance(one, SetVolume)] == [SetVolume(3)]


def test_it_is_on_disk_before_anybody_is_called() -> None:
    talk = at_number_four("mqtt").says("call someone")
    written = [one.record for one in talk.turn if isinstance(one, Record)]
    assert [type(record) for record in written] == [Stopped, HelpCall]
    assert (calls(talk), talk.said) == ([], "")
    assert len(calls(talk.wait(0.1))) == 1


def test_a_disk_that_hangs_keeps_the_call_back_for_two_seconds_at_most() -> None:
    talk = Conversation(writing=None, help_ways=("mqtt",)).says("call someone")
    assert calls(talk.wait(1.9)) == []
    assert len(calls(talk.wait(0.2))) == 1
    assert talk.heard(NEEDED)


def test_a_doubtful_word_is_asked_about() -> None:
    talk = at_number_four("mqtt").means("call_help", ask=True)
    assert talk.question == "call_for_help"
    assert calls(talk) == []


@pytest.mark.parametrize("text", ["my chest hurts, call someone", "please call someone my chest hurts"])
def test_a_sign_in_the_same_breath_counts_too(text: str) -> None:
    talk = at_number_four("mqtt").says(text).wait(0.1)
    assert talk.state.facts.findings.red == ("emergency", 4)
    assert len(calls(talk)) == 1
    assert talk.heard("This needs a doctor at once.")
    assert talk.heard(NEEDED)


def test_a_remark_about_a_doctor_is_no_call() -> None:
    talk = at_number_four("mqtt", at_once=True).says("call the doctor tomorrow")
    assert (talk.question, calls(talk)) == ("doubt_emergency", [])


# "I can't get up"


def test_it_stops_and_asks_before_it_calls(subtests: pytest.Subtests) -> None:
    for text in ["I can't get up", "I've fallen", "I have fallen over", "I can't get off the floor"]:
        for where in ["side", "first instruction", "number four", "check", "paused", "red", "ending"]:
            with subtests.test(text=text, where=where):
                talk = ARRIVE[where]().says(text)
                assert isinstance(talk.turn[0], Hush)
                assert talk.question == "call_for_help"
                assert talk.said.startswith("Stopped. Shall I ask for help? Yes or no?")
                assert (calls(talk), kept(talk)) == ([], [])


@pytest.mark.parametrize("text", ["yes", "okay", "yes please"])
def test_yes_calls(text: str) -> None:
    talk = at_number_four("command").says("I can't get up").answers(text).wait(0.1)
    assert calls(talk) == [CallForHelp(text, "user")]
    assert talk.answer_to("call_for_help") == "yes"
    assert talk.heard(NEEDED)


def test_silence_calls_after_twenty_seconds() -> None:
    talk = at_number_four("command").says("I can't get up")
    talk.until(lambda state: isinstance(state, Asking) and not state.token)
    asked = talk.now
    talk.until(Staying)
    assert 16 <= (talk.now - asked) / samples(1) <= 24
    assert calls(talk.wait(0.1)) == [CallForHelp("", "timeout")]
    assert talk.answer_to("call_for_help") is None
    assert kept(talk) == [("asked", "voice command", "timeout")]


def test_what_is_not_understood_twice_calls_too() -> None:
    talk = at_number_four("command").says("I can't get up").answers("brm").answers("flom").wait(0.1)
    assert [call.by for call in calls(talk)] == ["timeout"]


def test_a_doubtful_yes_or_no_is_asked_again() -> None:
    for answer in ("yes", "no"):
        talk = at_number_four("command").says("I can't get up")
        talk.until(lambda state: isinstance(state, Asking) and not state.token).means(answer, ask=True)
        assert talk.question == "call_for_help"
        assert talk.heard("Say no if you're fine. If I hear nothing, I'll ask for help.")


@pytest.mark.parametrize("text", ["no", "no thanks", "I'm fine", "I'm okay"])
def test_no_calls_nobody_and_leaves_the_person_resting(text: str) -> None:
    talk = at_number_four("command").says("I can't get up").answers(text)
    assert isinstance(talk.state, Paused)
    assert talk.heard("Then I won't call. Still resting. Say resume, or stop.")
    assert (calls(talk), kept(talk), talk.answer_to("call_for_help")) == ([], [], "no")
    assert talk.says("resume").heard("Let's do number four again.")


def test_after_no_an_open_question_is_asked_again_and_a_rest_goes_on() -> None:
    talk = ARRIVE["check"]().says("I've fallen").answers("no")
    assert talk.heard("Then I won't call. Better, same, or worse?")
    assert isinstance(ARRIVE["settling"]().says("I can't get up").answers("no").state, Settling)
    talk = ARRIVE["ending"]().says("I can't get up").answers("no")
    assert talk.until(Done).outcome == "completed"


@pytest.mark.parametrize("text", ["it's worse", "my leg is numb", "ow", "I have chest pain", "it hurts"])
def test_a_sign_while_it_is_asked_is_kept_and_calls(text: str) -> None:
    talk = at_number_four("command").says("I can't get up").answers(text).wait(0.1)
    assert any(isinstance(one, Stopped) and one.red for one in talk.records)
    assert len(calls(talk)) == 1
    assert isinstance(talk.state, Staying)


def test_no_it_hurts_calls_nobody_and_asks_how_it_is() -> None:
    talk = at_number_four("command").says("I can't get up").answers("no, it just hurts")
    assert (talk.question, calls(talk)) == ("after_cry", [])


def test_call_someone_is_a_yes() -> None:
    talk = at_number_four("command").says("I can't get up").answers("call someone").wait(0.1)
    assert len(calls(talk)) == 1


# What came of it


def test_what_came_of_each_way_is_kept_and_said_once() -> None:
    talk = at_number_four(*ALL_WAYS).says("call someone").until(is_silent)
    assert talk.call_comes_to("mqtt").heard("My call got through.")
    assert talk.call_comes_to("gpio").said == ""
    assert talk.call_comes_to("command", "exit code 1").said == ""
    assert kept(talk)[1:] == [("done", "mqtt", "coach"), ("done", "gpio", "coach"), ("failed", "command", "coach")]


def test_a_call_that_fails_is_told_and_at_last_whom_to_call() -> None:
    talk = at_number_four("mqtt").says("call someone").until(is_silent)
    for _ in range(2):
        assert talk.call_comes_to("mqtt", "gone", again=True).heard("My call didn't get through yet. I'll try again.")
    assert talk.call_comes_to("mqtt", "gone").heard("My call didn't get through. Call the emergency number")
    failed = [one.words for one in talk.records if isinstance(one, HelpCall) and one.what == "failed"]
    assert failed == ["gone"] * 3
    assert isinstance(talk.state, Staying)


def test_no_second_call_is_made_on_top_of_one_that_is_under_way() -> None:
    talk = at_number_four("mqtt").says("call someone").until(is_silent).says("call someone").until(is_silent)
    assert len(calls(talk)) == 1
    talk.call_comes_to("mqtt").says("call someone").until(is_silent)
    assert len(calls(talk)) == 2


def test_what_comes_after_the_end_is_passed_over() -> None:
    talk = at_number_four("mqtt").says("call someone").until(is_silent).says("finish")
    assert isinstance(talk.call_comes_to("mqtt").state, Done)


# Afterwards


@pytest.mark.parametrize("text", ["help is here", "I've called them", "stop"])
def test_it_stops_shouting_when_help_comes_or_it_is_told_to(text: str) -> None:
    talk = at_number_four().says("call someone").until(is_silent).says(text).until(is_silent)
    assert not talk.event(VoiceStarted(talk.now)).wait(60 * 12).heard(NEEDED)
    assert isinstance(talk.state, Staying)


def test_it_stays_for_an_hour_and_an_exercise_that_was_done_stays_so() -> None:
    assert at_number_four().says("call someone").until(Done).outcome == "stopped"
    assert ARRIVE["ending"]().says("call someone").until(Done).outcome == "completed"


def test_nothing_is_locked_because_help_was_called() -> None:
    talk = at_number_four().says("I can't get up").until(Done)
    assert talk.state.facts.findings.red is None
    assert not any(record.red for record in talk.records if isinstance(record, Stopped))


# An emergency


def test_an_emergency_calls_by_itself_only_where_that_was_set_up() -> None:
    talk = at_number_four("mqtt").says("I have chest pain").wait(0.1)
    assert (calls(talk), kept(talk)) == ([], [])
    assert talk.heard("This needs a doctor at once.")
    assert talk.heard("Tell me if I should ask for help.")
    talk = at_number_four("mqtt", at_once=True).says("I have chest pain").wait(0.1)
    assert calls(talk) == [CallForHelp("i have chest pain", "coach")]
    assert talk.heard("This needs a doctor at once.")
    assert talk.heard(NEEDED)


def test_a_second_sign_does_not_call_again() -> None:
    talk = at_number_four("mqtt", at_once=True).says("I have chest pain").until(is_silent).says("my leg is numb")
    assert len(calls(talk.until(is_silent))) == 1


@pytest.mark.parametrize("text", ["it's worse", "my leg is numb", "ow", "stop"])
def test_any_other_sign_calls_nobody(text: str) -> None:
    talk = at_number_four(*ALL_WAYS, at_once=True).says(text).until(Done)
    assert (calls(talk), kept(talk)) == ([], [])


def test_after_an_emergency_it_calls_when_asked_and_else_says_that_it_can() -> None:
    talk = ARRIVE["number four"]().says("I have chest pain").until(is_silent)
    assert talk.says("I can't get up").heard("Call the emergency number now")
    assert talk.heard("Tell me if I should ask for help.")
    assert talk.until(is_silent).says("call an ambulance").wait(0.1).heard(NEEDED)
    assert kept(talk) == [("asked", "voice", "user")]


def test_while_all_is_deleted_it_still_shouts() -> None:
    talk = ARRIVE["delete_sure"]()
    talk.writing = None
    talk.answers("yes").says("call someone")
    assert talk.heard(NEEDED)


def test_only_no_and_that_all_is_well_are_a_no() -> None:
    assert ASKED["call_for_help"] == {"yes", "no", "confirms", "agrees", "harmless"}
