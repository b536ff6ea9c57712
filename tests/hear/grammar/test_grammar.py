"""Grammar files: what is read out of them, and that each mistake is told with its line."""

from collections import Counter
from pathlib import Path

import pytest

from voice_coach.config.engines import session_grammar
from voice_coach.errors import DataError
from voice_coach.hear.grammar.grammar import NUMBER, UNKNOWN, Grammar, vocabulary_gaps
from voice_coach.hear.grammar.load import load_grammar

EN = session_grammar("en")

UNIVERSAL = (
    "stop pain_cry pause worse peripheralised numb_weak emergency help repeat louder quieter slower faster"
    " how_many_left finish resume ready_next call_help cant_get_up misheard what_can_i_do how_am_i_doing about"
    " delete_my_log voice_slower voice_faster another_voice"
).split()


def load(tmp_path: Path, text: str) -> Grammar:
    path = tmp_path / "g.yaml"
    path.write_text(text, encoding="utf-8")
    return load_grammar(path)


def mistakes(tmp_path: Path, text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(DataError) as error:
        load(tmp_path, text)
    return [(problem.line, problem.key, problem.message) for problem in error.value.problems]


def test_our_grammar_has_no_mistake_and_no_warning() -> None:
    assert EN.warnings == ()
    assert EN.language == "en"


def test_the_universal_and_the_red_intents_are_those_of_the_clinical_rules() -> None:
    assert EN.always == frozenset(UNIVERSAL)
    assert EN.red == {"stop", "worse", "peripheralised", "numb_weak", "emergency", "pain_cry"}
    assert all(phrase.red == (phrase.intent in EN.red) for phrase in EN.phrases)


def test_red_signs_outrank_all_else_and_a_bare_stop() -> None:
    ranks = {intent: {p.rank for p in EN.phrases if p.intent == intent} for intent in EN.intents}
    order = ["emergency", "numb_weak", "peripheralised", "worse", "pain_cry", "stop"]
    assert [max(ranks[intent]) for intent in order] == sorted((max(ranks[i]) for i in order), reverse=True)
    assert max(max(ranks[intent]) for intent in EN.intents - EN.red) < min(ranks["stop"])


def test_no_phrase_stands_for_two_intents() -> None:
    assert len({phrase.words for phrase in EN.phrases}) == len(EN.phrases)


def test_numbers_are_sampled_only_when_asked_for() -> None:
    numbers = {phrase.text for phrase in EN.phrases if phrase.intent == NUMBER}
    assert set(EN.sample(numbers=True)) - set(EN.sample(numbers=False)) == numbers
    assert "maybe four" in numbers


def test_likely_phrases_are_sampled_as_often_as_asked_for() -> None:
    once, often = EN.sample(numbers=True), EN.sample(numbers=True, likely=frozenset({"place"}), repeats=3)
    wordings = list(EN.wordings["place"])  # once: they must not hide a sign that begins as they do
    assert often[-len(wordings) :] == wordings
    often = often[: -len(wordings)]
    assert dict.fromkeys(often) == dict.fromkeys(once)  # the same phrases in the same order
    counts = Counter(often)
    assert {counts[phrase.text] for phrase in EN.phrases if phrase.intent == "place"} == {3}
    assert counts["no pain"] == 3  # it answers the question as well
    assert {counts[phrase.text] for phrase in EN.phrases if phrase.intent == "stop"} == {1}


def test_words_that_sound_the_same_are_spelled_as_the_phrase_is() -> None:
    assert EN.spelled(["know"]) == ["no"]
    assert EN.spelled("it's a for".split()) == ["it's", "a", "four"]
    for already in ("no", "i don't know", "that's it for today", "i know", "know [unk]", "stop"):
        assert EN.spelled(already.split()) == already.split()


def test_a_word_outside_the_grammar_may_sound_like_one_of_it() -> None:
    assert [EN.in_vocabulary(word) for word in ("write", "center", "know", "for")] == ["right", "centre", "know", "for"]
    assert EN.in_vocabulary("umbrella") == UNKNOWN


def test_no_two_phrases_of_different_intents_sound_the_same() -> None:
    sounds: dict[tuple[str, ...], set[str]] = {}
    for phrase in EN.phrases:
        sounds.setdefault(EN.sound(phrase.text), set()).add(phrase.intent)
    assert [sound for sound, intents in sounds.items() if len(intents) > 1] == []


def test_red_signs_behind_something_good_are_sampled() -> None:
    assert {"better but it's in my calf", "it's better but it's going down my leg"} <= set(EN.sample(numbers=False))


def test_a_grammar_needs_no_metadata(tmp_path: Path) -> None:
    grammar = load(tmp_path, "language: en\nintents:\n  'on': {data: [{sentences: ['on', 'turn it on']}]}\n")
    assert grammar.intents == {"on"}
    assert grammar.always == grammar.red == frozenset()
    assert grammar.words == {"on", "turn", "it"}


def test_values_of_lists_fill_slots(tmp_path: Path) -> None:
    grammar = load(
        tmp_path,
        "language: en\nlists:\n  size: {values: [small, {in: '(large|big)', out: 2.5}]}\n"
        "intents:\n  order: {data: [{slots: {drink: tea}, sentences: ['{size} tea']}]}\n",
    )
    assert [(p.text, dict(p.slots)) for p in grammar.phrases] == [
        ("small tea", {"drink": "tea", "size": "small"}),
        ("large tea", {"drink": "tea", "size": 2.5}),
        ("big tea", {"drink": "tea", "size": 2.5}),
    ]


GOOD = "intents:\n  a: {data: [{sentences: [x]}]}\n"
BLOCK = "intents.a.data[0]"


def marked(metadata: str) -> str:
    return f"intents:\n  a: {{data: [{{metadata: {{{metadata}}}, sentences: [x]}}]}}\n"


@pytest.mark.parametrize(
    ("text", "line", "key", "message"),
    [
        ("", 0, "", "is empty"),
        ("- a\n", 1, "", "this is no mapping"),
        ("language: en\n", 1, "", "there is no key `intents`"),
        ("intents: {}\n", 0, "", "no phrase at all"),
        ("intents: {a: [\n", 2, "", "is not YAML"),
        ("intents: {a: \x00}\n", 0, "", "is not YAML"),
        ("intents:\n  a: 5\n", 2, "intents.a", "this is no mapping"),
        ("intents:\n  a: {}\n", 2, "intents.a", "needs `data`"),
        ("intents:\n  a: {data: stop}\n", 2, "intents.a.data", "this is no list"),
        ("intents:\n  a:\n    data:\n      - slots: {b: c}\n", 4, BLOCK, "needs `sentences`"),
        ("intents:\n  a:\n    data:\n      - sentences: abc\n", 4, f"{BLOCK}.sentences", "letter by letter"),
        ("intents:\n  a:\n    data: [{sentences: [[b]]}]\n", 3, f"{BLOCK}.sentences[0]", "should be a text"),
        ("intents:\n  a:\n    data: [{sentences: ['[b]']}]\n", 3, f"{BLOCK}.sentences[0]", "empty text"),
        ("intents:\n  a:\n    data: [{sentences: ['(b']}]\n", 3, f"{BLOCK}.sentences[0]", "is missing"),
        (GOOD + "  b: {data: [{sentences: [x]}]}\n", 3, "intents.b.data[0].sentences[0]", "is both b and a"),
        (GOOD + "  a: {data: [{sentences: [y]}]}\n", 3, "intents.a", "stands here twice"),
        (marked("red: yes"), 2, f"{BLOCK}.metadata.red", "true or false"),
        (marked("rank: high"), 2, f"{BLOCK}.metadata.rank", "whole number"),
        (marked("negated: b"), 2, f"{BLOCK}.metadata.negated", "no intent 'b'"),
        (marked("answers: [b]"), 2, f"{BLOCK}.metadata.answers", "no intent 'b'"),
        (GOOD + "expansion_rules:\n  r: '<s>'\n", 4, "expansion_rules.r", "no snippet <s>"),
        (GOOD + "lists:\n  l: {wildcard: true}\n", 4, "lists.l", "nothing else can be sampled"),
        (GOOD + "lists:\n  l: {values: [{out: 1}]}\n", 4, "lists.l.values[0]", "`{in: text, out: value}`"),
        (GOOD + "lists:\n  l: {range: {from: 9, to: 1}}\n", 4, "lists.l.range", "to a higher one"),
        (GOOD + "lists:\n  l: {range: {from: a}}\n", 4, "lists.l.range.from", "whole number"),
        (GOOD + "homophones: [a, b]\n", 3, "homophones[0]", "this is no list"),
        (GOOD + "homophones: [[a, b], [b, c]]\n", 3, "homophones", "'b' stands there twice"),
    ],
)
def test_a_mistake_is_told_with_its_line_and_key(tmp_path: Path, text: str, line: int, key: str, message: str) -> None:
    found = mistakes(tmp_path, text)
    assert any((line, key) == (at, where) and message in what for at, where, what in found), found


def test_all_mistakes_of_a_file_are_told_at_once(tmp_path: Path) -> None:
    text = "intents:\n  a: {data: [{sentences: ['(x', '<y>']}]}\n  b: {}\n"
    assert [line for line, _, _ in mistakes(tmp_path, text)] == [2, 2, 3]


def test_unknown_keys_are_only_warned_of(tmp_path: Path) -> None:
    text = "intent: 1\nintents:\n  a:\n    data:\n      - {sentence: 1, sentences: [x], metadata: {allways: true}}\n"
    assert [(p.line, p.key, p.fatal) for p in load(tmp_path, text).warnings] == [
        (1, "intent", False),
        (5, "intents.a.data[0].sentence", False),
        (5, "intents.a.data[0].metadata.allways", False),
    ]


def test_a_file_that_is_not_there_or_not_text_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="can't be read: No such file"):
        load_grammar(tmp_path / "none.yaml")
    (tmp_path / "latin.yaml").write_bytes("größe: 1".encode("latin-1"))
    with pytest.raises(DataError, match="save it as UTF-8"):
        load_grammar(tmp_path / "latin.yaml")


