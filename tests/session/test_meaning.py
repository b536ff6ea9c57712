"""What is said is not taken for its opposite, and a sign is not passed over: the dialogue's part of it."""

import pytest

from tests.session.arrivals import ARRIVE, screened
from voice_coach.clinical.red_signs import ENDS_EXERCISE
from voice_coach.session.states import Asking, Instructing, Paused, Performing
from voice_coach.testing import Conversation


def at(name: str) -> Conversation:
    """Return a conversation in which it is the person's turn."""
    return ARRIVE[name]().until(lambda state: not (isinstance(state, Asking | Instructing) and state.token))


@pytest.mark.parametrize("text", ["of course not", "absolutely not", "I do not", "I have not", "I don't think so"])
def test_of_course_not_opens_no_lock(text: str) -> None:
    talk = at("cleared").says(text)
    assert talk.question != "cleared_sure"
    assert talk.state.facts.plan.lock is not None


def test_what_denies_lets_nothing_go_on(subtests: pytest.Subtests) -> None:
    for text in ["of course not", "I do not", "no, I mean yes", "yes no", "I do not want that"]:
        for where, goes_on_to in [("go_on", Paused), ("delete_log", "delete_sure"), ("taught", "side")]:
            with subtests.test(text=text, where=where, goes_on_to=goes_on_to):
                talk = at(where).says(text)
                assert not (isinstance(goes_on_to, type) and isinstance(talk.state, goes_on_to))
                assert talk.question != goes_on_to


@pytest.mark.parametrize("text", ["no, I mean yes", "no sorry yes", "no but I leak a bit", "yes no"])
def test_a_question_about_signs_is_not_passed_by_a_no_that_is_taken_back(text: str) -> None:
    talk = at("screen_2").says(text)
    assert talk.question in {"screen_2", "doubt_emergency"} or talk.state.facts.findings.red == ("emergency", 0)


@pytest.mark.parametrize(
    "text",
    [
        "my mum's leg hurts",
        "his foot is numb",
        "she said it got worse",
        "it got worse, she said",
        "my wife has pins and needles",
        "my partner has chest pain",
        "my baby can't breathe",
        "my mum, her leg is numb",
    ],
)
def test_somebody_elses_sign_is_asked_about_while_it_counts(text: str) -> None:
    talk = at("number four").says(text)
    assert talk.question.startswith("doubt_")
    assert talk.state.facts.findings.red is None


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("my leg hurts, mum!", "peripheralised"),
        ("mum, my leg hurts", "peripheralised"),
        ("oh mum, it's going down my leg", "peripheralised"),
        ("mum, I can't breathe", "emergency"),
        ("doctor, my foot is numb", "numb_weak"),
    ],
)
def test_ones_own_sign_told_to_somebody_is_one(text: str, sign: str) -> None:
    assert at("number four").says(text).state.facts.findings.red == (sign, 4)


@pytest.mark.parametrize(
    "text",
    [
        "it hurts less than before",
        "it hurts a lot less",
        "my leg hurts less",
        "that hurts a bit less",
        "my back hurts less",
    ],
)
def test_it_hurts_less_is_good_news(text: str) -> None:
    assert isinstance(at("number four").says(text).state, Performing)
    assert at("check").says(text).answer_to("check_1") == "better"


@pytest.mark.parametrize(
    "text",
    [
        "it hurts less but my foot is numb",
        "my back hurts less but it's in my calf now",
        "it hurts a lot",
        "my leg hurts",
    ],
)
def test_it_hurts_less_hides_no_sign(text: str) -> None:
    assert at("number four").says(text).state.facts.findings.red is not None


@pytest.mark.parametrize("text", ["right", "yes right", "not left", "no not the left", "it's not the left"])
def test_right_is_no_side_and_not_left_confirms_nothing(text: str) -> None:
    talk = at("side_sure").says(text)
    assert talk.question in {"side_sure", "side"}
    assert isinstance(talk.state, Asking)
    assert talk.state.about in {"", "left"}
    assert talk.state.facts.plan.side is None


