"""The report's charts as Vega-Lite specifications; drawing them is done elsewhere. Pure.

Unanswered questions have no mark. The colours are those of `html_page.CSS`, which has others for dark mode.
"""

import re
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any, Final
from xml.etree.ElementTree import Element, fromstring

from voice_coach.clinical.body_regions import PLACES
from voice_coach.errors import HistoryError
from voice_coach.files.extras import install_command
from voice_coach.records import Session
from voice_coach.report.days import Day, is_notable, named, pain_change, shows_trend
from voice_coach.report.words import PLACE_NAMES, signed

Chart = dict[str, Any]

INK: Final = "#1b1f24"
MUTED: Final = "#5b6470"
GRID: Final = "#dfe3e8"
BLUE: Final = "#1f5fa8"
PALE: Final = "#8fb4de"
RED: Final = "#b3261e"

KINDS: Final = ("done to the end", "ended early or not begun", "red event")

MAX_TREND_GAP: Final = 7
"""Maximum gap in days that the trend line bridges."""

_WIDTH: Final = 760
_DAY_WIDTH: Final = 80
_HEIGHT: Final = 210
_FONT: Final = "system-ui, sans-serif"

_NAMESPACE: Final = re.compile(r"^\{[^}]*\}")


def sessions_chart(days: Sequence[Day]) -> Chart:
    """Return the sessions of each day, against how many were meant to be done."""
    rows = [
        {"day": named(day.date), "kind": kind, "order": KINDS.index(kind), "sessions": number}
        for day in days
        for kind, number in _kinds(day).items()
    ]
    goals = [{"day": named(day.date), "meant": day.meant} for day in days if day.meant]
    most = max([1, *(day.meant or 0 for day in days), *(len(day.sessions) for day in days)])
    bars = {
        "mark": {"type": "bar", "width": {"band": 0.7}},
        "encoding": {
            "x": _day_axis(days),
            "y": {
                "field": "sessions",
                "type": "quantitative",
                "title": "sessions",
                "axis": {"tickMinStep": 1, "format": "d", "orient": "right"},
                "scale": {"domain": [0, most + 0.5], "nice": False},
            },
            "color": {
                "field": "kind",
                "type": "nominal",
                "title": None,
                "scale": {"domain": KINDS, "range": [BLUE, PALE, RED]},
                "legend": {"orient": "top"},
            },
            "order": {"field": "order"},
        },
    }
    x = _day_axis(days)
    goal = {
        "data": {"values": goals},
        "mark": {"type": "rule", "color": INK, "strokeWidth": 2},
        "encoding": {
            "x": {**x, "bandPosition": 0},
            "x2": {"field": "day", "bandPosition": 1},
            "y": {"field": "meant", "type": "quantitative"},
        },
    }
    return _chart(days, rows, [bars, goal])


def repetitions_chart(days: Sequence[Day]) -> Chart:
    """Return the repetitions that were coached on each day."""
    rows = [{"day": named(day.date), "repetitions": day.repetitions} for day in days if day.sessions]
    bars = {
        "mark": {"type": "bar", "width": {"band": 0.7}, "color": BLUE},
        "encoding": {
            "x": _day_axis(days),
            "y": {
                "field": "repetitions",
                "type": "quantitative",
                "title": "repetitions",
                "axis": {"tickMinStep": 1, "format": "d", "orient": "right"},
                "scale": {"domainMin": 0},
            },
        },
    }
    return _chart(days, rows, [bars])


