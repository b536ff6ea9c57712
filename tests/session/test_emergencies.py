"""After a sign of an emergency the coach stays, answers, and says the number again."""

from itertools import pairwise

import pytest

from tests.session.arrivals import ARRIVE, screened
from voice_coach.actions import Hush, Record, Say
from voice_coach.dialogue.emergency import OFTEN_FOR
from voice_coach.events import VoiceStarted, VoiceStopped
from voice_coach.records import Ended, Stopped
from voice_coach.session.emergencies import MAX_STAY
from voice_coach.session.states import Done, Settling, Staying
from voice_coach.testing import Conversation
from voice_coach.timebase import samples

NUMBER = "emergency number"


def stayed(where: str = "number four") -> Conversation:
    """Return a conversation after an emergency whose first words have been said."""
    return ARRIVE[where]().says("I have chest pain").until(_silent)


def _silent(state: object) -> bool:
    return isinstance(state, Staying) and not (state.token or state.unsaid)


def reminders(talk: Conversation, minutes: float) -> list[float]:
    """Let time pass; return the minutes since the sign at which the number was said again."""
    start = len(talk.log)
    assert isinstance(talk.state, Staying)
    since = talk.state.since
    talk.wait(60 * minutes)
    said = [(at, action) for at, action in talk.log[start:] if isinstance(action, Say)]
    assert all(NUMBER in " ".join(line.text for line in say.lines) for _, say in said)
    return [(at - since) / samples(60) for at, _ in said]


@pytest.mark.parametrize(
    "where", ["screen_5", "side", "first instruction", "number four", "check", "paused", "settling"]
)
def test_chest_pain_anywhere_says_the_number_and_never_goodbye(where: str) -> None:
    talk = ARRIVE[where]().says("I have chest pain").wait(0.5)
    assert talk.heard("This needs a doctor at once.")
    assert isinstance(talk.state, Staying)
    talk.wait(60 * 70)
    assert not talk.heard("Goodbye")
    assert talk.outcome == "stopped"


def test_the_sign_is_on_disk_before_the_first_word() -> None:
    talk = ARRIVE["number four"]().says("I have chest pain")
    assert isinstance(talk.turn[0], Hush)
    assert any(isinstance(action, Record) and isinstance(action.record, Stopped) for action in talk.turn)
    assert talk.said == ""
    assert talk.wait(0.1).heard("This needs a doctor at once.")


def test_a_disk_that_hangs_keeps_the_number_back_for_two_seconds_at_most() -> None:
    talk = Conversation(writing=None).says("I have chest pain")
    assert talk.wait(1.9).said == ""
    assert talk.wait(0.2).heard(NUMBER)


def test_a_disk_that_refuses_keeps_nothing_back() -> None:
    talk = Conversation()
    talk.write_error = "disk full"
    assert talk.says("I have chest pain").wait(0.1).heard(NUMBER)


def test_the_number_is_said_every_half_minute_then_every_five_minutes_and_it_ends_after_an_hour() -> None:
    talk = stayed()
    assert isinstance(talk.state, Staying)
    since = talk.state.since
    times = reminders(talk, 70)
    often = [time for time in times if time < OFTEN_FOR / samples(60)]
    assert len(often) >= 15
    assert max(after - before for before, after in pairwise(often)) < 0.65
    seldom = [after - before for before, after in pairwise(time for time in times if time >= 11)]
    assert seldom == pytest.approx([5.0] * len(seldom), abs=0.1)
    assert len(seldom) >= 8
    (ended,) = [record for record in talk.records if isinstance(record, Ended)]
    assert ended.at - since <= MAX_STAY + samples(1)


def test_it_is_silent_while_somebody_speaks_on_the_phone() -> None:
    talk = stayed().wait(20)
    for _ in range(6):
        talk.event(VoiceStarted(talk.now)).wait(10)
        assert talk.said == ""
        talk.event(VoiceStopped(talk.now)).wait(2)
        assert talk.said == ""
    assert talk.wait(5).heard(NUMBER)


