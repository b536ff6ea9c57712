"""JSON Schemas of the data files, generated from their models, so that editors can complete and explain keys."""

import ast
import inspect
import json
from types import ModuleType
from typing import Any

import msgspec

from voice_coach.exercise import model

FILE = "exercise.schema.json"
"""The schema's file name in `exercises/`; the first line of each exercise file refers to it."""


def schema() -> dict[str, Any]:
    """Return the schema of an exercise file."""
    return schema_of(model.ExerciseFile, "exercise", model)


def schema_of(kind: type[msgspec.Struct], title: str, *modules: ModuleType) -> dict[str, Any]:
    """Return a schema: JSON Schema 2020-12, with the docstrings of the model's modules as descriptions."""
    made = msgspec.json.schema(kind)
    for name, definition in made["$defs"].items():
        for key, text in _docstrings(name, modules).items():
            if key in definition.get("properties", {}):
                definition["properties"][key]["description"] = text
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": f"voice_coach {title}", **made}


def schema_text() -> str:
    """Return the schema of an exercise file as in its file."""
    return as_text(schema())


def as_text(made: dict[str, Any]) -> str:
    """Return a schema as in its file."""
    return json.dumps(made, indent=2, ensure_ascii=False) + "\n"


def _docstrings(name: str, modules: tuple[ModuleType, ...]) -> dict[str, str]:
    """Return the docstring of each key of this struct."""
    (definition,) = [
        node
        for module in modules
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.ClassDef) and node.name == name
    ]
    found = {}
    for key, text in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(key, ast.AnnAssign) and isinstance(key.target, ast.Name) and isinstance(text, ast.Expr):
            found[key.target.id] = inspect.cleandoc(str(ast.literal_eval(text.value)))
    return found
