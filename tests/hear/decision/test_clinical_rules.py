"""The grammar against the clinical rules: sound-alikes, compounds of red signs, other orders, unknown words (5b-5d)."""

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hear.grammar.test_grammar import EN
from voice_coach.hear.grammar.match import Meaning, understand
from voice_coach.session.question_table import ACTIVE


def meant(text: str, state: str) -> Meaning:
    return understand(EN, text, ACTIVE[state])


STATES = ("counting", "ready", "check", "side", "pain_before", "furthest_after", "paused", "nothing")


def test_a_word_that_sounds_like_a_command_is_none(subtests: pytest.Subtests) -> None:
    for state in ["counting", "ready", "check", "side", "paused"]:
        for word in ["top", "step", "come", "some", "more", "for", "floor", "go", "knee", "lift"]:
            with subtests.test(state=state, word=word):
                assert meant(word, state).intent is None


SPELLINGS = [word for word, sound in EN.alike.items() if word != sound]
SPELLED_SIGNS = [
    f"{word} {phrase.text}" for phrase in EN.phrases if phrase.red and not phrase.answers for word in SPELLINGS
]
STRIDE = 17
"""Not a divisor of the number of spellings, so that each of them comes before signs of each kind."""


def without_a_sign(texts: Iterable[str]) -> list[str]:
    return [text for text in texts if not understand(EN, text).red]


@pytest.mark.enumerated
def test_another_spelling_never_takes_a_reason_to_stop_away() -> None:
    for said in ("know worse", "know more pain", "it's better know worse"):
        for state in ("check", "counting", "ready"):
            meaning = meant(said, state)
            assert meaning.red or meaning.ask, (said, state)
    spelled_otherwise = [text for text in SPELLED_SIGNS if EN.spelled(text.split()) != text.split()]
    assert spelled_otherwise
    assert without_a_sign(spelled_otherwise) == []
    assert len(SPELLINGS) % STRIDE
    assert without_a_sign(SPELLED_SIGNS[::STRIDE]) == []


@pytest.mark.slow
def test_no_spelling_takes_any_reason_to_stop_away() -> None:
    assert without_a_sign(SPELLED_SIGNS) == []


def test_sound_alikes_mean_what_the_situation_lets_them_mean(subtests: pytest.Subtests) -> None:
    for said, state, intent in [
        ("none", "pain_before", "number"),  # asked about: see below
        ("none", "ready", None),
        ("wait", "pain_before", "pause"),
        ("eight", "pain_before", "number"),
        ("eight", "counting", None),
        ("done", "ready", "ready_next"),
        ("down", "counting", None),
        ("down my leg", "counting", "peripheralised"),
        ("no", "counting", None),
        ("less", "go_on", None),
        ("less", "check", "better"),
        ("next", "ready", "ready_next"),
        ("worst", "check", "worse"),
        ("worst", "counting", "worse"),
        ("worst ever", "check", "worse"),
        ("worst ever", "pain_before", "number"),
        ("gone", "check", "gone"),
        ("on", "check", None),
        ("right", "go_on", None),
        ("that's right", "go_on", "confirms"),
        ("all right", "go_on", "agrees"),
        ("lower", "ready", None),
        ("slower", "ready", "slower"),
        ("ten", "pain_before", "number"),
        ("then", "pain_before", None),
        ("ow", "check", "pain_cry"),
        ("same", "check", "same"),
        ("pause", "check", "pause"),
        ("a bit", "check", None),
        ("help", "check", "help"),
        ("two", "side", None),
    ]:
        with subtests.test(said=said, state=state, intent=intent):
            assert meant(said, state).intent == intent


@pytest.mark.parametrize(
    ("said", "state", "intent"),
    [
        ("know", "sound_check", "no"),
        ("know", "check", "no"),
        ("know", "counting", None),
        ("know", "ready", None),
        ("i know", "check", None),
        ("i don't know", "check", "unsure"),
        ("to", "pain_before", "number"),
        ("about for", "pain_before", "number"),
        ("to", "side", None),
        ("know change", "check", "same"),
    ],
)
def test_a_phrase_in_another_spelling_is_that_phrase(said: str, state: str, intent: str | None) -> None:
    assert meant(said, state).intent == intent


@pytest.mark.parametrize(("said", "state"), [("none", "pain_before"), ("gone", "check"), ("worst ever", "pain_before")])
def test_what_sounds_like_something_graver_is_asked_about(said: str, state: str) -> None:
    assert meant(said, state).ask


@pytest.mark.parametrize(
    "said", ["fine", "i'm fine", "it's fine", "not bad", "not too bad", "i'm good", "so so", "all good"]
)
def test_a_pleasant_word_is_neither_better_nor_the_same_nor_yes(said: str) -> None:
    assert meant(said, "check").intent == "unsure"
    for state in ("go_on", "sound_check", "acknowledge", "doubt_new", "counting", "ready"):
        assert meant(said, state).intent is None


