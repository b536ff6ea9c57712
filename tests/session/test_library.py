"""Every exercise that ships is performed: sets, each side in turn, both sides in one, long holds, timed positions."""

from collections import Counter
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.session.arrivals import TAUGHT
from voice_coach.actions import Play
from voice_coach.clinical.past import Past
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.model import Exercise
from voice_coach.exercise.plan import place, total
from voice_coach.exercise.prompts import all_lines
from voice_coach.files.resources import folders
from voice_coach.records import Ended, RepetitionDone
from voice_coach.session.states import Between, Done, Instructing, Performing
from voice_coach.testing import WRITING, Conversation, at_step, counting
from voice_coach.timebase import RATE, Samples, samples, seconds

IDS = sorted(path.stem for path in (folders("exercises")[0] / "en").glob("*.toml"))
KNEE, ROLLS, PRONE = (load_exercise(name) for name in ("knee_to_chest_single", "knee_rolls", "prone_lying"))
BRIDGE = load_exercise("bridge")


def with_sets(exercise: Exercise, sets: int, **changes: object) -> Exercise:
    """Return the exercise done so many times over, with 20 s in between."""
    repetition = msgspec.structs.replace(exercise.repetition, sets=sets, set_rest=20)
    return msgspec.structs.replace(exercise, repetition=repetition, **changes)


THREE = with_sets(BRIDGE, 3)


def story(talk: Conversation) -> list[str]:
    """Return all that was said, in order."""
    return [line.text for line in talk.lines(since=0)]


def calls(talk: Conversation) -> list[tuple[Samples, str]]:
    """Return the calls of the repetition under way, from its start."""
    assert isinstance(talk.state, Performing)
    return [(at, line.text) for at, line in talk.state.timetable.calls]


def numbers(talk: Conversation) -> list[int]:
    """Return the repetitions that stand in the log."""
    return [record.number for record in talk.records if isinstance(record, RepetitionDone)]


# Each of them


def test_each_exercise_is_done_to_its_end_on_each_side(subtests: pytest.Subtests) -> None:
    for side in ["left", "right"]:
        for name in IDS:
            with subtests.test(side=side, name=name):
                exercise = load_exercise(name)
                talk = Conversation(exercise=exercise).goes_on_until(Done, side=f"{side} side")
                assert talk.outcome == "completed"
                assert numbers(talk) == list(range(1, total(exercise) + 1))
                known = set(all_lines(exercise))
                unknown = [
                    line for line in talk.lines(since=0) if line not in known and not line.cue.startswith("summary.")
                ]
                assert unknown == []
                assert set(exercise.cautions) <= {line.replace(side, "{side}") for line in story(talk)} | set(
                    story(talk)
                )


def test_each_exercise_can_be_stopped_and_tells_how_to_let_go(subtests: pytest.Subtests) -> None:
    for name in IDS:
        for word in ["stop", "it's worse"]:
            with subtests.test(name=name, word=word):
                exercise = load_exercise(name)
                talk = Conversation(exercise=exercise).goes_on_until(counting(1)).wait(2).says(word)
                assert talk.counts() == []
                assert talk.heard(exercise.rest[0].format(bottom="left", side="left"))


def test_each_exercise_leaves_the_letting_go_out_at_its_first_step(subtests: pytest.Subtests) -> None:
    for name in IDS:
        with subtests.test(name=name):
            exercise = load_exercise(name)
            talk = Conversation(exercise=exercise).goes_on_until(at_step(exercise.steps[0].id)).says("stop")
            first, *others = (text.format(bottom="left", side="left") for text in exercise.rest)
            assert talk.heard(first) == (exercise.let_go_from is None)
            assert all(talk.heard(text) for text in others)


def test_help_while_counting_has_the_words_of_the_exercise(subtests: pytest.Subtests) -> None:
    for name in IDS:
        with subtests.test(name=name):
            exercise = load_exercise(name)
            talk = Conversation(exercise=exercise).goes_on_until(counting(1)).wait(2).says("what can I say")
            assert exercise.repetition.help
            assert talk.heard(exercise.repetition.help[0].format(side="left"))
            assert talk.heard("You can say stop, pause, or slower.")