def test_a_noise_that_never_ends_does_not_silence_it_for_good() -> None:
    talk = stayed()
    assert talk.event(VoiceStarted(talk.now)).wait(180).heard(NUMBER)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("repeat", "This needs a doctor at once. Call the emergency number now"),
        ("help", "Call the emergency number now"),
        ("can I get up", "Stay as you are, if you can."),
        ("can I move", "Stay as you are, if you can."),
        ("I've called", "Good, help is on the way."),
        ("I've called an ambulance", "Good, help is on the way."),
        ("the ambulance is coming", "Good, help is on the way."),
        ("help is here", "Good, you're not alone."),
        ("the ambulance is here", "Good, you're not alone."),
        ("stop", "I'm staying with you."),
        ("bye", "I'm staying with you."),
        ("what can I do", "Call the emergency number now"),
        ("resume", "Call the emergency number now"),
        ("louder", "Louder."),
        ("what's the number", "Call the emergency number now"),
        ("I missed the number", "Call the emergency number now"),
        ("which number", "Call the emergency number now"),
        ("I've rung them", "Good, help is on the way."),
        ("I've phoned", "Good, help is on the way."),
        ("hello", "I'm still here. The number is"),
        ("are you there", "I'm still here. The number is"),
        ("I'm alone", "I'm still here. The number is"),
        ("I'm scared", "I'm still here. The number is"),
        ("I can't reach the phone", "I'm still here. The number is"),
    ],
)
def test_it_answers_and_stays(text: str, answer: str) -> None:
    talk = stayed().says(text)
    assert talk.heard(answer)
    assert isinstance(talk.state, Staying)
    assert talk.state.facts.findings.red == ("emergency", 4)


def test_chest_pain_here_is_no_help_that_is_here() -> None:
    talk = stayed().means("emergency", text="chest pain here").wait(1)
    assert talk.heard("This needs a doctor at once.")
    assert isinstance(talk.state, Staying)
    assert not talk.state.arrived


def test_another_sign_is_written_down_and_the_number_said_at_once() -> None:
    talk = stayed()
    before = talk.state
    talk.says("my leg is numb").wait(0.5)
    stops = [record.intent for record in talk.records if isinstance(record, Stopped) and record.red]
    assert stops == ["emergency", "numb_weak"]
    assert talk.heard("This needs a doctor at once.")
    assert isinstance(talk.state, Staying)
    assert isinstance(before, Staying)
    assert talk.state.since == before.since


@pytest.mark.parametrize("text", ["I don't have chest pain", "no chest pain", "my legs aren't numb", "it's not worse"])
def test_a_denied_sign_does_not_have_the_whole_answer_said_again(text: str) -> None:
    talk = stayed().says(text).wait(1)
    assert talk.said == "I'm still here. The number is the emergency number."
    assert isinstance(talk.state, Staying)
    assert talk.state.facts.findings.red == ("emergency", 4)


def test_a_doubtful_sign_where_it_was_only_worse_is_the_graver_one_all_the_same() -> None:
    talk = ARRIVE["number four"]().says("it's worse").says("call someone").until(_silent)
    assert talk.copy().says("no chest pain").wait(1).heard("This needs a doctor at once.")
    assert talk.says("I don't have chest pain").wait(1).said == "I'm still here. The number is the emergency number."


@pytest.mark.parametrize("text", ["it hurts", "ow", "the pain's not in my chest", "my back hurts"])
def test_it_hurts_gets_a_short_answer(text: str) -> None:
    talk = stayed().says(text).wait(1)
    assert talk.said == "I'm still here. The number is the emergency number."
    assert isinstance(talk.state, Staying)


@pytest.mark.parametrize("text", ["my chest hurts", "I can't breathe", "it's worse", "my leg is numb"])
def test_a_sign_again_has_only_the_number_said_again(text: str) -> None:
    talk = stayed().says(text).wait(1)
    assert talk.said == "This needs a doctor at once. Call the emergency number now, or get someone to call."
    assert isinstance(talk.state, Staying)


