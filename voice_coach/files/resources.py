"""Locate data files: in the user's folders, a checkout, or an installed wheel."""

from pathlib import Path
from typing import Literal

from platformdirs import PlatformDirs

Kind = Literal["exercises", "programmes", "grammars", "audio_cues", "voice_packs", "prompts", "personas", "model"]

APP = PlatformDirs("voice_coach", appauthor=False)
"""XDG folders on Linux, and their like elsewhere: `APP.user_data_path`, `user_cache_path`, `user_config_path`."""

_PACKAGE = Path(__file__).parents[1]


def folders(kind: Kind) -> list[Path]:
    """Return the folders that hold this kind of file and exist, the one that wins first.

    The user's config folder wins; then a checkout's top level (`exercises/`, `programmes/`, `grammars/`, ...)
    or its copy in the wheel (`voice_coach/data/`).
    """
    places = [APP.user_config_path / kind, _PACKAGE.parent / kind, _PACKAGE / "data" / kind, _PACKAGE / kind]
    if not (_PACKAGE.parent / "pyproject.toml").is_file():  # site-packages may hold somebody else's "exercises"
        del places[1]
    return [place for place in places if place.is_dir()]


def find(kind: Kind, name: str) -> Path | None:
    """Return the first file or folder called `name` (may hold slashes) among the folders of this kind."""
    return next((path for folder in folders(kind) if (path := folder / name).exists()), None)
