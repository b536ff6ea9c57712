"""The report for a physiotherapist: one HTML page that needs no network and no scripts."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Final
from xml.etree.ElementTree import Element

from voice_coach.history.charts import BLUE, GRID, INK, MUTED, PALE, RED, Chart
from voice_coach.history.days import Day, calendar, day_count, is_notable, named, pain_change
from voice_coach.history.figures import UNKNOWN, Figure, figures, many, mean, number, places, quoted, when
from voice_coach.history.markup import Child, document, table, tag
from voice_coach.history.past import day_of
from voice_coach.history.rows import Session
from voice_coach.history.summary import totals

Draw = Callable[[Chart, str], Element]

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

_DARK: Final = {
    INK: "#e8eaed", MUTED: "#a9b1bb", GRID: "#3a4048", BLUE: "#6ba6ee", PALE: "#b9d4f5", RED: "#ff8a80",
}  # fmt: skip
CSS: Final = (
    f":root {{ --ink: {INK}; --muted: {MUTED}; --line: {GRID}; --page: #ffffff; --red: {RED}; }}"
    """
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page);
  max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
p, figcaption, summary, footer { max-width: 44rem; } .muted, figcaption, footer, summary { color: var(--muted); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.5rem; margin: 1rem 0; }
dt { color: var(--muted); } dd { margin: 0; }
figure { margin: 0; } svg { width: 100%; height: auto; display: block; margin: .5rem 0; }
table { border-collapse: collapse; font-size: .85rem; margin: .5rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; color: var(--muted); padding-bottom: .25rem; }
th, td { text-align: left; vertical-align: top; padding: .2rem .9rem .2rem 0; border-bottom: 1px solid var(--line);
  overflow-wrap: anywhere; font-weight: normal; }
tbody th { white-space: nowrap; } thead th { font-weight: 600; overflow-wrap: normal; }
.wide { overflow-x: auto; } .red td { color: var(--red); } footer { margin-top: 2rem; font-size: .85rem; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } h2, figcaption { break-after: avoid; }
  figure, tr, dl { break-inside: avoid; } details { display: none; } .wide { overflow: visible; }
  svg { width: auto; max-width: 100%; max-height: 5.8cm; }
  table { font-size: 8.5pt; } th, td { padding-right: .6rem; } }
@media screen and (prefers-color-scheme: dark) {
"""
    f":root {{ --ink: {_DARK[INK]}; --muted: {_DARK[MUTED]}; --line: {_DARK[GRID]}; --page: #16191d; "
    f"--red: {_DARK[RED]}; }}\n"
    + "\n".join(
        f'svg [fill="{light}"] {{ fill: {dark}; }} svg [stroke="{light}"] {{ stroke: {dark}; }}'
        for light, dark in _DARK.items()
    )
    + "\n}\n"
)
"""In the dark the charts' colours are replaced by name; on paper it is always light."""

_ARROW: Final = "\N{NO-BREAK SPACE}\N{RIGHTWARDS ARROW}\N{NO-BREAK SPACE}"
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


def report(sessions: Sequence[Session], today: date, days: int | None, version: str, draw: Draw) -> str:
    """Return the page.

    Args:
        sessions: All that there are, at least one.
        today: The day of the report.
        days: The last days that are shown; None: all.
        version: The program's.
        draw: Makes a picture of a chart.
    """
    shown = calendar(sessions, today, days)
    rows = [session for day in shown for session in day.sessions]
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        tag("title", f"Exercise report, {named(today)}"),
        tag("style", CSS),
    )
    period = f"{named(shown[0].date)} to {named(shown[-1].date)}"
    exercises = ", ".join(sorted({session.exercise_id.replace("_", " ") for session in rows})) or "no exercise"
    main = tag(
        "main",
        tag("h1", "Exercise report"),
        tag("p", f"{exercises}, {period}. Counted and written down by voice_coach {version}.", class_="muted"),
        _facts(shown, day_count(sessions, today)),
        *(_figure(figure, draw) for figure in figures(shown)),
        *_red_events(rows),
        *_all_sessions(rows),
        *_later(sessions, today),
    )
    return document(tag("html", head, tag("body", main, _footer()), lang="en"))


