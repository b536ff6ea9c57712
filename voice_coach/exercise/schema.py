"""The JSON Schema of an exercise file, made from the model: an editor completes keys by it and shows what they mean."""

import ast
import inspect
import json
from typing import Any

import msgspec

from voice_coach.exercise import model

FILE = "exercise.schema.json"
"""Its name in `exercises/`; the first line of an exercise file there names it for editors."""


def schema() -> dict[str, Any]:
    """Return the schema: JSON Schema 2020-12, with the model's docstrings as descriptions."""
    made = msgspec.json.schema(model.ExerciseFile)
    for name, definition in made["$defs"].items():
        for key, text in _docstrings(name).items():
            if key in definition.get("properties", {}):
                definition["properties"][key]["description"] = text
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "voice_coach exercise", **made}


def schema_text() -> str:
    """Return the schema as it stands in its file."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _docstrings(name: str) -> dict[str, str]:
    """Return what is said in the model below each key of this struct."""
    (definition,) = [
        node
        for node in ast.parse(inspect.getsource(model)).body
        if isinstance(node, ast.ClassDef) and node.name == name
    ]
    found = {}
    for key, text in zip(definition.body, definition.body[1:], strict=False):
        if isinstance(key, ast.AnnAssign) and isinstance(key.target, ast.Name) and isinstance(text, ast.Expr):
            found[key.target.id] = inspect.cleandoc(str(ast.literal_eval(text.value)))
    return found
