"""WebVTT: who said what when, for those who can't hear it and those who check it."""

from collections.abc import Iterable
from html import escape

from voice_coach.timebase import RATE, Samples

SHORTEST = RATE
"""A caption stands for at least a second."""


def webvtt(cues: Iterable[tuple[Samples, Samples, str, str]]) -> str:
    """Return a WebVTT file from (start, end, speaker, text), in any order."""
    parts = ["WEBVTT\n"]
    for start, end, speaker, text in sorted(cues):
        stop = max(end, start + SHORTEST)
        parts.append(f"{_stamp(start)} --> {_stamp(stop)}\n<v {speaker}>{escape(text, quote=False)}\n")
    return "\n".join(parts)


def _stamp(at: Samples) -> str:
    milliseconds = at * 1000 // RATE
    hours, rest = divmod(milliseconds, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"
