"""Readable words for the history's names of questions, signs, phases and outcomes. Pure."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Final

from voice_coach.clinical.body_regions import place_of
from voice_coach.exercise.prompts import Prompts
from voice_coach.records import HELP_WAYS, HelpCall, Misheard, Session, Stopped
from voice_coach.report.days import named

UNKNOWN: Final = "-"
"""Shown for questions not asked or not answered: never a zero."""

PLACE_NAMES: Final = {
    "none": "no pain",
    "back": "back",
    "one_side_back": "one side of the back",
    "buttock": "buttock",
    "thigh": "thigh",
    "calf": "calf",
    "foot": "foot",
}
"""A place -> its name for people."""

OUTCOMES: Final = {
    "completed": "done to the end",
    "finished_early": "ended early",
    "stopped": "stopped",
    "no_answer": "ended, as no answer came",
    "cannot_start": "not begun",
    "interrupted": "cut off",
}
SIGNS: Final = {
    "emergency": "sign of an emergency",
    "worse": "worse",
    "peripheralised": "pain moved outward",
    "numb_weak": "numb or weak",
    "pain_cry": "cry of pain",
}
"""A red sign -> its meaning."""

_VALUES: Final = {
    **PLACE_NAMES,
    **SIGNS,
    "gone": "the pain is gone",
    "centralised": "pain moved toward the spine",
    "unsure": "could not tell",
    "one_side": "one side of the back",
    "clear": "passed",
    "told": "a professional knows of it and agrees",
    "anyway": "began without asking a professional",
    "cant_reach": "can't reach",
    "cant_side": "can't lie on the side",
}
_INTENTS: Final = {
    **SIGNS,
    "stop": "stop",
    "finish": "finish",
    "cant_side": "can't lie on the side",
    "call_help": "asked for help",
    "cant_get_up": "could not get up",
}
_PHASES: Final = {
    "announce": "at the start of repetition {n}",
    "roll": "on the way into repetition {n}",
    "move": "on the way into repetition {n}",
    "hold": "in the hold of repetition {n}",
    "return": "on the way back in repetition {n}",
    "rest": "in the rest after repetition {n}",
    "between": "after repetition {n}",
    "paused": "in a pause after repetition {n}",
    "ending": "at the end",
}
_PAUSES: Final = {
    "user": "at their own wish",
    "taking the position again": "to take the position again",
    "speech: not understood": "as what was said was not understood",
}
_HELP_WAYS: Final = {
    "voice": "aloud in the room",
    "command": "the command",
    "mqtt": "the message by MQTT",
    "gpio": "the pin",
}
_HELP_ASKED: Final = {
    "user": "at the person's wish",
    "timeout": "as the person could not get up and gave no answer",
    "coach": "at a sign of an emergency",
}
_ASKED: Final = {
    "acknowledge": "Understood that the coach is no doctor, and may begin",
    "taught": "A doctor or physio has taught this exercise",
    "two_weeks": "Understood that a doctor or physio must look at it, after two weeks",
    "screening": "Screening questions",
    "screen_told": "A doctor or physio knows of it and agrees",
    "screen_anyway": "Begin without having asked a professional",
    "cleared": "A professional has checked it since",
    "cleared_sure": "A professional has checked it and said to go on",
    "broken_off": "Go on with the session that broke off",
    "side": "The side that hurts",
    "side_told": "The side that a professional named",
    "side_sure": "The side that hurts, confirmed",
    "side_again": "The side that hurts, as last time",
    "instructions": "Instructions",
    "cannot": "Could not do it as told",
    "side_other": "The other side, as a professional said",
    "sound_check": "Hears the coach clearly",
    "pain_before": "Pain before, 0 to 10",
    "furthest_before": "Furthest place before",
    "pain_after": "Pain after, 0 to 10",
    "furthest_after": "Furthest place after",
    "after_cry": "After the cry of pain",
    "moved_lower": "Lower than at the beginning",
    "unsure_place": "Where it is felt now",
    "unsure_pain": "Pain now, 0 to 10",
    "settle_check": "Five minutes after the stop",
    "go_on": "Go on",
    "easier": "An easier exercise",
    "try_again": "Back to the first exercise",
    "onward": "On to the next exercise",
    "since_began": "Since the first session",
    "since_much": "How much",
    "pgic": "Change since the first session",
    "doubt_worse": "Meant “worse”",
    "doubt_down": "Meant that the pain moves lower in the leg",
    "doubt_numb": "Meant that the leg is numb or weak",
    "doubt_emergency": "Meant a sign of an emergency",
    "doubt_new": "It moved there just now",
    "doubt_more": "A higher number means worse",
}
_SAID_TOO: Final = re.compile(r"Yes or no\?|\w+ of twelve\.")
"""Sentences that surround a question without being part of it."""


def exercise_name(identifier: str, names: Mapping[str, str]) -> str:
    """Return an exercise's name; for one that no longer exists, its id as words."""
    return names.get(identifier, identifier.replace("_", " ").strip())