@pytest.mark.parametrize("text", ["right", "that's right", "the right side"])
def test_right_confirms_the_right_side(text: str) -> None:
    talk = Conversation().answers("right side").until(lambda state: isinstance(state, Asking) and not state.token)
    assert talk.says(text).state.facts.plan.side == "right"


CONFIRMS = [
    "that's right",
    "sure is",
    "that's the one",
    "correct",
    "yeah it is",
    "absolutely",
    "yes definitely",
    "exactly",
]
GUARDED = ["cleared", "cleared_sure", "two_weeks", "taught", "side_other", "delete_log", "delete_sure"]
"""Questions that only a plain yes answers: locks, clearances, deletion."""


def test_a_plain_yes_in_other_words_confirms_the_left_side(subtests: pytest.Subtests) -> None:
    for text in CONFIRMS:
        with subtests.test(text=text):
            talk = at("side_sure").says(text)
            assert talk.question == "pain_before"
            assert talk.state.facts.plan.side == "left"


def test_a_plain_yes_in_other_words_to_a_sign_is_the_sign(subtests: pytest.Subtests) -> None:
    for text in CONFIRMS:
        for where in ["moved_lower", "doubt_worse", "doubt_numb"]:
            with subtests.test(text=text, where=where):
                assert at(where).says(text).state.facts.findings.red


def test_go_ahead_is_a_yes_where_the_coach_proposes_something(subtests: pytest.Subtests) -> None:
    for text in ["that's right", "go ahead", "okay", "please do", "why not", "let's do it", "sounds good"]:
        for where in ["acknowledge", "broken_off", "easier", "go_on"]:
            with subtests.test(text=text, where=where):
                before = at(where)
                assert before.copy().says(text).question == before.copy().says("yes").question != where


def test_go_ahead_answers_no_question_about_signs(subtests: pytest.Subtests) -> None:
    for text in ["okay", "go ahead", "why not", "sounds good"]:
        for where in ["screen_2", "moved_lower", "doubt_worse"]:
            with subtests.test(text=text, where=where):
                assert (screened if where.startswith("screen") else at)(where).says(text).question == where


def test_only_a_plain_yes_opens_a_lock_gives_a_clearance_or_deletes(subtests: pytest.Subtests) -> None:
    for text in ["that's right", "sure is", "exactly", "definitely", "go ahead", "okay", "please do", "quite right"]:
        for where in [*GUARDED, "screen_12", "screen_told", "screen_anyway"]:
            with subtests.test(text=text, where=where):
                assert at(where).says(text).question == where


def test_what_only_sounds_like_a_yes_confirms_nothing(subtests: pytest.Subtests) -> None:
    for text in ["that's not right", "not exactly", "exactly not", "definitely maybe", "not sure it is"]:
        for where in ["side_sure", "go_on", "sound_check"]:
            with subtests.test(text=text, where=where):
                talk = at(where).says(text)
                assert talk.question == where or talk.question == at(where).says("no").question


@pytest.mark.parametrize(
    "text", ["it's gone into my bum", "it's gone to my hip", "it's gone down into my ankle", "it's gone right down"]
)
def test_gone_somewhere_is_not_gone(text: str) -> None:
    for where in ("check", "hold of number four"):
        assert at(where).says(text).state.facts.findings.red[0] == "peripheralised"  # type: ignore[index]


def test_gone_down_is_asked_about() -> None:
    assert at("check").says("it's gone down").question == "doubt_less"
    assert at("hold of number four").says("it's gone down").question == "doubt_down"


@pytest.mark.parametrize(
    "text",
    ["less in the back, more in the leg", "back's better but my foot hurts now", "I'm in agony", "better no worse"],
)
def test_the_bad_half_counts(text: str) -> None:
    talk = at("check").says(text)
    assert talk.state.facts.findings.red or talk.question == "doubt_worse"


@pytest.mark.parametrize("text", ["I wish it was better", "I thought it would be better", "far from better"])
def test_what_is_only_wished_is_not_better(text: str) -> None:
    assert at("check").says(text).question in {"check", "doubt_same"}


