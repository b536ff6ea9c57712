"""The learning curve: what a run writes as it goes, and what documents draw from (`curve.json`)."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from training.learn import Progress
from training.measure import FALSE_ACCEPTS, Errors

ABOUT: Final = {
    "cpu_hours": "CPU hours of learning up to here, those of the run that this one went on from included",
    "heard_hours": "hours of speech and noise drawn, counted likewise",
    "labels_clean": "share of the labels right for people kept apart; labels_noisy: in noise at 0 to 12 dB",
    "errors": f"shares of words and phrases of people kept apart, at {FALSE_ACCEPTS:g} false accepts an hour or fewer",
}
"""The units of a point."""


class Curve:
    """The points of all runs of learning in a work folder, one file."""

    def __init__(self, path: Path) -> None:
        """Begin with the existing curve."""
        self._path = path
        self._runs: dict[str, dict[str, Any]] = (
            json.loads(path.read_text(encoding="utf-8"))["runs"] if path.exists() else {}
        )

    def errors(self, run: str, step: int | None = None) -> Errors | None:
        """Return the measurement at a step, or the last one; None: there is none."""
        measured = [one for one in self.points(run) if "errors" in one and step in {None, one["step"]}]
        return Errors(**measured[-1]["errors"]) if measured else None

    def points(self, run: str) -> list[dict[str, Any]]:
        """Return a run's points in order of their steps."""
        return list(self._runs.get(run, {}).get("points", []))

    def add(self, run: str, width: int, progress: Progress, errors: Errors | None, after: str | None = None) -> None:
        """Add a point, or replace that of the same step, and write the file.

        `after`: the run that this one went on from.
        """
        before = self.points(after)[-1] if after and self.points(after) else {"cpu_hours": 0.0, "heard_hours": 0.0}
        point: dict[str, Any] = {
            "step": progress.step,
            "cpu_hours": round(before["cpu_hours"] + progress.cpu / 3600, 4),
            "heard_hours": round(before["heard_hours"] + progress.heard, 2),
            "labels_clean": round(progress.clean, 4),
            "labels_noisy": round(progress.noisy, 4),
        }
        if errors:
            point["errors"] = {name: round(value, 4) for name, value in asdict(errors).items()}
        old = [one for one in self.points(run) if one["step"] != progress.step]
        points = sorted([*old, point], key=lambda one: int(one["step"]))
        self._runs[run] = {"width": width, "steps": progress.steps, "after": after, "points": points}
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps({"about": ABOUT, "runs": self._runs}, indent=1) + "\n", encoding="utf-8")
        part.replace(self._path)
