"""One session in words, from its beginning to its end. Pure."""

from collections.abc import Iterator
from typing import Final

from voice_coach.clinical.body_regions import moved
from voice_coach.clinical.eligibility import CLEARANCE
from voice_coach.history.continuation import QUESTION
from voice_coach.records import Adjusted, Answered, PauseRow, Session, Stopped
from voice_coach.report.days import pain_change
from voice_coach.report.safety import Words
from voice_coach.report.words import (
    UNKNOWN,
    answer_text,
    help_call_text,
    many,
    misheard_text,
    number,
    outcome_text,
    pause_text,
    places,
    quoted,
    sign_text,
    signed,
    when,
    where_text,
)
from voice_coach.timebase import Samples, seconds

_MOVED: Final = {"centralised": "toward the spine", "peripheralised": "outward", "unchanged": "no change"}
_WHY_SIDE: Final = {"default": "that of the pain", "told by clinician": "as a professional said"}


def narrated(session: Session, words: Words) -> list[str]:
    """Return the facts of a session, a line each, followed by what happened, with the time since its start."""
    pairs = [(name, text) for name, text in _known(session, words) if text]
    width = max(len(name) for name, _ in pairs) + 2
    head = f"Session {session.id}: {words.exercise(session)}, {when(session)}, {outcome_text(session)}"
    return [head, *(f"{name:{width}}{text}" for name, text in pairs), "", *_happenings(session, words)]


def _known(session: Session, words: Words) -> Iterator[tuple[str, str]]:
    before, after = places(session)
    change = moved(session.furthest_before, session.furthest_after)
    why = _WHY_SIDE.get(session.lying_side_reason or "", "")
    yield "Ended", (session.ended or "")[:16].replace("T", " ") or "not known"
    yield "Side", (session.lying_side or UNKNOWN) + (f" ({why})" if session.lying_side and why else "")
    points = pain_change(session)
    yield (
        "Pain",
        _both(number(session.nprs_before), number(session.nprs_after), "" if points is None else signed(points)),
    )
    yield "Furthest place", _both(before, after, _MOVED[change] if change else "")
    held = f", each held {session.hold_s:g} s" if session.hold_s else ""
    yield "Repetitions", f"{session.reps_coached} of {session.reps_target} coached{held}"
    yield "Meant", many(session.target_per_day, "session") + " a day" if session.target_per_day else ""
    yield "Easier way", _plain(session.variant)
    yield "Easier exercise", answer_text(session.alternative_used, words.names) if session.alternative_used else ""
    yield "Questions", _misses(session)
    yield "Note", session.note or ""


def _both(before: str, after: str, change: str) -> str:
    if before == after == UNKNOWN:
        return UNKNOWN
    return f"{before} before, {after} after" + (f" ({change})" if change else "")


def _misses(session: Session) -> str:
    """Return how often nothing was heard or understood."""
    if session.noinput is None and session.nomatch is None:
        return ""
    return f"{many(session.noinput or 0, 'time')} no answer, {many(session.nomatch or 0, 'time')} not understood"


def _happenings(session: Session, words: Words) -> list[str]:
    """Return a line for each thing that happened, in the order of time."""
    found: list[tuple[Samples, str]] = [
        *((answer.at, _answer(answer, words)) for answer in session.answers),
        *((done.at, f"Repetition {done.number} done") for done in session.repetitions),
        *((pause.at, _pause(pause)) for pause in session.pauses),
        *((change.at, _adjusted(change)) for change in session.adjustments),
        *((stop.at, _stop(stop, words)) for stop in session.stops),
        *((call.at, help_call_text(call)) for call in session.help_calls),
        *((one.at, misheard_text(one)) for one in session.misheard),
    ]
    return [f"{_clock(at):>6}  {what}" for at, what in sorted(found, key=lambda happened: happened[0])]


def _answer(answer: Answered, words: Words) -> str:
    said = f" {quoted(answer.words)} ({answer.confidence:.0%} sure)" if answer.words else ""
    if answer.question == CLEARANCE and isinstance(answer.value, int | float):
        return f"Lock of session {answer.value:g} and before released: a professional has checked it{said}"
    if answer.question == QUESTION and isinstance(answer.value, int | float):
        return f"Goes on with session {answer.value:g}{said}"
    return f"{words.question(answer)}: {answer_text(answer.value, words.names)}{said}"


def _pause(pause: PauseRow) -> str:
    length = "" if pause.length is None else f" for {_clock(pause.length)}"
    return f"Paused{length}, {pause_text(pause.reason)}"


def _adjusted(change: Adjusted) -> str:
    match change.what:
        case "volume":
            return f"Volume {change.value} of 7"
        case "tempo" if isinstance(change.value, int | float):
            pace = "slower" if change.value > 1 else "faster"
            return f"Counting {pace}: each movement takes {change.value:.0%} of the time"
        case "variant":
            return f"An easier way: {_plain(str(change.value))} ({answer_text(change.reason)})"
        case _:
            return f"{change.what.capitalize()} {change.value}"


def _stop(stop: Stopped, words: Words) -> str:
    said = quoted(stop.words) if stop.words else "no answer" if stop.by == "timeout" else "not in words"
    red = "RED: " if stop.red else "Stopped: "
    return f"{red}{sign_text(stop.intent)}, {said}, {where_text(stop, words.prompts)}"


def _plain(name: str | None) -> str:
    return (name or "").replace("_", " ")


def _clock(at: Samples) -> str:
    """Return an instant as minutes and seconds."""
    minutes, rest = divmod(int(seconds(at)), 60)
    return f"{minutes}:{rest:02}"
