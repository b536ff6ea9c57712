"""In the dialogue: how an exercise went x what its programme says to that. After a red sign nothing follows."""

from collections.abc import Callable

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.session.arrivals import EXERCISE, LOCKED, RED_WORDS, SCREENING
from voice_coach.clinical.past import Past
from voice_coach.exercise.load import load_exercise
from voice_coach.exercise.model import Exercise, Follow
from voice_coach.exercise.prompts import all_lines
from voice_coach.programme.model import ALWAYS_END, OUTCOMES
from voice_coach.records import Stopped
from voice_coach.session.states import Asking, Done, Ending, State
from voice_coach.testing import Conversation, at_step, counting

SHORT = msgspec.structs.replace(
    EXERCISE,
    steps=EXERCISE.steps[:1],
    repetition=msgspec.structs.replace(EXERCISE.repetition, count=2, checks_after=(1, 2), remarks={}),
)
TILT = load_exercise("pelvic_tilt")

Way = Callable[[Exercise], Conversation]


def within(exercise: Exercise = SHORT, *, asked: bool = False, without: str = "") -> Exercise:
    """Return an exercise behind which something follows however it went, also where no file may say so."""
    follows = {
        outcome: Follow(step=f"after_{outcome}", exercise="knee_rolls", name="rolling your knees", asked=asked)
        for outcome in OUTCOMES
        if outcome != without
    }
    return msgspec.structs.replace(exercise, follows=follows)


def is_asked(state: State) -> bool:
    """Tell whether it is being waited for an answer to what follows."""
    return isinstance(state, Asking) and state.question.name == "onward" and not state.token


def goes(talk: Conversation, **other: str) -> Conversation:
    """Go on as one with whom all goes well, until it is over or it is asked about what follows."""
    return talk.goes_on_until(lambda state: isinstance(state, Done) or is_asked(state), **other)


def checked(*texts: str, **other: str) -> Way:
    """Return the way on which this is answered after the last repetition, and that to other questions."""

    def way(exercise: Exercise) -> Conversation:
        talk = Conversation(exercise=exercise).goes_on_until(counting(2)).until("check")
        for text in texts:
            talk.answers(text)
        return goes(talk, **other)

    return way


def says(where: str | Callable[[State], bool], *texts: str) -> Way:
    """Return the way on which these are said one after another, the first as soon as it has come to a place."""

    def way(exercise: Exercise) -> Conversation:
        first, *others = texts
        talk = Conversation(exercise=exercise).goes_on_until(where).says(first)
        for text in others:
            talk.answers(text)
        return goes(talk)

    return way


def stands_in(exercise: Exercise) -> Conversation:
    """Do an easier one instead, and stay with it."""
    easier = msgspec.structs.replace(TILT, follows=exercise.follows)
    return goes(Conversation(exercise=easier, back_to=EXERCISE.id).goes_on_until("try_again").answers("no"))


CANNOT = "I can't lie on my side"
WENT: dict[str, tuple[str, Way]] = {
    "better": ("better", checked("better")),
    "moved up": ("better", checked("it moved up")),
    "the same": ("same", checked("the same")),
    "first better, then the same": ("same", lambda exercise: goes(Conversation(exercise=exercise), check="the same")),
    "doesn't know": ("unsure", checked("I don't know", "back", "six")),
    "doesn't know twice": ("unsure", checked("I don't know", "I don't know")),
    "better, but a higher number": ("unsure", checked("better", pain_after="eight")),
    "finish": ("stopped", says(counting(2), "finish")),
    "stop": ("stopped", says(counting(2), "stop", "no")),
    "stop at the last question": ("stopped", says("check", "better", "stop", "no")),
    "can't, and no easier one": ("cannot", says(at_step("lie"), CANNOT, "no", "no", "no")),
    "an easier one instead": ("cannot", stands_in),
}
"""How it can go, as the rules name it."""


def test_what_its_rule_names_is_told_and_follows(subtests: pytest.Subtests) -> None:
    for outcome, way in WENT.values():
        with subtests.test(outcome=outcome, way=way):
            talk = way(within())
            assert isinstance(talk.state, Done)
            assert (talk.state.facts.plan.then, talk.state.facts.plan.onward) == ("knee_rolls", f"after_{outcome}")
            said = " ".join(line.text for line in talk.lines(since=0))
            assert said.endswith("Here's the next one. Rolling your knees.")


