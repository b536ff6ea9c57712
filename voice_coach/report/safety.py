"""Findings that a physiotherapist must not miss: red events, the screening, locks and the answers about them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from voice_coach.clinical import red_signs
from voice_coach.clinical.eligibility import CLEARANCE, day_of, lock_of, locking
from voice_coach.clinical.screening_questions import CLEARED_BY_CLINICIAN, SCREENED
from voice_coach.exercise.library import entries
from voice_coach.exercise.prompts import Prompts, load_prompts
from voice_coach.records import Answered, Session, Stopped
from voice_coach.report.adherence import lock_spans
from voice_coach.report.days import named
from voice_coach.report.words import (
    SIGNS,
    answer_text,
    exercise_name,
    help_text,
    many,
    number,
    places,
    question_text,
    quoted,
    sign_text,
    when,
    where_text,
)

_DAILY: Final = "screen_daily"
_RESULT: Final = "screening"
_SETTLED: Final = "settle_check"
_CONTACT: Final = {
    "emergency": "to call the emergency number at once",
    "numb_weak": "to contact a doctor or physio the same day, and an emergency department if it spreads",
    "worse": "to contact a doctor or physio before the next time",
}
"""Whom the coach tells the person to contact after a red sign (`clinical.red_signs.contact`), in no version's wording;
all other signs as "worse"."""
_REFUSALS: Final = {
    "acknowledge": "Did not say yes to the safety sentence; nothing was begun.",
    "two_weeks": "Did not say yes to having it looked at after two weeks; nothing was begun.",
    "taught": "No professional has taught it; it was not begun.",
    "screen_told": "No professional knows of it yet; it was not begun.",
    "screen_anyway": "Did not want to begin without having asked a professional.",
    "cleared": "No professional has checked it since; it stayed locked.",
    CLEARANCE: "Took the yes back when asked again; it stayed locked.",
}
"""A question to which only a yes lets the session begin."""
_TAKEN_BACK: Final = {
    red_signs.TAKE_BACK: "Heard “worse” and stopped; asked whether it had been said: no. Taken back.",
    "doubt_worse": "Asked whether “worse” was meant: no.",
    "doubt_down": "Asked whether the pain moves lower in the leg: no.",
    "doubt_numb": "Asked whether the leg is numb or weak: no.",
    "doubt_emergency": "Asked whether it is a sign of an emergency: no.",
    "doubt_new": "Asked whether it moved there just now: no.",
    "doubt_more": "Named a higher number for the pain; asked whether that is worse: no.",
    "moved_lower": "Named a place further down; asked whether it is lower since the beginning: no.",
}
"""A question about a possible red sign that was answered with no."""


@dataclass(frozen=True, slots=True)
class Words:
    """The wording of the history."""

    prompts: Prompts
    names: Mapping[str, str] = field(default_factory=dict)
    """Exercise -> its title."""
    own: Mapping[str, str] = field(default_factory=dict)
    """The exercises' own questions, by their id."""

    def exercise(self, session: Session) -> str:
        """Return what the exercise of a session is called."""
        return exercise_name(session.exercise_id, self.names)

    def question(self, answer: Answered) -> str:
        """Return the question."""
        return question_text(answer.question, self.prompts, self.own)


def known_words(language: str = "en") -> Words:
    """Return the words of a language, with those of all exercises that there are now."""
    known = [entry.exercise for entry in entries(language) if entry.exercise]
    names = {one.id: one.name for one in known}
    own = {question.id: " ".join(question.ask) for one in known for question in one.questions}
    return Words(load_prompts(language), names, own)


@dataclass(frozen=True, slots=True)
class Card:
    """Something that happened, with its own headings."""

    title: str
    pairs: tuple[tuple[str, str], ...]


def red_sessions(sessions: Iterable[Session]) -> list[Session]:
    """Return the sessions with a red sign, or in which the pain moved outward."""
    return [one for one in sessions if one.red or locking(one)]


def sign_of(session: Session) -> str:
    """Return the gravest sign of a session in words."""
    return sign_text(locking(session) or (session.red.intent if session.red else ""))