def pain_chart(days: Sequence[Day]) -> Chart:
    """Return the pain before and after each session, with the changes that count; from some days on, a line of days."""
    rows = list(_before_after(days, "nprs"))
    changes = [
        {
            **_place(day, session),
            "score": max(session.nprs_before or 0, session.nprs_after or 0),
            "change": signed(change),
        }
        for day, session in _all(days)
        if (change := pain_change(session)) is not None and is_notable(change)
    ]
    y = {
        "field": "score",
        "type": "quantitative",
        "title": "pain, 0 to 10",
        "scale": {"domain": [0, 10]},
        "axis": {"values": list(range(0, 11, 2)), "orient": "right"},
    }
    layers = [*_strokes(days, "nprs", y), *_points(days, y)]
    layers.append(
        {
            "data": {"values": changes},
            "mark": {
                "type": "text",
                "angle": 270,
                "align": "left",
                "dx": 9,
                "fontSize": 12,
                "fontWeight": "bold",
                "color": INK,
            },
            "encoding": {"x": _day_axis(days), "xOffset": _offset(days), "y": y, "text": {"field": "change"}},
        }
    )
    if shows_trend(days):
        line = {
            "data": {"values": list(_trend(days))},
            "mark": {"type": "line", "color": MUTED, "strokeWidth": 1.5, "strokeDash": [2, 3]},
            "encoding": {"x": _day_axis(days), "y": y, "detail": {"field": "part", "type": "nominal"}},
        }
        layers.insert(0, line)
    return _chart(days, rows, layers)


def place_chart(days: Sequence[Day]) -> Chart:
    """Return the furthest place of the pain before and after each session; nearer to the spine is higher up."""
    names = "[" + ", ".join(f"'{PLACE_NAMES[place]}'" for place in PLACES) + "]"
    y = {
        "field": "score",
        "type": "quantitative",
        "title": None,
        "scale": {"domain": [0, len(PLACES) - 1], "reverse": True},
        "axis": {
            "values": list(range(len(PLACES))),
            "labelExpr": f"{names}[datum.value]",
            "minExtent": 150,
            "orient": "right",
        },
    }
    rows = list(_before_after(days, "furthest"))
    return _chart(days, rows, [*_strokes(days, "furthest", y), *_points(days, y)])


def _trend(days: Sequence[Day]) -> Iterator[Chart]:
    """Yield the first scores of the days; those that are more than `MAX_TREND_GAP` days apart are not joined."""
    part, last = 0, None
    for number, day in enumerate(days):
        if day.first_pain is None:
            continue
        part += last is not None and number - last > MAX_TREND_GAP
        last = number
        yield {"day": named(day.date), "score": day.first_pain, "part": part}


def kind_of(session: Session) -> str:
    """Return which of `KINDS` a session is."""
    return KINDS[2] if session.red else KINDS[0] if session.outcome == "completed" else KINDS[1]


def _kinds(day: Day) -> dict[str, int]:
    """Return how many sessions of each kind a day had."""
    kinds = [kind_of(session) for session in day.sessions]
    return {kind: kinds.count(kind) for kind in KINDS}


def _all(days: Sequence[Day]) -> Iterator[tuple[Day, Session]]:
    """Return the sessions, each with its day."""
    return ((day, session) for day in days for session in day.sessions)


def _place(day: Day, session: Session) -> Chart:
    """Return a session's position on the axis of days: its day, and its place among those of the day."""
    return {"day": named(day.date), "no": day.sessions.index(session)}


def _before_after(days: Sequence[Day], what: str) -> Iterator[Chart]:
    """Return a row for each score that is known; `what` is `nprs` or `furthest`."""
    for day, session in _all(days):
        for when in ("before", "after"):
            score = getattr(session, f"{what}_{when}")
            if score is not None:
                yield {**_place(day, session), "when": when, "score": score}


def _strokes(days: Sequence[Day], what: str, y: Chart) -> list[Chart]:
    """Return layers: a red line through each session with a red word, a grey one from before to after."""
    red = [_place(day, session) for day, session in _all(days) if session.red]
    moves = [
        {**_place(day, session), "score": before, "to": after}
        for day, session in _all(days)
        if (before := getattr(session, f"{what}_before")) is not None
        and (after := getattr(session, f"{what}_after")) is not None
    ]
    x = {"x": _day_axis(days), "xOffset": _offset(days)}
    return [
        {
            "data": {"values": red},
            "mark": {"type": "rule", "color": RED, "strokeDash": [4, 3], "strokeWidth": 1.5},
            "encoding": x,
        },
        {
            "data": {"values": moves},
            "mark": {"type": "rule", "color": MUTED},
            "encoding": {**x, "y": y, "y2": {"field": "to"}},
        },
    ]


