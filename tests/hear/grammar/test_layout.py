"""Grammar files as people read them: short lines, and nothing twice in a list."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
import yaml

GRAMMARS: Final = Path(__file__).parents[3] / "grammars"
FILES: Final = sorted(GRAMMARS.rglob("*.yaml"))
MAX_LINE: Final = 120


def repeats(words: Iterable[str]) -> list[str]:
    return [word for word, count in Counter(words).items() if count > 1]


def lists(value: object, key: str = "") -> Iterator[tuple[str, list[str]]]:
    """Yield each list of texts, with its key."""
    if isinstance(value, dict):
        for name, child in value.items():
            yield from lists(child, f"{key}.{name}")
    elif isinstance(value, list):
        if value and all(isinstance(one, str) for one in value):
            yield key, value
        for i, child in enumerate(value):
            yield from lists(child, f"{key}[{i}]")


def word_lists(meaning: dict[str, Any]) -> dict[str, list[str]]:
    """Return the texts that hold words with commas between them: classes, the names of places, and the like."""
    texts = {
        **meaning.get("classes", {}),
        **{place["place"]: place["words"] for place in meaning.get("places", [])},
        **{key: meaning[key] for key in ("first_persons", "others") if key in meaning},
    }
    return {name: [" ".join(word.split()) for word in text.split(",")] for name, text in texts.items()}


def paired(meaning: dict[str, Any]) -> set[str]:
    """Return the classes whose words the recogniser gets by their place in the list, so that repeats stay."""
    said = [text for one in meaning.get("patterns", []) if one.get("wording") for text in one["said"]]
    return {name for text in said for name in re.findall(r"<(\w+)>", text)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(GRAMMARS)))
def test_no_line_is_too_long(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [number for number, line in enumerate(lines, 1) if len(line) > MAX_LINE] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(GRAMMARS)))
def test_nothing_stands_twice_in_a_list(path: Path) -> None:
    top = yaml.safe_load(path.read_text(encoding="utf-8"))
    meaning = top.get("meaning", {})
    found = {key: repeats(texts) for key, texts in lists(top)}
    found |= {name: repeats(words) for name, words in word_lists(meaning).items() if name not in paired(meaning)}
    assert {name: words for name, words in found.items() if words} == {}
