"""All sessions of a soak together: figures, and the same as Markdown."""

import os
import platform
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from benchmarks.soak import judge
from benchmarks.soak.plan import LOST, Kind
from benchmarks.soak.verdict import Verdict

WARM: Final = 30.0
"""Seconds into a session from which on its memory is looked at: by then every engine has heard and said something."""

HOUR: Final = 3600.0


def figures(verdicts: Sequence[Verdict], seconds: float, seed: int) -> dict[str, Any]:
    """Return all figures: seconds, MiB, samples, and counts."""
    planned = [value for one in verdicts for value in one.planned]
    heard = [value for one in verdicts for value in one.heard]
    words = [taken for one in verdicts for _, taken in one.words]
    length = sum(one.seen.seconds for one in verdicts)
    return {
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        "seed": seed,
        "hours": seconds / HOUR,
        "sessions": len(verdicts),
        "outcomes": dict(Counter(one.outcome for one in verdicts)),
        "exit_codes": dict(Counter(str(one.seen.code) for one in verdicts)),
        "repetitions": {"begun": sum(one.begun for one in verdicts), "done": sum(one.repetitions for one in verdicts)},
        "faults": {kind: row for kind in Kind if (row := _fault(verdicts, kind))},
        "lost_events": _told(verdicts, "lost"),
        "miscounted": _told(verdicts, "miscounted"),
        "drift": {
            "planned": len(planned),
            "planned_worst_samples": judge.largest(planned),
            "heard": sum(value is not None for value in heard),
            "of": len(heard),
            "heard_worst_samples": judge.largest(heard),
        },
        "words": {"said": len(words), "understood": sum(words)},
        "unsaid": _told(verdicts, "unsaid"),
        "unheard": sum(one.seen.unheard for one in verdicts),
        "sound": {name: sum(one.stats.get(name, 0) for one in verdicts) for name in _SOUND},
        "memory_mib": {name: row for name in _ROLES if (row := _memory(verdicts, name))},
        "cpu_share": sum(one.seen.cpu for one in verdicts) / length if length else None,
        "stray_lines": _told(verdicts, "stray"),
        "portaudio_lines": sum(one.portaudio for one in verdicts),
        "tracebacks": sum("Traceback" in one.seen.errors for one in verdicts),
    }


_SOUND: Final = ("callbacks", "xruns", "dropped", "losses", "torn")
_ROLES: Final = ("coach", "recogniser", "speech")
_KILLED: Final = {"recogniser": Kind.RECOGNISER, "speech": Kind.SPEECH}


def _told(verdicts: Sequence[Verdict], what: str) -> list[str]:
    return [f"session {one.number}: {line}" for one in verdicts for line in getattr(one, what)]


def _fault(verdicts: Sequence[Verdict], kind: Kind) -> dict[str, Any]:
    """Return the results of all faults of a kind; empty: there were none."""
    all_of_them = [fault for one in verdicts for fault in one.seen.happened if fault.trouble.kind is kind]
    came = [fault for fault in all_of_them if not fault.note]
    if not all_of_them:
        return {}
    return {
        "came": len(came),
        "void": [fault.note for fault in all_of_them if fault.note],
        "noticed_s": [round(fault.noticed, 2) for fault in came if fault.noticed is not None],
        "recovered_s": [round(fault.recovered, 2) for fault in came if fault.recovered is not None],
        "session_over_first": sum(not fault.over for fault in came if kind in LOST),
    }


def _memory(verdicts: Sequence[Verdict], name: str) -> dict[str, float]:
    """Return the MiB of a process: at first, at last, at most, and how many more in an hour of one session.

    Sessions in which it was killed are left out: another one begins with less.
    """
    whole = [
        one.seen for one in verdicts if _KILLED.get(name) not in {fault.trouble.kind for fault in one.seen.happened}
    ]
    courses = [[(at, held[name]) for at, held in seen.memory if name in held and at >= WARM] for seen in whole]
    courses = [course for course in courses if len(course) > 1]
    if not courses:
        return {}
    apart, together = 0.0, 0.0
    for course in courses:
        at, held = np.array(course).T
        apart += float(np.sum((at - at.mean()) ** 2))
        together += float(np.sum((at - at.mean()) * (held - held.mean())))
    firsts = [course[0][1] for course in courses]
    return {
        "first_session": firsts[0],
        "last_session": firsts[-1],
        "start": float(np.median(firsts)),
        "end": float(np.median([course[-1][1] for course in courses])),
        "most": max(held for course in courses for _, held in course),
        "growth_an_hour": HOUR * together / apart,
    }


def markdown(found: dict[str, Any]) -> str:
    """Return the figures for a person to read."""
    head = f"{found['machine']}, Python {found['python']}, seed {found['seed']}"
    rows = "\n".join(f"| {name} | {value} |" for name, value in _rows(found))
    faults = "\n".join(_fault_row(kind, row) for kind, row in found["faults"].items())
    memory = "\n".join(
        f"| {name} | {row['start']:.1f} | {row['end']:.1f} | {row['most']:.1f} | {row['growth_an_hour']:+.1f} | "
        f"{row['first_session']:.1f}, {row['last_session']:.1f} |"
        for name, row in found["memory_mib"].items()
    )
    return "\n".join(
        (
            f"{head}\n\n| | |\n|---|---|\n{rows}",
            "\n| fault | came | noticed after, p50 and worst | sound back after, p50 and worst |\n|---|---|---|---|",
            faults,
            "\n| memory (PSS), MiB | early, p50 | at the end, p50 | most | more in an hour | first and last session |",
            "|---|---|---|---|---|---|",
            memory,
        )
    )


def _rows(found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    drift, sound, words = found["drift"], found["sound"], found["words"]
    yield "time", f"{found['hours']:.2f} h"
    yield "sessions", f"{found['sessions']}: {_counts(found['outcomes'])}; exit codes {_counts(found['exit_codes'])}"
    yield "repetitions", f"{found['repetitions']['begun']} begun, {found['repetitions']['done']} done"
    yield "events lost", _list(found["lost_events"])
    yield "repetitions left out, doubled or gone on with elsewhere", _list(found["miscounted"])
    yield (
        "drift of what was planned",
        f"{drift['planned_worst_samples']} samples at worst ({drift['planned']} instants)",
    )
    yield (
        "drift of the counts in the sound",
        f"{drift['heard_worst_samples']} samples at worst ({drift['heard']} of {drift['of']} found)",
    )
    yield "words said over the coach", f"{words['understood']} of {words['said']} understood"
    yield "understood and never said", _list(found["unsaid"])
    xruns = f"{sound['callbacks']} blocks, {sound['xruns']} xruns, {sound['dropped']} came too late"
    yield "sound", f"{xruns}, torn {sound['torn']} times, lost {sound['losses']} times"
    if found["cpu_share"] is not None:
        yield "CPU of all processes, share of one core", f"{100 * found['cpu_share']:.1f} %"
    yield "unexpected lines on standard error", _list(found["stray_lines"])
    yield "tracebacks", str(found["tracebacks"])


def _fault_row(kind: str, row: dict[str, Any]) -> str:
    void = f" (and {len(row['void'])} void)" if row["void"] else ""
    return f"| {kind} | {row['came']}{void} | {_spread(row['noticed_s'])} | {_spread(row['recovered_s'])} |"


def _spread(values: Sequence[float]) -> str:
    return f"{float(np.median(values)):.2f} s, {max(values):.2f} s ({len(values)})" if values else "-"


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "none"


def _list(lines: Sequence[str]) -> str:
    return f"{len(lines)}: {'; '.join(lines)}" if lines else "none"
