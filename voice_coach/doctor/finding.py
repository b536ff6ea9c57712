"""A finding: a verdict, what was measured, and the remedy in one sentence."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final


class Verdict(StrEnum):
    """How bad it is."""

    FINE = "fine"
    SKIPPED = "skipped"
    """It could not be seen, for a reason that another finding tells, or nobody helped."""
    WARNING = "warning"
    """A session can be held, but not as well as it could."""
    FAULT = "fault"
    """No session can be held, or it would lose something."""


_RANK: Final = (Verdict.FINE, Verdict.SKIPPED, Verdict.WARNING, Verdict.FAULT)

EXIT_CODES: Final = {Verdict.FINE: 0, Verdict.SKIPPED: 0, Verdict.WARNING: 3, Verdict.FAULT: 1}
"""By the worst verdict; 2 is for a wrong command line, as everywhere."""


Figures = Mapping[str, float | str | bool]
"""Measurements for programs; names end in their unit."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Result of one check."""

    check: str
    """Its name, such as `noise floor`."""
    verdict: Verdict
    measured: str
    """The measurement in words."""
    remedy: str = ""
    """What to do about it; empty: nothing."""
    figures: Figures = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON knows it."""
        return {**asdict(self), "figures": dict(self.figures)}


def worst(findings: Iterable[Finding]) -> Verdict:
    """Return the worst verdict; fine if there is none."""
    return max((finding.verdict for finding in findings), key=_RANK.index, default=Verdict.FINE)
