"""docs/clinical-review.md is what the coach says, understands and does."""

import pytest

from scripts.clinical_review import BREAK, PAGE, SIGN, document
from scripts.clinical_review_language import GRAMMAR
from voice_coach.app.known_texts import known_lines
from voice_coach.exercise.prompts import read_texts
from voice_coach.hear.grammar.grammar import NUMBER
from voice_coach.hear.grammar.load import load_grammar

MAX_LINES = 2500


@pytest.fixture(scope="module")
def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_the_page_is_up_to_date(page: str) -> None:
    assert page == document(), "write it with `make clinical-review`"


def test_it_can_be_printed_and_signed_topic_by_topic(page: str) -> None:
    topics = page.count("\n## ")
    assert topics > 20
    assert page.count(SIGN) == topics
    assert page.count(BREAK) == topics + 1
    assert len(page.splitlines()) < MAX_LINES


def test_every_sentence_is_there(page: str) -> None:
    """Those of exercises as they are heard, all others with their fields in braces."""
    prompts = [
        (f"{name}.{n}", text)
        for file in ("en.toml", "standby/en.toml", "setup/en.toml", "who/en.toml")
        for name, texts in read_texts(file).items()
        for n, text in enumerate(texts, 1)
    ]
    cues = {cue for cue, _ in prompts}
    others = {line.text for line in known_lines() if ".".join(line.cue.split(".")[:3]) not in cues}
    assert min(len(prompts), len(others)) > 300
    assert sorted(text for text in {*others, *(text for _, text in prompts)} if text not in page) == []


def test_every_phrase_is_there_with_its_intent(page: str) -> None:
    """Without the line breaks; of numbers only those for four."""
    text = " ".join(page.split())
    phrases = [phrase for phrase in load_grammar(GRAMMAR).phrases if phrase.intent != NUMBER]
    assert len(phrases) > 2000
    assert sorted({phrase.text for phrase in phrases if phrase.text not in text}) == []
    assert sorted({phrase.intent for phrase in phrases if f"**{phrase.intent}** (" not in text}) == []