def red_events(shown: Iterable[Session], every: Sequence[Session], words: Words) -> tuple[Card, ...]:
    """Return a card for each session with a red sign, the latest first.

    Args:
        shown: the sessions of the days that are shown.
        every: all that there are, the oldest first.
        words: how it is worded.
    """
    found = sorted(red_sessions(shown), key=lambda one: one.id, reverse=True)
    return tuple(_red_event(session, every, words) for session in found)


def _red_event(session: Session, every: Sequence[Session], words: Words) -> Card:
    red = [stop for stop in session.stops if stop.red]
    signs = list(dict.fromkeys(sign_text(stop.intent) for stop in red)) or [SIGNS["peripheralised"]]
    said = "; ".join(f"{_said(stop)}, {where_text(stop, words.prompts)}" for stop in red)
    return Card(
        f"{when(session)}, {words.exercise(session)}",
        (
            ("Sign", ", then ".join(signs)),
            ("Words", said or "none; the place named after the exercise was further out than before"),
            (
                "The coach",
                " ".join(dict.fromkeys(done_about(stop) for stop in red)) or "asked about it.",
            ),
            *((("Help", text),) if (text := help_text(session)) else ()),
            ("Afterwards", " ".join(_afterwards(session, every))),
        ),
    )


def _said(stop: Stopped) -> str:
    if stop.words:
        return quoted(stop.words)
    return "no answer came, which counts as worse" if stop.by == "timeout" else "not in words"


def done_about(stop: Stopped) -> str:
    """Return what the coach does at a red sign (R10, R31; `session.stop_rules`)."""
    if stop.intent not in red_signs.ENDS_EXERCISE:
        return "Paused at once and asked whether it is better, the same or worse."
    return f"Stopped at once, told them to let go and rest, and {_CONTACT.get(stop.intent, _CONTACT['worse'])}."


def _afterwards(session: Session, every: Sequence[Session]) -> Iterator[str]:
    """Yield what followed a red sign, in that session and later ones."""
    if session.furthest_after is not None:
        before, after = places(session)
        yield f"Furthest place: {before} before, {after} then."
    if session.nprs_after is not None:
        yield f"Pain: {number(session.nprs_before)} before, {number(session.nprs_after)} then."
    for answer in session.answers:
        if answer.question == "after_cry":
            yield f"Asked how it is: {answer_text(answer.value)}."
        elif (answer.question, answer.value) == (red_signs.TAKE_BACK, "no"):
            yield "Asked at once whether they had said “worse”: no. The sign was taken back."
        elif answer.question == _SETTLED:
            yield f"Five minutes later: {answer_text(answer.value)}."
    if not locking(session):
        yield "All was well again, so nothing was locked."
        return
    until = next(
        (
            end
            for since, end in lock_spans(every, session.exercise_id)
            if since.id <= session.id and _is_later(end, session)
        ),
        None,
    )
    if until is None:
        yield "All exercises have been locked since then."
        return
    yield (
        f"All exercises were locked until {named(day_of(until))}, when they said that a professional had checked it"
        " and told them to go on."
    )
    following = (one for one in every if one.id >= until.id and one.exercise_id == session.exercise_id)
    again = next((one for one in following if one.repetitions), None)
    if again:
        pain = f"pain {number(again.nprs_before)} before, {number(again.nprs_after)} after"
        yield f"Next done on {named(day_of(again))}: {pain}."


def _is_later(end: Session | None, session: Session) -> bool:
    return end is None or end.id > session.id


