"""What is derived from places and numbers, where people do not say "it moved down" (R9, R10; clinical rules 2b)."""

import itertools

import pytest

from tests.session.arrivals import ARRIVE
from tests.session.life import Life
from voice_coach.clinical.body_regions import PLACES, rank
from voice_coach.records import Answered, Stopped
from voice_coach.session.states import Asking, Done, Settling
from voice_coach.testing import Conversation, counting

SAID = {"back": "back", "buttock": "buttock", "thigh": "thigh", "calf": "calf", "foot": "foot", "none": "no pain"}


def test_lower_than_before_is_asked_about_and_nothing_else_is(subtests: pytest.Subtests) -> None:
    for before, after in list(itertools.product(SAID, SAID)):
        with subtests.test(before=before, after=after):
            talk = Conversation().goes_on_until("furthest_after", furthest_before=SAID[before]).answers(SAID[after])
            lower = PLACES.index(after) > PLACES.index(before)
            assert (talk.question == "moved_lower") == lower
            assert talk.answer_to("furthest_after") == after


def test_yes_it_is_lower_is_red_and_locks() -> None:
    talk = ARRIVE["moved_lower"]().answers("yes")
    assert talk.heard("Stop.")
    assert talk.heard(
        "Please talk to your doctor or physio before you do this again. "
        "You did well to tell me. I'll ask again in five minutes."
    )
    assert isinstance(talk.state, Settling)
    assert talk.state.facts.findings.red == ("peripheralised", 10)
    life = Life()
    life.lives(talk.until(Done))
    lock = life.past().lock
    assert lock is not None
    assert lock.reason == "peripheralised"


def test_no_it_was_misheard_ends_well() -> None:
    talk = ARRIVE["moved_lower"]().answers("no").until(Done)
    assert talk.outcome == "completed"
    life = Life()
    life.lives(talk)
    assert life.past().lock is None


@pytest.mark.parametrize("text", ["", "stop", "finish"])
def test_left_open_it_counts_as_lower(text: str) -> None:
    talk = ARRIVE["moved_lower"]()
    if text:
        talk.answers(text)
    talk.until(Done)
    (stopped,) = [record for record in talk.records if isinstance(record, Stopped)]
    assert (stopped.intent, stopped.by, stopped.red) == ("peripheralised", "timeout", True)


@pytest.mark.parametrize("records", range(3))
def test_a_crash_at_the_question_leaves_it_locked(records: int) -> None:
    talk = ARRIVE["moved_lower"]()
    life = Life()
    lasting = len(talk.records) - 2 + records  # the place not on disk yet, just on disk, ...
    life.lives(talk.is_interrupted(), records=lasting)
    placed = any(isinstance(r, Answered) and r.question == "furthest_after" for r in talk.records[:lasting])
    assert (life.past().lock is not None) == placed


def test_higher_but_sorer_is_told_to_the_physio() -> None:
    talk = Conversation().goes_on_until("furthest_after", pain_after="eight").answers("back")
    assert talk.heard("It's moved up, but it hurts more. Please tell your physio.")
    assert not Conversation().goes_on_until("furthest_after").answers("back").heard("tell your physio")


def test_who_does_not_know_how_it_is_is_asked_for_the_place_and_the_number() -> None:
    talk = ARRIVE["unsure_place"]()
    assert talk.heard("Where do you feel it now?")
    talk = talk.answers("thigh")
    assert talk.question == "unsure_pain"
    talk = talk.answers("six")
    assert talk.heard("The same, then.")
    talk.goes_on_until(Done)
    assert (talk.answer_to("unsure_place"), talk.answer_to("unsure_pain")) == ("thigh", 6.0)


def test_a_place_further_down_is_asked_about_first() -> None:
    talk = ARRIVE["unsure_place"]().answers("foot")
    assert talk.question == "moved_lower"
    red = ARRIVE["unsure_place"]().answers("foot").answers("yes")
    assert red.state.facts.findings.red == ("peripheralised", 1)
    assert talk.answers("no").question == "unsure_pain"


def test_a_higher_number_is_asked_about() -> None:
    talk = ARRIVE["doubt_more"]()
    assert talk.heard("Is that worse than before?")
    assert ARRIVE["doubt_more"]().answers("yes").state.facts.findings.red == ("worse", 1)
    assert ARRIVE["doubt_more"]().answers("no").heard("The same, then.")
    assert ARRIVE["doubt_more"]().until(lambda state: state.facts.findings.red is not None).counts() == []


