"""From text to meaning: the longest phrase, negation, severity, corrections (clinical.md 5b and 5d)."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from voice_coach.config.engines import session_grammar
from voice_coach.hear.grammar.grammar import Phrase
from voice_coach.hear.grammar.match import Meaning, understand
from voice_coach.hear.grammar.templates import normal, with_numbers
from voice_coach.session.question_table import ACTIVE

HERE = Path(__file__).parent
EN = session_grammar("en")
PHRASES: dict[str, list[str]] = tomllib.loads((HERE / "phrases.toml").read_text("utf-8"))
UTTERANCES: dict[str, dict[str, str]] = tomllib.loads((HERE / "utterances.toml").read_text("utf-8"))


def meant(text: str, *active: str) -> Meaning:
    return understand(EN, text, frozenset(active))


@pytest.mark.enumerated
def test_each_phrase_that_people_may_say_is_its_own_intent(subtests: pytest.Subtests) -> None:
    for phrase, intent in [(p, intent) for intent, ps in PHRASES.items() for p in ps]:
        with subtests.test(phrase=phrase, intent=intent):
            assert understand(EN, phrase).intent == intent
            assert meant(phrase, intent).intent == intent


def test_whole_utterances(subtests: pytest.Subtests) -> None:
    for said, expected in [row for group in UTTERANCES.values() for row in group.items()]:
        with subtests.test(said=said, expected=expected):
            meaning = understand(EN, said)
            intent, _, number = expected.partition("=")
            if intent == "ask":
                assert meaning.ask
            else:
                assert meaning.intent == (None if intent == "none" else intent)
            if number:
                assert meaning.slots == {"number": float(number)} or meaning.slots["number"] == float(number)


CHECK = ("better", "gone", "same", "centralised", "feel_stretch", "unsure", "yes", "no")
SIDES = ("side_left", "side_right", "side_both", "yes", "no")


def test_a_phrase_inside_another(subtests: pytest.Subtests) -> None:
    for said, active, intent in [  # the rows of clinical.md 5b
        ("no better", CHECK, "same"),
        ("no worse", CHECK, "same"),
        ("no change", CHECK, "same"),
        ("no pain", CHECK, "gone"),
        ("no more", CHECK, "stop"),
        ("no idea", CHECK, "unsure"),
        ("no feeling in my leg", CHECK, "numb_weak"),
        ("neither better nor worse", CHECK, "same"),
        ("not any better", CHECK, "same"),
        ("not any worse", CHECK, "same"),
        ("my leg's better but my back's sore", CHECK, "centralised"),
        ("how many left", SIDES, "how_many_left"),
        ("how long left", SIDES, "how_many_left"),
        ("it left my leg", SIDES, None),
        ("stop right now", SIDES, "stop"),
        ("right across my back", SIDES, "side_both"),
        ("that's right", CHECK, None),
        ("it's gone numb", CHECK, "numb_weak"),
        ("my back's gone into spasm", CHECK, "pain_cry"),
        ("it's gone from my leg", CHECK, "centralised"),
        ("it's going down my leg", CHECK, "peripheralised"),
        ("done", (), "ready_next"),
        ("i've done that", (), "ready_next"),
        ("how many have i done", (), "how_many_left"),
        ("all done", (), "finish"),
        ("less volume", CHECK, "quieter"),
        ("less waiting", CHECK, "faster"),
        ("it hurts less", CHECK, "better"),
        ("it hurts more", CHECK, "worse"),
        ("it hurts to lie on my side", ("cant_side",), "cant_side"),
        ("not sure", CHECK, "unsure"),
        ("not ready", (), "pause"),
        ("i can't hold on", ("cant_knee",), "cant_knee"),
        ("i can't hold on", (), None),
        ("i can't go on", (), "stop"),
        ("i can't carry on", (), "stop"),
        ("no need to stop", (), "stop"),
        ("it's stopped hurting", CHECK, "gone"),
        ("one moment", ("number",), "pause"),
        ("next one", ("number",), "ready_next"),
        ("none of those", (*CHECK, "number"), "no"),
        ("nothing now", CHECK, "gone"),
        ("a bit of both", (*CHECK, *SIDES), "unsure"),
        ("maybe four", ("number",), "number"),
        ("maybe four", (), None),
        ("yes ready", ("yes",), "ready_next"),
        ("yes it's worse", CHECK, "worse"),
        ("yes no i mean worse", CHECK, "worse"),
    ]:
        with subtests.test(said=said, active=active, intent=intent):
            assert meant(said, *active).intent == intent


@pytest.mark.parametrize(
    "said",
    [
        "don't stop",
        "it's going down",
        "i'm done",
        "no better",
        "gone",
        "none",
        "it's not numb",
        "my leg down",
        "worst ever",
    ],
)
def test_what_is_doubtful_is_asked_about(said: str) -> None:
    assert understand(EN, said).ask


@pytest.mark.parametrize(
    ("said", "intent", "ask"),
    [
        ("it's worse", "worse", False),
        ("[unk] worse", "worse", True),  # the unknown word may have been "not"
        ("[unk] better", "better", True),
        ("[unk] ready", "ready_next", False),
        ("worse [unk]", "worse", False),
        ("my [unk] leg is weak", "numb_weak", True),
        ("down [unk] leg", "peripheralised", True),
    ],
)
def test_an_unknown_word_before_a_sign_makes_it_doubtful(said: str, intent: str | None, ask: bool) -> None:
    meaning = understand(EN, said)
    assert (meaning.intent, meaning.ask) == (intent, ask)


def test_a_negation_binds_to_what_follows_it() -> None:
    assert meant("it isn't getting any better", *CHECK).intent == "same"
    assert meant("not really better", *CHECK).intent == "same"
    assert meant("not really it's better", *CHECK).intent == "better"
    assert meant("no it's better", *CHECK).intent == "better"
    assert meant("not worse but my leg is weak", *CHECK).intent == "numb_weak"
    assert not meant("not worse but my leg is weak", *CHECK).ask
    assert meant("not getting better or worse", *CHECK).intent == "same"


def test_a_negated_red_sign_is_asked_about_where_the_same_is_no_answer() -> None:
    assert meant("it's not worse", *CHECK).intent == "same"
    assert (meant("it's not worse").intent, meant("it's not worse").ask) == ("worse", True)
    assert (meant("it's not in my calf").intent, meant("it's not in my calf").ask) == ("peripheralised", True)


def test_a_negated_answer_that_means_nothing_here_is_none() -> None:
    assert meant("not better", "better").intent is None


def test_the_graver_sign_wins_and_the_other_is_told_too() -> None:
    meaning = meant("stop it's better but it's in my calf", *CHECK)
    assert (meaning.intent, meaning.slots, meaning.red) == ("peripheralised", {"place": "calf"}, True)
    assert set(meaning.also) == {"stop"}  # the better is a part of the longer phrase


def test_the_last_correction_wins_unless_a_red_word_was_said() -> None:
    assert meant("left no sorry right", *SIDES).intent == "side_right"
    assert meant("three no four", "number").slots == {"number": 4}
    assert meant("better no wait worse", *CHECK).intent == "worse"
    assert meant("worse no sorry better", *CHECK).intent == "worse"


def test_two_answers_without_a_correction_are_asked_about() -> None:
    assert meant("five maybe six", "number").ask
    assert meant("left um right", *SIDES).ask
    assert not meant("left the left one", *SIDES).ask


def test_where_it_is_is_an_answer_only_when_asked() -> None:
    assert meant("it's in my foot", "place") == Meaning("place", {"place": "foot"}, rank=25, first=0, last=4)
    assert meant("it's in my foot").red
    assert meant("it's going down my leg", "place").red
    assert meant("my calf", "place").slots == {"place": "calf"}
    assert meant("my leg", "place").ask
    assert meant("no pain", "place").slots == {"place": "none"}
    assert meant("no pain", "number").slots == {"number": 0}


def test_words_of_a_red_phrase_in_another_order_are_asked_about() -> None:
    meaning = meant("my leg down it went", "yes", "no")
    assert (meaning.intent, meaning.ask, meaning.red) == ("peripheralised", True, True)
    assert meant("now in my foot it's", "place").intent == "place"


ANY_WORD = st.sampled_from([*sorted(EN.words), "[unk]", "um", "not", "never", "don't"])
ANY_TEXT = st.lists(ANY_WORD, max_size=10).map(" ".join)
ANY_INTENTS = st.frozensets(st.sampled_from(sorted(EN.intents)))


@given(ANY_TEXT | st.text(max_size=40), ANY_INTENTS)
def test_no_text_is_taken_for_an_intent_that_is_not_active(text: str, active: frozenset[str]) -> None:
    meaning = understand(EN, text, active)
    allowed = active | EN.always
    assert meaning.intent is None or meaning.intent in allowed
    assert allowed.issuperset(meaning.also)
    assert 0 <= meaning.first <= meaning.last <= len(normal(with_numbers(text)).split())


def test_no_sign_holds_a_number() -> None:
    assert [phrase.text for phrase in EN.phrases if phrase.red and "number" in phrase.slots] == []


@pytest.mark.parametrize("text", ["21", "twenty one", "it's twenty five", "a hundred and two"])
def test_a_number_beyond_the_scale_is_asked_for_again(text: str) -> None:
    meaning = understand(EN, text, ACTIVE["pain_before"])
    assert meaning.ask
    assert not meaning.besides


RED = st.sampled_from([phrase for phrase in EN.phrases if phrase.red])
HARMLESS = st.lists(st.sampled_from(["um", "[unk]", "yes", "ready", "better", "left", "thanks", "pause"]), max_size=4)
HURTING = next(phrase for phrase in EN.phrases if phrase.text == "that really hurts")
MORE = next(phrase for phrase in EN.phrases if phrase.text == "more pain")


@example(["left"], HURTING, [], frozenset({"side_left"}))
@example([], MORE, ["um", "better"], frozenset({"better"}))
@given(HARMLESS, RED, HARMLESS, ANY_INTENTS)
def test_a_red_phrase_is_never_lost(before: list[str], red: Phrase, behind: list[str], active: frozenset[str]) -> None:
    """But where it was asked for: a place, or the side that hurts, as in "left, that really hurts"."""
    meaning = understand(EN, " ".join((*before, red.text, *behind)), active)
    meant = {meaning.intent, *meaning.also}
    names_place = "place" in red.answers or red.intent in EN.composition.tells_where
    names_side = "left" in (*before, *behind) and red.intent in {"pain_cry", "worse"}
    answers = {"place"} if names_place else {"side_left"} if names_side else set()
    assert meaning.intent in EN.red or answers & active & meant


@pytest.mark.parametrize("before", [0, 190, 199, 5000])
def test_a_sign_is_found_in_a_text_of_thousands_of_words(before: int) -> None:
    """A typed line, or what a server returns, has any length; the time must not grow with its square."""
    text = " ".join(["left"] * before + ["it", "went", "down", "my", "leg"] + ["and", "so", "on"] * 300)
    found = meant(text, *CHECK)
    assert (found.intent, found.ask) == ("peripheralised", True)
