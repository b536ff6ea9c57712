"""The report as a page: what it says, what it must not say, and that nothing that was said can break it."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.history.course import TODAY, Done, course
from voice_coach.errors import HistoryError
from voice_coach.records import Session, Stopped
from voice_coach.report.charts import KINDS, Chart, pain_chart, place_chart, repetitions_chart, sessions_chart, svg
from voice_coach.report.content import contents
from voice_coach.report.days import calendar
from voice_coach.report.html_page import CSS, document, html, table, tag

VOID = {"meta"}
ROTATION = "flexion rotation"


class Reader(HTMLParser):
    """Reads a page as a browser would: the text, the tables by caption, and whether tags are closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.tables: dict[str, list[list[str]]] = {}
        self._rows: list[list[str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self._rows = []
        if tag == "tr":
            self._rows.append([])
        if tag in {"th", "td"}:
            self._rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "svg" in self.open or "style" in self.open:
            return
        self.text += data
        if self.open and self.open[-1] in {"th", "td"}:
            self._rows[-1][-1] += data
        if self.open and self.open[-1] == "caption":
            self.tables[data] = self._rows


def no_picture(_chart: Chart, label: str) -> Element:
    """Draw nothing, where the words alone matter."""
    return tag("svg", aria_label=label)


def read(sessions: list[Session], later: int = 0, days: int | None = None) -> Reader:
    """Return the report of a day as it is read."""
    return Reader(html(contents(sessions, TODAY + timedelta(days=later), days, "0.1.0"), no_picture))


def values(chart: Chart) -> list[dict[str, Any]]:
    """Return the rows of a chart's own data."""
    rows: list[dict[str, Any]] = chart["data"]["values"]
    return rows


def marks(chart: Chart) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Return the kinds of marks of a chart's layers, and the rows of their own that they have."""
    return ((layer["mark"]["type"], layer.get("data", {}).get("values", [])) for layer in chart["layer"])


# What it says


def test_the_facts_of_a_course_are_told(tmp_path: Path) -> None:
    sessions = course(
        tmp_path,
        Done(),
        Done(before=5, after=8, red="down my leg", outcome="stopped", repetitions=4),
        Done(day=2, after=None),
    )
    page = read(sessions, later=2)
    for fact in (
        "Day 3, the first was 6 May 2021.",
        (
            "Sessions: flexion rotation2 of 3 done to the end (67%; meant: 3 a day), on 2 of 3 days; "
            "1 more begun and ended early; locked on 2 days, which do not count."
        ),
        "Pain6 of 10 on 6 May 2021, 6 on 8 May 2021, before the exercise (no change)",
        "Furthest placecalf on 6 May 2021, calf on 8 May 2021, before the exercise (as far as at first)",
        (
            "of 2 sessions with both scores 1 with less pain by 2 points or more, 1 with more"
            " (1 with a red event among them)"
        ),
        "Red events1: 6 May 2021 11:30, flexion rotation: pain moved outward, “down my leg”. See below.",
        "ScreeningNot asked in these days.",
        "LockLocked since 6 May 2021 (pain moved outward): flexion rotation. No professional has checked it yet.",
    ):
        assert fact in page.text
    assert page.open == []


def test_what_was_not_answered_is_a_dash_and_has_no_mark(tmp_path: Path) -> None:
    sessions = course(
        tmp_path, Done(before=None, after=None, place_before=None, place_after=None), Done(before=0, after=0)
    )
    page = read(sessions)
    assert page.tables[f"Pain before and after: {ROTATION}"][1:] == [
        ["6 May 2021 11:30", "0", "0", "+0", "no"],
        ["6 May 2021 08:30", "-", "-", "-", "-"],
    ]
    assert page.tables[f"Furthest place of the pain: {ROTATION}"][2] == ["6 May 2021 08:30", "-", "-", "-"]
    assert "Pain0 of 10 on 6 May 2021, before the exercise; told once" in page.text
    days = calendar(sessions, TODAY)
    assert [row["score"] for row in values(pain_chart(days))] == [0, 0]
    assert [row["no"] for row in values(place_chart(days))] == [1, 1]


def test_a_day_without_sessions_has_no_sessions_but_unknown_repetitions(tmp_path: Path) -> None:
    page = read(course(tmp_path, Done()), later=1)
    assert page.tables[f"Sessions a day: {ROTATION}"][1:] == [
        ["7 May 2021", "0", "3", "0", "no"],
        ["6 May 2021", "1", "3", "1", "no"],
    ]
    assert page.tables[f"Repetitions coached: {ROTATION}"][1:] == [["7 May 2021", "-"], ["6 May 2021", "10"]]


def test_the_furthest_place_is_told_with_where_it_went(tmp_path: Path) -> None:
    places = [("calf", "thigh"), ("back", "foot"), ("none", "none"), (None, "buttock")]
    page = read(course(tmp_path, *(Done(place_before=before, place_after=after) for before, after in places)))
    assert [row[1:] for row in page.tables[f"Furthest place of the pain: {ROTATION}"][:0:-1]] == [
        ["calf", "thigh", "toward the spine"],
        ["back", "foot", "outward"],
        ["no pain", "no pain", "no"],
        ["-", "buttock", "-"],
    ]


def test_red_events_are_told_with_the_words_that_were_said(tmp_path: Path) -> None:
    page = read(course(tmp_path, Done(), Done(red="it's going down my leg", outcome="stopped")))
    assert "6 May 2021 11:30, flexion rotation" in page.text
    assert "Words“it's going down my leg”, in the hold of repetition 5" in page.text
    assert "Red eventsThere was none in these days." in read(course(tmp_path / "other", Done())).text


def test_a_note_and_a_session_that_never_ended_are_in_the_table_of_all(tmp_path: Path) -> None:
    (session,) = course(tmp_path, Done(outcome=None))
    page = read([replace(session, note="Slept badly.")])
    assert page.tables["The latest first"][1] == [
        "6 May 2021 08:30", "flexion rotation", "left", "6\xa0→\xa04", "calf → thigh", "10 of 10", "not ended",
        "-", "Slept badly.",
    ]  # fmt: skip


def test_sessions_before_the_period_count_for_the_days_alone(tmp_path: Path) -> None:
    page = read(course(tmp_path, Done(day=0), Done(day=9)), later=11, days=2)
    assert "There was none in these days." in page.text
    assert "Day 12, the first was 6 May 2021." in page.text
    assert "Sessionsnone in these days" in page.text


def test_sessions_that_a_wrong_clock_dated_after_today_are_mentioned(tmp_path: Path) -> None:
    sessions = course(tmp_path, Done(), Done(day=300))
    assert "1 session dated after today is left out" in read(sessions).text
    assert "left out" not in read(sessions, later=300).text


def test_no_cure_is_promised(tmp_path: Path) -> None:
    text = read(course(tmp_path, Done())).text.lower()
    assert [word for word in ("cure", "heal", "improve", "centralis", "diagnos") if word in text] == []


# The charts


def test_the_bars_of_a_day_are_its_sessions_by_how_they_ended(tmp_path: Path) -> None:
    sessions = course(
        tmp_path, Done(), Done(outcome="finished_early"), Done(red="worse", outcome="stopped"), Done(), Done(day=1)
    )
    days = calendar(sessions, TODAY + timedelta(days=2))
    bars = values(sessions_chart(days))
    assert [[row["sessions"] for row in bars if row["kind"] == kind] for kind in KINDS] == [
        [2, 1, 0],
        [1, 0, 0],
        [1, 0, 0],
    ]
    goals = [{"day": "6 May 2021", "meant": 3}]
    assert ("rule", goals) in list(marks(sessions_chart([replace(days[0], meant=3), *days[1:]])))
    assert [row["repetitions"] for row in values(repetitions_chart(days))] == [40, 10]


def test_changes_of_two_points_are_marked_with_their_number(tmp_path: Path) -> None:
    days = calendar(
        course(tmp_path, Done(before=6, after=4), Done(before=6, after=4.5), Done(before=1, after=3.5)), TODAY
    )
    assert [(row["no"], row["change"]) for kind, rows in marks(pain_chart(days)) if kind == "text" for row in rows] == [
        (0, "\N{MINUS SIGN}2"),
        (2, "+2.5"),
    ]


def test_a_red_session_is_marked_in_the_charts_of_pain_and_place(tmp_path: Path) -> None:
    days = calendar(course(tmp_path, Done(), Done(red="worse", outcome="stopped")), TODAY)
    for chart in (pain_chart(days), place_chart(days)):
        assert ("rule", [{"day": "6 May 2021", "no": 1}]) in list(marks(chart))


def lines(sessions: list[Session], later: int) -> list[list[tuple[float, int]]]:
    """Return the lines of days: scores, and which part of the line they belong to."""
    days = calendar(sessions, TODAY + timedelta(days=later))
    found = [rows for kind, rows in marks(pain_chart(days)) if kind == "line"]
    return [[(row["score"], row["part"]) for row in rows] for rows in found]


def test_a_line_joins_the_days_from_the_fourth_score_on(tmp_path: Path) -> None:
    sessions = course(tmp_path, *(Done(day=day, before=None if day == 1 else day) for day in range(5)))
    assert lines(sessions, 3) == []
    assert lines(sessions, 4) == [[(0, 0), (2, 0), (3, 0), (4, 0)]]
    assert "dotted line" in read(sessions, later=4).text
    assert "dotted line" not in read(sessions, later=3).text


def test_who_exercises_every_second_day_has_a_line_too_and_a_long_break_parts_it(tmp_path: Path) -> None:
    sessions = course(tmp_path, *(Done(day=day, before=day / 2) for day in (0, 2, 4, 11, 19)))
    assert lines(sessions, 19) == [[(0, 0), (1, 0), (2, 0), (5.5, 0), (9.5, 1)]]


# The page as a file


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Return a page with its charts."""
    spread = [Done(day=day, before=7 - day / 2, red="worse" if day == 2 else "") for day in range(6) for _ in range(2)]
    sessions = course(tmp_path_factory.mktemp("whole"), *spread)
    return html(contents(sessions, TODAY + timedelta(days=6), None, "0.1.0"), svg)


def test_the_page_calls_nobody_and_needs_no_script(whole: str) -> None:
    page = Reader(whole)
    assert page.open == []
    assert {name for name, _ in page.tags}.isdisjoint(
        {"script", "link", "img", "iframe", "object", "form", "image", "use"}
    )
    given = [(name, value) for _, attributes in page.tags for name, value in attributes.items()]
    assert [
        (name, value) for name, value in given if name.startswith("on") or name in {"src", "href", "xlink:href"}
    ] == []
    assert "default-src 'none'" in whole
    assert "@import" not in whole
    assert "url(" not in whole


def test_each_chart_has_a_name_and_a_table_behind_it(whole: str) -> None:
    page = Reader(whole)
    pictures = [attributes for name, attributes in page.tags if name == "svg"]
    assert len(pictures) == 4
    for picture in pictures:
        assert picture["role"] == "img"
        title = str(picture["aria-label"]).removeprefix("Chart: ").partition(".")[0]
        assert len(page.tables[title]) > 1
    scopes = {attributes.get("scope") for name, attributes in page.tags if name == "th"}
    assert scopes == {"col", "row"}
    assert [attributes["lang"] for name, attributes in page.tags if name == "html"] == ["en"]


def test_every_colour_of_the_charts_has_one_for_the_dark(whole: str) -> None:
    names = ("fill", "stroke")
    used = {attributes[name] for _, attributes in Reader(whole).tags for name in names if name in attributes}
    assert {colour for colour in used if colour not in {"none", "transparent"} and f'="{colour}"]' not in CSS} == set()
    assert "@media print" in CSS


def test_the_words_of_a_chart_stay_words(whole: str) -> None:
    for words in (">one side of the back<", ">6 May<", ">pain, 0 to 10<", ">done to the end<"):
        assert words in whole


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(HistoryError, match=r"one more library: `.*pip install .*\[report\]'`"):
        svg({}, "x")


NASTY = "</td></table><script>alert(1)</script><!-- & &amp; \" ' ]]> \x00 \x1b"


def test_nothing_that_was_said_can_break_the_page(tmp_path: Path) -> None:
    (session,) = course(tmp_path, Done())
    red = Stopped(1, 2, NASTY, NASTY, NASTY, "user", red=True)
    session = replace(session, note=NASTY, exercise_id=NASTY, outcome=NASTY, said_change_words=NASTY, stops=(red,))
    page = read([session])
    assert page.open == []
    assert "script" not in {name for name, _ in page.tags}
    shown = NASTY.replace("\x00", "\ufffd").replace("\x1b", "\ufffd")
    assert f"Words“{shown}”, " in page.text
    assert page.tables["The latest first"][1][-1] == shown


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_read_as_it_was_put_in(cell: str, caption: str) -> None:
    def visible(text: str) -> str:
        return "".join("\ufffd" if (ord(c) < 32 and c not in "\t\n") or 127 <= ord(c) < 160 else c for c in text)

    page = Reader(document(table(f"c{caption}", ["a", "b"], [("x", cell)])))
    assert page.tables == {f"c{visible(caption)}": [["a", "b"], ["x", visible(cell)]]}


def test_text_between_elements_keeps_its_place() -> None:
    assert document(tag("p", "a", "b", tag("b", "c"), "d", "e")) == "<!DOCTYPE html>\n<p>ab<b>c</b>de</p>\n"
