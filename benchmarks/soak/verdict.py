"""The verdict on one session, from observing it, its log, its history and its recording."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile

from benchmarks.soak import judge
from benchmarks.soak.held import BACK, RESTING, Happened, Seen
from benchmarks.soak.plan import Kind
from voice_coach.audio.pcm import Clip
from voice_coach.exercise.model import Exercise
from voice_coach.hear.grammar.grammar import Grammar
from voice_coach.hear.grammar.match import understand
from voice_coach.history.store import Store
from voice_coach.records import Session

INTERRUPTED: Final = 130
"""Exit code after Ctrl-C."""
_TOLD: Final = (RESTING, BACK)
_PORTAUDIO: Final = ("Expression '", "ALSA lib ")
"""How lines begin that PortAudio and ALSA write by themselves."""
_FIGURES: Final = ("callbacks", "xruns", "dropped", "losses")


@dataclass(frozen=True, slots=True)
class Files:
    """Where a session is kept."""

    log: Path
    recording: Path
    history: Path
    before: int = 0
    """The last session that was in the history before."""


@dataclass(slots=True)
class Verdict:
    """A session's figures."""

    number: int
    exercise: str
    seen: Seen
    outcome: str = "nothing in the history"
    repetitions: int = 0
    begun: int = 0
    """Repetitions that were announced, also those that were broken off."""
    lost: list[str] = field(default_factory=list)
    """Each thing that one of log and history holds and the other does not."""
    miscounted: list[str] = field(default_factory=list)
    planned: list[int] = field(default_factory=list)
    heard: list[int | None] = field(default_factory=list)
    """Samples from where the exercise has it: what was planned, and what was found in the sound."""
    unsaid: list[str] = field(default_factory=list)
    """Understood, though nobody had said it."""
    words: list[tuple[str, bool]] = field(default_factory=list)
    """Words said over the coach, and whether they were understood."""
    stats: dict[str, int] = field(default_factory=dict)
    """Of the sound as a whole, see `DeviceStats`, and `torn`."""
    stray: list[str] = field(default_factory=list)
    """Lines on standard error that nobody expects."""
    portaudio: int = 0
    """Lines that PortAudio or ALSA wrote."""

    @property
    def trouble(self) -> list[str]:
        """Violations, a word for each; empty: none."""
        wanted = INTERRUPTED if self.seen.interrupted else 0
        drift = max(judge.largest(self.planned), judge.largest(self.heard))
        found = {
            f"{len(self.lost)} lost": self.lost,
            f"{len(self.miscounted)} miscounted": self.miscounted,
            f"drift of {drift} samples": drift,
            f"exit code {self.seen.code}": self.seen.code != wanted,
            f"{len(self.unsaid)} understood that nobody said": self.unsaid,
            f"{len(self.stray)} stray lines": self.stray,
            f"{len(failed(self.seen.happened))} faults not got over": failed(self.seen.happened),
        }
        return [word for word, wrong in found.items() if wrong]


def failed(happened: Sequence[Happened]) -> list[Happened]:
    """Return the faults that were not got over; where the session was over first, it is none."""
    return [one for one in happened if one.over and one.recovered is None and not one.note]


def judged(verdict: Verdict, exercise: Exercise, files: Files, clips: Mapping[str, Clip], grammar: Grammar) -> Verdict:
    """Fill in what the files say, and return it."""
    for line in verdict.seen.errors.splitlines():
        if line.startswith(_PORTAUDIO):
            verdict.portaudio += 1
        elif not any(told in line for told in _TOLD):
            verdict.stray.append(line)
    rows = _rows(files.log)
    session = newest(files.history)
    if not rows or session is None or session.id == files.before:
        verdict.lost.append("there is no log" if not rows else "there is no session in the history")
        return verdict
    made = judge.attempts(rows)
    verdict.outcome, verdict.repetitions, verdict.begun = str(session.outcome), session.reps_coached, len(made)
    verdict.lost += judge.missing(rows, session)
    verdict.miscounted += judge.miscounted(made)
    verdict.planned += judge.planned_drift(made, exercise)
    if files.recording.exists():
        verdict.heard += judge.heard_drift(made, exercise, _coach_of(files.recording), clips)
    meant = {understand(grammar, text).intent or "" for text in verdict.seen.said}
    verdict.unsaid += judge.unsaid(rows, meant)
    for one in verdict.seen.happened:
        if one.trouble.kind is Kind.WORDS and not one.note:
            name = understand(grammar, one.trouble.words).intent or ""
            verdict.words.append((one.trouble.words, judge.understood(rows, name) > 0))
    verdict.stats = _stats(rows)
    return verdict


def newest(history: Path) -> Session | None:
    """Return the last session of a history."""
    with Store.open(history) as store:
        return next(iter(store.sessions(1)), None)


def _rows(log: Path) -> list[dict[str, Any]]:
    try:
        rows: list[dict[str, Any]] = json.loads(log.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return rows


def _stats(rows: Sequence[judge.Row]) -> dict[str, int]:
    totals = [row for row in rows if row["type"] == "DeviceStats"]
    figures = {name: sum(row[name] for row in totals) for name in _FIGURES}
    return {**figures, "torn": sum(row["type"] == "Torn" for row in rows)}


def _coach_of(recording: Path) -> Clip:
    sound, _ = soundfile.read(recording, dtype="int16", always_2d=True)
    return np.ascontiguousarray(sound[:, 0])
