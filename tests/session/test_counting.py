"""Counting: to the sample, ten times at most, one side, one set (R28, R30, V3, V14, V15, V16, V24, V25, D3-D5)."""

import pytest

from tests.session.arrivals import ARRIVE, EXERCISE, WEEKLY
from voice_coach.actions import Earcon, Hush, Line, Play
from voice_coach.exercise.timetable import Timetable
from voice_coach.records import Adjusted, Answered, RepetitionDone, Resumed
from voice_coach.records import Paused as PausedRecord
from voice_coach.session.states import Done, Paused, Performing
from voice_coach.testing import WRITING, Conversation, counting
from voice_coach.timebase import samples, seconds


def timetable(talk: Conversation) -> Timetable:
    """Return the timetable of the repetition under way."""
    assert isinstance(talk.state, Performing)
    return talk.state.timetable


def lengths(table: Timetable) -> dict[str, float]:
    """Return the seconds of each phase."""
    return {span.name: seconds(span.end - span.start) for span in table.phases}


def hold(talk: Conversation) -> tuple[float, list[float]]:
    """Return the hold's length and the seconds in it at which it is counted."""
    table = timetable(talk)
    (span,) = [span for span in table.phases if span.name == "hold"]
    counts = [seconds(at - span.start) for at, line in table.calls if line.text in {"one,", "two."}]
    return seconds(span.end - span.start), counts


def test_a_repetition_is_ten_seconds_and_each_call_has_its_sample() -> None:
    talk = Conversation().goes_on_until(counting(1))
    assert isinstance(talk.state, Performing)
    started = talk.state.started
    plays = [action for action in talk.turn if isinstance(action, Play) and isinstance(action.sound, Line)]
    assert [(play.at - started, play.sound.text) for play in plays if isinstance(play.sound, Line)] == [
        (0, "Number one."),
        (samples(1.3), "Roll back."),
        (samples(3.5), "Hold,"),
        (samples(4.3), "one,"),
        (samples(5.3), "two."),
        (samples(6.3), "And come back."),
        (samples(9.3), "Rest."),
    ]
    assert seconds(timetable(talk).length) == 10


def test_where_nothing_is_said_between_a_repetition_follows_the_last_one_as_soon_as_that_is_on_disk() -> None:
    """V3: ten seconds a repetition."""
    talk = Conversation().goes_on_until(counting(4))
    assert isinstance(talk.state, Performing)
    fourth = talk.state.started
    talk.until(counting(5))
    assert isinstance(talk.state, Performing)
    assert talk.state.started - fourth == samples(10) + WRITING


@pytest.mark.parametrize("word", ["slower", "faster"])
def test_slower_and_faster_change_all_but_the_hold(word: str) -> None:
    talk = Conversation().goes_on_until(counting(2))
    before = lengths(timetable(talk))
    for _ in range(6):
        talk.says(word)
    assert hold(talk) == (2.0, [0.0, 1.0])
    assert lengths(timetable(talk)) == before
    talk.until(counting(3))
    after = lengths(timetable(talk))
    assert hold(talk) == (2.0, [0.0, 1.0])
    factor = 2.0 if word == "slower" else 0.64
    for phase in ("roll", "return", "rest"):
        assert after[phase] == pytest.approx(before[phase] * factor)
    assert talk.heard("That's as slow as I can go." if word == "slower" else "That's as fast as I can go.")


def test_a_new_tempo_stands_in_the_log_from_the_repetition_on_that_has_it() -> None:
    talk = Conversation().goes_on_until(counting(2)).says("slower").goes_on_until(counting(4))
    done = [record for record in talk.records if isinstance(record, RepetitionDone)]
    assert [record.tempo for record in done] == [1.0, 1.0, 1.25]
    assert [record.value for record in talk.records if isinstance(record, Adjusted)] == [1.25]


def test_ten_repetitions_one_side_one_set() -> None:
    talk = Conversation().goes_on_until(Done)
    numbers = [line.text for line in talk.lines(since=0) if line.text.startswith("Number ")]
    words = "one two three four five six seven eight nine ten"
    assert numbers == [f"Number {word}." for word in words.split()]
    done = [record for record in talk.records if isinstance(record, RepetitionDone)]
    assert [record.number for record in done] == list(range(1, 11))
    assert talk.outcome == "completed"


