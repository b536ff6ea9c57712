"""Wordings: what the recogniser is given besides the phrases while an answer is waited for."""

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.config.engines import session_grammar
from voice_coach.errors import DataError
from voice_coach.hear.grammar.cover import cover_pairs
from voice_coach.hear.grammar.grammar import Grammar, vocabulary_gaps
from voice_coach.hear.grammar.load import load_grammar
from voice_coach.hear.grammar.match import understand
from voice_coach.session.question_table import ACTIVE

EN: Final = session_grammar("en")
QUESTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "yes": ("sound_check", "side_sure", "go_on"),
    "no": ("screen_1", "screen_5", "side_sure", "go_on"),
    "confirms": ("side_sure", "screen_1"),
    "agrees": ("sound_check", "go_on"),
    "ready_next": ("ready",),
    "resume": ("paused",),
    "side_left": ("side",),
    "side_right": ("side",),
    "number": ("pain_before",),
    "place": ("furthest_before",),
    "better": ("check",),
    "same": ("check",),
    "gone": ("check",),
    "unsure": ("check",),
}
"""Questions that each answer is given to; one of them must understand the wording."""

AS_GOOD: Final[Mapping[str, frozenset[str]]] = {
    "yes": frozenset({"confirms", "agrees", "ready_next", "resume"}),
    "confirms": frozenset({"yes"}),
    "agrees": frozenset({"yes", "confirms", "ready_next", "resume"}),
    "ready_next": frozenset({"yes", "resume"}),
    "resume": frozenset({"yes", "ready_next"}),
}
"""Intents that lead to the same as the one named."""


def pairs(texts: tuple[str, ...]) -> set[tuple[str, str]]:
    """Return all neighbours, with the ends of the texts as words."""
    return {pair for text in texts for pair in pairwise(["", *text.split(), ""])}


@pytest.mark.enumerated
@pytest.mark.parametrize("intent", sorted(EN.wordings))
def test_each_wording_is_understood_as_the_answer_that_it_belongs_to_and_as_no_sign(intent: str) -> None:
    right = AS_GOOD.get(intent, frozenset()) | {intent}
    found = {text: [understand(EN, text, ACTIVE[asked]) for asked in QUESTIONS[intent]] for text in EN.wordings[intent]}
    assert [text for text, ones in found.items() if any(one.red and not one.ask for one in ones)] == []
    answered = {
        text
        for text, ones in found.items()
        if any(one.intent in right and (not one.ask or one.besides) for one in ones)
    }
    assert [text for text in EN.wordings[intent] if text not in answered] == []


@given(st.lists(st.lists(st.sampled_from("abcd"), min_size=1, max_size=4).map(" ".join), max_size=30).map(tuple))
def test_the_few_that_are_kept_hold_all_neighbours(texts: tuple[str, ...]) -> None:
    kept = cover_pairs(texts)
    assert set(kept) <= set(texts)
    assert pairs(kept) == pairs(texts)
    for i in range(len(kept)):
        assert pairs(kept[: i + 1]) > pairs(kept[:i])


def small(folder: Path, wordings: str, pattern: str = "") -> Grammar:
    """Return a grammar of two phrases with these wordings."""
    path = folder / "small.yaml"
    meaning = f"meaning: {{classes: {{there: 'there, in place', now: 'now, at last'}}, patterns: [{pattern}]}}\n"
    path.write_text(
        "language: en\n"
        "intents: {ready: {data: [{sentences: [ready]}]}, stop: {data: [{sentences: [stop]}]}}\n"
        f"wordings: {wordings}\n" + (meaning if pattern else ""),
        encoding="utf-8",
    )
    return load_grammar(path)


def test_the_recogniser_gets_them_only_while_the_answer_is_waited_for(tmp_path: Path) -> None:
    grammar = small(tmp_path, "{ready: ['(okay|right) ready [now]', ready]}")
    assert grammar.wordings == {"ready": ("okay ready now", "okay ready", "right ready now")}
    assert grammar.sample() == ["ready", "stop"]
    assert grammar.sample(likely=frozenset({"stop"}), repeats=2) == ["ready", "stop", "stop"]
    expected = ["ready", "ready", "stop", *grammar.wordings["ready"]]
    assert grammar.sample(likely=frozenset({"ready"}), repeats=2) == expected


def test_a_pattern_gives_wordings_with_each_word_of_its_classes(tmp_path: Path) -> None:
    grammar = small(tmp_path, "{}", "{intent: ready, rank: 1, wording: true, said: ['<there> [<now>]']}")
    assert grammar.wordings == {"ready": ("there now", "in place at last", "there", "in place")}
    assert grammar.composition.said == ()


def test_what_a_model_lacks_is_told_of_wordings_too(tmp_path: Path) -> None:
    grammar = small(tmp_path, "{ready: ['all set', 'here now']}")
    assert vocabulary_gaps(grammar, lambda word: word != "set").phrases == ("all set",)


def test_wordings_of_no_intent_are_told_with_their_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"small.yaml:3.*no intent 'redy'"):
        small(tmp_path, "{redy: [okay]}")