def _points(days: Sequence[Day], y: Chart) -> list[Chart]:
    """Return the layer of scores: told apart by shape, size and colour, so that one on the other shows both."""
    domain = {"field": "when", "type": "nominal", "title": None, "legend": {"orient": "top"}}
    when = ["before", "after"]
    looks = {"shape": ["circle", "diamond"], "size": [130, 50], "color": [PALE, BLUE]}
    return [
        {
            "mark": {"type": "point", "filled": True, "opacity": 1},
            "encoding": {
                "x": _day_axis(days),
                "xOffset": _offset(days),
                "y": y,
                **{look: {**domain, "scale": {"domain": when, "range": values}} for look, values in looks.items()},
            },
        }
    ]


def _day_axis(days: Sequence[Day]) -> Chart:
    """Return the axis of days: each day has its place, whether or not there was a session."""
    return {
        "field": "day",
        "type": "ordinal",
        "title": None,
        "scale": {"domain": [named(day.date) for day in days]},
        "axis": {
            "labelExpr": "split(datum.label, ' ')[0] + ' ' + split(datum.label, ' ')[1]",
            "labelAngle": 0,
            "labelOverlap": True,
        },
    }


def _offset(days: Sequence[Day]) -> Chart:
    """Return the place of a session within its day."""
    most = max((len(day.sessions) for day in days), default=1)
    return {"field": "no", "type": "ordinal", "scale": {"domain": list(range(max(most, 3)))}}


def _chart(days: Sequence[Day], rows: list[Chart], layers: list[Chart]) -> Chart:
    """Return the whole of a chart."""
    text = {"labelColor": INK, "titleColor": INK, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal"}
    lines = {"gridColor": GRID, "domainColor": MUTED, "tickColor": MUTED}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",  # its version, never fetched
        "width": min(_WIDTH, max(3, len(days)) * _DAY_WIDTH),
        "height": _HEIGHT,
        "background": None,
        "data": {"values": rows},
        "layer": layers,
        "config": {
            "font": _FONT,
            "view": {"stroke": None},
            "axis": {**text, **lines},
            "axisX": {"grid": False},
            "legend": {**text, "symbolStrokeWidth": 0, "columnPadding": 40, "layout": {"top": {"anchor": "end"}}},
        },
    }


def svg(chart: dict[str, Any], label: str) -> Element:
    """Return a chart as an element to put into an HTML page; to a screen reader it is one picture called `label`.

    Raises:
        HistoryError: the library is not installed.
    """
    if find_spec("vl_convert") is None:
        raise HistoryError(f"The report's charts need one more library: `{install_command('report')}`, then try again.")
    import vl_convert  # noqa: PLC0415 - optional, and 30 MB that nothing else needs

    text = vl_convert.vegalite_to_svg(chart, allowed_base_urls=[])
    picture = fromstring(text)  # noqa: S314 - just drawn by ourselves
    for element in picture.iter():
        element.tag = _NAMESPACE.sub("", element.tag)  # in HTML an <svg> is known by its name
        for name in [name for name in element.attrib if name.startswith(("aria-", "role", "{"))]:
            del element.attrib[name]  # hundreds of unnamed parts: the table tells it better
    size = {name: picture.attrib.pop(name) for name in ("width", "height")}
    picture.set("style", f"max-width:{size['width']}px;--natural:{size['width']}px")
    picture.set("role", "img")
    picture.set("aria-label", label)
    return picture