@pytest.mark.parametrize("state", ["unsure_place", "unsure_pain"])
def test_still_unsure_ends_the_set(state: str) -> None:
    talk = ARRIVE[state]().answers("I don't know")
    assert talk.heard("Let's leave it there for today. Let go of your knee.")
    assert talk.question == "pain_after"
    assert talk.goes_on_until(Done).outcome == "finished_early"


def test_unsure_is_never_taken_for_better() -> None:
    talk = Conversation().goes_on_until("check").answers("I don't know")
    assert not talk.heard("good to hear")
    assert isinstance(talk.state, Asking)


def test_the_same_after_the_last_one_reminds_of_the_position_once() -> None:
    talk = Conversation().goes_on_until("pain_after", check="the same")
    assert sum("check your position" in line.text for line in talk.lines(since=0)) == 1


def test_without_pain_it_may_be_left_for_today() -> None:
    assert (
        Conversation().goes_on_until("pain_before").answers("zero").heard("With zero pain, you can leave it for today.")
    )
    assert not Conversation().goes_on_until("pain_before").answers("one").heard("you may also leave it")


def test_places_are_ranked_from_nowhere_to_the_foot() -> None:
    assert [rank(place) for place in PLACES] == list(range(7))
    assert rank(None) is None


@pytest.mark.parametrize("answer", ["I'm fine", "I'm okay", "it was nothing", "it's passed", "that's over now"])
def test_after_ow_it_was_nothing_is_an_answer(answer: str) -> None:
    talk = Conversation().goes_on_until(counting(4)).says("ow").until("after_cry").answers(answer)
    assert talk.question == "go_on"
    assert talk.state.facts.findings.red is None


@pytest.mark.parametrize(
    "answer", ["I'm not fine", "I'm not okay", "I don't feel okay", "it hasn't passed", "it's not nothing"]
)
def test_after_ow_not_fine_is_never_fine(answer: str) -> None:
    talk = Conversation().goes_on_until(counting(4)).says("ow").until("after_cry").answers(answer)
    assert talk.question != "go_on"


def test_after_ow_it_has_passed_into_the_leg_ends_it() -> None:
    talk = Conversation().goes_on_until(counting(4)).says("ow").until("after_cry").answers("it's passed into my leg")
    assert talk.state.facts.findings.red is not None


def from_place(before: str, where: str = "count") -> Conversation:
    """Return a conversation that counts or asks how it is, with the pain down to this place before the exercise."""
    talk = Conversation().goes_on_until(counting(4) if where == "count" else "check", furthest_before=before)
    return talk.until(lambda state: not (isinstance(state, Asking) and state.token))


def test_a_place_lower_than_before_is_red_at_once(subtests: pytest.Subtests) -> None:
    for where in ["count", "check"]:
        for text in ["it's in my calf", "it's reached the foot", "I feel it in my calf", "my calf hurts"]:
            with subtests.test(where=where, text=text):
                talk = from_place("bottom", where).says(text)
                assert talk.state.facts.findings.red is not None
                assert talk.state.facts.findings.red[0] == "peripheralised"


def test_the_same_place_as_before_is_asked_about_and_no_locks_nothing(subtests: pytest.Subtests) -> None:
    for where in ["count", "check"]:
        for text in ["it's in my calf", "I feel it in my calf", "it's in my calf now"]:
            with subtests.test(where=where, text=text):
                talk = from_place("calf", where).says(text)
                assert talk.question == "doubt_down"
                assert talk.answers("no").state.facts.findings.red is None


def test_a_higher_place_is_good_news_only_once_the_lower_one_is_gone(subtests: pytest.Subtests) -> None:
    for where in ["count", "check"]:
        for text in ["it's in my upper leg now", "I feel it in my thigh", "it's in my bottom"]:
            with subtests.test(where=where, text=text):
                talk = from_place("calf", where).says(text)
                assert talk.question == "still_there"
                assert talk.heard("Do you still feel it in your calf? Yes or no?")
                gone, still = talk.copy().answers("no"), talk.copy().answers("yes")
                assert gone.state.facts.findings.red is still.state.facts.findings.red is None
                if where == "check":
                    assert (gone.answer_to("check_1"), still.answer_to("check_1")) == ("centralised", "same")


