"""The messages to an MQTT broker: a session began, each repetition, a rest, the end. Never a word or a sound.

Pain figures are sent only if the person asked for that, and never the sign for which a session was stopped.
"""

from typing import Final

from voice_coach.records import Answered, Ended, Paused, RepetitionDone, Resumed, SessionRecord, Stopped
from voice_coach.timebase import seconds

Message = dict[str, str | float | None]

_PAIN: Final = {"pain_before": "before", "pain_after": "after"}
"""Questions with a figure from 0 to 10."""


def started(exercise: str, repetitions: int) -> Message:
    """Return the message that a session began; `repetitions`: how many there are to be."""
    return {"event": "started", "t": 0.0, "exercise": exercise, "of": repetitions}


def told(record: SessionRecord, *, figures: bool) -> Message | None:
    """Return the message that a record comes to, None for none; `t` is seconds into the session."""
    message: Message = {}
    match record:
        case RepetitionDone(number=number):
            message = {"event": "repetition", "number": number}
        case Paused():
            message = {"event": "paused"}
        case Resumed():
            message = {"event": "resumed"}
        case Stopped(by=by, red=red):
            message = {"event": "stopped", "class": "symptom" if red else by}
        case Ended(outcome=outcome, repetitions=repetitions):
            message = {"event": "ended", "outcome": outcome, "repetitions": repetitions}
        case Answered(question=question, value=value) if figures and question in _PAIN:
            message = {"event": "pain", "when": _PAIN[question], "figure": value}
        case _:
            return None
    return {**message, "t": round(seconds(record.at), 1)}
