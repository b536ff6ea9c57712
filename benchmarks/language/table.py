"""The tables, the figures that floors are about, and what went wrong."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from benchmarks.language.judge import SIGNS, Judged
from benchmarks.recognition.interval import Share

VERDICTS: Final = ("right", "asked", "lesser", "ignored", "wrong")
EFFECTS: Final = ("stopped", "lesser", "asked", "said again", "counted over", "taken for good")
OUTSIDE: Final = ("settle", "standby", "setup", "who", "emergency")
"""States whose rows stand in lines of their own: kinds mean something else there."""


def figures(found: Sequence[Judged]) -> dict[str, float]:
    """Return what floors can be put under, as shares from 0 to 1 or as counts."""
    red = [one for one in found if one.effect]
    effects = Counter(one.effect for one in red)
    emergencies = [one for one in red if one.row.expect == "emergency"]
    verdicts = Counter(one.verdict for one in found)
    kinds = Counter(one.effect for one in emergencies)
    stopped = effects["stopped"] + effects["lesser"]
    return {
        "right": _part(verdicts["right"], len(found)),
        "wrong": _part(verdicts["wrong"], len(found)),
        "red_stopped_or_asked": _part(stopped + effects["asked"], len(red)),
        "red_stopped": _part(stopped, len(red)),
        "red_counted_over": _part(effects["counted over"], len(red)),
        "red_taken_for_good": float(effects["taken for good"]),
        "emergency_as_such": _part(kinds["stopped"], len(emergencies)),
        "emergency_stopped_or_asked": _part(kinds["stopped"] + kinds["lesser"] + kinds["asked"], len(emergencies)),
        "false_locks": float(sum(one.locked for one in found)),
    }


def _part(count: int, of: int) -> float:
    return round(count / of, 4) if of else 0.0


def markdown(found: Sequence[Judged]) -> str:
    """Return the tables in Markdown."""
    heads = ["| kind | n | " + " | ".join(VERDICTS) + " |", "|---" * (2 + len(VERDICTS)) + "|"]
    lines = [_line(kind, Counter(one.verdict for one in ones), VERDICTS) for kind, ones in _kinds(found).items()]
    lines.append(_line("**all**", Counter(one.verdict for one in found), VERDICTS))
    red = [one for one in found if one.effect]
    by_sign = {sign: [one for one in red if one.row.expect == sign] for sign in sorted(SIGNS)}
    effects = ["| sign | n | " + " | ".join(EFFECTS) + " |", "|---" * (2 + len(EFFECTS)) + "|"]
    effects += [_line(sign, Counter(one.effect for one in ones), EFFECTS) for sign, ones in by_sign.items() if ones]
    effects.append(_line("**all**", Counter(one.effect for one in red), EFFECTS))
    counts = Counter(one.effect for one in red)
    stopped = Share(counts["stopped"] + counts["lesser"] + counts["asked"], len(red))
    last = f"Signs to stop that were stopped at or asked about: {stopped}. False locks: {sum(o.locked for o in found)}."
    return "\n".join([*heads, *lines, "", *effects, "", last])


def _kinds(found: Sequence[Judged]) -> dict[str, list[Judged]]:
    """Return the rows by kind, those outside of an exercise by state."""
    kinds: dict[str, list[Judged]] = {}
    for one in found:
        state = one.row.state.split("_", maxsplit=1)[0]
        kinds.setdefault(f"in {state}" if state in OUTSIDE else one.row.group, []).append(one)
    return dict(sorted(kinds.items(), key=lambda kind: (kind[0].startswith("in "), kind[0])))


def _line(name: str, counts: Mapping[str, int], columns: Sequence[str]) -> str:
    return f"| {name} | {sum(counts.values())} | " + " | ".join(str(counts.get(one, 0)) for one in columns) + " |"


def details(found: Sequence[Judged]) -> str:
    """Return each sentence that was not taken as it should be, the worst first."""
    lines = []
    for title, chosen in (
        ("False locks", [one for one in found if one.locked]),
        ("Signs to stop, taken for good", [one for one in found if one.effect == "taken for good"]),
        ("Signs to stop, counted over", [one for one in found if one.effect == "counted over"]),
        ("Wrong", [one for one in found if one.verdict == "wrong"]),
        ("Ignored", [one for one in found if one.verdict == "ignored" and one.effect != "counted over"]),
        ("Asked, or lesser advice", [one for one in found if one.verdict in {"asked", "lesser"}]),
    ):
        lines += ["", f"# {title}", *map(_detail, chosen)]
    return "\n".join(lines[1:])


def _detail(one: Judged) -> str:
    return f'{one.row.state}, {one.row.group}: "{one.row.text}" [{one.row.expect}] -> {one.taken_for}'
