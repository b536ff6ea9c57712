"""Programme files as a clinician writes them, and exercises short enough to be done by typing."""

from collections.abc import Callable
from pathlib import Path

import pytest

SHORT = Path(__file__).parents[1] / "virtual_card" / "short.toml"
HEAD = 'id = "mine"\nversion = 1\nlanguage = "en"\ntitle = "mine"\n'

Write = Callable[..., Path]


def step(exercise: str, **keys: str) -> str:
    """Return a step of a programme file."""
    return "\n".join(
        ["[[steps]]", f'exercise = "{exercise}"', *(f'{key} = "{value}"' for key, value in keys.items()), ""]
    )


@pytest.fixture
def write(own_folders: Path) -> Write:
    """Return what writes a programme of these steps into the user's folder."""

    def written(*steps: str, head: str = HEAD, name: str = "mine") -> Path:
        path = own_folders / "config" / "voice_coach" / "programmes" / "en" / f"{name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join([head.replace("mine", name), *steps]), encoding="utf-8")
        return path

    return written


@pytest.fixture
def two_short(own_folders: Path) -> list[str]:
    """Put two short exercises into the user's folder, and return their ids."""
    folder = own_folders / "config" / "voice_coach" / "exercises" / "en"
    folder.mkdir(parents=True)
    text = SHORT.read_text(encoding="utf-8")
    (folder / "short_rotation.toml").write_text(text, encoding="utf-8")
    other = text.replace("short_rotation", "second_rotation").replace("short rotation", "second rotation")
    (folder / "second_rotation.toml").write_text(other, encoding="utf-8")
    return ["short_rotation", "second_rotation"]