@pytest.mark.parametrize("said", ["really bad", "it's bad", "terrible", "it's awful"])
def test_a_bad_word_is_asked_about(said: str) -> None:
    meaning = meant(said, "check")
    assert (meaning.intent, meaning.ask, meaning.red) == ("worse", True, True)


LEADS: tuple[str, ...] = (
    "better",
    "it's better",
    "the same",
    "about the same",
    "it's the same",
    "no worse",
    "not worse",
    "fine",
    "okay",
)
LEADS += ("not better", "it's not better", "yes", "no", "it's gone", "less pain", "my back's better", "no pain")
TAILS = {
    "it's in my calf": "peripheralised",
    "it's going down my leg": "peripheralised",
    "it's in my foot now": "peripheralised",
    "it's spreading": "peripheralised",
    "my foot is tingling": "numb_weak",
    "my leg is numb": "numb_weak",
    "i have pins and needles": "numb_weak",
    "my leg feels weak": "numb_weak",
    "i can't feel my foot": "numb_weak",
    "it hurts more": "worse",
    "it's getting worse": "worse",
    "that hurts": "pain_cry",
    "please stop": "stop",
}


@pytest.mark.enumerated
def test_a_red_sign_behind_something_good_is_taken_without_a_question(subtests: pytest.Subtests) -> None:
    for join in ["but", "and"]:
        for lead, tail in list(itertools.product(LEADS, TAILS)):
            with subtests.test(join=join, lead=lead, tail=tail):
                assert (meant(f"{lead} {join} {tail}", "check").intent, TAILS[tail]) == (TAILS[tail],) * 2
                assert not meant(f"{lead} {join} {tail}", "check").ask
                counting = meant(
                    f"{lead} {join} {tail}", "counting"
                )  # where "no worse" is no answer, and is asked about
                assert counting.intent == TAILS[tail] or (
                    "worse" in lead and counting.intent == "worse" and counting.ask
                )


@pytest.mark.parametrize("tail", TAILS)
def test_an_unknown_word_in_between_never_loses_it(tail: str) -> None:
    words = tail.split()
    for place in range(len(words) + 1):
        text = " ".join(("better but", *words[:place], "[unk]", *words[place:]))
        found = meant(text, "check")
        assert found.intent != "better" or found.ask, text


@pytest.mark.parametrize("said", ["my leg is numb", "it's going down my leg", "i have pins and needles"])
def test_a_red_sign_in_any_order_is_never_something_good(said: str) -> None:
    for order in itertools.permutations(said.split()):
        meaning = meant(" ".join(order), "check")
        assert meaning.red or meaning.ask, order


@given(st.permutations("it's not any better".split()), st.sampled_from(STATES))
def test_a_negated_better_in_any_order_is_never_better_without_a_doubt(order: list[str], state: str) -> None:
    meaning = meant(" ".join(order), state)
    behind = order.index("not") > order.index("better")
    assert meaning.intent != "better" or behind or meaning.ask


def test_how_far_it_goes_is_asked_about_where_the_word_is_vague() -> None:
    for said in ("my knee", "behind my knee", "my leg"):
        meaning = meant(said, "furthest_after")
        assert (meaning.intent, meaning.ask, dict(meaning.slots)) == ("place", True, {"place": "leg"})
    assert meant("my hip", "furthest_after").slots == {"place": "buttock"}
    assert meant("in my groin", "furthest_after").slots == {"place": "thigh"}
    assert meant("my big toe", "furthest_after").slots == {"place": "foot"}


def test_pins_and_needles_are_one_thing_and_not_two() -> None:
    meaning = understand(EN, "i don't have pins and needles")
    assert (meaning.intent, meaning.ask) == ("numb_weak", True)


def test_every_compound_holds_its_sign_as_its_last_words() -> None:
    compounds = [phrase for phrase in EN.phrases if phrase.red and "but" in phrase.words]
    assert len(compounds) > 50
    for phrase in compounds:
        behind = phrase.words[phrase.words.index("but") + 1 :]
        assert understand(EN, " ".join(behind)).intent == phrase.intent


def test_what_cannot_wait_is_the_gravest_of_all(subtests: pytest.Subtests) -> None:
    for expecting in ["counting", "check", "side"]:
        for text in [
            "I have chest pain",
            "my chest hurts",
            "both my legs are numb",
            "my legs are weak",
            "numb in both legs",
            "I'm numb between my legs",
            "I can't feel my bottom",
            "I've wet myself",
            "I lost control of my bladder",
            "it's better but both legs are numb",
            "call for help",
        ]:
            with subtests.test(expecting=expecting, text=text):
                meaning = understand(EN, text, ACTIVE[expecting])
                assert (meaning.intent, meaning.red, meaning.ask) == ("emergency", True, False)
