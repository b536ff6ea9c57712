"""The parsers with their seeds, some changes of them, and the files that once broke one (`make fuzz`)."""

import random
from pathlib import Path

import pytest

from tests.fuzz.mutate import mutated
from tests.fuzz.parsers import PARSERS, Parser, hand_in

FOUND = Path(__file__).parent / "found"

CHANGED = 12
"""Of each seed that is text."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where files are handed in; no program is found from there."""
    monkeypatch.setenv("PATH", "/nowhere")
    return tmp_path / "in"


@pytest.mark.parametrize("parser", PARSERS.values(), ids=PARSERS)
def test_the_seeds_are_accepted_and_whatever_becomes_of_them_is_accepted_or_refused(
    parser: Parser, folder: Path
) -> None:
    """Without a seed that is good, a fuzzer would reach no further than the first complaint."""
    for seed in parser.seeds():
        assert hand_in(parser, seed, folder)
        hand_in(parser, seed[: len(seed) // 2], folder)
        rng = random.Random(1)  # noqa: S311 - the same changes each time
        for _ in range(CHANGED if parser.is_text else 0):
            hand_in(parser, mutated(seed, rng, len(seed) * 50), folder)


@pytest.mark.parametrize("path", sorted(FOUND.glob("*/*")), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_once_broke_a_parser_is_accepted_or_refused(path: Path, folder: Path) -> None:
    hand_in(PARSERS[path.parent.name], path.read_bytes(), folder)
