"""Lines of keys, in every way that TOML and YAML have of writing them."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_coach.files.positions import Place, key_of, line_of, toml_lines, yaml_lines

TOML = '''# a comment with [brackets] = and "quotes"
title = "x # no comment" # a comment

[owner]
"full name" = 'it'
dates.birth.year = 1979

[[steps]]
say = ["one", # [
  "two",

  "three"]
[steps.variant]
when = { intent = "cant", words = [ { a = 1 }, { b = """
] } "quoted" \\""" """ } ] }

[[steps]]
text = """

[no.table]
key = 1
"""
last = 1979-05-27T07:32:00Z
[[steps.parts]]
n = 1
[[steps.parts]]
n = -2.5e3
[empty]
list = [ ]
raw = \'\'\'a
'' ]\'\'\'
'''


def places(value: object, place: Place = ()) -> set[Place]:
    """Return every place in a parsed file."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return {place} - {()} | {found for key, item in items for found in places(item, (*place, key))}


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("title",), 2),
        (("owner",), 4),
        (("owner", "full name"), 5),
        (("owner", "dates", "birth", "year"), 6),
        (("steps", 0), 8),
        (("steps", 0, "say", 0), 9),
        (("steps", 0, "say", 1), 10),
        (("steps", 0, "say", 2), 12),
        (("steps", 0, "variant"), 13),
        (("steps", 0, "variant", "when", "intent"), 14),
        (("steps", 0, "variant", "when", "words", 1, "b"), 14),
        (("steps", 1), 17),
        (("steps", 1, "last"), 23),
        (("steps", 1, "parts", 0, "n"), 25),
        (("steps", 1, "parts", 1, "n"), 27),
        (("empty", "raw"), 30),
    ],
)
def test_each_toml_key_has_its_line(place: Place, line: int) -> None:
    assert toml_lines(TOML)[place] == line


def test_no_key_of_the_toml_file_is_missed_and_none_is_made_up() -> None:
    assert set(toml_lines(TOML)) == places(tomllib.loads(TOML))


def test_line_ends_of_windows_change_nothing() -> None:
    assert toml_lines(TOML.replace("\n", "\r\n")) == toml_lines(TOML)


KEYS = st.sampled_from(["a", "b-c", '"d.e"', "'f'", '"\\u0041"'])
SCALARS = st.sampled_from(
    ['"x"', "'\"'", '"""a"b"""', "''''q'''", "1", "-1.5e3", "true", "1979-05-27 07:32:00", "[ ]", "{ }"]
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: "[\n" + ", # ,\n".join(items) + "\n]"),
        st.dictionaries(KEYS, inner, max_size=3).map(
            lambda items: "{ " + ", ".join(f"{key} = {value}" for key, value in items.items()) + " }"
        ),
    ),
    max_leaves=6,
)
PAIRS = st.dictionaries(st.lists(KEYS, min_size=1, max_size=2).map(" . ".join), VALUES, max_size=3).map(
    lambda pairs: [f"{key} = {value}" for key, value in pairs.items()]
)
HEADERS = st.tuples(st.booleans(), st.lists(KEYS, min_size=1, max_size=3)).map(
    lambda header: f"[[{'.'.join(header[1])}]]" if header[0] else f"[ {' . '.join(header[1])} ] # x"
)
FILES = st.lists(st.tuples(HEADERS, PAIRS), max_size=5).map(
    lambda tables: "\n\n".join(line for header, pairs in tables for line in (header, *pairs))
)


@given(FILES)
def test_any_toml_file_is_walked_as_tomllib_walks_it(text: str) -> None:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    lines = toml_lines(text)
    assert set(lines) == places(data)
    assert all(1 <= line <= text.count("\n") + 1 for line in lines.values())


def test_yaml_keys_and_items_have_their_lines() -> None:
    text = "language: en\nintents:\n  stop:\n    data:\n      - sentences:\n          - stop\n          - halt\n"
    lines = yaml_lines(text)
    assert lines["intents", "stop"] == 3
    assert lines["intents", "stop", "data", 0, "sentences", 1] == 7
    assert yaml_lines("") == {}


def test_a_key_that_is_missing_is_told_at_the_table_around_it() -> None:
    lines = toml_lines("a = 1\n[b]\nc = 2\n")
    assert line_of(lines, ("b", "d", 3)) == 2
    assert line_of(lines, ("nowhere",)) == 0
    assert key_of(("repetition", "phases", 1, "seconds")) == "repetition.phases[1].seconds"
