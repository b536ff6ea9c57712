"""The set-up: paced by "ready", never by the clock; gentle reminders; easier ways (V2, V5, R17, R22, D1)."""

import pytest

from tests.session.arrivals import ARRIVE, EXERCISE
from voice_coach.actions import Earcon
from voice_coach.events import Event
from voice_coach.exercise import timetable
from voice_coach.records import Adjusted, Stopped
from voice_coach.session.instructions import NUDGES
from voice_coach.session.states import Asking, Done, Ending, Instructing, Paused
from voice_coach.testing import Conversation, at_step, counting
from voice_coach.timebase import seconds


def said_and_waiting(identifier: str) -> Conversation:
    """Return a talk in which this instruction has just been said to its end."""
    return Conversation().goes_on_until(at_step(identifier)).until(lambda s: isinstance(s, Instructing) and not s.token)


def test_each_instruction_waits_for_ready() -> None:
    talk = Conversation().goes_on_until(at_step("straight"))
    for step in EXERCISE.steps[1:]:
        assert talk.heard(timetable.step_lines(EXERCISE, step, "left")[0].text)
        talk.wait(11)
        assert at_step(step.id)(talk.state)
        talk.says("ready")
    talk.until(counting(1))


def test_silence_is_answered_at_exactly_these_times_and_never_by_going_on() -> None:
    talk = said_and_waiting("bend")
    assert isinstance(talk.state, Instructing)
    said, heard = talk.state.since, []
    while isinstance(talk.state, Instructing):
        mark = len(talk.log)
        woke: Event = talk.due()
        talk.until_next()
        if len(talk.log) > mark and not isinstance(talk.state, Paused):
            what = talk.lines(since=mark)[0].text if talk.lines(since=mark) else "tick"
            heard.append((seconds(woke.at - said), what))
    assert heard == [
        (12, "tick"),
        (20, "Take your time."),
        (30, "Slowly bend your right knee, the upper one."),
        (90, "tick"),
        (150, "tick"),
        (210, "tick"),
        (270, "tick"),
    ]
    assert seconds(talk.now - said) == 300
    assert isinstance(talk.state, Paused)


def test_the_last_reminder_pauses_and_the_pause_ends_the_session_and_saves_it() -> None:
    assert NUDGES[-1][1] == "pause"
    talk = said_and_waiting("bend").until(Paused)
    talk.says("resume")
    assert talk.heard("Here we go. Slowly bend your right knee")
    talk.until(Done)
    assert talk.outcome == "no_answer"


def test_ready_while_the_coach_still_speaks_goes_on_at_once() -> None:
    talk = Conversation().goes_on_until(at_step("bend")).wait(0.3).says("ready")
    assert at_step("hook")(talk.state)


@pytest.mark.parametrize("text", ["ready", "next", "done", "yes", "got it", "continue", "okay next", "I'm there"])
def test_what_people_say_for_ready(text: str) -> None:
    assert at_step("hook")(said_and_waiting("bend").says(text).state)


@pytest.mark.parametrize("text", ["not ready", "not yet", "wait a minute"])
def test_not_ready_is_a_rest(text: str) -> None:
    assert isinstance(said_and_waiting("bend").says(text).state, Paused)


def test_misunderstanding_is_answered_twice_and_then_only_heard() -> None:
    talk = said_and_waiting("bend")
    assert talk.says("brm").heard("Sorry?")
    assert talk.wait(2).says("brm").heard("You can say ready, repeat, or help.")
    assert talk.wait(4).says("brm").said == ""
    assert talk.state.facts.speech.nomatch == 3


def test_help_says_the_instruction_in_other_words_and_waits_anew() -> None:
    talk = said_and_waiting("hook").wait(25).says("help")
    assert talk.heard("Put your right foot behind your left knee. A bit lower is fine too. Then say ready.")
    talk.wait(15)
    assert talk.earcons() == []
    assert talk.wait(10).earcons() == [Earcon.TICK]


def test_back_and_over_again() -> None:
    assert at_step("bend")(said_and_waiting("hook").says("go back").state)
    assert at_step("lie")(said_and_waiting("hook").says("start over").state)
    assert at_step("lie")(said_and_waiting("lie").says("go back").state)


# What can't be done


def test_who_cannot_reach_rests_the_hand_on_the_head_and_keeps_it_there() -> None:
    talk = said_and_waiting("reach").says("I can't reach")
    assert talk.heard("Then rest your right hand on the side of your head. That's fine.")
    (adjusted,) = [record for record in talk.records if isinstance(record, Adjusted)]
    assert (adjusted.what, adjusted.value, adjusted.reason) == ("variant", "hand_on_head", "cant_reach")
    assert talk.wait(20).says("say that again").heard("Then rest your right hand on the side of your head.")
    talk.until(lambda s: isinstance(s, Instructing) and not s.token).wait(31)
    assert not talk.heard("shoulder blade")
    assert talk.says("start over").goes_on_until(at_step("reach")).heard("side of your head")
    assert talk.says("I can't reach").goes_on_until(Done).outcome == "completed"
    assert sum(isinstance(record, Adjusted) for record in talk.records) == 1