def test_progress_is_told_at_half_and_before_the_last_two() -> None:
    talk = Conversation().goes_on_until(Done)
    texts = [line.text for line in talk.lines(since=0)]
    for remark, number in {"That's halfway.": "six", "Two to go.": "nine", "Last one.": "ten"}.items():
        assert texts.index(f"Number {number}.") - texts.index(remark) == 1


def test_better_same_or_worse_is_asked_after_one_five_and_ten() -> None:
    talk = Conversation().goes_on_until(Done)
    asked = [r.question for r in talk.records if isinstance(r, Answered) and r.question.startswith("check")]
    assert asked == ["check_1", "check_5", "check_10"]


def test_the_acknowledgement_varies_and_the_safety_words_do_not() -> None:
    talk = Conversation().goes_on_until(Done)
    texts = [line.text for line in talk.lines(since=0)]
    praise = [text for text in texts if text in {"That's good to hear.", "I'm glad.", "Well done."}]
    assert praise == ["I'm glad.", "Well done.", "That's good to hear."]
    first = [line.text for line in ARRIVE["red"]().lines()]
    again = [line.text for line in Conversation().goes_on_until("check").answers("worse").lines()]
    assert [text for text in first if text in again][:4] == again[:4]


def test_better_since_the_first_session_is_answered_with_pleasure_in_other_words_than_the_last_time() -> None:
    talk = Conversation(past=WEEKLY).goes_on_until("since_began")
    words = ("That's good to hear.", "I'm glad.", "Well done.")
    (*_, last) = [line.text for line in talk.lines(since=0) if line.text in words]
    talk.answers("better")
    (now,) = [word for word in words if talk.heard(word)]
    assert now != last
    assert talk.question == "since_much"
    talk.answers("a little")
    assert not any(talk.heard(word) for word in words)


# Being silent, or saying a good word, while it counts


def test_nobody_needs_to_say_anything_while_it_counts() -> None:
    talk = Conversation().goes_on_until(counting(2)).until("check")
    assert talk.state.facts.progress.repetitions == 5


@pytest.mark.parametrize("text", ["better", "I can feel a stretch", "ready", "continue"])
def test_a_good_word_is_acknowledged_by_a_sound_and_counting_goes_on(text: str) -> None:
    talk = Conversation().goes_on_until(counting(4)).wait(5).says(text)
    assert talk.earcons() == [Earcon.HEARD]
    assert isinstance(talk.state, Performing)
    assert talk.said == ""


def test_noise_while_counting_is_not_meant_for_the_coach() -> None:
    talk = Conversation().goes_on_until(counting(4)).says("brm flom")
    assert talk.turn == []
    assert talk.state.facts.speech.nomatch == 0


def test_what_is_not_understood_twice_while_counting_rests_and_asks_how_it_is() -> None:
    talk = Conversation().goes_on_until(counting(4)).says("brm flom").wait(1).says("brm flom brm")
    assert isinstance(talk.turn[0], Hush)
    assert talk.heard("tell me what's wrong.")
    assert isinstance(talk.state, Paused)
    assert [one.reason for one in talk.records if isinstance(one, PausedRecord)] == ["speech: not understood"]
    assert talk.says("it's worse").heard("Stop. Let go of your knee.")


def test_after_what_was_not_understood_resume_does_the_repetition_again() -> None:
    talk = Conversation().goes_on_until(counting(4)).says("brm flom").wait(1).says("brm flom").says("resume")
    talk.until(counting(4))
    assert talk.state.facts.progress.repetitions == 3


def test_what_is_not_understood_is_passed_over_where_it_is_rare() -> None:
    talk = Conversation().goes_on_until(counting(4)).says("brm flom").wait(5.5).says("brm flom")
    assert talk.turn == []


def test_a_television_makes_it_rest_once_a_session() -> None:
    talk = Conversation().goes_on_until(counting(4)).says("brm flom").wait(1).says("brm flom").says("resume")
    talk.until(counting(4))
    for _ in range(4):
        talk.says("brm flom").wait(0.5)
        assert talk.turn == []


