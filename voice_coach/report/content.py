"""What the report says, before it is a page or a PDF. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from voice_coach.clinical import trends
from voice_coach.clinical.eligibility import day_of
from voice_coach.history.summary import totals
from voice_coach.records import Session
from voice_coach.report.days import Day, calendar, day_count, is_notable, named, pain_change
from voice_coach.report.figures import UNKNOWN, Figure, figures, many, mean, number, places, quoted, when

OUTCOMES: Final = {
    "completed": "done to the end",
    "finished_early": "ended early",
    "stopped": "stopped",
    "no_answer": "no answer",
    "cannot_start": "did not start",
    "interrupted": "cut off",
}
INTENTS: Final = {
    "emergency": "emergency sign",
    "worse": "worse",
    "peripheralised": "moves outward",
    "numb_weak": "numb or weak",
    "something_new": "something new",
}

_ARROW: Final = "\N{NO-BREAK SPACE}\N{RIGHTWARDS ARROW}\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Listing:
    """A table of its own, with a word before it; without rows that word alone."""

    title: str
    words: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The parts of the report, in the order in which they are read."""

    today: date
    about: str
    """Which exercises, of which days, and who counted."""
    facts: tuple[tuple[str, str], ...]
    """What the period comes to: a name, and what is to be said of it."""
    figures: tuple[Figure, ...]
    listings: tuple[Listing, ...]
    later: str
    """What is left out; empty: nothing."""
    footer: str
    """How it is to be read."""

    @property
    def name(self) -> str:
        """What the document is called."""
        return f"Exercise report, {named(self.today)}"


def contents(sessions: Sequence[Session], today: date, days: int | None, version: str) -> Report:
    """Return what the report says.

    Args:
        sessions: All that there are, at least one.
        today: The day of the report.
        days: The last days that are shown; None: all.
        version: The program's.
    """
    shown = calendar(sessions, today, days)
    rows = [session for day in shown for session in day.sessions]
    period = f"{named(shown[0].date)} to {named(shown[-1].date)}"
    exercises = ", ".join(sorted({session.exercise_id.replace("_", " ") for session in rows})) or "no exercise"
    return Report(
        today,
        f"{exercises}, {period}. Counted and written down by voice_coach {version}.",
        tuple(_facts(shown, day_count(sessions, today)).items()),
        figures(shown),
        (_red_events(rows), _all_sessions(rows)),
        _later(sessions, today),
        _FOOTER,
    )


def _facts(days: Sequence[Day], count: str) -> dict[str, str]:
    """Return what the period comes to."""
    rows = [session for day in days for session in day.sessions]
    total = totals(rows)
    target = max((day.target for day in days if day.target is not None), default=None)
    active = sum(bool(day.sessions) for day in days)
    changes = [change for change in map(pain_change, rows) if change is not None]
    marked = [change for change in changes if is_notable(change)]
    red = f", {total.red} of the sessions with a red word among them" if total.red else ""
    return {
        "Day count": count,
        "Sessions": f"{total.sessions} in {many(len(days), 'day')} ({total.sessions / len(days):.1f} a day"
        + (f", {target} a day are meant to be); on {many(active, 'day')} at least one" if target else ")"),
        "Repetitions coached": str(total.repetitions),
        "Mean pain before, after": f"{mean(total.mean_pain_before)}, {mean(total.mean_pain_after)} "
        f"(of {sum(row.nprs_before is not None for row in rows)} and "
        f"{sum(row.nprs_after is not None for row in rows)} answers{red})",
        "Changes of 2 or more": f"{sum(change < 0 for change in marked)} less pain, "
        f"{sum(change > 0 for change in marked)} more pain, of {many(len(changes), 'session')} with both scores",
        "Change since the beginning": _impressions(rows),
        "Red words": f"in {many(total.red, 'session')}" if total.red else "none were said",
    }


def _impressions(sessions: Iterable[Session]) -> str:
    """Return what was told once a week of the change since the beginning (PGIC), each with its day."""
    told = [f"{trends.label(one.pgic)} ({named(day_of(one))})" for one in sessions if one.pgic is not None]
    return ", ".join(told) or "not asked or not answered"


def _red_events(sessions: Iterable[Session]) -> Listing:
    """Return the red words that were said, each with its place."""
    rows = tuple(
        (
            when(session),
            INTENTS.get(stop.intent, stop.intent.replace("_", " ")),
            quoted(stop.words),
            stop.phase,
            str(stop.repetition),
        )
        for session in sessions
        for stop in session.stops
        if stop.red
    )
    words = "A red word stops the exercise at once; the words are as the recogniser understood them."
    heads = ("session", "meaning", "words", "during", "repetition")
    return Listing("Red events", words if rows else "No red word was said.", "Red words that were said", heads, rows)


def _all_sessions(sessions: Sequence[Session]) -> Listing:
    """Return all sessions with what is known of each."""
    heads = ("session", "side", "pain", "furthest place", "repetitions", "outcome", "said", "notes")
    rows = tuple(
        (
            when(session),
            session.lying_side or UNKNOWN,
            f"{number(session.nprs_before)}{_ARROW}{number(session.nprs_after)}",
            " \N{RIGHTWARDS ARROW} ".join(places(session)),
            f"{session.reps_coached} of {session.reps_target}",
            OUTCOMES.get(session.outcome, session.outcome) if session.outcome else "not ended",
            quoted(session.said_change_words or ""),
            session.note or UNKNOWN,
        )
        for session in sessions
    )
    return Listing("All sessions", "" if rows else "There was none in these days.", "In the order of time", heads, rows)


def _later(sessions: Iterable[Session], today: date) -> str:
    """Return what is left out: sessions that a clock which was wrong has dated after today."""
    later = sum(day_of(session) > today for session in sessions)
    verb = "is" if later == 1 else "are"
    text = f"{many(later, 'session')} dated after today {verb} left out: the clock was wrong then, or is now."
    return text if later else ""


_FOOTER: Final = (
    f"{quoted(UNKNOWN)} is what was not asked or not answered. "
    "Pain is on the numeric rating scale (NPRS) of 0 to 10, where a change of 2 points or more is beyond "
    "the scale's own error in low back pain. Scores, places and words are what the user said and the recogniser "
    "understood. Days are counted from the first with pain and an exercise, anew after a break of over two weeks. "
    "voice_coach is not a medical device; it draws no conclusions."
)