@pytest.mark.parametrize("text", ["calf and back", "in my calf and my back", "calf, and a bit in the back"])
def test_of_several_places_the_furthest_counts(text: str) -> None:
    assert at("furthest_before").says(text).state.facts.findings.furthest_before == "calf"


@pytest.mark.parametrize("text", ["calf", "into my calf", "down to my calf", "it's in my calf now"])
def test_as_the_answer_to_how_far_a_place_is_a_place(text: str) -> None:
    talk = at("furthest_before").says(text)
    assert (talk.state.facts.findings.furthest_before, talk.state.facts.findings.red) == ("calf", None)


@pytest.mark.parametrize("text", ["no worse", "no, worse"])
def test_no_worse_is_asked_about(text: str) -> None:
    talk = at("check").says(text)
    assert talk.question == "doubt_worse"
    assert talk.answers("yes").state.facts.findings.red[0] == "worse"  # type: ignore[index]


def test_a_sign_in_unknown_words_is_asked_about(subtests: pytest.Subtests) -> None:
    for text in [
        "my chest is blorping",
        "my bladder has blorped",
        "my foot is all blorpy",
        "something blorped in my back",
        "something blorped",
        "I can't blorp my foot",
        "I can no longer blorp",
        "I've blorped myself",
        "I've blorped",
        "there's no blorp in my heel",
        "I've got a blorp in my blorp",
        "it's blorped right into my blorp",
        "it blorped further away from the spine",
        "I don't know, my blorp is blorping me",
        "oh no no no, my back just blorped",
        "I'm having a blorp",
        "I'm going to blorp",
        "I felt a blorp",
        "send for a blorp",
        "somebody fetch a blorp",
        "my blorp is pounding",
        "my water won't hold",
        "the soreness is in both of them now",
        "no, the soreness is in both legs now",
        "that was a bad one",
    ]:
        with subtests.test(text=text):
            talk = at("hold of number four").says(text)
            assert not isinstance(talk.state, Performing)
            assert talk.counts() == []


def test_what_is_no_sign_does_not_stop_the_count(subtests: pytest.Subtests) -> None:
    for text in [
        "come in, the door's open",
        "I'm talking to my coach",
        "that's lovely",
        "that was brilliant",
        "I'll finish the washing up later",
        "put it on the table please",
        "there's no pain in my leg any more",
    ]:
        with subtests.test(text=text):
            assert not at("hold of number four").says(text).question.startswith(("doubt_", "after_cry"))


def test_a_call_for_help_is_asked_about_or_acted_on_anywhere(subtests: pytest.Subtests) -> None:
    for text in ["sos", "I've fallen", "I've hit my head", "somebody call an ambulance", "I'm bleeding"]:
        for where in ["number four", "first instruction", "check"]:
            with subtests.test(text=text, where=where):
                talk = at(where).says(text)
                assert (
                    talk.question in {"doubt_emergency", "go_on", "call_for_help"}
                    or talk.state.facts.findings.red == ("emergency", 0)
                    or (talk.state.facts.findings.red and talk.state.facts.findings.red[0] == "emergency")
                )


def test_what_is_somebody_else_s_or_past_locks_nothing(subtests: pytest.Subtests) -> None:
    for text in [
        "England were worse than France",
        "my sister's got chest pain",
        "he's got a numb foot",
        "the weather will get worse tomorrow",
        "it was worse yesterday but now it's better",
        "I'm numb with boredom",
        "tell me if it goes down my leg",
    ]:
        with subtests.test(text=text):
            assert at("hold of number four").says(text).state.facts.findings.red is None


def test_an_emergency_is_one_in_each_state(subtests: pytest.Subtests) -> None:
    for text in [
        "I've lost control of my bladder",
        "call an ambulance",
        "there's a tightness in my chest",
        "my legs won't work",
        "both legs have gone numb",
        "I wet myself",
        "numb around my bottom",
    ]:
        for where in ["hold of number four", "check", "first instruction", "paused", "settling", "side"]:
            with subtests.test(text=text, where=where):
                assert at(where).says(text).state.facts.findings.red[0] == ENDS_EXERCISE[0]  # type: ignore[index]


