"""`voice-coach history`: the sessions so far, for the user and their physiotherapist."""

import json
from pathlib import Path

import click

from voice_coach.cli import options
from voice_coach.clinical.body_regions import place_of
from voice_coach.clinical.eligibility import CLEARANCE, locked_exercises
from voice_coach.clinical.trends import label
from voice_coach.errors import HistoryError
from voice_coach.files.profiles import Profile, which
from voice_coach.history.continuation import QUESTION
from voice_coach.history.store import Store
from voice_coach.history.summary import totals
from voice_coach.records import Answered, Session
from voice_coach.report.csv_json import as_object
from voice_coach.timebase import seconds

NOTHING = "No sessions yet. Say `voice-coach run` to begin one."

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
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many sessions.")
@click.option("--session", "number", type=int, metavar="NO", help="All about one session.")
@options.profile
@options.as_json
def command(limit: int, number: int | None, profile: Profile | None, *, as_json: bool) -> int:
    """Show the sessions so far, the newest first.

    "-" is what was not asked or not answered. Repetitions are those that were coached. The file stays on this
    machine, in the folder for user data.
    """
    history = which(profile).history
    sessions = read(history, limit, number)
    if as_json:
        click.echo(json.dumps([as_object(session) for session in sessions], indent=2, ensure_ascii=False))
    elif not sessions:
        click.echo(NOTHING)
    elif number is not None:
        click.echo(details(sessions[0]))
    else:
        click.echo("\n".join([table(sessions), *impressions(sessions), *locks(history)]))
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
        raise HistoryError(f"There is no session {number}, since there are none yet.")
    with store:
        if number is None:
            return store.sessions(limit)
        session = store.session(number)
        if session is None:
            raise HistoryError(f"There is no session {number}; `voice-coach history` lists those that there are.")
        return [session]


def impressions(sessions: list[Session]) -> list[str]:
    """Return a line with the last answer of these sessions to how it is since the beginning (PGIC)."""
    told = [one for one in sessions if one.pgic is not None]
    return [f"Since the beginning: {label(one.pgic)}, told on {one.started[:10]}." for one in told[:1]]


def locks(history: Path) -> list[str]:
    """Return a line for each exercise that is locked, by whatever session.

    Raises:
        HistoryError: the history can't be read.
    """
    store = Store.look(history)
    if store is None:
        return []
    with store:
        found = locked_exercises(store.sessions())
    return [f"Locked: {name} ({reason}), until a professional has checked it." for name, reason in found.items()]


def table(sessions: list[Session]) -> str:
    """Return the sessions as lines of at most 80 characters, with a line of totals."""
    rows = [[name for name, _ in _COLUMNS], *(_row(session) for session in sessions)]
    lines = [" ".join(cell.ljust(width) for cell, (_, width) in zip(row, _COLUMNS, strict=True)) for row in rows]
    return "\n".join([*(line.rstrip() for line in lines), "", _totals(sessions)])


def details(session: Session) -> str:
    """Return all that is known of a session, and what happened in it in the order of time."""
    shown = as_object(session)
    lists = ("answers", "repetitions", "stops", "pauses", "adjustments", "red")
    width = max(map(len, shown)) + 2
    lines = [f"{name:{width}}{_text(value)}" for name, value in shown.items() if name not in lists]
    return "\n".join([*lines, "", *_happenings(session)])


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


def _happenings(session: Session) -> list[str]:
    """Return a line for each thing that happened."""
    found = [
        *((a.at, f'{_answer(a)} "{a.words}" ({a.confidence:.2f})') for a in session.answers),
        *((r.at, f"repetition {r.number} done") for r in session.repetitions),
        *(
            (p.at, f"paused ({p.reason})" + ("" if p.length is None else f" for {_clock(p.length)}"))
            for p in session.pauses
        ),
        *((a.at, f"{a.what}: {_text(a.value)} {a.reason}".rstrip()) for a in session.adjustments),
        *(
            (s.at, f'{"RED " if s.red else ""}{s.intent} "{s.words}" in repetition {s.repetition}, {s.phase}')
            for s in session.stops
        ),
    ]
    return [f"{_clock(at):>6}  {what}" for at, what in sorted(found, key=lambda happened: happened[0])]


def _answer(answer: Answered) -> str:
    """Return what was answered; a clearance by its meaning."""
    if answer.question == CLEARANCE and isinstance(answer.value, int | float):
        return f"lock cleared, of session {answer.value:g} and before:"
    if answer.question == QUESTION and isinstance(answer.value, int | float):
        return f"goes on with session {answer.value:g}:"
    return f"{answer.question}: {_text(answer.value)}"


def _clock(at: int) -> str:
    """Return an instant as minutes and seconds."""
    minutes, rest = divmod(int(seconds(at)), 60)
    return f"{minutes}:{rest:02}"


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
