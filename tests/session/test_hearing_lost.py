"""It never counts while it can't hear: what is said is understood too late, or not at all."""

from functools import cache

import pytest

from tests.session.arrivals import ARRIVE
from tests.session.explore import Explored, explore_from, hearing_events, place, simplified
from voice_coach.actions import Earcon, Hush, Line, Play, Record
from voice_coach.events import HearingLost
from voice_coach.exercise.timetable import rest_lines
from voice_coach.records import Ended
from voice_coach.records import Paused as PausedRecord
from voice_coach.session.states import Asking, Done, Ending, Instructing, Paused, Performing, State, Staying
from voice_coach.testing import Conversation, counting

TROUBLE = "I'm having trouble hearing you. Rest until I'm back."
COUNTING = ["number four", "hold of number four"]
SAID_TO_THE_END = {"ending", "finished early"}
AFTER_A_RED_SIGN = {"red", "settling", "settle_check"}


@pytest.mark.parametrize("state", COUNTING)
def test_counting_stops_at_once_and_it_says_so_once(state: str) -> None:
    talk = ARRIVE[state]().is_heard_too_late()
    assert isinstance(talk.turn[0], Hush)
    assert talk.said == TROUBLE
    assert talk.earcons() == [Earcon.PROBLEM]
    assert talk.wait(50).counts() == []
    assert talk.said == TROUBLE
    assert "hearing: understood too late" in [
        record.reason for record in talk.records if isinstance(record, PausedRecord)
    ]


def test_the_repetition_is_done_again_when_it_is_back() -> None:
    talk = Conversation().goes_on_until(counting(4)).wait(5).is_heard_too_late().wait(6).is_heard_in_time()
    assert talk.said == "I'm back. Let's do number four again."
    talk.until(counting(4))
    assert talk.state.facts.progress.repetitions == 3


def test_after_a_long_time_nobody_holds_the_position_any_more() -> None:
    talk = Conversation().goes_on_until(counting(4)).is_heard_too_late().wait(25).is_heard_in_time()
    assert talk.said == "I'm back. Get back into position. Say ready when you're there."
    talk.says("ready").until(counting(4))


def test_elsewhere_nothing_is_cut_off_and_an_answer_that_comes_late_counts() -> None:
    talk = Conversation().goes_on_until("side").is_heard_too_late()
    assert talk.turn == []
    assert talk.wait(4).says("left side").question == "side_sure"


def test_silence_is_no_answer_while_it_cannot_hear_but_a_rest(subtests: pytest.Subtests) -> None:
    for state in [name for name in ARRIVE if isinstance(ARRIVE[name]().state, Asking | Instructing)]:
        with subtests.test(state=state):
            talk = ARRIVE[state]()
            before = talk.state
            talk.is_heard_too_late()
            if before.facts.findings.red:
                continue
            talk.until(Paused)
            assert talk.said == TROUBLE
            assert talk.state.facts.speech.noinput == before.facts.speech.noinput
            talk.wait(5).is_heard_in_time()
            assert talk.heard("I'm back.")
            if isinstance(before, Asking):
                assert talk.question == before.question.name
            assert talk.until(Done).state.facts.progress.repetitions <= 10


def test_what_is_heard_in_time_again_before_its_time_is_over_is_a_question_like_any_other() -> None:
    talk = Conversation().goes_on_until("check").is_heard_too_late().wait(3).is_heard_in_time()
    assert talk.turn == []
    talk.says("better").until(counting(5) if talk.state.facts.progress.repetitions == 4 else Performing)


def test_no_repetition_begins_before_it_hears_in_time() -> None:
    talk = ARRIVE["before the first"]().is_heard_too_late().until(Paused)
    assert talk.said == TROUBLE
    assert talk.wait(30).counts() == []
    talk.is_heard_in_time().says("ready").until(counting(1))


def test_what_is_understood_late_counts_all_the_same() -> None:
    talk = Conversation().goes_on_until(counting(4)).is_heard_too_late().wait(3).says("it's worse")
    assert talk.heard("Stop. Let go of your knee.")
    assert talk.state.facts.findings.red == ("worse", 4)


@pytest.mark.parametrize("words", [["resume"], ["stop", "yes"], ["ow", "it's better"], ["ready"]])
def test_no_word_has_it_count_before_it_hears_in_time(words: list[str]) -> None:
    talk = Conversation().goes_on_until(counting(4)).is_heard_too_late()
    for word in words:
        talk.wait(3).says(word)
        assert talk.counts() == []
    assert not isinstance(talk.wait(30).state, Performing)
    assert talk.counts() == []


def test_a_pause_that_the_user_asked_for_stays_one() -> None:
    talk = Conversation().goes_on_until(counting(4)).says("pause").wait(5).is_heard_too_late()
    assert talk.said == TROUBLE
    talk.wait(5).says("resume").wait(5)
    assert isinstance(talk.state, Paused)
    assert talk.is_heard_in_time().heard("Still resting.")
    talk.says("resume").until(counting(4))


def test_it_is_back_only_when_there_is_sound_too() -> None:
    talk = Conversation().goes_on_until(counting(4)).is_heard_too_late().loses_sound().is_heard_in_time()
    assert (type(talk.state), talk.said) == (Paused, "")
    assert talk.has_sound_again().heard("I'm back. Let's do number four again.")


