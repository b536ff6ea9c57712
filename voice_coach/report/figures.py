"""The report's figures: each a chart, its words, and the same as a table. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from voice_coach.clinical.body_regions import moved, place_of
from voice_coach.clinical.eligibility import day_of
from voice_coach.records import Session
from voice_coach.report.charts import PLACE_NAMES, Chart, pain_chart, place_chart, repetitions_chart, sessions_chart
from voice_coach.report.days import Day, is_notable, named, pain_change, shows_trend

UNKNOWN: Final = "-"
"""What was not asked or not answered: never a zero."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its words, and the same as a table."""

    title: str
    caption: str
    chart: Chart
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def figures(days: Sequence[Day]) -> tuple[Figure, ...]:
    """Return the charts of the page."""
    marks = "A dashed red line marks a session in which a red word was said. What was not answered has no mark."
    joined = " The dotted line joins the first scores of the days." if shows_trend(days) else ""
    sessions = [(day, session) for day in days for session in day.sessions]
    return (
        Figure(
            "Sessions a day",
            "The dashed line is the number that is meant to be done.",
            sessions_chart(days),
            ("day", "sessions", "meant to be", "done to the end", "red word said"),
            tuple(
                (
                    named(day.date),
                    str(len(day.sessions)),
                    number(day.target),
                    str(day.completed),
                    "yes" if day.red else "no",
                )
                for day in days
            ),
        ),
        Figure(
            "Pain before and after",
            "From 0, no pain, to 10, the worst imaginable. A number stands at a change of 2 points or more. "
            f"{marks}{joined}",
            pain_chart(days),
            ("session", "before", "after", "change", "2 or more"),
            tuple(
                (
                    when(session),
                    number(session.nprs_before),
                    number(session.nprs_after),
                    _signed(pain_change(session)),
                    _notable(session),
                )
                for _, session in sessions
            ),
        ),
        Figure(
            "Furthest place of the pain",
            f"The higher, the nearer to the spine. {marks}",
            place_chart(days),
            ("session", "before", "after", "moved"),
            tuple((when(session), *places(session), _moved(session)) for _, session in sessions),
        ),
        Figure(
            "Repetitions coached",
            "Counted to their end by the coach; whether they were done is not seen.",
            repetitions_chart(days),
            ("day", "repetitions"),
            tuple((named(day.date), str(day.repetitions) if day.sessions else UNKNOWN) for day in days),
        ),
    )


def when(session: Session) -> str:
    """Return the start of a session, by the clock on the user's wall, such as `6 May 2031 12:30`."""
    return f"{named(day_of(session))} {session.started[11:16]}"


def places(session: Session) -> tuple[str, str]:
    """Return the furthest place before and after."""
    before, after = (place_of(rank) for rank in (session.furthest_before, session.furthest_after))
    return PLACE_NAMES.get(before or "", UNKNOWN), PLACE_NAMES.get(after or "", UNKNOWN)


def _moved(session: Session) -> str:
    """Return where the furthest place went."""
    change = moved(session.furthest_before, session.furthest_after)
    words = {"centralised": "toward the spine", "peripheralised": "outward", "unchanged": "no"}
    return words[change] if change else UNKNOWN


def _notable(session: Session) -> str:
    """Return whether the pain changed by 2 or more."""
    change = pain_change(session)
    return UNKNOWN if change is None else "yes" if is_notable(change) else "no"


def quoted(words: str) -> str:
    """Return what was said in quotes."""
    return f"\N{LEFT DOUBLE QUOTATION MARK}{words}\N{RIGHT DOUBLE QUOTATION MARK}" if words else UNKNOWN


def many(number: int, what: str) -> str:
    """Return a number of things."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def number(value: float | None) -> str:
    """Return a number as short as it can be."""
    return UNKNOWN if value is None else f"{value:g}"


def _signed(value: float | None) -> str:
    """Return a change with its sign."""
    return UNKNOWN if value is None else f"{value:+g}".replace("-", "\N{MINUS SIGN}")


def mean(value: float | None) -> str:
    """Return a mean with one digit behind the point."""
    return UNKNOWN if value is None else f"{value:.1f}"
