"""Logs of a session: the event log for programs, WebVTT captions for people.

The log has each event and action as one JSON object, the same live, on files and typed. A row has `t`, the seconds into
the session at which the coach took it; `at`, the same in samples, but of a `Play` the sample at which it is to sound;
`type`; and the fields of the event or action. Equal sessions have equal logs. Live the log also has a `Torn` for each
time that sound was lost or late, and at its end how it went on the whole (`DeviceStats`) and what the sound libraries
wrote to standard error (`LibraryMessages`); the dialogue knows nothing of these.
"""

from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from enum import Enum
from html import escape
from typing import Any

import msgspec

from voice_coach.events import LOGGED_IF_SET
from voice_coach.timebase import RATE, Samples, seconds

MIN_CAPTION_LENGTH = RATE
"""A caption stands for at least a second."""


def webvtt(cues: Iterable[tuple[Samples, Samples, str, str]]) -> str:
    """Return a WebVTT file from (start, end, speaker, text), in any order.

    The first speaker's captions are at the bottom, another one's at the top, so that they can be read when both speak.
    """
    parts = ["WEBVTT\n"]
    ordered = sorted(cues)
    for start, end, speaker, text in ordered:
        stop = max(end, start + MIN_CAPTION_LENGTH)
        place = "" if speaker == ordered[0][2] else " line:0"
        parts.append(f"{_stamp(start)} --> {_stamp(stop)}{place}\n<v {speaker}>{escape(text, quote=False)}\n")
    return "\n".join(parts)


def _stamp(at: Samples) -> str:
    milliseconds = at * 1000 // RATE
    hours, rest = divmod(milliseconds, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


class EventLog:
    """A watcher for a `Coach` that gathers every event and action, to be written as JSON."""

    def __init__(self) -> None:
        """Begin empty."""
        self.rows: list[dict[str, Any]] = []
        """One dictionary for each, see the top of this module."""

    def __call__(self, at: Samples, item: object) -> None:
        """Take an event or action, or a dataclass of another kind: what happened outside the dialogue."""
        self.rows.append({"at": at, "t": round(seconds(at), 4), "type": type(item).__name__, **_plain(item)})

    def to_json(self) -> str:
        """Return the rows as a JSON array, one row a line."""
        rows = (msgspec.json.encode(row).decode() for row in self.rows)
        return "[\n" + ",\n".join(rows) + "\n]\n"


def _plain(value: Any) -> Any:  # noqa: ANN401 -- any value that an event or action may hold
    """Return a value as JSON knows it; sets in order, so that equal logs are equal texts."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name))
            for field in fields(value)
            if field.metadata != LOGGED_IF_SET or getattr(value, field.name) != field.default
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, frozenset):
        return sorted(map(_plain, value))
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value
