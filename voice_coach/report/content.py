"""The report's content, independent of HTML or PDF: a two-minute summary first, then the rest. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from voice_coach.clinical import trends
from voice_coach.clinical.eligibility import day_of
from voice_coach.exercise.prompts import load_prompts
from voice_coach.history.continuation import joined
from voice_coach.records import Session
from voice_coach.report import safety
from voice_coach.report.adherence import Plan, Share, shares
from voice_coach.report.days import Day, calendar, day_count, is_notable, named, pain_change
from voice_coach.report.figures import Figure, figures
from voice_coach.report.safety import Card, Words
from voice_coach.report.words import (
    UNKNOWN,
    exercise_name,
    help_text,
    many,
    number,
    outcome_text,
    place_text,
    places,
    quoted,
    signed,
    when,
)

_ARROW: Final = "\N{NO-BREAK SPACE}\N{RIGHTWARDS ARROW}\N{NO-BREAK SPACE}"


@dataclass(frozen=True, slots=True)
class Listing:
    """A table with an introduction; without rows only the introduction."""

    title: str
    words: str
    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class About:
    """Context of the report besides the sessions."""

    name: str = ""
    """The person's name; empty: none was given."""
    plan: Plan | None = None
    """The prescribed plan."""
    words: Words = field(default_factory=lambda: Words(load_prompts()))
    """The wording to use."""


@dataclass(frozen=True, slots=True)
class Report:
    """The parts of the report, in the order in which they are read."""

    today: date
    title: str
    about: str
    """The period, and who counted."""
    facts: tuple[tuple[str, str], ...]
    """Summary of the period: a label and its text."""
    events: tuple[Card, ...]
    """The red events; empty: there was none."""
    safety: tuple[Listing, ...]
    """The screening, locks, and what was said about them."""
    figures: tuple[Figure, ...]
    listings: tuple[Listing, ...]
    """All sessions."""
    later: str
    """Note on omissions; empty: there are none."""
    footer: str
    """How to read the report."""

    @property
    def name(self) -> str:
        """The document's title."""
        return f"{self.title}, {named(self.today)}"


def contents(
    sessions: Sequence[Session], today: date, days: int | None, version: str, about: About | None = None
) -> Report:
    """Return what the report says.

    Args:
        sessions: All that there are, at least one.
        today: The day of the report.
        days: The last days that are shown; None: all.
        version: The program's.
        about: Who and what it is about.
    """
    about = about or About()
    shown = calendar(sessions, today, days)
    rows = [session for day in shown for session in day.sessions]
    every = [session for session in joined(sessions) if day_of(session) <= today]
    words = about.words
    parts = shares(every, shown, about.plan)
    return Report(
        today,
        f"Exercise report of {about.name}" if about.name else "Exercise report",
        f"{named(shown[0].date)} to {named(shown[-1].date)}, {many(len(shown), 'day')}. "
        f"Counted and written down by voice_coach {version}.",
        tuple(_facts(shown, every, parts, about.plan, words)),
        safety.red_events(rows, every, words),
        (_screening(rows, words), _locks(rows, words)),
        tuple(one for part in parts for one in figures(part.days, exercise_name(part.exercise_id, words.names))),
        (_all_sessions(rows, words),),
        _later(sessions, today),
        _FOOTER,
    )


def _facts(
    days: Sequence[Day], every: Sequence[Session], parts: Sequence[Share], plan: Plan | None, words: Words
) -> Iterator[tuple[str, str]]:
    """Yield the summary of the period, the most important first."""
    rows = [session for day in days for session in day.sessions]
    today = days[-1].date
    if plan:
        yield "Plan", _plan(plan, today, words)
    for part in parts:
        yield f"Sessions: {exercise_name(part.exercise_id, words.names)}", _share(part)
    if not parts:
        yield "Sessions", "none in these days"
    yield "Pain", _pain(rows)
    yield "Furthest place", _places(rows)
    yield "Red events", _red(rows, words)
    if called := [f"{when(one)}: {text}" for one in rows if (text := help_text(one))]:
        yield "Calls for help", " ".join(called)
    yield "Screening", safety.screening_text(rows)
    exercises = list(dict.fromkeys(one.exercise_id for one in every))
    yield "Lock", safety.lock_text(every, exercises, today, words)
    yield "Since when", day_count(every, today)
    yield "Change since the beginning", _impressions(rows)
    yield "From before to after", _changes(rows)


def _plan(plan: Plan, today: date, words: Words) -> str:
    """Return who prescribed what."""
    doses = "; ".join(f"{exercise_name(name, words.names)} {dose}" for name, dose in plan.doses.items())
    review = (
        "" if plan.review is None else f" Review {'was due' if plan.review <= today else 'on'} {named(plan.review)}."
    )
    return f"{plan.by}, {named(plan.on)}: {doses}.{review}"


def _share(part: Share) -> str:
    """Return how much of an exercise was done, compared with the plan."""
    often = " and then ".join(f"{each} a day" for each in part.per_day)
    if part.meant:
        done = f"{part.done} of {part.meant} done to the end ({part.done / part.meant:.0%}; meant: {often})"
    else:
        done = f"{part.done} done to the end (how often is not laid down)"
    early = f"; {part.left_early} more begun and ended early" if part.left_early else ""
    locked = f"; locked on {many(part.locked, 'day')}, which {_do(part.locked)} not count" if part.locked else ""
    return f"{done}, on {part.days_done} of {many(len(part.days), 'day')}{early}{locked}."