def test_an_exercise_without_words_of_its_own_for_help_has_general_ones() -> None:
    bare = load_exercise(Path(__file__).parents[1] / "virtual_card" / "short.toml")
    talk = Conversation(exercise=bare).goes_on_until(counting(1)).wait(2).says("what can I say")
    assert talk.heard("Move when I tell you. Hold while I count, then come back. You can say stop, pause, or slower.")


def test_what_to_take_care_of_is_said_once_behind_the_introduction() -> None:
    texts = story(Conversation(exercise=BRIDGE).goes_on_until(Done))
    (at,) = [n for n, text in enumerate(texts) if text == BRIDGE.cautions[0]]
    assert texts[at - 1 : at + 3] == [BRIDGE.intro[-1], *BRIDGE.cautions, BRIDGE.steps[0].say[0]]


# Only for those who were taught


def test_who_was_taught_it_is_asked_before_anything_else_and_goes_on() -> None:
    talk = Conversation(exercise=TAUGHT)
    assert talk.question == "taught"
    assert talk.answers("yes").question == "side"
    assert talk.answer_to("taught") == "yes"


@pytest.mark.parametrize("words", ["no", "I don't think so"])
def test_who_was_not_taught_it_is_told_whom_to_ask(words: str) -> None:
    talk = Conversation(exercise=TAUGHT).answers(words)
    assert talk.heard("This one's only for people who've been shown how. Please ask your physio to teach you.")
    assert talk.until(Done).outcome == "cannot_start"


def test_a_doubtful_yes_does_not_count_as_taught() -> None:
    assert Conversation(exercise=TAUGHT).until_next().means("yes", ask=True).question == "taught"


# Each side in turn


def test_all_on_the_left_then_all_on_the_right_and_counted_anew() -> None:
    talk = Conversation(exercise=KNEE).goes_on_until(Done)
    texts = story(talk)
    change = texts.index("And the same on your right side.")
    words = "one two three four five six seven eight nine ten".split()
    for half in (texts[:change], texts[change:]):
        assert [text for text in half if text.startswith("Number ")] == [f"Number {word}." for word in words]
    assert "Lift your left knee, and hold it with both hands." in texts[:change]
    assert "Lift your right knee, and hold it with both hands." in texts[change:]
    assert not any("right" in text for text in texts[:change] if "left or right" not in text)
    assert not any("left" in text for text in texts[change:])


def test_on_the_other_side_only_what_differs_is_instructed_and_each_waits_for_ready() -> None:
    talk = Conversation(exercise=KNEE).goes_on_until(
        lambda state: state.facts.progress.repetitions == 10 and isinstance(state, Instructing)
    )
    assert talk.heard("And the same on your right side. Lift your right knee, and hold it with both hands.")
    assert isinstance(talk.wait(25).state, Instructing)
    assert talk.says("ready").heard("Slowly pull the right knee to your chest.")
    assert talk.answers("ready").until(counting(11)).state.facts.plan.side == "right"


def test_checks_come_on_each_side() -> None:
    talk = Conversation(exercise=KNEE).goes_on_until(Done)
    assert Counter(story(talk))["Better, same, or worse?"] == 6


def test_what_was_broken_off_on_the_second_side_is_done_again_there() -> None:
    talk = Conversation(exercise=KNEE).goes_on_until(counting(14)).wait(3).says("pause").says("resume")
    assert talk.heard("Let's do number four again.")
    assert talk.until(counting(14)).state.facts.plan.side == "right"


def test_a_stop_after_the_first_side_leads_back_to_the_second() -> None:
    ninth = (
        Conversation(exercise=KNEE).goes_on_until("check").answers("better").goes_on_until(counting(10)).until("check")
    )
    talk = ninth.says("stop").answers("yes").answers("better")
    assert talk.heard("And the same on your right side.")


# Both sides in one


def test_both_sides_come_in_each_repetition_and_each_call_has_its_sample() -> None:
    talk = Conversation(exercise=ROLLS).goes_on_until(counting(1))
    assert calls(talk) == [
        (0, "Number one."),
        (samples(1.3), "Both knees to the left."),
        (samples(3.5), "Hold,"),
        (samples(4.3), "one,"),
        (samples(5.3), "two."),
        (samples(6.3), "Back to the middle."),
        (samples(9.3), "Both knees to the right."),
        (samples(11.5), "Hold,"),
        (samples(12.3), "one,"),
        (samples(13.3), "two."),
        (samples(14.3), "Back to the middle."),
        (samples(17.3), "Rest."),
    ]
    assert talk.state.facts.plan.side is None


