"""The JSON Schema of a programme file, made from the model."""

from typing import Any

from voice_coach.exercise import model as exercise_model
from voice_coach.exercise.schema import as_text, schema_of
from voice_coach.programme import model

FILE = "programme.schema.json"
"""Its name in `programmes/`; the first line of a programme file there names it for editors."""


def schema() -> dict[str, Any]:
    """Return the schema of a programme file."""
    return schema_of(model.ProgrammeFile, "programme", model, exercise_model)


def schema_text() -> str:
    """Return it as it stands in its file."""
    return as_text(schema())
