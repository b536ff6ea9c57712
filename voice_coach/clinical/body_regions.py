"""Regions of pain, from none to the foot, and the direction in which it moved."""

from typing import Literal

Change = Literal["centralised", "peripheralised", "unchanged"]

PLACES = ("none", "back", "one_side_back", "buttock", "thigh", "calf", "foot")
"""The furthest place in which pain is felt, from nowhere (0) outward to the foot (6) (clinical.md section 6)."""


def place_of(number: int | None) -> str | None:
    """Return the place of this rank, 0 to 6; None where it is not known."""
    return None if number is None else PLACES[number]


def moved(before: int | None, after: int | None) -> Change | None:
    """Return how the furthest place moved: toward the spine (or gone), outward, or unchanged.

    None if one of the two is not known, which is not the same as unchanged.
    """
    if before is None or after is None:
        return None
    return "centralised" if after < before else "peripheralised" if after > before else "unchanged"


def pain_score(value: object) -> float | None:
    """Return a pain score on the scale of 0 to 10; None for what is no number or not on the scale."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if 0 <= value <= 10 else None  # noqa: PLR2004 - NPRS is 0 to 10


def rank(place: object) -> int | None:
    """Return the rank of a place, 0 to 6; None for what is none of them, such as an answer that was not given."""
    return PLACES.index(place) if isinstance(place, str) and place in PLACES else None