@pytest.mark.parametrize("text", ["ow", "it hurts", "it's worse", "my leg is numb"])
def test_a_sign_after_a_call_for_help_does_not_make_the_coach_leave(text: str) -> None:
    talk = ARRIVE["number four"]().says("call someone").until(_silent).says(text).wait(1)
    assert isinstance(talk.state, Staying)
    assert talk.said


CERTAINLY_DENIED = [
    "I don't have chest pain",
    "there's no pain in my chest",
    "I haven't wet myself",
    "my legs aren't numb",
]


@pytest.mark.parametrize("text", CERTAINLY_DENIED)
def test_a_denied_sign_while_resting_is_none(text: str) -> None:
    talk = ARRIVE["settling"]().says(text)
    assert talk.said == "Stay resting, I'm still here. Say finish to end now."
    assert isinstance(talk.state, Settling)
    assert talk.state.facts.findings.red == ("worse", 4)


@pytest.mark.parametrize("where", ["paused", "first instruction", "pain_before", "ending"])
def test_a_denied_sign_is_none_where_nothing_is_being_done(where: str) -> None:
    for text in CERTAINLY_DENIED:
        talk = ARRIVE[where]().says(text).wait(1)
        assert talk.state.facts.findings.red is None
        assert not talk.question.startswith("doubt")


def test_a_denied_sign_while_it_counts_is_asked_about() -> None:
    for text in CERTAINLY_DENIED:
        assert ARRIVE["number four"]().says(text).question in {"doubt_emergency", "doubt_numb"}


@pytest.mark.parametrize("where", ["settling", "settle_check", "ending"])
@pytest.mark.parametrize("text", ["no, chest pain", "my chest doesn't hurt"])
def test_what_may_be_an_emergency_after_the_exercise_is_asked_about(where: str, text: str) -> None:
    talk = ARRIVE[where]().says(text)
    if talk.question != where:  # "no, chest pain" answers yes or no
        assert talk.question == "doubt_emergency"
        assert talk.copy().says("yes").wait(1).heard("This needs a doctor at once.")
        assert isinstance(talk.copy().until(Staying).state, Staying)
        assert not isinstance(talk.says("no").wait(1).state, Staying)


@pytest.mark.parametrize("text", ["I haven't got control of my bladder", "I'm not in control of my bladder"])
def test_without_control_of_the_bladder_is_no_denial(text: str) -> None:
    talk = screened("screen_2").says(text)
    assert talk.question == "doubt_emergency"


def test_a_denied_sign_and_a_call_for_help_calls() -> None:
    talk = stayed().means("emergency", ask=True, text="don't you hear call an ambulance for me").wait(1)
    assert talk.heard("Help is needed in this room.")


@pytest.mark.parametrize(
    "text", ["hello is that the doctor", "the cat sat on the mat", "I'm calling my daughter", "yes"]
)
def test_what_may_be_said_on_the_phone_stays_unanswered(text: str) -> None:
    assert stayed().says(text).wait(1).said == ""


def test_once_help_is_here_it_speaks_seldom() -> None:
    talk = stayed().says("help is here").until(_silent)
    assert len(reminders(talk, 9)) <= 2


def test_finish_ends_it_and_nothing_else_is_said() -> None:
    talk = stayed().says("finish")
    assert isinstance(talk.state, Done)
    assert talk.said == ""


def test_lost_sound_and_too_late_a_hearing_do_not_end_it() -> None:
    talk = stayed().loses_sound().wait(10)
    assert isinstance(talk.state, Staying)
    assert talk.has_sound_again().heard("Call the emergency number now")
    assert isinstance(talk.is_heard_too_late().wait(40).state, Staying)
    assert isinstance(talk.is_heard_no_more().wait(40).state, Staying)
    assert talk.heard(NUMBER)
