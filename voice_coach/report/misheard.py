"""Utterances that were misheard, as rows for the language benchmark, to improve the grammar with. Pure."""

from collections.abc import Iterable
from typing import Final

from voice_coach.records import Answered, Misheard, Session

Row = dict[str, str | list[str] | None]

GROUP: Final = "misheard"

_STATES: Final = {
    "pain_before": "number",
    "pain_after": "number",
    "unsure_pain": "number",
    "furthest_before": "place",
    "furthest_after": "place",
    "unsure_place": "place",
    "side": "side",
    "side_told": "side",
    "side_said": "confirm",
    "side_sure": "confirm",
    "side_again": "confirm",
    "side_other": "confirm",
}
"""The benchmark's names of the states in which questions are asked."""


def misheard_rows(sessions: Iterable[Session]) -> list[Row]:
    """Return a row for each thing that was misheard, in the order of the sessions, with the keys of a benchmark's row.

    `text` is what the recogniser understood. `expect` is the intent of the answer that was then given to the same
    question, with its value in `slot`; an empty `expect` is to be filled in by hand.
    """
    return [_row(session, one) for session in sessions for one in session.misheard]


def _row(session: Session, one: Misheard) -> Row:
    meant, slot = _meant(session, one)
    return {
        "text": one.text,
        "group": GROUP,
        "state": _state(one.state),
        "expect": meant,
        "allowed": [],
        "note": f"taken for {one.intent}; then: {one.words}",
        "slot": slot,
    }


def _state(where: str) -> str:
    if where.startswith("check_"):
        return "check"
    if where.startswith(("screen_", "own_")):
        return "screen"
    return _STATES.get(where, where)


def _meant(session: Session, one: Misheard) -> tuple[str, list[str] | None]:
    """Return the intent that the next answer to the question stood for, and its slot."""
    given = next((a for a in session.answers if _answers(a, one) and a.value is not None), None)
    if given is None or not one.taken_back:
        return "", None
    value = f"{given.value:g}" if isinstance(given.value, int | float) else str(given.value)
    match _state(one.state):
        case "number":
            return "number", [value]
        case "place":
            return ("gone", None) if value == "none" else ("place", [value])
        case "side":
            return "side", [value]
        case "check" | "screen":
            return value, None
        case _:
            return "", None


def _answers(answer: Answered, one: Misheard) -> bool:
    return answer.question == one.state and answer.at > one.at