def test_what_a_model_lacks_is_named_and_its_phrases_left_out() -> None:
    gaps = vocabulary_gaps(EN, lambda word: word not in {"numb", "pause", "calf"})
    assert gaps.words == ("calf", "numb", "pause")
    assert gaps.red_words == ("calf", "numb")
    assert {"my leg is numb", "pause please", "in my calf now"} <= set(gaps.phrases)
    assert "in my leg now" not in gaps.phrases


@pytest.mark.parametrize("deep", ["[" * 200_000, "- " * 200_000 + "a", "? " * 200_000], ids=["flow", "list", "key"])
def test_a_grammar_that_is_nested_beyond_reason_is_told_in_a_sentence(deep: str, tmp_path: Path) -> None:
    (tmp_path / "deep.yaml").write_text(deep, encoding="utf-8")
    with pytest.raises(DataError, match="nested more than"):
        load_grammar(tmp_path / "deep.yaml")


def test_words_that_never_stand_side_by_side_are_breaks(subtests: pytest.Subtests) -> None:
    for text, breaks in [
        ("stop", 0),
        ("it's going down my leg", 0),
        ("no better", 0),
        ("know better", 0),  # sounds the same
        ("[unk] worse [unk]", 0),
        ("worse the", 2),
        ("please the can pain the bed", 4),
    ]:
        with subtests.test(text=text):
            assert EN.breaks(text) == breaks
