"""The JSON Schema for editors says what the model says, and stands in its file as it is made."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from voice_coach.exercise.schema import FILE, schema, schema_text
from voice_coach.files.resources import folders

FOLDER = folders("exercises")[0]
SHIPPED = sorted((FOLDER / "en").glob("*.toml"))
SCHEMA = schema()


def resolved(part: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference, or the one kind that is no null, stands for."""
    part = next((one for one in part.get("anyOf", []) if one != {"type": "null"}), part)
    name = part.get("$ref", "").rpartition("/")[2]
    return dict(schema["$defs"][name]) if name else part


def wrong(value: object, part: dict[str, Any], place: str, schema: dict[str, Any] = SCHEMA) -> Iterator[str]:
    """Yield where a value is not as the schema has it: keys, required keys and enumerations."""
    part = resolved(part, schema)
    if isinstance(value, dict) and "properties" in part:
        yield from (f"{place}.{key}" for key in part.get("required", []) if key not in value)
        for key, item in value.items():
            if key not in part["properties"]:
                yield f"{place}.{key}"
            else:
                yield from wrong(item, part["properties"][key], f"{place}.{key}", schema)
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from wrong(item, part["items"], f"{place}[{n}]", schema)
    elif "enum" in part and value not in part["enum"]:
        yield place


def test_the_file_is_as_it_is_made() -> None:
    """`voice-coach check --schema > exercises/exercise.schema.json` makes it anew."""
    assert (FOLDER / FILE).read_text(encoding="utf-8") == schema_text()
    assert json.loads(schema_text())["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: str(path.stem))
def test_what_ships_keeps_to_it_and_names_it_for_editors(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert list(wrong(tomllib.loads(text), SCHEMA, "")) == []
    assert text.startswith(f"#:schema ../{FILE}\n")


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [('family = "stability"', 'family = "stable"', ".family"), ("hold = 5", "holt = 5", ".repetition.move.holt"),
     ("version = 1\n", "", ".version")],
)  # fmt: skip
def test_a_mistake_would_be_seen(old: str, new: str, place: str) -> None:
    text = (FOLDER / "en" / "bridge.toml").read_text(encoding="utf-8")
    assert list(wrong(tomllib.loads(text.replace(old, new)), SCHEMA, "")) == [place]


def test_each_table_and_what_is_not_plain_is_described() -> None:
    assert all(definition["description"] for definition in SCHEMA["$defs"].values())
    described = {
        key
        for definition in SCHEMA["$defs"].values()
        for key, part in definition["properties"].items()
        if part.get("description")
    }
    assert {"hold", "sides", "taught", "checks_after", "set_rest", "remarks", "at", "scales"} <= described
    assert SCHEMA["$defs"]["Move"]["properties"]["hold"]["description"].startswith("Whole seconds")
