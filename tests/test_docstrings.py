"""The examples in docstrings: each runs as it is printed, and gives what it says."""

import doctest
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "voice_coach").rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


def test_the_examples_are_found() -> None:
    assert {"voice_coach.testing", "voice_coach.testing.conversation"} <= set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_give_what_they_say(name: str) -> None:
    found = doctest.testmod(import_module(name), raise_on_error=False)
    assert found.attempted > 0
    assert found.failed == 0