@pytest.mark.parametrize("where", ["how", "counting"])
def test_cannot_reach_later_is_the_same(where: str) -> None:
    talk = said_and_waiting("how") if where == "how" else Conversation().goes_on_until(counting(2))
    talk.says("my shoulder hurts")
    assert talk.state.facts.plan.variant == "hand_on_head"
    assert talk.goes_on_until(counting(3)).state.facts.plan.variant == "hand_on_head"


def test_cannot_reach_before_the_arm_is_spoken_of_means_the_knee() -> None:
    talk = said_and_waiting("grasp").says("I can't reach")
    assert talk.heard("Just do the best you can. Then say ready.")
    assert talk.state.facts.plan.variant == ""
    assert talk.says("pause").says("I can't reach").state.facts.plan.variant == ""


def test_cannot_hold_the_knee_does_the_best_there_is() -> None:
    assert said_and_waiting("grasp").says("I can't hold my knee").heard("Hold wherever you can reach.")
    talk = Conversation().goes_on_until(counting(2)).says("my foot keeps slipping")
    assert not talk.heard("Then say ready")
    assert talk.until(counting(3)).heard("Just do the best you can.")


@pytest.mark.parametrize("state", ["first instruction", "last instruction", "number four", "paused", "after_cry"])
def test_who_cannot_lie_on_the_side_hears_of_easier_ones_and_it_ends_kindly(state: str) -> None:
    talk = ARRIVE[state]().means("cant_side", text="I can't lie on my side")
    let_go = "" if state == "first instruction" else "Let go of your knee. "
    assert talk.heard(f"Let's leave that one for today. {let_go}Come back to where it's most comfortable, and rest.")
    assert talk.heard("I have some easier ones. Lying on your front. Shall we try that one?")
    talk.answers("no").answers("no").answers("no")
    assert isinstance(talk.state, Ending)
    assert any(isinstance(record, Stopped) and record.intent == "cant_side" for record in talk.records)
    assert talk.until(Done).outcome == ("cannot_start" if "instruction" in state else "finished_early")


@pytest.mark.parametrize("said", ["stop", "ow", "I can't lie on my side", "finish"])
def test_who_holds_nothing_yet_is_not_told_to_let_go(said: str) -> None:
    for step in ("lie", "hook"):
        talk = said_and_waiting(step).says(said)
        assert talk.heard("Come back to where it's most comfortable, and rest.")
        assert not talk.heard("Let go of your knee.")
    assert said_and_waiting("grasp").says(said).heard("Let go of your knee. Come back to where it's most comfortable")


def test_who_has_held_something_is_told_to_let_go_at_an_earlier_step_too() -> None:
    assert said_and_waiting("grasp").says("go back").says("stop").heard("Stopped. Let go of your knee.")


# One file, two sides


@pytest.mark.parametrize(("lower", "upper"), [("left", "right"), ("right", "left")])
def test_the_sides_are_those_of_the_table(lower: str, upper: str) -> None:
    talk = Conversation().goes_on_until(at_step("lie"), side=f"{lower} side")
    assert talk.heard(f"Lie on your {lower} side.")
    for expected in (
        f"Keep your {lower} leg, the lower one, straight.",
        f"Slowly bend your {upper} knee, the upper one.",
        f"Hook your {upper} foot behind your {lower} knee.",
        f"Hold your {upper} knee with your {lower} hand.",
        f"Reach your {upper} arm up in the air. Bring that hand behind your head, down to your {upper} shoulder blade.",
        f"Slowly roll your chest back, toward the {upper} side. Go only to a mild stretch in your low back.",
    ):
        where = talk.state.index if isinstance(talk.state, Instructing) else 0
        talk.goes_on_until(lambda s, n=where: isinstance(s, Instructing) and s.index == n + 1)  # type: ignore[misc]
        assert talk.heard(expected)


def test_the_order_is_straight_bend_hook_grasp_arm() -> None:
    assert [step.id for step in EXERCISE.steps] == ["lie", "straight", "bend", "hook", "grasp", "reach", "how"]


def test_a_question_is_open_only_once_the_person_lies_there() -> None:
    talk = (
        Conversation()
        .goes_on_until(at_step("lie"))
        .until(lambda s: isinstance(s, Instructing) and not s.token)
        .says("ready")
    )
    assert isinstance(talk.state, Asking)
    assert talk.heard("Can you hear me clearly?")


@pytest.mark.parametrize(
    ("text", "answer"),
    [("how many left", "Ten to go."), ("how many more", "Ten to go."), ("slower", "Slower."), ("faster", "Faster.")],
)
def test_how_many_left_and_slower_are_answered_without_the_whole_step_again(text: str, answer: str) -> None:
    talk = said_and_waiting("bend").wait(5)
    before = talk.state
    talk.says(text)
    assert talk.said == answer
    assert isinstance(before, Instructing)
    assert isinstance(talk.state, Instructing)
    assert (talk.state.index, talk.state.since, talk.state.wake_at) == (before.index, before.since, before.wake_at)
    assert at_step(EXERCISE.steps[before.index + 1].id)(talk.wait(3).says("ready").state)


def test_how_many_left_over_the_instruction_says_the_rest_of_it_too() -> None:
    talk = Conversation().goes_on_until(at_step("bend")).wait(0.5).says("how many left")
    assert talk.said.startswith("Ten to go. Slowly bend your right knee")
