"""The table of requirements names only what there is, and each requirement once."""

import ast
import re
import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from voice_coach.exercise.prompts import load_prompts

ROOT = Path(__file__).parents[1]
TABLE = (ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| ([RDVTQ]\d+) \| (.+?) \| (.+) \|$", re.MULTILINE)
ROWS = {found[1]: found[3] for found in ROW.finditer(TABLE)}
NAMED = [(number, name) for number, cell in ROWS.items() for name in re.findall(r"`([^`]+)`", cell)]
PROMPT = re.compile(r"^(welcome|ask|retry\d|say|help|summary|told)\.\w+$")
EXERCISE = tomllib.loads((ROOT / "exercises" / "en" / "flexion_rotation.toml").read_text(encoding="utf-8"))

LAST = {"R": 40, "D": 7, "V": 26, "T": 14, "Q": 2}
WANTED = [f"{kind}{n}" for kind, last in LAST.items() for n in range(1, last + 1)]


def is_in_exercise(path: str) -> bool:
    """Return whether the exercise's file has this key; an item of a list goes by its id or name."""
    value: Any = EXERCISE
    for key in path.split("."):
        if isinstance(value, list):
            value = next((item for item in value if key in {item.get("id"), item.get("name")}), None)
        else:
            value = value.get(key)
        if value is None:
            return False
    return True


@cache
def found_in(path: str) -> frozenset[str]:
    """Return the names of the tests in a file; nothing where there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    body = ast.parse(file.read_text(encoding="utf-8")).body
    functions = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    classes = {
        target.id for n in body if isinstance(n, ast.Assign) for target in n.targets if isinstance(target, ast.Name)
    }
    return frozenset(name for name in functions | classes if name.lower().startswith("test"))


def is_in_code(name: str) -> bool:
    """Return whether `module.name`, within the package, can be imported."""
    module, _, attribute = f"voice_coach.{name}".rpartition(".")
    try:
        return hasattr(import_module(module), attribute)
    except ModuleNotFoundError:
        return False


def exists(name: str) -> bool:
    """Return whether there is what a name in the table stands for."""
    if name.startswith("exercise:"):
        return is_in_exercise(name.removeprefix("exercise:"))
    if "::" in name:
        path, _, test = name.partition("::")
        return test in found_in(path)
    if PROMPT.match(name):
        return name in load_prompts("en").texts
    return is_in_code(name)


def test_every_requirement_stands_in_the_table_once_and_in_order() -> None:
    assert [found[1] for found in ROW.finditer(TABLE)] == WANTED


def test_each_is_realised_or_it_is_said_that_it_is_not() -> None:
    signs = ("`", "**not spoken**: ", "**not built yet**")
    assert [number for number in WANTED if not any(sign in ROWS[number] for sign in signs)] == []


def test_what_the_table_names_is_there() -> None:
    assert [f"{number}: {name}" for number, name in NAMED if not exists(name)] == []


@pytest.mark.parametrize("document", ["safety.md", "field-reports.md"])
def test_what_the_tables_of_hazards_and_reports_name_is_there(document: str) -> None:
    named = re.findall(r"`(tests/[^`]+::[^`]+)`", (ROOT / "docs" / document).read_text(encoding="utf-8"))
    assert len(named) > 10
    assert [name for name in named if not exists(name)] == []


@pytest.mark.parametrize(
    "name",
    [
        "say.nothing",
        "exercise:steps.fly",
        "session.stopping.nothing",
        "session.nothing.red",
        "tests/test_none.py::test_x",
    ],
)
def test_what_is_not_there_would_be_found(name: str) -> None:
    assert not exists(name)