def _facts(days: Sequence[Day], count: str) -> Element:
    """Return what the period comes to."""
    rows = [session for day in days for session in day.sessions]
    total = totals(rows)
    target = max((day.target for day in days if day.target is not None), default=None)
    active = sum(bool(day.sessions) for day in days)
    changes = [change for change in map(pain_change, rows) if change is not None]
    marked = [change for change in changes if is_notable(change)]
    red = f", {total.red} of the sessions with a red word among them" if total.red else ""
    facts = {
        "Day count": count,
        "Sessions": f"{total.sessions} in {many(len(days), 'day')} ({total.sessions / len(days):.1f} a day"
        + (f", {target} a day are meant to be); on {many(active, 'day')} at least one" if target else ")"),
        "Repetitions coached": str(total.repetitions),
        "Mean pain before, after": f"{mean(total.mean_pain_before)}, {mean(total.mean_pain_after)} "
        f"(of {sum(row.nprs_before is not None for row in rows)} and "
        f"{sum(row.nprs_after is not None for row in rows)} answers{red})",
        "Changes of 2 or more": f"{sum(change < 0 for change in marked)} less pain, "
        f"{sum(change > 0 for change in marked)} more pain, of {many(len(changes), 'session')} with both scores",
        "Red words": f"in {many(total.red, 'session')}" if total.red else "none were said",
    }
    pairs = [tag(name, text) for fact in facts.items() for name, text in zip(("dt", "dd"), fact, strict=True)]
    return tag("dl", *pairs)


def _figure(figure: Figure, draw: Draw) -> Element:
    """Return a chart with its words, and the table behind it."""
    numbers = tag(
        "details",
        tag("summary", f"{figure.title} as a table"),
        tag("div", table(figure.title, figure.heads, figure.rows), class_="wide"),
    )
    label = f"Chart: {figure.title}. The same numbers are in the table that follows."
    picture = draw(figure.chart, label)
    caption = tag("figcaption", figure.caption)
    return tag("section", tag("h2", figure.title), tag("figure", caption, picture), numbers)


def _red_events(sessions: Iterable[Session]) -> list[Element]:
    """Return the red words that were said, each with its place."""
    rows = [
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
    ]
    title = tag("h2", "Red events")
    if not rows:
        return [title, tag("p", "No red word was said.")]
    note = tag("p", "A red word stops the exercise at once; the words are as the recogniser understood them.")
    heads = ("session", "meaning", "words", "during", "repetition")
    return [title, note, tag("div", table("Red words that were said", heads, rows), class_="wide")]


def _all_sessions(sessions: Sequence[Session]) -> list[Element]:
    """Return all sessions with what is known of each."""
    heads = ("session", "side", "pain", "furthest place", "repetitions", "outcome", "said", "notes")
    rows = [
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
    ]
    if not rows:
        return [tag("h2", "All sessions"), tag("p", "There was none in these days.")]
    return [tag("h2", "All sessions"), tag("div", table("In the order of time", heads, rows), class_="wide")]


def _later(sessions: Iterable[Session], today: date) -> list[Element]:
    """Return what is left out: sessions that a clock which was wrong has dated after today."""
    later = sum(day_of(session) > today for session in sessions)
    verb = "is" if later == 1 else "are"
    text = f"{many(later, 'session')} dated after today {verb} left out: the clock was wrong then, or is now."
    return [tag("p", text)] if later else []


def _footer() -> Element:
    """Return how the page is to be read."""
    lines: tuple[Child, ...] = (
        f"{quoted(UNKNOWN)} is what was not asked or not answered. ",
        "Pain is on the numeric rating scale (NPRS) of 0 to 10, where a change of 2 points or more is beyond ",
        "the scale's own error in low back pain. Scores, places and words are what the user said and the recogniser ",
        "understood. Days are counted from the first with pain and an exercise, anew after a break of over two weeks. ",
        "voice_coach is not a medical device; it draws no conclusions.",
    )
    return tag("footer", tag("p", *lines))
