"""Sentences of earlier versions, by cue: a recording of one sentence must not be played for another."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from voice_coach.actions import Line

_FOLDER: Final = Path(__file__).parents[1] / "prompts" / "former"
"""For each language a folder with a file for each release (`scripts/said_by.py`): cue -> text."""


def former_text(line: Line, language: str) -> str:
    """Return a different text that a release had for this line's cue; empty: there was none.

    A recording named after the cue may be of that text.
    """
    texts = (release.get(line.cue, line.text) for release in _releases(language))
    return next((text for text in texts if text != line.text), "")


def is_former(cue: str, language: str) -> bool:
    """Tell whether a release had a sentence of this name."""
    return any(cue in release for release in _releases(language))


@cache
def _releases(language: str) -> tuple[Mapping[str, str], ...]:
    """Return the texts of each release, the oldest first."""
    return tuple(json.loads(path.read_text(encoding="utf-8")) for path in sorted((_FOLDER / language).glob("*.json")))
