"""Faults: the sound goes; the log fails, is late or silent; the program is ended."""

import pytest

from tests.session.arrivals import ARRIVE, EXERCISE, PROMPTS
from voice_coach.actions import Finish, Hush, Line, Play, Record
from voice_coach.events import Played, Saved, Woke
from voice_coach.records import Ended, RepetitionDone
from voice_coach.session import machine
from voice_coach.session.disruptions import LAST_WORDS_WAIT
from voice_coach.session.emergencies import MAX_STAY
from voice_coach.session.states import Asking, Between, Done, Ending, Paused, Performing
from voice_coach.session.transitions import SAVE_TIMEOUT
from voice_coach.testing import Conversation, at_step, counting
from voice_coach.timebase import samples, seconds

# The log


def begins(talk: Conversation) -> list[int]:
    """Return the instants at which repetitions were begun."""
    return [at for at, action in talk.log if isinstance(action, Play) and isinstance(action.sound, Line)]


def test_the_next_repetition_begins_only_when_the_last_one_is_on_disk() -> None:
    talk = Conversation(writing=samples(2.5)).goes_on_until(counting(4))
    on_disk: set[int] = set()
    for event in talk.events:
        if isinstance(event, Saved):
            on_disk.add(event.number)
    (number,) = [a.number for _, a in talk.log if isinstance(a, Record) and is_repetition(a, 3)]
    assert number in on_disk
    (written,) = [at for at, a in talk.log if isinstance(a, Record) and is_repetition(a, 3)]
    assert seconds(talk.now - written) == 2.5
    assert begins(talk)[-1] == talk.now


def is_repetition(action: Record, number: int) -> bool:
    """Return whether the action writes this repetition."""
    return isinstance(action.record, RepetitionDone) and action.record.number == number


def test_records_that_are_saved_in_another_order_are_all_waited_for() -> None:
    talk = Conversation(writing=None).goes_on_until(Between)
    state, numbers = talk.state, sorted(talk.state.facts.log.unsaved)
    assert len(numbers) > 2
    assert isinstance(state, Between)
    state, _ = machine.step(state, Played(talk.now, state.token))
    for number in reversed(numbers):
        assert isinstance(state, Between)
        state, _ = machine.step(state, Saved(talk.now, number))
    assert isinstance(state, Performing)


def test_a_number_that_nobody_gave_out_saves_nothing() -> None:
    talk = Conversation(writing=None).goes_on_until(Between)
    state, _ = machine.step(talk.state, Saved(talk.now, 999))
    assert state.facts.log.unsaved == talk.state.facts.log.unsaved


def test_a_writer_that_never_answers_is_told_of_once_and_the_exercise_goes_on() -> None:
    talk = Conversation(writing=None).goes_on_until(Between).until(lambda s: isinstance(s, Between) and not s.token)
    since = talk.now
    talk.wait(seconds(SAVE_TIMEOUT) - 0.1)
    assert isinstance(talk.state, Between)
    talk.until(counting(1))
    assert talk.heard("I can't save my notes today.")
    assert talk.now - since > SAVE_TIMEOUT
    talk.goes_on_until(Done)
    assert [line.text for line in talk.lines(since=0)].count("I can't save my notes today.") == 1
    assert talk.outcome == "completed"


def test_a_record_that_cannot_be_written_is_told_of_once_at_the_next_pause() -> None:
    talk = Conversation().goes_on_until(counting(3))
    talk.write_error = "no space left on device"
    talk.goes_on_until(counting(5))
    texts = [line.text for line in talk.lines(since=0)]
    assert texts.count("I can't save my notes today.") == 1
    assert talk.goes_on_until(Done).outcome == "completed"


def test_a_failing_log_cuts_nothing_off(subtests: pytest.Subtests) -> None:
    for state in ARRIVE:
        with subtests.test(state=state):
            talk = ARRIVE[state]()
            following, actions = machine.step(talk.state, Saved(talk.now, talk.state.facts.log.record, "disk full"))
            assert not any(isinstance(action, Hush) for action in actions)
            assert type(following) is type(talk.state)


def test_a_late_answer_of_the_log_does_nothing() -> None:
    talk = Conversation(writing=None).goes_on_until(counting(2))
    following, actions = machine.step(talk.state, Saved(talk.now, 1))
    assert actions == []
    assert isinstance(following, Performing)


# The sound