# Sets


def test_a_set_is_followed_by_a_rest_of_its_length_and_the_number_of_the_next() -> None:
    talk = Conversation(exercise=THREE).goes_on_until(
        lambda state: isinstance(state, Between) and bool(state.rested_at)
    )
    assert talk.heard("Well done. Have a rest for twenty seconds. Say ready if you'd like to go on sooner.")
    began = talk.now
    talk.until(lambda state: isinstance(state, Between) and not state.rested_at)
    assert talk.now - began == 20 * RATE
    assert talk.heard("Set two.")
    assert talk.until(counting(6)).heard("Set two. Number one.")


def test_three_sets_and_no_more() -> None:
    talk = Conversation(exercise=THREE).goes_on_until(Done)
    assert numbers(talk) == list(range(1, 16))
    texts = story(talk)
    assert [text for text in texts if text.startswith(("Set ", "Have a rest for"))] == [
        *("Have a rest for twenty seconds.", "Set two.", "Have a rest for twenty seconds.", "Set three.")
    ]
    assert any("That's fifteen done." in text for text in texts)


@pytest.mark.parametrize("wait", [0.5, 12])
def test_ready_ends_the_rest(wait: float) -> None:
    talk = Conversation(exercise=THREE).goes_on_until(lambda state: isinstance(state, Between) and bool(state.rest))
    talk.wait(wait).says("ready")
    assert talk.heard("Set two.")
    assert talk.now + samples(6) > talk.until(counting(6)).now - samples(2)


@pytest.mark.parametrize("word", ["louder", "how many left", "what can I say", "say that again"])
def test_a_wish_in_the_rest_takes_nothing_from_it(word: str) -> None:
    talk = Conversation(exercise=THREE).goes_on_until(
        lambda state: isinstance(state, Between) and bool(state.rested_at)
    )
    over = talk.state.wake_at
    talk.wait(4).says(word)
    talk.until(lambda state: isinstance(state, Between) and state.number == 6 and not (state.rest or state.rested_at))
    assert over is not None
    assert over <= talk.now <= over + samples(12)


def test_after_a_pause_in_the_rest_it_goes_on_at_once() -> None:
    talk = Conversation(exercise=THREE).goes_on_until(
        lambda state: isinstance(state, Between) and bool(state.rested_at)
    )
    talk.wait(4).says("pause").wait(30).says("resume")
    assert talk.until(counting(6)).state.facts.progress.repetitions == 5


def test_a_wish_that_cuts_off_the_words_of_the_rest_has_them_said_again() -> None:
    talk = Conversation(exercise=THREE).goes_on_until(lambda state: isinstance(state, Between) and bool(state.rest))
    assert talk.says("louder").heard("Louder. Well done. Have a rest for twenty seconds.")


def test_a_writer_that_never_answers_delays_a_set_by_no_more_than_its_patience() -> None:
    talk = Conversation(exercise=THREE, writing=None).goes_on_until(counting(6))
    assert talk.state.facts.log.log_failed


def test_red_in_a_rest_ends_it() -> None:
    talk = Conversation(exercise=THREE).goes_on_until(
        lambda state: isinstance(state, Between) and bool(state.rested_at)
    )
    assert talk.wait(5).says("it's worse").heard("Stop. Put your hips down. Rest with your knees bent.")
    assert talk.goes_on_until(Done).outcome == "stopped"


# Timed positions


def test_a_position_of_a_minute_is_quiet_but_for_halfway_and_the_last_three() -> None:
    talk = Conversation(exercise=PRONE).goes_on_until(counting(1))
    assert calls(talk) == [
        (0, "Stay like this for one minute."),
        (samples(30), "Halfway."),
        (samples(57), "three,"),
        (samples(58), "two,"),
        (samples(59), "one."),
        (samples(60), "That's the time. Stay there and rest."),
    ]
    talk.says("slower").says("slower").until("check")
    (done,) = [record for record in talk.records if isinstance(record, RepetitionDone)]
    assert (done.number, done.tempo) == (1, 1.0)


