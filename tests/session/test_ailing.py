"""A microphone that brings nothing to be understood, while the coach can be heard: it says what to do, and waits."""

import pytest

from tests.session.arrivals import ARRIVE
from voice_coach.actions import Earcon
from voice_coach.events import AudioLost
from voice_coach.records import Paused as PausedRecord
from voice_coach.session.disruptions import FAULTS
from voice_coach.session.states import Asking, Done, Ending, Paused, Performing
from voice_coach.testing import Conversation, counting


def ails(talk: Conversation, fault: str = "muted") -> Conversation:
    """Let the microphone bring nothing any more."""
    return talk.event(AudioLost(talk.now, f"the microphone is {fault}", fault))


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("muted", "I can't hear you: the microphone is muted."),
        ("monitor", "I can only hear myself: the microphone is gone."),
        ("clipped", "The microphone is far too loud."),
    ],
)
def test_it_says_at_once_what_is_wrong_and_counts_no_further(fault: str, sentence: str) -> None:
    talk = ails(Conversation().goes_on_until(counting(3)), fault)
    assert talk.said.startswith(sentence)
    assert talk.said.endswith("we'll go on.")
    assert talk.earcons() == [Earcon.PROBLEM]
    assert talk.wait(10).counts() == []
    assert PausedRecord(talk.log[-1][0], f"device: the microphone is {fault}").reason in {
        record.reason for record in talk.records if isinstance(record, PausedRecord)
    }


@pytest.mark.parametrize("fault", FAULTS)
def test_it_goes_on_at_the_same_repetition(fault: str) -> None:
    talk = ails(Conversation().goes_on_until(counting(3)), fault).wait(5).has_sound_again()
    assert talk.said.startswith("I'm back.")
    talk.until(Performing)
    assert isinstance(talk.state, Performing)
    assert talk.state.number == 3


def test_it_says_so_again_each_minute_and_ends_after_five() -> None:
    talk = ails(Conversation().goes_on_until(counting(3))).wait(230)
    assert talk.said.count("the microphone is muted") == 4
    talk.until(Done)
    assert talk.state.facts.progress.outcome == "interrupted"


def test_another_fault_is_told_in_its_own_words() -> None:
    talk = ails(ails(Conversation().goes_on_until(counting(3)), "muted").wait(3), "monitor")
    assert talk.said.startswith("I can only hear myself")
    assert talk.wait(65).said.count("I can only hear myself") == 2


@pytest.mark.parametrize("where", ["counting", "pause", "red"])
def test_a_fault_that_comes_again_and_again_is_said_once(where: str) -> None:
    talk = ARRIVE["red"]() if where == "red" else Conversation().goes_on_until(counting(3))
    if where == "pause":
        talk.says("pause").wait(5)
    mark = len(talk.log)
    for _ in range(5):
        ails(talk).wait(1)
    said = [line.text for line in talk.lines(since=mark)]
    assert said.count("I can't hear you: the microphone is muted.") == 1
    assert isinstance(talk.has_sound_again().until(Done).state, Done)


def test_stop_is_heard_although_the_rest_is_too_loud() -> None:
    talk = ails(Conversation().goes_on_until(counting(3)), "clipped").wait(1).says("stop")
    assert not isinstance(talk.state, Performing)
    assert talk.heard("Stopped")


def test_who_rests_is_told_too_and_the_rest_stays_one() -> None:
    talk = ails(Conversation().goes_on_until(counting(3)).says("pause").wait(5))
    assert talk.heard("the microphone is muted")
    talk.wait(3).has_sound_again()
    assert isinstance(talk.state, Paused)
    assert talk.heard("Still resting.")


def test_the_words_of_a_stop_are_not_cut_off() -> None:
    talk = ARRIVE["red"]()
    state = talk.state
    ails(talk.wait(0.5))
    assert type(talk.state) is type(state)
    assert isinstance(talk.state, Asking | Ending) or talk.state.facts.findings.red
    assert talk.heard("the microphone is muted")
    assert isinstance(talk.until(Done).state, Done)