def test_sound_that_is_back_is_not_enough_either() -> None:
    talk = Conversation().goes_on_until(counting(4)).loses_sound().is_heard_too_late()
    assert talk.said == ""
    assert talk.has_sound_again().said == TROUBLE
    assert isinstance(talk.state, Paused)
    assert talk.is_heard_in_time().heard("I'm back. Let's do number four again.")


def test_it_reminds_each_minute_and_ends_after_five_with_how_to_let_go() -> None:
    talk = Conversation().goes_on_until(counting(4)).is_heard_too_late().wait(230)
    assert talk.said.count("I still have trouble hearing you. Stay resting, please.") == 3
    talk.until(Done)
    assert talk.heard("Let go of your knee.")
    assert talk.outcome == "interrupted"


@pytest.mark.parametrize("state", sorted(AFTER_A_RED_SIGN))
def test_the_words_of_a_stop_are_not_cut_off_and_silence_is_what_it_always_is_after_them(state: str) -> None:
    talk = ARRIVE[state]()
    before = type(talk.state)
    talk.is_heard_too_late()
    assert talk.turn == []
    assert type(talk.state) is before
    assert talk.until(Done).outcome == "stopped"


@pytest.mark.parametrize("state", sorted(SAID_TO_THE_END))
def test_a_farewell_is_not_disturbed(state: str) -> None:
    for talk in (ARRIVE[state]().is_heard_too_late(), ARRIVE[state]().is_heard_no_more()):
        assert talk.turn == []
        assert talk.until(Done).state.facts.progress.repetitions <= 10


def test_one_that_will_never_hear_again_says_its_last_words_and_is_saved(subtests: pytest.Subtests) -> None:
    for state in [name for name in ARRIVE if name not in SAID_TO_THE_END | {"no sound"}]:
        with subtests.test(state=state):
            talk = ARRIVE[state]()
            red = talk.state.facts.findings.red is not None
            talk.is_heard_no_more()
            assert isinstance(talk.state, Ending)
            assert (Hush() in talk.turn) is not red
            assert talk.heard("I can't hear you any more, so let's leave it there.")
            facts = talk.state.facts
            let_go = " ".join(line.text for line in rest_lines(facts.plan.exercise, facts.plan.side))
            assert talk.heard(let_go) is facts.progress.holding
            assert talk.until(Done).said.endswith("Goodbye.")
            (ended,) = [record for record in talk.records if isinstance(record, Ended)]
            assert ended.outcome == (
                "stopped" if red else "completed" if talk.state.facts.progress.repetitions == 10 else "interrupted"
            )


def test_where_nobody_hears_the_last_words_it_ends_at_once() -> None:
    talk = ARRIVE["no sound"]().is_heard_no_more()
    assert isinstance(talk.state, Done)
    assert (talk.said, talk.outcome) == ("", "interrupted")


def test_nothing_follows_a_session_that_can_hear_no_more() -> None:
    talk = ARRIVE["onward"]().is_heard_no_more().until(Done)
    assert (talk.state.facts.plan.then, talk.state.facts.plan.onward) == ("", "")


@cache
def unheard() -> Explored:
    """Return all places that can be come to, from wherever hearing was lost, before it is back."""
    lost = [simplified(arrive().is_heard_too_late().state) for arrive in ARRIVE.values()]
    return explore_from(
        [state for state in lost if state.facts.speech.deaf],
        keep=lambda way: way[2].facts.speech.deaf or isinstance(way[1], HearingLost),
        enter=lambda way: way[2].facts.speech.deaf,
        also=hearing_events,
        key=rough_place,
    )


def rough_place(state: State) -> object:
    """Return what tells places apart as far as it matters for what may be counted."""
    resting = (state.by_device, state.no_sound, bool(state.reminders)) if isinstance(state, Paused) else ()
    return place(state, 1), bool(state.facts.findings.red), resting, bool(getattr(state, "token", 0))


@pytest.mark.slow
def test_in_no_place_that_a_session_can_come_to_it_counts_while_it_cannot_hear() -> None:
    ways = unheard().ways
    assert len({type(state) for _, _, state, _ in ways}) > 4
    assert [way for way in ways if isinstance(way[2], Performing)] == []
    played = [action for *_, actions in ways for action in actions if isinstance(action, Play)]
    assert [action for action in played if isinstance(action.sound, Line)] == []


@pytest.mark.slow
def test_from_every_place_a_recogniser_that_is_given_up_leads_to_the_end() -> None:
    given_up = [way for way in unheard().ways if isinstance(way[1], HearingLost) and way[1].for_good]
    assert len(given_up) > 100
    stays = [isinstance(before, Staying) for before, _, after, _ in given_up if isinstance(after, Staying)]
    assert stays  # after a sign of an emergency it goes on saying the number
    assert all(stays)
    assert {type(after) for _, _, after, _ in given_up} == {Ending, Done, Staying}
    for before, _, after, actions in given_up:
        over = [action.record for action in actions if isinstance(action, Record) and isinstance(action.record, Ended)]
        assert bool(over) == (isinstance(after, Done) and not isinstance(before, Done))