def test_how_many_is_answered_after_the_repetition_that_then_counts() -> None:
    talk = Conversation().goes_on_until(counting(4)).wait(5).says("how many left")
    assert talk.earcons() == [Earcon.HEARD]
    assert talk.until(counting(5)).heard("Four done. Six to go.")
    last = Conversation().goes_on_until(counting(10)).says("how many left").until("check")
    assert last.heard("Ten done. Zero to go. Better, same, or worse?")


def test_what_was_asked_three_times_is_said_once() -> None:
    talk = Conversation().goes_on_until(counting(3)).says("slower")
    talk.says("slower").says("slower").until(counting(4))
    assert [line.text for line in talk.lines(since=0)].count("Slower.") == 1


# A pause


def test_a_pause_keeps_the_place_and_the_repetition_is_done_again_and_not_counted() -> None:
    talk = Conversation().goes_on_until(counting(4)).wait(5).says("pause")
    assert talk.heard("Paused. Come back to the start position if you need to. Say resume when you'd like to go on.")
    assert talk.wait(59.9).said.count("Still resting.") == 0
    assert talk.wait(0.2).heard("Still resting. Say resume, or stop.")
    talk.wait(60)
    assert talk.said.count("Still resting.") == 2
    talk.says("resume")
    assert talk.heard("Here we go. Let's do number four again.")
    assert talk.state.facts.progress.repetitions == 3
    (resumed,) = [record for record in talk.records if isinstance(record, Resumed)]
    assert seconds(resumed.length) == pytest.approx(120.1)
    talk.goes_on_until(Done)
    assert talk.state.facts.progress.repetitions == 10


def test_a_pause_that_nobody_ends_ends_after_five_minutes() -> None:
    talk = ARRIVE["paused"]()
    began = talk.now
    talk.until(lambda state: not isinstance(state, Paused))
    assert seconds(talk.now - began) == 300
    assert talk.heard("I didn't hear an answer, so let's leave it there.")
    assert talk.until(Done).outcome == "no_answer"


def test_talking_to_somebody_else_in_a_pause_is_answered_once() -> None:
    talk = ARRIVE["paused"]().wait(10)
    assert talk.says("brm").heard("Still resting.")
    assert talk.says("flom brm").said == ""
    assert talk.state.facts.speech.nomatch == 2


def test_wait_in_a_pause_gives_the_full_time_again() -> None:
    talk = ARRIVE["paused"]().wait(250).says("wait")
    assert talk.heard("Still resting.")
    assert isinstance(talk.wait(290).state, Paused)


@pytest.mark.parametrize("text", ["say that again", "what can I say"])
def test_repeat_and_help_do_the_repetition_again(text: str) -> None:
    talk = Conversation().goes_on_until(counting(4)).wait(5).says(text)
    assert talk.heard("Come back to where you started.")
    assert talk.heard("Let's do number four again.")
    assert talk.counts() == []
    talk.until(counting(4))


def test_what_is_said_in_distress_stops_the_count_and_asks(subtests: pytest.Subtests) -> None:
    for text in ["help", "help me", "no no", "don't", "please", "I can't", "whoa"]:
        with subtests.test(text=text):
            talk = Conversation().goes_on_until(counting(4)).wait(5).says(text)
            assert (talk.question, talk.counts()) == ("go_on", [])


@pytest.mark.parametrize("text", ["oh god", "fuck", "something snapped"])
def test_swearing_and_a_snap_are_a_cry(text: str) -> None:
    talk = Conversation().goes_on_until(counting(4)).wait(5).says(text)
    assert (talk.question, talk.counts()) == ("after_cry", [])


def test_no_more_than_ten_whatever_is_said() -> None:
    talk = (
        Conversation().goes_on_until(counting(10)).wait(3).says("one more time").until(counting(10)).says("start over")
    )
    talk.goes_on_until(Done)
    assert talk.state.facts.progress.repetitions == EXERCISE.repetition.count == 10
    assert max(record.number for record in talk.records if isinstance(record, RepetitionDone)) == 10
