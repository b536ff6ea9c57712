"""How a pack's voice is made: `packs/voices/NAME.toml`."""

from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Final, Literal

import msgspec

from voice_coach.errors import DataError, Problem

RULES: Final = 3
"""Counted up when phonemes, levelling or cutting change: clips made by other rules are rendered again."""

FOLDER: Final = Path(__file__).with_name("voices")

Share = Annotated[float, msgspec.Meta(gt=0, le=1)]


class Recipe(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A voice of Kokoro-82M, or a blend of several."""

    title: str
    language: Literal["en"]
    licence: str
    accent: Literal["us", "gb"]
    timbre: dict[str, Share]
    """Shares of voices, by name: who speaks."""
    prosody: dict[str, Share]
    """The same for rhythm and melody."""
    speed: Annotated[float, msgspec.Meta(ge=0.5, le=1.5)]
    seed: int = 1
    word_row: Annotated[int, msgspec.Meta(ge=0, le=60)] = 0
    """Single words have the style of a text of at least so many phonemes: that of very short ones blurs some voices."""
    word_speed: Annotated[float, msgspec.Meta(ge=0.5, le=2.0)] = 1.0
    """Factor on the speed of single words."""

    @property
    def digest(self) -> str:
        """Equal for voices that sound equal: clips of another one are rendered again."""
        return blake2b(msgspec.json.encode((RULES, self)), digest_size=6).hexdigest()


def read_recipe(name: str, folder: Path = FOLDER) -> Recipe:
    """Return the recipe of a voice.

    Raises:
        DataError: there is none, or it can't be understood.
    """
    path = folder / f"{name}.toml"
    there = sorted(one.stem for one in folder.glob("*.toml"))
    if name not in there:
        raise DataError([Problem(path, 0, "", f"there is no such voice to render; there are {', '.join(there)}")])
    try:
        recipe = msgspec.toml.decode(path.read_bytes(), type=Recipe)
    except (msgspec.DecodeError, ValueError) as error:
        raise DataError([Problem(path, 0, "", f"is no recipe of a voice ({error})")]) from error
    for key, shares in (("timbre", recipe.timbre), ("prosody", recipe.prosody)):
        if abs(sum(shares.values()) - 1) > 0.001:  # noqa: PLR2004 -- rounding
            raise DataError([Problem(path, 0, key, "shares must add up to 1")])
    return recipe
