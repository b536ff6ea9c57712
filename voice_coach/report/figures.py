"""The report's figures: each a chart of one exercise, its caption, and the same data as a table. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from voice_coach.clinical.body_regions import moved
from voice_coach.records import Session
from voice_coach.report.charts import Chart, pain_chart, place_chart, repetitions_chart, sessions_chart
from voice_coach.report.days import Day, is_notable, named, pain_change, shows_trend
from voice_coach.report.words import UNKNOWN, number, places, signed, when


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart with its caption, and the same data as a table."""

    title: str
    caption: str
    chart: Chart
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    """The latest first."""


def figures(days: Sequence[Day], exercise: str) -> tuple[Figure, ...]:
    """Return the charts of one exercise.

    Args:
        days: with the sessions of this exercise alone.
        exercise: what it is called.
    """
    return (*_of_sessions(days, exercise), *_of_days(days, exercise))


def _of_sessions(days: Sequence[Day], exercise: str) -> tuple[Figure, ...]:
    """Return the charts with a mark for each session: the pain, and its furthest place."""
    marks = "A dashed red line marks a session with a red event. What was not answered has no mark."
    joined = " The dotted line joins the first scores of the days." if shows_trend(days) else ""
    sessions = [session for day in days[::-1] for session in day.sessions[::-1]]
    return (
        Figure(
            f"Pain before and after: {exercise}",
            "From 0, no pain, to 10, the worst imaginable. A number stands at a change of 2 points or more. "
            f"{marks}{joined}",
            pain_chart(days),
            ("session", "before", "after", "change", "2 or more"),
            tuple(
                (
                    when(session),
                    number(session.nprs_before),
                    number(session.nprs_after),
                    signed(pain_change(session)),
                    _notable(session),
                )
                for session in sessions
            ),
        ),
        Figure(
            f"Furthest place of the pain: {exercise}",
            f"The higher, the nearer to the spine. {marks}",
            place_chart(days),
            ("session", "before", "after", "moved"),
            tuple((when(session), *places(session), _moved(session)) for session in sessions),
        ),
    )


def _of_days(days: Sequence[Day], exercise: str) -> tuple[Figure, ...]:
    """Return the charts with a bar for each day: the sessions, and their repetitions."""
    latest = days[::-1]
    return (
        Figure(
            f"Sessions a day: {exercise}",
            "The line is the number that was meant to be done; days without it had none, or it was locked.",
            sessions_chart(days),
            ("day", "sessions", "meant to be", "done to the end", "red event"),
            tuple(
                (
                    named(day.date),
                    str(len(day.sessions)),
                    number(day.meant),
                    str(day.completed),
                    "yes" if day.red else "no",
                )
                for day in latest
            ),
        ),
        Figure(
            f"Repetitions coached: {exercise}",
            "Counted to their end by the coach; whether they were done is not seen.",
            repetitions_chart(days),
            ("day", "repetitions"),
            tuple((named(day.date), str(day.repetitions) if day.sessions else UNKNOWN) for day in latest),
        ),
    )


def _moved(session: Session) -> str:
    """Return how the furthest place moved."""
    change = moved(session.furthest_before, session.furthest_after)
    words = {"centralised": "toward the spine", "peripheralised": "outward", "unchanged": "no"}
    return words[change] if change else UNKNOWN


def _notable(session: Session) -> str:
    """Return whether the pain changed by 2 or more."""
    change = pain_change(session)
    return UNKNOWN if change is None else "yes" if is_notable(change) else "no"
