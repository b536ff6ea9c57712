"""`voice-coach history`: the sessions so far, for the user and their physiotherapist."""

import json
import textwrap
from collections.abc import Mapping
from pathlib import Path

import click

from voice_coach.cli import options
from voice_coach.clinical.body_regions import place_of
from voice_coach.clinical.eligibility import locked_exercises
from voice_coach.clinical.trends import label
from voice_coach.errors import HistoryError
from voice_coach.files.profiles import Profile, which
from voice_coach.history.store import Store
from voice_coach.history.summary import totals
from voice_coach.records import Session
from voice_coach.report.csv_json import as_object
from voice_coach.report.misheard import misheard_rows
from voice_coach.report.narrative import narrated
from voice_coach.report.safety import known_words
from voice_coach.report.words import SIGNS, exercise_name

NOTHING = "No sessions yet. Say `voice-coach run` to begin one."

_WIDTH = 80
_COLUMNS = (
    ("no", 4), ("date", 16), ("side", 5), ("reps", 5), ("pain", 10), ("furthest", 18), ("outcome", 9), ("red", 5),
)  # fmt: skip
# What fits into a line of 80; `--session` and `--json` have the whole words.
_SHORT = {
    "completed": "completed",
    "finished_early": "early end",
    "stopped": "stopped",
    "no_answer": "no answer",
    "cannot_start": "no start",
    "interrupted": "cut off",
    "one_side_back": "one side",
    "peripheralised": "down",
    "numb_weak": "numb",
    "emergency": "alarm",
    "none": "no pain",
}


@click.command(name="history")
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="Show at most this many sessions."
)
@click.option("--session", "number", type=int, metavar="NO", help="Show everything about one session.")
@click.option(
    "--misheard",
    is_flag=True,
    help="Print what the coach misheard, as one line of JSON each, to improve the grammar with.",
)
@options.profile
@options.as_json
def command(limit: int, number: int | None, profile: Profile | None, *, misheard: bool, as_json: bool) -> int:
    """Show the sessions so far, the newest first.

    "-" means not asked or not answered. Repetitions are those that the coach counted. The file stays on this machine,
    in your data folder.
    """
    history = which(profile).history
    if misheard:
        for row in misheard_rows(read(history, limit, number)):
            click.echo(json.dumps(row, ensure_ascii=False))
        return 0
    sessions = read(history, limit + 1, number)
    sessions, older = sessions[:limit], sessions[limit:]
    if as_json:
        click.echo(json.dumps([as_object(session) for session in sessions], indent=2, ensure_ascii=False))
    elif not sessions:
        click.echo(NOTHING)
    elif number is not None:
        click.echo("\n".join(narrated(sessions[0], known_words())))
    else:
        names = known_words().names
        more = [f"Older sessions are neither shown nor counted: --limit {2 * limit}."] if older else []
        click.echo("\n".join([*tables(sessions, names), *more, *impressions(sessions), *locks(history, names)]))
    return 0


def read(history: Path, limit: int, number: int | None) -> list[Session]:
    """Return the sessions to show, the newest first; makes no history where there is none.

    Raises:
        HistoryError: it can't be read, or there is no session of this number.
    """
    store = Store.look(history)
    if store is None:
        if number is None:
            return []
        raise HistoryError(f"There is no session {number}, because there are no sessions yet.")
    with store:
        if number is None:
            return store.sessions(limit)
        session = store.session(number)
        if session is None:
            raise HistoryError(f"There is no session {number}; `voice-coach history` lists the sessions.")
        return [session]


def impressions(sessions: list[Session]) -> list[str]:
    """Return a line with the last answer of these sessions to how it is since the beginning (PGIC)."""
    told = [one for one in sessions if one.pgic is not None]
    return [f"Since the beginning: {label(one.pgic)}, told on {one.started[:10]}." for one in told[:1]]


def locks(history: Path, names: Mapping[str, str]) -> list[str]:
    """Return a line for each exercise that is locked, by whatever session.

    Raises:
        HistoryError: the history can't be read.
    """
    store = Store.look(history)
    if store is None:
        return []
    with store:
        found = locked_exercises(store.sessions())
    told = [
        f"Locked until a professional has checked it: {exercise_name(name, names)} ({SIGNS[reason]})."
        for name, reason in found.items()
    ]
    return [line for one in told for line in textwrap.wrap(one, _WIDTH)]


def tables(sessions: list[Session], names: Mapping[str, str]) -> list[str]:
    """Return the sessions as a table for each exercise, that with the newest session first, with a line of its name."""
    of_exercise: dict[str, list[Session]] = {}
    for session in sessions:
        of_exercise.setdefault(session.exercise_id, []).append(session)
    titles = {name: exercise_name(name, names) for name in of_exercise}
    parts = [[f"{titles[name][:1].upper()}{titles[name][1:]}", table(found)] for name, found in of_exercise.items()]
    return [line for part in parts for line in ["", *part]][1:]


def table(sessions: list[Session]) -> str:
    """Return the sessions as lines of at most 80 characters, with a line of totals."""
    rows = [[name for name, _ in _COLUMNS], *(_row(session) for session in sessions)]
    lines = [" ".join(cell.ljust(width) for cell, (_, width) in zip(row, _COLUMNS, strict=True)) for row in rows]
    return "\n".join([*(line.rstrip() for line in lines), "", _totals(sessions)])


def _row(session: Session) -> list[str]:
    """Return the session's cells."""
    return [
        str(session.id),
        session.started[:16].replace("T", " "),
        _text(session.lying_side),
        f"{session.reps_coached}/{session.reps_target}",
        _before_after(_text(session.nprs_before), _text(session.nprs_after)),
        _before_after(_short(place_of(session.furthest_before)), _short(place_of(session.furthest_after))),
        "not ended" if session.outcome is None else _short(session.outcome),
        _short(session.red.intent)[: _COLUMNS[-1][1]] if session.red else "",
    ]


def _totals(sessions: list[Session]) -> str:
    """Return what the sessions come to."""
    total = totals(sessions)
    pain = _before_after(_mean(total.mean_pain_before), _mean(total.mean_pain_after))
    many = "session" if total.sessions == 1 else "sessions"
    red = f", {total.red} red" if total.red else ""
    return f"{total.sessions} {many}, {total.repetitions} repetitions, pain on average {pain}{red}"


def _before_after(before: str, after: str) -> str:
    """Return both with an arrow; a single dash where neither is known."""
    return "-" if before == after == "-" else f"{before} -> {after}"


def _mean(value: float | None) -> str:
    """Return a mean with one digit behind the point."""
    return "-" if value is None else f"{value:.1f}"


def _short(word: str | None) -> str:
    """Return a word as short as the table needs it."""
    return "-" if word is None else _SHORT.get(word, word)


def _text(value: object) -> str:
    """Return a value as text; a dash for what is not known."""
    return "-" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