def test_it_s_in_my_back_now_asks_whether_the_calf_is_gone_and_only_in_my_back_does_not() -> None:
    assert from_place("calf", "check").says("it's in my back now").question == "still_there"
    assert from_place("calf", "check").says("only in my back now").answer_to("check_1") == "centralised"
    assert from_place("calf", "check").says("it's only in my thigh now").answer_to("check_1") == "centralised"


@pytest.mark.parametrize("answer", ["", "I don't know", "yes no"])
def test_not_knowing_whether_the_lower_place_is_gone_locks(answer: str) -> None:
    talk = ARRIVE["still_there"]()
    while talk.question == "still_there":
        talk = talk.answers(answer) if answer else talk.until_next()
    assert talk.state.facts.findings.red is not None
    assert talk.state.facts.findings.red[0] == "peripheralised"


def test_where_the_place_before_is_not_known_a_place_in_the_leg_is_a_sign() -> None:
    talk = Conversation().goes_on_until(counting(4), furthest_before="I don't know")
    assert talk.copy().says("it's in my calf").state.facts.findings.red is not None
    assert talk.copy().says("I feel it in my calf").question == "doubt_down"
    assert talk.copy().says("it's in my thigh, no, not in my thigh").question in {"doubt_down", "furthest_after"}


@pytest.mark.parametrize(
    "said", ["I wish it was better", "far from better", "could be better", "I thought it would be better"]
)
def test_a_wish_is_asked_about_as_better_or_the_same(said: str) -> None:
    asked = ARRIVE["check"]().answers(said)
    assert asked.said == "Better, or the same?"
    assert asked.answers("the same").heard("The same, then.")


@pytest.mark.parametrize("said", ["it's going down", "it's gone down"])
def test_what_may_be_moving_down_is_asked_about_as_before(said: str) -> None:
    assert ARRIVE["check"]().answers(said).question == "doubt_less"


@pytest.mark.parametrize(
    "said",
    [
        "fine",
        "good",
        "that feels good",
        "brilliant",
        "lovely",
        "great",
        "oh that's nice",
        "okay",
        "it's okay",
        "alright",
    ],
)
def test_what_is_only_pleasant_is_asked_about_once_and_never_ends_it(said: str) -> None:
    asked = ARRIVE["check"]().answers(said)
    assert asked.said == "Better, or the same?"
    assert isinstance(asked.copy().answers(said).answers(said).answers(said).state, Asking)
    talk = asked.answers("better")
    assert talk.answer_to("check_1") == "better"
    assert talk.until(counting(2)).counts() != []


@pytest.mark.parametrize("said", ["okay", "fine", "lovely", "alright"])
def test_okay_for_ever_ends_the_set(said: str) -> None:
    talk = ARRIVE["check"]()
    for _ in range(6):
        talk.answers(said)
        if not isinstance(talk.state, Asking):
            break
    assert talk.heard("I didn't hear an answer")
    assert talk.goes_on_until(Done).outcome == "no_answer"


@pytest.mark.parametrize("said", ["okay", "fine", "no worse", "no better", "gone", "not really", "maybe", "bananas"])
def test_no_answer_said_for_ever_keeps_a_check_open_for_ever(said: str) -> None:
    for where in ("check", "after_cry", "settle_check", "doubt_same", "doubt_gone", "doubt_less", "since_began"):
        talk = ARRIVE[where]()
        for _ in range(12):
            if isinstance(talk.state, Asking):
                talk.answers(said)
        asked = talk.question in {"check", "after_cry", "settle_check", "doubt_same", "doubt_gone", "since_began"}
        assert not asked, (where, talk.question)


def test_no_worse_after_the_rest_is_asked_about() -> None:
    for said in ("no worse", "no, worse"):
        talk = ARRIVE["settle_check"]().answers(said)
        assert talk.heard("Sorry? After this rest: better, same, or worse?")
        assert talk.answers("the same").answer_to("settle_check") == "same"


@pytest.mark.parametrize(
    ("said", "place"),
    [("the left buttock", "buttock"), ("right hip", "buttock"), ("the left side of my back", "one_side_back")],
)
def test_left_or_right_in_a_place_is_of_no_account(said: str, place: str) -> None:
    for question in ("furthest_before", "furthest_after"):
        assert ARRIVE[question]().answers(said).answer_to(question) == place


def test_my_left_leg_is_asked_for_its_part() -> None:
    assert ARRIVE["furthest_before"]().answers("my left leg").question == "doubt_leg"
