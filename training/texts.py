"""The texts of the synthetic voices: the grammar's phrases, commands, words of the vocabulary, and running text."""

import re
from pathlib import Path
from typing import Final

import numpy as np

from voice_coach.hear.grammar.load import load_grammar

COMMANDS: Final = "yes no stop go left right up down on off".split()
PLAIN: Final = (
    "worse better same ready next pause repeat help continue resume slower faster louder quieter finish".split()
)
SAFETY: Final = "stop worse ow ouch help wait stop worse".split()
"""Words that must never be missed; "stop" and "worse" are drawn most often."""
NUMBERS: Final = "zero one two three four five six seven eight nine ten".split()
_RUNNING_TEXT: Final = ("README.md", "docs/*.md", "exercises/*/*.toml", "voice_coach/prompts/*.toml", "LICENSE")
_SENTENCE: Final = re.compile(r"[A-Za-z][a-z']+(?:,? [A-Za-z][a-z']+){3,14}")


class Texts:
    """A source of texts; the same generator gives the same ones."""

    def __init__(self, root: Path, vocabulary: list[str]) -> None:
        """Read the grammar and the running text of the checkout at `root`."""
        self._phrases = sorted({phrase.text for phrase in load_grammar(root / "grammars/en.yaml").phrases})
        known = frozenset(vocabulary)
        files = sorted(path for pattern in _RUNNING_TEXT for path in root.glob(pattern))
        found = {
            match.lower() for path in files for match in _SENTENCE.findall(path.read_text("utf-8").replace("\n", " "))
        }
        words = {text: text.replace(",", "").split() for text in found}
        self._sentences = sorted(" ".join(said) for said in words.values() if known.issuperset(said))
        self._vocabulary = vocabulary

    def draw(self, rng: np.random.Generator) -> str:
        """Return one text: words of the vocabulary in lower case with single blanks between."""
        kind = rng.random()
        if kind < 0.10:  # noqa: PLR2004  (the shares stand here and nowhere else)
            return self._some(rng, SAFETY, 2)
        if kind < 0.30:  # noqa: PLR2004
            return str(rng.choice(self._phrases))
        if kind < 0.45:  # noqa: PLR2004
            return self._some(rng, _list(rng), 3)
        if kind < 0.80:  # noqa: PLR2004
            return self._some(rng, self._vocabulary, 5)
        return str(rng.choice(self._sentences))

    @staticmethod
    def _some(rng: np.random.Generator, words: list[str], most: int) -> str:
        return " ".join(rng.choice(words, rng.integers(1, most + 1)))


def _list(rng: np.random.Generator) -> list[str]:
    return [COMMANDS, PLAIN, NUMBERS][rng.choice(3, p=[0.5, 0.3, 0.2])]
