"""Templates: what they stand for, that hassil reads them the same, and what is said of wrong ones."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hassil.intents import Intents
from hassil.sample import sample_intents
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.hear.grammar.load import load_grammar
from voice_coach.hear.grammar.templates import LARGEST_NUMBER, ListValue, TemplateError, Templates, in_words, normal

GRAMMAR = Path(__file__).parents[3] / "grammars" / "en.yaml"

SOME = Templates(
    {"its": "it('s| is)", "very": "[very] <its>", "loop": "a <loop>"},
    {"side": [ListValue("left", "left"), ListValue("(right|other) side", "right")]},
)


def texts(template: str) -> list[str]:
    return [expansion.text for expansion in SOME.expand(template)]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("stop", ["stop"]),
        ("Stop, please!", ["stop please"]),
        ("stop|halt", ["stop", "halt"]),
        (
            "[please] stop [(now|there)]",
            "please stop now|please stop there|please stop|stop now|stop there|stop".split("|"),
        ),
        ("<its> worse", ["it's worse", "it is worse"]),
        ("(my leg;now)", ["my leg now", "now my leg"]),
        ("the {side}", ["the left", "the right side", "the other side"]),
        (r"a \(b\)", ["a (b)"]),
        ("never[ ]mind", ["never mind", "nevermind"]),
        ("it’s", ["it's"]),
    ],
)
def test_a_template_stands_for_its_texts(template: str, expected: list[str]) -> None:
    assert texts(template) == expected


def test_a_list_fills_its_slot_or_the_one_that_is_named() -> None:
    assert SOME.expand("{side}")[0].slots == (("side", "left"),)
    assert SOME.expand("{side:low} or {side:high}")[1].slots == (
        ("low", "left"),
        ("high", "right"),
    )


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("(stop", "a ')' is missing"),
        ("[stop", "a ']' is missing"),
        ("stop)", "a ')' without its other half"),
        ("[stop)", "a ')' without its other half"),
        ("stop {side", "a '{' without its other half"),
        ("<nothing>", "no snippet <nothing>"),
        ("{nothing}", "no list {nothing}"),
        ("{side:}}", "a '}' without its other half"),
        ("{side:a b}", "can't be a slot's name"),
        ("<loop>", "the snippet <loop> holds itself"),
        ("(a|b;c)", "stand in one group"),
        ("[a] " * 15, "more than 20000 phrases"),
        ("(a;b;c;d;e;f;g;h)", "more than 6 parts in any order"),
        ("|".join(["(a|b|c|d|e|f|g|h|i|j)" * 4] * 3), "more than 20000 phrases"),
    ],
)
def test_a_wrong_template_is_told_apart(template: str, why: str) -> None:
    with pytest.raises(TemplateError, match=why.replace("(", r"\(").replace(")", r"\)")):
        SOME.expand(template)


@given(st.text(alphabet="ab [](){}<>|;\\:", max_size=12))
def test_any_text_is_expanded_or_refused(template: str) -> None:
    try:
        found = texts(template)
    except TemplateError:
        return
    assert all(text == normal(text) for text in found)


@pytest.mark.enumerated
def test_our_grammar_stands_for_what_hassil_says_it_stands_for() -> None:
    data: dict[str, Any] = yaml.safe_load(GRAMMAR.read_text("utf-8"))
    hassil = {(intent, normal(text)) for intent, text in sample_intents(Intents.from_dict(data))}
    ours = {(phrase.intent, phrase.text) for phrase in load_grammar(GRAMMAR).phrases}
    assert ours == hassil


def test_numbers_are_spelled_as_hassil_spells_them(tmp_path: Path) -> None:
    path = tmp_path / "range.yaml"
    path.write_text(
        "language: en\nlists:\n  n: {range: {from: 0, to: 120, step: 7}}\n"
        "intents:\n  n: {data: [{sentences: ['{n}']}]}\n"
    )
    data: dict[str, Any] = yaml.safe_load(path.read_text())
    data["lists"]["n"]["range"]["digits"] = False  # a recogniser knows no digits
    hassil = {normal(text.replace("-", " ")) for _, text in sample_intents(Intents.from_dict(data), language="en")}
    assert {phrase.text for phrase in load_grammar(path).phrases} <= hassil | {in_words(n) for n in range(0, 121, 7)}
    assert in_words(119) == "one hundred nineteen"


def test_a_number_is_in_words_or_refused() -> None:
    assert [in_words(n) for n in (0, 13, 40, 42, 100, 907)] == [
        "zero",
        "thirteen",
        "forty",
        "forty two",
        "one hundred",
        "nine hundred seven",
    ]
    for wrong in (-1, LARGEST_NUMBER + 1):
        with pytest.raises(ValueError, match="is not between 0 and 999"):
            in_words(wrong)