def test_without_a_rule_for_it_nothing_follows_and_it_ends_as_ever(subtests: pytest.Subtests) -> None:
    for outcome, way in WENT.values():
        with subtests.test(outcome=outcome, way=way):
            talk = way(within(without=outcome))
            assert (talk.state.facts.plan.then, talk.state.facts.plan.onward) == ("", "")
            assert talk.lines(since=0)[-1].text == "Goodbye."


@pytest.mark.parametrize(
    ("answer", "follows"), [("yes", True), ("no", False), ("finish", False), ("stop", False), ("", False)]
)
@pytest.mark.parametrize(("outcome", "way"), WENT.values(), ids=WENT)
def test_where_it_is_asked_only_yes_leads_on(outcome: str, way: Way, answer: str, *, follows: bool) -> None:
    talk = way(within(asked=True))
    assert is_asked(talk.state)
    if answer:
        talk.says(answer)
    talk.until(Done)
    assert talk.state.facts.plan.onward == (f"after_{outcome}" if follows else "")


PLACES: dict[str, Way] = {
    "in a repetition": lambda exercise: Conversation(exercise=exercise).goes_on_until(counting(2)),
    "at the check": lambda exercise: Conversation(exercise=exercise).goes_on_until("check"),
    "at the number": lambda exercise: Conversation(exercise=exercise).goes_on_until("pain_after"),
    "at the place": lambda exercise: Conversation(exercise=exercise).goes_on_until("furthest_after"),
    "at what follows": lambda exercise: Conversation(exercise=exercise).goes_on_until("onward"),
}


def at_ending(exercise: Exercise) -> Conversation:
    """Come to where the following one is being named."""
    return Conversation(exercise=exercise).goes_on_until(Ending)


def test_after_a_red_sign_nothing_follows(subtests: pytest.Subtests) -> None:
    for place, come in PLACES.items():
        for red in RED_WORDS.values():
            with subtests.test(place=place, red=red):
                talk = come(within(asked=True)).says(red)
                talk.goes_on_until(Done, after_cry="better", go_on="yes")
                assert (talk.state.facts.plan.then, talk.state.facts.plan.onward) == ("", "")


def test_a_red_sign_or_stop_while_the_following_one_is_named_takes_it_back(subtests: pytest.Subtests) -> None:
    for word in [*RED_WORDS.values(), "stop", "finish"]:
        with subtests.test(word=word):
            talk = at_ending(within())
            assert talk.state.facts.plan.onward == "after_better"
            talk.says(word).until(Done)
            assert (talk.state.facts.plan.then, talk.state.facts.plan.onward) == ("", "")


def test_ctrl_c_takes_it_back_too() -> None:
    assert at_ending(within()).is_interrupted().state.facts.plan.then == ""


def test_an_easier_one_that_was_agreed_to_does_not_begin_after_a_red_sign_either() -> None:
    talk = Conversation().goes_on_until(at_step("lie")).says(CANNOT).answers("yes")
    assert talk.state.facts.plan.then == "prone_lying"
    assert talk.says("it's worse").until(Done).state.facts.plan.then == ""


ENDED: dict[str, Way] = {
    "a cry that was settled": says(counting(1), "ow", "better", "yes"),
    "no answer to how it is": lambda exercise: Conversation(exercise=exercise).goes_on_until("check").until(Done),
    "lower than before": checked("better", furthest_after="foot", moved_lower="yes"),
    "lower, and no answer": lambda exercise: (
        Conversation(exercise=exercise).goes_on_until("moved_lower", furthest_after="foot").until(Done)
    ),
    "finish at the last questions": says("pain_after", "finish"),
    "stop twice": says(counting(2), "stop", "stop"),
    "a lock that stays": lambda exercise: goes(Conversation(exercise=exercise, past=LOCKED), cleared="no"),
    "a red flag": lambda exercise: goes(
        Conversation(exercise=exercise, past=SCREENING, first_run=True), screen_1="yes"
    ),
    "not taught": lambda exercise: goes(
        Conversation(exercise=msgspec.structs.replace(exercise, taught=True)), taught="no"
    ),
    "two weeks": lambda exercise: goes(Conversation(exercise=exercise, past=Past(two_weeks=True)), two_weeks="no"),
    "not understood": lambda exercise: goes(Conversation(exercise=exercise, first_run=True), acknowledge="no"),
    "no answer to an easier one": lambda exercise: (
        Conversation(exercise=exercise).goes_on_until(at_step("lie")).says(CANNOT).until(Done)
    ),
    "silence at the first instruction": lambda exercise: (
        Conversation(exercise=exercise).goes_on_until(at_step("lie")).until(Done)
    ),
}
"""How a programme ends, whatever it says."""


