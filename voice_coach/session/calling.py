"""Calling for help: what counts as asking for it, what is recorded, and what is done.

The coach itself only says aloud that help is needed. Other ways (a command, a message, a pin) have to be set up; the
runner uses them and reports what came of each attempt.
"""

from dataclasses import replace
from typing import Final

from voice_coach.actions import VOLUMES, CallForHelp, Line, SetVolume
from voice_coach.events import HelpCalled, Intent
from voice_coach.records import By, HelpCall
from voice_coach.session.turn import Turn

CALL_HELP: Final = "call_help"
"""The intent that asks for a call."""
CANT_GET_UP: Final = "cant_get_up"
"""The intent after which the coach asks whether to call."""

_CALL: Final = frozenset({"call", "phone", "ring", "dial", "send", "shout", "alert"})
_FOR: Final = frozenset({"someone", "somebody", "anyone", "anybody", "help", "ambulance", "paramedics", "doctor"})


def asks_for_help(intent: Intent) -> bool:
    """Tell whether somebody is to be called: "call someone", and "call an ambulance", which is a red sign too."""
    if intent.name == CALL_HELP or CALL_HELP in intent.also:
        return True
    words = set(intent.text.split())
    return intent.name == "emergency" and bool(words & _CALL and words & _FOR)


def prefer_call(intent: Intent) -> Intent:
    """Return the request for help where it was heard along with a bare "stop" or "help"."""
    for name in (CALL_HELP, CANT_GET_UP):
        if name in intent.also and intent.name in {"stop", "pause", "help"}:
            return replace(intent, name=name, also=tuple(one for one in intent.also if one != name))
    return intent


def call(turn: Turn, words: str, by: By) -> CallForHelp | None:
    """Record that help was called for; return the call to make.

    None: no way but the voice was set up, or a call is under way already.
    """
    ways = turn.facts.plan.help_ways
    turn.record(HelpCall(turn.at, "asked", " ".join(("voice", *ways)), by, words))
    if not ways or turn.facts.findings.calling:
        return None
    turn.know(calling=len(ways), called=False)
    return CallForHelp(words, by)


def first_words(turn: Turn) -> tuple[Line, ...]:
    """Return what the coach says when help is called for."""
    number = turn.prompt("say.calling" if turn.facts.plan.help_ways else "say.call_yourself")
    return (*turn.prompt("say.help_needed"), *number, *turn.prompt("say.help_needed"))


def raise_volume(turn: Turn) -> None:
    """Speak at full volume until `restore_volume`."""
    turn.do(SetVolume(VOLUMES[1]))


def restore_volume(turn: Turn) -> None:
    """Speak at the person's own volume again."""
    turn.do(SetVolume(turn.facts.speech.volume))


def record_attempt(turn: Turn, event: HelpCalled) -> str:
    """Record what came of an attempt; return the prompt that says so, or an empty string."""
    findings = turn.facts.findings
    turn.record(HelpCall(turn.at, "failed" if event.error else "done", event.way, "coach", event.error))
    if event.error and event.again:
        return "say.call_again" if not findings.called else ""
    turn.know(calling=max(findings.calling - 1, 0))
    if not event.error:
        turn.know(called=True)
        return "" if findings.called else "say.call_sent"
    return "" if findings.called or turn.facts.findings.calling else "say.call_failed"
