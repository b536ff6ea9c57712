"""The shape of any msgspec struct, with the types that exercises don't use."""

from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pytest

from voice_coach.files.validate import mistakes, nearest, quoted, read_toml


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    """A part."""

    day: date | None = None


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    """A whole."""

    parts: list[Inner] = []
    kind: Literal[1, 2] = 1
    code: Annotated[str, msgspec.Meta(pattern="^x+$")] = "x"
    share: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.5
    named: dict[str, Inner] = {}
    since: time = time(8)


def problem_of(tmp_path: Path, text: str) -> tuple[int, str, str]:
    """Return line, key and message of the only problem."""
    path = tmp_path / "x.toml"
    path.write_text(text, encoding="utf-8")
    value, (problem,), _ = read_toml(path, Outer)
    assert value is None
    return problem.line, problem.key, problem.message


@pytest.mark.parametrize(
    ("text", "line", "key", "message"),
    [
        ("\nkind = 3", 2, "kind", 'must be one of "1", "2", not 3'),
        ("code = 'y'", 1, "code", 'must be text like ^x+$, not "y"'),
        ("share = 1", 1, "share", "must be a number above 0 and below 1, not 1"),
        ("parts = 'x'", 1, "parts", 'must be a list in [ ], not "x"'),
        ("[named]\na = 1", 2, "named.a", "must be a table of key = value, not 1"),
        (
            "[[parts]]\n[[parts]]\nday = 'May'",
            3,
            "parts[1].day",
            'must be a date such as 2031-05-27, without quotes, not "May"',
        ),
        ("since = 3", 1, "since", "Expected `time`, got `int`; correct it"),
    ],
)
def test_each_mistake_is_told(tmp_path: Path, text: str, line: int, key: str, message: str) -> None:
    assert problem_of(tmp_path, text) == (line, key, message)


def test_a_good_file_becomes_a_value(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text("[[parts]]\nday = 2031-02-03\n", encoding="utf-8")
    value, problems, located = read_toml(path, Outer)
    assert value == Outer(parts=[Inner(date(2031, 2, 3))])
    assert problems == []
    assert located is not None


def test_all_mistakes_are_found_at_once() -> None:
    found = mistakes({"kind": 9, "code": 1, "parts": [{"x": 1}, 2], "zzz": 0}, Outer)
    assert [mistake.place for mistake in found] == [("kind",), ("code",), ("parts", 0, "x"), ("parts", 1), ("zzz",)]


def test_values_are_quoted_short() -> None:
    assert [quoted(value) for value in ("a", True, 1.5)] == ['"a"', "true", "1.5"]
    assert quoted("x" * 100) == '"' + "x" * 39 + "..."
    assert nearest("zzz", ["b", "a"]) == "known are a, b"