def test_it_ends_whatever_the_programme_says(subtests: pytest.Subtests) -> None:
    for way in ENDED.values():
        with subtests.test(way=way):
            talk = way(within())
            assert isinstance(talk.state, Done)
            assert (talk.state.facts.plan.then, talk.state.facts.plan.onward) == ("", "")


def test_it_is_named_at_the_end_without_a_farewell_and_the_next_greets_in_short() -> None:
    talk = checked("better")(within())
    said = [line.text for line in talk.lines(since=0)]
    assert "Goodbye." not in said
    assert "Have a little rest before you get up." not in said
    after = Conversation(exercise=msgspec.structs.replace(within(), continues=True))
    assert after.said.startswith("Say stop at any time; if it gets worse or moves down your leg, we stop.")


@pytest.mark.parametrize("asked", [True, False])
def test_all_that_is_said_was_rendered_beforehand(*, asked: bool) -> None:
    exercise = within(asked=asked)
    talk = goes(Conversation(exercise=exercise)).goes_on_until(Done)
    unknown = [line for line in talk.lines(since=0) if line not in all_lines(exercise)]
    assert [line.cue for line in unknown if not line.cue.startswith("summary.")] == []


def test_the_answer_stands_in_the_log() -> None:
    for answer, value in (("yes", "knee_rolls"), ("no", "no")):
        assert checked("better")(within(asked=True)).answers(answer).answer_to("onward") == value


def test_a_doubtful_yes_leads_nowhere() -> None:
    talk = checked("better")(within(asked=True)).means("yes", ask=True)
    assert talk.question == "onward"
    assert talk.until(Done).state.facts.plan.onward == ""


WORDS = "yes|no|better|the same|I don't know|stop|finish|resume|ready|pause|three|back|brm|louder|say that again"
SAID = st.sampled_from([*WORDS.split("|"), CANNOT, *RED_WORDS.values()])
SAID_AFTER = st.lists(st.tuples(SAID, st.floats(0, 20)), max_size=12)


def wanders(talk: Conversation, said: list[tuple[str, float]]) -> Conversation:
    """Say anything at any time, and then go on as one with whom all goes well until it is over."""
    for text, after in said:
        if not isinstance(talk.state, Done):
            talk.wait(after)
        if not isinstance(talk.state, Done):
            talk.says(text)
    return talk if isinstance(talk.state, Done) else talk.until(Done, minutes=90)


@given(st.sampled_from(sorted(PLACES)), st.sampled_from(sorted(RED_WORDS.values())), SAID_AFTER)
def test_whatever_is_said_after_a_red_sign_nothing_follows(place: str, red: str, said: list[tuple[str, float]]) -> None:
    facts = wanders(PLACES[place](within(asked=True)).says(red), said).state.facts
    easier = (
        facts.plan.exercise.alternatives if red == "ow" else ()
    )  # a cry alone: who can't lie there is offered those (R17)
    assert facts.plan.onward == ""
    assert facts.plan.then in {"", *easier}


@given(st.sampled_from(sorted(PLACES)), st.booleans(), SAID_AFTER)
def test_whatever_is_said_what_follows_is_what_a_rule_of_a_good_end_names(
    place: str,
    asked: bool,
    said: list[tuple[str, float]],
) -> None:
    if place == "at what follows":
        asked = True
    talk = wanders(PLACES[place](within(asked=asked)), said)
    facts = talk.state.facts
    if not facts.plan.onward:
        return
    assert facts.plan.onward.removeprefix("after_") in {*OUTCOMES} - {*ALWAYS_END}
    assert (facts.findings.alarmed, facts.findings.red) == (False, None)
    assert not [record for record in talk.records if isinstance(record, Stopped) and record.red]
    assert not asked or talk.answer_to("onward") == "knee_rolls"