def question_text(question: str, prompts: Prompts, own: Mapping[str, str]) -> str:
    """Return a question, in short or as it is asked aloud.

    Args:
        question: its name in the history.
        prompts: the coach's sentences.
        own: the exercises' own questions, by their id.
    """
    if question in _ASKED:
        return _ASKED[question]
    if question.startswith("check_"):
        return f"Better, same or worse after repetition {question.removeprefix('check_')}"
    if question.startswith("own_"):
        return own.get(question.removeprefix("own_"), "A question of the exercise's own")
    texts = [text for text in prompts.texts.get(f"ask.{question}", ()) if "{" not in text]
    return " ".join(text for text in texts if not _SAID_TOO.fullmatch(text)) or question.replace("_", " ").capitalize()


def answer_text(value: str | float | None, names: Mapping[str, str] | None = None) -> str:
    """Return an answer in words; None means no answer. `names` are those of exercises, by id."""
    if value is None:
        return "no answer"
    if not isinstance(value, str):
        return f"{value:g}"
    return _VALUES.get(value) or (names or {}).get(value) or value.replace("_", " ")


def sign_text(intent: str) -> str:
    """Return the meaning of the words that ended or interrupted the counting."""
    return _INTENTS.get(intent, intent.replace("_", " "))


def where_text(stop: Stopped, prompts: Prompts) -> str:
    """Return when in the session something was said, such as `in the hold of repetition 5`."""
    if stop.phase in _PHASES and (stop.repetition or stop.phase == "ending"):
        return _PHASES[stop.phase].format(n=stop.repetition)
    if f"ask.{stop.phase}" in prompts.texts:
        return "in answer to a question" + (f", after repetition {stop.repetition}" if stop.repetition else "")
    return f"after repetition {stop.repetition}" if stop.repetition else "before the first repetition"


def pause_text(reason: str) -> str:
    """Return why there was a pause."""
    if reason.startswith("device: "):
        return "as the sound was gone"
    return _PAUSES.get(reason, reason)


def help_call_text(call: HelpCall) -> str:
    """Return a line about a call for help, such as `Call for help: the message by MQTT got through`."""
    if call.what == "asked":
        said = f", {quoted(call.words)}" if call.words else ""
        return f"HELP was called for {_HELP_ASKED.get(call.by, '')}{said}: {_ways(call.way.split())}"
    what = "got through" if call.what == "done" else f"failed ({call.words})"
    return f"Call for help: {_ways([call.way])} {what}"


def misheard_text(misheard: Misheard) -> str:
    """Return a line about something that was misheard, such as `Misheard "five" (it was taken back)`."""
    said = quoted(misheard.text) if misheard.text else misheard.intent
    return f"Misheard {said}: {quoted(misheard.words)}" + (" (it was taken back)" if misheard.taken_back else "")


def help_text(session: Session) -> str:
    """Return a sentence or two about calls for help in a session and their results; empty: there were none."""
    asked = [call for call in session.help_calls if call.what == "asked"]
    if not asked:
        return ""
    tried = {way for call in asked for way in call.way.split()} - {"voice"}
    done = {call.way for call in session.help_calls if call.what == "done"}
    failed = {call.way for call in session.help_calls if call.what == "failed"} - done
    found = [f"{help_call_text(asked[0])}."]
    found += [f"Got through: {_ways(done)}."] if done else []
    found += [f"Did not get through: {_ways(failed)}."] if failed else []
    unknown = tried - done - failed
    found += [f"Not known whether it got through: {_ways(unknown)}."] if unknown else []
    return " ".join(found)


def _ways(ways: Collection[str]) -> str:
    return ", ".join(_HELP_WAYS.get(way, way) for way in HELP_WAYS if way in ways)


def outcome_text(session: Session) -> str:
    """Return how a session ended."""
    return OUTCOMES.get(session.outcome, session.outcome) if session.outcome else "not ended"


def place_text(number: int | None) -> str:
    """Return the place of this rank, 0 to 6."""
    return PLACE_NAMES.get(place_of(number) or "", UNKNOWN)


def quoted(words: str) -> str:
    """Return the words said, in quotes."""
    return f"\N{LEFT DOUBLE QUOTATION MARK}{words}\N{RIGHT DOUBLE QUOTATION MARK}" if words else UNKNOWN


def many(number: int, what: str) -> str:
    """Return a number of things."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def number(value: float | None) -> str:
    """Return a number as short as it can be."""
    return UNKNOWN if value is None else f"{value:g}"


def signed(value: float | None) -> str:
    """Return a change with its sign."""
    return UNKNOWN if value is None else f"{value:+g}".replace("-", "\N{MINUS SIGN}")


def when(session: Session) -> str:
    """Return the start of a session, by the clock on the user's wall, such as `6 May 2031 12:30`."""
    return f"{named(date.fromisoformat(session.started[:10]))} {session.started[11:16]}"


def places(session: Session) -> tuple[str, str]:
    """Return the furthest place before and after."""
    return place_text(session.furthest_before), place_text(session.furthest_after)
