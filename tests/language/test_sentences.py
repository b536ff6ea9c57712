"""The sentences that the grammar is judged by: made in the same way everywhere, and with words it does not know."""

import string

from tests.language.sentences import FORMS, as_decoded, filled, fours, lists, new_words, sentences
from voice_coach.config.engines import session_grammar
from voice_coach.hear.grammar.grammar import UNKNOWN
from voice_coach.hear.grammar.templates import normal

GRAMMAR = session_grammar("en")
MIN_OF_A_KIND = 100
MIN_NEW = 0.25


def test_a_pattern_uses_every_word_and_as_many_fillings_as_asked() -> None:
    words = {"a": ("one", "two", "three"), "b": ("red", "", "blue")}
    texts = filled("{a} is {b}", words, most=5)
    assert len(texts) == len(set(texts)) == 5
    assert set(" ".join(texts).split()) == {"one", "two", "three", "is", "red", "blue"}
    assert len(filled("{a} is {b}", words, most=1)) >= 3
    assert filled("{a} is {b}", words, most=5) == texts
    assert len(filled("{a} is {b}", words, most=50)) == 9


def test_each_kind_has_enough_sentences_bare_and_wrapped() -> None:
    for kind in lists().kind:
        for wrapped in (False, True):
            found = [one for one in sentences() if one.kind is kind and one.wrapped is wrapped]
            assert len(found) >= MIN_OF_A_KIND, kind.name
    keys = [(one.kind.name, normal(one.text)) for one in sentences()]
    assert len(set(keys)) == len(keys)


def test_every_list_and_every_wrapper_is_used() -> None:
    patterns = [pattern for kind in lists().kind for pattern in kind.patterns]
    used = {name for pattern in patterns for _, name, _, _ in string.Formatter().parse(pattern) if name}
    assert used == set(lists().words)
    texts = {one.text for one in sentences()}
    for wrapper in lists().wrappers.around:
        before, after = wrapper.split("{}")
        assert any(text.startswith(before) and text.endswith(after) for text in texts), wrapper


def test_a_quarter_of_the_entries_hold_a_word_that_the_grammar_lacks() -> None:
    new, entries = new_words(GRAMMAR)
    assert len(new) / entries >= MIN_NEW, "the grammar has grown: write new entries into words.toml, unlike its own"


def test_an_answer_comes_in_four_forms() -> None:
    assert [text for _, text in fours("of course")] == ["of course", "of course not", "not of course", "no, of course"]
    assert [form for form, _ in fours("of course")] == list(FORMS)


def test_the_decoder_gives_only_words_of_the_grammar() -> None:
    assert as_decoded(GRAMMAR, "Quixotic, but worse!") == f"{UNKNOWN} but worse"
    for one in sentences():
        words = as_decoded(GRAMMAR, one.text).split()
        assert {word for word in words if GRAMMAR.in_vocabulary(word) != word} <= {UNKNOWN}
        assert len(words) == len(normal(one.text).split())