@pytest.mark.parametrize("text", ["nearly ready", "I'm getting ready", "am I ready?", "I'll tell you when I'm ready"])
def test_not_ready_yet_goes_no_further(text: str) -> None:
    before = at("first instruction")
    talk = before.copy().says(text)
    assert isinstance(talk.state, Paused) or talk.state.index == before.state.index  # type: ignore[union-attr]


@pytest.mark.parametrize("text", ["did you go on holiday", "yes I'll call back", "yes, two sugars", "yes dear, I know"])
def test_what_is_said_to_others_does_not_end_a_pause(text: str) -> None:
    assert isinstance(at("paused").says(text).state, Paused)


@pytest.mark.parametrize(("text", "value"), [("6/10", 6), ("7", 7), ("four, no wait, five", 5), ("about a six", 6)])
def test_a_number_is_taken_as_people_say_it(text: str, value: int) -> None:
    assert at("pain_before").says(text).state.facts.findings.pain_before == value


@pytest.mark.parametrize("text", ["twelve out of ten", "it's okay now but it was nine"])
def test_a_number_that_is_not_sure_is_asked_for_again(text: str) -> None:
    talk = at("pain_before").says(text)
    assert talk.question in {"pain_before", "doubt_ten"}
    assert talk.state.facts.findings.pain_before is None


@pytest.mark.parametrize(
    "text", ["I'm not sure it's better", "I can't say it's better", "hard to say it's gone", "I don't know it's gone"]
)
def test_not_knowing_whether_it_is_better_is_asked_about(text: str) -> None:
    assert at("check").says(text).question in {"doubt_same", "doubt_gone"}


def test_half_a_no_passes_no_question_about_signs(subtests: pytest.Subtests) -> None:
    for text in ["no, a little", "no, maybe", "no, sometimes", "no, yeah", "no, lots", "no, not sure"]:
        with subtests.test(text=text):
            assert at("screen_2").says(text).question == "screen_2"


def test_half_a_yes_opens_no_lock_and_deletes_nothing(subtests: pytest.Subtests) -> None:
    for text in ["yes, kind of", "yes, maybe", "almost, yes", "yes, I hope", "perhaps, yes"]:
        for where, not_to in [("cleared", "cleared_sure"), ("delete_log", "delete_sure")]:
            with subtests.test(text=text, where=where, not_to=not_to):
                assert at(where).says(text).question != not_to


def test_an_everyday_remark_is_asked_about_and_is_no_emergency_at_once(subtests: pytest.Subtests) -> None:
    for where in ["number four", "first instruction", "paused", "side"]:
        for text in [
            "there's an ambulance on the telly",
            "there's an ambulance outside",
            "call the doctor tomorrow",
            "I had an accident last year",
            "I'm dying for a cup of tea",
        ]:
            with subtests.test(where=where, text=text):
                talk = at(where).says(text)
                assert talk.question == "doubt_emergency"
                assert talk.says("no").state.facts.findings.red is None


@pytest.mark.parametrize("text", ["my feet are cold", "I've got cold feet", "my bottom is cold", "my face is itchy"])
def test_cold_on_the_floor_is_asked_about(text: str) -> None:
    assert at("number four").says(text).question == "doubt_numb"
    assert at("first instruction").says(text).question in {"doubt_numb", "doubt_new"}


@pytest.mark.parametrize("text", ["don't delete my log", "never delete my log", "please don't forget everything"])
def test_don_t_delete_asks_nothing_about_deleting(text: str) -> None:
    assert at("paused").says(text).question == ""


@pytest.mark.parametrize("text", ["I'm peeing", "I peed"])
def test_what_can_t_be_held_is_an_emergency(text: str) -> None:
    assert at("number four").says(text).state.facts.findings.red[0] == "emergency"  # type: ignore[index]