def screening_text(sessions: Iterable[Session]) -> str:
    """Return the result of the screening in a sentence or two."""
    whole, notable, daily, days = [], 0, 0, 0
    for session in sessions:
        result = next((one.value for one in session.answers if one.question == _RESULT), None)
        if result is not None or any(one.question in SCREENED for one in session.answers):
            whole.append((session, result))
        notable += sum(map(is_notable, session.answers))
        found = [one.value for one in session.answers if one.question == _DAILY]
        days += bool(found)
        daily += "no" in found
    if not whole and not days:
        return "Not asked in these days."
    parts = [f"{named(day_of(one))}: {_result_text(result)}." for one, result in whole]
    if days:
        parts.append(f"Asked on {many(days, 'day')} whether anything is new: {daily} times no.")
    below = f"{many(notable, 'answer')} to look at {'is' if notable == 1 else 'are'} listed below."
    parts.append(below if notable else "Every answer was a plain one.")
    return " ".join(parts)


def _result_text(result: object) -> str:
    results = {
        "clear": "twelve questions, passed",
        "told": "twelve questions; a professional knows of what was found and agrees",
        "anyway": "twelve questions; began without asking a professional",
    }
    return results.get(str(result), "not finished, so nothing was begun")


def is_notable(answer: Answered) -> bool:
    """Tell whether a screening answer was not the plain one that lets a session begin."""
    match answer.question:
        case question if question == CLEARED_BY_CLINICIAN:
            return answer.value != "yes"
        case "screen_told" | "screen_anyway":
            return True
        case question if question == _RESULT:
            return answer.value == "anyway"
        case question if question.startswith(("screen_", "own_")):
            return answer.value != "no"
        case _:
            return False


def screening_rows(sessions: Iterable[Session], words: Words) -> Iterator[tuple[str, ...]]:
    """Yield the screening answers to look at, the latest first."""
    for session in sorted(sessions, key=lambda one: one.id, reverse=True):
        for answer in filter(is_notable, session.answers):
            told = quoted(answer.words) if answer.words else "-"
            yield when(session), words.question(answer), answer_text(answer.value), told, words.exercise(session)


def lock_text(every: Sequence[Session], exercise_ids: Iterable[str], today: date, words: Words) -> str:
    """Return whether something is locked today, and when something was."""
    locked = [name for name in exercise_ids if lock_of(every, name, today)]
    if locked:
        lock = lock_of(every, locked[0], today)
        assert lock is not None
        since = next(one for one, until in lock_spans(every, locked[0]) if until is None)
        listed = ", ".join(exercise_name(name, words.names) for name in locked)
        return (
            f"Locked since {named(day_of(since))} ({SIGNS[lock.reason]}): {listed}. No professional has checked it yet."
        )
    spans = {
        (since.id, until.id if until else 0): (since, until)
        for name in exercise_ids
        for since, until in lock_spans(every, name)
    }
    if not spans:
        return "Nothing is locked, and nothing was."
    parts = [
        f"Locked from {named(day_of(since))} ({sign_of(since)}) to {named(day_of(until))}, when they said that a "
        "professional had checked it."
        for since, until in spans.values()
        if until
    ]
    return f"Nothing is locked now. {' '.join(parts)}"


def lock_rows(sessions: Iterable[Session], words: Words) -> Iterator[tuple[str, ...]]:
    """Yield locks, releases, red signs that were taken back, and refusals, the latest first."""
    for session in sorted(sessions, key=lambda one: one.id, reverse=True):
        told = [(answer.at, text, answer.words) for answer in session.answers if (text := _about(answer))]
        if reason := locking(session):
            at = max((stop.at for stop in session.stops if stop.red), default=0)
            told.append((at, f"All exercises are locked from now on: {SIGNS[reason]}.", ""))
        for _, text, said in sorted(told, key=lambda one: one[0]):
            yield when(session), text, quoted(said) if said else "-", words.exercise(session)


def _about(answer: Answered) -> str:
    """Return what an answer means for a lock or for beginning at all; empty: nothing."""
    if answer.question == CLEARANCE and isinstance(answer.value, int | float):
        return "Released: a professional has checked it and told them to go on, they said twice."
    if answer.question in _TAKEN_BACK and answer.value == "no":
        return _TAKEN_BACK[answer.question]
    if answer.question in _REFUSALS and answer.value != "yes":
        return _REFUSALS[answer.question] if answer.value else f"No answer. {_REFUSALS[answer.question]}"
    return ""