def test_without_sound_it_rests_and_goes_on_where_it_was(subtests: pytest.Subtests) -> None:
    for state in [name for name in ARRIVE if name not in {"ending", "finished early"}]:
        with subtests.test(state=state):
            talk = ARRIVE[state]()
            before = talk.state
            talk.loses_sound()
            assert isinstance(talk.state, Paused)
            talk.wait(5)
            assert talk.counts() == []
            talk.has_sound_again()
            if isinstance(before, Paused) and not before.by_device:
                assert isinstance(talk.state, Paused)
                assert talk.heard("Still resting.")
            else:
                assert talk.heard("I'm back.")
            if isinstance(before, Asking) and isinstance(talk.state, Asking):
                assert talk.question == before.question.name
            assert talk.until(Done).state.facts.progress.repetitions <= 10


def test_last_words_that_nobody_can_hear_end_the_session() -> None:
    talk = ARRIVE["ending"]()
    outcome = talk.state.facts.progress.outcome
    talk.loses_sound().wait(seconds(LAST_WORDS_WAIT))
    assert isinstance(talk.state, Done)
    assert talk.outcome == outcome


@pytest.mark.parametrize("losses", [1, 5])
def test_last_words_that_were_cut_off_are_said_again(losses: int) -> None:
    talk = ARRIVE["ending"]()
    ending = talk.state
    assert isinstance(ending, Ending)
    for _ in range(losses):
        talk.loses_sound().wait(0.2)
    talk.has_sound_again()
    assert tuple(talk.lines()) == ending.lines
    assert isinstance(talk.until(Done).state, Done)
    assert [type(record) for record in talk.records].count(Ended) == 1


def test_last_words_that_were_heard_are_not_said_again() -> None:
    assert isinstance(ARRIVE["finished early"]().loses_sound().state, Done)


def test_the_words_of_a_stop_that_the_lost_sound_cut_off_are_said_again() -> None:
    talk = ARRIVE["red"]().wait(1).loses_sound().wait(10).has_sound_again()
    assert talk.heard("I'm back. Stop. Let go of your knee.")


@pytest.mark.parametrize("losses", [2, 3])
def test_sound_that_is_lost_again_and_again_is_told_to_be_back_once_each_time(losses: int) -> None:
    talk = Conversation().goes_on_until(counting(4))
    for _ in range(losses):
        talk.loses_sound().wait(5).has_sound_again().wait(1)
        assert talk.said == "I'm back. Let's do number four again."
    talk.until(counting(5))


def test_after_a_long_loss_nobody_holds_the_position_any_more() -> None:
    talk = Conversation().goes_on_until(counting(4)).loses_sound().wait(25).has_sound_again()
    assert talk.heard("I'm back. Get back into position. Say ready when you're there.")
    talk.says("ready").until(counting(4))


def test_sound_that_does_not_come_back_ends_the_session() -> None:
    talk = Conversation().goes_on_until(counting(4)).loses_sound().until(Done)
    assert talk.outcome == "interrupted"
    assert seconds(talk.now) < 600


def test_sound_that_was_not_lost_comes_back_without_effect() -> None:
    talk = Conversation().goes_on_until(counting(4)).has_sound_again()
    assert talk.turn == []


# The end from outside


def test_an_interrupted_session_ends_at_once_and_says_so_in_the_log(subtests: pytest.Subtests) -> None:
    for state in ARRIVE:
        with subtests.test(state=state):
            talk = ARRIVE[state]().is_interrupted()
            assert isinstance(talk.state, Done)
            kinds = [type(action) for action in talk.turn]
            assert kinds == [Hush, Record, Finish]
            (ended,) = [record for record in talk.records if isinstance(record, Ended)]
            expected = {
                "red": "stopped",
                "heard_worse": "stopped",
                "settling": "stopped",
                "settle_check": "stopped",
                "ending": "completed",
                "finished early": "finished_early",
            }
            assert ended.outcome == talk.outcome == expected.get(state, "interrupted")


def test_a_session_that_is_over_takes_nothing_more() -> None:
    talk = ARRIVE["number four"]().is_interrupted()
    assert machine.step(talk.state, Played(talk.now, 1)) == (talk.state, [])


# A player that never tells


def test_without_news_of_the_player_and_the_log_it_still_comes_to_an_end(subtests: pytest.Subtests) -> None:
    for state in ARRIVE:
        with subtests.test(state=state):
            talk = ARRIVE[state]()
            now, current = talk.now, talk.state
            while current.wake_at is not None:
                assert current.wake_at >= now
                now = current.wake_at
                current, _ = machine.step(current, Woke(now))
                assert now - talk.now < MAX_STAY + samples(5 * 60)
            assert isinstance(current, Done)


def test_an_exercise_without_sides_asks_for_none() -> None:
    bare = EXERCISE.__class__(
        **{field: getattr(EXERCISE, field) for field in EXERCISE.__struct_fields__} | {"sides": "none"}
    )
    state, _ = machine.start(bare, PROMPTS)
    assert isinstance(state, Asking)
    assert state.question.name == "pain_before"
    assert not at_step("lie")(state)