@pytest.mark.parametrize("text", ["get off", "please make it end", "that's plenty"])
def test_a_plea_to_end_it_stops_the_count(text: str) -> None:
    assert not isinstance(at("number four").says(text).state, Performing)


@pytest.mark.parametrize(
    "text",
    [
        "could you go slower because there's a tight band round my chest",
        "hang on a second, I just want to say there's a tight band round my chest",
    ],
)
def test_a_command_does_not_hide_the_chest(text: str) -> None:
    assert at("number four").says(text).question == "doubt_emergency"


@pytest.mark.parametrize("text", ["wait, I have to turn my head", "can you speak up, I've got water in my ears"])
def test_a_command_with_an_everyday_reason_is_only_a_command(text: str) -> None:
    talk = at("number four").says(text)
    assert talk.question == ""
    assert talk.state.facts.findings.red is None


@pytest.mark.parametrize("text", ["I think I'm going to throw up", "I'm about to be sick", "I want to get up"])
def test_wanting_up_and_feeling_sick_stop_the_count(text: str) -> None:
    assert not isinstance(at("number four").says(text).state, Performing)


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("screen_5", "no, I don't have chest pain"),
        ("screen_5", "I don't have any chest pain"),
        ("screen_6", "no fever"),
        ("screen_7", "no cancer"),
    ],
)
def test_a_sign_that_is_denied_in_a_sentence_is_not_asked_about_again(where: str, text: str) -> None:
    talk = screened(where).says(text)
    assert talk.state.facts.findings.red is None
    assert talk.question not in {where, "doubt_emergency"}


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("screen_5", "no chest pain, but my bladder control, I've lost it"),
        ("screen_6", "no fever, but I do lose weight"),
        ("screen_7", "no cancer, just steroids"),
        ("screen_2", "no more than usual"),
    ],
)
def test_a_no_with_another_sign_behind_it_passes_nothing(where: str, text: str) -> None:
    talk = screened(where).says(text)
    assert talk.question in {where, "doubt_emergency"}


def test_a_no_that_only_comes_before_a_sign_does_not_deny_it(subtests: pytest.Subtests) -> None:
    for text in [
        "no, both my legs are numb",
        "no, can't feel my foot",
        "no, wet myself",
        "no, down my leg",
        "no, foot is numb",
        "no, pain moved down",
        "no, in my calf now",
    ]:
        for where in ["screen_5", "check", "moved_lower"]:
            with subtests.test(text=text, where=where):
                talk = (screened if where.startswith("screen") else at)(where).says(text)
                assert talk.question.startswith("doubt_") or talk.state.facts.findings.red


@pytest.mark.parametrize(
    "text",
    ["no chest pain", "no tingling in my foot", "no leg pain", "no trouble with my bladder", "no trouble breathing"],
)
def test_a_no_before_the_name_of_a_sign_denies_it(text: str) -> None:
    talk = screened("screen_5").says(text)
    assert talk.question == "screen_6"


@pytest.mark.parametrize(
    "text", ["no new trouble with my bladder", "no sudden chest pain", "no serious pain in my chest"]
)
def test_no_new_sign_is_never_one_at_once(text: str) -> None:
    talk = screened("screen_2").says(text)
    assert talk.question == "screen_2"
    assert at("number four").says(text).question == "doubt_emergency"


@pytest.mark.parametrize(
    "text",
    [
        "I don't think so, both my legs are numb",
        "not me, foot went dead",
        "I haven't, can't feel my foot",
    ],
)
def test_a_whole_denial_does_not_deny_the_sign_that_comes_after_it(text: str) -> None:
    talk = screened("screen_5").says(text)
    assert talk.question.startswith("doubt_") or talk.state.facts.findings.red


@pytest.mark.parametrize("text", ["I haven't wet myself", "I don't think so, no chest pain", "it's not down my leg"])
def test_a_denial_in_a_sentence_is_one(text: str) -> None:
    assert screened("screen_5").says(text).question == "screen_6"