def test_a_position_that_was_left_is_begun_again_from_the_whole_time() -> None:
    talk = Conversation(exercise=PRONE).goes_on_until(counting(1)).wait(40).says("pause").wait(5).says("resume")
    assert talk.heard("Here we go. Let's do that again.")
    assert calls(talk.until(counting(1)))[1] == (samples(30), "Halfway.")


# How often


def test_the_farewell_goes_by_the_dose_of_the_exercise(subtests: pytest.Subtests) -> None:
    for per_day, before, words in [
        (0, 0, "Your doctor or physio can tell you how often. Goodbye."),
        (1, 0, "Do this at least once a day while it helps. Goodbye."),
        (1, 1, "That's your second time today. Your doctor or physio can tell you how often. Goodbye."),
        (2, 0, "Do this at least two times a day while it helps. Goodbye."),
        (2, 1, "That's your second time today. Your doctor or physio can tell you how often. Goodbye."),
        (5, 1, "That's your second time today. Do this at least five times a day while it helps. Goodbye."),
    ]:
        with subtests.test(per_day=per_day, before=before, words=words):
            exercise = msgspec.structs.replace(BRIDGE, per_day=per_day)
            talk = Conversation(exercise=exercise, past=Past(completed_today=before)).goes_on_until(Done)
            assert words in " ".join(story(talk))
            assert {line for line in talk.lines(since=0) if line.cue.startswith("say.goodbye")} <= set(
                all_lines(exercise)
            )


def test_who_stands_is_not_told_to_rest_before_getting_up() -> None:
    wall = Conversation(exercise=load_exercise("side_glide_wall")).goes_on_until(Done)
    assert "Have a little rest before you get up." not in story(wall)
    assert "Have a little rest before you get up." in story(Conversation(exercise=BRIDGE).goes_on_until(Done))


# In any order

SOMETHING = st.sampled_from(
    ["ready", "pause", "resume", "stop", "yes", "no", "better", "same", "help", "repeat", "louder", "slower", "brm"]
)


@settings(max_examples=40)
@given(
    st.sampled_from([THREE, with_sets(KNEE, 2), with_sets(ROLLS, 2), PRONE]),
    st.lists(st.tuples(SOMETHING, st.floats(0, 40)), max_size=40),
)
def test_whatever_is_said_each_repetition_is_done_once_and_in_order(
    exercise: Exercise, said: list[tuple[str, float]]
) -> None:
    talk = Conversation(exercise=exercise).goes_on_until(counting(1))
    for text, after in said:
        if not isinstance(talk.state, Done):
            talk.wait(after)
        if not isinstance(talk.state, Done):
            talk.says(text)
    if not isinstance(talk.state, Done):
        talk.until(Done, minutes=90)
    done = numbers(talk)
    assert done == list(range(1, len(done) + 1))
    assert len(done) <= total(exercise)
    (ended,) = [record for record in talk.records if isinstance(record, Ended)]
    assert ended.repetitions == len(done)


@given(st.sampled_from([THREE, with_sets(KNEE, 3), KNEE, ROLLS]))
def test_the_places_go_through_every_side_of_every_set_without_a_gap(exercise: Exercise) -> None:
    places = [place(exercise, number) for number in range(1, total(exercise) + 1)]
    assert len(set(places)) == len(places)
    assert (places[0].set, places[0].number) == (1, 1)
    assert (places[-1].set, places[-1].number) == (exercise.repetition.sets, exercise.repetition.count)
    for one, two in pairwise(places):
        assert two.number in {one.number + 1, 1}
        assert two.set in {one.set, one.set + 1}


def test_nothing_is_lost_between_two_repetitions_of_a_set() -> None:
    talk = Conversation(exercise=BRIDGE).goes_on_until(counting(2))
    assert isinstance(talk.state, Performing)
    second, length = talk.state.started, talk.state.timetable.length
    assert seconds(length) == pytest.approx(1.3 + 3 + 5 + 3 + 2)
    assert talk.until(counting(3)).state.facts.progress.repetitions == 2
    plays = [action.at for _, action in talk.log if isinstance(action, Play)]
    assert second in plays
    assert talk.now >= second + length + WRITING
