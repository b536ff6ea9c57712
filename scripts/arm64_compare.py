"""What `scripts/arm64.py` finds compared, and its report: pure."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final

Row = Mapping[str, Any]

MEASURED: Final = frozenset({"t", "at", "start", "end", "confidence", "t_decision", "began", "ended"})
"""Fields of times and measured values: they may differ by a little where the decisions are the same."""

NOT_DECIDED: Final = frozenset({"VoiceStarted", "VoiceStopped", "Played", "Saved", "Woke", "NotRecognized"})
"""Types of rows that are no decision, nor what was understood."""

WITHOUT_A_CARD: Final = frozenset({"devices"})
"""Checks of `doctor` that must fail without a sound card."""

HEADING: Final = "## In emulation"


@dataclass(frozen=True, slots=True)
class Step:
    """What was tried, and how it went."""

    name: str
    good: bool
    result: str
    seconds: float
    here: float | None = None
    """Seconds of the same on this computer; None: it was not done here."""


def compared(there: Sequence[Row], here: Sequence[Row]) -> tuple[bool, str]:
    """Return whether the same was decided in both places, and a clause that says how alike they are."""
    if not here:
        return False, "nothing was decided on this computer"
    if there == here:
        return True, f"the same as on this computer, all of {len(here)} rows"
    one, other = map(decisions, (there, here))
    if one != other:
        number, pair = next((at, pair) for at, pair in enumerate(zip_longest(one, other), 1) if pair[0] != pair[1])
        emulated, usual = ("none" if row is None else json.dumps(row) for row in pair)
        return False, f"decision {number} differs: {emulated}, and on this computer {usual}"
    return True, f"the same {len(one)} decisions in the same order as on this computer; {_apart(there, here)}"


def decisions(rows: Sequence[Row]) -> list[Row]:
    """Return the rows that were decided or understood, without what was measured."""
    return [
        {name: value for name, value in row.items() if name not in MEASURED}
        for row in rows
        if row.get("type") not in NOT_DECIDED
    ]


def _apart(there: Sequence[Row], here: Sequence[Row]) -> str:
    """Return by how much times and confidences of the decisions differ at most."""
    decided = ([row for row in rows if row.get("type") not in NOT_DECIDED] for rows in (there, here))
    both = list(zip(*decided, strict=True))
    apart = {
        name: max((abs(one[name] - other[name]) for one, other in both if name in one and name in other), default=0)
        for name in ("t", "t_decision", "confidence")
    }
    time = max(apart["t"], apart["t_decision"])
    return f"times differ by at most {time:.3f} s, confidences by {apart['confidence']:.1g}"


def faulty(report: str) -> tuple[bool, str]:
    """Return whether `doctor --json` reports no fault but that sound is lacking, and its verdicts in words."""
    findings = json.loads(report)["findings"]
    faults = [one for one in findings if one["verdict"] == "fault"]
    other = [one for one in findings if one["verdict"] in {"warning", "skipped"}]
    fine = [one["check"] for one in findings if one["verdict"] == "fine"]
    told = [f"{one['verdict']} {one['check']} ({one['measured'].rstrip('.')})" for one in (*faults, *other)]
    return {one["check"] for one in faults} <= WITHOUT_A_CARD, "; ".join([f"fine: {', '.join(fine)}", *told])


def section(debian: str, headline: str, steps: Sequence[Step]) -> Callable[[str], str]:
    """Return a function that puts this Debian's report into a page, in place of an older one.

    The page has the heading `HEADING`; the report goes under it, before the next heading of that level.
    """
    rows = [
        f"| {step.name} | {'' if step.good else '**failed**: '}{_cell(step.result)} | {step.seconds:.0f} |"
        f" {'' if step.here is None else f'{step.here:.0f}'} |"
        for step in steps
    ]
    title = f"### {debian}"
    lines = [title, "", headline, "", "| Step | Result | s, emulated | s, here |", "|---|---|---|---|", *rows, ""]
    report = "\n".join(lines) + "\n"

    def put(page: str) -> str:
        before, heading, rest = page.partition(f"{HEADING}\n")
        if not heading:
            raise ValueError(f"the page has no heading {HEADING!r}")
        mine, *others = re.split(r"^(?=## )", rest, maxsplit=1, flags=re.MULTILINE)
        intro, *reports = re.split(r"^(?=### )", mine, flags=re.MULTILINE)
        kept = [old for old in reports if old.partition("\n")[0] != title]
        return "".join([before, heading, intro, *sorted([*kept, report]), *others])

    return put


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