def _do(count: int) -> str:
    return "does" if count == 1 else "do"


def _pain(rows: Sequence[Session]) -> str:
    """Return the first and the last number for the pain before an exercise."""
    told = [one for one in rows if one.nprs_before is not None]
    if not told:
        return "not asked or not answered"
    first, last = told[0], told[-1]
    begin = f"{number(first.nprs_before)} of 10 on {named(day_of(first))}"
    if first is last:
        return f"{begin}, before the exercise; told once"
    change = (last.nprs_before or 0) - (first.nprs_before or 0)
    marked = "2 points or more, beyond the scale's own error" if is_notable(change) else "less than 2 points"
    went = f" ({signed(change)}: {marked})" if change else " (no change)"
    return f"{begin}, {number(last.nprs_before)} on {named(day_of(last))}, before the exercise{went}"


def _places(rows: Sequence[Session]) -> str:
    """Return the first and the last furthest place before an exercise."""
    told = [one for one in rows if one.furthest_before is not None]
    if not told:
        return "not asked or not answered"
    first, last = told[0], told[-1]
    begin = f"{place_text(first.furthest_before)} on {named(day_of(first))}"
    if first is last:
        return f"{begin}, before the exercise; told once"
    change = (last.furthest_before or 0) - (first.furthest_before or 0)
    went = "nearer to the spine" if change < 0 else "further out" if change else "as far as at first"
    return f"{begin}, {place_text(last.furthest_before)} on {named(day_of(last))}, before the exercise ({went})"


def _red(rows: Sequence[Session], words: Words) -> str:
    """Return the red events, one line each; the measures taken follow below."""
    found = [
        f"{when(one)}, {words.exercise(one)}: {safety.sign_of(one)}"
        + (f", {quoted(one.red.words)}" if one.red and one.red.words else "")
        for one in safety.red_sessions(rows)
    ]
    return f"{len(found)}: {'; '.join(found)}. See below." if found else "none"


def _impressions(sessions: Iterable[Session]) -> str:
    """Return the weekly answers about the change since the beginning (PGIC), each with its day."""
    told = [f"{trends.label(one.pgic)} ({named(day_of(one))})" for one in sessions if one.pgic is not None]
    return ", ".join(told) or "not asked or not answered"


def _changes(rows: Sequence[Session]) -> str:
    """Return how often the pain changed significantly within a session; those with a red event are named."""
    changes = [change for change in map(pain_change, rows) if change is not None]
    marked = [change for change in changes if is_notable(change)]
    red = sum(pain_change(one) is not None for one in safety.red_sessions(rows))
    return (
        f"of {many(len(changes), 'session')} with both scores {sum(change < 0 for change in marked)} with less pain by "
        f"2 points or more, {sum(change > 0 for change in marked)} with more"
        + (f" ({red} with a red event among them)" if red else "")
    )


def _screening(rows: Sequence[Session], words: Words) -> Listing:
    """Return the answers of the screening that are to be looked at."""
    found = tuple(safety.screening_rows(rows, words))
    heads = ("session", "question", "answer", "words", "exercise")
    nothing = "Every question that was asked had the answer that one hopes for."
    return Listing("Screening", "" if found else nothing, "Answers that were not a plain no", heads, found)


def _locks(rows: Sequence[Session], words: Words) -> Listing:
    """Return locks, releases, withdrawn signs, and refusals."""
    found = tuple(safety.lock_rows(rows, words))
    heads = ("session", "what", "words", "exercise")
    title = "Locks, releases, take-backs and refusals"
    return Listing(title, "" if found else "There was none.", "What was locked, and what was said", heads, found)


def _all_sessions(sessions: Sequence[Session], words: Words) -> Listing:
    """Return all sessions with their details."""
    heads = ("session", "exercise", "side", "pain", "furthest place", "repetitions", "outcome", "said", "notes")
    rows = tuple(
        (
            when(session),
            words.exercise(session),
            session.lying_side or UNKNOWN,
            f"{number(session.nprs_before)}{_ARROW}{number(session.nprs_after)}",
            " \N{RIGHTWARDS ARROW} ".join(places(session)),
            f"{session.reps_coached} of {session.reps_target}",
            outcome_text(session),
            quoted(session.said_change_words or ""),
            session.note or UNKNOWN,
        )
        for session in reversed(sessions)
    )
    return Listing("All sessions", "" if rows else "There was none in these days.", "The latest first", heads, rows)


def _later(sessions: Iterable[Session], today: date) -> str:
    """Return the note on omissions: sessions that a wrong clock dated after today."""
    later = sum(day_of(session) > today for session in sessions)
    verb = "is" if later == 1 else "are"
    text = f"{many(later, 'session')} dated after today {verb} left out: the clock was wrong then, or is now."
    return text if later else ""


_FOOTER: Final = (
    f"{quoted(UNKNOWN)} is what was not asked or not answered. "
    "Pain is on the numeric rating scale (NPRS) of 0 to 10, where a change of 2 points or more is beyond "
    "the scale's own error in low back pain (Childs 2005). Scores, places and words are what the user said and the "
    "recogniser understood. Days are counted from the first with pain and an exercise, and again from one after a "
    "break of over two weeks. voice_coach is not a medical device; it draws no conclusions."
)
