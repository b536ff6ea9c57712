"""The table of all sessions, and the list of what went wrong."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Final

from benchmarks.recognition.interval import Share
from benchmarks.sessions.judge import Judged, Result

WRONG: Final = ("wrong", "asked", "unheard")
"""Verdicts that are listed, the worst first."""


def rows(results: Sequence[Result]) -> list[tuple[str, str]]:
    """Return the table: what is counted, and the figure with its 95 % interval."""
    said = [one for result in results for one in result.utterances]
    first = [one for one in said if not one.tries]
    plain = [one for one in said if one.tries]
    clean = [one for one in first if not one.kitchen]
    noisy = [one for one in first if one.kitchen]
    red = [result for result in results if result.red_said]
    unsaid = [result for result in results if not result.red_said]
    minutes, cpu = sum(result.minutes for result in results), sum(result.cpu for result in results)
    locked = [result for result in results if result.locked_falsely]
    return [
        ("sessions that went as meant", share(results, [result for result in results if result.as_meant])),
        *((f"own words: {name}", verdicts(first, kind)) for kind, name in NAMES.items()),
        ("own words understood at once, quiet room", verdicts(clean, "right")),
        ("own words understood at once, kitchen", verdicts(noisy, "right")),
        *((f"plain words, after being asked: {name}", verdicts(plain, kind)) for kind, name in NAMES.items()),
        ("false stops", f"{sum(len(result.false_stops) for result in results)} in {minutes:.0f} min"),
        ("sessions locked though no red sign had been said", f"{len(locked)} of {len(results)}"),
        ("red signs: silent at the first", share(red, [one for one in red if one.red_at_once])),
        ("red signs: ended as the sign that was meant", share(red, [one for one in red if one.red_in_the_end])),
        ("red signs: ended as another", share(red, [one for one in red if one.red_otherwise])),
        ("red sign expected, but it did not come to that", f"{sum(_missing(one) for one in unsaid)}"),
        ("sound, CPU", f"{minutes:.0f} min, {cpu / 60:.1f} min ({cpu / 60 / minutes:.3f} of real time)"),
    ]


NAMES: Final = {
    "right": "understood at once",
    "asked": "asked again",
    "wrong": "taken for something else",
    "unheard": "unheard",
}


def _missing(result: Result) -> bool:
    return result.red_expected and not result.red_said


def share(of: Sequence[object], which: Sequence[object]) -> str:
    """Return how many of how many, with the interval."""
    found = Share(len(which), len(of))
    return f"{found.count} of {found.of}, {found}"


def verdicts(said: Sequence[Judged], verdict: str) -> str:
    """Return how many of these had this verdict."""
    return share(said, [one for one in said if one.verdict == verdict])


def markdown(results: Sequence[Result], name: str) -> str:
    """Return the table in Markdown with this heading for its column of figures."""
    return "\n".join([f"| | {name} |", "|---|---|", *(f"| {what} | {figure} |" for what, figure in rows(results))])


def by_meaning(said: Iterable[Judged]) -> list[tuple[str, int, Counter[str]]]:
    """Return for each state and meaning how often it was said in own words, and the verdicts; the worst first."""
    found: dict[str, Counter[str]] = {}
    for one in said:
        if not one.tries:
            found.setdefault(f"{one.state}: {one.means}", Counter())[one.verdict] += 1
    lines = [(name, counts.total(), counts) for name, counts in found.items()]
    return sorted(lines, key=lambda line: (line[2]["right"] - line[1], line[0]))


def details(results: Sequence[Result]) -> str:
    """Return everything that went wrong, to work from."""
    lines = ["# Own words by state and meaning: n, understood at once, asked again, taken for something else, unheard"]
    for name, count, counts in by_meaning(one for result in results for one in result.utterances):
        lines.append(f"{name:58}{count:4}" + "".join(f"{counts[kind]:5}" for kind in NAMES))
    for verdict in WRONG:
        lines += ["", f"# {NAMES[verdict].capitalize()}: state, what was said, what it was taken for"]
        lines += [_line(one) for result in results for one in result.utterances if one.verdict == verdict]
    lines += ["", "# False stops: what was heard while what was said"]
    lines += [
        f'{stop.session} {stop.at:.1f} s: {stop.intent} ("{stop.text}") while "{stop.said}"'
        for result in results
        for stop in result.false_stops
    ]
    lines += ["", "# Sessions that did not go as meant"]
    lines += [
        f"{one.session}: {one.outcome}, {one.repetitions} repetitions, red {one.red or 'none'}"
        for one in results
        if not one.as_meant
    ]
    return "\n".join(lines)


def _line(one: Judged) -> str:
    again = f" (try {one.tries + 1})" if one.tries else ""
    place = f"{one.session} {one.at:.1f} s, {one.voice}, {one.room}{', kitchen' if one.kitchen else ''}"
    return f'{one.state}: "{one.said}"{again} [{one.means}] -> {one.taken_for or "not heard"}   ({place})'


def data(results: Sequence[Result]) -> dict[str, Any]:
    """Return everything as JSON knows it."""
    return {"rows": dict(rows(results)), "sessions": [result.to_json() for result in results]}
