"""Comparisons with how it was before the exercise: what is not known is neither lower nor more."""

from voice_coach.clinical.body_regions import rank
from voice_coach.session.turn import Turn


def is_lower(turn: Turn, place: str | None) -> bool:
    """Tell whether a place is further down than the furthest one before."""
    before, now = rank(turn.facts.furthest_before), rank(place)
    return before is not None and now is not None and now > before


def is_higher(turn: Turn, place: str | None) -> bool:
    """Tell whether a place is closer to the spine than the furthest one before."""
    before, now = rank(turn.facts.furthest_before), rank(place)
    return before is not None and now is not None and now < before


def hurts_more(turn: Turn) -> bool:
    """Tell whether the number after the exercise is higher than that before it."""
    before, after = turn.facts.pain_before, turn.facts.pain_after
    return before is not None and after is not None and after > before
